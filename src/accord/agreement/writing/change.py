"""One place of an agreement's text changed, with every other sign of it left as it is.

What comes out is read again: the tree of the new text is that of the old one with just this place changed, or
the change is refused and the text stays. Places are paths as they are written, such as `("goal", "revenue")`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from accord.agreement.reading.text import Node, Path, Unreadable, read_tree
from accord.agreement.reading.wording import show_path
from accord.agreement.terms import Agreement
from accord.agreement.writing.marks import Mark, read_marks
from accord.agreement.writing.shorthands import written_out
from accord.agreement.writing.splice import at_the_end, replaced, with_entry, without_entry
from accord.errors import InputError

_tree = lru_cache(maxsize=16)(read_tree)  # each change is read before and after; one after it starts there
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
    before = _read(text)
    if _at(before, path) == written:
        return text
    root = read_marks(text)
    holder, known = _deepest(root, path)
    _refuse_names(root, path)
    if holder is None:
        return _proved(at_the_end(text, *_first(path, written)), _with(before, path, written), path)
    if len(known) < len(path):
        return _set_missing(_Place(text, before, holder, known), path, written)
    if step_by_step := _parts_set(text, path, holder, _at(before, path), written):
        return step_by_step
    new = replaced(text, holder, written, in_braces=_parent_in_braces(root, path))
    return _proved(new, _with(before, path, written), path)


def remove_at(text: str, path: Path) -> str:
    """The text without what stands at `path`; InputError where nothing stands there."""
    before = _read(text)
    root = read_marks(text)
    _refuse_names(root, path)
    holder, known = _deepest(root, path[:-1])
    found = holder.entry(path[-1]) if holder is not None and len(known) == len(path) - 1 and path else None
    if holder is None or found is None:
        raise InputError(
            f"{show_path(path) or 'the text'}: nothing is written here, so nothing can be removed"
        )
    _refuse_names(root, path)
    return _proved(without_entry(text, holder, found[0]), _without(before, path), path)


def add_to(text: str, path: Path, key: str | None, written: object) -> str:
    """The text with one more entry at the end of the mapping (with `key`) or the list at `path`.

    InputError where the key stands there already.
    """
    held = _at(_read(text), path)
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
    step, value = path[len(known)], _wrapped(path[len(known) + 1 :], written)
    if holder.entries is None:
        opened = _opened(place.text, known, _at(place.says, known), step, empty=holder.empty)
        return set_at(opened, path, written)
    if holder.keyed is isinstance(step, int) or (isinstance(step, int) and step != len(holder.entries)):
        raise InputError(f"{show_path(path)}: there is no such place; add to the end of what is there")
    after = len(holder.entries) - 1 if known else _behind(holder, step)
    key = None if isinstance(step, int) else step
    new = with_entry(place.text, holder, key, value, after)
    return _proved(new, _with(place.says, path, written), path)


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


def _deepest(root: Mark | None, path: Path) -> tuple[Mark | None, Path]:
    """The last value on the way to `path` that is written, and its path."""
    mark, known = root, Path()
    for step in path:
        found = mark.entry(step) if mark is not None else None
        if found is None:
            break
        mark, known = found[1].value, (*known, step)
    return mark, known


def _parent_in_braces(root: Mark | None, path: Path) -> bool:
    parent, _ = _deepest(root, path[:-1])
    return parent is not None and parent.in_braces


def _refuse_names(root: Mark | None, path: Path) -> None:
    """Where a value is shared under a name, a change here would be one elsewhere too."""
    mark, way = root, iter(path)
    while mark is not None:
        step = next(way, None)
        found = mark.entry(step) if step is not None else None
        if mark.named or (step is None and _holds_names(mark)):
            raise InputError(
                f"{show_path(path)}: a value here is shared under a name (& or *), so a change would be one "
                "elsewhere too; write it out in the text, then change it"
            )
        mark = found[1].value if found else None


def _holds_names(mark: Mark) -> bool:
    return mark.named or any(_holds_names(entry.value) for entry in mark.entries or ())


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
    return path[0], _wrapped(path[1:], written)


def _wrapped(steps: Sequence[str | int], value: object) -> object:
    for step in reversed(steps):
        if isinstance(step, int) and step:
            raise InputError(f"there is no entry {step} of a list that is not there yet; add the first one")
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _read(text: str) -> object:
    """What the text says as plain values; an empty text says nothing."""
    try:
        return _plain(_tree(text)[0])
    except Unreadable as stopped:
        if stopped.flaw.what == "the text is empty":
            return {}
        raise InputError(
            f"line {stopped.flaw.line}: {stopped.flaw.what}; mend the text first ({stopped.flaw.allowed})"
        ) from None


def _plain(node: Node) -> object:
    """As `Node.plain`, with None for what was left empty."""
    if isinstance(node.value, dict):
        return {key: _plain(item) for key, item in node.value.items()}
    return [_plain(item) for item in node.value] if isinstance(node.value, list) else node.value


def _at(tree: object, path: Path) -> object:
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def _with(tree: object, path: Path, value: object) -> object:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(tree) if isinstance(tree, list) else []
        return [
            *items[:step],
            _with(items[step] if step < len(items) else None, rest, value),
            *items[step + 1 :],
        ]
    entries = dict(tree) if isinstance(tree, dict) else {}
    return {**entries, step: _with(entries.get(step), rest, value)}


def _without(tree: Any, path: Path) -> object:
    step, rest = path[0], path[1:]
    if rest:
        return _with(tree, (step,), _without(tree[step], rest))
    if isinstance(tree, list):
        return [item for at, item in enumerate(tree) if at != step]
    return {key: item for key, item in tree.items() if key != step}


def _proved(new: str, meant: object, path: Path) -> str:
    """The new text if it says what was meant, and nothing else."""
    try:
        says = _plain(_tree(new)[0])
    except Unreadable:
        says = None
    if says != meant:
        raise InputError(f"{show_path(path)}: this cannot be changed by itself here; change it in the text")
    return new
