"""Report pages that the worker made, so that a request only reads."""

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
