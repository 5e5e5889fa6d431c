"""Messages on their way out, by mail or into a chat, and the chats they go to."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """A chat that messages are posted to, by the secret address that the chat's own settings gave.

    Whoever has the address may post there, so it is kept encrypted and never shown again.
    """

    class Kind(models.TextChoices):
        SLACK = "slack", "Slack"
        TEAMS = "teams", "Microsoft Teams"
        MATTERMOST = "mattermost", "Mattermost"

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("chat"), max_length=12, choices=Kind.choices)
    sealed = models.TextField()  # the address, encrypted with the installation's key
    host = models.CharField(max_length=253)  # of the address: what people may see of it
    pool = models.CharField(_("pool"), max_length=80, blank=True)  # about the leads of this pool; empty: any
    side = models.CharField(_("side"), max_length=12, blank=True)  # about what this side owes; empty: both
    warnings = models.BooleanField(_("warnings too"), default=False)
    rituals = models.BooleanField(_("stand-up, wins and misses"), default=True, db_default=True)
    is_active = models.BooleanField(_("switched on"), default=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Enclosure(models.Model):
    """A file that goes with messages: a picture that the text shows by its `cid`, or one that is attached.

    Kept once for all messages that carry it, as long as one of them waits.
    """

    name = models.CharField(max_length=120)  # of the file
    kind = models.CharField(max_length=80)  # image/png
    cid = models.CharField(max_length=80, blank=True)  # empty: attached, not shown in the text
    data = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """One message, due from `due_at`; whoever sends it leases it until `leased_until`, so it goes out once.

    It goes by mail, or into the chat `channel`, whose name then stands in `to`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")  # due, or leased by somebody who sends it
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")  # given up after the last try; an operator sees it

    to = models.CharField(max_length=254)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="messages")
    subject = models.CharField(max_length=254)
    text = models.TextField()
    html = models.TextField(blank=True)
    link = models.CharField(max_length=254, blank=True)  # of a chat message: where its button leads
    enclosures = models.ManyToManyField(Enclosure, related_name="messages")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mail_due"),)

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
