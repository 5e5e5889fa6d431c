"""What is owed about one lead, by whom and until when, and the moments at which somebody is told.

A duty is a promise's verdict with its ladder: the warning, the breach, the steps after it. Beside the
promises that the score counts stand duties that only the desk knows: marketing's time to deliver, each
checkpoint of the cadence, the time to dispose of a lead, a commitment to the prospect, and what happens by
itself, such as acceptance by silence.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import WORKED, Cycle, fold
from accord.lead.rounds import Round, rounds_of
from accord.promises.bench import GONE, MARKETINGS, Bench, bench_for
from accord.promises.chase import call_backs, checkpoints, taken_over, ways_back
from accord.promises.commitments import commitments
from accord.promises.duty import ROUND, Duty, DutyKind, Moment, What
from accord.promises.excuses import is_excused
from accord.promises.ladder import Run, ladder, on_clock
from accord.promises.pauses import HaltingClock
from accord.promises.verdict import PromiseOf, State, Verdict
from accord.worktime import clock_for

__all__ = ["ROUND", "Duty", "DutyKind", "Moment", "What", "duties_of"]

_CLIMBS = frozenset({PromiseOf.FIRST_TOUCH, PromiseOf.DECIDED, PromiseOf.FEEDBACK})
_BY_EVENT = frozenset({DutyKind.CALL_BACK, DutyKind.TAKEN_OVER})  # numbered by an event, which comes once
_DISPOSES = (*WORKED, Kind.DISQUALIFIED, Kind.RETURNED, Kind.LOST)


def duties_of(
    agreement: Agreement,
    lead: Lead,
    events: Iterable[Event],
    at: datetime,
    version: Callable[[str], Agreement | None] = lambda _mark: None,
) -> tuple[Duty, ...]:
    """Every duty about a lead as known at `at`. Before delivery there are only marketing's time to deliver,
    once the lead is qualified, and what the prospect was promised.

    Each round with sales has duties of its own; those of rounds before the last are closed. `agreement` holds
    for the last; `version` finds by its mark what held for one before it, if that is another.
    """
    cycle = fold(lead, events, at)
    marketings = [*_delivered(agreement, cycle), *commitments(agreement, cycle)]
    duties = [_excused(agreement, cycle, duty) for duty in marketings]
    in_sales = ((one, one.delivered) for one in rounds_of(cycle) if one.delivered is not None)
    for number, (one, delivered) in enumerate(in_sales):
        held_to = (one.closed_at and version(delivered.agreement or "")) or agreement
        duties += (_of_round(duty, number, one) for duty in _in_sales(held_to, one.cycle, delivered))
    return tuple(duties)


def _of_round(duty: Duty, number: int, one: Round) -> Duty:
    """A duty under the number of its round. What was open when the next round began ended then, and what
    was not broken by then is void.
    """
    duty = duty if duty.kind in _BY_EVENT else replace(duty, number=duty.number + number * ROUND)
    if one.closed_at is None:
        return duty
    is_open = duty.met_at is None and duty.ended_at is None
    if is_open and duty.state in (State.PENDING, State.BROKEN, State.EXCUSED):
        void = duty.state is State.PENDING or duty.due_at >= one.closed_at
        duty = replace(duty, ended_at=one.closed_at, state=State.VOID if void else duty.state)
    return replace(duty, moments=())


def _in_sales(agreement: Agreement, cycle: Cycle, delivered: Event) -> Iterator[Duty]:
    bench = bench_for(agreement, cycle, delivered)
    for duty in _of_bench(agreement, bench):
        yield _excused(agreement, cycle, duty)


def _of_bench(agreement: Agreement, bench: Bench) -> Iterator[Duty]:
    for verdict in bench.verdicts():
        yield _judged(agreement, bench, verdict)
        if verdict.promise is PromiseOf.CREDIT and verdict.state is State.KEPT:
            accepted_at = max(verdict.met_at or verdict.due_at, verdict.delivered_at)
            yield from _disposed(agreement, bench, accepted_at)
    yield from checkpoints(agreement, bench)
    yield from taken_over(agreement, bench)
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
