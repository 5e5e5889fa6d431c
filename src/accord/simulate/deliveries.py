"""The leads of one chunk: when they raised a hand, were qualified and were handed to sales."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from accord.simulate.people import Floats
from accord.simulate.setting import Setting
from accord.simulate.shifts import DAY, SECOND, Micros

Flags = npt.NDArray[np.bool_]

UNQUALIFIED = 0.05  # of the leads are made and never handed to sales
UNTYPED = 0.005  # of the leads have no lead type on record: a dirty fact
UNKNOWN_ACCOUNT = 0.03
UNKNOWN_PERSONA = 0.02
SLOWEST = 3 * DAY  # median time from a raised hand to delivery, for the types that sales may answer slowest


@dataclass(frozen=True)
class Deliveries:
    """A row a lead of the chunk. Leads that are not `qualified` were never delivered; theirs is when they
    would be.
    """

    first: int  # number of the first lead
    created: Micros
    delivered: Micros
    cell: Micros
    qualified: Flags
    typed: Flags  # whether the lead type is on record
    persona: Micros
    segment: Micros
    account: Micros
    source: Micros
    value: Floats

    @property
    def count(self) -> int:
        return len(self.cell)


def pick(weights: Floats, size: int, rng: np.random.Generator) -> Micros:
    """Random numbers of rows, each as likely as its weight."""
    cumulated = np.cumsum(weights)
    return np.searchsorted(cumulated / cumulated[-1], rng.random(size), side="right").clip(
        0, len(weights) - 1
    )


def deliver(setting: Setting, first: int, last: int, rng: np.random.Generator) -> Deliveries:
    count = last - first
    delivered = setting.arrivals.instants(setting.arrivals.hours(first, last), rng)
    cell = pick(setting.of_cell("weight"), count, rng)
    slack = np.minimum(setting.of_cell("reaction") * SECOND * 12, SLOWEST)[cell]
    lag = np.clip(slack * rng.lognormal(0.0, 1.0, count), 5 * SECOND, 60 * DAY).astype(np.int64)
    persona = rng.integers(0, len(setting.names.personas), count)
    segment = rng.integers(0, len(setting.names.segments), count)
    return Deliveries(
        first=first,
        created=delivered - lag // SECOND * SECOND,
        delivered=delivered,
        cell=cell,
        qualified=rng.random(count) >= UNQUALIFIED,
        typed=rng.random(count) >= UNTYPED,
        persona=np.where(rng.random(count) < UNKNOWN_PERSONA, -1, persona),
        segment=segment,
        account=np.where(rng.random(count) < UNKNOWN_ACCOUNT, -1, rng.integers(0, 1 << 31, count)),
        source=rng.integers(0, 1 << 31, count),
        value=_values(setting, cell, persona, segment),
    )


def _values(setting: Setting, cell: Micros, persona: Micros, segment: Micros) -> Floats:
    """What the agreement says each lead is worth at hand-off: by its price list, else by its own rates
    (S0.24).
    """
    by, prices = setting.agreement.value.by, setting.agreement.value.prices
    expected = setting.of_cell("lead_value")[cell]
    if by == "conversion" or not prices:
        return expected
    keys, index = {
        "persona": (setting.names.personas, persona),
        "segment": (setting.names.segments, segment),
        "lead_type": (setting.names.lead_types, cell),
    }[by]
    listed = np.array([float(prices[key]) if key in prices else np.nan for key in keys])[index]
    return np.where(np.isnan(listed), expected, listed)
