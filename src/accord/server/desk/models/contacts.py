"""People who may buy, and the companies they work for: all personal data of prospects is here.

Erasing a person empties the row of the contact; its leads and their events stay, so every count stays.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_LAST_WORD = Func(  # what is left of a name without all up to its last blank
    F("name_key"),
    Func(F("name_key"), Replace("name_key", Value(" "), Value("")), function="RTRIM"),
    Value(""),
    function="REPLACE",
)
_FOUND_BY = {
    "contact_by_email": "email_key",
    "contact_by_phone": "phone_key",
    "contact_by_name": "name_key",
    "contact_by_last_name": "last_name_key",
    "contact_by_company": "company_key",
}


class Account(models.Model):
    """A company, known by the domain of its mail; never a domain of free mail."""

    domain = models.CharField(max_length=253, unique=True)  # in lower case, IDNA
    name = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="accounts"
    )  # who has the company; its new leads go there (5.9)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name or self.domain


class Contact(models.Model):
    """One person. What is unknown is empty; the `_key` fields are what duplicates are found by (5.9)."""

    email = models.CharField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)  # normal_address
    phone = models.CharField(max_length=60, blank=True)  # as it was typed
    phone_key = models.CharField(max_length=20, blank=True)  # E.164
    name = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=200, blank=True)  # NFKC, case folded, single blanks
    last_name_key = models.GeneratedField(
        expression=_LAST_WORD, output_field=models.CharField(max_length=200), db_persist=True
    )  # for searching
    company = models.CharField(max_length=200, blank=True)
    company_key = models.GeneratedField(
        expression=Lower("company"), output_field=models.CharField(max_length=200), db_persist=True
    )
    role = models.CharField(max_length=120, blank=True)
    linkedin = models.CharField(max_length=254, blank=True)
    country = models.CharField(max_length=2, blank=True)  # ISO 3166, upper case
    zone = models.CharField(max_length=64, blank=True)  # IANA; where the person is, for calling hours
    language = models.CharField(max_length=10, blank=True)
    more = models.JSONField(default=dict)  # other fields that came along, by name; criteria may read them
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="contacts", db_index=False
    )  # `contact_by_company_and_name` begins with it
    made_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )  # the same person, under whom their leads are kept

    class Meta:
        indexes = (
            models.Index(fields=["account", "name_key"], name="contact_by_company_and_name"),
            *(  # for beginnings too, which PostgreSQL finds by this order of letters alone
                models.Index(fields=[field], opclasses=["text_pattern_ops"], name=name)
                for name, field in _FOUND_BY.items()
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email or self.phone or f"contact {self.pk}"


class Signal(models.Model):
    """One act of interest of a person: what criteria of interest count, and what decays (S3.9)."""

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="signals", db_index=False
    )  # the index below begins with it, as with consents
    name = models.CharField(max_length=120)  # as criteria name it: demo_requested, visits
    count = models.PositiveIntegerField(default=1)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    origin = models.CharField(max_length=120, blank=True)
    origin_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["contact", "name", "occurred_at"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "origin_id"], condition=~Q(origin_id=""), name="signal_comes_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.name} × {self.count}"


class Consent(models.Model):
    """Whether a person may be reached through a channel, on which basis; the latest of a channel holds."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent")
        CONTRACT = "contract", _("contract")
        INTEREST = "legitimate interest", _("legitimate interest")
        NONE = "none", _("none: objected or refused")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="consents", db_index=False)
    channel = models.CharField(max_length=12)  # accord.lead.events.Channel
    allowed = models.BooleanField()
    basis = models.CharField(max_length=24, choices=Basis.choices)
    source = models.CharField(max_length=200, blank=True)  # form, call, import
    wording = models.TextField(blank=True)  # what the person was shown
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["contact", "channel", "-at"]),)

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.channel} {'yes' if self.allowed else 'no'}"


class Suppression(models.Model):
    """An address or number that may not be contacted again, as a keyed digest: nobody is readable (8.1)."""

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=60)  # opted out, erased
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest[:12]
