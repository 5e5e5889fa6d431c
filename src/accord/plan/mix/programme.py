"""The cheapest numbers of leads under named limits: a linear programme, solved by SciPy's HiGHS.

Limits are exact; HiGHS works in floats. So every answer in whole leads is held against the exact limits
afterwards, and solved again a little tighter where a rounding let it slip.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from scipy import optimize  # type: ignore[import-untyped]

from accord.plan.odds.evidence import Cell

_NODES = 1_000  # searched for whole leads: a count of nodes, unlike seconds, gives the same answer anywhere
_TRIES = 6
_CONFLICTING = 2  # HiGHS: infeasible


Leads = Mapping[Cell, int] | Mapping[Cell, Fraction]


class Kind(StrEnum):
    GOAL = "goal"  # what a stream must bring
    REPS = "reps"  # what a pool can follow up
    AT_LEAST = "at least"  # leads of a type that must be taken
    AT_MOST = "at most"  # leads of a type that can be had
    LEAST_SHARE = "least share"  # of the stream's customers
    MOST_SHARE = "most share"


@dataclass(frozen=True)
class Limit:
    """Σ row × leads ≥ bound, or ≤ bound. `about` are the names in it: a stream, a pool, a lead type."""

    kind: Kind
    about: tuple[str, ...]
    row: Mapping[Cell, Fraction]
    bound: Fraction
    floor: bool  # ≥ rather than ≤
    share: Fraction | None = None  # of a share limit, which the row holds in its factors

    def kept(self, leads: Leads) -> bool:
        """Whether leads, or parts of them, keep it exactly."""
        used = self.used(leads)
        return used >= self.bound if self.floor else used <= self.bound

    def used(self, leads: Leads) -> Fraction:
        return sum((part * leads[cell] for cell, part in self.row.items()), Fraction(0))

    def by(self, change: Fraction) -> "Limit":
        """The same limit, moved."""
        return replace(self, bound=self.bound + change)


@dataclass(frozen=True)
class Programme:
    """What one lead of each cell costs, and the limits. Leads are never negative."""

    costs: Mapping[Cell, Fraction]
    limits: tuple[Limit, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self.costs)

    def moved(self, limit: Limit, change: Fraction) -> "Programme":
        return self.exchanged(limit, limit.by(change))

    def exchanged(self, limit: Limit, other: Limit) -> "Programme":
        return replace(self, limits=tuple(other if each is limit else each for each in self.limits))

    def cost(self, leads: Mapping[Cell, int]) -> Fraction:
        return sum((cost * leads[cell] for cell, cost in self.costs.items()), Fraction(0))


@dataclass(frozen=True)
class Optimum:
    """The cheapest parts of leads. `prices` is what the cost falls by if a limit is loosened by one unit."""

    cost: float
    leads: Mapping[Cell, float]
    prices: tuple[float, ...]  # in the order of the limits; 0 where it does not bind


def cheapest(programme: Programme) -> Optimum | None:
    """The optimum in parts of leads, by HiGHS; None if the limits conflict."""
    if not programme.cells:
        return (
            None
            if any(limit.floor and limit.bound > 0 for limit in programme.limits)
            else Optimum(0.0, {}, ())
        )
    matrix, bounds, scales = _rows(programme)
    found = optimize.linprog(_costs(programme), A_ub=matrix, b_ub=bounds, bounds=(0, None), method="highs")
    if found.status == _CONFLICTING:
        return None
    if found.x is None:
        raise RuntimeError(f"HiGHS found no optimum: {found.message}")
    leads = dict(zip(programme.cells, map(float, found.x), strict=True))
    marginals = found.ineqlin.marginals if len(bounds) else ()
    return Optimum(
        float(found.fun), leads, tuple(-float(m) / s for m, s in zip(marginals, scales, strict=True))
    )


def cheapest_whole(programme: Programme, optimum: Optimum) -> tuple[dict[Cell, int], bool] | None:
    """The cheapest whole leads that keep every limit exactly, and whether no cheaper ones exist for sure.

    None if no whole leads were found that keep them all.
    """
    if not programme.cells:
        return {}, True
    rounded = {cell: ceil(count - 1e-9) for cell, count in optimum.leads.items()}
    best = rounded if all(limit.kept(rounded) for limit in programme.limits) else None
    tightened = programme
    for _ in range(_TRIES):
        found = _whole(tightened)
        if found is None:
            break
        leads, proven = found
        broken = [limit for limit in programme.limits if not limit.kept(leads)]
        if not broken:
            proven = proven and tightened is programme
            better = best is None or programme.cost(leads) < programme.cost(best)
            return (leads, proven) if better or best is None else (best, proven)
        for limit in broken:  # by the width of a float's error, so that no whole lead is lost to it
            slip = abs(limit.bound - limit.used(leads)) + abs(limit.bound) * Fraction(1, 10**12)
            twin = tightened.limits[programme.limits.index(limit)]
            tightened = tightened.moved(twin, slip if limit.floor else -slip)
    return None if best is None else (best, False)


def _whole(programme: Programme) -> tuple[dict[Cell, int], bool] | None:
    matrix, bounds, _ = _rows(programme)
    limits = [optimize.LinearConstraint(matrix, -np.inf, bounds)] if len(bounds) else []
    found = optimize.milp(
        _costs(programme),
        constraints=limits,
        integrality=np.ones(len(programme.cells)),
        options={"node_limit": _NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        return None
    return {
        cell: round(count) for cell, count in zip(programme.cells, found.x, strict=True)
    }, found.status == 0


def conflict(programme: Programme) -> tuple[Limit, ...]:
    """Limits that cannot all be kept, none of which can be left out of the list; () if all can be kept.

    Halves are left out while the rest still conflicts (QuickXplain), beginning at either end; the shorter of
    the two lists wins. An even shorter one may exist where limits conflict in several ways.
    """
    matrix, bounds, _ = _rows(programme)
    everything = list(range(len(programme.limits)))

    def kept_together(some: list[int]) -> bool:
        if not some:
            return True
        if not programme.cells:
            return bool((bounds[some] >= 0).all())
        none = np.zeros(len(programme.cells))
        found = optimize.linprog(none, A_ub=matrix[some], b_ub=bounds[some], bounds=(0, None), method="highs")
        return bool(found.status != _CONFLICTING)

    if kept_together(everything):
        return ()
    found = min((_minimal(kept_together, order) for order in (everything, everything[::-1])), key=len)
    return tuple(programme.limits[at] for at in sorted(found))


def _minimal(kept_together: Callable[[list[int]], bool], limits: list[int]) -> list[int]:
    """The part of `limits` that conflicts, none of it superfluous."""

    def explained(beside: list[int], grown: bool, rest: list[int]) -> list[int]:
        if grown and not kept_together(beside):
            return []
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        of_second = explained(beside + first, True, second)
        of_first = explained(beside + of_second, bool(of_second), first)
        return of_first + of_second

    return explained([], False, limits)


def relief(programme: Programme, limit: Limit) -> float | None:
    """The bound at which all the others could be kept, if only this limit moved; None if none would do."""
    slack: Cell = ("", "slack")
    sign = Fraction(1 if limit.floor else -1)
    eased = tuple(
        replace(each, row={**each.row, slack: sign}) if each is limit else each for each in programme.limits
    )
    costs = {**dict.fromkeys(programme.costs, Fraction(0)), slack: Fraction(1)}
    found = cheapest(Programme(costs, eased))
    return None if found is None else float(limit.bound) - float(sign) * found.leads[slack]


def _costs(programme: Programme) -> Any:
    return np.array([float(cost) for cost in programme.costs.values()])


def _rows(programme: Programme) -> tuple[Any, Any, list[float]]:
    """All limits as Σ ≤ bound, each divided by its greatest factor, so that one tolerance fits all."""
    place = {cell: at for at, cell in enumerate(programme.cells)}
    matrix = np.zeros((len(programme.limits), len(place)))
    bounds, scales = np.zeros(len(programme.limits)), []
    for at, limit in enumerate(programme.limits):
        sign = -1 if limit.floor else 1
        row = {cell: float(part) for cell, part in limit.row.items()}
        scale = max((abs(part) for part in row.values() if part), default=1.0)
        for cell, part in row.items():
            matrix[at, place[cell]] = sign * part / scale
        bounds[at] = sign * float(limit.bound) / scale
        scales.append(scale)
    return matrix, bounds, scales
