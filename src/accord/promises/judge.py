"""Where terms and events meet: the verdicts on one lead, as known at an instant. The row form.

`ledger/verdicts/*.sql` is the column form of the same rules; `tests/contracts` runs both on the same logs
and allows no difference. `docs/explanation/verdicts.md` gives the reasons.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import BY_SILENCE, UNREACHED, WORKED, Cycle, fold, is_attempt, stops_speed_clock
from accord.promises.terms import LeadTerms, calendar_for, terms_for
from accord.promises.verdict import PromiseOf, State, Verdict
from accord.worktime import clock_for
from accord.worktime.duration import Duration

GONE = (Kind.OPTED_OUT, Kind.MERGED, Kind.ERASED)  # nobody may or can follow up any more: the clocks end
GIVEN_UP = (Kind.RETURNED, Kind.DISQUALIFIED)  # ends a cadence only once the minimum of attempts was made
_ZERO = timedelta()


def judge(agreement: Agreement, lead: Lead, events: Iterable[Event], at: datetime) -> tuple[Verdict, ...]:
    """Every verdict on one lead at `at`, in the order of PromiseOf; none for a lead not delivered by then.

    Order and repetition of events do not matter. CalendarInvalid, BudgetUnreachable and InputError (a
    checkpoint in months) come from the agreement.
    """
    cycle = fold(lead, events, at)
    if cycle.delivered is None:
        return ()
    terms = terms_for(agreement, lead.lead_type, calendar_for(agreement, cycle.delivered))
    bench = _Bench(cycle, cycle.delivered, terms)
    judged = (bench.first_touch(), bench.decided(), bench.cadence(), bench.credit())
    return tuple(bench.excused(verdict) for verdict in judged if verdict is not None)


@dataclass(frozen=True)
class _Bench:
    """One lead before its terms."""

    cycle: Cycle
    delivered: Event
    terms: LeadTerms

    def first_touch(self) -> Verdict:
        """Delivered to first human touch by sales, or live contact (S0.36). A due time frozen at hand-off
        wins.
        """
        touch = self.cycle.first(
            Kind.ATTEMPTED, Kind.CONNECTED, where=lambda event: stops_speed_clock(event, self.terms.automated)
        )
        draft = self._draft(PromiseOf.FIRST_TOUCH, self.terms.first_touch, self.delivered.due_at)
        return self._timed(draft, touch, self.cycle.first_at(*GONE, Kind.REJECTED))

    def decided(self) -> Verdict:
        """Delivered to accepted or rejected by a person; going on with the lead decides too, silence does
        not.
        """
        decision = self.cycle.first(
            Kind.ACCEPTED, Kind.REJECTED, *WORKED, where=lambda event: not _by_silence(event)
        )
        draft = self._draft(PromiseOf.DECIDED, self.terms.accept_within)
        return self._timed(draft, decision, self.cycle.first_at(*GONE))

    def credit(self) -> Verdict:
        """Whether the lead counts for marketing (C16): accepted by hand, by going on with it, or by silence.

        Not if it was rejected within the window and before it was accepted; void if it was merged into
        another lead, which then has the credit.
        """
        draft = self._draft(PromiseOf.CREDIT, self.terms.accept_within)
        accepted, rejected = self._accepted, self.cycle.first(Kind.REJECTED)
        merged_at = self.cycle.first_at(Kind.MERGED)
        if merged_at is not None:
            return self._close(draft, State.VOID, ended_at=merged_at)
        first = accepted is None or (rejected is not None and rejected.occurred_at < accepted.occurred_at)
        if rejected is not None and first and self._in_time(draft, rejected.occurred_at):
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
        made, ended_at, start = self._attempts, self._chase_ended_at, self.delivered.occurred_at
        points = [(start + age, needed) for age, needed in self.terms.cadence]
        if not points:
            return None
        open_points = [(due, needed) for due, needed in points if ended_at is None or due < ended_at]
        past = [(due, needed) for due, needed in open_points if due < self.cycle.at]
        missed = [(due, needed) for due, needed in past if _by(made, due) < needed]
        due_at, needed = (missed or past[-1:] or points)[0]
        state = (
            State.BROKEN if missed else State.KEPT if past else State.PENDING if open_points else State.VOID
        )
        draft = replace(
            self._draft(PromiseOf.CADENCE, self.terms.accept_within),
            budget=due_at - start,
            due_at=due_at,
            on_wall=True,
            done=_by(made, due_at),
            needed=needed,
        )
        met_at = made[needed - 1] if state is State.KEPT else None
        return self._close(draft, state, met_at=met_at, ended_at=ended_at)

    def excused(self, verdict: Verdict) -> Verdict:
        """A broken promise of sales that marketing excused; `outcome` names the promise, or none for all
        (C10).
        """
        if verdict.state is not State.BROKEN or verdict.promise is PromiseOf.CREDIT:
            return verdict
        excuse = self.cycle.first(
            Kind.EXCUSED,
            where=lambda e: e.side == Side.MARKETING and e.outcome in (None, verdict.promise),
        )
        return replace(verdict, state=State.EXCUSED) if excuse else verdict

    @cached_property
    def _accepted(self) -> Event | None:
        """The earliest acceptance; one by hand, or by going on with the lead, before a silent one."""
        by_hand = self.cycle.first(Kind.ACCEPTED, *WORKED, where=lambda event: not _by_silence(event))
        silent = self.cycle.first(Kind.ACCEPTED, where=_by_silence)
        if by_hand is None or (silent is not None and silent.occurred_at < by_hand.occurred_at):
            return silent
        return by_hand

    @cached_property
    def _attempts(self) -> list[datetime]:
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
    def _chase_ended_at(self) -> datetime | None:
        """When sales owed no more attempts: reached, ended, or given back after the agreed minimum."""
        ends = (Kind.REJECTED, Kind.LOST, *WORKED, *GONE)
        for event in self.cycle.events:
            reached = event.kind is Kind.CONNECTED and event.side != "machine"
            ruled_out = event.kind is Kind.DISQUALIFIED and event.reason != UNREACHED
            enough = _by(self._attempts, event.occurred_at) >= self.terms.minimum
            if event.kind in ends or reached or ruled_out or (event.kind in GIVEN_UP and enough):
                return event.occurred_at
        return None

    def _draft(self, promise: PromiseOf, within: Duration, frozen_due: datetime | None = None) -> Verdict:
        """A verdict yet without an end: what was promised, and until when."""
        start, clock = self.delivered.occurred_at, clock_for(within, self.terms.calendar)
        if frozen_due is None:
            budget = clock.budget(within, start)
            due_at = clock.due(start, budget)
        else:
            due_at = max(frozen_due, start)
            budget = clock.elapsed(start, due_at)
        return Verdict(
            promise=promise,
            lead=self.cycle.lead.lead,
            lead_type=self.cycle.lead.lead_type,
            state=State.PENDING,
            delivered_at=start,
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
        worked, wall = self._spent(at)
        return (wall if draft.on_wall else worked) <= draft.budget

    def _spent(self, at: datetime) -> tuple[timedelta, timedelta]:
        start, end = self.delivered.occurred_at, max(at, self.delivered.occurred_at)
        return self.terms.calendar.elapsed(start, end), end - start

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
        worked, wall = self._spent(met_at or ended_at or self.cycle.at)
        return replace(
            draft,
            state=state,
            met_at=met_at,
            ended_at=ended_at,
            actor=met.actor if met else None,
            channel=met.channel if met else None,
            worked=worked,
            wall=wall,
            before_delivery=met_at is not None and met_at < draft.delivered_at,
        )


def _by(instants: list[datetime], at: datetime) -> int:
    """How many of them lie at or before an instant."""
    return sum(instant <= at for instant in instants)


def _by_silence(event: Event) -> bool:
    return event.kind is Kind.ACCEPTED and event.outcome == BY_SILENCE
