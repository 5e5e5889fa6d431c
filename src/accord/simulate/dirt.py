"""What makes a log look like a real one: facts noted late, twice, or under somebody unknown.

Touches before delivery, missing lead types, owners, accounts and sales-qualified marks are sown where they
arise.
"""

import numpy as np

from accord.lead.events import Kind
from accord.simulate.names import KIND, Names
from accord.simulate.people import Floats
from accord.simulate.sheet import Column
from accord.simulate.shifts import DAY, HOUR, SECOND, Micros

NOTED_HOURS_LATER = 0.06  # of what people note by hand
NOTED_DAYS_LATER = 0.015
TWICE = 0.003  # of all facts stand twice in the log, equal in all but `seq`
BY_STRANGERS = 0.004  # of the tries are noted under an actor whom the agreement does not know


def soil(columns: dict[str, Column], names: Names, rng: np.random.Generator) -> dict[str, Column]:
    """The columns with `recorded` beside `occurred`, dirty facts among them, in order of recording."""
    count = len(columns["lead"])
    actor = columns["actor"].copy()
    tried = columns["kind"] == KIND[Kind.ATTEMPTED]
    strange = np.flatnonzero(tried & (rng.random(count) < BY_STRANGERS))
    actor[strange] = rng.integers(*names.strangers, len(strange))
    occurred = columns["occurred"].astype(np.int64) // SECOND * SECOND  # such systems note seconds
    recorded = (occurred + _lag(columns["prompt"], rng)) // SECOND * SECOND
    again = np.flatnonzero(rng.random(count) < TWICE)
    order = np.concatenate((np.arange(count), again))
    order = order[np.argsort(recorded[order], kind="stable")]
    soiled = {**columns, "occurred": occurred, "actor": actor, "recorded": recorded}
    return {name: column[order] for name, column in soiled.items()}


def _lag(prompt: Column, rng: np.random.Generator) -> Micros:
    """Seconds for machines and most people, hours for some notes, days for a few."""
    count = len(prompt)
    draw = rng.random(count)
    size: Floats = rng.standard_exponential(count)
    lag = np.where(
        draw < NOTED_DAYS_LATER,
        DAY + np.minimum(size, 6.0) * DAY,
        np.where(
            draw < NOTED_DAYS_LATER + NOTED_HOURS_LATER, HOUR * np.minimum(size * 2, 12.0), 20 * SECOND * size
        ),
    )
    return np.where(prompt, SECOND * np.minimum(size, 5.0), lag).astype(np.int64)
