"""The rendered agreement as blocks of text, so that HTML and PDF say the same sentences as the Markdown.

It reads exactly what `agreement.markdown` writes, no other Markdown: there every sign of somebody's text is
escaped, so no name can become a heading, a list or a tag. What stands between the marks of isolation is a
text of its own, with its own direction.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.agreement.rendering.markdown import FIRST_STRONG, POP

_TOKEN = re.compile(rf"\\(.)|(\*\*)|([{FIRST_STRONG}{POP}])", re.DOTALL)
_ITEM = re.compile(r"(?:- |(\d+)\. )(.*)", re.DOTALL)
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Run:
    """A piece of a line; `own` has a direction of its own."""

    text: str
    strong: bool = False
    own: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    line: Line


@dataclass(frozen=True)
class Items:
    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Paragraph | Items | Table


@dataclass(frozen=True)
class Section:
    title: Line
    blocks: tuple[Block, ...]


def plain(text: str) -> Line:
    """A text of ours, as it is."""
    return (Run(text),)


def words(line: Line) -> str:
    """A line without its marks."""
    return "".join(run.text for run in line)


def sections(markdown: str) -> tuple[Section, ...]:
    """The parts of a rendered agreement; the first one's title is that of the whole."""
    parts = [part for part in re.split(r"^#{1,2} ", markdown, flags=re.MULTILINE) if part.strip()]
    found = []
    for part in parts:
        title, _, body = part.partition("\n")
        found.append(Section(line(title), tuple(_blocks(body))))
    return tuple(found)


def _blocks(body: str) -> Iterator[Block]:
    for text in filter(None, map(str.strip, body.split("\n\n"))):
        rows = text.split("\n")
        if rows[0].startswith("| "):
            yield _table(rows)
        elif match := _ITEM.fullmatch(rows[0]):
            items = (item for row in rows if (item := _ITEM.fullmatch(row)))
            yield Items(tuple(line(item[2]) for item in items), ordered=match[1] is not None)
        else:
            yield Paragraph(line(" ".join(rows)))


def _table(rows: Sequence[str]) -> Table:
    head, _, *body = (tuple(line(cell.strip()) for cell in _CELL.split(row.strip()[1:-1])) for row in rows)
    return Table(head, tuple(body))


def line(text: str) -> Line:
    """One line of Markdown as runs: escapes undone, `**` and isolation as marks of the runs."""
    runs: list[Run] = []
    strong = own = False
    at, buffer = 0, ""

    def flush() -> None:
        nonlocal buffer
        if buffer:
            runs.append(Run(buffer, strong, own))
            buffer = ""

    for token in _TOKEN.finditer(text):
        buffer += text[at : token.start()]
        at = token.end()
        if token[1]:
            buffer += token[1]
        else:
            flush()
            strong, own = (not strong, own) if token[2] else (strong, token[3] == FIRST_STRONG)
    buffer += text[at:]
    flush()
    return tuple(runs)
