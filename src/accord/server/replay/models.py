"""What a draft would have meant, worked out by the worker and kept, so that a request only reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accord.server.agreements.models import Draft


class Kept(models.Model):
    """One text of a draft on the days of one span, beside the version that was in force.

    The verdicts that differ lie in a file beside the database: DATA/replays/NAME.parquet. Both can always be
    made anew.
    """

    class Span(models.TextChoices):
        QUARTER = "quarter", _("last quarter")
        MONTH = "month", _("last month")
        TERM = "term", _("the term so far")

    name = models.CharField(max_length=64, unique=True)  # digest of the texts and the span
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    saving = models.PositiveIntegerField()  # of the draft, whose text was tried
    beside = models.CharField(max_length=12, blank=True)  # mark of the version it stands beside; empty: none
    span = models.CharField(max_length=8, choices=Span.choices)
    from_on = models.DateField()
    to_on = models.DateField()
    log = models.CharField(max_length=64, blank=True)  # where the log stood
    wanted_at = models.DateTimeField(null=True)  # somebody waits for it, or for a newer one
    as_of = models.DateTimeField(null=True)  # None while it was never made
    used_at = models.DateTimeField()
    took = models.FloatField(default=0)  # seconds
    told = models.JSONField(default=dict)  # as `accord replay --format json` says it
    problem = models.TextField(blank=True)  # why it could not be made

    class Meta:
        indexes = (models.Index(fields=["wanted_at"], name="replay_wanted"),)

    def __str__(self) -> str:
        return f"{self.draft}, {self.get_span_display()}"
