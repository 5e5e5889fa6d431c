"""Places of a text: its marks along a path, its plain values there, the proof that a new text says them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from accord.agreement.reading.text import Node, Path, Unreadable, read_tree
from accord.agreement.reading.wording import show_path
from accord.agreement.writing.marks import Mark
from accord.errors import InputError

tree_of = lru_cache(maxsize=16)(read_tree)  # each change is read before and after; one after it starts there


def deepest(root: Mark | None, path: Path) -> tuple[Mark | None, Path]:
    """The last value on the way to `path` that is written, and its path."""
    mark, known = root, Path()
    for step in path:
        found = mark.entry(step) if mark is not None else None
        if found is None:
            break
        mark, known = found[1].value, (*known, step)
    return mark, known


def parent_in_braces(root: Mark | None, path: Path) -> bool:
    parent, _ = deepest(root, path[:-1])
    return parent is not None and parent.in_braces


def refuse_names(root: Mark | None, path: Path) -> None:
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


def wrapped(steps: Sequence[str | int], value: object) -> object:
    for step in reversed(steps):
        if isinstance(step, int) and step:
            raise InputError(f"there is no entry {step} of a list that is not there yet; add the first one")
        value = [value] if isinstance(step, int) else {step: value}
    return value


def values_in(text: str) -> object:
    """What the text says as plain values; an empty text says nothing."""
    try:
        return plain_of(tree_of(text)[0])
    except Unreadable as stopped:
        if stopped.flaw.what == "the text is empty":
            return {}
        raise InputError(
            f"line {stopped.flaw.line}: {stopped.flaw.what}; mend the text first ({stopped.flaw.allowed})"
        ) from None


def plain_of(node: Node) -> object:
    """As `Node.plain`, with None for what was left empty."""
    if isinstance(node.value, dict):
        return {key: plain_of(item) for key, item in node.value.items()}
    return [plain_of(item) for item in node.value] if isinstance(node.value, list) else node.value


def value_at(tree: object, path: Path) -> object:
    for step in path:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def with_value(tree: object, path: Path, value: object) -> object:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        items = list(tree) if isinstance(tree, list) else []
        return [
            *items[:step],
            with_value(items[step] if step < len(items) else None, rest, value),
            *items[step + 1 :],
        ]
    entries = dict(tree) if isinstance(tree, dict) else {}
    return {**entries, step: with_value(entries.get(step), rest, value)}


def without_value(tree: Any, path: Path) -> object:
    step, rest = path[0], path[1:]
    if rest:
        return with_value(tree, (step,), without_value(tree[step], rest))
    if isinstance(tree, list):
        return [item for at, item in enumerate(tree) if at != step]
    return {key: item for key, item in tree.items() if key != step}


def proved(new: str, meant: object, path: Path) -> str:
    """The new text if it says what was meant, and nothing else."""
    try:
        says = plain_of(tree_of(new)[0])
    except Unreadable:
        says = None
    if says != meant:
        raise InputError(f"{show_path(path)}: this cannot be changed by itself here; change it in the text")
    return new
