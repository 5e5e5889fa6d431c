"""What a promise asks for, in numbers: per interval, and for the days of any period (DOMAIN 5.4)."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from accord.agreement.clauses.quantities import parse_money
from accord.agreement.terms import Agreement, Goal, Promise
from accord.errors import PlanImpossible
from accord.plan.demand import Plan, Split, sum_known
from accord.plan.funnel import plan as work_back
from accord.plan.periods import WorkingDays, goal_line


def promise_target(agreement: Agreement, promise: Promise, plan: Plan | None = None) -> Fraction | None:
    """What one interval owes by this promise, as a count or an amount; None for a share such as 95 %.

    A `target` that is written out counts as it is. From the plan: `accepted_leads` and `delivered_leads`
    are the stepwise leads, `lead_value` and `revenue` the marketing-sourced revenue; from the goal: `revenue`
    with what existing customers and sales' own leads bring. Each is narrowed to the promise's stream and
    lead type. None where the plan cannot tell: several alternatives without a mix (a promise that names one
    of them has chosen), or a measure that is no amount. `plan` saves working it out. PlanImpossible for a
    target that is no number.
    """
    if promise.target is not None:
        return _written(promise)
    if promise.source is None:
        return None
    if promise.measure == "revenue" and promise.source == "goal":
        return _revenue(agreement.goal, promise)  # needs no plan, and so no rates
    reading = _READINGS.get(promise.measure)
    return None if reading is None else reading(plan or work_back(agreement), promise)


def target_for(
    agreement: Agreement,
    promise: Promise,
    from_on: date,
    to_on: date,
    *,
    plan: Plan | None = None,
    calendar: WorkingDays | None = None,
) -> Fraction | None:
    """What the days of a period owe by this promise: for each interval, target × days covered ÷ its days.

    Days as the agreement's goal line counts them; days outside the term owe nothing. None where
    `promise_target` is None, and for a period wholly outside the term.
    """
    target = promise_target(agreement, promise, plan)
    line = None if target is None else goal_line(agreement, target, from_on, to_on, calendar=calendar)
    return None if line is None else line.goal


def _written(promise: Promise) -> Fraction | None:
    text = promise.target or ""
    if text.strip().endswith("%"):
        return None
    try:
        return Fraction(parse_money(text))
    except ValueError as error:
        raise PlanImpossible(f"promises.{promise.id}: {error}") from None


def _leads(plan: Plan, promise: Promise) -> Fraction | None:
    found = plan.demands(stream=promise.stream, lead_type=promise.lead_type)
    undecided = any(
        stream.split is Split.ALTERNATIVES and _in(promise, stream.name) for stream in plan.streams
    )
    if not found or (undecided and promise.lead_type is None):
        return None
    return Fraction(sum(demand.leads for demand in found))


def _lead_value(plan: Plan, promise: Promise) -> Fraction | None:
    if promise.lead_type is not None:
        return sum_known(
            [d.revenue for d in plan.demands(stream=promise.stream, lead_type=promise.lead_type)]
        )
    return sum_known([stream.marketing_revenue for stream in plan.streams if _in(promise, stream.name)])


def _revenue(goal: Goal, promise: Promise) -> Fraction | None:
    """The whole goal, or what new business of one stream brings to it; a lead type has no revenue goal."""
    if goal.revenue is None or promise.lead_type is not None:
        return None
    if promise.stream is None:
        return Fraction(goal.revenue)
    stream = goal.streams.get(promise.stream)
    return None if stream is None else Fraction(goal.revenue) * (1 - goal.retention_share) * stream.share


def _in(promise: Promise, stream: str) -> bool:
    return promise.stream in (None, stream)


_READINGS: dict[str, Callable[[Plan, Promise], Fraction | None]] = {
    "accepted_leads": _leads,
    "delivered_leads": _leads,
    "lead_value": _lead_value,
    "revenue": _lead_value,
}
