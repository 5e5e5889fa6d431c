"""What is owed about one lead, by whom and until when, and the moments at which somebody is told.

A duty is a promise's verdict with its ladder: the warning, the breach, the steps after it. Beside the
promises that the score counts stand duties that only the desk knows: a checkpoint of the cadence, the time to
dispose of a lead, a commitment to the prospect, and what happens by itself, such as acceptance by silence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accord.agreement.clauses.handover import Escalation
from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Lead
from accord.promises.judge import judge
from accord.promises.terms import calendar_for
from accord.promises.verdict import PromiseOf, State, Verdict
from accord.worktime import WALL, Calendar
from accord.worktime.wall import WallClock

TICK = timedelta(microseconds=1)


class DutyKind(StrEnum):
    FIRST_TOUCH = "first_touch_in_time"
    DECIDED = "decided_in_time"
    CADENCE = "cadence_kept"  # all checkpoints together, as the score counts them
    CREDIT = "accepted_leads"  # marketing's; at its end the lead is accepted by silence


class What(StrEnum):
    WARN = "warn"  # part of the time has gone
    BREACH = "breach"  # from this instant on it is broken
    ESCALATE = "escalate"  # some time after the breach
    DO = "do"  # something happens by itself


@dataclass(frozen=True, order=True)
class Moment:
    """An instant at which something happens to a duty that is still open, and whom it is told."""

    at: datetime
    what: What
    tell: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duty:
    """`moments` stand in order of time and are empty where the duty has ended before them."""

    kind: DutyKind
    number: int
    side: Side
    state: State
    start_at: datetime
    due_at: datetime
    met_at: datetime | None
    ended_at: datetime | None
    calendar: str
    moments: tuple[Moment, ...]


_SIDE = {PromiseOf.CREDIT: Side.MARKETING}
_HAS_LADDER = frozenset({PromiseOf.FIRST_TOUCH, PromiseOf.DECIDED})


def duties_of(agreement: Agreement, lead: Lead, events: Iterable[Event], at: datetime) -> tuple[Duty, ...]:
    """Every duty about a lead as known at `at`; none for a lead not delivered by then."""
    events = tuple(events)
    return tuple(_duty(agreement, lead, verdict) for verdict in judge(agreement, lead, events, at))


def _duty(agreement: Agreement, lead: Lead, verdict: Verdict) -> Duty:
    del lead
    return Duty(
        kind=DutyKind(verdict.promise),
        number=0,
        side=_SIDE.get(verdict.promise, Side.SALES),
        state=verdict.state,
        start_at=verdict.delivered_at,
        due_at=verdict.due_at,
        met_at=verdict.met_at,
        ended_at=verdict.ended_at,
        calendar=verdict.calendar,
        moments=tuple(sorted(_moments(agreement, verdict))),
    )


def _moments(agreement: Agreement, verdict: Verdict) -> Iterator[Moment]:
    """Of a duty on a clock that is not done: all of its ladder, also what lies behind."""
    if verdict.met_at is not None or verdict.ended_at is not None:
        return
    calendar = (
        calendar_for(agreement, None)
        if verdict.calendar not in agreement.calendars
        else (agreement.calendar(verdict.calendar))
    )
    clock: Calendar | WallClock = WALL if verdict.on_wall else calendar
    breach = clock.due(verdict.delivered_at, verdict.budget + TICK)
    if verdict.promise is PromiseOf.CREDIT:
        yield Moment(breach, What.DO)
        return
    if verdict.promise not in _HAS_LADDER:
        return
    said = False
    for step in agreement.escalation:
        moment = _step(step, verdict, clock, breach)
        said = said or moment.what is What.BREACH
        yield moment
    if not said:
        yield Moment(breach, What.BREACH)


def _step(step: Escalation, verdict: Verdict, clock: Calendar | WallClock, breach: datetime) -> Moment:
    if step.at is None:
        assert step.after is not None  # noqa: S101 - one of the two, by the clause
        return Moment(clock.due(breach, clock.budget(step.after, breach)), What.ESCALATE, step.tell)
    share = step.at
    if share >= 1:
        return Moment(breach, What.BREACH, step.tell)
    part = verdict.budget * share.numerator / share.denominator
    return Moment(clock.due(verdict.delivered_at, part), What.WARN, step.tell)
