"""What differs between two versions of an agreement: every difference of meaning, each exactly once.

`apply(diff(a, b), a) == b` for any two agreements. Entries are matched by what people call them (a person by
key, a promise by id, a stage by name, a criterion by its condition), never by their place; a changed order
of what both have is a change of its own. What means something only as a whole (a cadence, a closing profile,
the hours of a week) is compared as a whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.funnels import Stage
from accord.agreement.clauses.goals import FurtherGoal, Improvement
from accord.agreement.clauses.handover import Criterion, Escalation
from accord.agreement.clauses.hours import OpenDay, Span, Version
from accord.agreement.clauses.promised import Kpi, Promise
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.reading.wording import show_path
from accord.agreement.terms import Agreement
from accord.errors import InputError

Steps = tuple[str, ...]  # keys as in the file, those of mappings and of matched entries, from the top down


class Kind(StrEnum):
    ADDED = "added"  # only the later agreement has it
    REMOVED = "removed"  # only the earlier one has it
    CHANGED = "changed"  # both have it, not alike
    REORDERED = "reordered"  # the same entries in another order: `before` and `after` are their keys


@dataclass(frozen=True)
class Change:
    """One difference. `before` and `after` are values of the terms, None where there is nothing.

    `place` is where an added entry stands among its siblings of the later agreement, from 0.
    """

    path: Steps
    kind: Kind
    before: object
    after: object
    place: int = 0

    @property
    def where(self) -> str:
        """The path as it would be written in the file."""
        return show_path(self.path)


def diff(earlier: Agreement, later: Agreement) -> tuple[Change, ...]:
    """All changes from one agreement to another, in the order of the terms; empty if they mean the same.

    Both may be of different names and versions. Amounts that are equal as numbers are equal (2000 and
    2000.00); a window in another unit (60 min, 1 h) is a change, for on other calendars it may not be.
    """
    return tuple(_of_clauses((), earlier, later))


def apply(changes: Sequence[Change], agreement: Agreement) -> Agreement:
    """The agreement with all changes made; InputError where it does not hold what a change starts from."""
    return cast(Agreement, _patched((), agreement, [(change.path, change) for change in changes]))


def entry_key(value: object) -> str | None:
    """What an entry of a list goes by; None for entries that only mean something together with the others."""
    if isinstance(value, str):
        return value
    return next((key(value) for kind, key in _KEYS if isinstance(value, kind)), None)


_KEYS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Stage, lambda stage: str(stage.name)),
    (Promise, lambda promise: str(promise.id)),
    (Criterion, lambda criterion: str(criterion.when)),
    (Kpi, lambda kpi: str(kpi.name)),
    (FurtherGoal, lambda further: str(further.goal)),
    (Escalation, lambda step: f"{step.after} after" if step.at is None else show_percent(step.at)),
    (
        Improvement,
        lambda goal: " ".join(name for name in (goal.rate, goal.lead_type, goal.stream) if name),
    ),
    (Version, lambda version: f"{version.start}"),
    (OpenDay, lambda day: f"{day.on}"),
    (Span, lambda span: f"{span.start} to {span.end}"),
)
_WHOLE: tuple[tuple[type, str], ...] = ((Version, "hours"), (OpenDay, "hours"))  # windows of days


def _of_clauses(path: Steps, earlier: Clause, later: Clause) -> Iterator[Change]:
    for key, name in _fields(earlier).items():
        before, after = getattr(earlier, name), getattr(later, name)
        whole = any(isinstance(earlier, owner) and name == field for owner, field in _WHOLE)
        yield from (_leaf if whole else _between)((*path, key), before, after)


def _fields(clause: Clause) -> dict[str, str]:
    """Names of fields by the key under which the file has them."""
    return {info.alias or name: name for name, info in type(clause).model_fields.items()}


def _between(path: Steps, before: object, after: object) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _entries(path, _keyed(before), _keyed(after))
    elif isinstance(before, tuple) and isinstance(after, tuple):
        olds, news = _by_key(before), _by_key(after)
        if olds is None or news is None:
            yield from _leaf(path, before, after)
        else:
            yield from _entries(path, olds, news)
    elif isinstance(before, Clause) and type(before) is type(after) and not _is_later_version(before):
        yield from _of_clauses(path, before, after)
    else:
        yield from _leaf(path, before, after)


def _leaf(path: Steps, before: object, after: object) -> Iterator[Change]:
    if same(before, after):
        return
    kind = Kind.ADDED if before is None else Kind.REMOVED if after is None else Kind.CHANGED
    yield Change(path, kind, before, after)


def same(before: object, after: object) -> bool:
    """Whether two values mean the same; a later version of a calendar also by what it leaves unsaid."""
    if isinstance(before, Version) and isinstance(after, Version) and _is_later_version(before):
        return before == after and before.model_fields_set == after.model_fields_set
    return before == after


def _is_later_version(value: object) -> bool:
    return type(value) is Version


def _entries(path: Steps, olds: Mapping[str, object], news: Mapping[str, object]) -> Iterator[Change]:
    kept_before = tuple(key for key in olds if key in news)
    kept_after = tuple(key for key in news if key in olds)
    for key, old in olds.items():
        if key not in news:
            yield Change((*path, key), Kind.REMOVED, old, None)
        else:
            yield from _between((*path, key), old, news[key])
    for place, (key, new) in enumerate(news.items()):
        if key not in olds:
            yield Change((*path, key), Kind.ADDED, None, new, place)
    if kept_before != kept_after:
        yield Change(path, Kind.REORDERED, kept_before, kept_after)


def _keyed(mapping: Mapping[Any, object]) -> dict[str, object]:
    return {str(key): item for key, item in mapping.items()}


def _by_key(items: tuple[object, ...]) -> dict[str, object] | None:
    """Entries by key; None where they have none, or two share one, so that only the whole can be compared."""
    keyed: dict[str, object] = {}
    for item in items:
        key = entry_key(item)
        if key is None or key in keyed:
            return None
        keyed[key] = item
    return keyed


_Rest = list[tuple[Steps, Change]]  # what is left of each change's path below the value at hand


def _patched(path: Steps, value: object, rest: _Rest) -> object:
    """`value` with the changes below it made."""
    for steps, change in rest:
        if not steps and change.kind is not Kind.REORDERED:
            _holds(change, value)
            return change.after
    if isinstance(value, Clause):
        return _patched_clause(path, value, rest)
    if isinstance(value, Mapping):
        return _patched_entries(path, _keyed(value), rest)
    if isinstance(value, tuple) and (keyed := _by_key(value)) is not None:
        return tuple(_patched_entries(path, keyed, rest).values())
    raise InputError(
        f"{show_path(path)}: nothing here has parts; the changes were made for another agreement"
    )


def _patched_clause(path: Steps, clause: Clause, rest: _Rest) -> Clause:
    fields = _fields(clause)
    values = {name: getattr(clause, name) for name in fields.values()}
    for key, below in _by_step(rest).items():
        if (name := fields.get(key)) is None:
            raise InputError(
                f"{show_path((*path, key))}: no such part; the changes were made for something else"
            )
        values[name] = _patched((*path, key), values[name], below)
    patched = type(clause).model_validate(values)
    touched = clause.model_fields_set | {fields[steps[0]] for steps, _ in rest if steps}
    object.__setattr__(patched, "__pydantic_fields_set__", touched)  # what was left unsaid stays unsaid
    return patched


def _patched_entries(path: Steps, entries: dict[str, object], rest: _Rest) -> dict[str, object]:
    left, added, order = dict(entries), [], tuple(entries)
    for key, below in _by_step(rest).items():
        (steps, change), *_ = below
        if steps or change.kind in (Kind.CHANGED, Kind.REORDERED):
            if key not in left:
                raise InputError(
                    f"{show_path((*path, key))}: not here; the changes were made for another agreement"
                )
            left[key] = _patched((*path, key), left[key], below)
        elif change.kind is Kind.ADDED:
            _holds(change, left.get(key))
            added.append((change.place, key, change.after))
        else:
            _holds(change, left.pop(key, None))
    for steps, change in rest:
        if not steps and change.kind is Kind.REORDERED:
            order = cast(Steps, change.after)
    keys = [key for key in order if key in left] + [key for key in left if key not in order]
    for place, key, new in sorted(added, key=lambda item: item[0]):
        keys.insert(place, key)
        left[key] = new
    return {key: left[key] for key in keys}


def _by_step(rest: _Rest) -> dict[str, _Rest]:
    groups: dict[str, _Rest] = {}
    for steps, change in rest:
        if steps:
            groups.setdefault(steps[0], []).append((steps[1:], change))
    return groups


def _holds(change: Change, value: object) -> None:
    if not same(change.before, value):
        raise InputError(f"{change.where}: this has changed since; compare the two agreements again")
