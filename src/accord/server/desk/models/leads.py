"""Leads: one person's cycle. All but the first fields follow from the log and are kept by `recording.py`."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accord.lead.standing import IN_SALES, Standing
from accord.server.desk.models.contacts import Contact

_WORDS = {
    Standing.RAISED: _("came in"),
    Standing.QUALIFIED: _("qualified"),
    Standing.DELIVERED: _("delivered"),
    Standing.ASSIGNED: _("assigned"),
    Standing.ACCEPTED: _("accepted"),
    Standing.SALES_QUALIFIED: _("qualified by sales"),
    Standing.OPPORTUNITY: _("opportunity"),
    Standing.PROPOSAL: _("proposal"),
    Standing.WON: _("won"),
    Standing.LOST: _("lost"),
    Standing.REJECTED: _("rejected"),
    Standing.DISQUALIFIED: _("disqualified"),
    Standing.RETURNED: _("returned"),
    Standing.MERGED: _("merged"),
    Standing.OPTED_OUT: _("opted out"),
    Standing.ERASED: _("erased"),
}

_DELIVERED = Standing.DELIVERED.value
_CHASED = [_DELIVERED, Standing.ASSIGNED.value, Standing.ACCEPTED.value]  # until somebody reaches them


class Lead(models.Model):
    """One cycle. `key` is its name in the log; empty text is unknown. `version` counts every recording."""

    key = models.CharField(max_length=64, unique=True)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="leads", db_index=False
    )  # `cycles_of_contact` begins with it
    cycle = models.PositiveIntegerField(default=1)  # of this person
    account_name = models.CharField(max_length=200, blank=True)  # the log's `account`
    created_at = models.DateTimeField()
    lead_type = models.CharField(max_length=80, blank=True)
    stream = models.CharField(max_length=80, blank=True)
    segment = models.CharField(max_length=80, blank=True)
    persona = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=120, blank=True)
    source_owner = models.CharField(max_length=40, blank=True)

    # What the agreement's rules say of it: `accord.server.qualify` writes these.
    fit = models.FloatField(null=True)
    interest = models.FloatField(null=True)
    grade = models.CharField(max_length=12, blank=True)
    reasons = models.JSONField(default=list)  # of the scores: [{"axis", "when", "points", "words"}, …]
    missing = models.JSONField(default=list)  # of the minimum information; empty if complete
    scored_at = models.DateTimeField(null=True)
    scored_by = models.CharField(max_length=12, blank=True)  # mark of the version whose rules these are

    # What follows from its events: `recording.py` alone writes these.
    standing = models.CharField(
        max_length=16, choices=[(one.value, _WORDS[one]) for one in Standing], default=Standing.RAISED.value
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="leads"
    )
    delivered_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    agreement = models.CharField(max_length=200, blank=True)  # frozen at hand-off, as the log has it
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # frozen at hand-off
    attempts = models.PositiveIntegerField(default=0)  # that count for depth
    touched_at = models.DateTimeField(null=True)  # last touch through any channel, by anybody
    connected_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of what sales owes next; None: nothing
    due_kind = models.CharField(max_length=24, blank=True)  # accord.promises.duties.DutyKind
    broken = models.PositiveSmallIntegerField(default=0)  # promises of sales that are broken now
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)  # of the last recording; null: never, as before it had one

    class Meta:
        indexes = (
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(standing__in=[one.value for one in IN_SALES]),
                name="queue_of_owner",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(standing__in=[one.value for one in IN_SALES], due_at__isnull=False),
                name="leads_late",
            ),
            models.Index(fields=["delivered_at"], condition=Q(standing=_DELIVERED), name="unassigned_leads"),
            models.Index(
                fields=["delivered_at", "attempts", "lead_type", "owner"],
                condition=Q(standing__in=_CHASED, connected_at__isnull=True),
                name="leads_chased",
            ),
            models.Index(fields=["account_name"], opclasses=["text_pattern_ops"], name="leads_by_account"),
            models.Index(fields=["contact", "-cycle"], name="cycles_of_contact"),
            models.Index(fields=["standing", "-created_at"], name="leads_by_standing"),
            models.Index(fields=["-created_at", "-id"], name="leads_newest"),
            models.Index(fields=["changed_at"], name="leads_changed"),
        )

    def __str__(self) -> str:
        return self.key
