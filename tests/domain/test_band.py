"""Each month against its band: states, streaks, what the reps can take, and what becomes of a shortfall."""

from datetime import date
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.plan.reps.capacity import Alarm, over_delivery

HUNDRED = [{"id": "M1", "side": "marketing", "measure": "accepted_leads", "target": "100", "band": "10%"}]
REP = {"side": "sales", "minutes_per_month": 5760}  # 128 leads of 45 minutes (F12)
MINUTES = {"call": "5 min", "voicemail": "1 min", "email": "4 min"}
TOUCHES = {
    "first_touch": "60 min",
    "touches": {"call": 6, "voicemail": 3, "email": 3, "minutes": MINUTES},
}
Row = dict[str, object]


def terms(**changes: object) -> Agreement:
    return agreement(**{"promises": HUNDRED, **changes})


def with_reps(count: int = 1, **changes: object) -> Agreement:
    return terms(people={"reps": {**REP, "count": count}}, follow_up=TOUCHES, **changes)


def delivered(months: dict[int, int], day: int = 5, kind: str = "web_form") -> tuple[list[Lead], list[Event]]:
    """So many leads handed off and accepted on one day of each month of 2026."""
    leads, events = [], []
    for month, count in months.items():
        for n in range(count):
            lead = Lead(f"{kind}-{month:02}-{n:04}", lead_type=kind)
            leads.append(lead)
            when = f"2026-{month:02}-{day:02} 10:00"
            events += [event(lead.lead, "handed_off", when), event(lead.lead, "accepted", when)]
    return leads, events


def band(
    folder: Path,
    months: dict[int, int],
    now: str,
    held: Agreement | None = None,
    *,
    promise: str = "M1",
    log: tuple[list[Lead], list[Event]] | None = None,
) -> list[Row]:
    span = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
    with ledger(folder, *(log or delivered(months)), at(now), terms=held or terms(), **span) as opened:
        found = opened.measure("band").table.dicts()
    return [row for row in found if row["promise"] == promise]


@pytest.mark.parametrize(
    ("count", "state"), [(3509, "under"), (3510, "within"), (4290, "within"), (4291, "over")]
)
def test_the_band_of_3900_is_3510_to_4290_with_both_bounds(tmp_path: Path, count: int, state: str) -> None:
    """F18, by the number that follows from the plan."""
    plan = [{"id": "M1", "side": "marketing", "measure": "accepted_leads", "from": "plan", "band": "10%"}]
    [row] = band(tmp_path, {1: count}, "2026-02-01 00:00", terms(promises=plan))
    assert (row["goal"], row["low"], row["high"], row["actual"]) == (3900, 3510, 4290, count)
    assert row["state"] == state
    assert row["delta"] == count / 3900 - 1
    assert (row["so_far"], row["streak"]) == (False, 1)


def test_a_streak_counts_months_in_a_row_and_begins_anew(tmp_path: Path) -> None:
    found = band(tmp_path, {1: 111, 2: 112, 3: 110, 4: 111, 5: 89, 6: 80}, "2026-07-01 00:00")
    assert [(row["state"], row["streak"]) for row in found] == [
        ("over", 1), ("over", 2), ("within", 1), ("over", 1), ("under", 1), ("under", 2),
    ]  # fmt: skip
    assert [row["in_period"] for row in found] == [False, False, True, False, False, False]


@pytest.mark.parametrize(("after", "told"), [(2, [False, True, True]), (3, [False, False, True])])
def test_heads_are_told_on_the_second_or_third_month_above_the_band(
    tmp_path: Path, after: int, told: list[bool]
) -> None:
    """F18: which of the two is for the agreement to say."""
    held = with_reps(delivery={"over_delivery_alarm": after})
    found = band(tmp_path, {1: 111, 2: 120, 3: 128}, "2026-04-01 00:00", held)
    assert [row["tell_heads"] for row in found] == told
    assert [row["alarm"] for row in found] == ["amber"] * 3


@pytest.mark.parametrize(
    ("count", "alarm", "told"),
    [(110, "none", False), (111, "amber", False), (128, "amber", False), (129, "red", True)],
)
def test_over_delivery_is_amber_inside_capacity_and_red_at_once_above_it(
    tmp_path: Path, count: int, alarm: str, told: bool
) -> None:
    [row] = band(tmp_path, {1: count}, "2026-02-01 00:00", with_reps())
    assert (row["capacity"], row["leads"], row["load"]) == (128, count, count / 128)
    assert (row["alarm"], row["tell_heads"]) == (alarm, told)
    row_form = over_delivery([(100, count)], capacity=128)
    assert (row_form.alarm, row_form.tell_heads) == (Alarm(alarm), told)


def test_more_than_the_reps_can_take_is_red_even_within_the_band(tmp_path: Path) -> None:
    big = [{**HUNDRED[0], "target": "125"}]
    [row] = band(tmp_path, {1: 129}, "2026-02-01 00:00", with_reps(promises=big))
    assert (row["state"], row["alarm"], row["tell_heads"]) == ("within", "red", True)


def test_the_reps_of_all_entries_count_together_and_unknown_capacity_stays_unknown(tmp_path: Path) -> None:
    [row] = band(tmp_path / "a", {1: 129}, "2026-02-01 00:00", with_reps(31))
    assert (row["capacity"], row["alarm"]) == (31 * 128, "amber")
    [row] = band(tmp_path / "b", {1: 129}, "2026-02-01 00:00")
    assert (row["capacity"], row["load"], row["alarm"]) == (None, None, "amber")


def test_a_promise_of_one_lead_type_counts_that_type_and_has_no_reps_of_its_own(tmp_path: Path) -> None:
    log = delivered({1: 111})
    other = delivered({1: 50}, kind="demo")
    held = with_reps(promises=[{**HUNDRED[0], "lead_type": "web_form"}])
    [row] = band(tmp_path, {}, "2026-02-01 00:00", held, log=(log[0] + other[0], log[1] + other[1]))
    assert (row["actual"], row["leads"], row["capacity"], row["alarm"]) == (111, 111, None, "amber")


def test_a_month_that_is_not_over_is_measured_by_what_is_due_and_adds_to_no_streak_yet(
    tmp_path: Path,
) -> None:
    jan, feb = band(tmp_path, {1: 111, 2: 60}, "2026-02-15 00:00")
    assert (jan["streak"], jan["so_far"]) == (1, False)
    assert (feb["due"], feb["goal"], feb["so_far"]) == (50, 100, True)
    assert (feb["state"], feb["delta"], feb["alarm"]) == ("over", pytest.approx(0.2), "amber")
    assert (feb["streak"], feb["tell_heads"], feb["shortfall"]) == (None, False, None)


def test_once_above_the_band_of_the_whole_month_the_month_counts_for_the_streak(tmp_path: Path) -> None:
    _, feb = band(tmp_path, {1: 111, 2: 111}, "2026-02-15 00:00")
    assert (feb["so_far"], feb["streak"], feb["tell_heads"]) == (True, 2, True)


@pytest.mark.parametrize(
    ("spread", "carried"),
    [(0, [0, 0, 0, 0]), (1, [0, 20, 0, 0]), (2, [0, 10, 10, 0]), (3, [0, 20 / 3, 20 / 3, 20 / 3])],
)
def test_a_shortfall_stands_beside_later_goals_and_is_never_added_to_them(
    tmp_path: Path, spread: int, carried: list[float]
) -> None:
    held = terms(delivery={"carry_over": spread})
    found = band(tmp_path, {1: 80, 2: 100, 3: 95, 4: 100}, "2026-05-01 00:00", held)
    assert [row["shortfall"] for row in found] == [20, 0, 0, 0], "95 of 100 is within the band"
    assert [row["carried"] for row in found] == pytest.approx(carried)
    assert {row["goal"] for row in found} == {100}


def test_a_term_that_begins_within_a_month_owes_only_the_days_that_it_covers(tmp_path: Path) -> None:
    held = with_reps(term={"start": "2026-04-16", "end": "2026-12-31"})
    found = band(tmp_path, {4: 50, 5: 100}, "2026-06-01 00:00", held, log=delivered({4: 50, 5: 100}, day=20))
    assert [(row["interval_on"], row["until_on"]) for row in found] == [
        (date(2026, 4, 16), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31)),
    ]  # fmt: skip
    assert [(row["goal"], row["capacity"], row["state"]) for row in found] == [
        (50, 64, "within"), (100, 128, "within"),
    ]  # fmt: skip


def test_quarters_are_judged_as_quarters(tmp_path: Path) -> None:
    held = with_reps(term={"start": "2026-01-01", "interval": "quarter"})
    found = band(tmp_path, {1: 40, 2: 40, 3: 40, 4: 50}, "2026-05-16 00:00", held)
    assert [(row["interval_on"], row["goal"], row["actual"]) for row in found] == [
        (date(2026, 1, 1), 100, 120), (date(2026, 4, 1), 100, 50),
    ]  # fmt: skip
    assert [row["capacity"] for row in found] == [3 * 128] * 2
    assert found[1]["due"] == pytest.approx(100 * 45 / 91)


def test_revenue_above_its_goal_alarms_nobody(tmp_path: Path) -> None:
    promise = {"id": "J1", "side": "both", "measure": "revenue", "target": "1000", "band": "10%"}
    leads, events = delivered({1: 1})
    events.append(event(leads[0].lead, "won", "2026-01-20 09:00", amount="5000"))
    [row] = band(
        tmp_path, {}, "2026-02-01 00:00", with_reps(promises=[promise]), promise="J1", log=(leads, events)
    )
    assert (row["state"], row["actual"], row["alarm"], row["tell_heads"]) == ("over", 5000, "none", False)


def test_months_before_the_term_and_to_come_are_not_there(tmp_path: Path) -> None:
    held = terms(term={"start": "2026-02-01", "end": "2026-12-31"})
    found = band(tmp_path, {1: 500, 2: 100}, "2026-03-10 00:00", held)
    assert [row["interval_on"] for row in found] == [date(2026, 2, 1), date(2026, 3, 1)]
    assert [row["actual"] for row in found] == [100, 0]
