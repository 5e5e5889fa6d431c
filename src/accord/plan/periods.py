"""Goal lines over days: point k of n is k/n × goal, exactly, never a running sum of rounded days (R5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from accord.agreement.terms import Agreement, GoalLine, Interval, Side, Term
from accord.errors import PlanImpossible, WrongOrder
from accord.plan.rounding import Exact, exact

MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
_DAY = timedelta(days=1)


class WorkingDays(Protocol):
    """What a goal line by working days asks of a calendar."""

    def is_working_day(self, on: date) -> bool: ...


def line_point(goal: Exact, k: int, n: int) -> Fraction:
    """The goal line after k of n days: k/n × goal. PlanImpossible unless n ≥ 1 and 0 ≤ k ≤ n."""
    if n < 1 or not 0 <= k <= n:
        raise PlanImpossible(f"day {k} of {n}: a goal line runs from day 0 to day n; check the period")
    return exact(goal) * k / n


def interval_of(term: Term, on: date) -> tuple[date, date]:
    """First and last day of the interval that holds a day.

    Months are calendar months. Quarters and years are counted from the month in which the term starts, so
    that they follow the company's own year. The term may start within its first interval.
    """
    length = MONTHS[term.interval]
    anchor, month = term.start.year * 12 + term.start.month - 1, on.year * 12 + on.month - 1
    first = anchor + (month - anchor) // length * length
    return _first_of(first), _first_of(first + length) - _DAY


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Line:
    """A goal drawn over days: after `days[i]`, `counted[i]` days of the line are done and `values[i]` are
    due.

    `days` are all calendar days that the period and the term have in common. On a day that does not count
    (a day off, on a line by working days) the line stays level.
    """

    days: tuple[date, ...]
    counted: tuple[int, ...]
    values: tuple[Fraction, ...]

    @property
    def goal(self) -> Fraction:
        """What the whole line amounts to."""
        return self.values[-1]

    @property
    def length(self) -> int:
        """Number of days that count."""
        return self.counted[-1]

    def at(self, on: date) -> Fraction:
        """What is due by the end of a day; 0 before the line, all of it after."""
        index = self._index(on)
        return Fraction(0) if index is None else self.values[index]

    def done(self, on: date) -> int:
        """How many days that count are over by the end of a day."""
        index = self._index(on)
        return 0 if index is None else self.counted[index]

    def _index(self, on: date) -> int | None:
        return None if on < self.days[0] else min((on - self.days[0]).days, len(self.days) - 1)


def goal_line(
    agreement: Agreement,
    per_interval: Exact,
    from_on: date,
    to_on: date,
    *,
    calendar: WorkingDays | None = None,
) -> Line | None:
    """The line of a goal per interval, over any period: part of an interval, one, or several.

    Each interval contributes goal × days covered ÷ days of the interval, where days are calendar days or,
    if the agreement's `goal_line` says so, working days of `calendar` (by default marketing's). Days
    outside the term count for nothing (5.4); None if there are no others. WrongOrder if `to_on` lies before
    `from_on`; PlanImpossible for an interval without a working day.
    """
    if to_on < from_on:
        raise WrongOrder(f"the period ends on {to_on}, before it starts on {from_on}; swap the two days")
    first, last = max(from_on, agreement.term.start), min(to_on, agreement.term.end)
    if last < first:
        return None
    counts = _day_counter(agreement, calendar)
    goal, before, counted = exact(per_interval), Fraction(0), 0
    days, totals, values = [], [], []
    for start, end in _intervals(agreement.term, first, last):
        n = sum(counts(day) for day in _days(start, end))
        if n == 0:
            raise PlanImpossible(
                f"goal_line: no working day from {start} to {end}; mend the calendar, or write calendar days"
            )
        done = 0
        for day in _days(max(start, first), min(end, last)):
            done += counts(day)
            days.append(day)
            totals.append(counted + done)
            values.append(before + line_point(goal, done, n))
        before, counted = values[-1], totals[-1]
    return Line(tuple(days), tuple(totals), tuple(values))


class _Counter(Protocol):
    def __call__(self, day: date, /) -> bool: ...


def _day_counter(agreement: Agreement, calendar: WorkingDays | None) -> _Counter:
    if agreement.goal_line is GoalLine.CALENDAR_DAYS:
        return lambda _day: True
    working = calendar if calendar is not None else agreement.calendar_of(Side.MARKETING)
    return lru_cache(maxsize=None)(working.is_working_day)


def _intervals(term: Term, first: date, last: date) -> Iterator[tuple[date, date]]:
    on = first
    while on <= last:
        start, end = interval_of(term, on)
        yield start, end
        on = end + _DAY


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
