"""What a plan over months means for its certainty: which leads decide in which month, and for what goal."""

from collections import defaultdict
from fractions import Fraction

from accord.plan.demand import Plan
from accord.plan.months.lag import LagLine, LagPlan
from accord.plan.odds.evidence import Cell


def deciding(lag: LagPlan, plan: Plan) -> tuple[list[dict[Cell, Fraction]], list[Fraction | None]]:
    """For each month of a lag plan, the leads that decide in it, and what they must bring; both for
    `certainty(…, months=…, month_goals=…)`.

    Leads decide where they close: leads × share of the profile. What earlier leads are expected to win is
    taken off the goal as certain. A month's goal is in the plan's unit, None where nothing is left to bring,
    or where lead types are alternatives.
    """
    months: list[dict[Cell, Fraction]] = [defaultdict(Fraction) for _ in lag.months]
    goals = [Fraction(0) for _ in lag.months]
    shared = all(line.lead_type is None for line in lag.lines)
    for line in lag.lines:
        worth = _worth(line, plan)
        for at, month in enumerate(line.months):
            goals[at] += max(month.goal - month.from_pipeline, Fraction(0)) * worth
            for later, share in enumerate(line.profile[: len(months) - at]):
                for delivery in month.deliveries:
                    months[at + later][line.stream, delivery.lead_type] += delivery.exact * share
    return [dict(month) for month in months], [goal if goal and shared else None for goal in goals]


def _worth(line: LagLine, plan: Plan) -> Fraction:
    """What one customer of the line counts towards the goal."""
    if plan.goal_revenue is None:
        return Fraction(1)
    stream = next(stream for stream in plan.streams if stream.name == line.stream)
    return stream.deal_value or Fraction(0)
