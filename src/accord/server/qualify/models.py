"""How far the scoring of all open leads has come."""

from django.db import models


class Rescoring(models.Model):
    """One run over all leads that marketing has, after a change of the rules or for a day's decay.

    A run that was cut off goes on where it stood: `last` is the last lead of the batch that was written.
    """

    mark = models.CharField(max_length=12)  # of the version whose rules these are
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last = models.BigIntegerField(default=0)
    passes = models.PositiveSmallIntegerField(default=1)  # another where leads were being worked on
    scored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)  # in grade, or ruled out
    readied = models.PositiveIntegerField(default=0)  # handed off, or waiting for information

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mark"], condition=models.Q(ended_at__isnull=True), name="one_run_a_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.mark}, {self.began_at:%Y-%m-%d %H:%M}"
