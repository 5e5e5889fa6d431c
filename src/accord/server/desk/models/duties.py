"""Duties: what is owed about a lead by when, and the next moment at which something happens by itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accord.promises.verdict import State
from accord.server.desk.models.leads import Lead

_PENDING = State.PENDING.value


class Duty(models.Model):
    """One duty of one lead; `recording.py` writes it from `accord.promises.duties`, `ticking.py` moves it on.

    `moments` are its warnings, its breach and the steps of the ladder, in order of time:
    `[{"at": ISO, "what": "warn" | "breach" | "escalate" | "do", "tell": ["owner", …]}, …]`. Those before
    `rung` have happened; `next_at` is the instant of the one at `rung`, None if there is none.
    """

    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, related_name="duties", db_index=False
    )  # `one_duty_a_kind` begins with it
    kind = models.CharField(max_length=24)  # accord.promises.duties.DutyKind
    number = models.PositiveIntegerField(default=0)  # of a checkpoint or a commitment
    side = models.CharField(max_length=12)  # who owes it
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="duties"
    )  # who has it now
    state = models.CharField(max_length=8, default=_PENDING)
    start_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    moments = models.JSONField(default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)  # when it was found broken: stays, whatever comes later
    broken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="breaches"
    )  # who had it then
    cause = models.CharField(max_length=24, blank=True)  # accord.promises.causes.Cause
    calendar = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=120, blank=True)  # the commitment's name; why a clock was paused

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="duty_next"),
            models.Index(fields=["side", "due_at"], condition=Q(state=_PENDING), name="duty_pending"),
            models.Index(fields=["broken_at"], condition=Q(broken_at__isnull=False), name="duty_broken"),
            models.Index(
                fields=["due_at"],
                condition=Q(state=_PENDING, rung__gte=1, met_at__isnull=True, ended_at__isnull=True),
                name="duty_warned",
            ),
        )
        constraints = (models.UniqueConstraint(fields=["lead", "kind", "number"], name="one_duty_a_kind"),)

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.kind} {self.state}"
