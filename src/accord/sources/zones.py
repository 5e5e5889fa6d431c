"""Local times of whole columns to UTC: one row a day and zone, so that SQL needs no search (see DESIGN 5).

Within a day `utc = greatest(local - offset, moment)`: `moment` is the instant at which the offset came into
force. A time the clock shows twice is its first occurrence, because the new offset begins only when the old
one's wall time is over; a time it skips falls before `moment`, and so becomes it.
"""

# ruff: noqa: S608 - queries are made of our own columns and literals

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from accord.ledger.log import sql_text
from accord.worktime.zones import FIRST_YEAR, LAST_YEAR, find_zone, instant, microseconds

if TYPE_CHECKING:
    import duckdb

FIRST, END = (
    f"{FIRST_YEAR}-01-01",
    f"{LAST_YEAR + 1}-01-01",
)  # instants outside are no times of a sales process
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Segment:
    """From local time `starts` on, the zone is `offset` ahead of UTC, since `moment`; in microseconds."""

    starts: int
    offset: int
    moment: int


def segments(zone: str) -> Iterator[Segment]:
    """The offsets of a zone in order, from 1970 to 2100."""
    found = find_zone(zone)

    def offset(at: int) -> int:
        return (instant(at).astimezone(found).utcoffset() or timedelta()) // timedelta(microseconds=1)

    start = microseconds(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
    end = microseconds(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
    now = offset(start)
    yield Segment(start - 2 * _DAY, now, start - 2 * _DAY)
    for day in range(start, end, _DAY):
        if offset(min(day + _DAY, end)) != now:
            moment = _change(day, min(day + _DAY, end), offset)
            yield Segment(moment + now, offset(moment), moment)
            now = offset(min(day + _DAY, end))


def _change(low: int, high: int, offset: Callable[[int], int]) -> int:
    """The instant, to the second, in (low, high] from which the offset is another than at `low`."""
    old, second = offset(low), 1_000_000
    while high - low > second:
        middle = low + (high - low) // (2 * second) * second
        low, high = (middle, high) if offset(middle) == old else (low, middle)
    return high


def make_zone_days(con: "duckdb.DuckDBPyConnection", zones: set[str]) -> None:
    """Table `zone_day(zone, day, offset_a, moment_a, starts_b, offset_b, moment_b)`: the segment in force at
    the start of the local day, and the one that begins within the day if there is one."""
    rows = [
        f"({sql_text(zone)}, {part.starts}::BIGINT, {part.offset}::BIGINT, {part.moment}::BIGINT)"
        for zone in sorted(zones)
        for part in segments(zone)
    ]
    values = ", ".join(rows) or "('UTC', 0::BIGINT, 0::BIGINT, 0::BIGINT)"
    con.execute(f"CREATE OR REPLACE TEMP TABLE zone_segment AS FROM (VALUES {values}) t(zone, s, o, m)")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE zone_day AS
        WITH day AS (
            SELECT zone, day::DATE AS day, epoch_us(day) AS starts
            FROM range(TIMESTAMP '{FIRST}', TIMESTAMP '{END}', INTERVAL 1 DAY) t(day),
                (SELECT DISTINCT zone FROM zone_segment)
        )
        SELECT day.zone, day, a.o AS offset_a, a.m AS moment_a,
            b.s AS starts_b, b.o AS offset_b, b.m AS moment_b
        FROM day
        ASOF JOIN zone_segment a ON a.zone = day.zone AND a.s <= day.starts
        LEFT JOIN zone_segment b
            ON b.zone = day.zone AND make_timestamp(b.s)::DATE = day.day AND b.s > day.starts
    """)


def utc_sql(local: str, row: str) -> str:
    """The UTC instant of a local timestamp, given the alias of its `zone_day` row."""
    at = f"epoch_us({local})"
    return (
        f"make_timestamp(CASE WHEN {at} >= {row}.starts_b "
        f"THEN greatest({at} - {row}.offset_b, {row}.moment_b) "
        f"ELSE greatest({at} - {row}.offset_a, {row}.moment_a) END)"
    )
