"""The plan to the digit: worked figures of DOMAIN section 4, mixes, and what makes a plan impossible."""

import math
from fractions import Fraction
from typing import Any

import pytest
from plan_agreements import ENTERPRISE, FORM, OUTBOUND, agreement, mixed, one_type, packhelp, split_quota

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.changes.whatif import with_rates
from accord.plan.coverage import Coverage, needed_coverage
from accord.plan.demand import LeadDemand
from accord.plan.funnel import Split, plan
from accord.plan.rounding import decimal_text, half_up, up


def only(terms: Agreement) -> LeadDemand:
    (demand,) = plan(terms).demands()
    return demand


def counts(demand: LeadDemand) -> dict[str, int]:
    return {step.stage: step.stepwise for step in demand.steps}


def shown(value: Fraction | None, places: int = 2) -> str | None:
    return None if value is None else str(half_up(value, places))


class TestWorkedFigures:
    def test_f1_sixty_percent_of_the_quota_at_two_percent_asks_for_7500_leads(self) -> None:
        worked = plan(
            one_type(
                {"lead_to_customer": "2%"}, {"revenue": 500000, "deal_value": 2000, "from_marketing": "60%"}
            )
        )
        assert worked.marketing_revenue == 300_000
        assert worked.streams[0].customers == 150
        assert worked.leads == 7_500

    def test_f2_seven_customers_at_five_percent_ask_for_140_leads(self) -> None:
        demand = only(one_type({"lead_to_customer": "5%"}, {"customers": 7}))
        assert (demand.customers, demand.leads) == (7, 140)
        assert demand.value_by_quota is None
        assert demand.revenue is None

    def test_f3_each_stage_rounds_up_and_the_next_uses_the_rounded_count(self) -> None:
        demand = only(one_type(FORM))
        assert counts(demand) == {"customer": 250, "opportunity": 1087, "sql": 1326, "mql": 3900}
        assert [shown(step.quotient) for step in demand.steps] == ["250.00", "1086.96", "1325.61", "3900.00"]

    def test_f3_the_unchained_figure_stands_beside_it(self) -> None:
        demand = only(one_type(FORM))
        assert shown(demand.leads_exact) == "3898.70"
        assert demand.leads_fewest == 3899

    @pytest.mark.parametrize(
        ("leads", "revenue"), [(3898, "499910.70"), (3899, "500038.95"), (3900, "500167.20")]
    )
    def test_f3_expected_revenue_tells_which_lead_counts_suffice(self, leads: int, revenue: str) -> None:
        assert shown(only(one_type(FORM)).expected_revenue(leads)) == revenue

    def test_f3_a_lead_is_worth_128_by_quota_and_by_rates(self) -> None:
        demand = only(one_type(FORM))
        assert demand.conversion == Fraction("0.064124")
        assert demand.value_by_quota == Fraction(5000, 39)
        assert shown(demand.value_by_quota, 3) == "128.205"
        assert demand.value_expected == Fraction("128.248")
        assert [shown(demand.value_by_quota, 0), shown(demand.value_expected, 0)] == ["128", "128"]
        gap = 3900 * (demand.value_expected - demand.value_by_quota)
        assert shown(gap, 0) == "167"

    @pytest.mark.parametrize(("win_rate", "opportunities"), [("22%", 1137), ("24%", 1042)])
    def test_f3_opportunities_round_up_where_half_up_would_round_down(
        self, win_rate: str, opportunities: int
    ) -> None:
        demand = only(with_rates(one_type(FORM), {"opportunity_to_customer": win_rate}))
        assert counts(demand)["opportunity"] == opportunities

    def test_f4_the_reconstructed_outbound_rates_give_2675_leads_worth_187(self) -> None:
        demand = only(one_type(OUTBOUND))
        assert counts(demand) == {"customer": 250, "opportunity": 1250, "sql": 1471, "mql": 2675}
        assert shown(demand.value_by_quota) == "186.92"
        assert shown(demand.value_by_quota, 0) == "187"
        assert demand.value_expected == 187

    def test_f10_retention_asks_for_no_leads_and_each_stream_has_its_own_funnel(self) -> None:
        worked = plan(split_quota())
        smb, enterprise = worked.demands()
        assert (worked.retention, worked.new_business) == (100_000, 400_000)
        assert [stream.marketing_revenue for stream in worked.streams] == [240_000, 160_000]
        assert list(counts(smb).values()) == [120, 522, 637, 1874]
        assert list(counts(enterprise).values()) == [8, 40, 67, 268]
        assert [shown(smb.value_by_quota), shown(enterprise.value_by_quota)] == ["128.07", "597.01"]
        assert worked.leads == 2142

    def test_f17_coverage_is_one_over_the_win_rate(self) -> None:
        demand = only(one_type(FORM))
        assert shown(needed_coverage(Fraction(23, 100))) == "4.35"
        assert demand.win_rate == Fraction(23, 100)
        assert shown(demand.pipeline_needed, 0) == "2173913"
        assert demand.pipeline_stepwise == 2_174_000

    def test_f17_open_pipeline_is_enough_from_the_needed_amount_on(self) -> None:
        just = Coverage(Fraction(2_000_000), Fraction(500_000), Fraction(1, 4))
        assert (just.needed, just.ratio, just.enough) == (2_000_000, 4, True)
        assert not Coverage(Fraction(1_999_999), Fraction(500_000), Fraction(1, 4)).enough
        assert Coverage(Fraction(1), Fraction(0), Fraction(1, 4)).ratio is None

    @pytest.mark.parametrize("rate", [0, Fraction(101, 100), -1])
    def test_a_win_rate_outside_its_range_needs_no_coverage_but_an_answer(self, rate: Fraction) -> None:
        with pytest.raises(PlanImpossible, match="above 0% and up to 100%"):
            needed_coverage(rate)


class TestRounding:
    def test_145_at_29_percent_are_exactly_500_where_floats_say_501(self) -> None:
        demand = only(one_type({"lead_to_customer": "29%"}, {"customers": 145}))
        assert (demand.leads, demand.leads_exact) == (500, 500)
        assert math.ceil(145 / 0.29) == 501

    def test_our_ceiling_is_right_in_each_of_the_252_cases_that_trap_floats(self) -> None:
        traps = 0
        for percent in range(1, 101):
            for count in range(1, 40 * percent + 1):
                truth = -(-count * 100 // percent)
                assert up(count / Fraction(percent, 100)) == truth
                traps += math.ceil(count / (percent / 100)) != truth
        assert traps == 252

    @pytest.mark.parametrize(
        ("value", "text"),
        [("186.5", "187"), ("187.5", "188"), ("186.49", "186"), ("-2.5", "-3"), ("-0.1", "0"), ("0", "0")],
    )
    def test_money_is_shown_half_up(self, value: str, text: str) -> None:
        assert str(half_up(Fraction(value))) == text

    def test_a_figure_longer_than_decimal_arithmetic_is_still_exact(self) -> None:
        assert decimal_text(Fraction(10**40) + Fraction(1, 4)) == f"{10**40}.25"

    def test_decimal_text_has_six_places_at_most_and_no_idle_zeros(self) -> None:
        figures = [Fraction(5000, 39), Fraction(250), Fraction(1, 2), Fraction(100), Fraction(1, 10**7)]
        assert [decimal_text(figure) for figure in figures] == ["128.205128", "250", "0.5", "100", "0"]

    def test_a_float_is_refused(self) -> None:
        with pytest.raises(TypeError, match="is a float"):
            needed_coverage(0.23)  # type: ignore[arg-type]


class TestSeveralLeadTypes:
    def test_without_a_mix_each_type_carries_the_whole_and_nothing_is_summed(self) -> None:
        worked = plan(packhelp())
        assert [demand.leads for demand in worked.demands()] == [3900, 2675]
        assert worked.streams[0].split is Split.ALTERNATIVES
        assert worked.leads is None
        assert worked.streams[0].leads is None
        assert worked.marketing_revenue == 500_000

    def test_a_mix_shares_out_the_rounded_customers(self) -> None:
        worked = plan(mixed())
        form, outbound = worked.demands()
        assert (form.customers, outbound.customers) == (175, 75)
        assert (form.revenue, outbound.revenue) == (350_000, 150_000)
        assert list(counts(form).values()) == [175, 761, 929, 2733]
        assert list(counts(outbound).values()) == [75, 375, 442, 804]
        assert worked.leads == 2733 + 804

    def test_beside_a_mix_stands_what_each_type_would_need_alone(self) -> None:
        assert [demand.alone for demand in plan(mixed()).demands()] == [3900, 2675]

    def test_a_mix_rounds_up_for_each_type_so_that_the_sum_is_never_short(self) -> None:
        demands = plan(mixed({"revenue": 5000, "deal_value": 2000}, form="50%", outbound="50%")).demands()
        assert [demand.customers for demand in demands] == [2, 2]  # 2.5 customers → 3 → 1.5 each → 2
        assert [demand.steps[0].exact for demand in demands] == [Fraction(5, 4)] * 2

    def test_a_mix_shares_out_whole_customers_and_not_the_fraction_before_rounding(self) -> None:
        demands = plan(mixed({"revenue": 5000, "deal_value": 2000}, form="40%", outbound="60%")).demands()
        assert [demand.steps[0].quotient for demand in demands] == [Fraction("1.2"), Fraction("1.8")]
        assert [demand.customers for demand in demands] == [2, 2]
        assert [demand.steps[0].exact for demand in demands] == [1, Fraction(3, 2)]

    def test_a_type_with_a_mix_of_nothing_is_asked_for_nothing(self) -> None:
        form, outbound = plan(mixed(form="100%", outbound="0%")).demands()
        assert (form.leads, outbound.leads, outbound.alone) == (3900, 0, 2675)
        assert outbound.value_by_quota is None

    def test_types_of_unlike_deal_value_share_customers_and_still_sum_to_the_revenue(self) -> None:
        types: dict[str, Any] = {
            "small": {"mix": "75%", "deal_value": 1000, "lead_to_customer": "10%"},
            "large": {"mix": "25%", "deal_value": 5000, "lead_to_customer": "10%"},
        }
        worked = plan(agreement({"revenue": 200000}, types))
        small, large = worked.demands()
        assert worked.streams[0].deal_value == 2000
        assert (small.customers, large.customers) == (75, 25)
        assert (small.revenue, large.revenue) == (75_000, 125_000)

    def test_alternatives_of_unlike_deal_value_each_need_their_own_number_of_customers(self) -> None:
        types = {
            "small": {"lead_to_customer": "10%"},
            "large": {"deal_value": 5000, "lead_to_customer": "10%"},
        }
        worked = plan(agreement({"revenue": 200000, "deal_value": 1000}, types))
        assert [demand.customers for demand in worked.demands()] == [200, 40]
        assert worked.streams[0].marketing_revenue == 200_000

    def test_a_lead_type_without_rates_takes_no_part_in_the_plan(self) -> None:
        worked = plan(agreement({"revenue": 500000, "deal_value": 2000}, {"web_form": FORM, "demo": {}}))
        assert [demand.lead_type for demand in worked.demands()] == ["web_form"]
        assert worked.leads == 3900

    def test_demands_can_be_picked_by_stream_and_type(self) -> None:
        worked = plan(split_quota())
        assert [demand.leads for demand in worked.demands(stream="enterprise")] == [268]
        assert [demand.leads for demand in worked.demands(lead_type="web_form")] == [1874, 268]
        assert worked.demands(lead_type="outbound") == ()


class TestChains:
    def test_a_chain_may_start_at_the_visitor_and_delivers_at_the_hand_off_stage(self) -> None:
        rates = {**FORM, "lead_to_mql": "25%", "visitor_to_lead": "2%"}
        demand = only(one_type(rates))
        assert counts(demand)["visitor"] == 780_000
        assert (demand.entry.stage, demand.handoff_stage, demand.leads) == ("visitor", "mql", 3900)
        assert shown(demand.value_by_quota, 0) == "128"

    def test_another_trigger_moves_the_stage_at_which_marketing_delivers(self) -> None:
        demand = only(one_type(FORM, handoff={"trigger": "sql"}))
        assert (demand.handoff_stage, demand.leads) == ("sql", 1326)
        assert demand.value_expected == Fraction("0.82") * Fraction("0.23") * 2000

    def test_a_trigger_that_the_chain_does_not_pass_leaves_delivery_at_its_start(self) -> None:
        demand = only(one_type({"lead_to_customer": "2%"}))
        assert (demand.handoff_stage, demand.leads) == ("lead", 12_500)
        assert demand.win_rate is None
        assert demand.pipeline_needed is None

    def test_the_win_rate_passes_the_proposal(self) -> None:
        rates = {"mql_to_opportunity": "30%", "opportunity_to_proposal": "50%", "proposal_to_customer": "40%"}
        assert only(one_type(rates)).win_rate == Fraction(1, 5)

    def test_the_order_in_which_rates_are_written_does_not_matter(self) -> None:
        assert only(one_type(dict(reversed(FORM.items())))) == only(one_type(FORM))

    def test_stages_may_have_names_of_ones_own_even_with_to_in_them(self) -> None:
        stages = ["ready_to_talk", "talk", "client"]
        demand = only(one_type({"ready_to_talk_to_talk": "50%", "talk_to_client": "10%"}, stages=stages))
        assert counts(demand) == {"client": 250, "talk": 2500, "ready_to_talk": 5000}

    def test_stages_in_another_script_work_alike(self) -> None:
        demand = only(one_type({"سرنخ_to_مشتری": "5%"}, stages=["سرنخ", "مشتری"]))
        assert counts(demand) == {"مشتری": 250, "سرنخ": 5000}


class TestWhatIsAskedOfMarketing:
    def test_a_stream_that_sales_finds_itself_needs_neither_lead_type_nor_deal_value(self) -> None:
        streams = {
            "smb": {"share": "60%", "deal_value": 2000},
            "upsell": {"share": "40%", "from_marketing": "0%"},
        }
        worked = plan(
            agreement({"revenue": 500000, "streams": streams}, {"web_form": {"streams": {"smb": FORM}}})
        )
        assert worked.streams[1].split is Split.NOBODY
        assert (worked.streams[1].leads, worked.streams[1].customers) == (0, 0)
        assert worked.marketing_revenue == 300_000

    def test_a_goal_of_retention_alone_asks_for_no_leads(self) -> None:
        worked = plan(one_type(FORM, {"revenue": 500000, "deal_value": 2000, "retention_share": "100%"}))
        assert worked.leads == 0
        assert worked.demands()[0].value_by_quota is None

    def test_rates_straight_under_a_lead_type_hold_for_the_only_stream_whatever_its_name(self) -> None:
        goal = {"revenue": 500000, "streams": {"smb": {"deal_value": 2000}}}
        assert plan(agreement(goal, {"web_form": FORM})).leads == 3900

    def test_a_customer_goal_is_split_like_revenue_and_rounds_up_per_stream(self) -> None:
        streams = {"smb": {"share": "60%"}, "enterprise": {"share": "40%", "deal_value": 20000}}
        types = {"web_form": {"streams": {"smb": {"lead_to_customer": "5%"}, "enterprise": ENTERPRISE}}}
        worked = plan(agreement({"customers": 7, "streams": streams}, types))
        assert [stream.customers for stream in worked.streams] == [5, 3]  # 4.2 and 2.8
        assert worked.streams[1].marketing_revenue == 56_000
        assert worked.marketing_revenue is None

    def test_amounts_with_cents_stay_exact(self) -> None:
        demand = only(one_type({"lead_to_customer": "100%"}, {"revenue": "0.3", "deal_value": "0.1"}))
        assert demand.leads == 3

    def test_planning_twice_gives_the_same_frozen_value(self) -> None:
        assert plan(packhelp()) == plan(packhelp())
        with pytest.raises(AttributeError):
            plan(packhelp()).name = "other"  # type: ignore[misc]


class TestWhatIf:
    def test_a_better_win_rate_needs_fewer_leads_and_leaves_the_agreement_alone(self) -> None:
        before = one_type(FORM)
        assert plan(with_rates(before, {"opportunity_to_customer": "25%"})).leads == 3589
        assert plan(before).leads == 3900

    def test_a_change_can_be_narrowed_to_one_type_or_stream(self) -> None:
        tried = plan(with_rates(packhelp(), {"mql_to_sql": "40%"}, lead_type="web_form"))
        assert [demand.leads for demand in tried.demands()] == [3315, 2675]
        tried = plan(with_rates(split_quota(), {"opportunity_to_customer": "40%"}, stream="enterprise"))
        assert [demand.leads for demand in tried.demands()] == [1874, 136]

    def test_a_rate_that_nobody_has_is_named_with_the_nearest(self) -> None:
        with pytest.raises(
            PlanImpossible, match="opportunity_to_custumer; did you mean 'opportunity_to_customer'"
        ):
            with_rates(packhelp(), {"opportunity_to_custumer": "25%"})

    def test_a_rate_that_is_no_percentage_is_refused(self) -> None:
        with pytest.raises(PlanImpossible, match="write it with its sign"):
            with_rates(packhelp(), {"mql_to_sql": "0.4"})


REVENUE: dict[str, object] = {"revenue": 500000, "deal_value": 2000}
STREAMS = {"smb": {"share": "60%", "deal_value": 2000}, "big": {"share": "40%", "deal_value": 9000}}
IMPOSSIBLE = {
    "a rate of nothing": (
        REVENUE,
        {"web_form": {**FORM, "mql_to_sql": "0%"}},
        r"^lead_types\.web_form: mql_to_sql is 0%",
    ),
    "a gap": (
        REVENUE,
        {"web_form": {"mql_to_sql": "34%", "opportunity_to_customer": "23%"}},
        r"^lead_types\.web_form: .* breaks off above opportunity, and leaves mql_to_sql unconnected",
    ),
    "no way to the customer": (REVENUE, {"web_form": {"mql_to_sql": "34%"}}, "breaks off above customer"),
    "a fork": (
        REVENUE,
        {"web_form": {"lead_to_customer": "2%", "mql_to_customer": "5%"}},
        "both lead_to_customer and mql_to_customer lead into customer",
    ),
    "an unknown stage": (
        REVENUE,
        {"web_form": {"mqll_to_customer": "2%"}},
        "mqll_to_customer is no rate between two stages; write A_to_B",
    ),
    "a rate up the funnel": (
        REVENUE,
        {"web_form": {"sql_to_mql": "2%"}},
        "sql_to_mql is no rate between two stages",
    ),
    "a mix but no rates": (REVENUE, {"web_form": {"mix": "100%"}}, "says no rates"),
    "no deal value": ({"revenue": 500000}, {"web_form": FORM}, "^goal: says no deal_value.*add deal_value"),
    "no deal value in a stream": (
        {"revenue": 5, "streams": {"smb": {}}},
        {"web_form": FORM},
        r"^goal\.streams\.smb: says no deal_value",
    ),
    "a mix without deal value": (
        {"revenue": 500000},
        {"a": {"mix": "50%", "deal_value": 10, **FORM}, "b": {"mix": "50%", **FORM}},
        "how many customers b must bring",
    ),
    "a stream that nobody carries": (
        {"revenue": 500000, "streams": STREAMS},
        {"web_form": {"streams": {"smb": FORM}}},
        r"^goal\.streams\.big: no lead type has rates",
    ),
    "an unknown stream": (
        {"revenue": 500000, "streams": STREAMS},
        {"web_form": {"streams": {"smd": FORM}}},
        r"^lead_types\.web_form\.streams\.smd: .*did you mean 'smb'",
    ),
    "shares that do not add up": (
        {"revenue": 5, "streams": {"smb": {"share": "60%"}, "big": {"share": "30%"}}},
        {"web_form": FORM},
        r"^goal\.streams: the shares add up to 90%",
    ),
    "a mix that does not add up": (
        REVENUE,
        {"a": {"mix": "50%", **FORM}, "b": {"mix": "40%", **FORM}},
        "mix of stream all adds up to 90%",
    ),
    "half a mix": (
        REVENUE,
        {"a": {"mix": "50%", **FORM}, "b": FORM},
        r"^lead_types\.b: says no mix .*but a does",
    ),
    "no lead type with rates": (REVENUE, {"web_form": {}}, "no lead type has rates"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_plan_that_does_not_follow_is_refused_with_place_and_remedy(case: str) -> None:
    goal, lead_types, message = IMPOSSIBLE[case]
    with pytest.raises(PlanImpossible, match=message):
        plan(agreement(goal, lead_types))
