"""A score beside another one: what changed, and whether that is more than chance.

Shares change by points, and two of them differ for sure where their 95 % intervals do not even touch: a
cautious rule, and easy to say. What counts towards a goal is compared by how much of what was due was
reached, since a month that is not over is less than a whole one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accord.ledger.links import wilson
from accord.ledger.score import PromiseScore, Score
from accord.report.view import Section


class Certainty(StrEnum):
    SURE = "sure"  # the intervals do not touch
    NOISE = "noise"  # they do: chance alone can make such a difference
    UNKNOWN = "unknown"  # not a share, or nobody counted


@dataclass(frozen=True)
class Change:
    """From `before` to `after`; `by` is their difference. Shares and attainments are fractions."""

    before: float
    after: float
    certainty: Certainty = Certainty.UNKNOWN

    @property
    def by(self) -> float:
        return self.after - self.before


def changes(score: Score, former: Score | None) -> dict[str, Change]:
    """The change of each promise by its id; none where one of the two could not be measured."""
    if former is None:
        return {}
    held = {promise.id: promise for side in former.sides for promise in side.promises}
    found = {
        promise.id: _change(promise, held[promise.id])
        for side in score.sides
        for promise in side.promises
        if promise.id in held
    }
    return {id: change for id, change in found.items() if change is not None}


def _change(now: PromiseScore, then: PromiseScore) -> Change | None:
    if now.unit == "share":
        if now.actual is None or then.actual is None:
            return None
        return Change(then.actual, now.actual, _certainty(now, then))
    if now.attainment is None or then.attainment is None:
        return None
    return Change(then.attainment, now.attainment)


def _certainty(now: PromiseScore, then: PromiseScore) -> Certainty:
    intervals = [
        wilson(one.numerator, one.denominator)
        for one in (now, then)
        if one.numerator is not None and one.denominator
    ]
    if len(intervals) < 2:
        return Certainty.UNKNOWN
    (low, high), (former_low, former_high) = intervals
    return Certainty.SURE if low > former_high or high < former_low else Certainty.NOISE


Place = tuple[str, str, str]  # a figure: section, title of its part, label


def figures(made: tuple[Section, ...]) -> Mapping[Place, str]:
    """What the figures of sections say, by their place, to stand beside those of other days."""
    return {
        (section.id, part.title, figure.label): figure.value
        for section in made
        for part in section.parts
        for figure in part.figures
        if figure.value is not None
    }
