"""How much open pipeline a quota needs: 1 ÷ win rate, not a rule of thumb (F17, DOMAIN 5.10)."""

from dataclasses import dataclass
from fractions import Fraction

from accord.errors import PlanImpossible
from accord.plan.demand import OPPORTUNITY, Plan, Split
from accord.plan.rounding import Exact, exact


def needed_coverage(win_rate: Exact) -> Fraction:
    """Pipeline needed for one unit of quota: 1 ÷ 23 % = 4.35. PlanImpossible unless 0 < win rate ≤ 1."""
    rate = exact(win_rate)
    if not 0 < rate <= 1:
        raise PlanImpossible(
            f"win rate {rate}: it lies above 0% and up to 100%; write the share of opportunities won"
        )
    return 1 / rate


@dataclass(frozen=True)
class Coverage:
    """Open pipeline due in a period against what is left of its quota; money in one currency."""

    open_pipeline: Fraction
    quota_left: Fraction
    win_rate: Fraction

    @property
    def needed(self) -> Fraction:
        """Pipeline that would cover the quota left, unrounded: 500,000 ÷ 23 % = 2,173,913.04."""
        return self.quota_left * needed_coverage(self.win_rate)

    @property
    def ratio(self) -> Fraction | None:
        """Open pipeline ÷ quota left; None once nothing is left."""
        return self.open_pipeline / self.quota_left if self.quota_left > 0 else None

    @property
    def enough(self) -> bool:
        """Whether expected wins cover the quota left; exactly enough is enough."""
        return self.open_pipeline >= self.needed


def planned_win_rate(plan: Plan, stream: str | None = None) -> Fraction | None:
    """Share of opportunities that the plan expects to win, in one stream or over all; exact.

    Lead types of unlike rates are weighed by the opportunities that each is to bring. None where a chain
    passes no opportunities, and among alternatives that differ: nobody knows which carries the stream
    (S4.23).
    """
    demands = plan.demands(stream=stream)
    rates = {demand.win_rate for demand in demands}
    if len(rates) == 1:
        return rates.pop()
    open_choice = {each.name for each in plan.streams if each.split is Split.ALTERNATIVES}
    if None in rates or any(demand.stream in open_choice for demand in demands):
        return None
    steps = [(demand.step(OPPORTUNITY), demand.steps[0]) for demand in demands]
    opened = sum((step.exact for step, _ in steps if step), Fraction(0))
    return sum((won.exact for _, won in steps), Fraction(0)) / opened if opened else None
