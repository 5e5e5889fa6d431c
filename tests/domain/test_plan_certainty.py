"""How sure a plan is: against published figures, closed forms, and a simulation that draws everything."""

import json
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import FORM, OUTBOUND, agreement, mixed, one_type, packhelp, split_quota
from scipy import stats

from accord.agreement.canonical import dump_yaml
from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, PlanImpossible
from accord.plan.funnel import plan
from accord.plan.months.lag import lag_plan
from accord.plan.odds.beta import Beta, Prior, beta_binomial_pmf, product_moment, sliced_draws, wilson
from accord.plan.odds.certainty import Certainty, Outlook, certainty
from accord.plan.odds.luck import Few, least, moments
from accord.plan.odds.months import deciding
from accord.plan.odds.output import certainty_json, certainty_notes, certainty_table, percent

CELL = ("all", "web_form")
COUNTED = {
    "mql_to_sql": "68 of 200",
    "sql_to_opportunity": "164 of 200",
    "opportunity_to_customer": "46 of 200",
}


def direct(rate: str, customers: int = 80) -> Agreement:
    return one_type({"lead_to_customer": rate}, {"customers": customers})


def whole(result: Certainty) -> Outlook:
    assert result.total is not None
    return result.total


@cache
def counted() -> Certainty:
    return certainty(one_type(COUNTED))


def simulated(result: Certainty, leads: dict[tuple[str, str], int], draws: int = 200_000) -> Any:
    """Customers by lead type under plain draws of every rate and every lead's luck."""
    random = np.random.default_rng(7)
    found = {}
    for cell, count in leads.items():
        rate = np.ones(draws)
        for one in result.rates:
            if (one.stream, one.lead_type) == cell:
                rate *= (
                    float(one.planned)
                    if one.belief is None
                    else random.beta(one.belief.a, one.belief.b, draws)
                )
        found[cell] = random.binomial(count, rate)
    return found


# Published answers


@pytest.mark.parametrize(
    ("converted", "entered", "low", "high"),
    [
        (8, 100, 0.041, 0.150),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_those_of_f16_and_of_newcombe_1998(converted, entered, low, high):
    places = 3 if entered == 100 else 4
    assert [round(end, places) for end in wilson(converted, entered)] == [low, high]


def test_a_uniform_prior_gives_laplaces_rule_of_succession():
    assert Beta.after(8, 100, Prior.UNIFORM).mean == pytest.approx(9 / 102)


def test_under_a_uniform_rate_every_number_of_wins_is_equally_likely():
    assert [beta_binomial_pmf(wins, 9, Beta(1, 1)) for wins in range(10)] == pytest.approx([0.1] * 10)


@pytest.mark.parametrize(
    ("wins", "leads", "a", "b"), [(0, 5, 0.5, 0.5), (8, 100, 8.5, 92.5), (250, 3900, 30, 450)]
)
def test_the_beta_binomial_is_scipys(wins, leads, a, b):
    assert beta_binomial_pmf(wins, leads, Beta(a, b)) == pytest.approx(
        stats.betabinom.pmf(wins, leads, a, b), rel=1e-9
    )


def test_the_beta_binomial_has_no_chance_outside_its_leads():
    assert beta_binomial_pmf(-1, 5, Beta(1, 1)) == beta_binomial_pmf(6, 5, Beta(1, 1)) == 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_quantiles_have_their_known_closed_forms(share):
    assert Beta(1, 1).quantile(share) == pytest.approx(share)
    assert Beta(2, 1).quantile(share) == pytest.approx(share**0.5)
    assert Beta(0.5, 0.5).quantile(share) == pytest.approx(np.sin(np.pi * share / 2) ** 2)  # arcsine law


def test_moments_and_tails_are_scipys():
    rate, known = Beta.after(8, 100), stats.beta(8.5, 92.5)
    assert (rate.mean, rate.variance) == pytest.approx((known.mean(), known.var()))
    assert rate.moment(3) == pytest.approx(known.moment(3))
    assert rate.at_least(0.1) == pytest.approx(known.sf(0.1))


def test_counts_above_all_are_no_evidence():
    with pytest.raises(ValueError, match="9 of 8"):
        Beta.after(9, 8)


# Draws, and luck worked out


def test_sliced_draws_have_the_means_and_variances_of_their_rates_and_no_correlation():
    rates = [Beta.after(8, 100), Beta.after(2, 3), Beta.after(0, 40), Beta.after(900, 1000)]
    drawn = sliced_draws(rates, 10_000, np.random.default_rng(3))
    for row, rate in zip(drawn, rates, strict=True):
        assert row.mean() == pytest.approx(rate.mean, rel=1e-3)
        assert row.var() == pytest.approx(rate.variance, rel=2e-3)
        assert stats.kstest(row, stats.beta(rate.a, rate.b).cdf).statistic < 2e-3
    assert np.abs(np.corrcoef(drawn) - np.eye(4)).max() < 0.04


def test_products_of_independent_rates_have_their_closed_moments():
    rates = [Beta.after(8, 100), Beta.after(30, 40)]
    drawn = np.prod(sliced_draws(rates, 100_000, np.random.default_rng(4)), axis=0) * 0.5
    for order in (1, 2, 3):
        assert product_moment(rates, order, 0.5) == pytest.approx((drawn**order).mean(), rel=5e-3)


@pytest.mark.parametrize(("seen", "entered"), [(8, 100), (2, 20), (40, 100), (800, 10_000)])
@pytest.mark.parametrize("wanted", [1, 3, 8, 9, 20, 80])
def test_the_chance_of_one_rate_is_the_beta_binomials(seen, entered, wanted):
    rate = Beta.after(seen, entered)
    leads = round(wanted / rate.mean * 1.2)
    known = stats.betabinom.sf(wanted - 1, leads, rate.a, rate.b)
    found = whole(certainty(direct(f"{seen} of {entered}", wanted), leads={CELL: leads}))
    assert found.chance == pytest.approx(known, abs=0.002)


@pytest.mark.parametrize("wanted", [3, 40])
def test_without_counts_the_chance_is_the_binomials(wanted):
    found = whole(certainty(direct("5%", wanted)))
    assert found.chance == pytest.approx(stats.binom.sf(wanted - 1, found.leads[CELL], 0.05), abs=0.002)


def test_summed_deal_by_deal_and_by_moments_agree_where_they_meet():
    drawn = np.stack([np.full(1000, 0.1), np.full(1000, 0.25)])
    for wanted in (8, 9):
        few = Few.of(drawn, [60, 20]).at_least(wanted)
        assert moments(drawn, [60, 20], [1.0, 1.0], step=1.0).at_least(wanted) == pytest.approx(
            few, abs=0.002
        )


def test_deals_that_vary_widen_the_outcome_as_compound_sums_do():
    drawn = np.full((1, 250), 0.2)
    result = moments(drawn, [500], [1000.0], spread=0.6)
    random = np.random.default_rng(9)
    wins = random.binomial(500, 0.2, 40_000)
    money = np.where(wins > 0, random.gamma(np.maximum(wins, 1) / 0.36, 360.0), 0.0)
    assert result.variance[0] == pytest.approx(money.var(), rel=0.03)
    for goal in (90_000, 100_000, 112_000):
        assert result.at_least(goal) == pytest.approx((money >= goal).mean(), abs=0.01)


def test_the_least_number_is_found_wherever_the_search_begins():
    for guess in (0, 3, 40, 97, 5000):
        assert least(lambda count: 1 - 0.97**count, 0.9, guess, 10_000) == 76
    assert least(lambda _: 0.5, 0.9, 5, 1000) is None
    assert least(lambda _: 1.0, 0.9, 5, 1000) == 0


# Against a simulation that draws every rate and every lead


def test_chance_and_interval_are_those_of_plain_simulation():
    look = whole(counted())
    customers = simulated(counted(), dict(look.leads))[CELL]
    assert look.chance == pytest.approx((customers >= 250).mean(), abs=0.005)
    assert look.expected == pytest.approx(customers.mean(), rel=0.003)
    assert (look.low, look.high) == pytest.approx(np.quantile(customers, [0.1, 0.9]), abs=2)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_the_demand_for_a_chance_gives_that_chance_in_simulation(level):
    needed = whole(counted()).demand[level]
    assert needed is not None
    assert (simulated(counted(), dict(needed))[CELL] >= 250).mean() == pytest.approx(level, abs=0.005)


def test_streams_and_deals_of_unlike_value_agree_with_simulation():
    streams = {"smb": {"share": "60%", "deal_value": 2000}, "big": {"share": "40%", "deal_value": 20000}}
    types = {
        "form": {
            "streams": {
                "smb": {"lead_to_customer": "13 of 200"},
                "big": {"mix": "50%", "lead_to_customer": "3 of 80"},
            }
        },
        "call": {"streams": {"big": {"mix": "50%", "lead_to_customer": "9 of 100"}}},
    }
    result = certainty(agreement({"revenue": 400_000, "streams": streams}, types))
    look, small = whole(result), result.streams[1]
    won = simulated(result, dict(look.leads))
    money = 2000 * won["smb", "form"] + 20000 * (won["big", "form"] + won["big", "call"])
    assert look.chance == pytest.approx((money >= 400_000).mean(), abs=0.01)
    few = won["big", "form"] + won["big", "call"]
    assert (small.name, small.customers) == ("big", 8)
    assert small.chance == pytest.approx((few >= 8).mean(), abs=0.005)
    assert look.influences.deviation == pytest.approx(money.std(), rel=0.01)


# What the plan must show


def test_eight_of_a_hundred_is_not_eight_hundred_of_ten_thousand():
    thin, thick = (whole(certainty(direct(rate))) for rate in ("8 of 100", "800 of 10000"))
    assert thin.leads == thick.leads == {CELL: 1000}
    assert (thin.low, thin.high) == (49, 123)
    assert (thick.low, thick.high) == (69, 92)
    assert (thin.demand[0.9] or {})[CELL] > 1.25 * (thick.demand[0.9] or {})[CELL]


def test_a_plan_by_average_rates_reaches_its_goal_about_every_second_time():
    assert whole(counted()).chance == pytest.approx(0.5, abs=0.02)
    assert any("every second time" in note for note in certainty_notes(counted()))


def test_the_rate_on_the_fewest_and_rarest_wins_matters_most():
    rates = whole(counted()).influences.rates
    assert [one.rate.name for one in rates] == ["opportunity_to_customer", "mql_to_sql", "sql_to_opportunity"]
    assert all(one.low < 500_000 < one.high for one in rates)


def test_the_parts_of_the_variance_make_the_whole():
    found = whole(counted()).influences
    assert sum(one.share for one in found.rates) + found.luck + found.jointly == pytest.approx(1)
    money = 2000.0 * simulated(counted(), {CELL: 3900})[CELL]
    assert found.deviation == pytest.approx(money.std(), rel=0.01)


def test_the_tornado_moves_one_rate_to_its_quantiles_and_leaves_the_others_at_their_means():
    one = whole(counted()).influences.rates[0]
    others = [rate.mean for rate in counted().rates if rate.name != one.rate.name]
    assert one.low == pytest.approx(3900 * 2000 * np.prod(others) * Beta.after(46, 200).quantile(0.1))


def test_history_goes_before_the_agreements_counts():
    result = certainty(one_type(COUNTED), history={CELL: {"mql_to_sql": (30, 100)}})
    rate = result.rates[0]
    assert (rate.converted, rate.entered, rate.planned) == (30, 100, Fraction(34, 100))
    assert whole(result).chance < whole(counted()).chance


def test_pooled_history_of_three_months_is_f9s_three_hundred_of_fifteen_thousand():
    a = one_type({"lead_to_customer": "2%"}, {"revenue": 300_000, "deal_value": 2000})
    result = certainty(a, history={CELL: {"lead_to_customer": (100 + 99 + 101, 5000 + 5500 + 4500)}})
    assert whole(result).leads == {CELL: 7500}
    assert result.rates[0].mean == pytest.approx(0.02, rel=0.002)


def test_only_rates_from_the_hand_off_on_are_uncertain():
    rates = {"visitor_to_lead": "20 of 1000", "lead_to_mql": "5 of 20", **COUNTED}
    assert [rate.name for rate in certainty(one_type(rates)).rates] == list(COUNTED)


def test_without_counts_it_is_said_that_rates_are_taken_as_certain():
    result = certainty(packhelp())
    assert not result.counted
    assert "taken as certain" in certainty_notes(result)[0]
    half = certainty(one_type({**FORM, "mql_to_sql": "68 of 200"}))
    assert "web_form.sql_to_opportunity" in certainty_notes(half)[0]


def test_rates_on_fewer_than_thirty_conversions_are_pointed_out():
    notes = certainty_notes(certainty(direct("8 of 100")))
    assert any("fewer than 30 conversions" in note and "lead_to_customer (8)" in note for note in notes)


def test_alternatives_are_judged_one_by_one_and_have_no_total():
    result = certainty(packhelp())
    assert result.total is None
    assert [dict(look.leads) for look in result.streams] == [{CELL: 3900}, {("all", "outbound"): 2675}]


def test_a_mix_keeps_its_proportions_when_it_is_enlarged():
    look = whole(certainty(mixed()))
    needed = look.demand[0.9] or {}
    assert needed[CELL] / needed["all", "outbound"] == pytest.approx(2733 / 804, rel=0.003)


def test_a_stream_that_asks_nothing_of_marketing_has_no_outlook():
    streams = {
        "smb": {"share": "60%", "deal_value": 2000},
        "own": {"share": "40%", "deal_value": 9, "from_marketing": "0%"},
    }
    result = certainty(agreement({"revenue": 1000, "streams": streams}, {"form": {"streams": {"smb": FORM}}}))
    assert [look.name for look in result.streams] == ["smb"]


def test_deal_values_that_vary_cost_certainty():
    steady, varying = (whole(certainty(one_type(FORM), deal_spread=spread)) for spread in (0.0, 1.5))
    assert (varying.demand[0.9] or {})[CELL] > (steady.demand[0.9] or {})[CELL]
    assert (varying.low, varying.high) == (
        steady.low,
        steady.high,
    )  # customers, which deal values leave alone


# The same seed, months


def test_the_same_seed_gives_the_same_figures_and_another_nearly_the_same():
    again, other = certainty(one_type(COUNTED)), certainty(one_type(COUNTED), seed=1)
    assert again == counted()
    assert whole(other).chance == pytest.approx(whole(counted()).chance, abs=0.003)


def test_months_alike_have_the_chance_of_the_plan():
    a = one_type(COUNTED)
    result = certainty(
        a, months=[{CELL: 3900}, {CELL: 4540}, {}, {CELL: 3900}], month_goals=[500_000, 500_000, 1, None]
    )
    assert result.months[:2] == pytest.approx([whole(result).chance, 0.8], abs=0.001)
    assert result.months[2:] == (0.0, None)


def test_a_standing_start_leaves_the_first_months_no_chance():
    goal = {"revenue": 500_000, "deal_value": 2000, "closing_profile": ["50%", "37.5%", "12.5%"]}
    a = one_type(COUNTED, goal)
    months, goals = deciding(lag_plan(a), plan(a))
    assert [month[CELL] for month in months[:3]] == pytest.approx(
        [1949.35, 3411.36, 3898.70], abs=0.01
    )  # F11 ÷ F3
    chances = certainty(a, months=months, month_goals=goals).months
    assert chances[0] is not None and chances[0] < 0.01
    assert chances[2] == pytest.approx(0.5, abs=0.02)


def test_months_of_alternatives_have_no_goal():
    a = packhelp()
    assert set(deciding(lag_plan(a), plan(a))[1]) == {None}


# Properties

counts = st.tuples(st.integers(1, 60), st.integers(1, 300)).map(lambda pair: (pair[0], sum(pair)))


@settings(deadline=None, max_examples=40)
@given(counts, st.integers(2, 50))
def test_more_evidence_of_the_same_rate_narrows_the_interval(seen, times):
    converted, entered = seen
    little, much = Beta.after(converted, entered), Beta.after(converted * times, entered * times)
    assert much.variance < little.variance
    thin, thick = (
        whole(certainty(direct("10%", 50), history={CELL: {"lead_to_customer": count}}, draws=1000))
        for count in ((converted, entered), (converted * times, entered * times))
    )
    spread = [look.influences.deviation / look.expected for look in (thin, thick)]
    assert spread[1] < spread[0]


@settings(deadline=None, max_examples=40)
@given(counts, st.integers(0, 3000), st.integers(1, 500), st.sampled_from([4, 60]))
def test_more_leads_never_lessen_the_chance(seen, leads, more, wanted):
    history = {CELL: {"lead_to_customer": seen}}
    fewer, greater = (
        whole(certainty(direct("10%", wanted), history=history, leads={CELL: count}, draws=1000)).chance
        for count in (leads, leads + more)
    )
    assert greater >= fewer - 1e-9


@pytest.mark.parametrize("wanted", [4, 60])
@pytest.mark.parametrize("rate", ["1 of 2", "1 of 1", "2999 of 3000", "10%"])
def test_fewer_leads_than_wanted_customers_have_no_chance_at_all(rate, wanted):
    for leads in (1, 2, wanted - 1):
        assert whole(certainty(direct(rate, wanted), leads={CELL: leads}, draws=1000)).chance == 0


@pytest.mark.parametrize(("a", "b"), [(0.5, 3000), (1.5, 300), (3, 3000), (20, 3000), (3, 0.5)])
def test_the_chance_never_falls_from_the_first_lead_to_the_thousandth(a, b):
    drawn = np.random.default_rng(3).beta(a, b, (1, 1000))
    for wanted in (9, 12, 60):
        chances = [moments(drawn, [n], [1.0], step=1.0).at_least(wanted) for n in range(1, 1000, 3)]
        assert all(after >= before - 1e-9 for before, after in pairwise(chances))


@settings(deadline=None, max_examples=30)
@given(counts, st.integers(1, 200))
def test_the_demand_for_a_chance_is_the_fewest_leads_that_reach_it(seen, wanted):
    history = {CELL: {"lead_to_customer": seen}}
    look = whole(certainty(direct("10%", wanted), history=history, draws=1000))
    assert (look.demand[0.9] or {CELL: 10**9})[CELL] >= (look.demand[0.8] or {CELL: 0})[CELL]
    if needed := look.demand[0.8]:
        at, before = (
            whole(certainty(direct("10%", wanted), history=history, leads={CELL: count}, draws=1000)).chance
            for count in (needed[CELL], needed[CELL] - 1)
        )
        assert before < 0.8 + 1e-9 and at >= 0.8 - 1e-9


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 500), st.integers(1, 500))
def test_counts_come_back_from_the_canonical_text(converted, more):
    a = one_type({"lead_to_customer": f"{converted} of {converted + more}"})
    assert parse_agreement(dump_yaml(a)) == a


# As people write it


def test_a_rate_of_counts_is_the_rate_that_they_make():
    for written in ("68 of 200", "34% of 200", "34 % of 200"):
        funnel = one_type({"mql_to_sql": written}).lead_types["web_form"].streams["all"]
        assert (funnel.rates, funnel.evidence) == ({"mql_to_sql": Fraction(17, 50)}, {"mql_to_sql": 200})
        assert funnel.written_rates() == {"mql_to_sql": "68 of 200"}
    rounded = one_type({"mql_to_sql": "34% of 201"}).lead_types["web_form"].streams["all"]
    assert rounded.written_rates() == {"mql_to_sql": "34% of 201"}


@pytest.mark.parametrize(
    ("rate", "what"),
    [
        ("68 of 2x", "'2x' is no whole number"),
        ("250 of 200", "'250 of 200' are more than all"),
        ("0 of 0", "'0 of 0' counts nobody"),
        ("134% of 200", "is not between 0% and 100%"),
    ],
)
def test_counts_that_make_no_rate_are_refused_at_their_place(rate, what):
    head = "accord: 1\nname: A\nterm: 2026-01-01\ngoal: {customers: 7}\nlead_types:\n"
    text = f"{head}  form: {{lead_to_customer: {rate}}}\n"
    with pytest.raises(AgreementInvalid, match=what) as caught:
        parse_agreement(text)
    assert "<text>:6: lead_types.form.lead_to_customer" in str(caught.value)


def test_evidence_for_no_rate_is_refused():
    with pytest.raises(ValueError, match="which is no rate here"):
        one_type({**FORM, "evidence": {"lead_to_mql": 5}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"draws": 10}, "10 draws"),
        ({"deal_spread": -1.0}, "deal spread"),
        ({"history": {("all", "web"): {}}}, "did you mean 'all.web_form'"),
        ({"history": {CELL: {"sql_to_mql": (1, 2)}}}, "uses no rate sql_to_mql"),
        ({"history": {CELL: {"mql_to_sql": (3, 2)}}}, "3 of 2 is no share"),
        ({"leads": {("all", "web"): 3}}, "no all.web"),
        ({"months": [{}], "month_goals": []}, "0 goals for 1 months"),
    ],
)
def test_what_does_not_fit_the_plan_is_named(more: dict[str, Any], what: str):
    with pytest.raises(PlanImpossible, match=what):
        certainty(one_type(FORM), **more)


def test_the_table_says_chance_demand_and_what_it_hangs_on():
    text = certainty_table(counted())
    for line in (
        "Chance to reach the goal: 49.5%",
        "For 80%: 4,540 leads (+640, +16%)",
        "46 of 200",
        "the luck of single leads",
    ):
        assert line in text
    assert "how sure" in text and "estimates" in text


def test_several_streams_are_shown_with_the_whole_plan_first():
    text = certainty_table(certainty(split_quota()))
    assert text.index("The whole plan") < text.index("Stream smb") < text.index("Stream enterprise")
    assert "smb.web_form" in text


def test_alternatives_are_shown_as_alone():
    assert "outbound alone" in certainty_table(certainty(packhelp()))


def test_the_json_is_an_estimate_with_exact_goals_and_the_seed():
    said = json.loads(certainty_json(counted()))
    assert (said["estimate"], said["seed"], said["draws"], said["prior"]) == (True, 2026, 10_000, "jeffreys")
    assert said["total"]["goal"] == {"revenue": {"decimal": "500000", "exact": "500000"}, "customers": 250}
    assert said["total"]["demand"][0]["leads"] == [{"stream": "all", "lead_type": "web_form", "leads": 4540}]
    assert said["rates"][0]["entered"] == 200


def test_chances_near_the_ends_are_never_shown_as_certain():
    shown = [percent(share) for share in (0.5, 0.123, 0.9996, 1.0, 0.0004, 0.0, 0.05)]
    assert shown == ["50%", "12.3%", "over 99.9%", "100%", "under 0.1%", "0%", "5.0%"]


def test_small_rates_keep_two_digits_and_one_customer_is_one():
    text = certainty_table(certainty(direct("1 of 100000", 1)))
    assert "0.00029%-0.0031%" in text
    assert "for 1 customer\n" in text


@pytest.mark.parametrize("rate", ["100%", "5 of 5"])
def test_a_rate_of_a_hundred_percent_is_as_sure_as_its_counts(rate):
    look = whole(certainty(direct(rate, 30)))
    assert look.chance == 1 if rate == "100%" else look.chance < 0.5


def test_a_goal_that_asks_nothing_of_marketing_has_no_outlook():
    result = certainty(one_type(FORM, {"revenue": 1000, "deal_value": 10, "retention_share": "100%"}))
    assert (result.total, result.streams) == (None, ())
    assert "Nothing is asked of marketing." in certainty_table(result)


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "how-sure-is-the-plan.md"


def test_the_page_shows_what_its_agreement_gives():
    blocks = dict(re.findall(r"```(yaml|text)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    assert certainty_table(certainty(parse_agreement(blocks["yaml"]))) == blocks["text"]


def test_outbound_rates_of_the_examples_are_the_plans():
    assert [str(rate.planned) for rate in certainty(one_type(OUTBOUND)).rates] == ["11/20", "17/20", "1/5"]
