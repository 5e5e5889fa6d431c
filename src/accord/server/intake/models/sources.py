"""Sources: doors with an address of their own, for forms and webhooks."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """One form or one webhook. `key` stands in its address; a webhook has a secret besides."""

    class Kind(models.TextChoices):
        FORM = "form", _("form")
        HOOK = "hook", _("webhook")

    key = models.CharField(max_length=32, unique=True)  # no guess finds it; it is no secret either
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=80)
    secret = models.TextField(blank=True)  # of a webhook, encrypted with a key made from ACCORD_SECRET_KEY
    hint = models.CharField(max_length=12, blank=True)  # its first signs
    secret_at = models.DateTimeField(null=True)
    # What a lead is where the sender does not say it.
    lead_type = models.CharField(max_length=80, blank=True)
    stream = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=120, blank=True)  # the lead's `source`
    source_owner = models.CharField(max_length=40, blank=True)
    signal = models.CharField(max_length=120, blank=True)  # what a hand raised here counts as, for interest
    return_hosts = models.JSONField(default=list)  # names to which a form may send people back
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    off_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
