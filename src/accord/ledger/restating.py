"""What a closed interval's figures have become since: what ripens by itself, what has to be restated (5.7).

A figure that can only move because the past was recorded anew is *held*: what was won in the interval, and
how many leads began in it. What a cohort brings goes on growing after its interval is closed; that ripens,
and is no correction. Nor is a goal that a later version of the agreement states otherwise, or a value that
follows from its prices: those were *agreed* anew. Figures are the plain values of `book_output`, by basis.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accord.ledger.book import CLOSE, COHORT

Figures = Mapping[str, Any]  # cohort and close: a line each; goals: a list

HELD = {
    COHORT: ("leads",),
    CLOSE: ("leads", "customers", "revenue", "total_revenue", "unpriced"),
}
_DECIDED = ("accepted", "rejected", "value")  # held too, once every lead of the cohort was decided upon
GOALS = "goals"
_ASKED = ("goal", "low", "high")  # of a goal: what the agreement asks
_BY_DECISION = ("accepted_leads", "lead_value")  # what came towards these grows while leads are undecided
_GROWING = ("customers", "revenue", "total_revenue", "unpriced")  # of a cohort: they may grow, never shrink


@dataclass(frozen=True)
class Difference:
    """One figure, as it was closed and as it is now. `held`: it can have moved by a correction only.

    Of a goal, `of` is what it is for, as the book has it; `agreed` is whether another version of the
    agreement asks otherwise, or values otherwise.
    """

    basis: str
    name: str
    before: Any
    after: Any
    held: bool
    of: Mapping[str, Any] | None = None
    agreed: bool = False


def differences(before: Figures, after: Figures, *, revalued: bool = False) -> tuple[Difference, ...]:
    """What differs between the figures of one interval at two times, held ones first.

    `revalued`: leads are worth otherwise by now, so their values tell nothing of a correction; what was
    corrected beside that shows in the other figures.
    """
    found = [
        Difference(basis, name, old, new, _is_held(basis, name, old, new, before))
        for basis, names in ((CLOSE, HELD[CLOSE]), (COHORT, (*HELD[COHORT], *_GROWING, *_DECIDED)))
        for name in names
        if not _same(old := before[basis].get(name), new := after[basis].get(name))
    ]
    found += _of_goals(before, after)
    if revalued:
        found = [replace(one, held=False, agreed=True) if _is_worth(one) else one for one in found]
    return tuple(sorted(found, key=lambda one: not one.held))


def _is_worth(one: Difference) -> bool:
    """Whether it follows from what leads are worth."""
    return one.of["measure"] == "lead_value" if one.of else (one.basis, one.name) == (COHORT, "value")


def differs(before: Figures, after: Figures) -> bool:
    """Whether anything has moved that only a correction can have moved."""
    return any(one.held for one in differences(before, after))


def digest(figures: Figures) -> str:
    """What two people have to have seen alike to close an interval together: the held figures, the goals."""
    goals = sorted([*key, *(goal[name] for name in _ASKED)] for key, goal in _by_key(figures).items())
    return _digest({**_held(figures), GOALS: goals})


def was_seen(seen: str, figures: Figures) -> bool:
    """Whether a digest is of these figures; those made before goals were among them count as well."""
    return seen in (digest(figures), _digest(_held(figures)))


def _held(figures: Figures) -> dict[str, Any]:
    return {basis: {name: figures[basis].get(name) for name in names} for basis, names in HELD.items()}


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _of_goals(before: Figures, after: Figures) -> Iterator[Difference]:
    """Goals that are asked otherwise, and what came towards those that are asked at both times."""
    old, new = _by_key(before), _by_key(after)
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        of = was or now or {}
        for name in _ASKED if was and now else _ASKED[:1]:
            one, other = (goal and goal[name] for goal in (was, now))
            if not _same(one, other):
                yield Difference(GOALS, name, one, other, held=False, of=of, agreed=True)
        if was and now and not _same(was["actual"], now["actual"]):
            held = of["measure"] not in _BY_DECISION or _is_decided(before[COHORT])
            yield Difference(GOALS, "actual", was["actual"], now["actual"], held, of)


def _by_key(figures: Figures) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The goals of one interval by what they are for."""
    names = ("promise", "measure", "lead_type", "stream")
    return {tuple(goal[name] or "" for name in names): goal for goal in figures.get(GOALS, ())}


def _is_held(basis: str, name: str, old: Any, new: Any, before: Figures) -> bool:
    if name in HELD[basis]:
        return True
    if name in _DECIDED:
        return _is_decided(before[COHORT])
    return old is not None and (new is None or float(new) < float(old))


def _is_decided(cohort: Mapping[str, Any]) -> bool:
    """Whether no lead may still be accepted: undecided, or with a deal and not handed off yet."""
    decided = int(cohort.get("accepted") or 0) + int(cohort.get("rejected") or 0)
    return not cohort.get("undecided") and decided >= int(cohort.get("leads") or 0)


def _same(old: Any, new: Any) -> bool:
    if old is None or new is None:
        return old is new
    return math.isclose(float(old), float(new), rel_tol=1e-9)


def intervals(book: Figures) -> Iterator[dict[str, Any]]:
    """The figures of each interval of a book in plain values, oldest first."""
    of: dict[int, dict[str, Any]] = {}
    for line in book["lines"]:
        if line["interval"] is not None:
            of.setdefault(line["interval"], {})[line["basis"]] = line
    for number, both in sorted(of.items()):
        goals = [goal for goal in book["goals"] if goal["number"] == number]
        yield {"from": both[CLOSE]["from"], "to": both[CLOSE]["to"], **both, "goals": goals}
