"""DuckDB as the ledger uses it: an engine in memory, our SQL files, values as literals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir

import duckdb

from accord.ledger.log import sql_text

_CHUNK = 2000


def connect(limits: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory engine that fetches nothing from the net and keeps no order that nobody asked for."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
        **(limits or {}),
    }
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")  # a long query would draw over whatever is shown
    spill = Path(gettempdir()) / f"accord-{token_hex(8)}"  # only if memory runs out; DuckDB removes it
    con.execute(f"SET temp_directory = {sql_text(str(spill))}")
    return con


def sql_of(path: str) -> str:
    """The text of one of our SQL files, by its path below this room."""
    return (files("accord.ledger") / path).read_text(encoding="utf-8")


def insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Rows into a small table, as literals: row-by-row binding is a thousand times slower."""
    held = list(rows)
    for start in range(0, len(held), _CHUNK):
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in held[start : start + _CHUNK])
        con.execute(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - literals of our own making


def literal(value: object) -> str:
    """A value as an SQL literal: None, bool, int, float, text, date, naive datetime, Decimal."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMP {sql_text(value.isoformat(sep=' '))}"
    if isinstance(value, date):
        return f"DATE {sql_text(value.isoformat())}"
    return sql_text(value) if isinstance(value, str) else str(value)


def limits(memory: str | None, threads: int | None) -> dict[str, str]:
    """What `connect` takes to bound the engine; None leaves it to DuckDB."""
    said = {"memory_limit": memory, "threads": threads}
    return {name: str(limit) for name, limit in said.items() if limit is not None}


def naive(at: datetime) -> datetime:
    """An aware instant as DuckDB's TIMESTAMP in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None)


def tables(con: duckdb.DuckDBPyConnection, databases: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """Each table of the databases, the first that has it, and by which column its rows are about leads."""
    if not isinstance(con, duckdb.DuckDBPyConnection):
        found: list[tuple[str, str, str | None]] = con.tables(databases)
        return found
    named = ", ".join(map(sql_text, databases))
    return con.execute(
        "SELECT table_name, min(database_name), min(column_name) FILTER (column_name IN ('id', 'lead')) "  # noqa: S608
        f"FROM duckdb_columns() WHERE database_name IN ({named}) AND NOT internal GROUP BY table_name"
    ).fetchall()
