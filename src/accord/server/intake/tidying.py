"""What came in is not kept for ever: what it brought goes, its name stays, so that it still comes once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accord.server.intake.models import Arrival, Upload

KEPT_FOR = timedelta(days=30)  # after it was settled; docs/how-to/personal-data.md says so
_AT_ONCE = 1_000  # rows that one statement changes: whoever waits to write waits no longer than for these


def forget_old(at: datetime) -> int:
    """Empty what was settled long ago; how many arrivals and files. What is in trouble waits for somebody."""
    return _forget_payloads(at - KEPT_FOR) + _forget_files(at - KEPT_FOR)


def _forget_payloads(before: datetime) -> int:
    old = Arrival.objects.filter(settled_at__lt=before).exclude(payload={})
    return sum(
        Arrival.objects.filter(pk__in=some, settled_at__lt=before).update(payload={}, problem="")
        for some in _in_parts(old)
    )


def _in_parts(rows: QuerySet[Arrival]) -> Iterator[list[int]]:
    """Numbers of rows, so many at a time; the table is gone through once."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        last = some[-1]
        yield some


def _forget_files(before: datetime) -> int:
    """Files that are in, and those that nobody confirmed: these are dropped."""
    there = Upload.objects.exclude(body="")
    taken = there.filter(state=Upload.State.IN, confirmed_at__lt=before).update(body="")
    unconfirmed = there.filter(state=Upload.State.LOOKED_AT, at__lt=before)
    return taken + unconfirmed.update(body="", state=Upload.State.DROPPED)
