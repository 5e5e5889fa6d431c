"""Duties of the chase that only the desk knows: each checkpoint of the cadence, the call back that a prospect
asked for, and the ways back to marketing that a lead takes by itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Kind
from accord.lead.events import Side as Who
from accord.lead.lifecycle import WORKED
from accord.promises.bench import GONE, TICK, Bench
from accord.promises.duty import Duty, DutyKind, Moment, What
from accord.promises.ladder import Run, ladder, on_clock
from accord.promises.pauses import ends_by_word, pausing
from accord.promises.verdict import State
from accord.worktime.duration import Duration

_ENDED = (*GONE, Kind.REJECTED, Kind.LOST, Kind.DISQUALIFIED)
_NO_ACTIVITY = frozenset(
    {Kind.CREATED, Kind.SCORED, Kind.QUALIFIED, Kind.BREACHED, Kind.EXCUSED, Kind.ENROLLED, Kind.PAUSED}
)


def checkpoints(agreement: Agreement, bench: Bench) -> Iterator[Duty]:
    """One duty a step of the cadence. A step's time runs from the one before; attempts are counted together
    (F13). One missed stays missed; one that the chase did not reach is void.
    """
    made, ended_at, calendar = bench.attempts, bench.chase_ended_at, bench.terms.calendar
    clock, delivered_at = bench.clock(wall=True), bench.delivered.occurred_at
    start, age = delivered_at, timedelta()
    for number, point in enumerate(bench.checkpoints, start=1):
        met_at = made[point.needed - 1] if len(made) >= point.needed else None
        state = _of_checkpoint(point.due_at, met_at, ended_at, bench.cycle.at)
        breach = point.due_at + TICK if clock.moment(delivered_at, point.age) else None
        run = Run(clock, calendar, start, point.age - age, breach)
        done = met_at is not None or ended_at is not None
        yield Duty(
            kind=DutyKind.CHECKPOINT,
            number=number,
            side=Side.SALES,
            state=state,
            start_at=start,
            due_at=point.due_at,
            met_at=None if state is State.VOID else met_at,
            ended_at=ended_at,
            calendar=calendar.name,
            moments=() if done else ladder(agreement.escalation, run),
        )
        start, age = point.due_at, point.age


def _of_checkpoint(
    due_at: datetime, met_at: datetime | None, ended_at: datetime | None, at: datetime
) -> State:
    if met_at is not None and met_at <= due_at and (ended_at is None or met_at <= ended_at):
        return State.KEPT
    if ended_at is not None and ended_at <= due_at:
        return State.VOID
    return State.BROKEN if due_at < at else State.PENDING


def taken_over(agreement: Agreement, bench: Bench) -> Iterator[Duty]:
    """The first touch of whoever got the lead from somebody else: as long as a first touch has, on the
    calendar of the lead. The clock of the promise goes on beside it (5.11). Void if it went on to the next.
    """
    every = [event for event in bench.cycle.events if event.kind is Kind.ASSIGNED]
    given = [next(same) for _, same in groupby(every, key=lambda event: event.actor)]
    within, ended_at = bench.terms.first_touch, bench.chase_ended_at
    clock = bench.clock(within.wall)
    for event, after in zip(given[1:], [*given[2:], None], strict=False):
        start = event.occurred_at
        if start < bench.delivered.occurred_at or (ended_at is not None and ended_at <= start):
            continue
        ends = [at for at in (ended_at, after.occurred_at if after else None) if at is not None]
        budget = clock.clock.budget(within, start)
        yield on_clock(
            DutyKind.TAKEN_OVER,
            Side.SALES,
            agreement.escalation,
            Run.of(clock, bench.terms.calendar, start, budget),
            met_at=_touched_from(bench, start),
            ended_at=min(ends, default=None),
            at=bench.cycle.at,
            number=event.seq,
        )


def call_backs(bench: Bench) -> Iterator[Duty]:
    """One duty a pause that names its end: that is when the prospect wants to be called. It is met by an
    attempt or a contact from then on, and void if somebody resumed the clock or the lead ended before.
    """
    ended_at = bench.cycle.first_at(*_ENDED, *WORKED, Kind.RETURNED)
    for pause in pausing(bench.cycle, bench.terms.pauses):
        if pause.due_at is None:
            continue
        met_at = _touched_from(bench, pause.due_at)
        ends = [at for at in (ended_at, ends_by_word(pause, bench.cycle)) if at is not None]
        yield _owed(
            DutyKind.CALL_BACK,
            bench,
            start_at=pause.occurred_at,
            due_at=pause.due_at,
            met_at=met_at,
            ended_at=min(ends, default=None),
            moment=Moment(pause.due_at, What.WARN, ("owner",)),
            number=pause.seq,
            about=pause.reason or "",
        )


def _touched_from(bench: Bench, at: datetime) -> datetime | None:
    touch = bench.cycle.first(
        Kind.ATTEMPTED,
        Kind.CONNECTED,
        where=lambda event: event.occurred_at >= at and event.side != Who.MACHINE,
    )
    return touch.occurred_at if touch else None


def ways_back(agreement: Agreement, bench: Bench) -> Iterator[Duty]:
    """Back to marketing by itself: after the agreed attempts without a contact (S3.11), and after a time in
    which nobody did anything. Both end where the prospect was reached, or the lead ended otherwise.
    """
    made, minimum = bench.attempts, bench.terms.minimum
    if len(made) >= minimum:
        yield from _back(DutyKind.RETURN, bench, made[-1], bench.terms.minimum_gap)
    if agreement.handoff.pull_back_after is not None:
        yield from _back(DutyKind.PULL_BACK, bench, _last_activity(bench), agreement.handoff.pull_back_after)


def _back(kind: DutyKind, bench: Bench, start: datetime, within: Duration) -> Iterator[Duty]:
    clock, start = bench.clock(within.wall), max(start, bench.delivered.occurred_at)
    budget = clock.clock.budget(within, start)
    moment = clock.moment(start, budget)
    yield _owed(
        kind,
        bench,
        start_at=start,
        due_at=clock.due(start, budget),
        met_at=bench.cycle.first_at(Kind.RETURNED),
        ended_at=_over_at(bench),
        moment=Moment(moment, What.DO) if moment else None,
    )


def _over_at(bench: Bench) -> datetime | None:
    """When the prospect was reached, or the lead ended."""
    ended_at = bench.cycle.first_at(*_ENDED, *WORKED)
    reached = bench.cycle.first(Kind.CONNECTED, where=lambda event: event.side != Who.MACHINE)
    ends = [at for at in (ended_at, reached.occurred_at if reached else None) if at is not None]
    return min(ends, default=None)


def _last_activity(bench: Bench) -> datetime:
    """When a person did something about the lead, sales or the prospect, at the latest its delivery."""
    done = (
        event.occurred_at
        for event in bench.cycle.events
        if event.side != Who.MACHINE and event.kind not in _NO_ACTIVITY
    )
    return max(done, default=bench.delivered.occurred_at)


def _owed(
    kind: DutyKind,
    bench: Bench,
    *,
    start_at: datetime,
    due_at: datetime,
    met_at: datetime | None,
    ended_at: datetime | None,
    moment: Moment | None,
    number: int = 0,
    about: str = "",
) -> Duty:
    """A duty that nobody breaks: it waits for its moment, until it was done or ended, whichever came
    first.
    """
    done = met_at is not None and (ended_at is None or met_at <= ended_at)
    state = State.KEPT if done else State.PENDING if ended_at is None else State.VOID
    return Duty(
        kind=kind,
        number=number,
        side=Side.SALES,
        state=state,
        start_at=start_at,
        due_at=due_at,
        met_at=met_at if done else None,
        ended_at=None if done else ended_at,
        calendar=bench.terms.calendar.name,
        moments=(moment,) if moment and state is State.PENDING else (),
        about=about,
    )
