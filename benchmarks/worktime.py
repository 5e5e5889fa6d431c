"""Working time in columns: against a plain subtraction, and against `businesstimedelta` row by row.

    .venv/bin/python benchmarks/worktime.py

Five million spans of up to ten days in five years, on a calendar with a lunch break and national holidays.
Both queries run in the same engine over the same two columns and end in the same sum; their runs alternate,
so that whatever else the machine does falls on both. The ratio is that of the medians. Targets: at most 15
times the plain subtraction, at least 500 times as fast as row by row.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import holidays
import pytz
from businesstimedelta import HolidayRule, Rules, WorkDayRule

from accord.agreement.clauses.hours import CalendarTerms
from accord.worktime.columns import (
    WORKTIME_DAY_DDL,
    day_rows,
    due_query,
    elapsed_query,
    insert_sql,
    windows_needed,
)

SPANS, RUNS, SAMPLE = 5_000_000, 9, 400
FROM, TO = date(2021, 1, 1), date(2026, 1, 31)
ZONE = "Europe/Amsterdam"
OFFICE = CalendarTerms.model_validate(
    {"zone": ZONE, "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]}, "holidays": "NL"}
).build("office")

SPANS_SQL = f"""CREATE TABLE span AS
SELECT 'office' AS calendar, start_at,
    start_at + to_microseconds(CAST(random() * 10 * 86.4e9 AS BIGINT)) AS end_at,
    CAST(random() * 40 * 3.6e9 AS BIGINT) AS budget
FROM (
    SELECT TIMESTAMP '2021-01-01' + to_microseconds(CAST(random() * 5 * 365 * 86.4e9 AS BIGINT)) AS start_at
    FROM range({SPANS})
)"""


def main() -> None:
    with duckdb.connect() as store:
        rows = list(day_rows([OFFICE], FROM, TO))
        windows = windows_needed(rows)
        for statement in (WORKTIME_DAY_DDL, insert_sql(rows), "SELECT setseed(0.5)", SPANS_SQL):
            store.execute(statement)
        literal = elapsed_query("span", "start_at", "end_at", "'office'", windows)
        column = elapsed_query("span", "start_at", "end_at", "s.calendar", windows)
        due = due_query("span", "start_at", "budget", "'office'", windows)
        plain = "SELECT sum(epoch_us(end_at) - epoch_us(start_at)) FROM span"
        times = race(store, plain, f"SELECT sum(elapsed) FROM ({literal})")
        base, ours = (median(one) for one in times)
        by_name = median(race(store, f"SELECT sum(elapsed) FROM ({column})", runs=3)[0])
        by_due = median(race(store, f"SELECT sum(epoch_us(due)) FROM ({due})", runs=1)[0])
        first = f"SELECT start_at, end_at, elapsed FROM ({literal}) LIMIT {SAMPLE}"
        sample = store.execute(first).fetchall()
    theirs = row_by_row(sample)
    print(f"{SPANS:,} spans, {len(rows):,} days of one calendar, {windows} windows a day, {RUNS} runs")
    print(f"plain subtraction            {base * 1000:8.1f} ms")
    print(f"working time, one calendar   {ours * 1000:8.1f} ms   {SPANS / ours / 1e6:5.1f} million a second")
    print(
        f"working time, calendar named by a column {by_name * 1000:.1f} ms, {by_name / base:.1f} times plain"
    )
    print(f"due times {by_due * 1000:.1f} ms, {SPANS / by_due / 1e6:.2f} million a second")
    print(f"ratio to plain subtraction: {ours / base:.1f} (target: at most 15)")
    print(
        f"ratio to businesstimedelta: {theirs / (ours / SPANS):,.0f} times as fast "
        f"({theirs * 1e6:,.0f} µs against {ours / SPANS * 1e6:.3f} µs a row; target: at least 500)"
    )


def race(store: duckdb.DuckDBPyConnection, *queries: str, runs: int = RUNS) -> list[list[float]]:
    """Seconds of each run of each query, taken in turns after one run of each that does not count."""
    times: list[list[float]] = [[] for _ in queries]
    for number in range(runs + 1):
        for query, own in zip(queries, times, strict=True):
            began = perf_counter()
            store.execute(query).fetchall()
            if number:
                own.append(perf_counter() - began)
    return times


def row_by_row(sample: list[tuple[datetime, datetime, int]]) -> float:
    """Seconds that `businesstimedelta` takes for one row; its answers must be ours."""
    zone = pytz.timezone(ZONE)
    days = [time(9), time(12, 30)], [time(13, 30), time(18)]
    national = holidays.country_holidays("NL", years=range(2020, 2028))
    rules = Rules(
        [*(WorkDayRule(a, b, [0, 1, 2, 3, 4], tz=zone) for a, b in days), HolidayRule(national, tz=zone)]
    )
    pairs = [(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)) for start, end, _ in sample]
    seconds, answers = timed(lambda: [rules.difference(start, end) for start, end in pairs])
    for (start, end, ours), answer in zip(sample, answers, strict=True):
        theirs = timedelta(hours=answer.hours, seconds=answer.seconds)
        assert abs(theirs - timedelta(microseconds=ours)) < timedelta(seconds=2), (start, end, ours, theirs)
    return seconds / len(pairs)


def timed(work: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    began = perf_counter()
    done = work()
    return perf_counter() - began, done


if __name__ == "__main__":
    main()
