"""The chance of an outcome, when the rates are uncertain and each lead then has its own luck. Estimates.

What the rates are is drawn (`beta.sliced_draws`); the luck of single leads, given the rates, is worked out
and not drawn. So one set of draws answers for every number of leads, and more leads never look worse.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf
from typing import Protocol

import numpy as np
from scipy import special  # type: ignore[import-untyped]

from accord.plan.odds.beta import Floats

FEW = 8  # up to so many deals the chance is summed deal by deal; beyond, three moments give it to 0.1 %
_GROUPS = 250  # draws that lead to nearly the same outcome are taken together
_NODES = 1000
_FARTHEST = 5.0  # deviations: a chance below three in ten million, of which three moments say little, is none


class Outcome(Protocol):
    """What a set of leads brings, in one unit: deals, or money."""

    @property
    def expected(self) -> float: ...

    def at_least(self, goal: float, scale: float = 1.0) -> float:
        """The chance to reach `goal` with `scale` times the leads; rises with the leads."""
        ...


@dataclass(frozen=True)
class Moments:
    """Mean, variance and third central moment of the outcome under each draw of the rates, arrays alike.

    Given the rates, the outcome is a sum of many independent deals. Its distribution is taken as the Pearson
    type III with these moments, by the cube root of Wilson and Hilferty; `step` is the least difference
    between two outcomes (one deal), half of which is the continuity correction. `leads` and `values` bound
    the outcome, where deals have fixed values: every lead won.
    """

    mean: Floats
    variance: Floats
    third: Floats
    step: float = 0.0
    leads: Floats | None = None
    values: Floats | None = None

    @property
    def expected(self) -> float:
        return float(self.mean.mean())

    def at_least(self, goal: float, scale: float = 1.0) -> float:
        if goal > self._most(scale):
            return 0.0
        gap = goal - self.step / 2 - self.mean * scale
        deviation = np.sqrt(self.variance * scale)
        sure = deviation <= 0
        deviation = np.where(sure, 1.0, deviation)
        skew = self.third * scale / deviation**3
        normal = _normal_score(gap / deviation, skew)
        chances = np.where(normal > _FARTHEST, 0.0, special.ndtr(-normal))
        return float(np.where(sure, gap <= 0, chances).mean())

    def _most(self, scale: float) -> float:
        """What every lead won would bring: no luck goes beyond it."""
        if self.leads is None or self.values is None:
            return inf
        return float(np.ceil(self.leads * scale - 1e-9) @ self.values) * (1 + 1e-12)

    def grouped(self) -> "Moments":
        """The same in 250 groups of neighbouring draws; what differs within one counts to its variance."""
        if len(self.mean) % _GROUPS:  # groups of unequal size would need weights
            return self
        order = np.argsort(self.mean)
        mean, variance, third, square = (
            values[order].reshape(_GROUPS, -1).mean(axis=1)
            for values in (self.mean, self.variance, self.third, self.mean**2)
        )
        spread = variance + np.maximum(square - mean**2, 0)
        return replace(self, mean=mean, variance=spread, third=third)


def _normal_score(score: Floats, skew: Floats) -> Floats:
    """Wilson and Hilferty: the normal score with the chance of `score` under a Pearson type III of `skew`."""
    flat = np.abs(skew) < 1e-5
    bent = np.where(flat, 1.0, skew)
    root = np.cbrt(1 + bent * score / 2)
    scored: Floats = np.where(flat, score, 6 / bent * (root - 1) + bent / 6)
    return scored


def moments(
    yields: Floats, leads: Sequence[float], values: Sequence[float], spread: float = 0.0, step: float = 0.0
) -> Moments:
    """Of the value of all deals won. `yields` is the share of leads won, by lead type and draw.

    `spread` is the standard deviation of a deal's value ÷ its mean, the deals taken as gamma distributed.
    """
    return moments_by_row(yields, [leads], values, spread, step)[0]


def moments_by_row(
    yields: Floats, leads: Sequence[Sequence[float]], values: Sequence[float], spread: float, step: float
) -> list[Moments]:
    """The same for several numbers of leads at once, such as one row a month."""
    second = 1 + spread**2
    third = second * (1 + 2 * spread**2)
    value = np.asarray(values, dtype=float)
    counts = np.asarray(leads, dtype=float)
    once = counts * value
    twice, thrice, rows = once * value, once * value**2, len(leads)
    bounded = not spread  # a deal of varying value may be worth anything
    straight = np.concatenate([once, twice * second, thrice * third]) @ yields
    power = yields * yields
    square = np.concatenate([twice, thrice * (3 * second)]) @ power
    power *= yields
    cube = thrice @ power
    return [
        Moments(
            straight[at],
            straight[rows + at] - square[at],
            straight[2 * rows + at] - square[rows + at] + 2 * cube[at],
            step,
            counts[at] if bounded else None,
            value if bounded else None,
        )
        for at in range(rows)
    ]


@dataclass(frozen=True)
class Few:
    """The count of deals from a few lead types, summed deal by deal: exact but for the draws of the rates.

    Lead types rest on rates of their own, so that their counts are independent and convolve.
    """

    yields: Floats  # by lead type and node: means of equal parts of the sorted draws
    leads: tuple[float, ...]

    @classmethod
    def of(cls, yields: Floats, leads: Sequence[float]) -> "Few":
        return cls(np.stack([_nodes(row) for row in yields]), tuple(leads))

    @property
    def expected(self) -> float:
        return float(np.asarray(self.leads) @ self.yields.mean(axis=1))

    def at_least(self, goal: float, scale: float = 1.0) -> float:
        wanted = ceil(goal - 1e-9)
        leads = [scaled(count, scale) for count in self.leads]
        if wanted <= 0:
            return 1.0
        if wanted > sum(leads):
            return 0.0
        fewer = np.ones(1)
        for row, count in zip(self.yields, leads, strict=True):
            fewer = np.convolve(fewer, _won(row, count, wanted))[:wanted]
        return float(np.clip(1 - fewer.sum(), 0.0, 1.0))


def _nodes(draws: Floats) -> Floats:
    if len(draws) <= _NODES:
        return draws
    return np.array([part.mean() for part in np.array_split(np.sort(draws), _NODES)])


def _won(yields: Floats, leads: int, below: int) -> Floats:
    """The chance of 0, 1, … deals, fewer than `below`, from so many leads."""
    wins = np.arange(min(below, leads + 1))[:, None]
    rate = np.clip(yields, 1e-300, 1 - 1e-16)[None, :]
    ways = special.gammaln(leads + 1) - special.gammaln(wins + 1) - special.gammaln(leads - wins + 1)
    chances: Floats = np.exp(ways + wins * np.log(rate) + (leads - wins) * np.log1p(-rate)).mean(axis=1)
    return chances


def outcome(
    yields: Floats, leads: Sequence[float], values: Sequence[Fraction], goal: Fraction, spread: float = 0.0
) -> tuple[Outcome, float]:
    """What these leads bring, and the goal in its unit: deals where all have one value, else money."""
    if len(set(values)) == 1 and not spread:
        wanted = ceil(goal / values[0])
        if wanted <= FEW:
            return Few.of(yields, leads), float(wanted)
        return moments(yields, leads, [1.0] * len(values), step=1.0).grouped(), float(wanted)
    floats, step = [float(value) for value in values], common_step(values, spread)
    return moments(yields, leads, floats, spread, float(step)).grouped(), on_step(goal, step)


def on_step(goal: Fraction, step: Fraction) -> float:
    """The least outcome that reaches a goal: outcomes are multiples of `step`, unless that is 0."""
    return float(ceil(goal / step) * step if step else goal)


def common_step(values: Sequence[Fraction], spread: float) -> Fraction:
    """The greatest amount of which all values are multiples: outcomes lie no closer. 0 if deals vary."""
    if spread or not values:
        return Fraction(0)
    step = values[0]
    for value in values[1:]:
        a, b = step, value
        while b:
            a, b = b, a % b
        step = a
    return step


def scaled(leads: float, scale: float) -> int:
    """So many times the leads, rounded up; a hair above a whole number is that number."""
    return ceil(leads * scale - 1e-9)


def least(reaches: Callable[[int], float], level: float, guess: int, most: int) -> int | None:
    """The least whole number for which a rising function reaches `level`; None if `most` does not.

    The function is asked about a dozen times: doubling steps from the guess, then secants on normal scores.
    """
    low, high = _bracket(reaches, level, max(min(guess, most), 0), most)
    if high is None:
        return None
    turn = 0
    while high[0] - low[0] > 1:
        turn += 1
        middle = (low[0] + high[0]) // 2
        if turn % 3:  # every third step halves, so that it ends whatever the shape
            rise = _score(high[1]) - _score(low[1])
            share = (_score(level) - _score(low[1])) / rise if rise > 0 else 0.5
            middle = low[0] + ceil((high[0] - low[0]) * min(max(share, 0.0), 1.0))
        middle = min(max(middle, low[0] + 1), high[0] - 1)
        chance = reaches(middle)
        low, high = ((middle, chance), high) if chance < level else (low, (middle, chance))
    return high[0]


Point = tuple[int, float]


def _bracket(
    reaches: Callable[[int], float], level: float, guess: int, most: int
) -> tuple[Point, Point | None]:
    at: Point = (guess, reaches(guess))
    stride = max(guess // 16, 1)
    if at[1] >= level:
        while at[0] > 0:
            lower = max(at[0] - stride, 0)
            below: Point = (lower, reaches(lower))
            if below[1] < level:
                return below, at
            at, stride = below, stride * 2
        return (-1, 0.0), at
    while at[0] < most:
        upper = min(at[0] + stride, most)
        above: Point = (upper, reaches(upper))
        if above[1] >= level:
            return at, above
        at, stride = above, stride * 2
    return at, None


def _score(chance: float) -> float:
    return float(special.ndtri(min(max(chance, 1e-12), 1 - 1e-12)))
