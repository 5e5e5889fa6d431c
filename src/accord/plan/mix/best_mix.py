"""The cheapest demand that meets the goal: how many leads of each type, under what limits (S4.16, S4.22).

The plan takes the mix as given; here it is what is looked for. Limits come from the agreement: the streams'
goals, the reps of each pool (F12), what `at_least` and `at_most` say of a lead type, and, where asked, the
share of deals that close in time. Exact on the way in and in the check of the answer; HiGHS in between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.demand import LeadDemand, Plan, Split, StreamPlan
from accord.plan.funnel import plan as work_back
from accord.plan.mix.programme import (
    Kind,
    Limit,
    Optimum,
    Programme,
    cheapest,
    cheapest_whole,
    conflict,
    relief,
)
from accord.plan.months.lag import profile_of
from accord.plan.odds.evidence import Cell
from accord.plan.periods import MONTHS
from accord.plan.reps.capacity import CapacityPlan, PoolCapacity, capacity_plan
from accord.plan.rounding import Exact, exact

_NOTHING = 1e-9  # a dual price below it is a float's error


@dataclass(frozen=True)
class Price:
    """What a limit that binds costs: the change of the lowest cost if it moves by one unit; an estimate.

    `unit` is one rep, one lead, one customer, or one percentage point. `saving` is worked out anew with the
    limit moved (for a goal it is negative: one customer more costs); None where a goal cannot be raised at
    all. `marginal` is HiGHS's own dual price, for one unit of the limit's row (money for a revenue goal).
    """

    limit: Limit
    saving: float | None
    marginal: float


@dataclass(frozen=True)
class Clash:
    """One limit of a set that cannot be kept together. `enough` is the bound at which all could be, if only
    this limit moved; None if moving it alone is not enough.
    """

    limit: Limit
    enough: float | None


@dataclass(frozen=True)
class BestMix:
    """The cheapest leads of one interval; `leads` is None where the limits conflict, as `clashes` says."""

    plan: Plan
    programme: Programme
    priced: bool  # False: no lead type says its cost, so that every lead counts 1
    leads: Mapping[Cell, int] | None
    proven: bool  # that no cheaper whole leads exist; else the search was cut short
    optimum: Optimum | None  # in parts of leads: nothing can be cheaper
    prices: tuple[Price, ...]
    clashes: tuple[Clash, ...]
    within: int | None  # months in which deals must close, the month of delivery included
    in_time: Mapping[Cell, Fraction]  # share of each lead type's wins that closes within them
    unlimited: tuple[str, ...]  # pools whose time is not known, so that they limit nothing
    demands: Mapping[Cell, LeadDemand]

    @property
    def possible(self) -> bool:
        return self.leads is not None

    @property
    def cost(self) -> Fraction | None:
        return None if self.leads is None else self.programme.cost(self.leads)

    def customers(self, cell: Cell) -> Fraction | None:
        """Customers by expectation from the leads of one cell, those that close in time."""
        if self.leads is None:
            return None
        return self.leads[cell] * self.demands[cell].conversion * self.in_time[cell]

    @property
    def planned_cost(self) -> Fraction | None:
        """What the plan's own mix costs; None where lead types are alternatives or the leads cost nothing."""
        if any(stream.split is Split.ALTERNATIVES for stream in self.plan.streams):
            return None
        return self.programme.cost(self._planned)

    @property
    def planned_breaks(self) -> tuple[Limit, ...]:
        """The limits that the plan's own mix does not keep; () also where lead types are alternatives.

        One that only rounding up breaks, such as a share just met by parts of leads, counts as kept.
        """
        if self.planned_cost is None:
            return ()
        parts = {cell: demand.leads_exact for cell, demand in self.demands.items()}
        return tuple(
            limit for limit in self.programme.limits if not (limit.kept(self._planned) or limit.kept(parts))
        )

    @property
    def _planned(self) -> dict[Cell, int]:
        """Rounded up once, as the cheapest leads are."""
        return {cell: demand.leads_fewest for cell, demand in self.demands.items()}


def best_mix(
    agreement: Agreement,
    *,
    within: int | None = None,
    reps: Mapping[str, int] | None = None,
    in_time: Mapping[Cell, Exact] | None = None,
    plan: Plan | None = None,
) -> BestMix:
    """The cheapest leads that meet every stream's goal by expectation, and what each limit costs.

    `within` counts only deals that close in so many months, the month of delivery included, by the streams'
    closing profiles; `in_time` says that share by stream and lead type instead. `reps` tries other numbers of
    reps by pool. Costs per lead come from `cost`; where no lead type says one, the fewest leads are sought.
    PlanImpossible as for the plan, for a cost that only some lead types say, and for limits out of range.
    """
    worked = work_back(agreement) if plan is None else plan
    if within is not None and within < 1:
        raise PlanImpossible(
            f"within {within} months: the month of delivery is the first, so write 1 or more"
        )
    streams = [stream for stream in worked.streams if _asks(stream)]
    demands = {(d.stream, d.lead_type): d for stream in streams for d in stream.demands}
    shares = {cell: _in_time(agreement, cell, within, in_time or {}) for cell in demands}
    costs, priced = _costs(agreement, demands)
    pools = capacity_plan(agreement, worked)
    limits = [
        *_goals(worked, streams, demands, shares),
        *_pools(worked, pools, demands, reps or {}),
        *_bounds(agreement, demands, shares),
    ]
    programme = Programme(costs, tuple(limits))
    optimum = cheapest(programme)
    whole = None if optimum is None else cheapest_whole(programme, optimum)
    judge = _Judge(programme, demands, shares, worked.goal_revenue is not None)
    return BestMix(
        plan=worked,
        programme=programme,
        priced=priced,
        leads=None if whole is None else whole[0],
        proven=whole is not None and whole[1],
        optimum=optimum,
        prices=() if optimum is None else tuple(judge.prices(optimum)),
        clashes=() if optimum else tuple(judge.clash(limit) for limit in conflict(programme)),
        within=within,
        in_time=shares,
        unlimited=tuple(pool.pool for pool in pools.pools if _count(pool, reps or {}) is None),
        demands=demands,
    )


def _asks(stream: StreamPlan) -> bool:
    return bool(stream.demands) and bool(stream.marketing_revenue or stream.customers_exact)


def _in_time(agreement: Agreement, cell: Cell, within: int | None, said: Mapping[Cell, Exact]) -> Fraction:
    if cell in said:
        share = exact(said[cell])
        if not 0 <= share <= 1:
            raise PlanImpossible(f"{'.'.join(cell)}: {share} closing in time is no share; write 0 to 1")
        return share
    profile = profile_of(agreement.goal.streams[cell[0]])
    return Fraction(1) if within is None else sum(profile[:within], Fraction(0))


def _costs(agreement: Agreement, demands: Mapping[Cell, LeadDemand]) -> tuple[dict[Cell, Fraction], bool]:
    said = {cell: agreement.lead_types[cell[1]].streams[cell[0]].cost for cell in demands}
    silent = [cell for cell, cost in said.items() if cost is None]
    if silent and len(silent) < len(said):
        raise PlanImpossible(
            f"lead_types.{silent[0][1]}: says no cost in stream {silent[0][0]}, but other lead types do; "
            "write what one lead costs, such as cost: 40, or leave all costs out to seek the fewest leads"
        )
    return {cell: Fraction(1 if cost is None else cost) for cell, cost in said.items()}, not silent


def _goals(
    plan: Plan,
    streams: list[StreamPlan],
    demands: Mapping[Cell, LeadDemand],
    shares: Mapping[Cell, Fraction],
) -> Iterator[Limit]:
    """Per stream: customers, or revenue where the goal is one."""
    for stream in streams:
        by_money = plan.goal_revenue is not None
        goal = stream.marketing_revenue if by_money else stream.customers_exact
        row = {
            cell: demand.conversion * shares[cell] * ((demand.deal_value or 0) if by_money else 1)
            for cell, demand in demands.items()
            if cell[0] == stream.name
        }
        yield Limit(Kind.GOAL, (stream.name,), row, goal or Fraction(0), floor=True)


def _pools(
    plan: Plan, pools: CapacityPlan, demands: Mapping[Cell, LeadDemand], tried: Mapping[str, int]
) -> Iterator[Limit]:
    """Per pool with a known time: Σ leads of a month ÷ leads per rep ≤ reps (F12)."""
    if unknown := sorted(set(tried) - {pool.pool for pool in pools.pools}):
        raise PlanImpossible(
            f"reps to try: no leads go to a pool {unknown[0]!r}; name a pool that gets leads"
        )
    for pool in pools.pools:
        reps = _count(pool, tried)
        if reps is None:
            continue
        row = {}
        for load in pool.loads:
            cell = (load.stream, load.lead_type)
            if not load.per_rep:
                raise PlanImpossible(
                    f"lead_types.{load.lead_type}: one lead takes more time than a rep has in a month; "
                    "grant more time, or fewer touches"
                )
            if cell in demands:
                row[cell] = Fraction(1, load.per_rep * MONTHS[plan.interval])
        if row:
            yield Limit(Kind.REPS, (pool.pool,), row, Fraction(reps), floor=False)


def _count(pool: PoolCapacity, tried: Mapping[str, int]) -> int | None:
    """Reps of a pool; None where nobody, or nobody's time, is known."""
    if pool.minutes_each is None:
        return None
    return tried.get(pool.pool, pool.reps or None)


def _bounds(
    agreement: Agreement, demands: Mapping[Cell, LeadDemand], shares: Mapping[Cell, Fraction]
) -> Iterator[Limit]:
    """What the agreement says of a lead type: leads, or a share of the stream's customers in time."""
    for cell in demands:
        funnel = agreement.lead_types[cell[1]].streams[cell[0]]
        for said, floor in ((funnel.at_least, True), (funnel.at_most, False)):
            if said is None:
                continue
            if isinstance(said, Fraction):
                yield _share_limit(cell, said, floor, demands, shares)
            else:
                kind = Kind.AT_LEAST if floor else Kind.AT_MOST
                yield Limit(kind, cell, {cell: Fraction(1)}, Fraction(said), floor)


def _share_limit(
    cell: Cell,
    share: Fraction,
    floor: bool,
    demands: Mapping[Cell, LeadDemand],
    shares: Mapping[Cell, Fraction],
) -> Limit:
    """Customers of the cell − share × customers of its stream, per lead, at least or at most 0."""
    row = {
        other: demand.conversion * shares[other] * ((1 if other == cell else 0) - share)
        for other, demand in demands.items()
        if other[0] == cell[0]
    }
    return Limit(Kind.LEAST_SHARE if floor else Kind.MOST_SHARE, cell, row, Fraction(0), floor, share)


@dataclass(frozen=True)
class _Judge:
    """What the limits of one programme cost, or how far each is off."""

    programme: Programme
    demands: Mapping[Cell, LeadDemand]
    shares: Mapping[Cell, Fraction]
    by_money: bool

    def clash(self, limit: Limit) -> Clash:
        enough = relief(self.programme, limit) if limit.share is None else self._share_enough(limit)
        return Clash(limit, enough)

    def prices(self, optimum: Optimum) -> Iterator[Price]:
        """Of each limit that binds, by solving again with it moved one unit."""
        for limit, marginal in zip(self.programme.limits, optimum.prices, strict=True):
            if abs(marginal) < _NOTHING:
                continue
            moved = cheapest(self._moved(limit))
            yield Price(limit, None if moved is None else optimum.cost - moved.cost, abs(marginal))

    def _moved(self, limit: Limit) -> Programme:
        """One more rep, one lead more or fewer, one percentage point, or one more customer (at the stream's
        dearest deal value).
        """
        if limit.share is not None:
            point = Fraction(-1 if limit.floor else 1, 100)
            return self._with_share(limit, min(max(limit.share + point, Fraction(0)), Fraction(1)))
        if limit.kind is not Kind.GOAL:
            return self.programme.moved(limit, Fraction(-1 if limit.floor else 1))
        values = [self.demands[cell].deal_value for cell in limit.row]
        dearest = max((value for value in values if value is not None), default=Fraction(1))
        return self.programme.moved(limit, dearest if self.by_money else Fraction(1))

    def _with_share(self, limit: Limit, share: Fraction) -> Programme:
        cell = (limit.about[0], limit.about[1])
        other = _share_limit(cell, share, limit.floor, self.demands, self.shares)
        return self.programme.exchanged(limit, other)

    def _share_enough(self, limit: Limit) -> float | None:
        """The share nearest to what is said that would do, to a tenth of a percent; None if none would."""
        said, end = limit.share or Fraction(0), Fraction(0 if limit.floor else 1)
        if cheapest(self._with_share(limit, end)) is None:
            return None
        while abs(end - said) > Fraction(1, 2000):
            middle = (end + said) / 2
            said, end = (said, middle) if cheapest(self._with_share(limit, middle)) else (middle, end)
        return float(end)
