"""Messages on their way out."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One mail, due from `due_at`; whoever sends it leases it until `leased_until`, so it goes out once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")  # due, or leased by somebody who sends it
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")  # given up after the last try; an operator sees it

    to = models.EmailField()
    subject = models.CharField(max_length=254)
    text = models.TextField()
    html = models.TextField(blank=True)
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
