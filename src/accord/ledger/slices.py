"""A measure that has many groupings in one table, taken apart into the tables that people ask for."""

from datetime import date

from accord.ledger.score import MeasureResult, Table

_DAYS = ("day", "week")


def slices(result: MeasureResult) -> dict[str, MeasureResult]:
    """The measure under its name, and each grouping of a (by, key) table as NAME_by_GROUPING; days as
    dates.
    """
    found = {result.name: result}
    if result.table.columns[:2] != ("by", "key"):
        return found
    for by in dict.fromkeys(str(row[0]) for row in result.table.rows):
        if by != "all":
            found[f"{result.name}_by_{by}"] = _slice(result, by)
    return found


def _slice(result: MeasureResult, by: str) -> MeasureResult:
    columns = (by, *result.table.columns[2:])
    rows = tuple((_key(by, row[1]), *row[2:]) for row in result.table.rows if row[0] == by)
    return MeasureResult(
        name=f"{result.name}_by_{by}",
        title=f"{result.title}, by {by.replace('_', ' ')}",
        grain=f"one {by.replace('_', ' ')}",
        unit=result.unit,
        meaning=result.meaning,
        requirements=result.requirements,
        table=Table(columns, rows),
    )


def _key(by: str, key: object) -> object:
    return date.fromisoformat(str(key)) if by in _DAYS and key is not None else key
