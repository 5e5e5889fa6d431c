"""What a lead is worth, and goals in value instead of volume (S0.23, S0.24, S4.20 to S4.24, DOMAIN 5.6).

The value of a cell is the share of its leads that becomes a customer × what one customer brings (Roberge), or
the price that the agreement lists. It is frozen at hand-off and never rounded; only what is shown is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import prod

from accord.agreement.terms import Agreement
from accord.errors import NotFound, PlanImpossible, nearest
from accord.plan.demand import LeadDemand, Plan
from accord.plan.funnel import plan as work_back
from accord.plan.rounding import Exact, decimal_text, exact, half_up, up


class Price(StrEnum):
    EXPECTED = "expected"  # conversion × deal value, unrounded: 128.248
    BY_QUOTA = "by quota"  # carried revenue ÷ stepwise leads, unrounded: 128.205… (S4.20)
    ROUNDED = "rounded"  # conversion × deal value, rounded half up to the unit: 128, as the article sums


def implied_value(rate: Exact, price: Exact) -> Fraction:
    """What one lead of a cell is worth: 5 % of 80,000 is 4,000 (F7). PlanImpossible beyond 0 to 100 %."""
    share = exact(rate)
    if not 0 <= share <= 1:
        raise PlanImpossible(f"rate {share}: a share of leads lies between 0% and 100%")
    return share * exact(price)


def leads_for(goal: Exact, value: Exact) -> int:
    """Leads of one value that reach a goal in value, rounded up: 12,000,000 ÷ 4,000 is 3,000 (F7)."""
    if exact(value) <= 0:
        raise PlanImpossible(
            "a lead worth nothing reaches no goal; give it a price, or a rate and a deal value"
        )
    return up(exact(goal) / exact(value))


def worth(counts: Mapping[str, Exact], prices: Mapping[str, Exact]) -> Fraction:
    """Σ count × price: 40 × 100 + 60 × 50 + 50 × 40 = 9,000 (F6). NotFound for a count without a price."""
    if missing := sorted(counts.keys() - prices.keys()):
        raise NotFound(missing[0], prices)
    return sum((exact(count) * exact(prices[key]) for key, count in counts.items()), Fraction(0))


@dataclass(frozen=True)
class Cell:
    """A lead of one type and stream that stands at one stage. Money is in the agreement's currency."""

    stream: str
    lead_type: str
    stage: str
    rate: Fraction  # share of those at the stage that become customers
    deal_value: Fraction | None
    handoff: bool  # whether marketing delivers at this stage

    @property
    def value(self) -> Fraction | None:
        """Rate × deal value, unrounded; None where the agreement states no deal value."""
        return None if self.deal_value is None else implied_value(self.rate, self.deal_value)


def cells(plan: Plan) -> tuple[Cell, ...]:
    """What a lead is worth at each stage that it passes, from the first stage down to the customer."""
    return tuple(
        Cell(
            stream=demand.stream,
            lead_type=demand.lead_type,
            stage=step.stage,
            rate=prod((below.rate for below in demand.steps[1 : at + 1] if below.rate), start=Fraction(1)),
            deal_value=demand.deal_value,
            handoff=step.stage == demand.handoff_stage,
        )
        for demand in plan.demands()
        for at, step in reversed(list(enumerate(demand.steps)))
    )


@dataclass(frozen=True)
class LeadValue:
    """The value that a lead takes along when it is handed off, and the sentence that says why."""

    amount: Fraction
    because: str


def lead_value(
    agreement: Agreement,
    lead_type: str,
    stream: str | None = None,
    persona: str | None = None,
    segment: str | None = None,
    *,
    plan: Plan | None = None,
) -> Fraction | None:
    """What a lead is worth at its hand-off, unrounded: by the price list, else conversion × deal value (5.6).

    None where the agreement cannot tell, which is not 0: a persona without a price, a lead type without rates
    in that stream, several streams and none named, no deal value. `plan` saves working it out.
    """
    found = value_at_handoff(agreement, lead_type, stream, persona, segment, plan=plan)
    return None if found is None else found.amount


def value_at_handoff(
    agreement: Agreement,
    lead_type: str,
    stream: str | None = None,
    persona: str | None = None,
    segment: str | None = None,
    *,
    plan: Plan | None = None,
) -> LeadValue | None:
    """As `lead_value`, with the reason in words."""
    by, prices = agreement.value.by, agreement.value.prices
    if by != "conversion":
        key = {"persona": persona, "segment": segment, "lead_type": lead_type}[by]
        if key is None or key not in prices:
            return None
        return LeadValue(Fraction(prices[key]), f"the price list by {by.replace('_', ' ')} says so for {key}")
    try:
        demands = (plan or work_back(agreement)).demands(stream=stream, lead_type=lead_type)
    except PlanImpossible:
        return None
    if len(demands) != 1 or demands[0].value_expected is None:
        return None
    return LeadValue(demands[0].value_expected, _conversion_words(demands[0]))


def _conversion_words(demand: LeadDemand) -> str:
    return (
        f"of 100 delivered {demand.label} leads {decimal_text(demand.conversion * 100, 3)} become customers, "
        f"and one brings {half_up(demand.deal_value or Fraction(0), 2):,f}"
    )


@dataclass(frozen=True)
class Delivered:
    """Leads of one type and stream that were delivered, at the price that the sum uses."""

    stream: str
    lead_type: str
    leads: int
    price: Fraction

    @property
    def amount(self) -> Fraction:
        return self.leads * self.price


@dataclass(frozen=True)
class MixedDelivery:
    """What a mixed delivery amounts to against the goal, and which price was used (S4.24, F5)."""

    parts: tuple[Delivered, ...]
    goal: Fraction | None
    price: Price
    currency: str

    @property
    def total(self) -> Fraction:
        return sum((part.amount for part in self.parts), Fraction(0))

    @property
    def of_goal(self) -> Fraction | None:
        """Total ÷ goal; None without a goal."""
        return self.total / self.goal if self.goal else None

    def __str__(self) -> str:
        sums = " + ".join(f"{part.leads:,} {part.lead_type} × {_shown(part.price)}" for part in self.parts)
        said = f"{sums} = {_shown(self.total)} {self.currency}"
        if self.of_goal is not None and self.goal is not None:
            said += f", {half_up(self.of_goal * 100, 2)}% of {_shown(self.goal)}"
        return f"{said} ({_PRICE_WORDS[self.price]})"


_PRICE_WORDS = {
    Price.EXPECTED: "prices unrounded: rates × deal value",
    Price.BY_QUOTA: "prices unrounded: carried revenue ÷ leads needed",
    Price.ROUNDED: "prices rounded to the unit, as they are shown",
}


def mixed_delivery(
    plan: Plan, leads: Mapping[str, int], *, price: Price = Price.EXPECTED, stream: str | None = None
) -> MixedDelivery:
    """What so many leads of each type are worth against marketing's revenue goal (S4.24).

    `leads` by lead type; `stream` is needed where a type has rates in several. NotFound for an unknown type;
    PlanImpossible for a type in several streams, or without a value.
    """
    parts = []
    for lead_type, count in leads.items():
        demand = _the_demand(plan, lead_type, stream)
        amount = price_of(demand, price)
        if amount is None:
            raise PlanImpossible(
                f"lead_types.{lead_type}: no deal value, so that its leads have no price; add it"
            )
        parts.append(Delivered(demand.stream, lead_type, count, amount))
    goals = [each.marketing_revenue for each in plan.streams if stream in (None, each.name)]
    known = [goal for goal in goals if goal is not None]
    return MixedDelivery(
        tuple(parts), sum(known, Fraction(0)) if len(known) == len(goals) else None, price, plan.currency
    )


def price_of(demand: LeadDemand, price: Price) -> Fraction | None:
    """The price of one lead in one of three readings; None without a deal value."""
    if price is Price.BY_QUOTA:
        return demand.value_by_quota
    value = demand.value_expected
    return value if value is None or price is Price.EXPECTED else Fraction(half_up(value))


def _the_demand(plan: Plan, lead_type: str, stream: str | None) -> LeadDemand:
    found = plan.demands(stream=stream, lead_type=lead_type)
    if not found:
        raise NotFound(lead_type, {demand.lead_type for demand in plan.demands(stream=stream)})
    if len(found) > 1:
        streams = {demand.stream for demand in found}
        raise PlanImpossible(f"{lead_type} has rates in several streams; name one{nearest('', streams)}")
    return found[0]


def _shown(amount: Fraction) -> str:
    return f"{half_up(amount, 0 if amount.denominator == 1 else 2):,f}"
