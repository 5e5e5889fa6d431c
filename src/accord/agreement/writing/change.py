"""One place of an agreement's text changed, with every other sign of it left as it is.

What comes out is read again: the tree of the new text is that of the old one with just this place changed, or
the change is refused and the text stays. Places are paths as they are written, such as `("goal", "revenue")`.
"""

from dataclasses import dataclass
from typing import Any

from accord.agreement.reading.text import Path
from accord.agreement.reading.wording import show_path
from accord.agreement.terms import Agreement
from accord.agreement.writing.marks import Mark, read_marks
from accord.agreement.writing.places import (
    deepest,
    parent_in_braces,
    proved,
    refuse_names,
    value_at,
    values_in,
    with_value,
    without_value,
    wrapped,
)
from accord.agreement.writing.shorthands import written_out
from accord.agreement.writing.splice import at_the_end, replaced, with_entry, without_entry
from accord.errors import InputError

_MOST_STEPS = 40  # entries of a list changed one by one; beyond it, the list is written anew
_TOP = tuple(info.alias or name for name, info in Agreement.model_fields.items())


def set_at(text: str, path: Path, written: object) -> str:
    """The text with `written` (text, a list, a mapping) at `path`; what is missing on the way is added.

    A bare value that stands for a clause (`term: 2026-01-01`) is written out where the path goes into it.
    InputError where nothing can be written: the text cannot be read, a list has no such position, the value
    there is bare text without parts, or it is shared under a name (`&name`, `*name`).
    """
    if not path:
        raise InputError("no place is named; say which key to change")
    before = values_in(text)
    if value_at(before, path) == written:
        return text
    root = read_marks(text)
    holder, known = deepest(root, path)
    refuse_names(root, path)
    if holder is None:
        new = at_the_end(text, *_first(path, written)).made_in(text)
        return proved(new, with_value(before, path, written), path)
    if len(known) < len(path):
        return _set_missing(_Place(text, before, holder, known), path, written)
    if step_by_step := _parts_set(text, path, holder, value_at(before, path), written):
        return step_by_step
    new = replaced(text, holder, written, in_braces=parent_in_braces(root, path)).made_in(text)
    return proved(new, with_value(before, path, written), path)


def remove_at(text: str, path: Path) -> str:
    """The text without what stands at `path`; InputError where nothing stands there."""
    before = values_in(text)
    root = read_marks(text)
    refuse_names(root, path)
    holder, known = deepest(root, path[:-1])
    found = holder.entry(path[-1]) if holder is not None and len(known) == len(path) - 1 and path else None
    if holder is None or found is None:
        raise InputError(
            f"{show_path(path) or 'the text'}: nothing is written here, so nothing can be removed"
        )
    refuse_names(root, path)
    return proved(without_entry(text, holder, found[0]).made_in(text), without_value(before, path), path)


def add_to(text: str, path: Path, key: str | None, written: object) -> str:
    """The text with one more entry at the end of the mapping (with `key`) or the list at `path`.

    InputError where the key stands there already.
    """
    held = value_at(values_in(text), path)
    if key is None:
        return set_at(
            text, (*path, len(held) if isinstance(held, list) else int(isinstance(held, str))), written
        )
    if isinstance(held, dict) and key in held:
        raise InputError(f"{show_path((*path, key))}: this key is there already; change it, or take another")
    return set_at(text, (*path, key), written)


@dataclass(frozen=True)
class _Place:
    """The last value on the way to a place, in a text with what it says."""

    text: str
    says: object
    holder: Mark
    path: Path


def _set_missing(place: _Place, path: Path, written: object) -> str:
    """What is not there yet, with all that leads to it."""
    holder, known = place.holder, place.path
    step, value = path[len(known)], wrapped(path[len(known) + 1 :], written)
    if holder.entries is None:
        opened = _opened(place.text, known, value_at(place.says, known), step, empty=holder.empty)
        return set_at(opened, path, written)
    if holder.keyed is isinstance(step, int) or (isinstance(step, int) and step != len(holder.entries)):
        raise InputError(f"{show_path(path)}: there is no such place; add to the end of what is there")
    after = len(holder.entries) - 1 if known else _behind(holder, step)
    key = None if isinstance(step, int) else step
    new = with_entry(place.text, holder, key, value, after).made_in(place.text)
    return proved(new, with_value(place.says, path, written), path)


def _opened(text: str, path: Path, value: object, step: str | int, *, empty: bool) -> str:
    """The text with a bare value at `path` written out as the clause or the list that it stands for."""
    if empty:
        return set_at(text, path, [] if isinstance(step, int) else {})
    bare = str(value)
    whole: object = [bare] if isinstance(step, int) else written_out(path, bare)
    if whole is None:
        what = "this is bare text and has no parts"
        raise InputError(f"{show_path(path)}: {what}; write keys with values instead of it first")
    return set_at(text, path, whole)


def _parts_set(text: str, path: Path, holder: Mark, before: object, written: object) -> str | None:
    """A list or a mapping changed entry by entry, to keep its layout; None to write it anew."""
    if (
        holder.entries
        and isinstance(before, dict)
        and isinstance(written, dict)
        and set(before) & set(written)
    ):
        kept = [key for key in before if key in written] + [key for key in written if key not in before]
        if kept != list(written):
            return None
        for key in before:
            text = text if key in written else remove_at(text, (*path, key))
        for key, item in written.items():
            text = set_at(text, (*path, key), item)
        return text
    if holder.entries and isinstance(before, list) and isinstance(written, list) and written:
        return _list_set(text, path, before, written)
    return None


def _list_set(text: str, path: Path, before: list[Any], written: list[Any]) -> str | None:
    alike = next((at for at, (a, b) in enumerate(zip(before, written, strict=False)) if a != b), None)
    start = min(len(before), len(written)) if alike is None else alike
    tail = 0
    while tail < min(len(before), len(written)) - start and before[-1 - tail] == written[-1 - tail]:
        tail += 1
    old, new = before[start : len(before) - tail], written[start : len(written) - tail]
    if len(old) + len(new) > _MOST_STEPS or (tail and len(new) > len(old)):
        return None
    for at, item in enumerate(new):
        text = set_at(text, (*path, start + at), item)
    for at in range(start + len(old) - 1, start + len(new) - 1, -1):
        text = remove_at(text, (*path, at))
    return text


def _behind(holder: Mark, key: str | int) -> int:
    """Where a key of the file's top belongs: behind those that come before it in the order of the terms."""
    entries = holder.entries or []
    if key not in _TOP:
        return len(entries) - 1
    earlier = set(_TOP[: _TOP.index(str(key))])
    return max((at for at, entry in enumerate(entries) if entry.key in earlier), default=-1)


def _first(path: Path, written: object) -> tuple[str, object]:
    """Key and value of the first entry of a text that says nothing yet."""
    if isinstance(path[0], int):
        raise InputError(f"{show_path(path)}: an agreement is a mapping of keys to values, not a list")
    return path[0], wrapped(path[1:], written)
