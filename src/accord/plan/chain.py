"""The rates of one funnel, put in order: from the customer up to the stage where they begin (S4.6, S2.11)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.errors import PlanImpossible, nearest
from accord.plan.rounding import up

CUSTOMER = "customer"


@dataclass(frozen=True)
class Link:
    """`rate` of those at `stage` ever reach `onward`."""

    stage: str
    onward: str
    rate: Fraction


@dataclass(frozen=True)
class ChainStep:
    """How many are needed at one stage.

    `exact` is never rounded, not even on the way (the unchained figure). `quotient` is what the stepwise
    count of the stage below asks for, `stepwise` the same rounded up: 1,087 ÷ 82 % = 1,325.61 → 1,326 (R1).
    """

    stage: str
    onward: str | None  # the stage that the rate leads to; None at the customer
    rate: Fraction | None
    exact: Fraction
    quotient: Fraction
    stepwise: int


def last_stage(stages: Sequence[str]) -> str:
    """Where every chain ends: `customer`, or the last stage where the agreement has no stage of that name."""
    return CUSTOMER if CUSTOMER in stages else stages[-1]


def links(rates: Mapping[str, Fraction], stages: Sequence[str], place: str) -> tuple[Link, ...]:
    """The rates as one unbroken chain, the one that leads to the customer first.

    PlanImpossible for no rates, a rate of 0 %, an unknown stage, a chain that breaks off or forks.
    """
    if not rates:
        raise PlanImpossible(
            f"{place}: says no rates; write at least one, such as lead_to_{last_stage(stages)}: 2%"
        )
    into: dict[str, Link] = {}
    for key, rate in rates.items():
        link = _link(key, rate, stages, place)
        if link.onward in into:
            other = into[link.onward].stage
            raise PlanImpossible(
                f"{place}: both {other}_to_{link.onward} and {key} lead into {link.onward}; "
                "keep the one that this lead type takes, or write two lead types"
            )
        into[link.onward] = link
    return _ordered(into, last_stage(stages), place)


def _ordered(into: dict[str, Link], end: str, place: str) -> tuple[Link, ...]:
    chain: list[Link] = []
    below = end
    while below in into:
        chain.append(into.pop(below))
        below = chain[-1].stage
    if into:
        loose = ", ".join(f"{link.stage}_to_{link.onward}" for link in into.values())
        raise PlanImpossible(
            f"{place}: the chain of rates down to {end} breaks off above {below}, and leaves {loose} "
            f"unconnected; add the rate that leads into {below}, or strike what is left over"
        )
    return tuple(chain)


def _link(key: str, rate: Fraction, stages: Sequence[str], place: str) -> Link:
    """`mql_to_sql` taken apart. Stage names may hold `_to_` themselves, so every cut is tried."""
    cuts = [(key[: cut.start()], key[cut.start() + 4 :]) for cut in re.finditer("(?=_to_)", key)]
    for stage, onward in cuts:
        if stage not in stages or onward not in stages:
            continue
        if stages.index(stage) >= stages.index(onward):
            raise PlanImpossible(
                f"{place}: {key} leads back up the funnel; write it in the order of `stages`"
            )
        if rate <= 0:
            raise PlanImpossible(
                f"{place}: {key} is 0%, so that no number of leads ever makes a customer; "
                "write the rate that you measured, or strike this lead type"
            )
        return Link(stage, onward, rate)
    unknown = next((name for cut in cuts for name in cut if name not in stages), key)
    raise PlanImpossible(
        f"{place}: {key} names a stage that `stages` does not list{nearest(unknown, stages)}"
    )


def climb(
    chain: tuple[Link, ...], end: str, customers: Fraction, quotient: Fraction | None = None
) -> tuple[ChainStep, ...]:
    """Up the chain from so many customers: the customer's step first, the entry stage last (S4.19, F3).

    `quotient` is what the stepwise count of customers is rounded up from; `customers` by default.
    """
    start = customers if quotient is None else quotient
    steps = [ChainStep(end, None, None, customers, start, up(start))]
    for link in chain:
        below = steps[-1]
        needed = below.stepwise / link.rate
        steps.append(
            ChainStep(link.stage, link.onward, link.rate, below.exact / link.rate, needed, up(needed))
        )
    return tuple(steps)
