"""The verdicts that differ, read from a query or from a file that a replay left."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from accord.ledger.engine import connect
from accord.ledger.log import sql_path, sql_text
from accord.ledger.replay.values import GROUPINGS, Moved
from accord.promises.verdict import PromiseOf, State

_AT_ONCE = 2000
FILTERS = ("promise", "was", "became", *GROUPINGS)


def moves_in(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Moved]:
    """Rows of a query with the columns of `moved.sql`, a few thousand at a time."""
    rows = con.execute(sql)
    names = [column[0] for column in rows.description or ()]
    while some := rows.fetchmany(_AT_ONCE):
        yield from (_moved(dict(zip(names, row, strict=True))) for row in some)


def read_moved(
    path: Path, filters: dict[str, str | None], *, limit: int | None = None, offset: int = 0
) -> tuple[int, tuple[Moved, ...]]:
    """How many rows of a kept list fit, and the page of them; a filter's None is unknown or not judged.

    `filters` go by FILTERS; other names are refused with KeyError.
    """
    wanted = [_fits(name, value) for name, value in filters.items()]
    source = f"FROM read_parquet({sql_path(path)}) WHERE {' AND '.join(['TRUE', *wanted])}"
    paged = "" if limit is None else f" LIMIT {int(limit)} OFFSET {int(offset)}"
    with connect({"threads": "1"}) as con:
        row = con.execute(f"SELECT count(*) {source}").fetchone()
        order = "ORDER BY started_at, promise, lead"
        return int(row[0]) if row else 0, tuple(moves_in(con, f"SELECT * {source} {order}{paged}"))


def _fits(name: str, value: str | None) -> str:
    if name not in FILTERS:
        raise KeyError(name)
    return f'"{name}" IS NULL' if value is None else f'"{name}" = {sql_text(value)}'


def _moved(row: dict[str, object]) -> Moved:
    was, then = row.pop("was"), row.pop("became")
    promise = PromiseOf(str(row.pop("promise")))
    return Moved(
        promise=promise,
        was=None if was is None else State(str(was)),
        then=None if then is None else State(str(then)),
        **row,  # type: ignore[arg-type]
    )
