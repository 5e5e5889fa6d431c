"""What counts say about a rate: the Beta distribution, in floats. No target is worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import exp, lgamma, prod, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]


class Prior(Enum):
    """What is held of a rate before anything was counted; the value is added to both counts."""

    JEFFREYS = 0.5  # its 80 % interval holds the true rate about 80 % of the time, small counts included
    UNIFORM = 1.0  # every rate equally likely, which pulls small counts farther towards one half


@dataclass(frozen=True)
class Beta:
    """A rate as a distribution: `a` counts those who went on, `b` those who did not, each with its prior."""

    a: float
    b: float

    @classmethod
    def after(cls, converted: float, entered: float, prior: Prior = Prior.JEFFREYS) -> "Beta":
        """After `converted` of `entered` were seen; ValueError unless 0 ≤ converted ≤ entered."""
        if not 0 <= converted <= entered:
            raise ValueError(f"{converted} of {entered}: count those who went on among all who came")
        return cls(converted + prior.value, entered - converted + prior.value)

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    @property
    def variance(self) -> float:
        return self.mean * (1 - self.mean) / (self.a + self.b + 1)

    def moment(self, order: int) -> float:
        """The mean of the rate to a power: ∏ (a + i) ÷ (a + b + i)."""
        return prod((self.a + i) / (self.a + self.b + i) for i in range(order))

    def quantile(self, share: Any) -> Any:
        """The rate below which it lies with chance `share`; takes arrays."""
        return special.betaincinv(self.a, self.b, share)

    def at_least(self, rate: float) -> float:
        """The chance that the true rate is `rate` or better."""
        return float(special.betainc(self.b, self.a, 1 - rate))


def product_moment(rates: Sequence[Beta], order: int, fixed: float = 1.0) -> float:
    """The mean of a power of the product of independent rates, and of a rate that is taken as certain."""
    return fixed**order * prod(rate.moment(order) for rate in rates)


def beta_binomial_pmf(wins: int, leads: int, rate: Beta) -> float:
    """The chance of exactly so many wins from so many leads when the rate itself is only known as `rate`."""
    if not 0 <= wins <= leads:
        return 0.0
    ways = lgamma(leads + 1) - lgamma(wins + 1) - lgamma(leads - wins + 1)
    return exp(ways + _log_beta(wins + rate.a, leads - wins + rate.b) - _log_beta(rate.a, rate.b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def wilson(converted: int, entered: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share, as shown beside any rate: 8 of 100 is 4.1 % to 15.0 % (F16)."""
    z = float(special.ndtri(0.5 + level / 2))
    share, spread = converted / entered, z * z / entered
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / entered + spread / (4 * entered)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


_NODES = 97  # quantiles worked out exactly; between them the curve is as good as straight


def sliced_draws(rates: Sequence[Beta], draws: int, random: np.random.Generator) -> Floats:
    """One row of draws a rate, independent of each other; shape (rates, draws).

    Each rate's distribution is cut into `draws` slices of equal chance; each slice is drawn from once, in
    random order (Latin hypercube, by the middle of the slice). Means come out all but exactly, so that far
    fewer draws do than with independent ones, and no draw costs an inversion of the Beta.
    """
    if not rates:
        return np.empty((0, draws))
    middles = special.ndtri((np.arange(draws) + 0.5) / draws)
    nodes = np.linspace(middles[0] - 1e-9, middles[-1] + 1e-9, _NODES)
    a, b = (np.array([[getattr(rate, side)] for rate in rates]) for side in "ab")
    table = special.betaincinv(a, b, special.ndtr(nodes)[None, :])
    place = (middles - nodes[0]) / (nodes[1] - nodes[0])
    below = np.minimum(place.astype(int), _NODES - 2)
    weights = np.zeros((_NODES, draws))
    weights[below, np.arange(draws)] = 1 - (place - below)
    weights[below + 1, np.arange(draws)] = place - below
    drawn: Floats = table @ weights
    random.permuted(drawn, axis=1, out=drawn)
    return drawn
