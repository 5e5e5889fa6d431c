"""What a change of the agreement does to the numbers: the plan and the reps' load, before and after it.

Figures are matched by stream and lead type, so a part that only one version has stands with nothing on the
other side. Nothing is recomputed here: all of it comes from `funnel.plan` and `capacity.capacity_plan`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.errors import PlanImpossible
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.reps.capacity import EVERYBODY, CapacityPlan, capacity_plan


class Measure(StrEnum):
    GOAL = "goal"  # revenue or customers of one interval
    REVENUE = "revenue"  # of that, from marketing's leads
    CUSTOMERS = "customers"  # that marketing's leads must become
    LEADS = "leads"  # to deliver in one interval
    VALUE = "value"  # of one lead, by its rates
    REPS = "reps"  # needed for those leads
    PER_REP = "leads per rep"  # of a month, to each rep there is
    LOAD = "load"  # work of a month ÷ time of all reps


class Unit(StrEnum):
    MONEY = "money"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True)
class Figure:
    """One number before and after; None where one version has no such number. Money and shares are exact."""

    measure: Measure
    unit: Unit
    about: str  # the stream, lead type or pool in words; empty for the whole
    key: tuple[str, ...]  # the same by its names, such as (stream, lead type)
    before: Fraction | None
    after: Fraction | None

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def growth(self) -> Fraction | None:
        """Change as a share of the number before; None where there was none, or nothing."""
        return (self.after - self.before) / self.before if self.before and self.after is not None else None


@dataclass(frozen=True)
class Effect:
    """All figures of both versions; `notes` say what could not be worked out, and what cannot be compared."""

    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    currencies: tuple[str, str]

    @property
    def changed(self) -> tuple[Figure, ...]:
        """The figures that differ."""
        return tuple(figure for figure in self.figures if figure.changed)


_Key = tuple[Measure, Unit, tuple[str, ...]]
_Numbers = dict[_Key, tuple[str, Fraction | None]]  # with what people call it


def effect(before: Agreement, after: Agreement) -> Effect:
    """The numbers of two versions side by side; one from which no plan follows has none, as a note says."""
    notes: list[str] = []
    olds, news = (_numbers(agreement, name, notes) for agreement, name in ((before, "A"), (after, "B")))
    if before.currency != after.currency:
        notes.append(f"A is in {before.currency}, B in {after.currency}: amounts cannot be compared.")
    if before.term.interval is not after.term.interval:
        each = f"A counts by the {before.term.interval}, B by the {after.term.interval}"
        notes.append(f"{each}: goals and leads are for unlike lengths of time.")
    figures = []
    for key in _merged(olds, news):
        measure, unit, names = key
        about = (news.get(key) or olds[key])[0]
        old, new = (side.get(key, ("", None))[1] for side in (olds, news))
        if old is not None or new is not None:
            figures.append(Figure(measure, unit, about, names, old, new))
    return Effect(tuple(figures), tuple(notes), (before.currency, after.currency))


def _merged(olds: _Numbers, news: _Numbers) -> list[_Key]:
    """The keys of both, by measure, in the order of the later version; what is gone comes last."""
    keys = [*news, *(key for key in olds if key not in news)]
    order = list(Measure)
    return sorted(keys, key=lambda key: order.index(key[0]))


def _numbers(agreement: Agreement, name: str, notes: list[str]) -> _Numbers:
    try:
        plan = work_back(agreement)
    except PlanImpossible as error:
        notes.append(f"No plan follows from {name}: {error}.")
        return {}
    numbers: _Numbers = {key: (about, number) for key, about, number in _of_plan(plan)}
    try:
        capacity = capacity_plan(agreement, plan)
    except PlanImpossible as error:
        notes.append(f"No capacity follows from {name}: {error}.")
        return numbers
    for key, about, number in _of_capacity(capacity):
        numbers[key] = (about, number)
    return numbers


_Row = tuple[_Key, str, Fraction | None]


def _of_plan(plan: Plan) -> Iterator[_Row]:
    customers = None if plan.goal_customers is None else Fraction(plan.goal_customers)
    yield (Measure.GOAL, Unit.MONEY, ()), "", plan.goal_revenue
    yield (Measure.GOAL, Unit.COUNT, ()), "", customers
    yield (Measure.REVENUE, Unit.MONEY, ()), "", plan.marketing_revenue
    yield (Measure.LEADS, Unit.COUNT, ()), "", _whole(plan.leads)
    for stream in plan.streams:
        name = "" if stream.name == ONLY_STREAM else stream.name
        yield (Measure.CUSTOMERS, Unit.COUNT, (stream.name,)), name, _whole(stream.customers)
        for demand in stream.demands:
            about = f"{demand.label}, {name}" if name else demand.label
            key = (stream.name, demand.lead_type)
            yield (Measure.LEADS, Unit.COUNT, key), about, Fraction(demand.leads)
            yield (Measure.VALUE, Unit.MONEY, key), about, demand.value_expected


def _of_capacity(capacity: CapacityPlan) -> Iterator[_Row]:
    for pool in capacity.pools:
        name = "" if pool.pool == EVERYBODY else pool.pool
        yield (Measure.REPS, Unit.COUNT, (pool.pool,)), name, _whole(pool.reps_needed)
        yield (Measure.PER_REP, Unit.COUNT, (pool.pool,)), name, pool.leads_per_rep
        yield (Measure.LOAD, Unit.SHARE, (pool.pool,)), name, pool.load


def _whole(count: int | None) -> Fraction | None:
    return None if count is None else Fraction(count)
