"""Working time for whole columns: the day table, and the SQL that counts on it (DESIGN 5).

For each UTC day of a calendar the table holds the working time before the day and the day's windows, so that
worked(t) = before + Σ clamp(t − window start, 0, window length), and elapsed(a, b) = worked(b) − worked(a).
The windows are UTC, so nothing is left to know about zones: two rows found by an equal join are all it takes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from accord.errors import CalendarInvalid, TimeError, WrongOrder
from accord.worktime.calendar import Calendar
from accord.worktime.zones import FIRST_DAY, LAST_DAY, MICROSECONDS_A_DAY

WINDOWS = 4
WORKTIME_DAY_DDL = f"""CREATE TABLE worktime_day (
    calendar VARCHAR NOT NULL,
    day DATE NOT NULL,  -- a UTC day
    before BIGINT NOT NULL,  -- working microseconds from the table's first day to the start of this one
    {", ".join(f"s{n} BIGINT NOT NULL, l{n} BIGINT NOT NULL" for n in range(1, WINDOWS + 1))}
)"""  # sN: start of a window in microseconds after UTC midnight, lN: its length, both 0 where there is none

Row = tuple[str, date, int, *tuple[int, ...]]


def day_rows(
    calendars: Mapping[str, Calendar] | Iterable[Calendar], from_on: date, to_on: date
) -> Iterator[Row]:
    """Rows of `worktime_day` for each UTC day from the first to the last, both included.

    WrongOrder, TimeError outside 1970 to 2100, CalendarInvalid where a UTC day has more than four windows.
    """
    if to_on < from_on:
        raise WrongOrder(f"{to_on} is before {from_on}; give the earlier day first")
    if from_on < FIRST_DAY or to_on > LAST_DAY:
        raise TimeError(
            f"{from_on} to {to_on} is not within {FIRST_DAY} to {LAST_DAY}, which a calendar covers"
        )
    for calendar in calendars.values() if isinstance(calendars, Mapping) else calendars:
        yield from _rows_of(calendar, from_on, to_on)


def worked_sql(row: str, instant: str) -> str:
    """SQL for the working microseconds from the table's first day to `instant`, a TIMESTAMP in UTC.

    `row` is the alias of the `worktime_day` row whose day is `instant`'s: join it ON row.calendar = … AND
    row.day = CAST(instant AS DATE). The difference of two such terms of one calendar is `elapsed`; NULL stays
    NULL.
    """
    time_of_day = f"(epoch_us({instant}) % {MICROSECONDS_A_DAY})"
    windows = (f"greatest(0, least({time_of_day} - {row}.s{n}, {row}.l{n}))" for n in range(1, WINDOWS + 1))
    return f"({row}.before + {' + '.join(windows)})"


def _rows_of(calendar: Calendar, from_on: date, to_on: date) -> Iterator[Row]:
    windows = _by_day(calendar, range(from_on.year, to_on.year + 1))
    before, on = 0, from_on
    while on <= to_on:
        here = windows.get((on - FIRST_DAY).days, [])
        if len(here) > WINDOWS:
            raise CalendarInvalid(
                f"calendar {calendar.name!r} has {len(here)} windows on the UTC day {on}; "
                f"columns hold {WINDOWS} a day, join some of them"
            )
        padded = here + [(0, 0)] * (WINDOWS - len(here))
        yield (calendar.name, on, before, *(number for window in padded for number in window))
        before, on = before + sum(length for _, length in here), on + timedelta(days=1)


def _by_day(calendar: Calendar, years: range) -> dict[int, list[tuple[int, int]]]:
    """(start after UTC midnight, length) of the windows of each UTC day that has any, by days since 1970."""
    days: dict[int, list[tuple[int, int]]] = {}
    for start, end in (interval for year in years for interval in calendar.intervals(year)):
        while start < end:
            day, after_midnight = divmod(start, MICROSECONDS_A_DAY)
            stop = min(end, (day + 1) * MICROSECONDS_A_DAY)
            days.setdefault(day, []).append((after_midnight, stop - start))
            start = stop  # noqa: PLW2901 the rest of a window that runs over UTC midnight
    return days
