"""What holds for any calendar: elapsed and due invert each other, time adds up and never runs backwards."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from worktime_calendars import calendars, instants

from accord.worktime import Calendar

MICROSECOND = timedelta(microseconds=1)
budgets = st.one_of(
    st.integers(0, 3_600_000_000).map(lambda count: count * MICROSECOND),
    st.integers(0, 200 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
)
steps = settings(deadline=None, max_examples=150)


@steps
@given(calendars(), instants(), budgets)
def test_what_elapses_until_it_is_due_is_the_budget(
    one: Calendar, start: datetime, budget: timedelta
) -> None:
    due = one.due(start, budget)
    assert one.elapsed(start, due) == budget
    assert due >= start


@steps
@given(calendars(), instants(), budgets.filter(bool))
def test_due_is_the_earliest_instant_of_its_kind(one: Calendar, start: datetime, budget: timedelta) -> None:
    just_before = one.due(start, budget) - MICROSECOND
    assert just_before >= start
    assert one.elapsed(start, just_before) == budget - MICROSECOND


@steps
@given(calendars(), instants(), instants())
def test_the_time_that_elapsed_was_used_up_by_its_end(one: Calendar, a: datetime, b: datetime) -> None:
    start, end = sorted((a, b))
    assert start <= one.due(start, one.elapsed(start, end)) <= end


@steps
@given(calendars(), st.tuples(instants(), instants(), instants()))
def test_time_adds_up(one: Calendar, three: tuple[datetime, datetime, datetime]) -> None:
    a, b, c = sorted(three)
    assert one.elapsed(a, b) + one.elapsed(b, c) == one.elapsed(a, c)


@steps
@given(calendars(), instants(), budgets, budgets)
def test_budgets_add_up(one: Calendar, start: datetime, first: timedelta, second: timedelta) -> None:
    assert one.due(one.due(start, first), second) == one.due(start, first + second) or not second


@steps
@given(calendars(), instants(), instants())
def test_no_more_works_than_passes_on_the_wall(one: Calendar, a: datetime, b: datetime) -> None:
    start, end = sorted((a, b))
    assert timedelta() <= one.elapsed(start, end) <= end - start


@steps
@given(calendars(), instants(), instants(), budgets)
def test_who_starts_later_is_due_no_earlier(
    one: Calendar, a: datetime, b: datetime, budget: timedelta
) -> None:
    earlier, later = sorted((a, b))
    assert one.due(earlier, budget) <= one.due(later, budget)


@settings(deadline=None, max_examples=60)
@given(calendars(), st.sampled_from(["2025-03-09", "2025-03-30", "2025-04-06", "2025-10-26", "2025-11-02"]))
def test_a_week_around_a_change_of_the_clocks_is_its_hours_day_by_day(one: Calendar, change: str) -> None:
    """The hours of the days, cut at both ends, are what elapses, whatever runs over midnight."""
    middle = datetime.fromisoformat(change).replace(tzinfo=UTC)
    start, end = middle - timedelta(days=4), middle + timedelta(days=4)
    days = [(middle + timedelta(days=offset)).date() for offset in range(-7, 8)]
    spans = {
        (max(a.astimezone(UTC), start), min(b.astimezone(UTC), end))
        for on in days
        for a, b in one.hours_on(on)
        if b.astimezone(UTC) > start and a.astimezone(UTC) < end
    }
    assert one.elapsed(start, end) == _union(spans)


def _union(spans: set[tuple[datetime, datetime]]) -> timedelta:
    """Total length, overlaps counted once, by the slow and obvious way of cutting at every edge."""
    edges = sorted({edge for span in spans for edge in span})
    pieces = pairwise(edges)
    return sum(
        (b - a for a, b in pieces if any(first <= a and b <= last for first, last in spans)), timedelta()
    )
