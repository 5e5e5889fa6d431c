"""What can still be read of an agreement with errors, so that its parts can be held against each other.

Every value with a problem is taken out, and only that value: what depends on it goes with it, the rest stays.
So a bad rate does not hide an unknown stream, and all problems are reported in one go.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from accord.agreement.reading.names import Names, names_in
from accord.agreement.reading.text import Path
from accord.agreement.terms import Agreement

_ROUNDS = 8  # a value, what needs it, what needs that, …: deeper than any agreement is
_GONE = object()
_STAND_INS: Mapping[str, object] = {  # for required parts with errors; findings on them are not told
    "accord": "1",
    "name": "draft",
    "term": "2000-01-01",
    "goal": {"customers": "1"},
    "lead_types": {"draft": {}},
}
_NEUTRAL: Mapping[
    tuple[str | int, ...], str
] = {  # for required values with errors, so that the rest can stay
    ("goal", "revenue"): "1",
    ("people", "side"): "viewer",
    ("promises", "side"): "both",
    ("promises", "id"): "draft",
}
Errors = list[Any]
BySchema = Callable[[Mapping[str, Any]], tuple[Agreement | None, Errors]]


@dataclass(frozen=True)
class Draft:
    """What is left of an agreement, and where something was taken out.

    `without` are the paths, as written, of what is missing; `kept` gives, for the sections that are lists,
    the positions in the text of the entries that are left.
    """

    agreement: Agreement
    names: Names
    without: frozenset[Path]
    kept: Mapping[str, tuple[int, ...]]


def sound_part(raw: Mapping[str, Any], bad: Iterable[Path], by_schema: BySchema) -> Draft | None:
    """The draft left when what stands at `bad` is taken out; None if no agreement is left then."""
    work: dict[str, Any] = deepcopy(dict(raw))
    without: set[Path] = set()
    out = {path for path in bad if path}  # what is missing at the top has a stand-in
    for _ in range(_ROUNDS):
        without |= {_take_out(work, path) for path in out}
        left, kept = _compact(work)
        absent = _STAND_INS.keys() - left.keys()
        agreement, errors = by_schema({**left, **{key: _STAND_INS[key] for key in absent}})
        if agreement is not None:
            gone = frozenset(without | {(key,) for key in absent})
            return Draft(agreement, names_in(raw), gone, kept)
        out = {_stands_at(work, _in_text(error["loc"], kept)) for error in errors}
        if () in out:
            return None
    return None


def _compact(work: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[int, ...]]]:
    """The sections without the entries taken out of lists, and the positions of those that are left."""
    left: dict[str, Any] = {}
    kept: dict[str, tuple[int, ...]] = {}
    for section, value in work.items():
        if isinstance(value, list):
            kept[section] = tuple(at for at, item in enumerate(value) if item is not _GONE)
            left[section] = [value[at] for at in kept[section]]
        elif value != {} or section not in ("calendars", "lead_types"):  # these two are never empty
            left[section] = value
    return left, kept


def _in_text(path: Path, kept: Mapping[str, tuple[int, ...]]) -> Path:
    """`path` with the position that the entry of a list has in the text."""
    if len(path) > 1 and isinstance(path[1], int) and path[0] in kept:
        return (path[0], kept[str(path[0])][path[1]], *path[2:])
    return path


def _stands_at(work: Mapping[str, Any], path: Path) -> Path:
    """What to take out for an error at `path`: it, or, where it is missing, what misses it."""
    value: Any = work
    written: Path = ()
    for step in path:
        if _has(value, step):  # else a level that a shorthand leaves out, or the missing key itself
            value, written = value[step], (*written, step)
    return written


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and step < len(value)
    return isinstance(value, dict) and step in value


def _take_out(work: dict[str, Any], path: Path) -> Path:
    """Takes out what stands at `path` and says what went: an entry of an inner list takes the list along."""
    while len(path) > 2 and isinstance(path[-1], int):
        path = path[:-1]
    holder: Any = work
    for step in path[:-1]:
        if not _has(holder, step):
            return path  # taken out already, with what it stood in
        holder = holder[step]
    neutral = _NEUTRAL.get((path[0], path[-1])) if len(path) <= 3 else None
    if isinstance(holder, dict) and neutral is not None:
        holder[str(path[-1])] = neutral
    elif isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list) and isinstance(path[-1], int):
        holder[path[-1]] = _GONE
    return path
