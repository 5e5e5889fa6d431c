"""What a hand raised again means for a lead that is there already (DOMAIN 5.9)."""

from datetime import datetime, timedelta
from enum import StrEnum

from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle
from accord.lead.standing import IN_SALES, Standing, standing

NEW_CYCLE_AFTER = timedelta(days=90)  # since a lead ended or went back
_ENDINGS = (Kind.WON, Kind.LOST, Kind.REJECTED, Kind.DISQUALIFIED, Kind.RETURNED, Kind.MERGED)


class Again(StrEnum):
    SIGNAL = "signal"  # sales is at it: its owner hears of it
    REASSESS = "reassess"  # marketing has it: another sign of interest may make it ready
    NEW_CYCLE = "new cycle"  # another lead of the same person
    NOTHING = "nothing"  # the person wants no contact


def raised_again(cycle: Cycle, at: datetime) -> Again:
    """What to do with a second hand that was raised at `at`.

    A customer's is a new cycle at once. One that was given up or sent back is the same cycle for 90 days.
    """
    now = standing(cycle)
    if now in (Standing.OPTED_OUT, Standing.ERASED):
        return Again.NOTHING
    if now in IN_SALES:
        return Again.SIGNAL
    if now in (Standing.RAISED, Standing.QUALIFIED):
        return Again.REASSESS
    ended_at = ended(cycle)
    if now is Standing.WON or (ended_at is not None and at - ended_at > NEW_CYCLE_AFTER):
        return Again.NEW_CYCLE
    return Again.REASSESS


def ended(cycle: Cycle) -> datetime | None:
    """When the lead ended or went back, the last time; None if it never did."""
    return max((event.occurred_at for event in cycle.events if event.kind in _ENDINGS), default=None)
