"""Who may excuse a breach, and until when: somebody of the other side, soon enough (C10, 5.11)."""

from datetime import datetime, timedelta

from accord.agreement.terms import Side
from accord.errors import BudgetUnreachable
from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration

TICK = timedelta(microseconds=1)


def is_excused(
    cycle: Cycle,
    owed_by: Side,
    names: tuple[str, ...],
    *,
    due_at: datetime,
    within: Duration | None,
    on: Calendar,
) -> bool:
    """Whether the other side excused what was due then. `outcome` of an excuse names what it is for, or
    nothing for all; `within` counts from the due time, and no pause holds it. None is any time.
    """
    other = Side.SALES if owed_by is Side.MARKETING else Side.MARKETING
    excuse = cycle.first(
        Kind.EXCUSED,
        where=lambda event: event.side == other and (not event.outcome or event.outcome in names),
    )
    if excuse is None:
        return False
    until = excusable_until(within, on, due_at)
    return until is None or excuse.occurred_at <= until


def excusable_until(within: Duration | None, on: Calendar, due_at: datetime) -> datetime | None:
    """The last instant at which what was due then can be excused; None is at any time."""
    if within is None:
        return None
    clock = clock_for(within, on)
    try:
        return clock.due(due_at, clock.budget(within, due_at) + TICK) - TICK
    except BudgetUnreachable:
        return None
