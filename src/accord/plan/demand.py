"""What a plan says, as frozen values: per stream and lead type, how many leads and what one is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TypeVar

from accord.agreement.terms import Interval
from accord.plan.chain import ChainStep
from accord.plan.rounding import up

OPPORTUNITY = (
    "opportunity"  # the stage at which a pursuit has a price, so that a pipeline can be summed (F17)
)
Number = TypeVar("Number", int, Fraction)


class Split(StrEnum):
    ONE = "one"  # one lead type carries the stream
    MIX = "mix"  # each lead type carries its share of the stream's customers
    ALTERNATIVES = (
        "alternatives"  # each lead type could carry the whole stream; nothing says which does (S4.23)
    )
    NOBODY = "nobody"  # the stream asks nothing of marketing, and no lead type names it


@dataclass(frozen=True)
class LeadDemand:
    """What one lead type must bring for one stream, per interval. Money is in the agreement's currency."""

    stream: str
    lead_type: str
    label: str
    mix: Fraction | None  # its share of the stream's customers; None where nothing is shared out
    deal_value: Fraction | None  # None only where the goal counts customers
    revenue: Fraction | None  # marketing-sourced revenue that it carries; None without a deal value
    steps: tuple[ChainStep, ...]  # from the customer up to the entry stage
    handoff_stage: str  # at which marketing delivers
    alone: int  # leads, stepwise, if this type carried the whole stream

    def step(self, stage: str) -> ChainStep | None:
        """The step of a stage; None if the chain does not pass it."""
        return next((step for step in self.steps if step.stage == stage), None)

    @cached_property
    def handoff(self) -> ChainStep:
        """The step whose count marketing must deliver."""
        return next(step for step in self.steps if step.stage == self.handoff_stage)

    @property
    def entry(self) -> ChainStep:
        """The first stage that has a rate: where the chain starts, seen from the prospect."""
        return self.steps[-1]

    @property
    def customers(self) -> int:
        return self.steps[0].stepwise

    @property
    def leads(self) -> int:
        """Leads that marketing must deliver, rounded up at each stage (R1)."""
        return self.handoff.stepwise

    @property
    def leads_exact(self) -> Fraction:
        return self.handoff.exact

    @property
    def leads_fewest(self) -> int:
        """The fewest leads that reach the goal by expectation: the exact figure rounded up (F3: 3,899)."""
        return up(self.leads_exact)

    @cached_property
    def conversion(self) -> Fraction:
        """Share of delivered leads that become customers: the product of the rates from the hand-off on."""
        return self._rate_from(self.handoff_stage)

    @property
    def win_rate(self) -> Fraction | None:
        """Share of opportunities that become customers; None if the chain does not pass that stage."""
        return self._rate_from(OPPORTUNITY) if self.step(OPPORTUNITY) else None

    @property
    def value_by_quota(self) -> Fraction | None:
        """Carried revenue ÷ stepwise leads, unrounded (S4.20); None without revenue or without leads."""
        return self.revenue / self.leads if self.revenue is not None and self.leads else None

    @property
    def value_expected(self) -> Fraction | None:
        """Conversion × deal value, unrounded (DOMAIN 5.6); differs from the above only by rounding up."""
        return self.expected_revenue(1)

    def expected_revenue(self, leads: int) -> Fraction | None:
        """What so many delivered leads bring by expectation; None without a deal value."""
        return None if self.deal_value is None else leads * self.conversion * self.deal_value

    @property
    def pipeline_needed(self) -> Fraction | None:
        """Open pipeline that the carried revenue needs: revenue ÷ win rate, unrounded (F17)."""
        return self.revenue / self.win_rate if self.revenue is not None and self.win_rate else None

    @property
    def pipeline_stepwise(self) -> Fraction | None:
        """The same pipeline by whole deals: stepwise opportunities at the deal value (F17: 2,174,000)."""
        step = self.step(OPPORTUNITY)
        return step.stepwise * self.deal_value if step and self.deal_value is not None else None

    def _rate_from(self, stage: str) -> Fraction:
        at = next(index for index, step in enumerate(self.steps) if step.stage == stage)
        return prod(
            (step.rate for step in self.steps[1 : at + 1] if step.rate is not None), start=Fraction(1)
        )


@dataclass(frozen=True)
class StreamPlan:
    """One revenue stream: what it is asked for, and the lead types that can bring it."""

    name: str
    share: Fraction
    from_marketing: Fraction
    deal_value: Fraction | None  # what one customer brings; blended where types of a mix differ
    new_revenue: Fraction | None  # share × (goal − retention); None where the goal counts customers
    marketing_revenue: Fraction | None  # × from_marketing; None where no deal value is known
    customers_exact: Fraction | None  # that marketing must bring; None for alternatives of unlike deal value
    split: Split
    demands: tuple[LeadDemand, ...]

    @property
    def customers(self) -> int | None:
        return None if self.customers_exact is None else up(self.customers_exact)

    @property
    def leads(self) -> int | None:
        """Leads of all types together; None among alternatives, whose sum would mean nothing (S4.23)."""
        return None if self.split is Split.ALTERNATIVES else sum(demand.leads for demand in self.demands)


@dataclass(frozen=True)
class Plan:
    """The plan of one interval of an agreement."""

    name: str
    currency: str
    interval: Interval
    goal_revenue: Fraction | None
    goal_customers: int | None
    retention_share: Fraction
    streams: tuple[StreamPlan, ...]
    assumptions: tuple[str, ...]

    @property
    def retention(self) -> Fraction:
        """The part of the goal that existing customers bring, in the goal's unit; asks for no leads (F10)."""
        return self.retention_share * self._goal

    @property
    def new_business(self) -> Fraction:
        """The rest of the goal, in the goal's unit."""
        return self._goal - self.retention

    @property
    def marketing_revenue(self) -> Fraction | None:
        """Marketing-sourced revenue of all streams; None where one of them has none to state."""
        return sum_known([stream.marketing_revenue for stream in self.streams])

    @property
    def leads(self) -> int | None:
        """Leads of all streams; None while one of them only lists alternatives."""
        return sum_known([stream.leads for stream in self.streams])

    def demands(self, *, stream: str | None = None, lead_type: str | None = None) -> tuple[LeadDemand, ...]:
        """Every demand, or those of one stream, of one lead type, or both; empty if there is none."""
        return tuple(
            demand
            for each in self.streams
            if stream in (None, each.name)
            for demand in each.demands
            if lead_type in (None, demand.lead_type)
        )

    @property
    def _goal(self) -> Fraction:
        return self.goal_revenue if self.goal_revenue is not None else Fraction(self.goal_customers or 0)


def sum_known(values: Sequence[Number | None]) -> Number | None:
    """The sum, or None if one of them is unknown or there is none at all."""
    known = [value for value in values if value is not None]
    return sum(known[1:], start=known[0]) if known and len(known) == len(values) else None
