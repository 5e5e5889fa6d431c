"""Events of the live log without those that were taken back, for who asks the database and not the fold."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from accord.lead.events import Kind
from accord.server.desk.models import Event


def left(events: QuerySet[Event]) -> QuerySet[Event]:
    """Those of some kinds that count; `accord.lead.withdrawing` says which kinds always do."""
    number = Cast(OuterRef("seq"), CharField())
    taken = Event.objects.filter(lead=OuterRef("lead"), kind=Kind.WITHDRAWN.value, outcome=number)
    return events.exclude(Exists(taken))


def told(leads: Collection[int], kinds: Collection[str], at: datetime, *fields: str) -> list[tuple[Any, ...]]:
    """Lead, kind and these fields of the events of many leads that count, in order; one quick query."""
    wanted = Event.objects.filter(
        lead_id__in=leads, kind__in=[*kinds, Kind.WITHDRAWN.value], occurred_at__lte=at
    )
    rows = list(
        wanted.order_by("occurred_at", "seq").values_list("lead_id", "kind", "seq", "outcome", *fields)
    )
    gone = {(row[0], row[3]) for row in rows if row[1] == Kind.WITHDRAWN}
    return [
        (row[0], row[1], *row[4:])
        for row in rows
        if row[1] != Kind.WITHDRAWN and not (gone and (row[0], str(row[2])) in gone)
    ]
