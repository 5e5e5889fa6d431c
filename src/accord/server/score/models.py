"""What the worker makes ahead, so that a request only reads: report pages, folds, scores, pictures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Page(models.Model):
    """One page of `accord report`, kept compressed. The worker replaces it; it can always be made anew."""

    class Span(models.TextChoices):
        THIS = "this", _("this interval")
        LAST = "last", _("the interval before")
        TERM = "term", _("the whole term")

    span = models.CharField(max_length=8, choices=Span.choices, unique=True)
    from_on = models.DateField()
    to_on = models.DateField()
    as_of = models.DateTimeField()  # what was known then
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField()  # when it was last made, or could not be
    agreement = models.TextField()  # the version by which it was judged, as pages cite it
    body = models.BinaryField(null=True)  # HTML, gzip; None while it could never be made
    wanted = models.BooleanField(default=False)  # somebody asked for it anew
    problem = models.TextField(blank=True)  # why no newer page could be made; empty if all is well

    def __str__(self) -> str:
        return f"{self.get_span_display()}: {self.from_on} – {self.to_on}"


class Fold(models.Model):
    """One file of `accord.ledger.fold`: what follows for each lead by one version, as known at an instant.

    The worker makes it. The pages read the newest of the version in force; one that was `asked_for` is of an
    instant that somebody wanted to look back to.
    """

    name = models.CharField(max_length=80, unique=True)  # of its file
    agreement = models.CharField(max_length=12)  # the version's mark
    as_of = models.DateTimeField()
    log = models.CharField(max_length=64)  # where the log stood, as `folding.log_mark` says it
    asked_for = models.BooleanField(default=False)
    made_at = models.DateTimeField(null=True)  # None while it is wanted only
    tried_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField()
    took = models.FloatField(default=0)  # seconds, with the views that were made ahead
    choices = models.JSONField(default=dict)  # by field of the scope: the names that its leads have
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["agreement", "made_at"], name="score_fold_newest")]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """One score read from a fold, for some days and leads, kept so that a request only reads it."""

    fold = models.ForeignKey(Fold, on_delete=models.CASCADE, related_name="readings")
    view = models.CharField(max_length=64)  # digest of days, leads and release
    asked = models.JSONField()  # the same in words, for whoever reads it
    body = models.BinaryField(null=True)  # None while it is wanted only
    size = models.IntegerField(default=0)  # bytes of the body
    standing = models.BooleanField(default=False)  # made ahead with its fold
    wanted_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)  # a worker makes it
    used_at = models.DateTimeField()
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fold", "view"], name="score_reading_once")]
        indexes = [
            models.Index(
                fields=["wanted_at"],
                name="score_reading_wanted",
                condition=models.Q(body__isnull=True, problem=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.fold_id}: {self.asked}"


class Drawn(models.Model):
    """A picture of a chart by the digest of its specification: the same numbers are drawn once."""

    digest = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()  # SVG, compressed
    used_on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return self.digest
