"""The stand-up: when it is, what it shows of yesterday, its one win and its one block."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Agreement
from accord.ledger.score import MeasureResult, PromiseScore, PromiseState, Score, SideScore, Table
from accord.report.meetings import first_working_day, review_on, stand_up_of, working_day_before
from accord.report.standup import Lately, one_block, one_win, progress

ACME = (Path(__file__).parents[2] / "examples" / "acme.yaml").read_text("utf-8")
MARCH = date(2026, 3, 1)


def agreement(stand_up: str = "09:15 working days", review: str = "monthly") -> Agreement:
    text = ACME.replace('"09:15 working days, 15 minutes"', f'"{stand_up}"')
    return parse_agreement(text.replace("first Tuesday of the month", review))


def promise(id: str = "M1", measure: str = "accepted_leads", **fields: object) -> PromiseScore:
    known: dict[str, object] = {
        "id": id, "side": "marketing", "title": "Accepted leads", "measure": measure, "unit": "leads",
        "target": 3900.0, "due_by_now": 1560.0,
        "actual": 1400.0, "attainment": 0.897, "state": PromiseState.BROKEN,
        "numerator": None, "denominator": None, "pending": 0, "definition": "",
    }  # fmt: skip
    return PromiseScore(**{**known, **fields})  # type: ignore[arg-type]


def a_score(*promises: PromiseScore, pace: tuple[tuple[object, ...], ...] = ()) -> Score:
    columns = ("promise", "on", "line", "gained", "actual", "of_pace")
    sides = tuple(
        SideScore(side, None, 0, 0, tuple(one for one in promises if one.side == side))
        for side in ("marketing", "sales", "both")
    )
    result = MeasureResult("pace", "Pace", "", "", "", (), Table(columns, pace))
    return Score(
        "Acme", MARCH, date(2026, 3, 31), datetime(2026, 3, 16, 6, tzinfo=UTC), "Europe/Istanbul",
        "USD", 1, 1,
        sides, {"pace": result},
    )  # fmt: skip


def test_the_stand_up_is_at_the_minute_and_on_the_working_days_of_marketings_calendar() -> None:
    found = stand_up_of(agreement())
    assert found is not None
    assert found.minute == time(9, 15)
    assert found.begins(date(2026, 3, 16)) == datetime(2026, 3, 16, 6, 15, tzinfo=UTC)  # Istanbul is UTC+3
    assert found.meets_on(date(2026, 3, 16))
    assert not found.meets_on(date(2026, 3, 15))  # a Sunday
    assert not found.meets_on(date(2026, 7, 15))  # closed: a day of remembrance


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Mondays and Thursdays at 10:00", {0, 3}),
        ("mon-thu 9.15", {0, 1, 2, 3}),
        ("every working day 9:15", set()),
        ("09:15 working days, 15 minutes", set()),
    ],
)
def test_weekdays_that_are_named_narrow_it(words: str, days: set[int]) -> None:
    found = stand_up_of(agreement(words))
    assert found is not None
    assert found.weekdays == days


@pytest.mark.parametrize("words", ["every morning", "working days, 15 minutes", "25:00", "at 9:75"])
def test_without_an_hour_there_is_no_sheet(words: str) -> None:
    assert stand_up_of(agreement(words)) is None


def test_a_monday_looks_back_to_friday_and_the_days_between() -> None:
    found = stand_up_of(agreement())
    assert found is not None
    assert found.before(date(2026, 3, 16)) == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("words", "on"),
    [
        ("first Tuesday of the month", date(2026, 3, 3)),
        ("last Friday", date(2026, 3, 27)),
        ("3rd working day", date(2026, 3, 4)),
        ("on the 12th", date(2026, 3, 12)),
        ("monthly", None),
        ("fifth Wednesday", None),
    ],
)
def test_the_review_is_on_the_day_that_its_words_name(words: str, on: date | None) -> None:
    assert review_on(agreement(review=words), date(2026, 3, 20)) == on


def test_working_days_around_a_month() -> None:
    calendar = agreement().calendars and agreement().calendar("hq")
    assert first_working_day(calendar, MARCH) == date(2026, 3, 2)  # the first is a Sunday
    assert working_day_before(calendar, date(2026, 3, 2)) == date(2026, 2, 27)


PACE = (
    ("M1", date(2026, 3, 11), 1430.0, 100, 1300, 0.909),
    ("M1", date(2026, 3, 12), 1560.0, 100, 1400, 0.8974),
    ("M1", date(2026, 3, 13), 1690.0, 150, 1550, 0.917),
    ("M1", date(2026, 3, 14), 1820.0, None, None, None),
)


def test_yesterday_is_what_was_gained_beside_what_the_line_rose_by() -> None:
    (one,) = progress(a_score(promise(), pace=PACE), date(2026, 3, 12), date(2026, 3, 13))
    assert (one.gained, one.due) == (250.0, 260.0)  # two days of a line of 130 a day (F8)
    assert (one.actual, one.line, one.of_pace) == (1550.0, 1690.0, 0.917)


def test_the_first_day_of_a_line_is_due_from_nothing() -> None:
    (one,) = progress(a_score(promise(), pace=PACE), date(2026, 3, 11), date(2026, 3, 11))
    assert (one.gained, one.due) == (100.0, 1430.0)


def test_a_day_that_is_not_known_is_unknown_and_not_nothing() -> None:
    (one,) = progress(a_score(promise(), pace=PACE), date(2026, 3, 14), date(2026, 3, 14))
    assert one.gained is None
    assert one.actual is None


KEPT = promise("S1", "first_touch_in_time", side="sales", unit="share", state=PromiseState.KEPT)
RISK = promise("S2", "cadence_kept", side="sales", unit="share", state=PromiseState.AT_RISK)


def test_the_win_is_a_deal_before_a_clean_day_before_a_kept_promise() -> None:
    score = a_score(promise(), KEPT)
    won = one_win(score, Lately(won=2, won_amount=4000.0, touched=5, touches_due=5))
    assert won is not None
    assert (won.what, won.count, won.amount) == ("won", 2, 4000.0)
    clean = one_win(score, Lately(touched=5, touches_due=5))
    assert clean is not None
    assert clean.what == "touched"
    kept = one_win(score, Lately(touched=4, touches_due=5))
    assert kept is not None
    assert kept.promise == KEPT
    assert one_win(a_score(promise()), Lately()) is None


def test_the_block_is_what_nobody_has_before_the_first_broken_link_before_what_is_late() -> None:
    score = a_score(RISK, promise(), KEPT)
    nobody = one_block(score, Lately(unassigned=3))
    assert nobody is not None
    assert (nobody.what, nobody.count) == ("unassigned", 3)
    link = one_block(score, Lately(overdue=9))
    assert link is not None
    assert link.promise is not None
    assert link.promise.id == "M1"  # volume stands before depth, and broken before at risk
    risk = one_block(a_score(RISK, KEPT), Lately())
    assert risk is not None
    assert risk.promise == RISK
    late = one_block(None, Lately(overdue=9))
    assert late is not None
    assert late.what == "overdue"
    assert one_block(a_score(KEPT), Lately()) is None
