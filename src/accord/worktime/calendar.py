"""Working calendars: weekly hours, holidays, zone, versions, and what they say about a day or an instant.

The hours are local; everything is counted on the UTC intervals that follow from them, made a year at a
time when first needed. Instants from 1970 to 2100 can be asked about.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from accord.errors import BudgetUnreachable, CalendarInvalid, InputError, TimeError, WrongOrder
from accord.worktime.duration import Duration, Unit
from accord.worktime.intervals import Year, year_of
from accord.worktime.national import NationalDays
from accord.worktime.weekly import Week, Windows, minutes_of, until
from accord.worktime.zones import (
    FIRST_DAY,
    FIRST_YEAR,
    LAST_DAY,
    LAST_YEAR,
    MICROSECOND,
    instant,
    length,
    microseconds,
    utc_of_local,
)

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """What holds from a date on; a calendar's first rules hold for all time before as well."""

    zone: ZoneInfo
    week: Week
    start: date = date.min
    national: NationalDays | None = None

    @property
    def usual_day(self) -> Fraction:
        """Microseconds of a usual working day: weekly hours ÷ weekdays worked; InputError if none are."""
        worked = [minutes_of(windows) for windows in self.week if windows]
        if not worked:
            raise InputError(
                "the calendar's week has no working hours, so a day has no usual length; use hours"
            )
        return Fraction(sum(worked) * 60_000_000, len(worked))


@dataclass(frozen=True)
class Calendar:
    """Working time of a team. `rules` are in order of their start and at least one.

    A day's hours are the first of: `opened` (None: the hours it would have without holidays and closed days),
    `half_days`, nothing if `closed` or a national holiday, the week's hours up to the end of a national half
    day, the week's hours. CalendarInvalid if no day from 1970 to 2100 has any hours.
    """

    name: str
    rules: tuple[Rules, ...]
    closed: Mapping[date, str] = field(default_factory=dict, hash=False)  # with the name of the day off
    opened: Mapping[date, Windows | None] = field(default_factory=dict, hash=False)
    half_days: Mapping[date, Windows] = field(default_factory=dict, hash=False)
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [rules.start for rules in self.rules]
        if not starts or any(later <= earlier for earlier, later in pairwise(starts)):
            raise CalendarInvalid(f"calendar {self.name!r}: each version starts after the one before it")
        for on, windows in self.opened.items():
            if not (windows or self.half_days.get(on) or self._usual(on)):
                raise CalendarInvalid(
                    f"calendar {self.name!r}: {on:%A} {on} is opened but has no usual hours; give it its own"
                )
        if not any(self.windows_on(on) for on in _days(FIRST_DAY, LAST_DAY)):
            raise CalendarInvalid(f"calendar {self.name!r} has no working time at all; give it hours")

    # Days

    def rules_on(self, on: date) -> Rules:
        """The version in force on that day."""
        return self.rules[max(bisect_right(self.rules, on, key=lambda rules: rules.start) - 1, 0)]

    def zone_on(self, on: date) -> ZoneInfo:
        return self.rules_on(on).zone

    def windows_on(self, on: date) -> Windows:
        """The windows that start on that local day, in minutes after its midnight; empty on a day off."""
        if on in self.opened:
            return self.opened[on] or self.half_days.get(on) or self._usual(on)
        if on in self.half_days:
            return self.half_days[on]
        national = self.rules_on(on).national
        if on in self.closed or (national and national.off(on)):
            return ()
        if national and national.half_days_until is not None and national.half(on):
            return until(self._usual(on), national.half_days_until)
        return self._usual(on)

    def hours_on(self, on: date) -> list[tuple[datetime, datetime]]:
        """The windows that start on that local day as local instants; an end may lie on the day after.

        A window that a change of the clocks swallows whole is left out.
        """
        zone = self.zone_on(on)
        spans = (
            (utc_of_local(on, start, zone), utc_of_local(on, end, zone)) for start, end in self.windows_on(on)
        )
        return [(instant(a).astimezone(zone), instant(b).astimezone(zone)) for a, b in spans if a < b]

    def is_working_day(self, on: date) -> bool:
        """Whether any working time starts on that local day."""
        return bool(self.windows_on(on))

    def working_days(self, from_on: date, to_on: date) -> int:
        """How many days from the first to the last, both included, are worked; WrongOrder, TimeError."""
        if to_on < from_on:
            raise WrongOrder(f"{to_on} is before {from_on}; give the earlier day first")
        if from_on < FIRST_DAY or to_on > LAST_DAY:
            raise TimeError(
                f"{from_on} to {to_on} is not within {FIRST_DAY} to {LAST_DAY}, which a calendar covers"
            )
        return sum(map(self.is_working_day, _days(from_on, to_on)))

    def day_off_name(self, on: date) -> str | None:
        """The closed day's or the holiday's name. None on a day that is worked, or simply not in the week."""
        if self.windows_on(on) or on in self.opened or on in self.half_days:
            return None
        national = self.rules_on(on).national
        return self.closed.get(on) or (national.off(on) if national else None)

    def _usual(self, on: date) -> Windows:
        return self.rules_on(on).week[on.weekday()]

    # Instants

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one instant to another, to the microsecond; NaiveTime, WrongOrder, TimeError."""
        a, b = microseconds(start), microseconds(end)
        if b < a:
            raise WrongOrder(
                f"{end.isoformat()} is before {start.isoformat()}; give the earlier instant first"
            )
        first, last = instant(a).year, instant(b).year
        between = sum(self._year(year).total for year in range(first, last))
        return (between + self._year(last).worked(b) - self._year(first).worked(a)) * MICROSECOND

    def due(self, start: datetime, budget: timedelta) -> datetime:
        """The earliest UTC instant at which working time since `start` reaches `budget`, `start` for 0.

        BudgetUnreachable if the calendar offers less until 2100; WrongOrder if the budget is negative.
        """
        at, left = microseconds(start), budget // MICROSECOND
        if left < 0:
            raise WrongOrder(f"a budget of {budget} is negative; give working time that lies ahead")
        if left == 0:
            return instant(at)
        year = instant(at).year
        left += self._year(year).worked(at)
        while left > (total := self._year(year).total):  # at most as many steps as the horizon has years
            left, year = left - total, year + 1
            if year > LAST_YEAR:
                raise BudgetUnreachable(
                    f"calendar {self.name!r} does not offer {budget} of working time from "
                    f"{start.isoformat()} to the end of {LAST_YEAR}; ask for less, or give it hours"
                )
        return instant(self._year(year).reached(left))

    def budget(self, duration: Duration, at: datetime) -> timedelta:
        """How much working time a duration is under the version in force at an instant.

        `d` is one usual working day (weekly hours ÷ weekdays worked), `w` five of them, rounded to the
        microsecond. InputError for months, whose length varies, and for wall time (see `clock_for`).
        """
        if duration.wall or duration.unit is Unit.MONTH:
            raise InputError(f"{duration} is no working time; write it in min, h, d or w")
        on = instant(microseconds(at)).astimezone(self.rules[0].zone).date()
        if duration.unit in (Unit.DAY, Unit.WEEK):
            days = duration.count * (5 if duration.unit is Unit.WEEK else 1)
            return length(days * self.rules_on(on).usual_day)
        return length(duration.seconds * 1_000_000)

    def intervals(self, year: int) -> tuple[tuple[int, int], ...]:
        """The working intervals of a UTC year in microseconds from 1970, in order and disjoint."""
        return self._year(year).intervals

    def _year(self, year: int) -> Year:
        if year > LAST_YEAR:  # the one instant at the very end of the horizon
            return Year(())
        if year not in self._years:
            self._years[year] = year_of(year, self._spans(year))
        return self._years[year]

    def _spans(self, year: int) -> list[tuple[int, int]]:
        """The UTC spans of all windows that can reach into a year, some from days before or after it."""
        first = date(max(year, FIRST_YEAR), 1, 1) - 3 * _ONE_DAY
        last = date(year, 12, 31) + 2 * _ONE_DAY
        return [
            (utc_of_local(on, start, zone), utc_of_local(on, end, zone))
            for on in _days(first, last)
            for zone in (self.zone_on(on),)
            for start, end in self.windows_on(on)
        ]


def _days(first: date, last: date) -> "map[date]":
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
