"""The cheapest demand: against exhaustive search, its limits, what they cost, and why some cannot be met."""

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import ENTERPRISE, FORM, OUTBOUND, agreement, mixed

from accord.agreement.canonical import dump_yaml
from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, PlanImpossible
from accord.plan.funnel import plan
from accord.plan.mix.best_mix import BestMix, best_mix
from accord.plan.mix.output import best_mix_json, best_mix_notes, best_mix_table, price_in_words
from accord.plan.mix.programme import (
    Kind,
    Limit,
    Programme,
    cheapest,
    cheapest_whole,
    conflict,
    relief,
)

FORMS, CALLS = ("all", "web_form"), ("all", "outbound")


def packed(
    reps: int | None = 30,
    *,
    form: dict[str, object] | None = None,
    call: dict[str, object] | None = None,
    **goal: object,
) -> Agreement:
    """F3's quota by forms at 40 and outbound at 90 a lead; a rep can follow up 128 leads (F12)."""
    types = {
        "web_form": {"cost": 40, "at_most": 2500, **FORM, **(form or {})},
        "outbound": {"cost": 90, **OUTBOUND, **(call or {})},
    }
    people = {"rep": {"side": "sales", "minutes_per_month": 5760, "count": reps}} if reps else {}
    return agreement({"revenue": 500_000, "deal_value": 2000, **goal}, types, people=people)


def said(mix: BestMix) -> list[str]:
    return [price_in_words(mix, price) for price in mix.prices]


# The optimum


def test_the_cheaper_lead_type_goes_first_and_the_dearer_one_fills_up():
    mix = best_mix(packed())
    assert mix.leads is not None
    form_cost, call_cost = (cost / rate for cost, rate in ((40, 0.064124), (90, 0.0935)))
    assert form_cost < call_cost  # 624 and 963 a customer
    assert mix.leads[CALLS] == 960
    assert 2490 <= mix.leads[FORMS] <= 2500
    assert mix.cost == 40 * mix.leads[FORMS] + 90 * 960


def test_whole_leads_reach_the_goal_exactly_and_one_fewer_of_any_would_not():
    mix = best_mix(packed())
    assert mix.leads is not None and mix.proven
    goal = mix.programme.limits[0]
    assert goal.used(mix.leads) >= 500_000
    for cell in mix.leads:
        assert not goal.kept({**mix.leads, cell: mix.leads[cell] - 1})


def test_a_goal_that_whole_leads_meet_exactly_takes_not_one_lead_more():
    mix = best_mix(agreement({"customers": 7}, {"web": {"cost": 3, "lead_to_customer": "5%"}}))
    assert (mix.leads, mix.cost) == ({("all", "web"): 140}, 420)  # F2


def test_scarce_reps_move_the_mix_to_leads_that_convert_better():
    plenty, scarce = best_mix(packed(30)), best_mix(packed(24))
    assert plenty.leads is not None and scarce.leads is not None
    assert scarce.leads[CALLS] > plenty.leads[CALLS]
    assert sum(Fraction(leads, 128) for leads in scarce.leads.values()) <= 24
    assert (scarce.cost or 0) > (plenty.cost or 0)


def test_streams_reach_their_goals_apart_but_share_the_reps():
    streams = {"smb": {"share": "60%", "deal_value": 2000}, "big": {"share": "40%", "deal_value": 20000}}
    types = {
        "form": {"streams": {"smb": {"cost": 40, **FORM}, "big": {"cost": 60, **ENTERPRISE}}},
        "call": {"streams": {"smb": {"cost": 90, **OUTBOUND}}},
    }
    people = {"rep": {"side": "sales", "minutes_per_month": 5760, "count": 16}}
    mix = best_mix(agreement({"revenue": 500_000, "streams": streams}, types, people=people))
    assert mix.leads is not None
    assert [limit.kind for limit in mix.programme.limits] == [Kind.GOAL, Kind.GOAL, Kind.REPS]
    assert all(limit.kept(mix.leads) for limit in mix.programme.limits)
    assert mix.leads["big", "form"] == 334  # 200,000 ÷ (3 % × 20,000) = 333.33
    assert mix.leads["smb", "call"] > 0  # 2,340 forms and 334 others would take 21 reps


def test_without_costs_the_fewest_leads_are_sought_and_it_is_said():
    mix = best_mix(mixed())
    assert not mix.priced
    assert mix.leads == {FORMS: 0, CALLS: 2674}
    assert any("No lead type says its cost" in note for note in best_mix_notes(mix))
    assert any("web_form, outbound" in note and "at_most" in note for note in best_mix_notes(mix))


def test_a_share_that_the_plan_meets_before_rounding_up_is_not_called_broken():
    acme = read_agreement(Path(__file__).parents[2] / "examples" / "acme.yaml")
    mix = best_mix(acme)
    assert any(limit.kind is Kind.LEAST_SHARE for limit in mix.programme.limits)
    assert not mix.planned_breaks
    assert mix.cost < mix.planned_cost


def test_the_planned_mix_is_compared_by_cost_and_by_the_limits_it_breaks():
    a = packed(25, form={"mix": "70%"}, call={"mix": "30%"})
    mix = best_mix(a)
    assert mix.planned_cost == 2730 * 40 + 803 * 90
    assert [limit.kind for limit in mix.planned_breaks] == [Kind.REPS, Kind.AT_MOST]
    assert "It breaks the 25 reps; at most 2,500 web_form leads" in best_mix_table(mix)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4), st.integers(0, 8)),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 60),
    st.integers(1, 25),
)
def test_the_best_mix_equals_an_exhaustive_search(types, wanted, room):
    """Each type: cost, customers per ten leads, room per lead, most leads."""
    cells = [("s", str(at)) for at in range(len(types))]
    limits = [
        Limit(
            Kind.GOAL,
            ("s",),
            {c: Fraction(t[1], 10) for c, t in zip(cells, types, strict=True)},
            Fraction(wanted, 10),
            True,
        ),
        Limit(
            Kind.REPS,
            ("",),
            {c: Fraction(t[2], 3) for c, t in zip(cells, types, strict=True)},
            Fraction(room),
            False,
        ),
        *(
            Limit(Kind.AT_MOST, c, {c: Fraction(1)}, Fraction(t[3]), False)
            for c, t in zip(cells, types, strict=True)
        ),
    ]
    programme = Programme({c: Fraction(t[0]) for c, t in zip(cells, types, strict=True)}, tuple(limits))
    tries = (dict(zip(cells, leads, strict=True)) for leads in product(*(range(t[3] + 1) for t in types)))
    known = min(
        (programme.cost(leads) for leads in tries if all(x.kept(leads) for x in limits)), default=None
    )
    optimum = cheapest(programme)
    whole = None if optimum is None else cheapest_whole(programme, optimum)
    assert (None if whole is None else programme.cost(whole[0])) == known
    if optimum is not None and known is not None:
        assert optimum.cost <= known + 1e-6


@settings(deadline=None, max_examples=25)
@given(st.integers(22, 40), st.integers(0, 2500), st.integers(0, 3000))
def test_nothing_that_keeps_the_limits_is_cheaper(reps, forms, calls):
    mix = best_mix(packed(reps))
    tried = {FORMS: forms, CALLS: calls}
    if mix.leads is not None and all(limit.kept(tried) for limit in mix.programme.limits):
        assert mix.programme.cost(tried) >= (mix.cost or 0)


# What limits cost


def test_one_more_rep_is_worth_what_solving_again_saves():
    mix = best_mix(packed(24))
    price = next(price for price in mix.prices if price.limit.kind is Kind.REPS)
    more = best_mix(packed(25))
    assert mix.optimum is not None and more.optimum is not None
    assert price.saving == pytest.approx(mix.optimum.cost - more.optimum.cost)
    assert price.saving == pytest.approx(price.marginal)
    assert "One more rep would save 8,850 USD a month." in said(mix)


def test_the_value_of_a_rep_is_the_hand_calculation():
    """A rep more swaps outbound for forms: 128 = x + y, and x × 9.35 % = −y × 6.4124 %."""
    form, call = 0.064124, 0.0935
    forms = 128 * call / (call - form)
    calls = 128 - forms
    price = next(price for price in best_mix(packed(24)).prices if price.limit.kind is Kind.REPS)
    assert price.saving == pytest.approx(-(40 * forms + 90 * calls))


def test_one_more_customer_costs_the_dearest_lead_in_use():
    mix = best_mix(packed())
    price = next(price for price in mix.prices if price.limit.kind is Kind.GOAL)
    assert price.saving == pytest.approx(-90 / 0.0935)
    assert "One more customer would cost 963 USD." in said(mix)


def test_one_more_lead_that_can_be_had_saves_the_difference():
    assert "One more web_form lead than the 2,500 that can be had would save 21.72 USD a month." in said(
        best_mix(packed())
    )
    assert round(90 / 0.0935 * 0.064124 - 40, 2) == 21.72


def test_leads_that_must_be_taken_and_shares_have_their_price():
    least = best_mix(packed(form={"at_least": 2600, "at_most": 2700}, call={"at_least": 1200}))
    assert any(line.startswith("One outbound lead fewer than the 1,200") for line in said(least))
    shares = best_mix(packed(60, form={"at_most": "40%"}))
    assert any(
        "One percentage point more than 40% of the customers by web_form would save" in line
        for line in said(shares)
    )
    assert shares.leads is not None
    assert float(shares.customers(FORMS) or 0) == pytest.approx(100, abs=0.1)


def test_a_goal_that_the_limits_leave_no_room_above_says_so():
    mix = best_mix(
        agreement({"customers": 7}, {"web": {"cost": 3, "at_most": 140, "lead_to_customer": "5%"}})
    )
    assert mix.possible
    assert "The goal cannot be a customer higher: the limits leave no more." in said(mix)


def test_limits_with_room_to_spare_have_no_price():
    assert Kind.REPS not in [price.limit.kind for price in best_mix(packed(40)).prices]


# What cannot be met


def test_too_few_reps_conflict_with_the_goal_and_nothing_else():
    mix = best_mix(packed(20))
    assert not mix.possible and mix.cost is None
    assert [clash.limit.kind for clash in mix.clashes] == [Kind.GOAL, Kind.REPS]
    text = best_mix_table(mix)
    assert "the goal, 500,000 USD: 478,720 USD can be reached" in text  # 20 × 128 × 9.35 % × 2,000
    assert "the 20 reps: 21 would do" in text


def test_each_bound_that_would_do_does_and_one_less_does_not():
    assert best_mix(packed(21)).possible
    assert best_mix(packed(20), reps={"": 21}).possible
    assert best_mix(packed(20, revenue=478_720)).possible
    assert not best_mix(packed(20, revenue=478_722)).possible


def test_bounds_of_two_lead_types_conflict_and_the_reps_are_left_out():
    mix = best_mix(packed(60, call={"at_most": "30%"}))
    kinds = [clash.limit.kind for clash in mix.clashes]
    assert kinds == [Kind.GOAL, Kind.AT_MOST, Kind.MOST_SHARE]
    assert "at most 2,500 web_form leads: 2,730 would do" in best_mix_table(mix)
    assert "at most 30% of the customers by outbound: 35.9% would do" in best_mix_table(mix)
    assert best_mix(packed(60, call={"at_most": "36%"})).possible
    assert not best_mix(packed(60, call={"at_most": "35.8%"})).possible


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 9)), min_size=2, max_size=7))
def test_a_conflict_is_one_and_none_without_any_of_its_limits(drawn):
    cells = [("s", name) for name in "abc"]
    limits = tuple(
        Limit(
            Kind.AT_LEAST if floor else Kind.AT_MOST,
            cells[at],
            {cells[at]: Fraction(1), cells[0]: Fraction(1)},
            Fraction(bound),
            floor,
        )
        for at, floor, bound in drawn
    )
    programme = Programme(dict.fromkeys(cells, Fraction(1)), limits)
    found = conflict(programme)
    assert bool(found) == (cheapest(programme) is None)
    for limit in found:
        rest = tuple(each for each in found if each is not limit)
        assert cheapest(Programme(programme.costs, rest)) is not None
    if found:
        assert cheapest(Programme(programme.costs, found)) is None


def test_a_limit_that_alone_cannot_help_says_so():
    cell = ("s", "a")
    low = [Limit(Kind.AT_MOST, cell, {cell: Fraction(1)}, Fraction(bound), False) for bound in (3, 4)]
    goal = Limit(Kind.GOAL, ("s",), {cell: Fraction(1)}, Fraction(9), True)
    programme = Programme({cell: Fraction(1)}, (goal, *low))
    assert relief(programme, low[0]) is None
    assert relief(programme, goal) == pytest.approx(3)


# Lag, reps to try, pools


def test_only_deals_that_close_in_time_count():
    profile = {"closing_profile": ["50%", "37.5%", "12.5%"]}
    a = packed(None, form={"at_most": 100_000}, **profile)
    whole, within = best_mix(a), best_mix(a, within=1)
    assert whole.leads is not None and within.leads is not None
    assert (whole.leads[FORMS], within.leads[FORMS]) == (3899, 7798)  # F3, and half of F11
    assert "Only deals that close within the month of delivery count." in best_mix_notes(within)


def test_a_stream_none_of_whose_leads_closes_in_time_is_named():
    mix = best_mix(packed(cycle="3 months"), within=2)
    assert len(mix.clashes) == 1
    assert "none of its leads closes within 2 months" in best_mix_table(mix)


def test_a_lead_type_may_close_later_than_its_stream():
    mix = best_mix(packed(), in_time={FORMS: Fraction(0)})
    assert mix.leads == {FORMS: 0, CALLS: 2674}


def test_nobodys_time_known_limits_nothing_and_is_said():
    mix = best_mix(packed(None))
    assert mix.unlimited == ("",)
    assert any("Nobody's time is known, so that reps limit nothing" in note for note in best_mix_notes(mix))


def test_a_quarters_leads_are_followed_up_over_three_months():
    a = packed(10).model_copy(update={"term": packed().term.model_copy(update={"interval": "quarter"})})
    row = next(limit for limit in best_mix(a).programme.limits if limit.kind is Kind.REPS).row
    assert row[FORMS] == Fraction(1, 3 * 128)


# As people write it


def test_limits_and_costs_come_back_from_the_canonical_text():
    a = packed(form={"at_least": "10%", "at_most": 3000}, call={"cost": "12.50"})
    assert parse_agreement(dump_yaml(a)) == a


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ("at_most: many", "'many' is neither leads nor a share; write 500, or 40%"),
        ("at_most: 140%", "is not between 0% and 100%"),
        ("cost: 0", "the amount is 0"),
        ("at_least: 20, at_most: 10", "at_least 20 is above at_most 10"),
        ("at_least: 20%, at_most: 10%", "at_least 20% is above at_most 10%"),
    ],
)
def test_limits_that_make_no_sense_are_refused(terms, what):
    head = "accord: 1\nname: A\nterm: 2026-01-01\ngoal: {customers: 7}\nlead_types:\n"
    with pytest.raises(AgreementInvalid, match=what):
        parse_agreement(f"{head}  form: {{{terms}, lead_to_customer: 5%}}\n")


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"within": 0}, "within 0 months"),
        ({"reps": {"inbund": 3}}, "no leads go to a pool 'inbund'"),
        ({"in_time": {FORMS: 2}}, "2 closing in time is no share"),
    ],
)
def test_what_is_out_of_range_is_named(more: dict[str, Any], what: str):
    with pytest.raises(PlanImpossible, match=what):
        best_mix(packed(), **more)


def test_a_cost_that_only_some_lead_types_say_is_asked_for():
    a = agreement(
        {"customers": 7}, {"web": {"cost": 3, "lead_to_customer": "5%"}, "call": {"lead_to_customer": "9%"}}
    )
    with pytest.raises(PlanImpossible, match=r"lead_types\.call: says no cost"):
        best_mix(a)


def test_the_json_says_limits_prices_and_conflicts_in_words_too():
    fine, broken = (json.loads(best_mix_json(best_mix(packed(reps)))) for reps in (24, 20))
    assert (fine["possible"], fine["proven"]) == (True, True)
    assert fine["limits"][fine["prices"][1]["limit"]]["text"] == "the 24 reps"
    assert [row["leads"] for row in fine["leads"]] == list((best_mix(packed(24)).leads or {}).values())
    assert (broken["possible"], broken["cost"], broken["leads"]) == (False, None, [])
    assert [each["text"] for each in broken["conflict"]][1] == "the 20 reps: 21 would do"


def test_a_goal_that_asks_nothing_of_marketing_needs_no_leads():
    mix = best_mix(packed(retention_share="100%"))
    assert (mix.leads, mix.proven, mix.cost) == ({}, True, 0)
    assert "Nothing is asked of marketing." in best_mix_table(mix)


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "best-mix.md"


def test_the_page_shows_what_its_agreement_gives():
    page = PAGE.read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    shown = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    fewer = text.replace("count: 24", "count: 20")
    assert [best_mix_table(best_mix(parse_agreement(each))) for each in (text, fewer)] == shown


def test_the_plan_itself_takes_no_notice_of_costs_and_limits():
    assert plan(packed()).demands()[0].alone == 3900
