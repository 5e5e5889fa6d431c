"""What an import found, merged into the log: nothing that was there is lost, nothing is counted twice.

Events: for each distinct event the log keeps as many as the export that held most of them (multiset maximum).
So the same export again adds nothing, and a rolling one adds what is new. Old events keep their `seq`; new
ones follow, in an order that depends on their content alone. Leads: the newest value that says anything wins.
"""

# ruff: noqa: S608 - queries are made of our own columns and literals

from dataclasses import dataclass

import duckdb

from accord.lead.events import LEAD_COLUMNS, Kind
from accord.ledger.log import LogWriter, files_named, files_of, read_sql, sql_name, sql_text
from accord.sources.facts import ATTRIBUTES, EVENT_FIELDS

LEADS_FILE = "leads"  # all maps that fill a log share one file of leads


@dataclass(frozen=True)
class Merged:
    """How many events are new and how many the log had; how many leads are new, and how many it has now."""

    events_new: int
    events_known: int
    leads_new: int
    leads_total: int


def merge(con: duckdb.DuckDBPyConnection, writer: LogWriter) -> Merged:
    """Put tables `found` and `said` on top of the log that `writer` writes to; files that stay equal are not
    written."""
    events_new = _merge_events(con, writer)
    leads_old, leads_now = _merge_leads(con, writer)
    found = _one(con, "SELECT count(*) FROM found")
    return Merged(events_new, found - events_new, leads_now - leads_old, leads_now)


def _merge_events(con: duckdb.DuckDBPyConnection, writer: LogWriter) -> int:
    old = files_named(writer.into, "events", writer.name)
    columns = ", ".join(map(sql_name, EVENT_FIELDS))
    added = f"SELECT {columns} FROM found"
    if old:
        added += f" EXCEPT ALL SELECT {columns} FROM ({read_sql('events', old)})"
    con.execute(f"CREATE TEMP TABLE added AS FROM ({added}) ORDER BY {_order()}")
    new = _one(con, "SELECT count(*) FROM added")
    if new:
        everything = read_sql("events", files_of(writer.into, "events"))
        last = _one(con, f"SELECT coalesce(max(seq), 0) FROM ({everything})")
        after = f"SELECT {last} + 1 + rowid AS seq, {columns} FROM added"
        rows = f"SELECT seq, {columns} FROM ({read_sql('events', old)}) UNION ALL {after}" if old else after
        writer.add(con, "events", rows)
    con.execute("DROP TABLE added")
    return new


def _order() -> str:
    """By time, then lead, then the order of a lead's life, then everything else: never by place in a file."""
    kinds = ", ".join(sql_text(kind) for kind in Kind)
    rest = [name for name in EVENT_FIELDS if name not in ("occurred_at", "lead", "kind")]
    return ", ".join(["occurred_at", "lead", f"kind::ENUM({kinds})", *map(sql_name, rest)])


def _merge_leads(con: duckdb.DuckDBPyConnection, writer: LogWriter) -> tuple[int, int]:
    files = files_of(writer.into, "leads")
    newest = ", ".join(
        f"arg_max({sql_name(name)}, place) FILTER ({sql_name(name)} IS NOT NULL) AS {sql_name(name)}"
        for name in ATTRIBUTES
    )
    unknown = ", ".join(f"NULL::{LEAD_COLUMNS[name]} AS {sql_name(name)}" for name in ATTRIBUTES)
    con.execute(f"""
        CREATE TEMP TABLE stated AS
        SELECT lead, {newest} FROM (
            SELECT * FROM said
            UNION ALL BY NAME
            SELECT -1::BIGINT AS place, lead, {unknown} FROM (SELECT DISTINCT lead FROM found)
            UNION ALL BY NAME SELECT 0::BIGINT AS place, * FROM ({read_sql("leads", files)})
        ) GROUP BY lead ORDER BY lead
    """)
    total = _one(con, "SELECT count(*) FROM stated")
    old = _one(con, f"SELECT count(DISTINCT lead) FROM ({read_sql('leads', files)})")
    changed = f"SELECT count(*) FROM (FROM stated EXCEPT {read_sql('leads', files)})"
    if len(files) != 1 or _one(con, changed):
        writer.add(con, "leads", "FROM stated", name=LEADS_FILE, alone=True)
    return old, total


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
