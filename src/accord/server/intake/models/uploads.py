"""Files of leads that somebody hands in, and how their columns were read before."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """One file. Nothing of it is a lead before somebody confirms it; then the worker feeds it in."""

    class State(models.TextChoices):
        LOOKED_AT = "looked at", _("not confirmed")
        GOING_IN = "going in", _("going in")
        IN = "in", _("in")
        DROPPED = "dropped", _("dropped")

    name = models.CharField(max_length=200)
    body = models.TextField()  # the file's text; emptied when it is dropped
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    mapping = models.JSONField(default=dict)  # column → field
    whole = models.JSONField(default=dict)  # lead type, stream, source, owner of the whole file
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKED_AT)
    rows = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    fed = models.PositiveIntegerField(default=0)  # rows that the worker has looked at
    known = models.PositiveIntegerField(default=0)  # rows that had come before
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["id"], condition=models.Q(state="going in"), name="upload_going_in"),)

    def __str__(self) -> str:
        return self.name


class Mapping(models.Model):
    """How the columns of files with this header were read last: the next such file is read alike."""

    header = models.CharField(max_length=64, unique=True)  # digest of the columns' names
    mapping = models.JSONField()
    whole = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.header[:12]
