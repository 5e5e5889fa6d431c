"""Local time in columns is a sum between two instants; it must be what the zone says, there and outside."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_fixture import agreement

from accord.ledger.fold import _local_time
from accord.ledger.terms import local_zones
from accord.worktime.zones import find_zone, offsets

ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tehran"),
)
INSTANTS = st.datetimes(datetime(1998, 1, 1), datetime(2031, 1, 1))  # noqa: DTZ001 - UTC, as in columns


@given(zone=st.sampled_from(ZONES), span=st.tuples(INSTANTS, INSTANTS).map(sorted), at=INSTANTS)
@settings(max_examples=200, deadline=None)
def test_an_offset_holds_up_to_its_instant(zone: str, span: list[datetime], at: datetime) -> None:
    first, last = span
    found = offsets(find_zone(zone), first, last)
    ends = [until for until, _ in found]
    assert ends == sorted(set(ends))
    assert ends[-1:] == ([last] if first < last else [])
    ahead = next((ahead for until, ahead in found if first <= at < until), None)
    if ahead is not None:
        local = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert at + timedelta(microseconds=ahead) == local


@pytest.mark.parametrize(
    "versions",
    [[], [{"from": "2026-04-13", "zone": "America/New_York", "hours": {"mon-fri": "09:00-17:00"}}]],
    ids=["one zone", "moved"],
)
def test_local_time_in_columns_is_what_the_zone_says(versions: list[dict[str, object]]) -> None:
    """Each quarter of an hour around every change of the clocks, within the log's time, before and after."""
    calendar = {"zone": "Europe/Berlin", "hours": {"mon-fri": "09:00-17:00"}}
    if versions:
        calendar["versions"] = versions
    terms = agreement(calendars={"office": calendar})
    first, last = datetime(2026, 2, 1), datetime(2026, 6, 1)  # noqa: DTZ001 - UTC, as in columns
    con = duckdb.connect()
    con.execute(f"CREATE MACRO local_time(t) AS {_local_time(terms, first, last)}")
    (moved, _), *_ = local_zones(terms)
    for middle in ("2025-10-26 01:00", "2026-02-01 00:00", "2026-03-29 01:00", "2026-04-13 02:00",
                   "2026-06-01 00:00", "2026-10-25 01:00", "2026-11-01 06:00"):  # fmt: skip
        rows = con.execute(
            "SELECT t, local_time(t) FROM (SELECT CAST(? AS TIMESTAMP) + to_minutes(15 * n) AS t "
            "FROM (SELECT unnest(range(-40, 40)) AS n))",
            [middle],
        ).fetchall()
        for at, local in rows:
            aware = at.replace(tzinfo=UTC)
            zone = "America/New_York" if versions and at >= moved else "Europe/Berlin"
            assert local == aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None), at
