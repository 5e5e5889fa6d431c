"""The rates of one funnel, put in order: from the customer up to the stage where they begin (S4.6, S2.11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.agreement.clauses.funnels import BETWEEN, stages_of
from accord.errors import PlanImpossible
from accord.plan.rounding import up


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


def links(rates: Mapping[str, Fraction], stages: Sequence[str], place: str) -> tuple[Link, ...]:
    """The rates as one unbroken chain down to the last of `stages` (the customer), whose rate comes first.

    PlanImpossible for no rates, a rate of 0 %, an unknown stage, a chain that breaks off or forks.
    """
    if not rates:
        raise PlanImpossible(f"{place}: says no rates; write at least one, such as lead_to_{stages[-1]}: 2%")
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
    return _ordered(into, stages[-1], place)


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
    span = stages_of(key, stages)
    if span is None:
        raise PlanImpossible(
            f"{place}: {key} is no rate between two stages; "
            f"write A{BETWEEN}B with A before B out of {', '.join(stages)}"
        )
    if rate <= 0:
        raise PlanImpossible(
            f"{place}: {key} is 0%, so that no number of leads ever makes a customer; "
            "write the rate that you measured, or strike this lead type"
        )
    return Link(stages[span[0]], stages[span[1]], rate)


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
