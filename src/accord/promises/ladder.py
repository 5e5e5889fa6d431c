"""The ladder of a clock: the warning while there is time, the breach, and the steps after it (5.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from accord.agreement.clauses.handover import Escalation
from accord.agreement.terms import Side
from accord.errors import BudgetUnreachable
from accord.promises.bench import TICK
from accord.promises.duty import Duty, DutyKind, Moment, What
from accord.promises.pauses import HaltingClock
from accord.promises.verdict import State
from accord.worktime import Calendar, clock_for

USUAL = (  # where the agreement says nothing of escalation (Appendix B)
    Escalation(at=Fraction(75, 100), tell=("owner",)),
    Escalation(at=Fraction(1), tell=("owner", "backup")),
)


@dataclass(frozen=True)
class Run:
    """A budget that runs down on a clock. `breach` is the first instant at which it is exceeded, as the
    deadline is inclusive; None behind a pause without an end. `calendar` counts the time after the breach.
    """

    clock: HaltingClock
    calendar: Calendar
    start: datetime
    budget: timedelta
    breach: datetime | None

    @classmethod
    def of(cls, clock: HaltingClock, calendar: Calendar, start: datetime, budget: timedelta) -> "Run":
        return cls(clock, calendar, start, budget, clock.moment(start, budget + TICK))


def ladder(steps: tuple[Escalation, ...], run: Run) -> tuple[Moment, ...]:
    """The moments of a clock, in order of time, each once; the breach is there whether anybody is told or
    not. What lies behind a pause without an end is left out.
    """
    return tuple(sorted(set(_moments(steps or USUAL, run))))


def _moments(steps: tuple[Escalation, ...], run: Run) -> Iterator[Moment]:
    told = [name for step in steps if step.at == 1 for name in step.tell]
    if run.breach is not None:
        yield Moment(run.breach, What.BREACH, tuple(dict.fromkeys(told)))
    for step in steps:
        if step.at is not None and step.at < 1:
            part = run.budget * step.at.numerator / step.at.denominator
            if (at := run.clock.moment(run.start, part)) is not None:
                yield Moment(at, What.WARN, step.tell)
        elif step.at != 1 and (later := _after(step, run)) is not None:
            yield Moment(later, What.ESCALATE, step.tell)


def _after(step: Escalation, run: Run) -> datetime | None:
    """Some time after the breach, or more than the whole of the window."""
    if run.breach is None:
        return None
    if step.after is None:
        assert step.at is not None  # noqa: S101 - one of the two, by the clause
        more = run.budget * step.at.numerator / step.at.denominator
        at = run.clock.moment(run.start, more)
        return at and max(at, run.breach)
    clock = clock_for(step.after, run.calendar)
    try:
        return clock.due(run.breach, clock.budget(step.after, run.breach))
    except BudgetUnreachable:
        return None


def on_clock(
    kind: DutyKind,
    side: Side,
    steps: tuple[Escalation, ...],
    run: Run,
    *,
    met_at: datetime | None,
    ended_at: datetime | None,
    at: datetime,
    number: int = 0,
    about: str = "",
) -> Duty:
    """A duty as known at `at`: kept if met in time, broken if late or never, void if it ended in time."""
    if ended_at is not None and met_at is not None:
        met_at, ended_at = (met_at, None) if met_at <= ended_at else (None, ended_at)
    stopped = met_at or ended_at
    state = State.KEPT if met_at else State.VOID if ended_at else State.PENDING
    if run.breach is not None and (stopped or at) >= run.breach:
        state = State.BROKEN
    return Duty(
        kind=kind,
        number=number,
        side=side,
        state=state,
        start_at=run.start,
        due_at=run.clock.due(run.start, run.budget),
        met_at=met_at,
        ended_at=ended_at,
        calendar=run.calendar.name,
        moments=() if stopped else ladder(steps, run),
        about=about,
    )
