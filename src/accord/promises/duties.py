"""What is owed about one lead, by whom and until when, and the moments at which somebody is told.

A duty is a promise's verdict with its ladder: the warning, the breach, the steps after it. Beside the
promises that the score counts stand duties that only the desk knows: marketing's time to deliver, each
checkpoint of the cadence, the time to dispose of a lead, a commitment to the prospect, and what happens by
itself, such as acceptance by silence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import WORKED, Cycle, fold
from accord.promises.bench import GONE, MARKETINGS, Bench, bench_of
from accord.promises.chase import call_backs, checkpoints, ways_back
from accord.promises.commitments import commitments
from accord.promises.duty import Duty, DutyKind, Moment, What
from accord.promises.excuses import is_excused
from accord.promises.ladder import Run, ladder, on_clock
from accord.promises.pauses import HaltingClock
from accord.promises.verdict import PromiseOf, State, Verdict
from accord.worktime import clock_for

__all__ = ["Duty", "DutyKind", "Moment", "What", "duties_of"]

_CLIMBS = frozenset({PromiseOf.FIRST_TOUCH, PromiseOf.DECIDED, PromiseOf.FEEDBACK})
_DISPOSES = (*WORKED, Kind.DISQUALIFIED, Kind.RETURNED, Kind.LOST)


def duties_of(agreement: Agreement, lead: Lead, events: Iterable[Event], at: datetime) -> tuple[Duty, ...]:
    """Every duty about a lead as known at `at`. Before delivery there are only marketing's time to deliver,
    once the lead is qualified, and what the prospect was promised.
    """
    events = tuple(events)
    cycle = fold(lead, events, at)
    duties = [*_delivered(agreement, cycle), *commitments(agreement, cycle)]
    bench = bench_of(agreement, lead, events, at)
    if bench is not None:
        duties += _in_sales(agreement, bench)
    return tuple(_excused(agreement, cycle, duty) for duty in duties)


def _in_sales(agreement: Agreement, bench: Bench) -> Iterator[Duty]:
    for verdict in bench.verdicts():
        yield _judged(agreement, bench, verdict)
        if verdict.promise is PromiseOf.CREDIT and verdict.state is State.KEPT:
            accepted_at = max(verdict.met_at or verdict.due_at, verdict.delivered_at)
            yield from _disposed(agreement, bench, accepted_at)
    yield from checkpoints(agreement, bench)
    yield from call_backs(bench)
    yield from ways_back(agreement, bench)


def _judged(agreement: Agreement, bench: Bench, verdict: Verdict) -> Duty:
    """The duty behind a verdict."""
    return Duty(
        kind=DutyKind(verdict.promise),
        number=0,
        side=Side.MARKETING if verdict.promise in MARKETINGS else Side.SALES,
        state=verdict.state,
        start_at=verdict.started_at,
        due_at=verdict.due_at,
        met_at=verdict.met_at,
        ended_at=verdict.ended_at,
        calendar=verdict.calendar,
        moments=_moments(agreement, bench, verdict),
    )


def _moments(agreement: Agreement, bench: Bench, verdict: Verdict) -> tuple[Moment, ...]:
    """Of a duty on a clock that is not done: all of its ladder, also what lies behind."""
    if verdict.met_at is not None or verdict.ended_at is not None:
        return ()
    run = Run.of(bench.clock_of(verdict), bench.terms.calendar, verdict.started_at, verdict.budget)
    if verdict.promise is PromiseOf.CREDIT:
        return (Moment(run.breach, What.DO),) if run.breach else ()
    return ladder(agreement.escalation, run) if verdict.promise in _CLIMBS else ()


def _disposed(agreement: Agreement, bench: Bench, accepted_at: datetime) -> Iterator[Duty]:
    """From acceptance until the lead was qualified, given up or returned; silence is acceptance too."""
    within, cycle = bench.terms.dispose_within, bench.cycle
    if within is None:
        return
    clock = bench.clock(within.wall)
    budget = clock.clock.budget(within, accepted_at)
    yield on_clock(
        DutyKind.DISPOSED,
        Side.SALES,
        agreement.escalation,
        Run.of(clock, bench.terms.calendar, accepted_at, budget),
        met_at=cycle.first_at(*_DISPOSES),
        ended_at=cycle.first_at(*GONE, Kind.REJECTED),
        at=cycle.at,
    )


def _delivered(agreement: Agreement, cycle: Cycle) -> Iterator[Duty]:
    """Marketing's own clock: from qualified to handed off, on marketing's calendar."""
    within, qualified_at = agreement.handoff.deliver_within, cycle.first_at(Kind.QUALIFIED)
    if within is None or qualified_at is None:
        return
    calendar = agreement.calendar_of(Side.MARKETING)
    clock = clock_for(within, calendar)
    yield on_clock(
        DutyKind.DELIVERED,
        Side.MARKETING,
        agreement.escalation,
        Run.of(HaltingClock(clock), calendar, qualified_at, clock.budget(within, qualified_at)),
        met_at=cycle.first_at(Kind.HANDED_OFF),
        ended_at=cycle.first_at(*GONE, Kind.DISQUALIFIED),
        at=cycle.at,
    )


def _excused(agreement: Agreement, cycle: Cycle, duty: Duty) -> Duty:
    """A broken duty that the other side excused; an excuse for the cadence is one for each checkpoint."""
    if duty.state is not State.BROKEN or duty.kind is DutyKind.CREDIT:
        return duty
    names = (duty.kind.value, DutyKind.CADENCE.value) if duty.kind is DutyKind.CHECKPOINT else (duty.kind,)
    calendar, within = agreement.calendar(duty.calendar), agreement.clocks.excuse_within
    excused = is_excused(cycle, duty.side, names, due_at=duty.due_at, within=within, on=calendar)
    return replace(duty, state=State.EXCUSED) if excused else duty
