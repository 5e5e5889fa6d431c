"""What was made for the meetings, kept as it was then, and the decisions that came of them.

`values` hold plain figures and names of promises, never who a prospect is: an erasure finds nothing here.
"""

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.server.mail.models import Channel, Message


class Done(models.Model):
    """Something that is made once, by a name such as `nightly 2026-03-17`; a second makes nothing."""

    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Sheet(models.Model):
    """The stand-up sheet of one day, with the figures of its minute."""

    on = models.DateField(unique=True)  # local to marketing's calendar
    made_at = models.DateTimeField()
    agreement = models.TextField()  # the version by which it was judged, as pages cite it
    values = models.JSONField()  # as `standing.values_of` makes them
    win = models.CharField(_("win"), max_length=200, blank=True)  # in people's words, instead of the figure
    block = models.CharField(_("block"), max_length=200, blank=True)

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"stand-up of {self.on}"


class Decision(models.Model):
    """What both sides decided to do: one thing, somebody who does it, a day by which."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")  # with a reason

    class Meeting(models.TextChoices):
        STAND_UP = "stand-up", _("stand-up")
        REVIEW = "review", _("review meeting")
        OTHER = "other", _("another meeting")

    text = models.CharField(_("decision"), max_length=300, validators=[MinLengthValidator(3)])
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    due_on = models.DateField(_("due"))
    meeting = models.CharField(_("meeting"), max_length=10, choices=Meeting.choices, default=Meeting.OTHER)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)  # how it went, or why it was dropped
    carried = models.PositiveSmallIntegerField(default=0)  # how often it was given a later day
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["due_on", "id"], condition=Q(state="open"), name="decisions_open"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="decision_ended_once_not_open",
            ),
        )

    def __str__(self) -> str:
        return self.text


class Pack(models.Model):
    """What the review meeting looks at: one month, as it was known when the pack was made."""

    month = models.DateField(unique=True)  # its first day
    review_on = models.DateField(null=True)  # the meeting that it is for, where a day is agreed
    made_at = models.DateTimeField()
    agreement = models.TextField()
    values = models.JSONField()  # as `report.pack.plain` makes them
    pdf = models.BinaryField(null=True)
    wanted = models.BooleanField(default=False)  # somebody asked for it anew
    problem = models.TextField(blank=True)  # why it could not be made anew, or has no PDF
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"pack of {self.month:%Y-%m}"


class Announcement(models.Model):
    """Wins and misses of a period, or a goal that was reached early. A draft waits an hour for objections."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("a period is over")
        EARLY = "early", _("a goal was reached early")

    class State(models.TextChoices):
        DRAFT = "draft", _("goes out soon")
        HELD = "held", _("held back")
        SENT = "sent", _("announced")
        WITHDRAWN = "gone", _("withdrawn")  # restated before it went out, and nothing is left to say

    key = models.CharField(max_length=120, unique=True)  # `closed 2026-03-01`, `early M1 2026-03-01`
    kind = models.CharField(max_length=8, choices=Kind.choices)
    from_on = models.DateField()
    to_on = models.DateField()
    values = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    made_at = models.DateTimeField()
    goes_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("reason"), max_length=200, blank=True)  # why it was held back

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """That one thing was written to one recipient: once. A newer one takes its place in the queue."""

    kind = models.CharField(max_length=12)  # a key of `posting.KINDS`
    about = models.CharField(max_length=120)  # which one: a day, a month, the key of an announcement
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "about", "user"], name="delivery_once_a_person"),
            models.UniqueConstraint(fields=["kind", "about", "channel"], name="delivery_once_a_chat"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
