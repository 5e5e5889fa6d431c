"""What the agreement says about deals, as rows beside the log: quota, worth, cycle, win rate by stream."""

from collections.abc import Iterator
from fractions import Fraction

from accord.agreement.terms import Agreement, Stream
from accord.errors import PlanImpossible
from accord.lead.outcomes import NO_DECISION
from accord.plan.coverage import planned_win_rate
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.months.cycle import months_of

Rows = list[tuple[object, ...]]
DEALS_DDL = {
    "term_deal": "stream VARCHAR, quota DOUBLE, deal_value DECIMAL(38, 9), cycle_days DOUBLE, "
    "win_rate DOUBLE",
    "term_no_decision": "reason VARCHAR",
    "term_attribution": "reading VARCHAR",
}
_DAYS_A_MONTH = Fraction(487, 16)  # 365.25 ÷ 12, as where the plan counts cycles in months


def deal_rows(agreement: Agreement) -> dict[str, Rows]:
    """The rows of each table of DEALS_DDL."""
    return {
        "term_deal": list(_deals(agreement)),
        "term_no_decision": [(reason,) for reason in sorted(NO_DECISION)],
        "term_attribution": [(agreement.attribution,)],
    }


def _deals(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """One row for everything, whose stream is NULL, and one for each stream where there are several.

    `quota` is the new revenue of one interval, without what existing customers are to bring (S4.10). Worth
    and length of all deals together are known only where there is one stream.
    """
    try:
        plan = work_back(agreement)
    except PlanImpossible:
        plan = None
    streams = agreement.goal.streams
    only = next(iter(streams.values())) if len(streams) == 1 else None
    yield (None, *_quota(agreement, Fraction(1)), *_usual(only), _rate(plan))
    if only is None:
        for name, stream in streams.items():
            yield (name, *_quota(agreement, stream.share), *_usual(stream), _rate(plan, name))


def _quota(agreement: Agreement, share: Fraction) -> tuple[float | None]:
    goal = agreement.goal
    if goal.revenue is None:
        return (None,)
    return (float(Fraction(goal.revenue) * (1 - goal.retention_share) * share),)


def _usual(stream: Stream | None) -> tuple[float | None, float | None]:
    """What one deal brings, and how long it usually takes in days."""
    if stream is None:
        return None, None
    worth = None if stream.deal_value is None else float(stream.deal_value)
    try:
        return worth, float(months_of(stream.cycle) * _DAYS_A_MONTH)
    except PlanImpossible:
        return worth, None


def _rate(plan: Plan | None, stream: str | None = None) -> float | None:
    rate = planned_win_rate(plan, stream) if plan else None
    return None if rate is None else float(rate)
