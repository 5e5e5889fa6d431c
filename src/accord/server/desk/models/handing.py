"""The hand-off as a thing of its own: what marketing gave, to whom, and what held at that moment (S3.10)."""

from django.conf import settings
from django.db import models

from accord.server.desk.models.contacts import Contact
from accord.server.desk.models.leads import Lead
from accord.server.desk.models.log import Event


class HandOff(models.Model):
    """One hand-off of one lead, never changed but for `to` and, when the person is erased, `information`.

    A lead that comes back and is ready again is handed off again; the promises run from the first.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="handoffs")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="handoff")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # None: by itself, when the rules were met
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # who got it first; None: nobody
    why = models.JSONField(default=list)  # why now, in words
    information = models.JSONField(default=dict)  # passed on, by field: personal, emptied by an erasure
    history = models.JSONField(default=list)  # what the person did: [{"name", "count", "last_at"}, …]
    fit = models.FloatField(null=True)
    interest = models.FloatField(null=True)
    grade = models.CharField(max_length=12, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # C9
    agreement = models.CharField(max_length=200, blank=True)  # mark of the version
    calendar = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)  # of the first touch
    decide_by = models.DateTimeField(null=True)  # then it is accepted by silence
    missing = models.JSONField(default=list)  # of the minimum information; empty if complete
    anyway_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # who sent it although something was missing

    class Meta:
        indexes = (models.Index(fields=["lead", "-at"]),)

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.at:%Y-%m-%d %H:%M}"

    @property
    def complete(self) -> bool:
        return not self.missing


class Likeness(models.Model):
    """Two people who may be one, by name and company: to be looked at, not merged by itself (5.9)."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="likenesses")  # the later
    other = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")  # who was there before
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    same = models.BooleanField(null=True)  # what was decided

    class Meta:
        indexes = (
            models.Index(fields=["-found_at"], condition=models.Q(settled_at=None), name="likeness_open"),
        )
        constraints = (models.UniqueConstraint(fields=["contact", "other"], name="one_likeness_a_pair"),)

    def __str__(self) -> str:
        return f"{self.contact_id} ~ {self.other_id}"
