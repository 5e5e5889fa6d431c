"""What was announced of an interval whose book was restated since: told once more, as a correction.

Only promises whose figures moved are told, each with what was announced before. What has not gone out yet
is made anew instead: who mends the figures mends the words.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from accord.report.announcing import Closing
from accord.server.book.models import Restatement
from accord.server.rituals.models import Announcement

State, Kind = Announcement.State, Announcement.Kind
LISTS = ("wins", "misses", "over", "undecided")
Row = dict[str, Any]


def restatement_of(first: date) -> Restatement | None:
    """The newest restatement of an interval that was not announced; None where there is none."""
    newest = Restatement.objects.filter(interval__from_on=first).order_by("-number").first()
    if newest is None or Announcement.objects.filter(key=key_of(newest, first)).exists():
        return None
    return newest


def key_of(restated: Restatement, first: date) -> str:
    return f"closed {first}, restated {restated.number}"


def moved(first: date, found: Closing) -> list[Row]:
    """Promises that were announced otherwise than they are now: `now` and `was`, each with its list."""
    told, now = _told(first), _by_promise(found)
    return [
        {"now": now[promise], "was": told[promise]}
        for promise in now
        if promise in told and told[promise]["list"] != "undecided" and _differ(told[promise], now[promise])
    ]


def mended(first: date, restated: Restatement, found: Closing) -> list[tuple[int, dict[str, Any]]]:
    """What waits or is held back and was made before the restatement: its number, its values made anew."""
    waits = Announcement.objects.filter(
        kind=Kind.CLOSED, from_on=first, made_at__lt=restated.at, state__in=(State.DRAFT, State.HELD)
    )
    now = _by_promise(found)
    return [(one.pk, _anew(one.values, now)) for one in waits if "restated" not in one.values]


def _anew(values: Mapping[str, Any], now: Mapping[str, Row]) -> dict[str, Any]:
    held = {row["promise"] for name in LISTS for row in values.get(name, ())}
    lists: dict[str, list[Row]] = {name: [] for name in LISTS}
    for promise, row in now.items():
        if promise in held:
            lists[row["list"]].append({name: value for name, value in row.items() if name != "list"})
    return {**values, **lists}


def _told(first: date) -> dict[str, Row]:
    """What went out of an interval, by promise: the last that anybody was told."""
    told: dict[str, Row] = {}
    sent = Announcement.objects.filter(kind=Kind.CLOSED, from_on=first, state=State.SENT)
    for values in sent.order_by("made_at", "pk").values_list("values", flat=True):
        told |= {row["promise"]: {**row, "list": name} for name in LISTS for row in values.get(name, ())}
        told |= {row["now"]["promise"]: row["now"] for row in values.get("restated", ())}
    return told


def _by_promise(found: Closing) -> dict[str, Row]:
    return {one.promise: {**asdict(one), "list": name} for name in LISTS for one in getattr(found, name)}


def _differ(was: Row, now: Row) -> bool:
    if was["list"] != now["list"]:
        return True
    return any(not _same(was[name], now[name]) for name in ("actual", "promised", "kept", "of"))


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9)
