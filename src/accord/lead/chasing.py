"""The part of a lead's story in which sales chases it: from the hand-off until it is reached or ended."""

from dataclasses import dataclass
from datetime import datetime

from accord.lead.events import Event, Kind
from accord.lead.lifecycle import OVERTURNED, WORKED, Cycle

_ENDS = (
    *(Kind.REJECTED, Kind.RETURNED, Kind.DISQUALIFIED, Kind.LOST, *WORKED),
    *(Kind.OPTED_OUT, Kind.MERGED, Kind.ERASED),
)


@dataclass(frozen=True)
class Chase:
    """From the hand-off, or from the next after an end; `ended_at` is None while the lead is chased."""

    delivered_at: datetime | None
    events: tuple[Event, ...]
    ended_at: datetime | None


def chase_of(cycle: Cycle) -> Chase:
    """The chase as known at the cycle's instant; a reject that was overturned ended nothing."""
    start = cycle.delivered.occurred_at if cycle.delivered else None
    overturned = any(e.kind is Kind.ARBITRATED and e.outcome == OVERTURNED for e in cycle.events)
    first, ended_at = 0, None
    for place, event in enumerate(cycle.events):
        if ended_at is not None and event.kind is Kind.HANDED_OFF and event is not cycle.delivered:
            first, start, ended_at = place, event.occurred_at, None  # sent again: counted anew
        elif ended_at is None and _ends(event, overturned=overturned):
            ended_at = event.occurred_at
    return Chase(start, cycle.events[first:], ended_at)


def _ends(event: Event, *, overturned: bool) -> bool:
    if event.kind is Kind.REJECTED and overturned:
        return False
    reached = event.kind is Kind.CONNECTED and event.side != "machine"
    return reached or event.kind in _ENDS
