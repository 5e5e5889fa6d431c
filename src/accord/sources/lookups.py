"""The files that a map joins: each becomes a table `(key, j0, j1 …)` with one row a key."""

# ruff: noqa: S608 - queries are made of our own columns and literals

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from accord.errors import MapInvalid, Problem, SourceUnreadable, nearest
from accord.sources import expressions as sql
from accord.sources.map import ImportMap, Join
from accord.sources.marked import Path as MapPath
from accord.sources.reading import SourceFile, find_files, open_source
from accord.sources.rejects import Rejected


@dataclass(frozen=True)
class Lookup:
    """A joined file: `taken` is name in the map → column of `table`; rows without a key are of no use."""

    table: str
    ours: str
    taken: dict[str, str]
    source: SourceFile
    rows: int
    keyless: int
    rejected: list[Rejected]


def make_lookup(
    con: duckdb.DuckDBPyConnection, whole: ImportMap, join: Join, at: MapPath, scratch: Path
) -> Lookup:
    """Read one joined file into a table named as `scratch`, a folder to be made.

    Raises MapInvalid: a column is not there; SourceUnreadable: a key stands twice.
    """
    scratch.mkdir()
    path = find_files(whole, [join.read], (*at, "read"))[0]
    source = open_source(
        path, scratch, encoding=join.encoding or whole.encoding, delimiter=join.delimiter or whole.delimiter
    )
    (ours, theirs), table = next(iter(join.on.items())), scratch.name
    positions = _positions(whole, source.header, [theirs, *join.take.values()], path, at)
    rejected = source.load(con, positions, scratch)
    cells = [
        f"{sql.trimmed_sql(f'c{position}')} AS {name}"
        for position, name in zip(positions, _names(join), strict=True)
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join(cells)} FROM raw")
    rows, keyless = _counts(con, table)
    con.execute(f"DELETE FROM {table} WHERE key IS NULL")
    _refuse_twins(con, table, theirs, path)
    taken = dict(zip(join.take, _names(join)[1:], strict=True))
    return Lookup(table, ours, taken, source, rows + len(rejected), keyless, rejected)


def _names(join: Join) -> list[str]:
    return ["key", *(f"j{n}" for n in range(len(join.take)))]


def _counts(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    found = con.execute(f"SELECT count(*), count(*) - count(key) FROM {table}").fetchone() or (0, 0)
    return int(found[0]), int(found[1])


def _positions(
    whole: ImportMap, header: Sequence[str], names: Sequence[str], path: Path, at: MapPath
) -> list[int]:
    problems: list[Problem] = []
    for n, name in enumerate(names):
        if header.count(name) != 1:
            where = (*at, "take" if n else "on")
            what = f"{path.name} has {header.count(name) or 'no'} columns {name!r}"
            problems.append(whole.problem(where, what, nearest(name, header).removeprefix("; ")))
    if problems:
        raise MapInvalid(problems)
    return [header.index(name) for name in names]


def _refuse_twins(con: duckdb.DuckDBPyConnection, table: str, column: str, path: Path) -> None:
    found = con.execute(
        f"SELECT key FROM {table} GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT 1"
    ).fetchone()
    if found:
        raise SourceUnreadable(
            f"{path}: {found[0]!r} stands in column {column!r} more than once; "
            "a joined file needs one row a key"
        )
