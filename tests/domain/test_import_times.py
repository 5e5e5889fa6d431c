"""Times, amounts and cells as an import reads them: SQL expressions against what they must mean."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.sources import expressions as sql
from accord.sources.zones import make_zone_days, utc_sql
from accord.worktime.zones import find_zone, utc_of_local

ZONES = (
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Tehran",
    "Asia/Gaza",
)
MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - local times have no zone: that is what is tested


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    make_zone_days(con, {*ZONES, "UTC"})
    return con


def value(con: duckdb.DuckDBPyConnection, expression: str, text: str | None) -> Any:
    row = con.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchone()
    assert row is not None
    return row[0]


def time(
    con: duckdb.DuckDBPyConnection, text: str, *formats: str, date_only: str = "00:00"
) -> tuple[Any, Any]:
    zoned, local = sql.time_sql("s", "p", formats or ("iso",), date_only)
    row = con.execute(
        f"WITH t AS (SELECT {sql.digits_sql('x')} AS s FROM (SELECT ?::VARCHAR AS x)), "
        f"u AS (SELECT s, {sql.iso_parts_sql('s')} AS p FROM t) "
        f"SELECT ({zoned})::VARCHAR, ({local})::VARCHAR FROM u",
        [text],
    ).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("text", "zoned", "local"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05", None),
        ("2026-01-02 03:04:05 UTC", "2026-01-02 03:04:05", None),
        ("2026-01-02T03:04+03", "2026-01-02 00:04:00", None),
        ("2026-01-02T03:04:05.25-0330", "2026-01-02 06:34:05.25", None),
        ("2026-01-02 03:04:05 +05:30", "2026-01-01 21:34:05", None),
        ("2026-01-02 3:04", None, "2026-01-02 03:04:00"),
        ("2026-01-02T03:04:05,5", None, "2026-01-02 03:04:05.5"),
        ("2026-1-2", None, "2026-01-02 09:30:00"),
        ("۲۰۲۶-۰۱-۰۲ ۰۳:۰۴", None, "2026-01-02 03:04:00"),
        ("٢٠٢٦-٠١-٠٢", None, "2026-01-02 09:30:00"),
        ("2026-02-30", None, None),
        ("2026-01-02 25:00", None, None),
        ("02.01.2026", None, None),
        ("epoch", None, None),
        ("2026-01-02T03:04:05Z ignored", None, None),
    ],
)
def test_iso_times_keep_their_offset_or_stay_local(
    con: duckdb.DuckDBPyConnection, text: str, zoned: str | None, local: str | None
) -> None:
    assert time(con, text, date_only="09:30") == (zoned, local)


@pytest.mark.parametrize(
    ("text", "formats", "found"),
    [
        ("2.1.2026 3:04", ("%d.%m.%Y %H:%M",), (None, "2026-01-02 03:04:00")),
        ("1/2/2026 3:04 PM", ("%m/%d/%Y %I:%M %p",), (None, "2026-01-02 15:04:00")),
        ("02 Jan, 2026", ("iso", "%d %b, %Y"), (None, "2026-01-02 00:00:00")),
        ("02/01/2026 03:04 +0300", ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M %z"), ("2026-01-02 00:04:00", None)),
        ("1767322800", ("unix",), ("2026-01-02 03:00:00", None)),
        ("1767322800123", ("unix_ms",), ("2026-01-02 03:00:00.123", None)),
        ("999999999999999999", ("unix", "unix_ms"), (None, None)),
        ("13/13/2026", ("%d/%m/%Y",), (None, None)),
    ],
)
def test_formats_are_tried_in_turn(
    con: duckdb.DuckDBPyConnection, text: str, formats: tuple[str, ...], found: tuple[Any, Any]
) -> None:
    assert time(con, text, *formats) == found


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00:00"),  # skipped: the moment of the skip
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30:00"),  # shown twice: the first
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00:00"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00:00"),  # a whole day skipped
    ],
)
def test_local_times_around_a_clock_change(
    con: duckdb.DuckDBPyConnection, zone: str, local: str, utc: str
) -> None:
    assert [str(at) for at in to_utc(con, zone, [datetime.fromisoformat(local)])] == [utc]


def to_utc(con: duckdb.DuckDBPyConnection, zone: str, local: list[datetime]) -> list[datetime]:
    return [
        row[0]
        for row in con.execute(
            f"SELECT {utc_sql('t', 'd')} FROM (SELECT unnest(?) AS t, unnest(range(?)) AS n) "
            "LEFT JOIN zone_day d ON d.zone = ? AND d.day = t::DATE ORDER BY n",
            [local, len(local), zone],
        ).fetchall()
    ]


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ZONES), st.lists(st.integers(-15_000_000, 50_000_000), min_size=50, max_size=200))
def test_columns_of_local_times_equal_the_calendars_own_rule(zone: str, minutes: list[int]) -> None:
    local = [MIDNIGHT + timedelta(minutes=minute) for minute in minutes]
    with duckdb.connect() as own:
        make_zone_days(own, {zone})
        found = to_utc(own, zone, local)
    rule = [utc_of_local(at.date(), at.hour * 60 + at.minute, find_zone(zone)) for at in local]
    epoch = datetime(1970, 1, 1)  # noqa: DTZ001
    assert found == [epoch + timedelta(microseconds=count) for count in rule]


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("1999.90", ".", "1999.9000"),
        ("1,999.90", ".", "1999.9000"),
        ("1.999,90", ",", "1999.9000"),
        ("1 999,90", ",", "1999.9000"),
        ("€ 12", ".", "12.0000"),
        ("-5", ".", "-5.0000"),
        ("0.00005", ".", "0.0001"),
        ("۱۲۳", ".", "123.0000"),
        ("1,99", ".", None),
        ("1.999.90", ".", None),
        ("12 EUR", ".", None),
        ("1e3", ".", None),
        ("nan", ".", None),
        ("123456789012345", ".", None),
    ],
)
def test_amounts_are_exact_or_refused(
    con: duckdb.DuckDBPyConnection, text: str, decimal: str, amount: str | None
) -> None:
    read = sql.amount_sql(sql.amount_text_sql(sql.digits_sql("x"), decimal, ("€",)))
    assert value(con, read, text) == (None if amount is None else Decimal(amount))


@given(st.decimals(0, 10**13, places=4))
@settings(max_examples=50, deadline=None)
def test_every_amount_of_four_decimals_comes_back(con: duckdb.DuckDBPyConnection, amount: Decimal) -> None:
    for text, decimal in ((f"{amount:,}", "."), (f"{amount:,}".translate({44: 46, 46: 44}), ",")):
        assert value(con, sql.amount_sql(sql.amount_text_sql("x", decimal, ())), text) == amount


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (" \u00a0a b\t", "a b"),
        ("", None),
        ("   ", None),
        ("\u200fعربي\u200e", "\u200fعربي\u200e"),
        ("\u200e", "\u200e"),
    ],
)
def test_blanks_go_and_marks_of_direction_stay(
    con: duckdb.DuckDBPyConnection, text: str, cell: str | None
) -> None:
    assert value(con, sql.trimmed_sql("x"), text) == cell


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.text(max_size=8, alphabet="a'%_\\"),
)
def test_texts_cannot_break_out_of_the_query(con: duckdb.DuckDBPyConnection, text: str, other: str) -> None:
    table = {text: "found", "x": other}
    assert value(con, sql.translated_sql("x", table), text) == (table[text] or None)
    assert value(con, sql.pattern_sql("x", [other, f"{other}*"]), other + "tail") is True
    assert json.dumps(value(con, sql.translated_sql("x", {"none": "y"}), text)) == json.dumps(text)


@pytest.mark.parametrize(
    ("text", "count"), [("3", 3), ("0", 0), ("10000", 10_000), ("10001", None), ("-1", None), ("2.0", None)]
)
def test_counts_are_whole_and_bounded(con: duckdb.DuckDBPyConnection, text: str, count: int | None) -> None:
    assert value(con, sql.count_sql("x"), text) == count
