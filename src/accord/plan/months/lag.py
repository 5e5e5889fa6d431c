"""Which month's leads feed which month's goal: the plan over time (S4.21, F11).

A month's leads close over several months, as the stream's closing profile says. So the plan works in cohorts:
the customers that one month's leads will ever become. A month reaches

    Σ over k of profile[k] × cohort delivered k months before   +   the wins expected from earlier leads

and the leads to deliver are the cohort divided by the rates, as in `funnel.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil

from accord.agreement.terms import Agreement
from accord.plan.chain import Link, climb
from accord.plan.changes.improvements import improved
from accord.plan.demand import LeadDemand, Plan, Split, StreamPlan
from accord.plan.funnel import plan as work_back
from accord.plan.months.cycle import add_months, closings, cohorts_for, lead_month, profile_of
from accord.plan.periods import MONTHS, goal_line
from accord.plan.rounding import Exact, exact
from accord.worktime.duration import Duration

__all__ = [
    "LagLine", "LagMonth", "LagPlan", "MonthDelivery", "Reach", "add_months", "closings", "cohorts_for",
    "lag_leads_at_once", "lag_plan", "lead_month", "leads_for_part", "profile_of",
]  # fmt: skip


class Reach(StrEnum):
    MET = "met"  # the month's goal is closed
    SHORT = "short"  # only more than full delivery would have closed it in time
    IMPOSSIBLE = "impossible"  # no lead delivered from the first month on closes that early


@dataclass(frozen=True)
class MonthDelivery:
    """Leads of one type to deliver in a month; `improved` with the improvements due by then (S4.29)."""

    lead_type: str
    leads: int  # rounded up at each stage (R1)
    exact: Fraction
    improved: int
    improved_exact: Fraction


@dataclass(frozen=True)
class LagMonth:
    """One calendar month of a line. Customers, unrounded."""

    month: date  # its first day
    goal: Fraction
    from_pipeline: Fraction  # wins expected from leads delivered before
    cohort: Fraction  # customers that this month's leads will ever become
    closing: Fraction  # won this month from the leads of the plan
    reach: Reach
    deliveries: tuple[MonthDelivery, ...]

    @property
    def reached(self) -> Fraction:
        return self.from_pipeline + self.closing

    @property
    def short(self) -> Fraction:
        """Customers missing from the goal; 0 where it is met."""
        return max(self.goal - self.reached, Fraction(0))

    @property
    def leads(self) -> int:
        return sum(delivery.leads for delivery in self.deliveries)

    @property
    def leads_improved(self) -> int:
        return sum(delivery.improved for delivery in self.deliveries)


@dataclass(frozen=True)
class LagLine:
    """One stream over the months; or one lead type of it, where the types are alternatives (S4.23)."""

    stream: str
    lead_type: str | None
    profile: tuple[Fraction, ...]
    derived: bool  # from the cycle, not from an agreed profile
    cycle: Duration
    months: tuple[LagMonth, ...]
    later: tuple[Fraction, ...]  # customers closing in each month after the last

    @property
    def cohorts(self) -> Fraction:
        """Customers that all leads of the line will ever become; what closes in and after its months."""
        return sum((month.cohort for month in self.months), Fraction(0))

    def first(self, reach: Reach) -> LagMonth | None:
        """The first month of a kind; None if there is none."""
        return next((month for month in self.months if month.reach is reach), None)

    @property
    def steady(self) -> LagMonth | None:
        """The first month from which on every goal is met; None if the last is missed."""
        after_last_miss = 0
        for at, month in enumerate(self.months):
            if month.reach is not Reach.MET:
                after_last_miss = at + 1
        return self.months[after_last_miss] if after_last_miss < len(self.months) else None


@dataclass(frozen=True)
class LagPlan:
    """The plan of an agreement over the calendar months from the first delivery to the end of its term."""

    name: str
    currency: str
    improves: bool  # whether the agreement plans improvements, so that the second line differs
    lines: tuple[LagLine, ...]

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(month.month for month in self.lines[0].months) if self.lines else ()

    def first(self, reach: Reach) -> tuple[LagLine, LagMonth] | None:
        """The earliest month of a kind in any line, with its line."""
        found = [(line, month) for line in self.lines if (month := line.first(reach))]
        return min(found, key=lambda pair: pair[1].month) if found else None

    def leads(self, month: date) -> int | None:
        """Leads of all lines in a month; None where lead types are alternatives, or outside the plan."""
        if any(line.lead_type is not None for line in self.lines):
            return None
        found = [each.leads for line in self.lines for each in line.months if each.month == month]
        return sum(found) if found else None


def lag_plan(
    agreement: Agreement,
    *,
    first_on: date | None = None,
    most: Exact | None = Fraction(1),
    plan: Plan | None = None,
) -> LagPlan:
    """Leads to deliver in each calendar month, so that its goal is met where that is possible (S4.21).

    Deliveries begin in the month of `first_on`, by default of the term's start: a standing start, on top of
    which come the wins that `pipeline` expects. A month's goal is its part of the interval's, by the goal
    line. A whole month's goal is taken to go on after the term, so that its last months still feed
    what follows.
    `most` is how many times the greatest monthly need one month may bring; None: as many as it takes. A month
    that is missed at that says whether more would have helped. PlanImpossible as `funnel.plan`.
    """
    worked = plan or work_back(agreement)
    start = _first_of(min(first_on or agreement.term.start, agreement.term.start))
    inside = _months(start, agreement.term.end)
    better = {month: work_back(improved(agreement, month)) for month in _turns(agreement, inside)}
    lines = [
        _line(agreement, stream, demands, better, months=inside, most=most)
        for stream in worked.streams
        for demands in _together(stream)
    ]
    return LagPlan(worked.name, worked.currency, bool(agreement.goal.improvements), tuple(lines))


def lag_leads_at_once(line: LagLine, month: LagMonth) -> tuple[date, int, Fraction] | None:
    """What a month that full delivery leaves short would take: the month that would have to bring more, its
    leads, and how many times full delivery they are. None where the leads of that month are unknown or none.

    The latest month whose leads still close in the short one.
    """
    at = line.months.index(month)
    later = next((later for later, share in enumerate(line.profile[: at + 1]) if share), None)
    full = max(line.months, key=lambda each: each.cohort)
    if later is None or not month.short or not full.cohort:
        return None
    feeding = line.months[at - later]
    times = (feeding.cohort + month.short / line.profile[later]) / full.cohort
    leads = full.leads * times
    return feeding.month, ceil(leads), times


def _together(stream: StreamPlan) -> list[tuple[LeadDemand, ...]]:
    """Lead types that carry a line together; alternatives carry one each."""
    if stream.split is Split.ALTERNATIVES:
        return [(demand,) for demand in stream.demands]
    return [stream.demands] if stream.demands else []


def _turns(agreement: Agreement, months: Sequence[date]) -> list[date]:
    """The months, each only if other rates hold in it than in the month before."""
    counts = [sum(item.by <= month for item in agreement.goal.improvements) for month in months]
    turning = [months[at + 1] for at, (one, two) in enumerate(pairwise(counts)) if one != two]
    return [months[0], *turning]


def _line(
    agreement: Agreement,
    stream: StreamPlan,
    demands: tuple[LeadDemand, ...],
    better: dict[date, Plan],
    *,
    months: Sequence[date],
    most: Exact | None,
) -> LagLine:
    terms = agreement.goal.streams[stream.name]
    profile = profile_of(terms)
    full = sum((demand.steps[0].exact for demand in demands), Fraction(0))  # customers of an interval
    goals = [full * owed for owed in _owed(agreement, months)]
    expected = [Fraction(terms.pipeline.get(f"{month:%Y-%m}", 0)) for month in months]
    needs = [goal - won for goal, won in zip(goals, expected, strict=True)]
    beyond = [full / MONTHS[agreement.term.interval]] * (len(profile) - 1)
    cap = None if most is None else exact(most) * max(needs, default=Fraction(0))
    limit = cap if cap is not None else sum(map(abs, needs), Fraction(1)) / min(filter(None, profile))
    cohorts = cohorts_for([*needs, *beyond], profile, limit)[: len(months)]
    won = closings(cohorts, profile)

    @cache  # most months deliver the same
    def delivered(turn: date, part: Fraction) -> tuple[MonthDelivery, ...]:
        return _deliveries(demands, part, better[turn])

    return LagLine(
        stream=stream.name,
        lead_type=demands[0].lead_type if stream.split is Split.ALTERNATIVES else None,
        profile=profile,
        derived=not terms.closing_profile,
        cycle=terms.cycle,
        months=tuple(
            LagMonth(
                month=month,
                goal=goals[at],
                from_pipeline=expected[at],
                cohort=cohorts[at],
                closing=won[at],
                reach=_reach(needs[at] - won[at], profile[: at + 1]),
                deliveries=delivered(_turn(better, month), cohorts[at] / full if full else Fraction(0)),
            )
            for at, month in enumerate(months)
        ),
        later=tuple(won[len(months) :]),
    )


def _reach(short: Fraction, profile: Sequence[Fraction]) -> Reach:
    if short <= 0:
        return Reach.MET
    return Reach.SHORT if any(profile) else Reach.IMPOSSIBLE


def _turn(better: dict[date, Plan], month: date) -> date:
    """The month since which the rates of a month hold."""
    return max(turn for turn in better if turn <= month)


def _deliveries(demands: tuple[LeadDemand, ...], part: Fraction, later: Plan) -> tuple[MonthDelivery, ...]:
    """The leads of each type that make a part of the interval's customers, by both rates."""
    rows = []
    for demand in demands:
        (twin,) = later.demands(stream=demand.stream, lead_type=demand.lead_type)
        now, then = leads_for_part(demand, part), leads_for_part(twin, part)
        rows.append(MonthDelivery(demand.lead_type, *now, *then))
    return tuple(rows)


def leads_for_part(demand: LeadDemand, part: Fraction) -> tuple[int, Fraction]:
    """Leads that bring a part of a demand's customers: rounded up at each stage, and exact."""
    top = demand.steps[0]
    chain = tuple(
        Link(step.stage, step.onward, step.rate)
        for step in demand.steps[1:]
        if step.onward is not None and step.rate is not None
    )
    steps = climb(chain, top.stage, part * top.exact, part * top.quotient)
    handoff = next(step for step in steps if step.stage == demand.handoff_stage)
    return handoff.stepwise, handoff.exact


def _owed(agreement: Agreement, months: Sequence[date]) -> list[Fraction]:
    """The part of an interval's goal that falls due in each month; 0 before the term."""
    lines = [goal_line(agreement, 1, month, add_months(month, 1) - timedelta(days=1)) for month in months]
    return [line.goal if line else Fraction(0) for line in lines]


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, at) for at in range(count)]
