"""When the clocks about a lead stand still, and a clock that knows it (DOMAIN 5.11).

A pause counts if its reason is one of the agreement's. It begins when it was said: at the later of when it
occurred and when it was recorded, so nobody can make time stand still that has gone. It ends when the clock
is resumed, at the time that it names itself, such as the hour at which the prospect asked to be called, or
when a later pause for the same reason takes its place; a time it names counts for a year at most. Pauses that
overlap count once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.errors import BudgetUnreachable
from accord.lead.events import Event, Kind
from accord.lead.lifecycle import Cycle
from accord.worktime import Clock

LONGEST = timedelta(days=366)  # a time named beyond that is a slip of the pen, not a call back
_ZERO = timedelta()


@dataclass(frozen=True, order=True)
class Span:
    """From `start` until before `end`; an `endless` one has no end yet, and `end` is then the instant asked
    about.
    """

    start: datetime
    end: datetime
    endless: bool = False


def pauses_of(cycle: Cycle, reasons: tuple[str, ...]) -> tuple[Span, ...]:
    """The spans in which the clocks stand still as known at the cycle's instant, in order and disjoint."""
    return tuple(
        _merged(sorted(span for event in pausing(cycle, reasons) if (span := span_of(event, cycle))))
    )


def pausing(cycle: Cycle, reasons: tuple[str, ...]) -> list[Event]:
    """The events that make the clocks stand still, in order."""
    return [event for event in cycle.events if event.kind is Kind.PAUSED and event.reason in reasons]


def span_of(pause: Event, cycle: Cycle) -> Span | None:
    """How long one pause lasts; None if it ended before it began."""
    start, ends_at = max(pause.occurred_at, pause.recorded_at), ends_by_word(pause, cycle)
    named = min(pause.due_at, start + LONGEST) if pause.due_at else None
    ends = [end for end in (ends_at, named) if end is not None]
    if not ends:
        return Span(start, max(start, cycle.at), endless=True)
    return Span(start, min(ends)) if start < min(ends) else None


def ends_by_word(pause: Event, cycle: Cycle) -> datetime | None:
    """When somebody resumed the clock, or paused it anew for the same reason; None if nobody did."""
    word = cycle.first(
        Kind.RESUMED,
        Kind.PAUSED,
        where=lambda event: (
            event.occurred_at >= pause.occurred_at
            if event.kind is Kind.RESUMED
            else event.occurred_at > pause.occurred_at and event.reason == pause.reason
        ),
    )
    return word.occurred_at if word else None


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            last = merged.pop()
            merged.append(Span(last.start, max(last.end, span.end), last.endless or span.endless))
        else:
            merged.append(span)
    return merged


@dataclass(frozen=True)
class HaltingClock:
    """A clock that stands still in some spans, which are in order and disjoint."""

    clock: Clock
    stops: tuple[Span, ...] = ()

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Time from one instant to another without what it stood still."""
        return self.clock.elapsed(start, end) - self.stood(start, end)

    def stood(self, start: datetime, end: datetime) -> timedelta:
        """How much of the clock's own time fell into stops."""
        cut = ((max(span.start, start), min(span.end, end)) for span in self.stops)
        return sum((self.clock.elapsed(a, b) for a, b in cut if a < b), _ZERO)

    def due(self, start: datetime, budget: timedelta) -> datetime:
        """The earliest instant at which `budget` is used up, `start` for 0; an endless stop ends as known."""
        return self.clock.due(start, budget + self._stood_before(start, budget))

    def delays(self, start: datetime, budget: timedelta) -> bool:
        """Whether a stop makes it later than it would have been."""
        return self._stood_before(start, budget) > _ZERO

    def moment(self, start: datetime, budget: timedelta) -> datetime | None:
        """As `due`, but None where the clock stands still until nobody knows when, or never gets there."""
        for span in self.stops:
            if span.endless and self.elapsed(start, max(span.start, start)) < budget:
                return None
        try:
            return self.due(start, budget)
        except BudgetUnreachable:
            return None

    def _stood_before(self, start: datetime, budget: timedelta) -> timedelta:
        """What the stops that begin before the budget is used up take."""
        stood = _ZERO
        for span in self.stops:
            begin = max(span.start, start)
            if span.end <= begin:
                continue
            if self.clock.elapsed(start, begin) - stood >= budget:
                break
            stood += self.clock.elapsed(begin, span.end)
        return stood
