"""What marketing and managers keep beside the log: rules of the board, the box of rejects, nurture, mails.

`Reject` and `Enrolment` follow from the log and are kept by `accord.server.desk.cadence`; only who settled a
reject, and which send comes next, is decided here.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.server.desk.models import Event, Lead
from accord.server.mail.models import Message


class RiskRule(models.Model):
    """“Do not be on it”: a lead of this type and age that was tried less often stands on the board."""

    lead_type = models.CharField(max_length=80, blank=True)  # empty: every type
    age = models.DurationField()  # since delivery, on the wall
    attempts = models.PositiveSmallIntegerField()  # fewer than these break the rule
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("age", "lead_type", "id")

    def __str__(self) -> str:
        return f"{self.lead_type or '*'}: {self.attempts} by {self.age}"


class Reject(models.Model):
    """One reject, with what became of it: reason, dispute, verdict, and how marketing settled it."""

    class How(models.TextChoices):
        CLOSED = "closed", _("accepted by marketing")
        SENT = "sent again", _("mended and sent again")
        ENROLLED = "enrolled", _("put into a nurture track")
        OVERTURNED = "overturned", _("overturned: back with sales")
        ENDED = "ended", _("ended otherwise")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="rejects")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=120, blank=True)  # as the log names who rejected
    reason = models.CharField(max_length=120, blank=True)  # empty until sales says why
    source = models.CharField(max_length=120, blank=True)  # of the lead, for counting
    feedback_at = models.DateTimeField(null=True)  # when the reason was given
    disputed_at = models.DateTimeField(null=True)
    disputed_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)  # by the arbitration
    decided_by = models.CharField(max_length=120, blank=True)
    overturned = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    how = models.CharField(max_length=12, choices=How.choices, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["at"], condition=Q(settled_at=None), name="reject_open"),
            models.Index(
                fields=["disputed_at"],
                condition=Q(disputed_at__isnull=False, decided_at=None),
                name="dispute_open",
            ),
            models.Index(
                fields=["-decided_at"], condition=Q(decided_at__isnull=False), name="dispute_decided"
            ),
            models.Index(fields=["-at"], name="reject_newest"),
        )

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.reason}"


class HeldBack(models.TextChoices):
    """Why a mail does not go out by itself, though it is due."""

    TEXT = "no text", _("nobody has written its text")
    ADDRESS = "no address", _("no e-mail address is known")
    BASIS = "no basis", _("no consent or other basis for e-mail is on record")
    REFUSED = "refused", _("the person wants no e-mail")
    WAY = "no way", _("this installation sends no mail, or does not know its own address")


class Enrolment(models.Model):
    """One lead in one nurture track. `next_at` is when the worker sends the next mail by itself.

    Where it cannot, because nobody wrote a text or the person allows no mail, `due_at` alone stands: then
    somebody of marketing sends the asset and says so.
    """

    class Why(models.TextChoices):
        FINISHED = "finished", _("every step was sent")
        REPLIED = "replied", _("the person answered")
        OPTED_OUT = "opted out", _("the person wants no more contact")
        SALES = "with sales", _("handed off to sales again")
        OTHER = "another track", _("another track began")
        ENDED = "ended", _("the lead ended")
        BY_HAND = "by hand", _("stopped by hand")
        UNKNOWN = "unknown", _("the agreement has no such track any more")

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="enrolments")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=120, blank=True)  # as the log names them
    step = models.PositiveSmallIntegerField(default=0)  # how many were sent
    asset = models.CharField(max_length=200, blank=True)  # of the next step
    due_at = models.DateTimeField(null=True)  # of the next step; None: stopped
    next_at = models.DateTimeField(null=True)  # when the worker looks at it; None: it waits for somebody
    held_back = models.CharField(max_length=12, choices=HeldBack.choices, blank=True)
    stopped_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=16, choices=Why.choices, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="enrolment_next"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="enrolment_due"),
            models.Index(fields=["track", "step"], condition=Q(stopped_at=None), name="enrolment_step"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["lead"], condition=Q(stopped_at=None), name="one_track_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.track} {self.step}"


class Automatic(models.Model):
    """The next mail of the follow-up that a machine sends to one lead; none once the chase is over."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="automatic")
    number = models.PositiveSmallIntegerField()  # of the mail, from 1
    due_at = models.DateTimeField(null=True)  # None: nothing is left to send
    next_at = models.DateTimeField(null=True)  # when the worker looks at it
    held_back = models.CharField(max_length=12, choices=HeldBack.choices, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="automatic_next"),
        )

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.number}"


class Text(models.Model):
    """The text of a mail that goes out by itself: a step of the follow-up of a lead type, or an asset.

    A text that is replaced stays, switched off, so that it is known what people were sent.
    """

    class Use(models.TextChoices):
        FOLLOW_UP = "follow-up", _("follow-up")
        ASSET = "asset", _("nurture")

    use = models.CharField(max_length=12, choices=Use.choices)
    name = models.CharField(max_length=200, blank=True)  # a lead type (empty: every type), or an asset
    step = models.PositiveSmallIntegerField(default=0)  # of the follow-up, from 1; 0 for an asset
    subject = models.CharField(max_length=150)
    text = models.TextField(max_length=10_000)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("use", "name", "step", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["use", "name", "step"], condition=Q(replaced_at=None), name="one_text_a_step"
            ),
        )

    def __str__(self) -> str:
        return f"{self.use} {self.name} {self.step}"


class Mailing(models.Model):
    """One mail that the machine wrote to a lead: which, and where it is. So none is written twice."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="mailings")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    dedupe = models.CharField(max_length=120, unique=True)
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)  # before it went out

    class Meta:
        indexes = (models.Index(fields=["lead"], condition=Q(cancelled_at=None), name="mailing_of_lead"),)

    def __str__(self) -> str:
        return self.dedupe
