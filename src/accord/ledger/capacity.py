"""What the reps have time for and what a lead takes of it, as small tables beside the log (F12, 5.10).

All of it is assumption, as the agreement says it: the minutes of a touch, the hours of a rep. The rules are
those of the plan (`accord.plan.reps`), so that plan and score mean the same by a full week.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from accord.agreement.terms import Agreement, Person, Side
from accord.ledger.terms import Rows
from accord.plan.reps.capacity import EVERYBODY, pool_of, rep_minutes
from accord.plan.reps.rota import Shift, shifts
from accord.plan.reps.touches import expected_minutes, minutes_per_lead, touch_times
from accord.promises.terms import known_types

DDL = {
    # `assumed`: the agreement lacks the minutes of a channel, so that the usual ones stand in
    "lead_work": "lead_type VARCHAR, work_us BIGINT, expected_us BIGINT, assumed BOOLEAN",
    "stream_pool": "stream VARCHAR, pool VARCHAR",  # '' is any other stream
    # `heads` and `available_us` of all people of the entry; 0 heads: one rep as `capacity` assumes it
    "capacity": 'pool VARCHAR, who VARCHAR, heads INTEGER, span VARCHAR, "on" DATE, available_us BIGINT',
}
_MINUTE = 60_000_000
_DAY = timedelta(days=1)
_Spans = dict[tuple[str, date], Fraction]


def capacity_tables(agreement: Agreement, from_on: date, until: date) -> dict[str, Rows]:
    """The rows of each table of DDL; capacity by ISO week and calendar month, of the days `from_on` to
    `until`, both included.
    """
    days = [from_on + n * _DAY for n in range((until - from_on).days + 1)]
    pools = dict(_pools(agreement))
    return {
        "lead_work": [_work(agreement, name) for name in known_types(agreement)],
        "stream_pool": list(pools.items()),
        "capacity": [
            row for pool in dict.fromkeys(pools.values()) for row in _capacity(agreement, pool, days)
        ],
    }


def _work(agreement: Agreement, lead_type: str) -> tuple[object, ...]:
    minutes, expected = minutes_per_lead(agreement, lead_type), expected_minutes(agreement, lead_type)
    assumed = any(touch.assumed for touch in touch_times(agreement, lead_type) if not touch.automated)
    return (
        lead_type,
        round(minutes * _MINUTE),
        None if expected is None else round(expected * _MINUTE),
        assumed,
    )


def _pools(agreement: Agreement) -> Iterator[tuple[str, str]]:
    streams = list(agreement.goal.streams)
    yield from ((stream, pool_of(agreement, stream)) for stream in streams)
    only = pool_of(agreement, streams[0]) if len(streams) == 1 else agreement.handoff.receive.pool
    yield "", only or EVERYBODY


def _capacity(agreement: Agreement, pool: str, days: list[date]) -> Iterator[tuple[object, ...]]:
    """One row an entry of `people`, span and its first day; of a pool that lists nobody one assumed rep."""
    listed = shifts(agreement, pool)
    minutes = rep_minutes(agreement)
    if not listed and minutes is not None:
        calendar = agreement.calendar_of(Side.SALES)
        somebody = Person(side=Side.SALES)
        yield from _rows(pool, Shift("", somebody, minutes, calendar, ()), days, heads=0)
    for shift in listed:
        yield from _rows(pool, shift, days, heads=shift.person.count)


def _rows(pool: str, shift: Shift, days: list[date], heads: int) -> Iterator[tuple[object, ...]]:
    spans: _Spans = defaultdict(Fraction)
    for day in days:
        minutes = shift.available(day) * max(heads, 1)
        spans["week", day - day.weekday() * _DAY] += minutes
        spans["month", day.replace(day=1)] += minutes
    for (span, on), minutes in spans.items():
        yield pool, shift.who, heads, span, on, int(minutes * _MINUTE)
