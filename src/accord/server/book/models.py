"""The book: what both sides confirmed of each interval, what was restated, and the sheet of the worker.

Closings, restatements, notes and looks at the inputs are appended; the database refuses to change one.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accord.server.agreements.models import AgreementFile, Draft


class Sheet(models.Model):
    """The book and the measured inputs as the worker worked them out last; it can always be made anew."""

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="+")
    agreement = models.TextField()  # the version by which it was judged, as pages cite it
    as_of = models.DateTimeField()
    watermark = models.CharField(max_length=64, blank=True)  # of the log: how far it reached
    fold = models.CharField(max_length=80)  # from which it was made, or could not be
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    book = models.JSONField(default=dict)  # as `accord ledger --format json`
    inputs = models.JSONField(default=dict)  # proposals, what is unmeasured, the curves of evidence
    problem = models.TextField(blank=True)  # why no newer one could be made; empty if all is well

    def __str__(self) -> str:
        return f"{self.agreement}, {self.as_of:%Y-%m-%d %H:%M}"


class Interval(models.Model):
    """One interval of the book that somebody has done something about."""

    from_on = models.DateField(unique=True)
    to_on = models.DateField()

    class Meta:
        ordering = ("from_on",)

    def __str__(self) -> str:
        return f"{self.from_on} – {self.to_on}"


class Confirmation(models.Model):
    """That somebody confirmed the figures for their side. It ends when it is taken back or has lapsed."""

    interval = models.ForeignKey(Interval, on_delete=models.PROTECT, related_name="confirmations")
    side = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    seen = models.CharField(max_length=64)  # digest of the figures that were confirmed
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["interval", "side"], condition=Q(ended_at=None), name="one_confirmation_a_side"
            ),
        )

    def __str__(self) -> str:
        return f"{self.interval}: {self.side}"


class Closing(models.Model):
    """The figures as both sides confirmed them, frozen, with what was known of the log then."""

    interval = models.OneToOneField(Interval, on_delete=models.PROTECT, related_name="closing")
    at = models.DateTimeField(default=timezone.now)
    as_of = models.DateTimeField()
    watermark = models.CharField(max_length=64)
    agreement = models.TextField()
    currency = models.CharField(max_length=3)
    figures = models.JSONField()

    def __str__(self) -> str:
        return f"{self.interval}, closed"


class Restatement(models.Model):
    """A closed interval's figures as they have become, with the reason; the old ones stay beside them."""

    interval = models.ForeignKey(Interval, on_delete=models.PROTECT, related_name="restatements")
    number = models.PositiveIntegerField()  # from 1 within the interval
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    as_of = models.DateTimeField()
    watermark = models.CharField(max_length=64)
    agreement = models.TextField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ("interval", "number")
        constraints = (
            models.UniqueConstraint(fields=["interval", "number"], name="one_restatement_a_number"),
        )

    def __str__(self) -> str:
        return f"{self.interval}, restatement {self.number}"


class Note(models.Model):
    """What somebody wrote beside an interval."""

    interval = models.ForeignKey(Interval, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text


class Look(models.Model):
    """That somebody looked at the measured inputs: with a draft, or finding that all stays (S4.28)."""

    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    chosen = models.JSONField(default=list)  # the proposals that went into the draft, with their evidence

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class Reminder(models.Model):
    """What was reminded of: each name once, whatever becomes of the notices that told it."""

    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


def frozen(interval: Interval) -> dict[str, Any] | None:
    """The figures that stand for a closed interval: as restated last, else as closed; None while open."""
    last = _last(interval)
    if last is not None:
        return dict(last.after)
    closing = getattr(interval, "closing", None)
    return dict(closing.figures) if closing else None


def version_of(interval: Interval) -> str:
    """The version of the agreement that those figures were counted by; empty while it is open."""
    closing = _last(interval) or getattr(interval, "closing", None)
    return str(closing.agreement) if closing else ""


def _last(interval: Interval) -> Restatement | None:
    return max(interval.restatements.all(), key=lambda one: one.number, default=None)


def day_of(text: str) -> date | None:
    """The day that an address names; None where it names none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
