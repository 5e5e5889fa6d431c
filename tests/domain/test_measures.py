"""Measures over a whole log: the worked figures of DOMAIN, and the wrong answers that must not come out."""

import random
from datetime import date, datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from itertools import count
from pathlib import Path

import pytest
from ledger_fixture import F15_NOW, agreement, at, event, f15, ledger, write_log

from accord.agreement.terms import Agreement
from accord.errors import LogUnreadable, MeasureUnknown, NaiveTime, WrongOrder
from accord.lead.events import Event, Lead
from accord.ledger.engine import Ledger
from accord.ledger.lines import owed
from accord.ledger.measures import MEASURES, describe, every, find, listing
from accord.ledger.score import PromiseScore, PromiseState, Score
from accord.ledger.scoring import score, score_of
from accord.plan.pace import flow, pace

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}


def rows(book: Ledger, measure: str, **where: object) -> list[dict[str, object]]:
    with book as opened:
        found = opened.measure(measure).table.dicts()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def test_the_speed_report_of_the_example_comes_out_to_the_digit(tmp_path: Path) -> None:
    row = rows(ledger(tmp_path, *f15(), at(F15_NOW)), "speed")[0]
    assert (row["by"], row["delivered"]) == ("all", 8)
    assert (row["kept"], row["broken"], row["judged"], row["pending"]) == (5, 2, 7, 1)
    assert row["share_in_time"] == 5 / 7
    assert (row["responded"], row["mean"], row["median"]) == (6, 69 * 60, 45 * 60)
    assert row["p90"] == 240 * 60, "nearest rank: the sixth of six"
    assert (row["wall_mean"], row["wall_median"]) == (1329 * 60, 615 * 60)
    assert row["censored_median"] == 60 * 60
    assert (row["open_overdue"], row["oldest_overdue"]) == (1, 90 * 60)
    assert row["small"] is True


def test_the_wrong_answers_of_the_speed_example_come_out_nowhere(tmp_path: Path) -> None:
    row = rows(ledger(tmp_path, *f15(), at(F15_NOW)), "speed")[0]
    shares = [row["share_in_time"], row["share_with_excused"]]
    assert 5 / 6 not in shares, "responders only hides F"
    assert 5 / 8 not in shares, "a pending lead is no miss"
    assert row["censored_median"] != 45 * 60, "the median of responders is not that of the leads"


def test_speed_is_grouped_by_day_week_type_and_owner(tmp_path: Path) -> None:
    found = rows(ledger(tmp_path, *f15(), at(F15_NOW)), "speed")
    share = {(row["by"], row["key"]): (row["kept"], row["judged"]) for row in found}
    assert share["day", "2026-03-13"] == (2, 3)
    assert share["week", "2026-03-09"] == (5, 6)
    assert share["week", "2026-03-16"] == (0, 1)
    assert share["month", "2026-03"] == share["lead_type", "web_form"] == share["all", "all"] == (5, 7)
    assert share["owner", "rep"] == (5, 6)
    assert share["owner", None] == (0, 1), "nobody's lead is overdue, not gone"


def test_a_late_answer_stays_in_the_period_of_its_delivery(tmp_path: Path) -> None:
    events = [
        event("L", "handed_off", "2026-03-31 16:00"),
        event("L", "attempted", "2026-04-03 09:00", side="sales"),
    ]
    book = ledger(tmp_path, [Lead("L")], events, at("2026-04-30 00:00"), **MARCH)
    assert [row["broken"] for row in rows(book, "speed", by="all")] == [1]
    april = {"from_on": date(2026, 4, 1), "to_on": date(2026, 4, 30)}
    assert rows(ledger(tmp_path, [Lead("L")], events, at("2026-04-30 00:00"), **april), "speed") == []


def test_days_are_cut_in_the_zone_of_marketing_s_calendar(tmp_path: Path) -> None:
    terms = agreement(calendars={"office": {"zone": "Asia/Tokyo", "hours": {"mon-fri": "09:00-17:00"}}})
    events = [event("L", "handed_off", "2026-03-11 15:30")]  # half past midnight of the 12th in Tokyo
    book = ledger(tmp_path, [Lead("L")], events, at("2026-03-20 00:00"), terms=terms)
    assert [row["key"] for row in rows(book, "speed", by="day")] == ["2026-03-12"]


def test_the_overdue_list_holds_who_still_waits_the_longest_first(tmp_path: Path) -> None:
    leads, events = f15()
    now = at("2026-03-16 14:00")
    found = rows(ledger(tmp_path, leads, events, now), "overdue")
    assert [(row["lead"], row["overdue"]) for row in found] == [("F", 210 * 60), ("G", 90 * 60)]
    assert found[0]["due_at"] == datetime(2026, 3, 16, 10, 30)  # noqa: DTZ001 - tables hold naive UTC


def _cohort(month: str, size: int, wins: list[int]) -> tuple[list[Lead], list[Event]]:
    """`wins[k]` of the leads created in a month are won in the k-th calendar month after it."""
    first = date.fromisoformat(f"2026-{month}-05")
    leads = [Lead(f"{month}-{n:03d}", lead_type="web_form") for n in range(size)]
    events = [event(lead.lead, "handed_off", f"{first} 10:00") for lead in leads]
    number = count()
    for later, won in enumerate(wins):
        day = date(2026, first.month + later, 20)
        events += [event(leads[next(number)].lead, "won", f"{day} 10:00", amount=None) for _ in range(won)]
    return leads, events


def young_cohorts() -> tuple[list[Lead], list[Event]]:
    cohorts = [_cohort("01", 100, [4, 3, 1]), _cohort("02", 100, [4, 3]), _cohort("03", 200, [8])]
    return [x for leads, _ in cohorts for x in leads], [x for _, events in cohorts for x in events]


END_OF_MARCH = at("2026-04-01 00:00")


def test_conversion_of_young_cohorts_is_estimated_by_the_life_table_to_the_digit(tmp_path: Path) -> None:
    book = ledger(tmp_path, *young_cohorts(), END_OF_MARCH, **MARCH)
    row = rows(book, "conversion_estimate", to_stage="customer", from_stage="mql", lead_type=None)[0]
    exact = 1 - (1 - Fraction(16, 400)) * (1 - Fraction(6, 192)) * (1 - Fraction(1, 93))
    assert exact == Fraction(8, 100)
    assert row["estimate"] == pytest.approx(0.08, abs=1e-15)
    assert (row["months"], row["watched"], row["conversions"]) == (3, 400, 23)
    assert (row["mature_reached"], row["mature_entered"], row["mature_rate"]) == (8, 100, 0.08)
    assert (round(row["mature_low"], 3), round(row["mature_high"], 3)) == (0.041, 0.150)  # type: ignore[call-overload]
    assert row["low"] < 0.08 < row["high"]  # type: ignore[operator]
    assert row["few"] is True, "23 conversions are too few to plan on"


def test_the_obvious_ratios_of_young_cohorts_are_named_as_what_they_are(tmp_path: Path) -> None:
    book = ledger(tmp_path, *young_cohorts(), END_OF_MARCH, **MARCH)
    row = rows(book, "conversion_estimate", to_stage="customer", from_stage="mql", lead_type=None)[0]
    assert (row["in_period_ratio"], row["to_date_ratio"]) == (0.06, 0.0575)
    assert not {0.06, 0.0575} & {row["estimate"], row["mature_rate"]}


def test_a_month_that_is_not_over_is_not_counted_as_watched(tmp_path: Path) -> None:
    book = ledger(tmp_path, *young_cohorts(), at("2026-03-31 12:00") - timedelta(days=1), **MARCH)
    row = rows(book, "conversion_estimate", to_stage="customer", from_stage="mql", lead_type=None)[0]
    assert (row["months"], row["watched"], row["conversions"]) == (2, 200, 11)
    assert row["estimate"] == pytest.approx(1 - (1 - 8 / 200) * (1 - 3 / 96))


def test_conversion_by_cohort_shows_counts_intervals_and_which_are_mature(tmp_path: Path) -> None:
    book = ledger(tmp_path, *young_cohorts(), END_OF_MARCH, **MARCH)
    found = rows(book, "conversion", from_stage="mql", to_stage="customer", lead_type=None)
    counts = [(row["cohort"], row["entered"], row["reached"], row["mature"]) for row in found]
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    assert counts == list(zip(months, (100, 100, 200), (8, 7, 8), (True, False, False), strict=True))
    assert (round(found[0]["low"], 3), round(found[0]["high"], 3)) == (0.041, 0.150)  # type: ignore[call-overload]
    assert [row["in_period"] for row in found] == [False, False, True]


def test_rejected_leads_stay_in_the_denominator_and_skipped_stages_count(tmp_path: Path) -> None:
    leads = [Lead(name) for name in "ABC"]
    events = [event(lead.lead, "handed_off", "2026-03-02 10:00") for lead in leads]
    events += [event("A", "rejected", "2026-03-02 11:00"), event("B", "opportunity", "2026-03-05 10:00")]
    book = ledger(tmp_path, leads, events, END_OF_MARCH, **MARCH)
    [row] = rows(book, "conversion", from_stage="mql", to_stage="sql", lead_type=None)
    assert (row["entered"], row["reached"]) == (3, 1)


def test_depth_looks_at_mature_leads_never_connected_only(tmp_path: Path) -> None:
    mature = {"a": (20, 6), "b": (20, 6), "c": (18, 5), "d": (15, 2)}
    young = {"young1": (2, 1), "young2": (1, 0), "young3": (2, 2)}
    tries = {**mature, **young, "reached": (20, 1), "gone": (20, 1), "refused": (20, 0)}
    now, events = at("2026-03-31 12:00"), []
    for lead, (age, attempts) in tries.items():
        start = now - timedelta(days=age)
        events.append(event(lead, "handed_off", start))
        events += [
            event(lead, "attempted", start + timedelta(hours=n + 1), side="sales") for n in range(attempts)
        ]
    events += [
        event("reached", "connected", now),
        event("gone", "opted_out", now),
        event("refused", "rejected", now),
    ]
    row = rows(ledger(tmp_path, [Lead(name) for name in tries], events, now), "depth", by="all")[0]
    assert (row["leads"], row["mean"], row["median"], row["without"]) == (4, 4.75, 5.5, 0)
    assert row["mean"] != pytest.approx(3.14, abs=0.01), "two-day-old leads drag the mean"


def test_twelve_touches_are_whole_only_with_enough_of_each_channel(tmp_path: Path) -> None:
    now, events = at("2026-03-31 12:00"), []
    for lead, kinds in {"whole": "c" * 6 + "v" * 3 + "e" * 3, "lopsided": "c" * 7 + "v" + "e" * 4}.items():
        events.append(event(lead, "handed_off", "2026-03-02 09:00"))
        names = {"c": "call", "v": "voicemail", "e": "email"}
        events += [
            event(
                lead,
                "attempted",
                at("2026-03-03 09:00") + timedelta(days=n),
                side="sales",
                channel=names[kind],
            )
            for n, kind in enumerate(kinds)
        ]
    row = rows(ledger(tmp_path, [Lead("whole"), Lead("lopsided")], events, now), "depth", by="all")[0]
    assert (row["leads"], row["whole"], row["mean"]) == (2, 1, 12)


def test_the_cadence_counts_each_checkpoint_for_those_that_reached_it(tmp_path: Path) -> None:
    now, events = at("2026-03-31 12:00"), []
    for lead, (age, tries) in {
        "ok": (30, [1, 2, 3, 20, 27]),
        "late": (30, [1, 2, 3, 20, 29]),
        "new": (3, [1]),
    }.items():
        start = now - timedelta(days=age)
        events.append(event(lead, "handed_off", start))
        events += [event(lead, "attempted", start + timedelta(days=day), side="sales") for day in tries]
    found = rows(
        ledger(tmp_path, [Lead(n) for n in ("ok", "late", "new")], events, now), "cadence", lead_type=None
    )
    assert [(row["by_days"], row["judged"], row["kept"], row["pending"]) for row in found] == [
        (14, 2, 2, 1), (28, 2, 1, 1), (56, 0, 0, 3),
    ]  # fmt: skip


def test_attempts_are_counted_with_wins_beside_them(tmp_path: Path) -> None:
    events = [event(lead, "handed_off", "2026-03-02 09:00") for lead in "abcd"]
    events += [
        event(lead, "attempted", f"2026-03-0{n} 10:00", side="sales") for lead, n in ("b3", "c3", "c4", "d3")
    ]
    events += [
        event("c", "won", "2026-03-10 09:00"),
        event("c", "attempted", "2026-03-04 10:00", side="sales"),
    ]
    found = rows(ledger(tmp_path, [Lead(n) for n in "abcd"], events, END_OF_MARCH), "attempts")
    assert [(row["attempts"], row["leads"], row["won"], row["share_of_wins"]) for row in found] == [
        (0, 1, 0, 0), (1, 2, 0, 0), (2, 1, 1, 1),
    ]  # fmt: skip


def _deliveries(numbers: dict[int, int], month: int = 6) -> tuple[list[Lead], list[Event]]:
    """So many leads handed off on each day of a month of 2026, all accepted at once."""
    leads, events = [], []
    for day, amount in numbers.items():
        for n in range(amount):
            lead = Lead(f"{day:02d}-{n:04d}", lead_type="web_form")
            leads.append(lead)
            when = datetime.fromisoformat(f"2026-{month:02d}-{day:02d}T10:00:00+00:00")
            events += [event(lead.lead, "handed_off", when), event(lead.lead, "accepted", when)]
    return leads, events


JUNE = {"from_on": date(2026, 6, 1), "to_on": date(2026, 6, 30)}
BY_DAY_TWELVE = {1: 200, 2: 0, 3: 150, 5: 250, 8: 300, 10: 100, 11: 200, 12: 200}  # 1,400 leads


def test_pace_of_the_twelfth_of_thirty_days_comes_out_to_the_digit(tmp_path: Path) -> None:
    book = ledger(tmp_path, *_deliveries(BY_DAY_TWELVE), at("2026-06-13 00:00"), **JUNE)
    with book as opened:
        [row] = [row for row in opened.measure("pace_summary").table.dicts() if row["promise"] == "M1"]
        days = [row for row in opened.measure("pace").table.dicts() if row["promise"] == "M1"]
        line = owed(opened.agreement, opened.from_on, opened.to_on)[0].line
    assert (row["goal"], row["line"], row["actual"], row["gap"]) == (3900, 1560, 1400, -160)
    assert round(row["of_pace"], 4) == 0.8974  # type: ignore[call-overload]
    assert round(row["needed_per_day"], 2) == 138.89  # type: ignore[call-overload]
    assert (row["projection"], round(row["deviation"], 4), row["state"]) == (3500, -0.1026, "under")  # type: ignore[call-overload]
    assert (row["days_done"], row["days_left"]) == (12, 18)
    assert len(days) == 30
    assert days[11]["actual"] == 1400
    assert days[12]["actual"] is None, "a day to come has no actual"
    assert (days[-1]["line"], days[-1]["projection"]) == (3900, 3500)
    assert line is not None
    daily = {date(2026, 6, day): amount for day, amount in BY_DAY_TWELVE.items()}
    exact, evenness = pace(line, date(2026, 6, 12), 1400), flow(line, daily, date(2026, 6, 12))
    assert (row["gap"], row["needed_per_day"]) == (
        float(exact.gap),
        pytest.approx(float(exact.needed_per_day or 0)),
    )
    assert row["days_outside"] == evenness.outside
    assert (row["largest_gap"], row["largest_gap_on"]) == (
        float(evenness.largest_gap or 0),
        evenness.largest_gap_on,
    )


@pytest.mark.parametrize(
    ("delivered", "state"),
    [(3509, "under"), (3510, "within"), (4290, "within"), (4291, "over")],
)
def test_the_band_of_ten_percent_includes_its_bounds(tmp_path: Path, delivered: int, state: str) -> None:
    book = ledger(tmp_path, *_deliveries({15: delivered}), at("2026-07-01 00:00"), **JUNE)
    [row] = rows(book, "pace_summary", promise="M1")
    assert row["state"] == state


def test_pace_is_net_of_rejects_and_shows_deliveries_and_the_undecided_beside_it(tmp_path: Path) -> None:
    leads = [Lead(name, lead_type="web_form") for name in "abc"]
    events = [event(lead.lead, "handed_off", "2026-06-15 10:00") for lead in leads]
    events += [event("a", "accepted", "2026-06-15 11:00"), event("b", "rejected", "2026-06-15 11:00")]
    with ledger(tmp_path, leads, events, at("2026-06-16 00:00"), **JUNE) as opened:
        [row] = [row for row in opened.measure("pace_summary").table.dicts() if row["promise"] == "M1"]
        pace_days = [row for row in opened.measure("pace").table.dicts() if row["promise"] == "M1"]
    day = pace_days[14]
    assert (row["actual"], row["undecided"], day["actual"], day["delivered"]) == (1, 1, 1, 3)


def _promise(found: Score, id: str) -> PromiseScore:
    return next(p for side in found.sides for p in side.promises if p.id == id)


def _scored(
    tmp_path: Path, leads: list[Lead], events: list[Event], now: str, terms: Agreement, **span: date
) -> Score:
    write_log(tmp_path, leads, events)
    period = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31), **span}
    return score(terms, tmp_path, as_of=at(now), **period)


def test_acceptance_leaves_the_undecided_out_and_counts_silence(tmp_path: Path) -> None:
    """F19: 150 accepted, 12 rejected, 20 by silence, 18 still within the window."""
    leads, events = [], []
    for n in range(200):
        leads.append(Lead(f"L{n:03d}", lead_type="web_form"))
        fresh = n >= 182
        events.append(
            event(leads[-1].lead, "handed_off", "2026-03-16 09:00" if fresh else "2026-03-02 09:00")
        )
        if n < 162:
            events.append(event(leads[-1].lead, "accepted" if n < 150 else "rejected", "2026-03-02 12:00"))
    promises = [{"id": "A", "side": "marketing", "measure": "acceptance_rate", "target": "90%"}]
    found = _promise(_scored(tmp_path, leads, events, "2026-03-16 12:00", agreement(promises=promises)), "A")
    assert (found.numerator, found.denominator, found.pending) == (170, 182, 18)
    assert (round(found.actual or 0, 3), found.state) == (0.934, PromiseState.KEPT)


def test_both_sides_stand_on_one_scale_and_no_excess_hides_a_miss(tmp_path: Path) -> None:
    found = _scored(tmp_path, *f15(), F15_NOW, agreement())
    assert [side.side for side in found.sides] == ["marketing", "sales", "both"]
    speed = _promise(found, "S1")
    assert (speed.numerator, speed.denominator, speed.pending) == (5, 7, 1)
    assert speed.attainment == pytest.approx(5 / 7 / 0.9)
    assert found.sides[1].attainment == pytest.approx(5 / 7 / 0.9)
    assert (found.sides[1].measured, found.sides[2].attainment) == (1, None)


def test_what_the_log_cannot_tell_is_unmeasured_with_a_reason_never_nought(tmp_path: Path) -> None:
    found = _scored(tmp_path, *f15(), F15_NOW, agreement())
    decided, revenue = _promise(found, "S3"), _promise(found, "J1")
    assert (decided.state, decided.actual, decided.attainment) == (PromiseState.UNMEASURED, None, None)
    assert decided.note == "the log holds no event accepted or rejected"
    assert revenue.note == "the log holds no event won"
    assert any("S3" in text for text in found.warnings)
    assert {row["promise"] for row in found.measures["pace"].table.dicts()} == {"M1"}, "no line of noughts"


def test_a_share_below_its_target_is_at_risk_only_while_the_rest_can_still_make_it(tmp_path: Path) -> None:
    leads, events = f15()
    assert _promise(_scored(tmp_path, leads, events, F15_NOW, agreement()), "S1").state is PromiseState.BROKEN
    low = [{"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "80%"}]
    assert (
        _promise(_scored(tmp_path, leads, events, F15_NOW, agreement(promises=low)), "S1").state
        is PromiseState.AT_RISK
    )
    over = _scored(tmp_path, leads, events, "2026-04-02 12:00", agreement(promises=low))
    assert _promise(over, "S1").state is PromiseState.BROKEN


def test_revenue_is_what_was_won_in_the_period_and_warns_of_deals_without_amount(tmp_path: Path) -> None:
    leads = [Lead(name, lead_type="web_form") for name in "abc"]
    events = [event(lead.lead, "handed_off", "2026-02-02 09:00") for lead in leads]
    events += [event("a", "won", "2026-03-05 09:00", amount="1999.90"), event("b", "won", "2026-03-06 09:00")]
    events += [event("c", "won", "2026-02-20 09:00", amount="700")]
    found = _promise(_scored(tmp_path, leads, events, "2026-04-01 00:00", agreement()), "J1")
    assert (found.actual, found.target, found.state) == (1999.90, 500000, PromiseState.BROKEN)
    assert found.note == "1 won deals without an amount, counted as nothing"


@pytest.mark.parametrize(
    ("value", "said", "expected"),
    [
        ({"by": "persona", "prices": {"ceo": 100, "director": 50, "manager": 40}}, None, 100 + 50),
        ({"by": "persona", "prices": {"ceo": 100, "director": 50, "manager": 40}}, "77", 2 * 77),
        ({"by": "conversion"}, None, 2 * 2000 * 0.34 * 0.82 * 0.23),
    ],
)
def test_a_lead_is_worth_what_was_frozen_else_its_price_else_its_expected_revenue(
    tmp_path: Path, value: dict[str, object], said: str | None, expected: float
) -> None:
    leads = [Lead(name, lead_type="web_form", persona=who) for name, who in (("a", "ceo"), ("b", "director"))]
    events = [event(lead.lead, "handed_off", "2026-03-02 09:00", value=said) for lead in leads]
    promises = [{"id": "M2", "side": "marketing", "measure": "lead_value", "target": "300"}]
    terms = agreement(value=value, promises=promises)
    found = _promise(_scored(tmp_path, leads, events, "2026-04-01 00:00", terms), "M2")
    assert found.actual == pytest.approx(expected)


def test_win_rate_is_of_the_opportunities_opened_in_the_period(tmp_path: Path) -> None:
    events = [event(lead, "opportunity", "2026-03-03 09:00") for lead in "abcd"]
    events += [event("a", "won", "2026-04-03 09:00"), event("b", "lost", "2026-03-13 09:00")]
    events += [event("c", "lost", "2026-03-14 09:00"), event("old", "opportunity", "2026-02-03 09:00")]
    events.append(event("old", "won", "2026-03-03 09:00"))
    promises = [{"id": "W", "side": "sales", "measure": "win_rate", "target": "25%"}]
    leads = [Lead(name) for name in ("a", "b", "c", "d", "old")]
    found = _promise(_scored(tmp_path, leads, events, "2026-04-30 00:00", agreement(promises=promises)), "W")
    assert (found.numerator, found.denominator, found.pending) == (1, 3, 1)


def test_a_promise_about_one_lead_type_counts_only_that_type(tmp_path: Path) -> None:
    leads, events = f15()
    typed = [Lead(lead.lead, lead_type="web_form" if lead.lead in "ABC" else "demo") for lead in leads]
    promise = {"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}
    terms = agreement(promises=[{**promise, "lead_type": "web_form"}])
    found = _promise(_scored(tmp_path, typed, events, F15_NOW, terms), "S1")
    assert (found.numerator, found.denominator, found.pending) == (3, 3, 0)


def test_dirty_facts_and_small_numbers_are_said(tmp_path: Path) -> None:
    leads = [Lead("a", lead_type="fax", created_at=at("2026-03-05 09:00")), Lead("b"), Lead("c")]
    events = [
        event("a", "handed_off", "2026-03-02 09:00"),
        event("a", "attempted", "2026-03-01 09:00", side="sales"),
    ]
    events.append(event("ghost", "handed_off", "2026-03-02 09:00", calendar="mars"))
    said = "\n".join(_scored(tmp_path, leads, events, "2026-03-16 12:00", agreement()).warnings)
    for sentence in (
        "rests on 2 judged, fewer than 10",
        "2 leads were never handed off",
        "2 leads were of a type about which the agreement says nothing",
        "1 lead was touched before being handed off",
        "1 lead was handed off before being created",
        "1 lead was handed off under a calendar that the agreement lacks",
        "1 lead was known only from events",
    ):
        assert sentence in said


def test_an_empty_log_scores_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    found = _scored(tmp_path, [], [], F15_NOW, agreement())
    assert {p.state for side in found.sides for p in side.promises} == {PromiseState.UNMEASURED}
    assert (found.leads, found.events) == (0, 0)
    assert not found.measures["speed"].table.rows


def test_every_measure_answers_on_an_empty_and_on_a_small_log(tmp_path: Path) -> None:
    for leads, events in (([], []), f15()):
        with ledger(tmp_path, leads, events, at(F15_NOW)) as opened:
            for measure in every():
                table = opened.measure(measure.name).table
                assert table.columns == tuple(measure.columns), (
                    f"{measure.name} explains each column in order"
                )


def test_the_table_of_measures_is_what_lies_in_the_folder_and_each_says_what_it_is() -> None:
    lying = {
        path.name.removesuffix(".sql")
        for path in files("accord.ledger.measures").iterdir()
        if ".sql" in path.name
    }
    assert set(MEASURES) == lying
    for measure in every():
        assert all((measure.title, measure.grain, measure.unit, measure.meaning, measure.columns))
        assert all(measure.requirements)
        assert measure.name in listing()
        assert describe(measure.name).startswith("-- title: ")


def test_an_unknown_measure_names_the_nearest() -> None:
    with pytest.raises(MeasureUnknown, match="did you mean 'speed'"):
        find("sped")


def test_what_cannot_be_asked_is_refused_at_once(tmp_path: Path) -> None:
    log = write_log(tmp_path, *f15())
    march = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
    with pytest.raises(NaiveTime, match="has no zone"):
        Ledger(agreement(), log, as_of=datetime(2026, 3, 16), **march)  # noqa: DTZ001 - that is the point
    with pytest.raises(WrongOrder, match="swap the two"):
        Ledger(agreement(), log, as_of=at(F15_NOW), from_on=march["to_on"], to_on=march["from_on"])
    with pytest.raises(LogUnreadable, match="no such folder"):
        score(agreement(), tmp_path / "nowhere", as_of=at(F15_NOW), **march)


def test_a_score_known_earlier_is_the_score_that_was_shown_then(tmp_path: Path) -> None:
    leads, events = f15()
    early = [e for e in events if e.recorded_at <= at("2026-03-13 12:00")]
    then = at("2026-03-13 12:00")
    with (
        ledger(tmp_path / "all", leads, events, then) as whole,
        ledger(tmp_path / "early", leads, early, then) as part,
    ):
        for name in MEASURES:
            assert whole.measure(name) == part.measure(name), name
        assert score_of(whole) == score_of(part)


def _kaplan_meier(times: list[tuple[int, bool]]) -> float | None:
    """The textbook product-limit median, at each distinct time: (time, touched)."""
    left = Fraction(1)
    for time in sorted({time for time, touched in times if touched}):
        at_risk = sum(other >= time for other, _ in times)
        left *= 1 - Fraction(sum(other == time and touched for other, touched in times), at_risk)
        if left <= Fraction(1, 2):
            return float(time)
    return None


@pytest.mark.parametrize("seed", range(6))
def test_the_censored_median_is_the_textbook_s_with_and_without_early_censoring(
    tmp_path: Path, seed: int
) -> None:
    chance, now = random.Random(seed), at("2026-03-20 17:00")  # noqa: S311
    leads, events = [], []
    times: dict[str, list[tuple[int, bool]]] = {}
    for n in range(150):
        kind = chance.choice(("slow", "quick", "new"))
        leads.append(Lead(f"L{n}", lead_type=kind))
        start = now - timedelta(minutes=chance.randrange(1, 300 if kind == "new" else 470))
        events.append(event(f"L{n}", "handed_off", start))
        wait = chance.randrange(0, 30 if kind == "quick" else 400, 5)
        touched = start + timedelta(minutes=wait) <= now
        if touched:
            events.append(event(f"L{n}", "attempted", start + timedelta(minutes=wait), side="sales"))
        spent = wait if touched else (now - start) // timedelta(minutes=1)
        for key in (kind, "all"):
            times.setdefault(key, []).append((spent * 60, touched))
    found = rows(ledger(tmp_path, leads, events, now), "speed")
    medians = {row["key"]: row["censored_median"] for row in found if row["by"] in ("all", "lead_type")}
    assert medians == {key: _kaplan_meier(held) for key, held in times.items()}


def test_a_lead_created_after_as_of_is_not_known_yet(tmp_path: Path) -> None:
    leads = [
        Lead("known", created_at=at("2026-03-02 09:00"), lead_type="web_form"),
        Lead("later", created_at=at("2026-03-20 09:00"), lead_type="web_form"),
        Lead("dirty", created_at=at("2026-03-20 09:00"), lead_type="web_form"),  # but touched before
    ]
    events = [
        event("known", "handed_off", "2026-03-02 10:00"),
        event("later", "handed_off", "2026-03-20 10:00"),
        event("dirty", "handed_off", "2026-03-03 10:00"),
    ]
    with ledger(tmp_path, leads, events, at("2026-03-10 12:00"), **MARCH) as book:
        assert {row[0] for row in book.query("SELECT lead FROM cycle").rows} == {"known", "dirty"}


def test_types_that_the_agreement_does_not_know_are_named(tmp_path: Path) -> None:
    leads = [Lead(name, lead_type="Demo request") for name in ("a", "b")] + [
        Lead("c"),
        Lead("d", lead_type="x"),
    ]
    events = [event(lead.lead, "handed_off", "2026-03-02 10:00") for lead in leads]
    write_log(tmp_path, leads, events)
    found = score(agreement(), tmp_path, as_of=at("2026-03-10 12:00"), **MARCH).warnings
    (said,) = [text for text in found if "the agreement says nothing" in text]
    assert said.endswith("(most often 'Demo request', 'x', no type at all).")
