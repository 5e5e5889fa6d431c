"""A day counts as a whole one only at its local midnight; until then it is "so far" (DOMAIN 5.4)."""

from datetime import date
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Lead
from accord.ledger.engine import Ledger
from accord.ledger.score import PromiseState
from accord.ledger.scoring import promise_scores
from accord.ledger.warnings import warnings

MONTH = {"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}
TERMS = agreement(
    promises=[{"id": "M1", "side": "marketing", "measure": "delivered_leads", "target": "31", "band": "10%"}]
)


def one_a_day(folder: Path, known: str, *, at_hour: int = 15) -> Ledger:
    """A goal of 31 in January, and one lead on each of its days, in the afternoon."""
    leads = [Lead(f"x{day}", lead_type="web_form") for day in range(1, 32)]
    events = [event(f"x{day}", "handed_off", f"2026-01-{day:02d} {at_hour:02d}:00") for day in range(1, 32)]
    return ledger(folder, leads, events, at(known), terms=TERMS, **MONTH)


def told(book: Ledger, name: str) -> dict[str, object]:
    return book.measure(name).table.dicts()[0]


@pytest.mark.parametrize("known", ["2026-01-05 00:00", "2026-01-05 09:15", "2026-01-05 14:59"])
def test_who_delivers_one_lead_a_day_is_on_the_line_all_day_long(tmp_path: Path, known: str) -> None:
    with one_a_day(tmp_path, known) as book:
        promise, pace, band = promise_scores(book)[0], told(book, "pace_summary"), told(book, "band")
    assert (promise.state, promise.actual, promise.due_by_now) == (PromiseState.KEPT, 4, 4)
    assert promise.attainment == 1
    assert (pace["state"], pace["of_pace"], pace["gap"], pace["days_outside"]) == ("within", 1, 0, 0)
    assert (pace["projection"], pace["needed_per_day"], pace["days_left"]) == (31, 1, 27)
    assert (band["state"], band["delta"], band["so_far"]) == ("within", 0, True)


def test_what_came_today_counts_at_once_and_is_too_much_only_above_todays_line(tmp_path: Path) -> None:
    with one_a_day(tmp_path, "2026-01-05 18:00") as book:
        promise, pace, band = promise_scores(book)[0], told(book, "pace_summary"), told(book, "band")
        days = {row["on"]: row for row in book.measure("pace").table.dicts()}
    assert (promise.state, promise.actual, promise.due_by_now) == (PromiseState.KEPT, 5, 4)
    assert (pace["state"], pace["gap"], pace["projection"], pace["needed_per_day"]) == ("within", 1, 31, 1)
    assert band["state"] == "within"
    today = days[date(2026, 1, 5)]
    assert (today["actual"], today["gap"], today["of_pace"]) == (5, None, None)
    assert days[date(2026, 1, 4)]["gap"] == 0
    assert days[date(2026, 1, 31)]["projection"] == 31


def test_a_period_is_lost_only_when_its_last_day_is_over(tmp_path: Path) -> None:
    states = {}
    for known in ("2026-01-31 00:30", "2026-01-31 14:59", "2026-02-01 00:00"):
        with one_a_day(tmp_path / known.replace(":", ""), known, at_hour=9) as book:
            promise, band = promise_scores(book)[0], told(book, "band")
            complete = {row["complete"] for row in book.measure("book").table.dicts() if row["number"] == 0}
            states[known] = (promise.state, band["so_far"], band["shortfall"], complete)
    assert states["2026-01-31 00:30"] == (PromiseState.KEPT, True, None, {False})
    assert states["2026-01-31 14:59"] == (PromiseState.KEPT, True, None, {False})
    assert states["2026-02-01 00:00"] == (PromiseState.KEPT, False, 0, {True})


def test_on_the_last_day_a_shortfall_is_a_risk_and_at_its_midnight_a_miss(tmp_path: Path) -> None:
    found = {}
    for known in ("2026-01-31 12:00", "2026-02-01 00:00"):
        folder = tmp_path / known.replace(":", "")
        leads = [Lead(f"x{n}", lead_type="web_form") for n in range(20)]
        events = [event(lead.lead, "handed_off", "2026-01-02 10:00") for lead in leads]
        with ledger(folder, leads, events, at(known), terms=TERMS, **MONTH) as book:
            promise, band = promise_scores(book)[0], told(book, "band")
            goals = told(book, "book_goals")
        found[known] = (promise.state, band["streak"], band["shortfall"], goals["state"])
    assert found["2026-01-31 12:00"] == (PromiseState.AT_RISK, None, None, None)
    assert found["2026-02-01 00:00"] == (PromiseState.BROKEN, 1, 11, "under")


def test_nothing_is_due_and_nothing_projected_on_the_first_morning(tmp_path: Path) -> None:
    with one_a_day(tmp_path, "2026-01-01 09:00", at_hour=8) as book:
        promise, pace, band = promise_scores(book)[0], told(book, "pace_summary"), told(book, "band")
    assert (promise.state, promise.due_by_now, promise.attainment) == (PromiseState.KEPT, 0, None)
    assert (pace["state"], pace["projection"], pace["days_done"], pace["actual"]) == (None, None, 0, 1)
    assert pace["needed_per_day"] == 1
    assert band["state"] is None


def test_a_share_that_starts_badly_is_not_lost_on_the_first_morning(tmp_path: Path) -> None:
    terms = agreement(
        promises=[{"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}]
    )
    leads = [Lead("a", lead_type="web_form")]
    events = [
        event("a", "handed_off", "2026-01-01 09:00"),
        event("a", "attempted", "2026-01-01 11:00", side="sales", channel="call"),
    ]
    with ledger(tmp_path, leads, events, at("2026-01-01 12:00"), terms=terms, **MONTH) as book:
        promise = promise_scores(book)[0]
    assert (promise.state, promise.budget) == (PromiseState.AT_RISK, None)


def test_a_day_is_over_by_marketings_clock_not_by_utc(tmp_path: Path) -> None:
    terms = agreement(calendars={"office": {"zone": "America/New_York", "hours": {"mon-fri": "09:00-17:00"}}})
    for known, over in (("2026-01-05 04:59", date(2026, 1, 3)), ("2026-01-05 05:00", date(2026, 1, 4))):
        with ledger(tmp_path / known.replace(":", ""), [], [], at(known), terms=terms, **MONTH) as book:
            assert (book.known_on, book.over_on, book.days) == (
                date(2026, 1, 4),
                over,
                (over.day, 31 - over.day),
            )


def test_nothing_is_judged_of_a_period_that_has_not_begun(tmp_path: Path) -> None:
    """All customers of its eve are there at its end as well, as nothing of it has happened."""
    leads = [Lead("x", lead_type="web_form"), Lead("y", lead_type="web_form")]
    events = [event(lead, kind, "2026-01-05 10:00") for lead in "xy" for kind in ("handed_off", "won")]
    events.append(event("y", "renewed", "2026-01-06 10:00"))
    rate = {"id": "S5", "side": "sales", "measure": "win_rate", "target": "20%"}
    stay = {"id": "J2", "side": "both", "measure": "retention", "target": "90%"}
    terms = agreement(promises=[stay, rate])
    months = (date(2026, 2, 1), date(2026, 2, 28))
    for day, state in (("01-31", PromiseState.UNMEASURED), ("02-02", PromiseState.KEPT)):
        now, folder = at(f"2026-{day} 12:00"), tmp_path / day
        with ledger(folder, leads, events, now, terms=terms, from_on=months[0], to_on=months[1]) as book:
            promise, _rate = found = promise_scores(book)
            said = [text for text in warnings(book, found) if "not begun" in text]
        assert promise.state is state
        assert said == (["No promise is measured: the period has not begun."] if day == "01-31" else [])
        assert ("not begun" in promise.note, promise.actual is None) == (day == "01-31", day == "01-31")


def test_none_of_none_due_is_neither_kept_nor_missed(tmp_path: Path) -> None:
    leads, events = [Lead("x", lead_type="web_form")], [event("x", "handed_off", "2025-12-30 10:00")]
    with ledger(tmp_path, leads, events, at("2026-01-01 09:00"), terms=TERMS, **MONTH) as book:
        [promise] = promise_scores(book)
    assert (promise.state, promise.actual, promise.due_by_now) == (PromiseState.UNMEASURED, 0, 0)
    assert "nothing is due yet" in promise.note
