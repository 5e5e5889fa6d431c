"""Turns within a pool: leads dealt one by one so that everybody's share follows their weight, exactly.

This is the chairman assignment problem (R. Tijdeman, Discrete Mathematics 32, 1980): at every turn each
person is owed their weight's part of one lead, and whoever gets it pays one whole lead. Of those to whom a
lead does not give too much, the one gets it whose claim would be overdue first. As long as the same people
with the same weights take part, nobody is ever a whole lead above or below their exact share, after any
number of turns; simply taking whoever is owed most does not keep that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

GRAIN = 1_000_000  # parts of a lead to which claims are rounded where people or weights change
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Turns:
    """What stands open in a pool. `owed` is in leads, above 0 for whoever got less than their share."""

    weights: Mapping[str, Fraction] = field(default_factory=dict)  # of those who took part last
    owed: Mapping[str, Fraction] = field(default_factory=dict)  # of everybody who ever took part


def deal(turns: Turns, weights: Mapping[str, Fraction]) -> tuple[str, Turns]:
    """Whose turn it is among those with a weight, and the turns afterwards; ValueError for nobody.

    Whoever does not take part is owed nothing for this lead, so nobody comes back to a heap of leads. Names
    decide between equals, so the order in which people are handed over says nothing.
    """
    if not weights or min(weights.values()) <= 0:
        raise ValueError("turns are for at least one person, each with a weight above 0")
    whole, before = sum(weights.values()), _carried(turns, weights)
    claims = {who: before.get(who, Fraction(0)) + weight / whole for who, weight in weights.items()}
    chosen = _first_due(claims, {who: weight / whole for who, weight in weights.items()})
    claims[chosen] -= 1
    return chosen, Turns(dict(weights), {**before, **claims})


def _first_due(claims: Mapping[str, Fraction], shares: Mapping[str, Fraction]) -> str:
    """Of those who do not get too much by it, whoever could wait for the fewest turns."""
    slack = Fraction(1, 2 * len(claims) - 2) if len(claims) > 1 else _HALF
    fit = [who for who, claim in claims.items() if claim >= slack]
    if not fit:  # only where people or weights have changed: whoever is owed most
        return min(claims, key=lambda who: (-claims[who], who))
    return min(fit, key=lambda who: ((1 - slack - claims[who]) / shares[who], who))


def _carried(turns: Turns, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """What is owed from before; rounded where it was counted by other weights, or its fractions would grow
    with every change."""
    if turns.weights == weights:
        return dict(turns.owed)
    return {who: Fraction(round(owed * GRAIN), GRAIN) for who, owed in turns.owed.items()}
