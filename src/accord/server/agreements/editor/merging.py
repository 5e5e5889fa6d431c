"""Two texts that grew from one: their differences by line, and one text with the changes of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_LINES = 5_000  # to compare; beyond, comparing would take longer than anybody waits
_LONG = 1_000
_AROUND = 2  # unchanged lines shown beside a change


@dataclass(frozen=True)
class Line:
    """One line of a comparison: `sign` is `-` for the first text, `+` for the second, `…` for a gap."""

    sign: str
    before: int | None  # its number in the first text, from 1
    after: int | None
    text: str


def line_diff(before: str, after: str) -> list[Line] | None:
    """What differs, with a few lines around it; empty if nothing does, None where the texts are too long."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) + len(new) > _MOST_LINES:
        return None
    lines: list[Line] = []
    for group in _matcher(old, new).get_grouped_opcodes(_AROUND):
        if lines:
            lines.append(Line("…", None, None, ""))
        for kind, a, b, c, d in group:
            if kind == "equal":
                lines += [Line(" ", a + at + 1, c + at + 1, text) for at, text in enumerate(old[a:b])]
            else:
                lines += [Line("-", a + at + 1, None, text) for at, text in enumerate(old[a:b])]
                lines += [Line("+", None, c + at + 1, text) for at, text in enumerate(new[c:d])]
    return lines


@dataclass(frozen=True)
class _Hunk:
    """Lines `start` to `end` of the first text, and what one writer made of them."""

    start: int
    end: int
    lines: tuple[str, ...]


def merged(base: str, mine: str, theirs: str) -> str | None:
    """The common text with the changes of both; None where they touch the same lines or ones side by side."""
    lines, ours, others = base.split("\n"), mine.split("\n"), theirs.split("\n")
    if len(lines) + max(len(ours), len(others)) > _MOST_LINES:
        return None
    hunks, more = _hunks(lines, ours), _hunks(lines, others)
    alike = [hunk for hunk in more if hunk in hunks]
    more = [hunk for hunk in more if hunk not in alike]
    if any(_touch(one, other) for one in hunks for other in more):
        return None
    result: list[str] = []
    at = 0
    for hunk in sorted([*hunks, *more], key=lambda each: (each.start, each.end)):
        result += [*lines[at : hunk.start], *hunk.lines]
        at = hunk.end
    return "\n".join([*result, *lines[at:]])


def _hunks(base: Sequence[str], changed: Sequence[str]) -> list[_Hunk]:
    codes = _matcher(base, changed).get_opcodes()
    return [_Hunk(a, b, tuple(changed[c:d])) for kind, a, b, c, d in codes if kind != "equal"]


def _matcher(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    """Lines that stand all over a long text, such as empty ones, are left out: they match everywhere."""
    return SequenceMatcher(None, before, after, autojunk=len(after) > _LONG)


def _touch(one: _Hunk, other: _Hunk) -> bool:
    return one.start <= other.end and other.start <= one.end
