"""The layers of a file's query: raw cells, words as the map means them, joined columns, times, what rows say.

Each layer names its columns simply, so that an expression may use them as often as it likes.
"""

# ruff: noqa: S608 - queries are made of checked names and literals

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accord.ledger.log import sql_name, sql_text
from accord.sources import expressions as sql
from accord.sources.marked import Path as MapPath
from accord.sources.zones import utc_sql


@dataclass(frozen=True)
class Source:
    """What is known about one physical file before its rows are read. `taken` are the columns that joins add,
    by name in the map → (table, column)."""

    number: int
    label: str
    stem: str
    header: Sequence[str]
    taken: Mapping[str, tuple[str, str]]
    keys: Sequence[tuple[str, str]] = ()  # our column, table: how each lookup table is joined
    row: str = "rowid + 1"


@dataclass(frozen=True)
class TimeUse:
    """A column that is read as times in one particular way; `path` is where the map says so."""

    text: str
    column: str
    zone: str | None
    formats: tuple[str, ...]
    date_only: str
    path: MapPath


@dataclass
class Layers:
    """All that a query is made of. `meant` says by column which words stand for which."""

    source: Source
    empty: Sequence[str]
    translate: Mapping[str, Mapping[str, str]]
    cells: dict[str, str] = field(default_factory=dict)  # name in the map → x0, x1 …
    times: list[TimeUse] = field(default_factory=list)  # number n → texts s, instants t
    amounts: list[tuple[str, str]] = field(default_factory=list)  # text, the same as plain amount → n, m
    applies: dict[str, str] = field(default_factory=dict)  # a rule: whether the row may tell of its event
    faults: list[tuple[str, str]] = field(
        default_factory=list
    )  # condition, reason (as SQL); the first counts
    outputs: dict[str, str] = field(default_factory=dict)  # columns of the facts

    def query(self, kept: str, lead: str) -> str:
        """Facts: file, row, kept, lead, the outputs, and the fault if there is one."""
        times, amounts = self.times, self.amounts
        texts = [f"{sql.digits_sql(use.text)} AS s{n}" for n, use in enumerate(times)]
        texts += [f"{sql.digits_sql(text)} AS n{n}" for n, (text, _) in enumerate(amounts)]
        parts = [
            f"{sql.iso_parts_sql(f's{n}')} AS p{n}" for n, use in enumerate(times) if "iso" in use.formats
        ]
        parts += [f"{sql.amount_sql(text)} AS m{n}" for n, (_, text) in enumerate(amounts)]
        outputs = [f"{text} AS {sql_name(name)}" for name, text in self.outputs.items()]
        cases = " ".join(f"WHEN {condition} THEN {reason}" for condition, reason in self.faults)
        names = [sql_name(name) for name in self.outputs]
        applies = [f"{text} AS {name}" for name, text in self.applies.items()]
        return f"""
            WITH cells AS (SELECT {_list(f"{self.source.row} AS row", *self._raw_cells())} FROM raw),
            words AS (SELECT {_list("row", *self._words())} FROM cells),
            joined AS (SELECT {_list("words.*", *self._joined())} FROM words {self._joins()}),
            texts AS (SELECT {_list("*", *texts)} FROM joined),
            parts AS (SELECT {_list("*", *parts)} FROM texts),
            local AS (SELECT {_list("*", *self._local())} FROM parts),
            timed AS (SELECT {_list("local.*", *self._instants())} FROM local {self._zone_days()}),
            said AS (SELECT {_list("*", f"{kept} AS kept", *applies)} FROM timed),
            told AS (SELECT {_list("*", f"{lead} AS lead", *outputs)} FROM said)
            SELECT {_list(f"{self.source.number} AS file", "row", "kept", "lead", *names)},
                CASE WHEN NOT kept THEN NULL {cases} END AS fault
            FROM told
        """

    def _raw_cells(self) -> list[str]:
        own = [name for name in self.cells if name in self.source.header and name not in self.source.taken]
        return [f"{sql.trimmed_sql(f'c{self.source.header.index(n)}')} AS y{self.cells[n]}" for n in own]

    def _words(self) -> list[str]:
        found = []
        for name, cell in self.cells.items():
            if name in self.source.taken:
                continue
            raw = f"y{cell}" if name in self.source.header else "NULL::VARCHAR"
            found.append(f"{self._as_meant(name, raw)} AS {cell}")
        return found

    def _as_meant(self, name: str, cell: str) -> str:
        values = {**dict.fromkeys(self.empty, ""), **self.translate.get(name, {})}
        return sql.translated_sql(cell, values)

    def _joined(self) -> list[str]:
        taken = [(name, *self.source.taken[name]) for name in self.cells if name in self.source.taken]
        return [
            f"{self._as_meant(name, f'{table}.{column}')} AS {self.cells[name]}"
            for name, table, column in taken
        ]

    def _joins(self) -> str:
        keys = [(self.cells[ours], table) for ours, table in self.source.keys]
        return " ".join(f"LEFT JOIN {table} ON {table}.key = words.{cell}" for cell, table in keys)

    def _local(self) -> list[str]:
        found = []
        for n, use in enumerate(self.times):
            zoned, local = sql.time_sql(f"s{n}", f"p{n}", use.formats, use.date_only)
            found += [f"{zoned} AS z{n}", f"{local} AS l{n}"]
        return found

    def _instants(self) -> list[str]:
        found = []
        for n, use in enumerate(self.times):
            known = f"coalesce(z{n}, {utc_sql(f'l{n}', f'd{n}')})" if use.zone else f"z{n}"
            found.append(f"{sql.in_range_sql(known)} AS t{n}")
        return found

    def _zone_days(self) -> str:
        return " ".join(
            f"LEFT JOIN zone_day d{n} ON d{n}.zone = {sql_text(use.zone)} AND d{n}.day = l{n}::DATE"
            for n, use in enumerate(self.times)
            if use.zone
        )


def _list(*parts: str) -> str:
    return ", ".join(parts)
