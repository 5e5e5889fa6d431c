"""A measure with many groupings in one table, taken apart into the tables that people ask for.

A table that begins with (by, key) stays whole under its name, the row of all leads first, and gives one table
NAME_by_GROUPING for each grouping. A table that holds all lead types together beside each of them keeps the
first under its name and gives the others as NAME_by_lead_type.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from accord.ledger.score import MeasureResult, Table

_DAYS = ("day", "week")


def slices(result: MeasureResult) -> dict[str, MeasureResult]:
    """The measure under its name and its parts under theirs; days and weeks as dates. Without rows, no
    parts.
    """
    if result.table.columns[:2] == ("by", "key"):
        return {part.name: part for part in (result, *_groupings(result))}
    if "lead_type" in result.table.columns and result.name in (
        "cadence",
        "conversion",
        "conversion_estimate",
    ):
        return {part.name: part for part in _types(result)}
    return {result.name: result}


def _groupings(result: MeasureResult) -> Iterator[MeasureResult]:
    """One table a grouping; none where the log knows no value of it at all."""
    rows = result.table.rows
    for by in dict.fromkeys(str(row[0]) for row in rows):
        group = [row for row in rows if row[0] == by]
        if by != "all" and any(row[1] is not None for row in group):
            keyed = tuple((_key(by, row[1]), *row[2:]) for row in group)
            yield _part(result, by, Table((by, *result.table.columns[2:]), keyed))


def _types(result: MeasureResult) -> Iterator[MeasureResult]:
    place = result.table.columns.index("lead_type")
    together = tuple(row for row in result.table.rows if row[place] is None)
    apart = tuple(row for row in result.table.rows if row[place] is not None)
    yield replace(result, table=Table(result.table.columns, together))
    if apart:
        yield _part(result, "lead_type", Table(result.table.columns, apart))


def _part(result: MeasureResult, by: str, table: Table) -> MeasureResult:
    words = by.replace("_", " ")
    return replace(
        result,
        name=f"{result.name}_by_{by}",
        title=f"{result.title}, by {words}",
        grain=f"one {words}" if table.columns[0] == by else f"{result.grain}; each type apart",
        table=table,
    )


def _key(by: str, key: object) -> object:
    return date.fromisoformat(str(key)) if by in _DAYS and key is not None else key
