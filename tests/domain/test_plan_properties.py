"""What holds of any plan and any goal line, whatever the rates, the goal and the period."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plan_agreements import agreement, one_type

from accord.agreement.terms import Agreement
from accord.plan.demand import LeadDemand
from accord.plan.funnel import plan
from accord.plan.periods import goal_line, line_point
from accord.plan.rounding import decimal_text, half_up, up

moderately = settings(deadline=None, max_examples=80)

STAGES = ("visitor", "lead", "mql", "sal", "sql", "opportunity", "proposal")
PERCENTS = st.integers(1, 10_000).map(lambda hundredths: f"{hundredths / 100:.2f}%")


@st.composite
def chains(draw: st.DrawFn) -> dict[str, str]:
    """Rates of an unbroken chain through any of the stages, in any order of writing."""
    passed = [*sorted(draw(st.sets(st.sampled_from(STAGES), min_size=1)), key=STAGES.index), "customer"]
    rates = {f"{above}_to_{below}": draw(PERCENTS) for above, below in pairwise(passed)}
    return dict(draw(st.permutations(list(rates.items()))))


@st.composite
def goals(draw: st.DrawFn) -> dict[str, object]:
    return {
        "revenue": str(draw(st.integers(1, 10**8))),
        "deal_value": str(draw(st.decimals("0.01", "100000", places=2))),
        "from_marketing": f"{draw(st.integers(1, 100))}%",
        "retention_share": f"{draw(st.integers(0, 99))}%",
    }


def demand_of(terms: Agreement) -> LeadDemand:
    return plan(terms).demands()[0]


@moderately
@given(chains(), goals())
def test_stepwise_counts_are_never_below_the_exact_ones(
    rates: dict[str, str], goal: dict[str, object]
) -> None:
    for step in demand_of(one_type(rates, goal)).steps:
        assert step.exact <= step.quotient <= step.stepwise < step.quotient + 1


@moderately
@given(chains(), goals())
def test_the_leads_asked_for_bring_the_customers_and_the_revenue(
    rates: dict[str, str], goal: dict[str, object]
) -> None:
    demand = demand_of(one_type(rates, goal))
    assert demand.leads * demand.conversion >= demand.customers
    assert demand.revenue is not None
    for enough in (demand.leads, demand.leads_fewest):
        assert (demand.expected_revenue(enough) or 0) >= demand.revenue
    assert (demand.expected_revenue(demand.leads_fewest - 1) or 0) < demand.revenue
    assert demand.leads_fewest <= demand.leads


@moderately
@given(chains(), st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_greater_goal_never_needs_fewer_leads(rates: dict[str, str], one: int, more: int) -> None:
    low, high = (
        demand_of(one_type(rates, {"revenue": goal, "deal_value": 999})) for goal in (one, one + more)
    )
    for below, above in zip(low.steps, high.steps, strict=True):
        assert below.stepwise <= above.stepwise
        assert below.exact < above.exact


@moderately
@given(chains(), chains(), st.integers(0, 100), st.integers(1, 10**6))
def test_the_parts_of_a_mix_are_never_short_of_the_whole(
    one: dict[str, str], other: dict[str, str], mix: int, revenue: int
) -> None:
    types = {"a": {"mix": f"{mix}%", **one}, "b": {"mix": f"{100 - mix}%", **other}}
    worked = plan(agreement({"revenue": revenue, "deal_value": 777}, types))
    (stream,) = worked.streams
    assert sum((demand.mix or Fraction(0) for demand in stream.demands), Fraction(0)) == 1
    assert sum(demand.steps[0].exact for demand in stream.demands) == stream.customers_exact
    assert sum(demand.revenue or Fraction(0) for demand in stream.demands) == revenue
    assert sum(demand.customers for demand in stream.demands) >= (stream.customers or 0)
    assert worked.leads == sum(demand.leads for demand in stream.demands)
    assert all(demand.leads <= demand.alone for demand in stream.demands)


@moderately
@given(st.integers(0, 10**9), st.integers(1, 400), st.data())
def test_a_goal_line_ends_at_the_goal_and_adds_up(goal: int, n: int, data: st.DataObject) -> None:
    j = data.draw(st.integers(0, n))
    k = data.draw(st.integers(0, n - j))
    assert line_point(goal, 0, n) == 0
    assert line_point(goal, n, n) == goal
    assert line_point(goal, j, n) + line_point(goal, k, n) == line_point(goal, j + k, n)


DAYS = st.dates(date(2025, 12, 1), date(2027, 2, 28))


class SixDays:
    def is_working_day(self, on: date) -> bool:
        return on.weekday() != 4


@moderately
@given(
    st.lists(DAYS, min_size=3, max_size=3).map(sorted),
    st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from(["calendar days", "working days"]),
    st.integers(1, 10**6),
)
def test_two_neighbouring_periods_owe_what_both_together_owe(
    days: list[date], interval: str, kind: str, goal: int
) -> None:
    first, cut, last = days
    assume(cut < last)
    terms = one_type(
        {"lead_to_customer": "2%"}, term={"start": "2026-01-15", "interval": interval}, goal_line=kind
    )

    def owed(from_on: date, to_on: date) -> Fraction:
        drawn = goal_line(terms, goal, from_on, to_on, calendar=SixDays())
        return drawn.goal if drawn else Fraction(0)

    assert owed(first, cut) + owed(cut + timedelta(days=1), last) == owed(first, last)
    whole = goal_line(terms, goal, first, last, calendar=SixDays())
    if whole and whole.days[0] <= cut:
        assert whole.at(cut) == owed(first, cut)
        assert list(whole.values) == sorted(whole.values)


@moderately
@given(st.fractions(), st.integers(0, 8))
def test_rounding_half_up_is_at_most_half_a_unit_off(value: Fraction, places: int) -> None:
    unit = Fraction(1, 10**places)
    rounded = Fraction(half_up(value, places))
    assert abs(rounded - value) <= unit / 2
    assert rounded == -Fraction(half_up(-value, places))
    assert Fraction(decimal_text(value, places)) == rounded


@moderately
@given(st.fractions(min_value=0))
def test_rounding_up_gives_the_least_whole_number_that_suffices(value: Fraction) -> None:
    assert up(value) - 1 < value <= up(value)
