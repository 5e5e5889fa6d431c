"""How sure a plan is to reach its goal, and how many leads would make it surer. Estimates, all of them.

Two things are uncertain: what the rates truly are (each is a Beta around its counts), and the luck of single
leads, given the rates (binomial). `docs/explanation/certainty.md` has the model and what it leaves out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.demand import Plan, Split, StreamPlan, sum_known
from accord.plan.funnel import plan as work_back
from accord.plan.odds.beta import Floats, Prior, sliced_draws
from accord.plan.odds.evidence import Cell, History, RateEvidence, Yield, check_history, yield_of
from accord.plan.odds.influence import Influences, influences
from accord.plan.odds.luck import (
    Outcome,
    common_step,
    least,
    moments,
    moments_by_row,
    on_step,
    outcome,
    scaled,
)
from accord.plan.rounding import Exact, exact

DRAWS = 10_000
SEED = 2026
LEVELS = (0.8, 0.9)
MOST = 1000  # times the planned leads: who needs more than that needs other rates, not more leads

__all__ = ["DRAWS", "LEVELS", "SEED", "Certainty", "Outlook", "Prior", "certainty"]


@dataclass(frozen=True)
class Outlook:
    """What some leads together bring, against their goal: a stream's, an alternative's, or the whole plan's.

    `expected`, `low` and `high` are customers; with one chance in ten they are fewer than `low`, with one in
    ten more than `high`. `demand` gives for each level of chance the leads that reach it, by lead type in
    the planned proportion, each rounded up; None where not even 1,000 times the planned leads do.
    """

    name: str
    label: str
    revenue: Fraction | None  # the goal; None where it counts customers
    customers: int | None  # the goal; None where deals of unlike value make a revenue goal
    leads: Mapping[Cell, int]
    chance: float
    expected: float
    low: int
    high: int
    demand: Mapping[float, Mapping[Cell, int] | None]
    influences: Influences


@dataclass(frozen=True)
class Certainty:
    """Estimates for a plan. `total` is None while a stream only lists alternatives."""

    plan: Plan
    total: Outlook | None
    streams: tuple[Outlook, ...]  # one per stream with a demand, or one per alternative
    rates: tuple[RateEvidence, ...]
    prior: Prior
    draws: int
    seed: int
    deal_spread: float
    months: tuple[float | None, ...] = ()  # the chance of each month, where months were asked for

    @property
    def counted(self) -> bool:
        """Whether any rate says what it was counted on; if none does, only the luck of leads is shown."""
        return any(rate.belief is not None for rate in self.rates)


def certainty(
    agreement: Agreement,
    *,
    history: History | None = None,
    leads: Mapping[Cell, int] | None = None,
    months: Sequence[Mapping[Cell, Exact]] = (),
    month_goals: Sequence[Exact | None] | None = None,
    prior: Prior = Prior.JEFFREYS,
    deal_spread: float = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
    plan: Plan | None = None,
) -> Certainty:
    """The chance that the planned leads reach the goal of one interval, the leads that give 80 % and 90 %,
    the 80 % interval of customers, and which rate matters most.

    Counts come from the agreement (`mql_to_sql: 68 of 200`) or from `history`, which goes first: stream and
    lead type → rate → (converted, entered). `leads` tries another demand than the plan's. `deal_spread` is
    the standard deviation of deal values ÷ their mean.

    `months` are the leads that decide in each of several months (`certainty_months.deciding`), `month_goals`
    what the whole plan must bring in each, by default the interval's goal, None for nothing. The rates are
    unknown but the same in all months.

    The same seed gives the same figures. PlanImpossible as for the plan, for history that does not fit it,
    and for draws or a spread out of range.
    """
    _check(draws, deal_spread)
    worked = work_back(agreement) if plan is None else plan
    yields = [yield_of(agreement, demand, history or {}, prior) for demand in worked.demands()]
    check_history(history or {}, yields)
    drawn = _draw(yields, draws, seed)
    tried = leads or {}
    work = _Work(
        worked, dict(zip(map(_cell, yields), zip(yields, drawn, strict=True), strict=True)), deal_spread
    )
    if unknown := sorted(set(tried) - set(work.cells)):
        raise PlanImpossible(
            f"leads to try: the plan has no {'.'.join(unknown[0])}; name a stream and lead type"
        )
    outlooks = tuple(look for stream in worked.streams for look in work.stream(stream, tried))
    shared = all(stream.split is not Split.ALTERNATIVES for stream in worked.streams)
    total = work.total(tried) if shared and outlooks else None
    rates = tuple(rate for each in yields for rate in each.rates)
    chances = work.months(months, month_goals)
    return Certainty(worked, total, outlooks, rates, prior, draws, seed, deal_spread, chances)


def _check(draws: int, deal_spread: float) -> None:
    if not 100 <= draws <= 1_000_000:
        raise PlanImpossible(f"{draws} draws: take 100 to 1,000,000; 10,000 are usual")
    if not 0 <= deal_spread <= 10:
        raise PlanImpossible(
            f"deal spread {deal_spread}: it is the standard deviation of deal values ÷ their mean, 0 to 10"
        )


def _cell(each: Yield) -> Cell:
    return each.demand.stream, each.demand.lead_type


def _draw(yields: Sequence[Yield], draws: int, seed: int) -> Floats:
    """The yield of each lead type under each draw of its rates; shape (lead types, draws)."""
    random = np.random.default_rng(seed)
    drawn = sliced_draws([belief for each in yields for belief in each.beliefs], draws, random)
    result, at = np.empty((len(yields), draws)), 0
    for index, each in enumerate(yields):
        upto = at + len(each.beliefs)
        result[index] = each.fixed * np.prod(drawn[at:upto], axis=0)
        at = upto
    return result


def _goal(streams: Iterable[StreamPlan], plan: Plan) -> Fraction | None:
    """Of these streams together, as revenue or as customers; None where one has none to state."""
    if plan.goal_revenue is None:
        return sum_known([stream.customers_exact for stream in streams])
    return sum_known([stream.marketing_revenue for stream in streams])


def _value(plan: Plan, each: Yield) -> Fraction:
    """What one customer counts for towards the goal."""
    if plan.goal_revenue is None:
        return Fraction(1)
    return each.demand.deal_value or Fraction(0)


@dataclass(frozen=True)
class _Work:
    plan: Plan
    cells: Mapping[Cell, tuple[Yield, Floats]]
    spread: float

    def stream(self, stream: StreamPlan, tried: Mapping[Cell, int]) -> Iterable[Outlook]:
        goal = _goal([stream], self.plan)
        mine = [cell for cell in self.cells if cell[0] == stream.name]
        if not mine or not goal:
            return
        if stream.split is Split.ALTERNATIVES:
            for cell, demand in zip(mine, stream.demands, strict=True):
                leads = {cell: tried.get(cell, demand.alone)}
                yield self.look(stream.name, demand.label, goal, leads)
            return
        yield self.look(stream.name, stream.name, goal, self._leads(mine, tried))

    def total(self, tried: Mapping[Cell, int]) -> Outlook | None:
        goal = _goal(self.plan.streams, self.plan)
        return (
            self.look("total", "The whole plan", goal, self._leads(list(self.cells), tried)) if goal else None
        )

    def months(
        self, months: Sequence[Mapping[Cell, Exact]], goals: Sequence[Exact | None] | None
    ) -> tuple[float | None, ...]:
        usual = _goal(self.plan.streams, self.plan)
        wanted = [usual] * len(months) if goals is None else [None if g is None else exact(g) for g in goals]
        if len(wanted) != len(months):
            raise PlanImpossible(f"{len(wanted)} goals for {len(months)} months; give one a month, or none")
        if not months:
            return ()
        yields, drawn = zip(*self.cells.values(), strict=True)
        values = [_value(self.plan, each) for each in yields]
        counts = [[float(exact(month.get(cell, 0))) for cell in self.cells] for month in months]
        floats, step = [float(value) for value in values], common_step(values, self.spread)
        rows = moments_by_row(np.stack(drawn), counts, floats, self.spread, float(step))
        return tuple(
            None if goal is None else row.grouped().at_least(on_step(goal, step))
            for goal, row in zip(wanted, rows, strict=True)
        )

    def _leads(self, cells: Sequence[Cell], tried: Mapping[Cell, int]) -> dict[Cell, int]:
        return {cell: tried.get(cell, self.cells[cell][0].demand.leads) for cell in cells}

    def look(self, name: str, label: str, goal: Fraction, leads: Mapping[Cell, int]) -> Outlook:
        yields = [self.cells[cell][0] for cell in leads]
        drawn = np.stack([self.cells[cell][1] for cell in leads])
        counts = tuple(leads.values())
        values = [_value(self.plan, each) for each in yields]
        money, wanted = outcome(drawn, counts, values, goal, self.spread)
        alike = len(set(values)) == 1
        deals = money
        if not alike or self.spread:
            deals = moments(drawn, counts, [1.0] * len(counts), step=1.0).grouped()
        return Outlook(
            name=name,
            label=label,
            revenue=None if self.plan.goal_revenue is None else goal,
            customers=-int(-goal // values[0]) if alike else None,
            leads=dict(leads),
            chance=money.at_least(wanted),
            expected=sum(each.moment(1) * count for each, count in zip(yields, counts, strict=True)),
            low=_below(deals, 0.1),
            high=_below(deals, 0.9),
            demand={level: _needed(money, wanted, leads, level) for level in LEVELS},
            influences=influences(yields, counts, values, self.spread),
        )


def _below(deals: Outcome, share: float) -> int:
    """The least count that is not exceeded with at least that chance: the quantile of customers."""
    most = int(deals.expected * MOST) + 1000
    found = least(lambda count: 1 - deals.at_least(count + 1), share, round(deals.expected), most)
    return most if found is None else found


def _needed(money: Outcome, wanted: float, leads: Mapping[Cell, int], level: float) -> dict[Cell, int] | None:
    """The leads, in the planned proportion, that reach the goal with that chance."""
    largest = max(leads.values(), default=0)
    if not largest:
        return None
    found = least(lambda count: money.at_least(wanted, count / largest), level, largest, largest * MOST)
    return None if found is None else {cell: scaled(count, found / largest) for cell, count in leads.items()}
