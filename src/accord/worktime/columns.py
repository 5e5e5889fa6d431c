"""Working time for whole columns: the day table, and the SQL that counts on it (DESIGN 5).

For each UTC day of a calendar the table holds the working time before the day, and for each window of the day
two numbers: `lag`, how far an instant in the window is ahead of the working time by then, and `top`, the
working time at the window's end. Working time never falls, so the highest of what the windows say is right:

    worked(t) = greatest(before, least(t − lag1, top1), least(t − lag2, top2), …)
    elapsed(a, b) = worked(b) − worked(a)

The windows are UTC, so nothing is left to know about zones; two rows found by an equal join are all it takes.
A join on the day alone (`calendar` compared with a literal) lets DuckDB look rows up by position, three to
four times as fast as a join on a column of calendar names.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from accord.errors import CalendarInvalid, TimeError, WrongOrder
from accord.worktime.calendar import Calendar
from accord.worktime.zones import FIRST_DAY, LAST_DAY, MICROSECONDS_A_DAY

WINDOWS = 4  # a UTC day's: with a lunch break two, and another two where night work meets the next day's
_NUMBERS = range(1, WINDOWS + 1)

WORKTIME_DAY_DDL = f"""CREATE TABLE worktime_day (
    calendar VARCHAR NOT NULL,
    day DATE NOT NULL,  -- a UTC day; one row a calendar and day
    before BIGINT NOT NULL,  -- working microseconds from the table's first day to the start of this one
    -- lagN: microseconds from 1970 less working time, in window N; topN: working time at its end; 0 if absent
    {", ".join(f"lag{n} BIGINT NOT NULL, top{n} BIGINT NOT NULL" for n in _NUMBERS)}
)"""

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


def insert_sql(rows: Iterable[Row]) -> str:
    """One statement that fills `worktime_day`; in DuckDB far faster than a parameter a value."""
    values = ",\n".join(
        f"('{name.replace(chr(39), 2 * chr(39))}', DATE '{day}', {', '.join(map(str, numbers))})"
        for name, day, *numbers in rows
    )
    return f"INSERT INTO worktime_day VALUES\n{values}"


def windows_needed(rows: Iterable[Row]) -> int:
    """The most windows that any of the rows has, at least one: `worked_sql` need not look at more."""
    return max((n for row in rows for n in _NUMBERS if row[2 + 2 * n]), default=1)


def worked_sql(row: str, instant: str, windows: int = WINDOWS) -> str:
    """SQL for the working microseconds from the table's first day to `instant`, a TIMESTAMP in UTC.

    `row` is the alias of the `worktime_day` row whose day is the instant's: join it ON row.calendar = … AND
    row.day = CAST(instant AS DATE). The difference of two such terms of one calendar is `elapsed`. NULL where
    an outer join finds no row. `windows` may be less than four if no row has so many (`windows_needed`).
    """
    said = (f"least(epoch_us({instant}) - {row}.lag{n}, {row}.top{n})" for n in range(1, windows + 1))
    return f"greatest({row}.before, {', '.join(said)})"


def reached_sql(row: str, work: str, windows: int = WINDOWS) -> str:
    """SQL for the earliest TIMESTAMP at which the working microseconds since the table's start are `work`.

    The inverse of `worked_sql`. `row` is the alias of the day on which that happens: ASOF join it ON
    row.calendar = … AND row.before < work, out of the days WHERE top1 > before: days off repeat `before` and
    would tie. NULL where the table ends earlier.
    """
    lags = " ".join(f"WHEN {work} <= {row}.top{n} THEN {row}.lag{n}" for n in range(1, windows + 1))
    return f"make_timestamp({work} + CASE {lags} END)"


def elapsed_query(spans: str, start: str, end: str, calendar: str, windows: int = WINDOWS) -> str:
    """A query for all columns of `spans` and `elapsed`, the working microseconds from `start` to `end`.

    `calendar` is an expression over `s`, the spans: `s.calendar`, or, faster, a literal such as `'hq'`.
    `elapsed` is NULL outside the day table, negative where the end is before the start.
    """
    first, last = worked_sql("a", f"s.{start}", windows), worked_sql("z", f"s.{end}", windows)
    return f"""SELECT s.*, {last} - {first} AS elapsed
FROM {spans} s
LEFT JOIN worktime_day a ON a.calendar = {calendar} AND a.day = CAST(s.{start} AS DATE)
LEFT JOIN worktime_day z ON z.calendar = {calendar} AND z.day = CAST(s.{end} AS DATE)
"""  # noqa: S608 the names come from our own code, never from data


def due_query(starts: str, start: str, budget: str, calendar: str, windows: int = WINDOWS) -> str:
    """A query for all columns of `starts` and `due`, the UTC TIMESTAMP at which `budget` is used up.

    `budget` is a column of working microseconds, `calendar` an expression over `s`. `due` is NULL where the
    day table ends first, and for a negative budget.
    """
    target = f"{worked_sql('a', f's.{start}', windows)} + s.{budget}"
    return f"""WITH aimed AS (
    SELECT s.*, {calendar} AS worktime_of, {target} AS worktime_target
    FROM {starts} s
    LEFT JOIN worktime_day a ON a.calendar = {calendar} AND a.day = CAST(s.{start} AS DATE)
)
SELECT s.* EXCLUDE (worktime_of, worktime_target), CASE
    WHEN s.{budget} = 0 THEN s.{start}
    WHEN s.{budget} > 0 THEN {reached_sql("z", "s.worktime_target", windows)}
END AS due
FROM aimed s
ASOF LEFT JOIN (FROM worktime_day WHERE top1 > before) z
    ON z.calendar = s.worktime_of AND z.before < s.worktime_target
"""  # noqa: S608 the names come from our own code, never from data


def _rows_of(calendar: Calendar, from_on: date, to_on: date) -> Iterator[Row]:
    windows = _by_day(calendar, range(from_on.year, to_on.year + 1))
    worked, on = 0, from_on
    while on <= to_on:
        here = windows.get((on - FIRST_DAY).days, [])
        if len(here) > WINDOWS:
            raise CalendarInvalid(
                f"calendar {calendar.name!r} has {len(here)} windows on the UTC day {on}; "
                f"columns hold {WINDOWS} a day, join some of them"
            )
        before, numbers = worked, [0] * 2 * WINDOWS
        for n, (start, end) in enumerate(here):
            lag, worked = start - worked, worked + end - start
            numbers[2 * n : 2 * n + 2] = lag, worked
        yield (calendar.name, on, before, *numbers)
        on += timedelta(days=1)


def _by_day(calendar: Calendar, years: range) -> dict[int, list[tuple[int, int]]]:
    """The working intervals of each UTC day that has any, by days since 1970, cut at midnight."""
    days: dict[int, list[tuple[int, int]]] = {}
    for start, end in (interval for year in years for interval in calendar.intervals(year)):
        while start < end:
            day = start // MICROSECONDS_A_DAY
            stop = min(end, (day + 1) * MICROSECONDS_A_DAY)
            days.setdefault(day, []).append((start, stop))
            start = stop  # noqa: PLW2901 the rest of a window that runs over UTC midnight
    return days
