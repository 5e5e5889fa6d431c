"""What was announced of an interval whose book was restated since: told once more, as a correction.

Only promises whose figures moved are told, each with what was announced before. What has not gone out yet
is made anew instead, at the latest when it goes out, and withdrawn where nothing is left to say: who mends
the figures mends the words.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accord.report.announcing import Closing
from accord.server.book.models import Restatement
from accord.server.rituals import once
from accord.server.rituals.models import Announcement

State, Kind = Announcement.State, Announcement.Kind
LISTS = ("wins", "misses", "over", "undecided")
Row = dict[str, Any]


def restatement_of(first: date) -> Restatement | None:
    """The newest restatement of an interval that nobody has looked at; None where there is none.

    Each is looked at once, also when it moved nothing that was told: figures that move later by themselves
    are not its doing.
    """
    newest = Restatement.objects.filter(interval__from_on=first).order_by("-number").first()
    if newest is None or once.is_done(key_of(newest, first)):
        return None
    return None if Announcement.objects.filter(key=key_of(newest, first)).exists() else newest


def key_of(restated: Restatement, first: date) -> str:
    return f"closed {first}, restated {restated.number}"


def moved(first: date, found: Closing) -> list[Row]:
    """Promises that were announced otherwise than they are now: `now` and `was`, each with its list."""
    sent = Announcement.objects.filter(kind=Kind.CLOSED, from_on=first, state=State.SENT)
    told, now = last_said(sent.order_by("sent_at", "pk")), _by_promise(found)
    return [
        {"now": now[promise], "was": told[promise]}
        for promise in now
        if promise in told and told[promise]["list"] != "undecided" and _differ(told[promise], now[promise])
    ]


def last_said(announcements: QuerySet[Announcement]) -> dict[str, Row]:
    """The last word of each promise in announcements, with the list that it stands in."""
    said: dict[str, Row] = {}
    for values in announcements.values_list("values", flat=True):
        said |= {row["promise"]: {**row, "list": name} for name in LISTS for row in values.get(name, ())}
        said |= {row["now"]["promise"]: row["now"] for row in values.get("restated", ())}
    return said


def corrects(first: date) -> bool:
    """Whether a correction of an interval waits already: it is made anew, and no second one beside it."""
    return any("restated" in one.values for one in _waiting(first))


def restated_since(one: Announcement) -> Restatement | None:
    """The newest restatement of the figures that an announcement was made of before it."""
    since = Restatement.objects.filter(interval__from_on=one.from_on, at__gt=one.made_at)
    return since.order_by("-number").first() if one.kind == Kind.CLOSED else None


def mended(first: date, restated: Restatement, found: Closing) -> list[tuple[int, dict[str, Any]]]:
    """What waits or is held back and was made before a restatement: its number, its values made anew."""
    now, rows = _by_promise(found), moved(first, found)
    return [
        (one.pk, {**one.values, "restated": rows} if "restated" in one.values else _anew(one.values, now))
        for one in _waiting(first).filter(made_at__lt=restated.at)
    ]


def says(values: Mapping[str, Any]) -> bool:
    """Whether an announcement has anything to say: a promise that is not decided is none by itself."""
    return any(values.get(name) for name in ("restated", "wins", "misses", "over"))


def _waiting(first: date) -> QuerySet[Announcement]:
    return Announcement.objects.filter(
        kind=Kind.CLOSED, from_on=first, state__in=(State.DRAFT, State.HELD)
    ).order_by("pk")


def _anew(values: Mapping[str, Any], now: Mapping[str, Row]) -> dict[str, Any]:
    held = {row["promise"] for name in LISTS for row in values.get(name, ())}
    lists: dict[str, list[Row]] = {name: [] for name in LISTS}
    for promise, row in now.items():
        if promise in held:
            lists[row["list"]].append({name: value for name, value in row.items() if name != "list"})
    return {**values, **lists}


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
