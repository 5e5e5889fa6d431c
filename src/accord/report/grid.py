"""A table of the page: what a reader sees, and the same rows as a CSV that a link carries inside itself."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote

from accord.report import format as say

Row = dict[str, object]
SHOWN = 100  # rows of one table; a page is read, a file is searched
TAKEN = 1000  # rows that the link to a file can carry; longer lists come from `accord measures` and JSON
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _plain(value: object) -> str | None:
    return say.name(value)


@dataclass(frozen=True)
class Column:
    """One column: where its value stands in a row, how it is headed and how it is written."""

    key: str
    title: str
    show: Callable[[object], str | None] = _plain
    numeric: bool = False
    optional: bool = False  # left away where all its values are 0 or unknown


@dataclass(frozen=True)
class Grid:
    """Texts by row and column; `rows` are all of them with raw values, also those left out of sight."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[str | None, ...], ...]
    muted: frozenset[int]  # rows to show greyed: figures that are not final yet
    left_out: int
    rows: tuple[Row, ...]
    note: str = ""  # what to mind when one reads the rows together

    @property
    def csv(self) -> str:
        """All rows, headed by the measure's own names."""
        return csv_text([column.key for column in self.columns], self.rows)

    @property
    def csv_uri(self) -> str:
        """The first thousand rows as a `data:` address: it is the file itself, nothing is fetched."""
        some = csv_text([column.key for column in self.columns], map(_brief, self.rows[:TAKEN]))
        return "data:text/csv;charset=utf-8," + quote(some, safe=",:;()*!~-_.")


def grid(
    id: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    muted: Callable[[Row], bool] = lambda _: False,
    seen: Sequence[Row] | None = None,
    note: str = "",
) -> Grid:
    """The table of `rows`: the first hundred, or those `seen`. A column that no row knows is left away."""
    rows = list(rows)
    shown = rows[:SHOWN] if seen is None else seen
    kept = tuple(column for column in columns if any(_tells(column, row) for row in rows))
    cells = tuple(tuple(c.show(row.get(c.key)) for c in kept) for row in shown)
    pale = frozenset(index for index, row in enumerate(shown) if muted(row))
    return Grid(id, caption, kept, cells, pale, max(0, len(rows) - len(shown)), tuple(rows), note)


def _tells(column: Column, row: Row) -> bool:
    value = row.get(column.key)
    return bool(value) if column.optional else value is not None


def slug(text: str) -> str:
    """The text as part of an id in HTML: letters and digits of any script stay, the rest becomes a hyphen."""
    return "".join(c if c.isalnum() else "-" for c in text)[:60]


def csv_text(keys: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV under their keys, values as they are: shares as fractions, lengths in seconds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(keys)
    writer.writerows([_raw(row.get(key)) for key in keys] for row in rows)
    return out.getvalue()


def _brief(row: Row) -> Row:
    """A row whose numbers have twelve digits, without the tail that arithmetic left: a page carries it."""
    return {key: float(f"{each:.12g}") if isinstance(each, float) else each for key, each in row.items()}


def _raw(value: object) -> str:
    """A cell as a spreadsheet may open it: instants in ISO with Z, no text that would run as a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return utc.isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else ""
    if isinstance(value, date | int):
        return str(value)
    if isinstance(value, float):
        return "" if say.known(value) is None else repr(value)
    text = str(value).encode("utf-8", "replace").decode()  # lone surrogates have no UTF-8
    return f"'{text}" if text.startswith(_FORMULA) else text
