"""From facts (rows with what their events need) to events, the leads' attributes, and the counts."""

# ruff: noqa: S608 - queries are made of our own columns and literals

from dataclasses import dataclass

import duckdb

from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS
from accord.ledger.log import sql_name
from accord.sources.compile import Compiled
from accord.sources.map import FileMap

EVENT_FIELDS = [name for name in EVENT_COLUMNS if name != "seq"]
ATTRIBUTES = [name for name in LEAD_COLUMNS if name != "lead"]
_USABLE = "kept AND fault IS NULL"


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables `found` (events of this import) and `said` (attributes, `place` growing with newness)."""
    events = ", ".join(f"{sql_name(name)} {EVENT_COLUMNS[name]}" for name in EVENT_FIELDS)
    con.execute(f"CREATE TEMP TABLE found ({events})")
    attributes = ", ".join(f"{sql_name(name)} {LEAD_COLUMNS[name]}" for name in ATTRIBUTES)
    con.execute(f"CREATE TEMP TABLE said (place BIGINT, lead VARCHAR, {attributes})")


def keep_first(con: duckdb.DuckDBPyConnection, part: FileMap) -> None:
    """Rules with `first_per` stay on only in the earliest usable row of each group."""
    for number, rule in enumerate(part.events):
        if rule.first_per is None:
            continue
        on, at = f"e{number}_on", "file" if rule.at.constant else f"e{number}_at"
        candidate = f"({on} AND {_USABLE})"
        first = (
            f"{candidate} AND 1 = row_number() OVER "
            f"(PARTITION BY {candidate}, e{number}_key ORDER BY {at}, file, row)"
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE facts AS SELECT * REPLACE ({first} AS {on}) FROM facts")


def take_events(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    """Add the events of all rules to `found`."""
    for number, constants in enumerate(compiled.constants):
        prefix = f"e{number}_"
        given = {name.removeprefix(prefix): name for name in compiled.outputs if name.startswith(prefix)}

        def value(name: str, constants: dict[str, str] = constants, given: dict[str, str] = given) -> str:
            return constants.get(name) or given.get(name) or "NULL"

        columns = {name: value(name) for name in EVENT_FIELDS}
        at = value("at")
        columns |= {
            "lead": "lead",
            "occurred_at": at,
            "recorded_at": f"coalesce({value('recorded_at')}, {at})",
        }
        said = [f"{text} AS {sql_name(name)}" for name, text in columns.items()]
        again = f"unnest(range({given['times']}))" if "times" in given else "0"
        query = f"SELECT {', '.join(said)}, {again} AS again FROM facts WHERE {_USABLE} AND {prefix}on"
        con.execute(f"INSERT INTO found BY NAME SELECT * EXCLUDE (again) FROM ({query})")


def _used(compiled: Compiled) -> str:
    """Whether a row tells of an event, or says something about its lead."""
    told = " OR ".join(f"e{n}_on" for n in range(len(compiled.constants))) or "false"
    return f"{_USABLE} AND ({compiled.about} OR {told})"


def take_attributes(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    """Add what the rows say about leads to `said`; a later file and a later row are newer."""
    given = [name.removeprefix("a_") for name in compiled.outputs if name.startswith("a_")]
    if given:
        columns = ", ".join(f"a_{name} AS {sql_name(name)}" for name in given)
        place = "(file::BIGINT << 40) + row AS place"
        con.execute(
            f"INSERT INTO said BY NAME SELECT {place}, lead, {columns} FROM facts WHERE {_used(compiled)}"
        )


@dataclass(frozen=True)
class Counts:
    """Of one file: rows that became facts, and what became of them."""

    rows: int
    kept: int
    faulty: int
    used: int
    events: int
    leads: int


NONE = Counts(0, 0, 0, 0, 0, 0)


def count_facts(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> dict[int, Counts]:
    """By file number; files without rows are not in it."""
    rules, used = range(len(compiled.constants)), f"({_used(compiled)})"
    events = (
        " + ".join(f"coalesce(sum({_times(compiled, n)}) FILTER ({_USABLE} AND e{n}_on), 0)" for n in rules)
        or "0"
    )
    rows = con.execute(f"""
        SELECT file, count(*), count(*) FILTER (kept), count(fault), count(*) FILTER {used}, {events},
            count(DISTINCT lead) FILTER {used}
        FROM facts GROUP BY file
    """).fetchall()
    return {int(file): Counts(*map(int, counts)) for file, *counts in rows}


def _times(compiled: Compiled, number: int) -> str:
    times = f"e{number}_times"
    return times if times in compiled.outputs else "1"


def rejected_rows(con: duckdb.DuckDBPyConnection, file: int) -> list[tuple[int, str]]:
    """Row number and reason of the file's rejected facts, in the file's order."""
    return con.execute(
        "SELECT row, fault FROM facts WHERE file = ? AND fault IS NOT NULL ORDER BY row", [file]
    ).fetchall()
