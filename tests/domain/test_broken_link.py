"""The first broken link of the chain from lead to deal (DOMAIN 6, CRO), case by case."""

from dataclasses import replace
from fractions import Fraction

import pytest
from report_fixture import agreement, measure, promise, score

from accord.agreement.terms import Agreement
from accord.ledger.links import MATURE, Chain, Link, LinkState, chain, percent, wilson
from accord.ledger.score import PromiseScore, PromiseState, Score, SideScore
from accord.plan.coverage import planned_win_rate
from accord.plan.funnel import plan

KEPT, RISK, BROKEN = PromiseState.KEPT, PromiseState.AT_RISK, PromiseState.BROKEN
UNMEASURED, OVER = PromiseState.UNMEASURED, PromiseState.OVER


def of(*promises: PromiseScore, **changes: object) -> Score:
    sides = tuple(
        SideScore(name, None, 0, 0, tuple(one for one in promises if one.side == name))
        for name in ("marketing", "sales", "both")
    )
    return score(**{"sides": sides, **changes})


def leads(state: PromiseState, actual: float = 1961, due: float = 2013) -> PromiseScore:
    return promise(
        "M1", "marketing", "Accepted leads", "accepted_leads", state, unit="leads", target=3900, due=due,
        actual=actual,
    )  # fmt: skip


def share(measure: str, state: PromiseState, kept: int, judged: int, target: float = 0.9) -> PromiseScore:
    side = "marketing" if measure in ("acceptance_rate", "complete_handoffs") else "sales"
    title = measure.replace("_", " ").capitalize()
    return promise(
        measure, side, title, measure, state, target=target, actual=kept / judged, counted=(kept, judged)
    )


def won(kept: int, judged: int, target: float = 0.25) -> PromiseScore:
    return share("win_rate", BROKEN if kept / judged < target else KEPT, kept, judged, target)


ALL_WELL = (
    leads(KEPT),
    share("acceptance_rate", KEPT, 95, 100),
    share("first_touch_in_time", KEPT, 92, 100),
    share("cadence_kept", KEPT, 91, 100),
    won(30, 100),
)


def replaced(**by_measure: PromiseScore) -> Score:
    return of(*(by_measure.get(one.measure, one) for one in ALL_WELL))


def found(scored: Score, terms: Agreement | None = None) -> Chain:
    return chain(scored, terms or agreement())


def link(scored: Score, name: str) -> Link:
    return next(one for one in found(scored).links if one.name == name)


def test_the_chain_has_five_links_in_order_whatever_the_score_holds() -> None:
    names = ["volume", "quality", "speed", "depth", "win rate"]
    assert [one.name for one in found(of()).links] == names
    assert [one.name for one in found(of(*ALL_WELL)).links] == names


def test_where_every_link_holds_none_is_named() -> None:
    held = found(of(*ALL_WELL))
    assert {one.state for one in held.links} == {LinkState.OK}
    assert (held.first, held.broken) == (None, None)
    assert held.sentence == "Every link that could be measured holds."


@pytest.mark.parametrize(
    ("broken", "name", "sentence"),
    [
        (leads(BROKEN, 1500), "volume", "Volume: 1,500 accepted leads of the 2,013 due by now."),
        (share("acceptance_rate", BROKEN, 84, 100), "quality", "Quality: 84% accepted of the 90% promised."),
        (
            share("complete_handoffs", BROKEN, 17, 20, 0.925),
            "quality",
            "Quality: 85% handed off complete of the 92.5% promised.",
        ),
        (
            share("first_touch_in_time", BROKEN, 5, 70),
            "speed",
            "Speed: 7.1% first touched in time of the 90% promised.",
        ),
        (
            share("cadence_kept", BROKEN, 689, 928, 0.8),
            "depth",
            "Depth: 74.2% followed up as agreed of the 80% promised.",
        ),
    ],
)
def test_each_broken_promise_breaks_its_own_link_and_says_by_how_much(
    broken: PromiseScore, name: str, sentence: str
) -> None:
    held = found(of(*(one for one in ALL_WELL if one.measure != broken.measure), broken))
    first = held.first
    assert first is not None
    assert (first.name, first.state, first.sentence) == (name, LinkState.BROKEN, sentence)
    assert held.sentence == f"The first broken link is {name}. {sentence}"
    assert (first.figure, first.target, first.promise) == (broken.actual, broken.due_by_now, broken.id)


def test_the_link_further_up_is_named_first() -> None:
    held = found(
        replaced(
            cadence_kept=share("cadence_kept", BROKEN, 1, 100),
            acceptance_rate=share("acceptance_rate", BROKEN, 89, 100),
        )
    )
    assert held.first is not None
    assert held.first.name == "quality"


def test_a_broken_link_goes_before_one_at_risk_further_up() -> None:
    held = found(replaced(accepted_leads=leads(RISK), cadence_kept=share("cadence_kept", BROKEN, 1, 100)))
    assert held.first is not None
    assert held.first.name == "depth"
    only_risky = found(replaced(accepted_leads=leads(RISK)))
    assert only_risky.broken is None
    assert only_risky.sentence.startswith("No link is broken; at risk is volume.")


def test_of_several_promises_of_one_link_the_worst_speaks() -> None:
    both = of(
        share("acceptance_rate", KEPT, 95, 100),
        share("complete_handoffs", BROKEN, 50, 100),
    )
    assert link(both, "quality").promise == "complete_handoffs"
    value = promise("M2", "marketing", "Value of leads", "lead_value", BROKEN, unit="USD", target=9, due=8.0,
                    actual=4.0)  # fmt: skip
    assert link(of(leads(KEPT), value), "volume").sentence == "Volume: USD 4 of the USD 8 due by now."


def test_too_many_leads_are_no_broken_volume() -> None:
    assert link(of(leads(OVER, 3000)), "volume").state is LinkState.OK


def test_what_nobody_promised_or_measured_is_unknown_and_never_broken() -> None:
    silent = promise("S1", "sales", "Speed", "first_touch_in_time", UNMEASURED,
                     note="the log holds no event attempted or connected")  # fmt: skip
    held = found(of(silent))
    assert {one.state for one in held.links} == {LinkState.UNKNOWN}
    said = {one.name: one.sentence for one in held.links}
    assert said["speed"] == "Speed is not measured: the log holds no event attempted or connected."
    assert said["volume"] == "Volume: nothing is promised."
    assert held.sentence == "No link could be measured yet."
    assert all(one.figure is None for one in held.links)


def test_small_numbers_are_flagged_and_large_ones_are_not() -> None:
    few = link(of(share("acceptance_rate", BROKEN, 4, 9)), "quality")
    assert few.small
    assert few.sentence == "Quality: 44.4% accepted of the 90% promised; only 9 cases, so an anecdote."
    assert not link(of(share("acceptance_rate", BROKEN, 4, 10)), "quality").small
    assert link(of(won(1, 9)), "win rate").small


def test_wilson_is_the_published_interval() -> None:
    assert [round(bound, 3) for bound in wilson(8, 100)] == [0.041, 0.150]
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0


def test_a_win_rate_is_broken_only_where_its_interval_excludes_the_target() -> None:
    """20 of 100 where 25 % was promised: 13.3 % to 28.9 % holds 25 %, so chance alone may explain it."""
    risky = link(of(won(20, 100)), "win rate")
    assert risky.state is LinkState.AT_RISK
    assert risky.low == pytest.approx(0.1334, abs=1e-4)
    assert risky.high == pytest.approx(0.2888, abs=1e-4)
    assert "which chance alone may explain" in risky.sentence
    sure = link(of(won(200, 1000)), "win rate")
    assert sure.state is LinkState.BROKEN
    assert sure.sentence == (
        "Win rate: 20% (200 of 1,000 opportunities decided) of the 25% promised; "
        "its 95% interval is 17.6% to 22.6%."
    )
    assert link(of(won(25, 100)), "win rate").state is LinkState.OK


def test_quick_losses_of_young_opportunities_do_not_break_the_win_rate() -> None:
    """100 opened, 20 lost within a week, 80 open: the promise is at risk, and so is the link."""
    young = replace(share("win_rate", RISK, 0, 20, 0.23), pending=80)
    risky = link(of(young), "win rate")
    assert (risky.state, risky.low, risky.high) == (LinkState.AT_RISK, None, None)
    assert risky.sentence == (
        "Win rate: 0% (0 of 20 opportunities decided) of the 23% promised; 80 are still open, and losses are "
        "known before wins."
    )
    lost = replace(share("win_rate", BROKEN, 0, 95, 0.23), pending=5)
    assert link(of(lost), "win rate").state is LinkState.BROKEN, "even if all five are won"


def test_deals_by_the_day_of_their_close_never_break_what_the_plan_means_by_cohort() -> None:
    row = {"basis": "closed", "by": "all", "won": 0, "lost": 100}
    scored = of(measures={"outcomes": measure("outcomes", "Outcomes", [row])})
    terms = agreement(lead_types={"form": {"lead_to_opportunity": "10%", "opportunity_to_customer": "23%"}})
    win = found(scored, terms).links[-1]
    assert (win.state, win.low, win.high) == (LinkState.AT_RISK, None, None)
    assert win.sentence.endswith("by the day of the close, a quick look that is not the rate of the plan.")


def test_without_a_promise_the_plan_is_asked_and_mature_cohorts_answer() -> None:
    row = {"from_stage": "opportunity", "to_stage": "customer", "lead_type": None, "mature_reached": 60,
           "mature_entered": 400}  # fmt: skip
    one_type = agreement(
        lead_types={
            "form": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
        }
    )
    scored = of(measures={"conversion_estimate": measure("conversion_estimate", "Estimate", [row])})
    win = found(scored, one_type).links[-1]
    assert (win.state, win.figure, win.target) == (LinkState.BROKEN, 0.15, 0.23)
    assert "(60 of 400 opportunities of mature months) of the 23% planned" in win.sentence
    assert (win.promise, win.behind, win.basis) == ("", MATURE, "60 of 400 opportunities of mature months")


def test_without_cohorts_the_deals_closed_in_the_period_answer() -> None:
    row = {"basis": "closed", "by": "all", "won": 23, "lost": 77}
    scored = of(measures={"outcomes": measure("outcomes", "Outcomes", [row])})
    terms = agreement(lead_types={"form": {"lead_to_opportunity": "10%", "opportunity_to_customer": "23%"}})
    win = found(scored, terms).links[-1]
    assert (win.state, win.numerator, win.denominator) == (LinkState.OK, 23, 100)
    nothing = of(
        measures={
            "outcomes": measure(
                "outcomes", "Outcomes", [{"basis": "closed", "by": "all", "won": 0, "lost": 0}]
            )
        }
    )
    assert found(nothing, terms).links[-1].sentence == "Win rate: no deal was decided yet."


def test_the_planned_win_rate_weighs_lead_types_by_their_opportunities() -> None:
    rates = {"mql_to_sql": "50%", "sql_to_opportunity": "50%"}
    mixed = agreement(
        lead_types={
            "form": {**rates, "mix": "50%", "opportunity_to_customer": "20%"},
            "call": {**rates, "mix": "50%", "opportunity_to_customer": "30%"},
        }
    )
    # half of the customers each: 1/2 ÷ 0.2 + 1/2 ÷ 0.3 = 25/6 opportunities a customer
    assert planned_win_rate(plan(mixed)) == Fraction(6, 25)
    assert planned_win_rate(plan(mixed)) != Fraction(25, 100), "no mean of the two rates"
    assert planned_win_rate(plan(agreement())) is None, "alternatives of unlike rates: nobody chose"


def test_a_figure_of_the_chain_is_rounded_as_everywhere_else() -> None:
    assert percent(0.80159) == "80.2%"  # cut, it would be 80.1 % beside the page's own 80.2 %
    assert (percent(0.9), percent(None)) == ("90%", "unknown")
