"""The live log: events with the columns of DESIGN 4, appended, never changed; and the words beside it."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from accord.lead import events
from accord.server.desk.models.leads import Lead


class Event(models.Model):
    """One fact about a lead. The database itself refuses to change or delete a row.

    `origin` and `origin_id` name the fact where it came from: one that comes again is the same fact.
    """

    seq = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, related_name="events", db_index=False
    )  # `events_of_lead` begins with it
    kind = models.CharField(max_length=16)  # accord.lead.events.Kind
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=120, blank=True)
    side = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    outcome = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    agreement = models.CharField(max_length=200, blank=True)
    calendar = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=120, blank=True)
    origin_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["lead", "occurred_at"], name="events_of_lead"),)
        constraints = (
            models.UniqueConstraint(
                fields=["origin", "origin_id"], condition=~Q(origin_id=""), name="event_comes_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise TypeError("the log is appended to, never changed; record what corrects it")

    def fact(self, lead: str) -> events.Event:
        """The same as the domain reads it; `lead` is the lead's key."""
        return events.Event(
            seq=self.seq,
            lead=lead,
            kind=events.Kind(self.kind),
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            actor=self.actor or None,
            side=self.side or None,
            channel=self.channel or None,
            outcome=self.outcome or None,
            reason=self.reason or None,
            amount=self.amount,
            value=self.value,
            agreement=self.agreement or None,
            calendar=self.calendar or None,
            due_at=self.due_at,
        )


class Note(models.Model):
    """Words about a lead, beside the log: what was said on a call, why a lead was refused.

    They may name people, so erasing a person empties them.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="notes", db_index=False)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["lead", "at"]),)

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.text[:40]}"
