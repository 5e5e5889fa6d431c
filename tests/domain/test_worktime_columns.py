"""Working time in columns is working time of one instant, to the microsecond."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pytest
from worktime_calendars import ALL, calendar

from accord.errors import CalendarInvalid, TimeError, WrongOrder
from accord.worktime import Calendar
from accord.worktime.columns import (
    WORKTIME_DAY_DDL,
    day_rows,
    due_query,
    elapsed_query,
    insert_sql,
    windows_needed,
)

PAIRS = 100_000
FROM, TO = date(2025, 1, 1), date(2026, 6, 30)
START = datetime(2025, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
A_DAY, AN_HOUR = 86_400_000_000, 3_600_000_000


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(WORKTIME_DAY_DDL)
        latest_first = list(day_rows(ALL, FROM, TO))[::-1]  # no answer may hang on the order of rows
        connection.execute(insert_sql(latest_first))
        names = "[" + ", ".join(f"'{one.name}'" for one in ALL) + "]"
        connection.register("draw", _draw())
        connection.execute(
            f"CREATE TABLE pair AS SELECT {names}[1 + one] AS calendar, make_timestamp(start) AS start_at, "
            'make_timestamp("end") AS end_at, budget FROM draw'
        )
        yield connection


def _draw() -> dict[str, np.ndarray]:
    """Random starts in 2025, ends up to 90 days later, budgets up to 300 h; every fourth on round minutes.

    A third of the lengths is 0 and a third under an hour, where windows begin and end.
    """
    rng = np.random.default_rng(20260316)
    grain = np.where(np.arange(PAIRS) % 4 == 0, 60_000_000, 1)
    start = int(START.timestamp()) * 1_000_000 + rng.integers(0, 365 * A_DAY, PAIRS) // grain * grain
    longest = np.array([[1, AN_HOUR, 90 * A_DAY], [1, AN_HOUR, 300 * AN_HOUR]])
    to_end, budget = (rng.integers(0, rng.choice(most, PAIRS)) // grain * grain for most in longest)
    return {"one": rng.integers(0, len(ALL), PAIRS), "start": start, "end": start + to_end, "budget": budget}


BY_NAME: dict[str, Calendar] = {calendar.name: calendar for calendar in ALL}


def test_elapsed_of_columns_is_elapsed_of_each_row(store: duckdb.DuckDBPyConnection) -> None:
    rows = store.execute(elapsed_query("pair", "start_at", "end_at", "s.calendar")).fetchall()
    wrong = [
        row
        for row in rows
        if BY_NAME[row[0]].elapsed(row[1].replace(tzinfo=UTC), row[2].replace(tzinfo=UTC))
        != row[4] * MICROSECOND
    ]
    assert len(rows) == PAIRS
    assert not wrong
    assert len({row[0] for row in rows if row[4] > 0}) == len(ALL)


def test_due_of_columns_is_due_of_each_row(store: duckdb.DuckDBPyConnection) -> None:
    rows = store.execute(due_query("pair", "start_at", "budget", "s.calendar")).fetchall()
    wrong = [
        row
        for row in rows
        if BY_NAME[row[0]].due(row[1].replace(tzinfo=UTC), row[3] * MICROSECOND) != row[4].replace(tzinfo=UTC)
    ]
    assert len(rows) == PAIRS
    assert not wrong


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_literal_calendar_and_fewer_windows_give_the_same(
    store: duckdb.DuckDBPyConnection, one: Calendar
) -> None:
    windows = windows_needed(day_rows([one], FROM, TO))
    fast = elapsed_query("of_one", "start_at", "end_at", f"'{one.name}'", windows)
    slow = elapsed_query("of_one", "start_at", "end_at", "s.calendar")
    with_one = f"WITH of_one AS (FROM pair WHERE calendar = '{one.name}') "
    count = store.execute(f"{with_one} SELECT count(*) FROM of_one").fetchall()[0][0]
    assert count > PAIRS // 20
    differing = f"{with_one} SELECT count(*) FROM (({fast}) EXCEPT ALL ({slow}))"
    assert store.execute(differing).fetchall() == [(0,)]


def test_due_is_right_on_both_sides_of_every_opening_and_closing(store: duckdb.DuckDBPyConnection) -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    edges = [
        (one, one.elapsed(start, edge.astimezone(UTC)) + step * MICROSECOND)
        for one in ALL
        for day in range(1, 40)
        for hours in one.hours_on(date(2025, 3, 3) + timedelta(days=day))
        for edge in hours
        for step in (-1, 0, 1)
    ]
    values = ", ".join(f"('{one.name}', {budget // MICROSECOND})" for one, budget in edges)
    asked = f"(SELECT *, TIMESTAMP '2025-03-01' AS start_at FROM (VALUES {values}) AS t(calendar, budget))"
    rows = store.execute(due_query(asked, "start_at", "budget", "s.calendar")).fetchall()
    due = {(name, budget): at for name, budget, _, at in rows}
    wrong = [
        (one.name, budget)
        for one, budget in edges
        if one.due(start, budget) != due[one.name, budget // MICROSECOND].replace(tzinfo=UTC)
    ]
    assert len(due) > 1000
    assert not wrong


def test_outside_the_table_the_answer_is_unknown(store: duckdb.DuckDBPyConnection) -> None:
    spans = """(SELECT * FROM (VALUES
        (TIMESTAMP '2024-12-31 23:00', TIMESTAMP '2025-02-01 00:00', CAST(3600000000 AS BIGINT)),
        (TIMESTAMP '2026-06-30 12:00', NULL, 3600000000000),
        (TIMESTAMP '2025-06-30 12:00', NULL, -1)
    ) AS t(start_at, end_at, budget))"""
    elapsed = store.execute(elapsed_query(spans, "start_at", "end_at", "'lunch break'")).fetchall()
    assert [row[-1] for row in elapsed] == [None, None, None]
    due = store.execute(due_query(spans, "start_at", "budget", "'lunch break'")).fetchall()
    assert [row[-1] for row in due] == [None, None, None]


def test_a_day_with_more_windows_than_the_table_holds_is_refused_by_name() -> None:
    busy = calendar(
        "busy", hours={"mon": ["01:00-02:00", "03:00-04:00", "05:00-06:00", "07:00-08:00", "09:00-10:00"]}
    )
    with pytest.raises(CalendarInvalid, match="'busy' has 5 windows on the UTC day 2025-01-06"):
        list(day_rows([busy], FROM, TO))


def test_day_rows_refuse_days_in_wrong_order_or_out_of_range() -> None:
    with pytest.raises(WrongOrder, match="2025-01-01 is before 2026-06-30"):
        list(day_rows(ALL, TO, FROM))
    with pytest.raises(TimeError, match="which a calendar covers"):
        list(day_rows(ALL, date(1969, 12, 31), TO))


def test_day_rows_take_calendars_by_name_as_an_agreement_holds_them() -> None:
    assert list(day_rows(BY_NAME, FROM, FROM)) == list(day_rows(ALL, FROM, FROM))
    assert len(list(day_rows(ALL, FROM, TO))) == len(ALL) * ((TO - FROM).days + 1)
