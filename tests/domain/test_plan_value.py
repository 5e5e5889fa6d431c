"""What leads are worth: price lists, conversion × price, and goals in value (S0.23, S0.24, F5, F6, F7)."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import agreement, mixed, one_type, packhelp, split_quota

from accord.errors import NotFound, PlanImpossible
from accord.plan.changes.whatif import with_rates
from accord.plan.funnel import plan
from accord.plan.pace import Band, pace
from accord.plan.periods import goal_line
from accord.plan.value import (
    Price,
    cells,
    implied_value,
    lead_value,
    leads_for,
    mixed_delivery,
    value_at_handoff,
    worth,
)

PERSONAS = {"ceo": 100, "director": 50, "manager": 40}


def test_a_mixed_delivery_at_rounded_prices_reaches_99_82_percent_f5() -> None:
    sold = mixed_delivery(plan(packhelp()), {"web_form": 2000, "outbound": 1300}, price=Price.ROUNDED)
    assert [part.amount for part in sold.parts] == [256_000, 243_100]
    assert sold.total == 499_100
    assert sold.of_goal == Fraction(9982, 10_000)
    assert str(sold) == (
        "2,000 web_form × 128 + 1,300 outbound × 187 = 499,100 USD, 99.82% of 500,000 "
        "(prices rounded to the unit, as they are shown)"
    )


def test_a_mixed_delivery_at_unrounded_prices_reaches_99_92_percent_f5() -> None:
    sold = mixed_delivery(plan(packhelp()), {"web_form": 2000, "outbound": 1300})
    assert [part.amount for part in sold.parts] == [256_496, 243_100]
    assert sold.total == 499_596
    assert "99.92% of 500,000 (prices unrounded: rates × deal value)" in str(sold)


def test_by_quota_the_leads_of_the_plan_are_worth_exactly_the_goal() -> None:
    sold = mixed_delivery(plan(packhelp()), {"web_form": 3900}, price=Price.BY_QUOTA)
    assert sold.total == 500_000


def test_a_delivery_of_an_unknown_type_or_of_one_in_two_streams_is_refused() -> None:
    with pytest.raises(NotFound, match="web_form"):
        mixed_delivery(plan(packhelp()), {"web_from": 1})
    with pytest.raises(PlanImpossible, match="several streams"):
        mixed_delivery(plan(split_quota()), {"web_form": 1})
    assert mixed_delivery(plan(split_quota()), {"web_form": 400}, stream="enterprise").total == 240_000


def test_a_delivery_without_a_deal_value_has_no_price() -> None:
    counted = one_type({"lead_to_customer": "5%"}, {"customers": 7})
    with pytest.raises(PlanImpossible, match="no deal value"):
        mixed_delivery(plan(counted), {"web_form": 140})


def test_a_value_ledger_by_persona_stands_at_112_5_percent_of_pace_f6() -> None:
    came = {"ceo": 40, "director": 60, "manager": 50}
    value = worth(came, PERSONAS)
    line = goal_line(packhelp(), 20_000, date(2026, 4, 1), date(2026, 4, 30))
    assert line is not None
    stands = pace(line, date(2026, 4, 12), value)
    assert value == 9_000
    assert stands.line == 8_000
    assert stands.of_pace == Fraction(1125, 1000)
    assert stands.state is Band.OVER
    assert sum(came.values()) == 150


def test_a_persona_without_a_price_cannot_be_summed() -> None:
    with pytest.raises(NotFound, match="did you mean 'manager'"):
        worth({"manger": 1}, PERSONAS)


def test_twelve_millions_come_from_demos_or_downloads_or_both_f7() -> None:
    demo = implied_value(Fraction(15, 100), 80_000)
    download = implied_value(Fraction(5, 100), 80_000)
    assert (demo, download) == (12_000, 4_000)
    assert leads_for(12_000_000, demo) == 1_000
    assert leads_for(12_000_000, download) == 3_000
    prices = {"demo": demo, "download": download}
    assert worth({"demo": 500, "download": 1_500}, prices) == 12_000_000


def test_the_same_twelve_millions_follow_from_an_agreement_f7() -> None:
    worked = plan(
        agreement(
            {"revenue": 12_000_000, "deal_value": 80_000},
            {"demo": {"mql_to_customer": "15%"}, "download": {"mql_to_customer": "5%"}},
        )
    )
    assert [demand.leads for demand in worked.demands()] == [1_000, 3_000]
    assert mixed_delivery(worked, {"demo": 500, "download": 1_500}).of_goal == 1


def test_a_million_from_a_hundred_leads_is_ten_thousand_each_not_ten_f20() -> None:
    (demand,) = plan(
        one_type({"lead_to_customer": "50%"}, {"revenue": "1,000,000", "deal_value": 20000})
    ).demands()
    assert (demand.leads, demand.value_by_quota) == (100, 10_000)


def test_one_customer_for_every_three_leads_is_not_what_the_article_means_f20() -> None:
    third = with_rates(packhelp(), {"mql_to_sql": Fraction(1, 3)})
    assert plan(packhelp()).demands(lead_type="web_form")[0].leads == 3_900
    assert plan(third).demands(lead_type="web_form")[0].leads == 3_978


def test_187_dollars_and_2_6k_leads_only_go_together_cut_off_f20() -> None:
    (outbound,) = plan(packhelp()).demands(lead_type="outbound")
    assert (outbound.leads, outbound.leads // 100) == (2_675, 26)
    assert round(outbound.value_expected or 0) == round(outbound.value_by_quota or 0) == 187
    assert round(Fraction(500_000, 2_600)) == 192


def test_a_share_above_one_is_no_rate_and_a_worthless_lead_reaches_nothing() -> None:
    with pytest.raises(PlanImpossible):
        implied_value(Fraction(3, 2), 10)
    with pytest.raises(PlanImpossible):
        leads_for(10, 0)


def test_the_value_of_a_cell_rises_from_stage_to_stage_up_to_the_deal_value() -> None:
    of_form = [cell for cell in cells(plan(packhelp())) if cell.lead_type == "web_form"]
    assert [cell.stage for cell in of_form] == ["mql", "sql", "opportunity", "customer"]
    assert [cell.value for cell in of_form] == [
        Fraction("128.248"), Fraction("377.2"), Fraction(460), Fraction(2000),
    ]  # fmt: skip
    assert [cell.handoff for cell in of_form] == [True, False, False, False]


def test_a_lead_takes_its_conversion_times_deal_value_along() -> None:
    assert lead_value(packhelp(), "web_form") == Fraction("128.248")
    found = value_at_handoff(packhelp(), "outbound")
    assert found is not None
    assert found.amount == 187
    assert found.because == "of 100 delivered outbound leads 9.35 become customers, and one brings 2,000.00"


def test_a_lead_of_several_streams_has_a_value_once_the_stream_is_known() -> None:
    assert lead_value(split_quota(), "web_form") is None
    assert lead_value(split_quota(), "web_form", "enterprise") == 600
    assert lead_value(split_quota(), "web_form", "unknown") is None


def test_a_price_list_wins_and_knows_only_what_it_lists() -> None:
    by_persona = packhelp(value={"by": "persona", "prices": PERSONAS})
    assert lead_value(by_persona, "web_form", persona="ceo") == 100
    assert lead_value(by_persona, "web_form", persona="intern") is None
    assert lead_value(by_persona, "web_form") is None
    by_segment = packhelp(value={"by": "segment", "prices": {"software": "12.50"}})
    assert lead_value(by_segment, "web_form", segment="software") == Fraction(25, 2)
    by_type = packhelp(value={"by": "lead_type", "prices": {"web_form": 130}})
    found = value_at_handoff(by_type, "web_form")
    assert found is not None
    assert found.because == "the price list by lead type says so for web_form"


def test_without_a_deal_value_or_a_plan_a_lead_has_no_value_which_is_not_zero() -> None:
    assert lead_value(one_type({"lead_to_customer": "5%"}, {"customers": 7}), "web_form") is None
    assert lead_value(one_type({"lead_to_customer": "0%"}), "web_form") is None


RATES = st.integers(1, 99).map(lambda percent: Fraction(percent, 100))


@settings(deadline=None, max_examples=60)
@given(RATES, RATES, st.integers(1, 10**6))
def test_a_better_rate_never_makes_a_lead_worth_less(one: Fraction, other: Fraction, price: int) -> None:
    low, high = sorted((one, other))
    assert implied_value(low, price) <= implied_value(high, price)
    assert leads_for(10**6, implied_value(high, price)) <= leads_for(10**6, implied_value(low, price))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from(Price))
def test_a_mixed_delivery_is_the_sum_of_its_parts(form: int, outbound: int, price: Price) -> None:
    worked = plan(mixed())
    both = mixed_delivery(worked, {"web_form": form, "outbound": outbound}, price=price).total
    alone = mixed_delivery(worked, {"web_form": form}, price=price).total
    assert both - alone == mixed_delivery(worked, {"outbound": outbound}, price=price).total
