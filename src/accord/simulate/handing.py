"""What both sides note about a hand-off: whether it was complete, and why sales refused it, at once or later.

Drawn by itself once all other facts are there, so that they are the same with it or without.
"""

import numpy as np

from accord.lead.events import Kind
from accord.simulate import names as n
from accord.simulate.names import KIND
from accord.simulate.sheet import Column
from accord.simulate.shifts import DAY, HOUR, SECOND

INCOMPLETE = 0.04  # of the hand-offs lack some of the minimum information
REASON_LATER = 0.2  # of the rejects come without their reason, which then follows
NO_REASON = 0.01  # of the rejects never get one


def noted(columns: dict[str, Column], rng: np.random.Generator) -> dict[str, Column]:
    """The columns with outcomes of hand-offs and later reasons of rejects, in order of recording."""
    leads = int(columns["lead"].max(initial=-1)) + 1
    complete, draw = rng.random(leads) >= INCOMPLETE, rng.random(leads)
    lag = (rng.standard_exponential(leads) * DAY).astype(np.int64) // SECOND * SECOND + HOUR
    lead, kind, reason = columns["lead"], columns["kind"], columns["reason"].copy()
    handed = kind == KIND[Kind.HANDED_OFF]
    said = np.where(complete[lead], n.COMPLETE, n.INCOMPLETE)
    bare = (kind == KIND[Kind.REJECTED]) & (draw[lead] < REASON_LATER + NO_REASON)
    later = np.flatnonzero(bare & (draw[lead] >= NO_REASON))
    told = {name: column[later] for name, column in columns.items()}
    told |= {"kind": np.full_like(kind[later], KIND[Kind.FEEDBACK])}
    told |= {name: columns[name][later] + lag[lead[later]] for name in ("occurred", "recorded")}
    reason[bare] = n.NOBODY
    known = {**columns, "reason": reason, "outcome": np.where(handed, said, columns["outcome"])}
    both = {name: np.concatenate((known[name], told[name])).astype(known[name].dtype) for name in columns}
    order = np.argsort(both["recorded"], kind="stable")
    return {name: column[order] for name, column in both.items()}
