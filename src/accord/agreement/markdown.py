"""Small pieces of Markdown: names escaped, lists, tables."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~$&])")
_AT_START = re.compile(r"^(\d*)([.)]|(?<!\d)[-=:])(?=\s|-|=|$)")  # a list, a rule or a heading


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in any script, on one line."""
    line = " ".join(text.split())
    return _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", line))


def spoken(name: str) -> str:
    """A name such as `missing_data` in a sentence: missing data."""
    return escaped(name.replace("_", " "))


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
