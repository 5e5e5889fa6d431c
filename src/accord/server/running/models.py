"""When each chore of the worker is due, and who does it."""

from django.db import models
from django.utils import timezone


class Chore(models.Model):
    """One line of `chores.CHORES`. Whoever does it leases it first, so that two workers never do the same."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    last_ended_at = models.DateTimeField(null=True)
    last_problem = models.TextField(blank=True)  # of the last time it was done; empty if all went well

    def __str__(self) -> str:
        return self.name
