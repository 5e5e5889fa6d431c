"""Which month's leads feed which month's goal (S4.21, F11)."""

import csv
import io
import json
import re
from datetime import date
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import FORM, mixed, one_type, packhelp, split_quota

from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Agreement, Stream
from accord.errors import PlanImpossible
from accord.plan.funnel import plan
from accord.plan.months.lag import (
    Reach,
    closings,
    cohorts_for,
    lag_leads_at_once,
    lag_plan,
    lead_month,
    profile_of,
)
from accord.plan.months.output import lag_csv, lag_json, lag_table, remarks
from accord.worktime.duration import Duration

F11 = (Fraction(1, 2), Fraction(3, 8), Fraction(1, 8))
GOAL = {"revenue": 500000, "deal_value": 2000, "closing_profile": ["50%", "37.5%", "12.5%"]}


def standing_start(**goal: object) -> Agreement:
    return one_type(FORM, {**GOAL, **goal})


def test_full_delivery_from_a_standing_start_closes_125_then_218_75_then_250_f11() -> None:
    assert closings([250, 250, 250], F11)[:3] == [125, Fraction("218.75"), 250]
    (line,) = lag_plan(standing_start()).lines
    assert [month.leads for month in line.months] == [3900] * 12
    assert [month.closing for month in line.months[:4]] == [125, Fraction("218.75"), 250, 250]


def test_a_month_that_shall_reach_its_goal_needs_full_delivery_from_two_months_before_f11() -> None:
    assert cohorts_for([0, 0, 0, 250], F11) == [0, 250, 250, 250]
    (line,) = lag_plan(standing_start(), first_on=date(2025, 9, 15)).lines
    assert [(f"{month.month:%Y-%m}", month.leads) for month in line.months[:4]] == [
        ("2025-09", 0), ("2025-10", 0), ("2025-11", 3900), ("2025-12", 3900),
    ]  # fmt: skip
    assert {month.reach for month in line.months} == {Reach.MET}


def test_in_the_simple_variant_junes_quota_is_fed_by_mays_leads_f11() -> None:
    assert lead_month(date(2026, 6, 30), Duration.parse("1 month")) == date(2026, 5, 1)
    assert lead_month(date(2026, 1, 1), Duration.parse("2.5 months")) == date(2025, 10, 1)
    assert lead_month(date(2026, 6, 1), Duration.parse("10 d")) == date(2026, 5, 1)


def test_the_shortfall_of_a_standing_start_is_named_with_what_it_would_take() -> None:
    (line,) = lag_plan(standing_start()).lines
    first = line.first(Reach.SHORT)
    assert first is not None
    assert (first.month, first.short) == (date(2026, 1, 1), 125)
    assert lag_leads_at_once(line, first) == (date(2026, 1, 1), 7800, 2)
    assert remarks(line)[:2] == [
        "January 2026 falls short at full delivery. 125.00 of 250.00 customers are missing "
        "(125.00 from leads, 0.00 from the pipeline). To close them in time, January 2026 would have to "
        "bring 7,800 leads, "
        "2.00 times full delivery.",
        "From March 2026 on every month's goal is met.",
    ]


def test_with_no_limit_to_a_month_the_first_one_brings_twice_as_much_and_none_falls_short() -> None:
    (line,) = lag_plan(standing_start(), most=None).lines
    assert [month.leads for month in line.months[:3]] == [7800, 3900, 3900]
    assert line.first(Reach.SHORT) is None
    assert line.cohorts == 250 * 13


def test_wins_expected_from_earlier_leads_close_the_gap_of_a_standing_start() -> None:
    (line,) = lag_plan(standing_start(pipeline={"2026-01": 125, "2026-02": "31.25"})).lines
    assert {month.reach for month in line.months} == {Reach.MET}
    assert [month.reached for month in line.months[:3]] == [250, 250, 250]
    assert [month.leads for month in line.months] == [3900] * 12


def test_a_full_pipeline_asks_for_leads_only_where_it_leaves_a_gap() -> None:
    held = {f"2026-{month:02d}": 300 for month in range(1, 7)}
    (line,) = lag_plan(standing_start(pipeline=held)).lines
    assert [month.leads for month in line.months[:7]] == [0, 0, 0, 0, 3900, 3900, 3900]
    assert all(month.short == 0 for month in line.months)


def test_a_month_that_no_lead_can_reach_in_time_is_impossible_whatever_marketing_does() -> None:
    goal = {
        "revenue": 500000,
        "deal_value": 2000,
        "cycle": "3 months",
        "pipeline": {"2026-01": 250, "2026-02": 40},
    }
    worked = lag_plan(one_type(FORM, goal), most=None)
    (line,) = worked.lines
    assert [month.reach for month in line.months[:4]] == [
        Reach.MET,
        Reach.IMPOSSIBLE,
        Reach.IMPOSSIBLE,
        Reach.MET,
    ]
    found = worked.first(Reach.IMPOSSIBLE)
    assert found is not None
    assert (found[1].month, found[1].short) == (date(2026, 2, 1), 210)
    assert lag_leads_at_once(line, found[1]) is None
    assert "February 2026 is out of reach whatever marketing does" in remarks(line)[0]
    assert (
        "210.00 of 250.00 customers are missing (0.00 from leads, 40.00 from the pipeline)"
        in remarks(line)[0]
    )


@pytest.mark.parametrize(
    ("cycle", "profile"),
    [
        ("1 month", [0, 1]),
        ("0.5 months", [Fraction(1, 2), Fraction(1, 2)]),
        ("2.25 months", [0, 0, Fraction(3, 4), Fraction(1, 4)]),
        ("0 d", [1]),
        ("5 d", [1 - Fraction(112, 487), Fraction(112, 487)]),  # a week of 7 days
        ("7 d wall", [1 - Fraction(112, 487), Fraction(112, 487)]),
        ("1 w", [1 - Fraction(112, 487), Fraction(112, 487)]),
        ("40 h", [1 - Fraction(112, 487), Fraction(112, 487)]),
    ],
)
def test_without_an_agreed_profile_a_deal_takes_exactly_its_cycle(
    cycle: str, profile: list[Fraction]
) -> None:
    assert list(profile_of(Stream.model_validate({"cycle": cycle}))) == profile


def test_a_cycle_beyond_five_years_is_refused() -> None:
    with pytest.raises(PlanImpossible, match="longer than five years"):
        lead_month(date(2026, 1, 1), Duration.parse("61 months"))


def test_at_full_delivery_the_months_ask_for_the_leads_of_the_plan() -> None:
    for terms in (packhelp(), split_quota(), mixed()):
        worked = plan(terms)
        last = [delivery.leads for line in lag_plan(terms).lines for delivery in line.months[-1].deliveries]
        assert last == [demand.leads for demand in worked.demands()]


def test_alternatives_are_planned_one_by_one_and_never_added_up() -> None:
    worked = lag_plan(packhelp())
    assert [(line.stream, line.lead_type) for line in worked.lines] == [
        ("all", "web_form"),
        ("all", "outbound"),
    ]
    assert worked.leads(date(2026, 6, 1)) is None
    assert lag_plan(split_quota()).leads(date(2026, 6, 1)) == 1874 + 268
    assert "All streams together" in lag_table(lag_plan(split_quota()))


def test_a_quarterly_goal_falls_due_by_the_days_of_its_months() -> None:
    terms = standing_start(revenue="1,800,000", closing_profile=["100%"])
    quarterly = terms.model_copy(update={"term": terms.term.model_copy(update={"interval": "quarter"})})
    (line,) = lag_plan(quarterly).lines
    assert [month.goal for month in line.months[:3]] == [310, 280, 310]
    assert sum(month.goal for month in line.months) == 3600


def test_a_term_that_starts_mid_month_owes_its_part_of_that_month() -> None:
    terms = one_type(FORM, {**GOAL, "closing_profile": ["100%"]}, term="2026-01-17")
    (line,) = lag_plan(terms).lines
    assert line.months[0].goal == Fraction(250 * 15, 31)
    assert len(line.months) == 13


def test_improvements_ask_for_fewer_leads_from_their_date_on_as_a_second_line() -> None:
    better = [{"rate": "opportunity_to_customer", "from": "23%", "to": "25%", "by": "2026-06-15"}]
    (line,) = lag_plan(standing_start(improvements=better)).lines
    assert [month.leads for month in line.months] == [3900] * 12
    assert [month.leads_improved for month in line.months] == [3900] * 6 + [3589] * 6
    assert line.months[6].deliveries[0].improved_exact == Fraction(250) / Fraction("0.25") / Fraction(
        "0.2788"
    )


def test_an_improvement_leaves_a_lead_type_alone_that_is_better_already() -> None:
    better = [{"rate": "sql_to_opportunity", "from": "80%", "to": "84%", "by": "2026-01-01"}]
    terms = mixed({"revenue": 500000, "deal_value": 2000, "improvements": better})
    (line,) = lag_plan(terms).lines
    form, outbound = line.months[0].deliveries
    assert form.improved < form.leads
    assert outbound.improved == outbound.leads


def test_a_stream_that_asks_nothing_of_marketing_asks_for_no_leads() -> None:
    (line,) = lag_plan(one_type(FORM, {**GOAL, "from_marketing": "0%"})).lines
    assert [month.leads for month in line.months] == [0] * 12
    assert {month.reach for month in line.months} == {Reach.MET}


def test_the_table_says_months_sources_and_what_it_takes_for_granted() -> None:
    text = lag_table(lag_plan(standing_start()))
    assert "  2026-02  250.00      0.00      218.75    31.25  3,900\n" in text
    assert "50%, 37.5%, 12.5% close in that month and those after it (as agreed)" in text
    assert "derived from a cycle of 1 month" in lag_table(lag_plan(packhelp()))
    assert "\x1b" not in lag_table(lag_plan(packhelp(name="a\x1bb")))


def test_json_and_csv_hold_the_same_months() -> None:
    worked = lag_plan(standing_start())
    keys = json.loads(lag_json(worked))
    assert keys["lines"][0]["months"][1]["from_leads"] == {"decimal": "218.75", "exact": "875/4"}
    assert keys["lines"][0]["met_from"] == "2026-03"
    rows = list(csv.DictReader(io.StringIO(lag_csv(worked))))
    assert [row["leads"] for row in rows] == ["3900"] * 12
    assert (rows[0]["short"], rows[0]["reach"]) == ("125", "short")


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "lag.md"


def test_the_how_to_shows_what_its_agreement_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written, pipeline = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", page, flags=re.DOTALL)
    assert lag_table(lag_plan(parse_agreement(written))) == shown
    head, lead_types = written.split("goal:")[0], written[written.index("lead_types:") :]
    (line,) = lag_plan(parse_agreement(head + pipeline + lead_types)).lines
    assert {(month.reach, month.leads) for month in line.months} == {(Reach.MET, 3900)}


moderately = settings(deadline=None, max_examples=80)


@st.composite
def profiles(draw: st.DrawFn) -> tuple[Fraction, ...]:
    parts = draw(st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any))
    return tuple(Fraction(part, sum(parts)) for part in parts)


NEEDS = st.lists(st.integers(-50, 400), min_size=1, max_size=14)


@moderately
@given(st.lists(st.fractions(0, 1000, max_denominator=12), max_size=12), profiles())
def test_every_deal_closes_once(cohorts: list[Fraction], profile: tuple[Fraction, ...]) -> None:
    assert sum(closings(cohorts, profile)) == sum(cohorts)


@moderately
@given(NEEDS, profiles())
def test_cohorts_meet_what_full_delivery_can_meet_and_none_is_larger_than_it_must_be(
    needs: list[int], profile: tuple[Fraction, ...]
) -> None:
    full = max(*needs, 0)
    cohorts = cohorts_for(needs, profile)
    won = closings(cohorts, profile)
    assert all(0 <= cohort <= full for cohort in cohorts)
    running = [full * part for part in accumulate([*profile, *[Fraction(0)] * len(needs)])]
    for need, got, at_most in zip(needs, won, running, strict=False):
        assert got >= min(need, at_most)
    for at, cohort in enumerate(cohorts):
        if cohort:
            less = list(cohorts)
            less[at] -= Fraction(1, 1000) * cohort
            pairs = zip(needs, won, closings(less, profile), strict=False)
            assert any(after < min(need, before) for need, before, after in pairs)


@moderately
@given(NEEDS, profiles(), st.integers(1, 20))
def test_scaling_what_is_needed_scales_every_cohort(
    needs: list[int], profile: tuple[Fraction, ...], by: int
) -> None:
    assert cohorts_for([need * by for need in needs], profile) == [
        by * one for one in cohorts_for(needs, profile)
    ]


@moderately
@given(profiles(), st.integers(1, 10**7), st.integers(0, 100))
def test_what_the_months_close_is_what_their_leads_convert(
    profile: tuple[Fraction, ...], revenue: int, form: int
) -> None:
    goal = {"revenue": revenue, "deal_value": 777, "closing_profile": profile}
    terms = mixed(goal, form=f"{form}%", outbound=f"{100 - form}%")
    (line,) = lag_plan(terms).lines
    rates = {demand.lead_type: demand.conversion for demand in plan(terms).demands()}
    converted = sum(each.exact * rates[each.lead_type] for month in line.months for each in month.deliveries)
    assert converted == line.cohorts == sum(month.closing for month in line.months) + sum(line.later)
