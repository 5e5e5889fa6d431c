"""Why each verdict on a lead is what it is, in plain sentences.

The sentences say what the verdicts of `accord.promises` hold and nothing else, so the explanation is the
verdict.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import OVERTURNED, Cycle, fold
from accord.ledger import wording as say
from accord.ledger.history import history
from accord.ledger.log import open_log
from accord.ledger.period import last_recorded
from accord.promises import PromiseOf, State, Verdict, judge
from accord.promises.bench import MARKETINGS
from accord.promises.pauses import pausing
from accord.promises.terms import LeadTerms, calendar_for, known_types, terms_for
from accord.worktime import Calendar
from accord.worktime.duration import Duration

_MOST_FACTS = 40  # of a lead's history, the last ones
_TITLES = {
    PromiseOf.FIRST_TOUCH: "First touch",
    PromiseOf.DECIDED: "Decision",
    PromiseOf.FEEDBACK: "Reason of the reject",
    PromiseOf.CADENCE: "Cadence",
    PromiseOf.CREDIT: "Credit for marketing",
    PromiseOf.COMPLETE: "Complete hand-off",
}


def explain(agreement: Agreement, log_path: Path | str, lead: str, as_of: datetime | None = None) -> str:
    """Each verdict on one lead as known at `as_of`, by default at the log's last fact; then what is on
    record.

    Times are those of the calendar that the lead is judged by. LeadUnknown names the nearest; LogUnreadable.
    """
    log = open_log(log_path)
    who, events = history(log, lead)
    at = (as_of or last_recorded(log)).astimezone(UTC)
    cycle = fold(who, events, at)
    told = _Told(agreement, who, cycle, calendar_for(agreement, cycle.delivered))
    verdicts = judge(agreement, who, events, at)
    later = sum(event.occurred_at > at or event.recorded_at > at for event in events)
    return "\n".join(
        [*told.opening(later), *(line for v in verdicts for line in told.verdict(v)), *told.record()]
    )


@dataclass(frozen=True)
class _Told:
    """One lead's story, told in the zone of its calendar."""

    agreement: Agreement
    lead: Lead
    cycle: Cycle
    calendar: Calendar

    def opening(self, later: int) -> Iterator[str]:
        """Who, as of when, delivered when, under which calendar and which version."""
        yield f"Lead {self.lead.lead}, as known on {self.when(self.cycle.at)} ({self.zone_name})"
        if later:
            yield f"  {say.counted(later, 'fact')} of later date or record: not counted."
        if gone := len(self.cycle.taken_back):
            yield f"  {say.counted(gone, 'fact')} taken back: not counted."
        yield f"  {self._type()}"
        delivered = self.cycle.delivered
        if delivered is None:
            yield "  Not handed off to sales by then, so no promise about its follow-up applies yet."
            return
        hours = say.hours(self.calendar, self._day(delivered.occurred_at))
        yield f"  Delivered to sales on {self.when(delivered.occurred_at)}."
        yield f"  Calendar {self.calendar.name}, {self.zone_name}: {hours}.{self._other_calendar(delivered)}"
        yield f"  {self._version(delivered)}"

    def verdict(self, verdict: Verdict) -> Iterator[str]:
        """What was promised, until when, what came of it, what can still be done."""
        yield ""
        yield f"{_TITLES[verdict.promise]}: {verdict.state.value}"
        tell: dict[PromiseOf, Callable[[Verdict], Iterator[str]]] = {
            PromiseOf.FIRST_TOUCH: self._touch,
            PromiseOf.DECIDED: self._decision,
            PromiseOf.FEEDBACK: self._feedback,
            PromiseOf.CADENCE: self._cadence,
            PromiseOf.CREDIT: self._credit,
            PromiseOf.COMPLETE: self._complete,
        }
        yield from (f"  {line}" for line in tell[verdict.promise](verdict))
        if verdict.paused:
            yield f"  {self._paused(verdict)}"
        if verdict.state is State.EXCUSED:
            yield f"  {self._excuse(verdict)}"

    def record(self) -> Iterator[str]:
        """The facts that counted, in the order in which they occurred."""
        yield ""
        yield "On record"
        facts = self.cycle.events
        if len(facts) > _MOST_FACTS:
            yield f"  … {say.counted(len(facts) - _MOST_FACTS, 'earlier fact')}"
        for event in facts[-_MOST_FACTS:]:
            yield f"  {self.when(event.occurred_at)}  {self._fact(event)}"

    # First touch and decision: a clock with a budget

    def _touch(self, verdict: Verdict) -> Iterator[str]:
        within = self.agreement.first_touch(self.lead.lead_type or "")
        delivered = self.cycle.delivered
        said = f"Promised within {_told(within)}"
        if delivered is not None and delivered.due_at is not None:
            said = "Due as fixed at hand-off"
        yield f"{said}: by {self.when(verdict.due_at)}.{self._between(verdict)}"
        yield from self._timed(verdict, "touched", "A late touch still helps the lead")

    def _decision(self, verdict: Verdict) -> Iterator[str]:
        within = self._terms.decide_within
        yield f"To be accepted or rejected within {_told(within)}: by {self.when(verdict.due_at)}."
        yield from self._timed(verdict, "decided", "Acceptance by silence is no decision")

    def _feedback(self, verdict: Verdict) -> Iterator[str]:
        within = self.agreement.handoff.feedback_within
        if verdict.met_at == verdict.started_at:
            yield f"Given with the reject on {self.when(verdict.started_at)}{self._by(verdict)}."
            return
        started, due = self.when(verdict.started_at), self.when(verdict.due_at)
        yield f"Rejected on {started} without a reason, which is owed within {_told(within)}: by {due}."
        yield from self._timed(verdict, "given", "A late reason still helps marketing")

    def _complete(self, verdict: Verdict) -> Iterator[str]:
        needed = say.listed(self.agreement.handoff.minimum_information) or "nothing"
        if verdict.state is State.KEPT:
            yield f"Handed off with all that was agreed: {needed}."
        else:
            yield f"Handed off without all that was agreed: {needed}."

    def _timed(self, verdict: Verdict, done: str, remark: str) -> Iterator[str]:
        if verdict.met_at is not None:
            on = f"{self.when(verdict.met_at)}{self._by(verdict)}"
            yield f"{done.capitalize()} on {on}: {self._took(verdict)}."
            if verdict.before_delivery:
                before = "rejected" if verdict.promise is PromiseOf.FEEDBACK else "delivered"
                yield f"That was before it was {before}, so no time counts."
            elif verdict.state is not State.KEPT:
                yield f"That is {self._distance(verdict)} too late."
        elif verdict.ended_at is not None:
            what = self._ending(verdict.ended_at)
            closed = "before" if verdict.state is State.VOID else "after"
            yield f"{what} on {self.when(verdict.ended_at)}, {closed} the time was up, without being {done}."
        elif verdict.state is State.PENDING:
            yield f"Not {done} yet: {self._distance(verdict)} left."
        else:
            yield f"Not {done} by then: overdue by {self._distance(verdict)}."
            yield f"Waited so far: {self._took(verdict)}."
            yield f"{remark}; the breach stays on record unless marketing excuses it."

    # The cadence: attempts by checkpoints

    def _cadence(self, verdict: Verdict) -> Iterator[str]:
        needed = say.counted(verdict.needed or 0, "attempt")
        age = say.wall(verdict.budget)
        made = say.counted(verdict.done or 0, "attempt")
        yield f"Promised {needed} within {age} of delivery: by {self.when(verdict.due_at)}."
        if verdict.state is State.VOID and verdict.ended_at is not None:
            yield f"{self._ending(verdict.ended_at)} on {self.when(verdict.ended_at)}, before that was due."
        elif verdict.state is State.PENDING:
            yield f"{made} so far; {say.wall(verdict.due_at - self.cycle.at)} left."
        elif verdict.state is State.KEPT and verdict.met_at is not None:
            yield f"{made} by then, the last one needed on {self.when(verdict.met_at)}."
        else:
            yield f"{made} by then. What came later is late: a checkpoint missed stays missed."

    # Marketing's credit

    def _credit(self, verdict: Verdict) -> Iterator[str]:
        window = f"the window to reject, {self.agreement.handoff.accept_within}, closes"
        delivered = self.when(verdict.delivered_at)
        if verdict.state is State.PENDING:
            by_silence = f"by silence when {window} on {self.when(verdict.due_at)}"
            yield f"Counts from delivery once accepted, or {by_silence}."
        elif verdict.state is State.VOID and verdict.ended_at is not None:
            yield f"Merged on {self.when(verdict.ended_at)}: the lead it went into has the credit."
        elif verdict.state is State.BROKEN and verdict.ended_at is not None:
            reason = self._reason(verdict.ended_at, Kind.REJECTED)
            yield f"Rejected on {self.when(verdict.ended_at)}{reason}, within the window: does not count."
        elif verdict.met_at is not None and self._overturned(verdict.met_at):
            yield f"Rejected, and given back by both sides on {self.when(verdict.met_at)}{self._by(verdict)}."
            yield f"Counts on the day of delivery, {delivered}."
        elif verdict.met_at is not None:
            how = "by silence" if verdict.by_silence else f"by hand{self._by(verdict)}"
            yield f"Accepted {how} on {self.when(verdict.met_at)}."
            yield f"Counts on the day of delivery, {delivered}."

    def _overturned(self, at: datetime) -> bool:
        word = self.cycle.first(Kind.ARBITRATED, where=lambda event: event.outcome == OVERTURNED)
        return word is not None and word.occurred_at == at

    # Pieces

    @property
    def _terms(self) -> LeadTerms:
        return terms_for(self.agreement, self.lead.lead_type, self.calendar)

    def _paused(self, verdict: Verdict) -> str:
        """How long the clock stood still, and why."""
        until = verdict.met_at or verdict.ended_at or self.cycle.at
        reasons = {
            say.plain(event.reason): None
            for event in pausing(self.cycle, self.agreement.clocks.pauses)
            if event.reason and event.occurred_at < until
        }
        span = say.wall(verdict.paused) if verdict.on_wall else say.working(verdict.paused)
        return f"The clock stood still for {span} ({say.listed(reasons)}); that does not count."

    @property
    def zone_name(self) -> str:
        return str(self.calendar.zone_on(self.cycle.at.date()))

    def when(self, at: datetime) -> str:
        return say.instant(at, self.calendar.zone_on(at.date()))

    def _name(self, who: str) -> str:
        return say.person(who, self.agreement)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.calendar.zone_on(at.date())).date()

    def _type(self) -> str:
        kind = self.lead.lead_type
        if kind is None:
            return "Type unknown: judged by the rules for all types."
        if kind not in known_types(self.agreement):
            return f"Type {kind}, about which the agreement says nothing: judged by the rules for all types."
        terms = self.agreement.lead_types.get(kind)
        return f"Type {(terms.label if terms else None) or kind}."

    def _version(self, delivered: Event) -> str:
        given = f"Judged by {self.agreement.in_force_label}"
        if delivered.agreement is None:
            return f"{given}; the log does not say which version was in force at hand-off."
        return f"{given}; in force at hand-off, as the log says: {delivered.agreement}."

    def _other_calendar(self, delivered: Event) -> str:
        if delivered.calendar is None or delivered.calendar == self.calendar.name:
            return ""
        return f" The log names calendar {delivered.calendar}, which the agreement lacks."

    def _between(self, verdict: Verdict) -> str:
        """The days off that the clock passed over."""
        if verdict.on_wall:
            return " Wall time: nights, weekends and holidays count."
        until = max(verdict.met_at or verdict.ended_at or self.cycle.at, verdict.due_at)
        off = say.days_off(self.calendar, self._day(verdict.delivered_at), self._day(until))
        return f" Not counted: {off}." if off else ""

    def _by(self, verdict: Verdict) -> str:
        who = f" by {self._name(verdict.actor)}" if verdict.actor else ""
        return f"{who}{f' ({verdict.channel})' if verdict.channel else ''}"

    def _took(self, verdict: Verdict) -> str:
        since = "the reject" if verdict.promise is PromiseOf.FEEDBACK else "delivery"
        return f"{say.working(verdict.worked)} after {since}, {say.wall(verdict.wall)} on the wall"

    def _distance(self, verdict: Verdict) -> str:
        """How far the clock stands from the budget: what is left of it, or how much too late."""
        span = abs(verdict.elapsed - verdict.budget)
        return say.wall(span) if verdict.on_wall else say.working(span)

    def _ending(self, at: datetime) -> str:
        """What ended the duty at that instant."""
        words = {
            Kind.OPTED_OUT: "The person opted out",
            Kind.MERGED: "Merged into another lead",
            Kind.ERASED: "The person's data was erased",
            Kind.REJECTED: "Rejected by sales",
            Kind.CONNECTED: "Reached live",
            Kind.LOST: "Lost",
            Kind.DISQUALIFIED: "Disqualified",
            Kind.RETURNED: "Given back to marketing after the agreed attempts",
        }
        kinds = [event.kind for event in self.cycle.events if event.occurred_at == at]
        return next((words[kind] for kind in words if kind in kinds), "Gone on with by sales")

    def _reason(self, at: datetime, kind: Kind) -> str:
        found = next((e for e in self.cycle.events if e.occurred_at == at and e.kind is kind), None)
        return f" ({say.plain(found.reason)})" if found and found.reason else ""

    def _excuse(self, verdict: Verdict) -> str:
        side = Side.SALES if verdict.promise in MARKETINGS else Side.MARKETING
        excuse = self.cycle.first(
            Kind.EXCUSED, where=lambda e: e.side == side and (not e.outcome or e.outcome == verdict.promise)
        )
        if excuse is None:
            return "Excused."
        who = f" by {self._name(excuse.actor)}" if excuse.actor else ""
        reason = f": {say.plain(excuse.reason)}" if excuse.reason else ""
        return f"Excused{who} on {self.when(excuse.occurred_at)}{reason}. The breach stays on record."

    def _fact(self, event: Event) -> str:
        said = [event.kind.value.replace("_", " ")]
        said += [f"by {self._name(event.actor)}"] if event.actor else []
        told = (event.side, event.channel, event.outcome, event.reason and say.plain(event.reason))
        said += [text for text in told if text]
        if event.amount is not None:
            said.append(f"{event.amount:f}")
        if event.recorded_at != event.occurred_at:
            said.append(f"recorded {self.when(event.recorded_at)}")
        return ", ".join(said)


def _told(window: Duration) -> str:
    """`24 h of working time`: on Friday that is no day later; a window by the wall clock is as it is."""
    return str(window) if window.wall else f"{window} of working time"
