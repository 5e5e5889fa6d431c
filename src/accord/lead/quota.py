"""How many leads of a month's capacity somebody may have had by today (S0.31): exact, never rounded.

The capacity is spread over the days on which the person works in the month. Ten leads a month of 21 days are
10/21 of a lead by the evening of the first: above nothing, so the first lead may come on the first day, and
the second once more than one is allowed.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from accord.worktime.calendar import Calendar

Days = tuple[date, date]  # from the first to the last, both included
_DAY = timedelta(days=1)


def month_of(on: date) -> Days:
    """First and last day of the month of a day."""
    first = on.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def allowed(calendar: Calendar, on: date, capacity: Fraction, away: Iterable[Days] = ()) -> Fraction:
    """Leads that a monthly capacity allows up to the end of a day, less the days on which nobody is there.

    All of the capacity in a month in which the calendar has no working day.
    """
    worked = _worked(calendar, on.replace(day=1))
    if not worked:
        return capacity
    spans = tuple(away)
    there = [day for day in worked if day <= on and not any(start <= day <= end for start, end in spans)]
    return capacity * len(there) / len(worked)


@lru_cache(maxsize=1024)
def _worked(calendar: Calendar, first: date) -> tuple[date, ...]:
    """The working days of the month that begins on a day."""
    _, last = month_of(first)
    days = (first + _DAY * number for number in range((last - first).days + 1))
    return tuple(day for day in days if calendar.is_working_day(day))
