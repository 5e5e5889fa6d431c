"""One lead before its terms: what was promised about it, and what came of each promise.

`judge.py` hands out the verdicts; `duties.py` asks for the rest: the clocks behind them, the attempts that
count, and when the chase ended.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import (
    BY_SILENCE,
    OVERTURNED,
    UNREACHED,
    WORKED,
    Cycle,
    fold,
    is_attempt,
    stops_speed_clock,
)
from accord.promises.excuses import is_excused
from accord.promises.pauses import HaltingClock, Span, pauses_of
from accord.promises.terms import LeadTerms, calendar_for, terms_for
from accord.promises.verdict import PromiseOf, State, Verdict
from accord.worktime import WALL
from accord.worktime.duration import Duration

GONE = (Kind.OPTED_OUT, Kind.MERGED, Kind.ERASED)  # nobody may or can follow up any more: the clocks end
GIVEN_UP = (Kind.RETURNED, Kind.DISQUALIFIED)  # ends a cadence only once the minimum of attempts was made
MARKETINGS = frozenset({PromiseOf.CREDIT, PromiseOf.COMPLETE})  # every other promise is of sales
UNPAUSED = frozenset({PromiseOf.FEEDBACK, PromiseOf.COMPLETE})  # nothing here waits for the prospect
TICK = timedelta(microseconds=1)
_ZERO = timedelta()
_COMPLETE = {"complete": State.KEPT, "incomplete": State.BROKEN}  # what a hand-off says of itself


def bench_of(agreement: Agreement, lead: Lead, events: Iterable[Event], at: datetime) -> "Bench | None":
    """The lead as known at `at` before the terms for its type; None for a lead not delivered by then."""
    cycle = fold(lead, events, at)
    return bench_for(agreement, cycle, cycle.delivered) if cycle.delivered else None


def bench_for(agreement: Agreement, cycle: Cycle, delivered: Event) -> "Bench":
    """These facts of a lead before the terms for its type, judged from this hand-off."""
    terms = terms_for(agreement, cycle.lead.lead_type, calendar_for(agreement, delivered))
    return Bench(cycle, delivered, terms)


@dataclass(frozen=True)
class Point:
    """One checkpoint of a cadence: so many attempts by then."""

    age: timedelta
    due_at: datetime
    needed: int


@dataclass(frozen=True)
class Bench:
    """One delivered lead before its terms."""

    cycle: Cycle
    delivered: Event
    terms: LeadTerms

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict, in the order of PromiseOf, each excused where the other side did so."""
        judged = (
            self.first_touch(),
            self.decided(),
            self.feedback(),
            self.cadence(),
            self.credit(),
            self.complete(),
        )
        return tuple(self.excused(verdict) for verdict in judged if verdict is not None)

    def first_touch(self) -> Verdict:
        """Delivered to first human touch by sales, or live contact (S0.36). A due time frozen at hand-off
        wins.
        """
        touch = self.cycle.first(
            Kind.ATTEMPTED, Kind.CONNECTED, where=lambda event: stops_speed_clock(event, self.terms.automated)
        )
        draft = self._draft(PromiseOf.FIRST_TOUCH, self.terms.first_touch, frozen_due=self.delivered.due_at)
        return self._timed(draft, touch, self.cycle.first_at(*GONE, Kind.REJECTED))

    def decided(self) -> Verdict:
        """Delivered to accepted or rejected by a person; going on with the lead decides too, silence does
        not.
        """
        decision = self.cycle.first(
            Kind.ACCEPTED, Kind.REJECTED, *WORKED, where=lambda event: not _by_silence(event)
        )
        draft = self._draft(PromiseOf.DECIDED, self.terms.decide_within)
        return self._timed(draft, decision, self.cycle.first_at(*GONE))

    def feedback(self) -> Verdict | None:
        """Rejected to a reason given, by the reject itself or later (S1.21); None without a reject."""
        rejected = self.cycle.first(Kind.REJECTED)
        if rejected is None:
            return None
        told = self.cycle.first(Kind.REJECTED, Kind.FEEDBACK, where=lambda event: bool(event.reason))
        draft = self._draft(PromiseOf.FEEDBACK, self.terms.feedback_within, start=rejected.occurred_at)
        return self._timed(draft, told, self.cycle.first_at(*GONE))

    def complete(self) -> Verdict | None:
        """Whether marketing handed over all the minimum information; None where the hand-off does not say."""
        state = _COMPLETE.get(self.delivered.outcome or "")
        if state is None:
            return None
        draft = replace(
            self._draft(PromiseOf.COMPLETE, self.terms.accept_within),
            budget=_ZERO,
            due_at=self.delivered.occurred_at,
            on_wall=True,
        )
        if state is State.KEPT:
            return self._close(draft, state, met=self.delivered)
        return self._close(draft, state, ended_at=self.delivered.occurred_at)

    def credit(self) -> Verdict:
        """Whether the lead counts for marketing (C16): accepted by hand, by going on with it, or by silence.

        Not if it was rejected within the window and before it was accepted, unless both sides overturned the
        reject, which then gives the credit; void if it was merged into another lead, which then has it.
        """
        draft = self._draft(PromiseOf.CREDIT, self.terms.accept_within)
        accepted, rejected = self._accepted, self.cycle.first(Kind.REJECTED)
        merged_at = self.cycle.first_at(Kind.MERGED)
        if merged_at is not None:
            return self._close(draft, State.VOID, ended_at=merged_at)
        first = accepted is None or (rejected is not None and rejected.occurred_at < accepted.occurred_at)
        if rejected is not None and first and self._in_time(draft, rejected.occurred_at):
            overturned = self.cycle.first(Kind.ARBITRATED, where=lambda event: event.outcome == OVERTURNED)
            if overturned is not None:
                return self._close(draft, State.KEPT, met=overturned)
            return self._close(draft, State.BROKEN, ended_at=rejected.occurred_at)
        if accepted is not None and self._in_time(draft, accepted.occurred_at):
            return replace(self._close(draft, State.KEPT, met=accepted), by_silence=_by_silence(accepted))
        if self._in_time(draft, self.cycle.at):
            return self._close(draft, State.PENDING)
        return replace(self._close(draft, State.KEPT, met_at=draft.due_at), by_silence=True)

    def cadence(self) -> Verdict | None:
        """Attempts made by each checkpoint that the lead reached unconnected (F13); None without checkpoints.

        A checkpoint missed stays missed. Kept means that every checkpoint so far was met; pending, that the
        first is still to come; void, that the chase ended before it.
        """
        made, ended_at = self.attempts, self.chase_ended_at
        points = list(self.checkpoints)
        if not points:
            return None
        open_points = [point for point in points if ended_at is None or point.due_at < ended_at]
        past = [point for point in open_points if point.due_at < self.cycle.at]
        missed = [point for point in past if by(made, point.due_at) < point.needed]
        point = (missed or past[-1:] or points)[0]
        state = (
            State.BROKEN if missed else State.KEPT if past else State.PENDING if open_points else State.VOID
        )
        draft = replace(
            self._draft(PromiseOf.CADENCE, self.terms.accept_within),
            budget=point.age,
            due_at=point.due_at,
            on_wall=True,
            done=by(made, point.due_at),
            needed=point.needed,
        )
        met_at = made[point.needed - 1] if state is State.KEPT else None
        return self._close(draft, state, met_at=met_at, ended_at=ended_at)

    def excused(self, verdict: Verdict) -> Verdict:
        """A broken promise that the other side excused in time; `outcome` names it, or none for all (C10).

        Nobody excuses the credit: sales gives it, or both sides arbitrate.
        """
        if verdict.state is not State.BROKEN or verdict.promise is PromiseOf.CREDIT:
            return verdict
        side = Side.MARKETING if verdict.promise in MARKETINGS else Side.SALES
        terms, names = self.terms, (verdict.promise.value,)
        excused = is_excused(
            self.cycle, side, names, due_at=verdict.due_at, within=terms.excuse_within, on=terms.calendar
        )
        return replace(verdict, state=State.EXCUSED) if excused else verdict

    def clock_of(self, verdict: Verdict) -> HaltingClock:
        """The clock that a promise is judged on."""
        return self.clock(verdict.on_wall, paused=verdict.promise not in UNPAUSED)

    def clock(self, wall: bool, *, paused: bool = True) -> HaltingClock:
        """The lead's clock, on the wall or on its calendar; `paused` says whether pauses hold it."""
        return HaltingClock(WALL if wall else self.terms.calendar, self.pauses if paused else ())

    @cached_property
    def pauses(self) -> tuple[Span, ...]:
        """When the lead's clocks stand still."""
        return pauses_of(self.cycle, self.terms.pauses)

    @cached_property
    def checkpoints(self) -> tuple[Point, ...]:
        """The checkpoints of the cadence; a pause moves those that lie behind it."""
        clock, start = self.clock(wall=True), self.delivered.occurred_at
        return tuple(Point(age, clock.due(start, age), needed) for age, needed in self.terms.cadence)

    @cached_property
    def _accepted(self) -> Event | None:
        """The earliest acceptance; one by hand, or by going on with the lead, before a silent one."""
        by_hand = self.cycle.first(Kind.ACCEPTED, *WORKED, where=lambda event: not _by_silence(event))
        silent = self.cycle.first(Kind.ACCEPTED, where=_by_silence)
        if by_hand is None or (silent is not None and silent.occurred_at < by_hand.occurred_at):
            return silent
        return by_hand

    @cached_property
    def attempts(self) -> list[datetime]:
        """The instants of attempts that count for depth. Touches through several channels at one instant are
        one attempt, several through the same channel as many.
        """
        terms, touches = self.terms, Counter[tuple[datetime, str | None]]()
        for event in self.cycle.events:
            if is_attempt(event, automated=terms.automated, machines=terms.machines_count):
                touches[event.occurred_at, event.channel] += 1
        most: dict[datetime, int] = {}
        for (instant, _), number in touches.items():
            most[instant] = max(most.get(instant, 0), number)
        return [instant for instant in sorted(most) for _ in range(most[instant])]

    @cached_property
    def chase_ended_at(self) -> datetime | None:
        """When sales owed no more attempts: reached, ended, or given back after the agreed minimum."""
        ends = (Kind.REJECTED, Kind.LOST, *WORKED, *GONE)
        for event in self.cycle.events:
            reached = event.kind is Kind.CONNECTED and event.side != "machine"
            ruled_out = event.kind is Kind.DISQUALIFIED and event.reason != UNREACHED
            enough = by(self.attempts, event.occurred_at) >= self.terms.minimum
            if event.kind in ends or reached or ruled_out or (event.kind in GIVEN_UP and enough):
                return event.occurred_at
        return None

    def _draft(
        self,
        promise: PromiseOf,
        within: Duration,
        *,
        start: datetime | None = None,
        frozen_due: datetime | None = None,
    ) -> Verdict:
        """A verdict yet without an end: what was promised, and until when. A frozen due time knows no
        pauses.
        """
        start = start or self.delivered.occurred_at
        clock = self.clock(within.wall, paused=promise not in UNPAUSED)
        if frozen_due is None:
            budget = clock.clock.budget(within, start)
            due_at = clock.due(start, budget)
        else:
            unpaused = max(frozen_due, start)
            budget = clock.clock.elapsed(start, unpaused)
            due_at = clock.due(start, budget) if clock.delays(start, budget) else unpaused
        return Verdict(
            promise=promise,
            lead=self.cycle.lead.lead,
            lead_type=self.cycle.lead.lead_type,
            state=State.PENDING,
            delivered_at=self.delivered.occurred_at,
            started_at=start,
            due_at=due_at,
            met_at=None,
            ended_at=None,
            actor=None,
            channel=None,
            worked=_ZERO,
            wall=_ZERO,
            budget=budget,
            on_wall=within.wall,
            calendar=self.terms.calendar.name,
            agreement=self.delivered.agreement,
        )

    def _timed(self, draft: Verdict, met: Event | None, ended_at: datetime | None) -> Verdict:
        """Kept if done within the budget; broken if not, however it ends later; void if the duty ended in
        time.
        """
        if met is not None and (ended_at is None or met.occurred_at <= ended_at):
            kept = self._in_time(draft, met.occurred_at)
            return self._close(draft, State.KEPT if kept else State.BROKEN, met=met)
        still_time = self._in_time(draft, ended_at or self.cycle.at)
        if ended_at is not None:
            return self._close(draft, State.VOID if still_time else State.BROKEN, ended_at=ended_at)
        return self._close(draft, State.PENDING if still_time else State.BROKEN)

    def _in_time(self, draft: Verdict, at: datetime) -> bool:
        return self._spent(draft, at) <= draft.budget

    def _spent(self, draft: Verdict, at: datetime) -> timedelta:
        start = draft.started_at
        return self.clock_of(draft).elapsed(start, max(at, start))

    def _close(
        self,
        draft: Verdict,
        state: State,
        *,
        met: Event | None = None,
        met_at: datetime | None = None,
        ended_at: datetime | None = None,
    ) -> Verdict:
        met_at = met.occurred_at if met else met_at
        start = draft.started_at
        end = max(met_at or ended_at or self.cycle.at, start)
        paused = draft.promise not in UNPAUSED
        return replace(
            draft,
            state=state,
            met_at=met_at,
            ended_at=ended_at,
            actor=met.actor if met else None,
            channel=met.channel if met else None,
            worked=self.clock(wall=False, paused=paused).elapsed(start, end),
            wall=self.clock(wall=True, paused=paused).elapsed(start, end),
            before_delivery=met_at is not None and met_at < start,
            paused=self.clock_of(draft).stood(start, end),
        )


def by(instants: list[datetime], at: datetime) -> int:
    """How many of some instants lie at or before another."""
    return sum(instant <= at for instant in instants)


def _by_silence(event: Event) -> bool:
    return event.kind is Kind.ACCEPTED and event.outcome == BY_SILENCE
