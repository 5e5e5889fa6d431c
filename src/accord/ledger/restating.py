"""What a closed interval's figures have become since: what ripens by itself, what has to be restated (5.7).

A figure that can only move because the past was recorded anew is *held*: what was won in the interval, and
how many leads began in it. What a cohort brings goes on growing after its interval is closed; that ripens,
and is no correction. Figures are the plain values of `book_output`, by basis.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accord.ledger.book import CLOSE, COHORT

Figures = Mapping[str, Any]  # cohort and close: a line each; goals: a list

HELD = {
    COHORT: ("leads",),
    CLOSE: ("leads", "customers", "revenue", "total_revenue", "unpriced"),
}
_DECIDED = ("accepted", "rejected", "value")  # held too, once every lead of the cohort was decided upon
_GROWING = ("customers", "revenue", "total_revenue", "unpriced")  # of a cohort: they may grow, never shrink


@dataclass(frozen=True)
class Difference:
    """One figure, as it was closed and as it is now. `held`: it can have moved by a correction only."""

    basis: str
    name: str
    before: Any
    after: Any
    held: bool


def differences(before: Figures, after: Figures) -> tuple[Difference, ...]:
    """What differs between the figures of one interval at two times, held ones first."""
    found = [
        Difference(basis, name, old, new, _is_held(basis, name, old, new, before))
        for basis, names in ((CLOSE, HELD[CLOSE]), (COHORT, (*HELD[COHORT], *_GROWING, *_DECIDED)))
        for name in names
        if not _same(old := before[basis].get(name), new := after[basis].get(name))
    ]
    return tuple(sorted(found, key=lambda one: not one.held))


def differs(before: Figures, after: Figures) -> bool:
    """Whether anything has moved that only a correction can have moved."""
    return any(one.held for one in differences(before, after))


def digest(figures: Figures) -> str:
    """What two people have to have seen alike to close an interval together: the held figures."""
    told = {basis: {name: figures[basis].get(name) for name in names} for basis, names in HELD.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


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
    return float(old) == float(new)


def intervals(book: Figures) -> Iterator[dict[str, Any]]:
    """The figures of each interval of a book in plain values, oldest first."""
    of: dict[int, dict[str, Any]] = {}
    for line in book["lines"]:
        if line["interval"] is not None:
            of.setdefault(line["interval"], {})[line["basis"]] = line
    for number, both in sorted(of.items()):
        goals = [goal for goal in book["goals"] if goal["number"] == number]
        yield {"from": both[CLOSE]["from"], "to": both[CLOSE]["to"], **both, "goals": goals}
