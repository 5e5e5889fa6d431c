from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.clauses.hours import CalendarTerms
from accord.simulate.answers import Queues, _queue
from accord.simulate.people import Team, intervals
from accord.simulate.shifts import DAY, HOUR, Shifts, without

FIRST, LAST = date(2026, 3, 1), date(2026, 11, 30)
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TERMS = {
    "lunch": {"zone": "Europe/Istanbul", "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]}},
    "summer": {"zone": "Europe/Berlin", "hours": {"mon-fri": "09:00-17:00"}, "holidays": "DE"},
    "night": {"zone": "America/New_York", "hours": {"mon-sat": "22:00-06:00"}},
}
CALENDARS = [CalendarTerms.model_validate(terms).build(name) for name, terms in TERMS.items()]
SHIFTS = Shifts.of([intervals(calendar, FIRST, LAST) for calendar in CALENDARS])

instants = st.datetimes(
    min_value=datetime.fromisoformat("2026-03-02"),
    max_value=datetime.fromisoformat("2026-10-31"),
    timezones=st.just(UTC),
)


def micros(at: datetime) -> np.ndarray:
    return np.array([(at - EPOCH) // MICROSECOND])


@settings(deadline=None, max_examples=150)
@given(row=st.integers(0, 2), start=instants, end=instants)
def test_columns_count_the_working_time_that_the_calendar_counts(
    row: int, start: datetime, end: datetime
) -> None:
    start, end = sorted((start, end))
    rows = np.array([row])
    counted = SHIFTS.worked(rows, micros(end)) - SHIFTS.worked(rows, micros(start))
    assert counted[0] * MICROSECOND == CALENDARS[row].elapsed(start, end)


@settings(deadline=None, max_examples=150)
@given(row=st.integers(0, 2), start=instants, budget=st.timedeltas(MICROSECOND, timedelta(hours=40)))
def test_columns_reach_a_budget_when_the_calendar_says_it_is_due(
    row: int, start: datetime, budget: timedelta
) -> None:
    work = SHIFTS.worked(np.array([row]), micros(start)) + budget // MICROSECOND
    assert EPOCH + int(SHIFTS.reached(work)[0]) * MICROSECOND == CALENDARS[row].due(start, budget)
    late = SHIFTS.reached(work, late=True)
    assert SHIFTS.worked(np.array([row]), late)[0] == work[0]
    assert SHIFTS.worked(np.array([row]), late + 1)[0] == work[0] + 1


def test_an_instant_inside_working_time_opens_at_once_and_one_outside_at_the_next_start() -> None:
    shifts = Shifts.of([np.array([[10, 20], [30, 50]])])
    row = np.zeros(4, dtype=np.int64)
    at = np.array([5, 15, 20, 29])
    assert shifts.opening(row, at).tolist() == [10, 15, 30, 30]
    assert shifts.closed(row, at).tolist() == [True, False, True, True]


def test_between_two_instants_the_work_is_shared_out_and_without_work_the_time() -> None:
    shifts = Shifts.of([np.array([[10, 20], [30, 50]]), np.empty((0, 2), dtype=np.int64)])
    both = np.array([0, 1])
    found = shifts.between(both, np.array([0, 0]), np.array([100, 100]), np.array([0.5, 0.5]))
    assert found.tolist() == [35, 50]


def test_absence_takes_out_what_begins_in_it() -> None:
    spans = np.array([[0, 5], [DAY, DAY + 5], [2 * DAY, 2 * DAY + 5]])
    assert without(spans, [(DAY, 2 * DAY)]).tolist() == [[0, 5], [2 * DAY, 2 * DAY + 5]]


@settings(deadline=None, max_examples=60)
@given(
    came=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40 * HOUR)), min_size=1, max_size=40),
    cut=st.integers(0, 40),
    seed=st.integers(0, 9),
)
def test_a_queue_in_columns_is_the_queue_one_by_one_also_over_two_chunks(
    came: list[tuple[int, int]], cut: int, seed: int
) -> None:
    came = sorted(came, key=lambda one: one[1])
    rep = np.array([who for who, _ in came])
    work = rep * (1 << 52) + np.array([at for _, at in came])
    team = _team(look=2.0 * HOUR)
    starts, looks, queues = [], [], Queues.empty(3)
    for part in (slice(0, cut), slice(cut, None)):
        rng = np.random.default_rng(seed)
        start, queues = _queue(team, rep[part], work[part], queues, rng)
        order = np.argsort(work[part], kind="stable")
        look = np.empty(len(order), dtype=np.int64)
        look[order] = np.random.default_rng(seed).gamma(2.0, team.look / 2.0, len(order)).astype(np.int64)
        starts.extend(start.tolist())
        looks.extend(look.tolist())
    free = [-(1 << 62)] * 3
    for who, at, start, look in zip(rep, work, starts, looks, strict=True):
        assert start == max(at, free[who])
        free[who] = start + look


def _team(look: float) -> Team:
    nothing = np.zeros(3)
    return Team(
        names=("a", "b", "c"),
        habit=np.zeros(3, dtype=np.int64),
        weight=np.full(3, 1 / 3),
        present=np.ones((3, 1), dtype=np.bool_),
        first_on=FIRST,
        shifts=SHIFTS,
        work_a_day=nothing,
        look=look,
    )


def test_a_row_past_its_last_interval_goes_on_around_the_clock() -> None:
    shifts = Shifts.of([np.array([[10, 20]])])
    assert shifts.reached(np.array([15])).tolist() == [25]


@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_intervals_cover_the_days_asked_for(row: int) -> None:
    spans = intervals(CALENDARS[row], FIRST, LAST)
    assert spans[0, 0] <= (FIRST - date(1970, 1, 2)).days * DAY + 3 * DAY
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
