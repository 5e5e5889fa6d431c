"""Small pieces of Markdown: names escaped, lists, tables."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~$&])")
FIRST_STRONG, POP = "\u2068", "\u2069"  # around a text whose first letter decides its direction
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_AT_START = re.compile(r"^(\d*)([.)]|(?<!\d)[-=:])(?=\s|-|=|$)")  # a list, a rule or a heading
_LETTERS = ("mql", "sal", "sql")  # stages that are known by their letters


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in any script, on one line.

    Text that runs from right to left is isolated, so that it leaves the order of the words around it alone;
    signs that only change the direction are left out.
    """
    line = " ".join("".join(sign for sign in text if sign not in _TURNS).split())
    safe = _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))
    return isolated(safe)


def isolated(text: str) -> str:
    """Text that runs from right to left, kept apart from the order of words around it; other text as is."""
    return f"{FIRST_STRONG}{text}{POP}" if any(map(_from_the_right, text)) else text


def _from_the_right(sign: str) -> bool:
    return unicodedata.bidirectional(sign) in ("R", "AL", "AN")


def spoken(name: str) -> str:
    """A name such as `missing_data` in a sentence: missing data."""
    return escaped(name.replace("_", " "))


def stage_name(stage: str) -> str:
    """A stage as people write it: MQL, SAL and SQL in capitals, any other as it is."""
    return escaped(stage.upper() if stage in _LETTERS else stage)


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A pipe table; columns in which no row says anything are left out."""
    filled = [list(row) for row in rows]
    keep = [at for at in range(len(head)) if any(row[at] for row in filled)]
    lines = [[head[at] for at in keep], ["---"] * len(keep), *([row[at] for at in keep] for row in filled)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(items: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *most, end = list(items) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def section(title: str, *parts: str) -> str:
    """A section with its parts; empty where every part is."""
    body = "\n\n".join(part for part in parts if part)
    return f"## {title}\n\n{body}" if body else ""
