"""Numbers and columns as plain text for people: what all outputs of the plan share."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from accord.plan.rounding import decimal_text, half_up

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet would run a cell that begins like this


def aligned(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Columns under each other: the first `left` flush left, the others flush right."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for column, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (wide - width(cell))
            cells.append(cell + blank if column < left else blank + cell)
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def width(text: str) -> int:
    """Columns of a terminal that a text takes: marks take none, wide East Asian letters two."""
    return sum(
        0
        if unicodedata.category(letter) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


def printable(text: str) -> str:
    """A name on one line, without control characters that a terminal would obey."""
    return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text)


def figure(value: Fraction) -> str:
    return f"{half_up(value, 2):,f}"


def money(value: Fraction, places: int = 2) -> str:
    """With decimals only where there are any."""
    return f"{half_up(value, 0 if value.denominator == 1 else places):,f}"


def named(month: date) -> str:
    """A month in words: March 2026."""
    return f"{month:%B %Y}"


def cell(name: str) -> str:
    """A name that no spreadsheet runs, on one line: some CSV writers let a lone carriage return through."""
    line = name.replace("\r", " ").replace("\n", " ")
    return f"'{line}" if name.startswith(_FORMULA) else line


def number(value: Fraction | None) -> dict[str, str] | None:
    """A number of a JSON output: its decimals for people, and the fraction itself."""
    return None if value is None else {"decimal": decimal_text(value), "exact": str(value)}
