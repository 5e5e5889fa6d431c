"""Arrivals: every hand raised and every fact told, as it came in; stored before it is acknowledged."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accord.server.desk.models import Lead
from accord.server.intake.models.sources import Source
from accord.server.intake.models.uploads import Upload


class Arrival(models.Model):
    """One thing that came in through a door. `origin` and `origin_id` name it; it comes once.

    Accepting is the insert of this row and nothing else; `settling.py` makes a lead or an event of it a
    moment later. What cannot be settled keeps its problem and is tried again, until somebody mends it or
    puts it aside: then `next_at` is None.
    """

    class Kind(models.TextChoices):
        LEAD = "lead", _("lead")
        EVENT = "event", _("event")

    class Became(models.TextChoices):
        WAITING = "", _("waiting")
        LEAD = "lead", _("a new lead")
        SIGNAL = "signal", _("a signal to a lead that was there")
        EVENT = "event", _("an event of a lead")
        NOTHING = "nothing", _("nothing new: it was known already")
        ASIDE = "aside", _("put aside")

    key = models.CharField(max_length=32, unique=True)  # promised to the sender; of a lead, the lead's own
    kind = models.CharField(max_length=5, choices=Kind.choices)
    origin = models.CharField(max_length=120)
    origin_id = models.CharField(max_length=200)
    payload = models.JSONField()  # as understood: shapes.py
    received_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # when it is tried next; None: settled, aside or given up
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)  # of the last try
    settled_at = models.DateTimeField(null=True)
    became = models.CharField(max_length=8, choices=Became.choices, blank=True)
    # Their indexes hold only rows that have one: an insert should touch few.
    lead = models.ForeignKey(
        Lead, null=True, on_delete=models.PROTECT, related_name="arrivals", db_index=False
    )
    source = models.ForeignKey(
        Source, null=True, on_delete=models.PROTECT, related_name="arrivals", db_index=False
    )
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="arrivals", db_index=False
    )
    aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    aside_why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["origin", "origin_id"], name="arrival_comes_once"),)
        indexes = (
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="arrival_due"),
            models.Index(fields=["-id"], condition=~Q(problem=""), name="arrival_in_trouble"),
            models.Index(fields=["lead"], condition=Q(lead__isnull=False), name="arrivals_of_lead"),
            models.Index(
                fields=["source", "-id"], condition=Q(source__isnull=False), name="arrivals_of_source"
            ),
            models.Index(
                fields=["upload", "-id"], condition=Q(upload__isnull=False), name="arrivals_of_upload"
            ),
        )

    @property
    def status(self) -> str:
        """How it stands: `waiting`, `settled`, `in trouble` (tried, and failed) or `aside`."""
        if self.became == self.Became.ASIDE:
            return "aside"
        if self.settled_at is not None:
            return "settled"
        return "in trouble" if self.problem else "waiting"

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
