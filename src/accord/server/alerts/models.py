"""Who is told, what they were told, and what waits to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accord.server.desk.models import Duty, Lead
from accord.server.mail.models import Channel, Message

GATHERED_FOR = 10  # minutes between two messages to one recipient, unless they chose otherwise
URGENT_FOR = 2  # minutes, where something is broken


class Recipient(models.Model):
    """A person or a chat channel as somebody who is told things, with how they want it.

    Whoever writes a message to a recipient holds this row, so that two workers write one digest, not two.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="recipient"
    )
    channel = models.OneToOneField(Channel, null=True, on_delete=models.CASCADE, related_name="recipient")
    by_mail = models.BooleanField(_("by e-mail"), default=True)
    gather_minutes = models.PositiveSmallIntegerField(_("gather for"), default=GATHERED_FOR)
    at_any_hour = models.BooleanField(_("also outside my hours"), default=False)
    quiet = models.CharField(_("quiet hours of my own"), max_length=11, blank=True)  # 19:00-08:00
    rituals = models.CharField(max_length=80, null=True)
    told_at = models.DateTimeField(null=True)  # of the last message

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False, channel__isnull=True)
                | Q(user__isnull=True, channel__isnull=False),
                name="recipient_is_person_or_channel",
            ),
        )

    def __str__(self) -> str:
        return str(self.user or self.channel)


class Notice(models.Model):
    """One thing that one recipient is told. Its `dedupe` comes once: nothing is told twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")  # for its hour, or to be gathered with others
        TOLD = "told", _("told")  # in a message of the outbox
        SHOWN = "shown", _("on this page only")  # the recipient wants no mail
        SETTLED = "settled", _("settled before it was told")

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="notices")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.PROTECT, related_name="notices")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="notices")
    what = models.CharField(max_length=16)  # a key of `saying.SENTENCES`
    about = models.CharField(max_length=200, blank=True)  # words of whoever tells, in no language of ours
    urgent = models.BooleanField(default=False)
    dedupe = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    happened_at = models.DateTimeField()  # what it tells of
    made_at = models.DateTimeField(default=timezone.now)
    quiet_until = models.DateTimeField()  # not before; else at once
    due_at = models.DateTimeField()  # when it is looked at next
    told_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="notices")

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="notice_due"),
            models.Index(fields=["recipient", "-id"], name="notices_of_recipient"),
            models.Index(fields=["-made_at"], name="notices_newest"),
        )

    def __str__(self) -> str:
        return self.dedupe
