"""An ordinary week of a calendar, to see what windows mean in it: no holidays, no single days off."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from accord.agreement.clauses.hours import CalendarTerms
from accord.agreement.clauses.people import Side
from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration

_MONDAY = date(2025, 6, 2)  # any week far from changes of the clocks
_LONGEST = 400 * 86_400  # seconds; longer windows are not looked at
_MOST_STEPS = 500  # attempts by wall time that are counted one by one
_TICK = timedelta(microseconds=1)


class Week:
    """What windows mean to a lead that is handed off at some hour of an ordinary week."""

    def __init__(self, name: str, calendar: Calendar) -> None:
        self.name = name
        self.calendar = calendar
        self.end = lru_cache(maxsize=4096)(self._end)  # kept with the week: rules ask again and again
        self.attempts_by = lru_cache(maxsize=4096)(self._attempts_by)

    @cached_property
    def starts(self) -> tuple[datetime, ...]:
        """Every opening and closing of the working hours, where windows are shortest and longest."""
        days = (_MONDAY + timedelta(days=offset) for offset in range(7))
        return tuple(instant for day in days for hours in self.calendar.hours_on(day) for instant in hours)

    def _end(self, start: datetime, window: Duration) -> datetime | None:
        """When a window that opens at `start` is over; None for one too long to say."""
        if window.seconds > _LONGEST:
            return None
        clock = clock_for(window, self.calendar)
        try:
            return clock.due(start, clock.budget(window, start))
        except InputError:
            return None

    def always_later(self, one: Duration, other: Duration) -> bool:
        """Whether `one` is over after `other` whenever both open together."""
        ends = [(self.end(start, one), self.end(start, other)) for start in self.starts]
        return bool(ends) and all(a is not None and b is not None and a > b for a, b in ends)

    def _attempts_by(self, start: datetime, age: Duration, gap: Duration, enough: int) -> int:
        """How many attempts fit into working hours up to that age of the lead, each a gap after the last;
        at most `enough`, and `enough` where that cannot be told.
        """
        if age.seconds > _LONGEST or gap.seconds > _LONGEST or not gap.count:
            return enough
        end = start + timedelta(seconds=float(age.seconds))
        first = self._working(start)
        if first is None or first > end:
            return 0
        if not gap.wall:
            budget = self.calendar.budget(gap, first)
            return min(enough, 1 + int(self.calendar.elapsed(first, end) / budget)) if budget else enough
        return self._one_by_one(first, end, gap, enough)

    def _one_by_one(self, first: datetime, end: datetime, gap: Duration, enough: int) -> int:
        at: datetime | None = first
        for made in range(min(enough, _MOST_STEPS)):
            if at is None or at > end:
                return made
            after = self.end(at, gap)
            at = None if after is None else self._working(after)
        return enough

    def _working(self, start: datetime) -> datetime | None:
        """The first instant from `start` on that is worked."""
        try:
            return self.calendar.due(start, _TICK) - _TICK
        except InputError:
            return None

    def local(self, start: datetime) -> str:
        """`Friday 18:00`, by the calendar's own clock."""
        return f"{start.astimezone(self.calendar.zone_on(_MONDAY)):%A %H:%M}"


def weeks(agreement: Agreement) -> Iterator[Week]:
    """One for each calendar that people of sales work by; the first calendar where nobody says one."""
    names = [who.calendar for who in agreement.people.values() if who.side is Side.SALES and who.calendar]
    plain: dict[str, object] = {"holidays": None, "closed": (), "open": (), "half_days": {}, "versions": ()}
    for name in dict.fromkeys(names or list(agreement.calendars)[:1]):
        terms = agreement.calendars.get(name)
        if terms is not None:
            yield _ordinary(name, terms.model_copy(update=plain))


_KNOWN: dict[
    tuple[str, str], Week
] = {}  # the weeks asked for last: rules ask for the same, texts seldom differ
_MOST_KNOWN = 64


def _ordinary(name: str, terms: CalendarTerms) -> Week:
    """The week of a calendar, with what has been counted in it already."""
    key = (name, repr(terms))
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = Week(name, terms.build(name))
    return _KNOWN[key]
