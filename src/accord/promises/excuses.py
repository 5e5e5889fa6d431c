"""Who may excuse a breach, and until when: somebody of the other side, soon enough (C10, 5.11)."""

from datetime import datetime

from accord.agreement.terms import Side
from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration


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
    if within is None or excuse.occurred_at <= due_at:
        return True
    clock = clock_for(within, on)
    return clock.elapsed(due_at, excuse.occurred_at) <= clock.budget(within, due_at)
