"""How sure the rates of a plan are: what each was counted on, from the agreement or history (F9, F16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible, nearest
from accord.plan.chain import ChainStep
from accord.plan.demand import LeadDemand
from accord.plan.odds.beta import Beta, Prior, product_moment

Cell = tuple[str, str]  # stream, lead type
History = Mapping[Cell, Mapping[str, tuple[int, int]]]  # rate → (converted, entered), of mature cohorts
FEW_WINS = 30  # a rate that rests on fewer conversions is pointed out (DOMAIN 5.3)


@dataclass(frozen=True)
class RateEvidence:
    """One rate of a plan with what is known of it. `entered` is None where nothing was counted."""

    stream: str
    lead_type: str
    name: str  # such as mql_to_sql
    planned: Fraction  # the agreement's rate, on which the demand rests
    converted: Fraction | None  # a fraction only where a rounded rate of a count was given
    entered: int | None
    belief: Beta | None  # None: the planned rate is taken as certain

    @property
    def mean(self) -> float:
        return float(self.planned) if self.belief is None else self.belief.mean

    @property
    def low(self) -> float:
        """The rate that is missed with one chance in ten."""
        return float(self.planned) if self.belief is None else float(self.belief.quantile(0.1))

    @property
    def high(self) -> float:
        """The rate that is beaten with one chance in ten."""
        return float(self.planned) if self.belief is None else float(self.belief.quantile(0.9))

    @property
    def thin(self) -> bool:
        """Whether it rests on fewer than 30 conversions."""
        return self.converted is not None and self.converted < FEW_WINS


@dataclass(frozen=True)
class Yield:
    """The share of delivered leads of one type that become customers, as the product of its rates."""

    demand: LeadDemand
    rates: tuple[RateEvidence, ...]

    @property
    def fixed(self) -> float:
        """The product of the rates that are taken as certain."""
        return prod(float(rate.planned) for rate in self.rates if rate.belief is None)

    @property
    def beliefs(self) -> tuple[Beta, ...]:
        return tuple(rate.belief for rate in self.rates if rate.belief is not None)

    def moment(self, order: int) -> float:
        """The mean of the yield to a power, in closed form."""
        return product_moment(self.beliefs, order, self.fixed)


def yield_of(agreement: Agreement, demand: LeadDemand, history: History, prior: Prior) -> Yield:
    """The rates of a demand from the hand-off down; history counts before what the agreement says."""
    funnel = agreement.lead_types[demand.lead_type].streams[demand.stream]
    seen = history.get((demand.stream, demand.lead_type), {})
    handed = next(at for at, step in enumerate(demand.steps) if step.stage == demand.handoff_stage)
    rates = tuple(
        _rate(demand, step, funnel.evidence, seen, prior)
        for step in reversed(demand.steps[1 : handed + 1])
        if step.rate is not None
    )
    return Yield(demand, rates)


def _rate(
    demand: LeadDemand,
    step: ChainStep,
    evidence: Mapping[str, int],
    seen: Mapping[str, tuple[int, int]],
    prior: Prior,
) -> RateEvidence:
    name, planned = f"{step.stage}_to_{step.onward}", step.rate or Fraction(0)
    converted: Fraction | None = None
    entered = evidence.get(name)
    if entered is not None:
        converted = planned * entered
    if name in seen:
        converted, entered = Fraction(seen[name][0]), seen[name][1]
        if not 0 <= converted <= entered or not entered:
            raise PlanImpossible(
                f"history of {demand.stream}.{demand.lead_type}.{name}: {converted} of {entered} is no "
                "share; count those who went on among all who came"
            )
    belief = None
    if converted is not None and entered is not None:
        belief = Beta.after(float(converted), entered, prior)
    return RateEvidence(demand.stream, demand.lead_type, name, planned, converted, entered, belief)


def check_history(history: History, yields: list[Yield]) -> None:
    """PlanImpossible for counts of a rate that the plan does not use: they would be ignored in silence."""
    used = {(y.demand.stream, y.demand.lead_type): {rate.name for rate in y.rates} for y in yields}
    for cell, counts in history.items():
        if cell not in used:
            known = [".".join(each) for each in used]
            raise PlanImpossible(f"history: the plan has no {'.'.join(cell)}{nearest('.'.join(cell), known)}")
        for name in counts:
            if name not in used[cell]:
                raise PlanImpossible(
                    f"history of {'.'.join(cell)}: the plan uses no rate {name}{nearest(name, used[cell])}"
                )
