"""Which uncertain rate the outcome hangs on most: shares of its variance, and a tornado. In closed form."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.plan.odds.evidence import RateEvidence, Yield


@dataclass(frozen=True)
class Influence:
    """One rate's part. `low` and `high` are the expected outcome at the rate's 10 % and 90 % quantile, the
    other rates at their means, in the goal's unit (money, or customers).
    """

    rate: RateEvidence
    share: float  # of the outcome's variance, by this rate alone
    low: float
    high: float


@dataclass(frozen=True)
class Influences:
    """`rates` from the strongest down, only those with counts. All shares make 1, or 0 without variance."""

    rates: tuple[Influence, ...]
    luck: float  # of single leads (and deal values), which more evidence cannot lessen
    jointly: float  # by several rates being off at once
    deviation: float  # standard deviation of the outcome, in the goal's unit


def influences(
    yields: Sequence[Yield], leads: Sequence[int], values: Sequence[Fraction], spread: float = 0.0
) -> Influences:
    """The parts of the variance: rates are independent and each enters the expected outcome linearly."""
    worths = [count * float(value) for count, value in zip(leads, values, strict=True)]
    expected = sum(worth * each.moment(1) for worth, each in zip(worths, yields, strict=True))
    by_rates = sum(
        worth**2 * (each.moment(2) - each.moment(1) ** 2) for worth, each in zip(worths, yields, strict=True)
    )
    by_luck = sum(
        worth * float(value) * (each.moment(1) * (1 + spread**2) - each.moment(2))
        for worth, value, each in zip(worths, values, yields, strict=True)
    )
    whole = by_rates + by_luck
    if whole <= 0:
        return Influences((), 0.0, 0.0, 0.0)
    found = [
        _influence(rate, worth * each.moment(1), expected, whole)
        for worth, each in zip(worths, yields, strict=True)
        for rate in each.rates
        if rate.belief is not None
    ]
    found.sort(key=lambda one: -one.share)
    jointly = max(by_rates / whole - sum(one.share for one in found), 0.0)
    return Influences(tuple(found), by_luck / whole, jointly, whole**0.5)


def _influence(rate: RateEvidence, brought: float, expected: float, whole: float) -> Influence:
    """`brought` is what the rate's lead type brings by expectation: proportional to the rate."""
    variance = 0.0 if rate.belief is None else rate.belief.variance
    low, high = (expected + brought * (at / rate.mean - 1) for at in (rate.low, rate.high))
    return Influence(rate, (brought / rate.mean) ** 2 * variance / whole, low, high)
