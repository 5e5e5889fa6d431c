"""The log as a folder of Parquet files: how it lies on disk, how it is opened, how it is written.

    DIR/log.json              {"layout": 1, ...}: which layout, who wrote it
    DIR/leads/NAME.parquet    one row a lead   (or NAME-0001.parquet, NAME-0002.parquet …)
    DIR/events/NAME.parquet   one row a fact

Columns are exactly LEAD_COLUMNS and EVENT_COLUMNS (DESIGN 4). Either folder may be missing: a log of events
alone has leads about which nothing more is known, a log of leads alone has no events.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from accord.errors import InputError, LogUnreadable
from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS

if TYPE_CHECKING:
    import duckdb

Table = Literal["leads", "events"]

LAYOUT = 1
TABLES: tuple[Table, ...] = ("leads", "events")
COLUMNS: dict[Table, dict[str, str]] = {"leads": LEAD_COLUMNS, "events": EVENT_COLUMNS}
_NAME = re.compile(r"\w[\w.\- ]{0,99}")


def sql_text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def sql_path(path: Path) -> str:
    """A path as an SQL literal that names this one file; DuckDB reads `*`, `?` and `[` as a pattern."""
    return sql_text(_literal(str(path)))


def sql_name(name: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _literal(path: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", path)


@dataclass(frozen=True)
class Log:
    """An opened log. `leads_sql` and `events_sql` are complete queries with exactly the log's columns and
    types; they also work where a table is missing, which a plain read of the globs does not."""

    folder: Path
    layout: int
    leads_files: tuple[Path, ...]
    events_files: tuple[Path, ...]

    @property
    def leads_glob(self) -> str:
        """Pattern of the lead files; matches nothing in a log of events alone: prefer `leads_sql`."""
        return _literal(str(self.folder / "leads")) + "/*.parquet"

    @property
    def events_glob(self) -> str:
        """Pattern of the event files; matches nothing in a log of leads alone: prefer `events_sql`."""
        return _literal(str(self.folder / "events")) + "/*.parquet"

    @property
    def leads_sql(self) -> str:
        """The leads; in a log without lead files one row a lead of the events, all attributes unknown."""
        if self.leads_files:
            return read_sql("leads", self.leads_files)
        unknown = ", ".join(
            f"NULL::{kind} AS {name}" for name, kind in LEAD_COLUMNS.items() if name != "lead"
        )
        return f"SELECT DISTINCT lead, {unknown} FROM ({self.events_sql})"  # noqa: S608 - our own constants

    @property
    def events_sql(self) -> str:
        """The events; in a log without event files no rows."""
        return read_sql("events", self.events_files)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over every byte of the log's tables, in the files' order: on which log a score rests."""
        total = hashlib.sha256()
        for path in (*self.leads_files, *self.events_files):
            with path.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        return total.hexdigest()


def empty_sql(table: Table) -> str:
    """A query with the table's columns and no rows."""
    columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS[table].items())
    return f"SELECT {columns} LIMIT 0"


def open_log(path: Path | str) -> Log:
    """Open a log folder and make sure that it is one: our layout, every file with the log's columns.

    Raises LogUnreadable: no such folder, neither leads nor events in it, another layout, a foreign file.
    """
    folder = Path(path)
    if folder.is_file():
        raise LogUnreadable(
            f"{folder}: a file, and a log is a folder; name the one that `accord import MAP.yaml --into DIR` "
            "wrote, or an import map that ends in .yaml"
        )
    if not folder.is_dir():
        raise LogUnreadable(f"{folder}: no such folder; `accord import MAP.yaml --into {folder}` makes one")
    log = Log(folder, _layout_of(folder), files_of(folder, "leads"), files_of(folder, "events"))
    if not log.leads_files and not log.events_files:
        raise LogUnreadable(
            f"{folder}: holds no log: neither leads/*.parquet nor events/*.parquet; "
            f"`accord import MAP.yaml --into {folder}` writes them"
        )
    _check_columns(log)
    return log


def files_of(folder: Path, table: Table) -> tuple[Path, ...]:
    """The table's files in name order, the order in which parts were written; empty if there are none."""
    return tuple(sorted((folder / table).glob("*.parquet")))


def files_named(folder: Path, table: Table, name: str) -> tuple[Path, ...]:
    """Those of the table's files that a writer of this name wrote: NAME.parquet, NAME-0001.parquet …"""
    ours = re.compile(re.escape(name) + r"(-\d{4,})?\.parquet")
    return tuple(file for file in files_of(folder, table) if ours.fullmatch(file.name))


def read_sql(table: Table, files: Sequence[Path]) -> str:
    """A query for the rows of these files, with the table's columns."""
    if not files:
        return empty_sql(table)
    paths = ", ".join(sql_path(path) for path in files)
    return f"SELECT {', '.join(COLUMNS[table])} FROM read_parquet([{paths}])"  # noqa: S608 - our own constants


def _layout_of(folder: Path) -> int:
    manifest = folder / "log.json"
    if not manifest.exists():
        return LAYOUT  # files laid there by other tools: their columns are checked, that is enough
    try:
        layout = json.loads(manifest.read_text(encoding="utf-8"))["layout"]
    except (ValueError, KeyError, TypeError) as error:
        raise LogUnreadable(
            f"{manifest}: is no manifest of a log ({error}); restore it, or import anew"
        ) from error
    if layout != LAYOUT:
        raise LogUnreadable(
            f"{manifest}: layout {layout!r}, but this release reads layout {LAYOUT}; "
            "import the exports anew, or use the release that wrote it"
        )
    return LAYOUT


def _check_columns(log: Log) -> None:
    import duckdb  # noqa: PLC0415 - opening the module must not load the engine

    with duckdb.connect() as con:
        for table in TABLES:
            for file in files_of(log.folder, table):
                _check_file(con, file, COLUMNS[table])


def _check_file(con: "duckdb.DuckDBPyConnection", file: Path, wanted: dict[str, str]) -> None:
    import duckdb  # noqa: PLC0415

    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({sql_path(file)})").fetchall()  # noqa: S608
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise LogUnreadable(
            f"{file}: cannot be read as Parquet ({reason}); restore it, or import anew"
        ) from error
    found = {str(name): str(kind) for name, kind, *_ in rows}
    for name, kind in wanted.items():
        if found.get(name) != kind:
            have = f"has it as {found[name]}" if name in found else "lacks it"
            raise LogUnreadable(
                f"{file}: a log needs column {name} as {kind}, this file {have}; import it anew"
            )


class LogWriter:
    """Writes tables of a log into a folder beside the old ones, and swaps them in at `commit`.

    Until then, and if the work is interrupted, the log that was there stays as it was. Use as a context
    manager; leaving it without `commit` throws the new files away.

        with LogWriter(Path("log"), "acme") as writer:
            writer.add(con, "leads", "SELECT … FROM my_leads")
            writer.add(con, "events", "SELECT … FROM my_events ORDER BY seq")
            writer.commit()

    Several `add` of one table make parts NAME-0001.parquet, NAME-0002.parquet …: a stream in bounded memory.
    """

    def __init__(self, into: Path, name: str) -> None:
        """Raises InputError for a name that is no plain file name or a folder that cannot be made."""
        if not _NAME.fullmatch(name):
            raise InputError(f"{name!r} cannot name the files of a log; use letters, digits, - _ and .")
        self.into, self.name = into, name
        self._parts: dict[Table, list[Path]] = {"leads": [], "events": []}
        self._names: dict[Table, str] = {"leads": name, "events": name}
        self._alone: set[Table] = set()

    def __enter__(self) -> Self:
        try:
            self.into.mkdir(parents=True, exist_ok=True)
            self._new = Path(tempfile.mkdtemp(prefix=".new-", dir=self.into))
        except OSError as error:
            raise InputError(
                f"{self.into}: cannot be written ({error.strerror}); choose another --into"
            ) from error
        return self

    @property
    def scratch(self) -> Path:
        """A folder on the log's own disk for what is only needed on the way; gone afterwards."""
        return self._new

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._new, ignore_errors=True)
        if not any(self.into.iterdir()):
            self.into.rmdir()  # nothing came of it: leave no empty folder that looks like a log

    def add(
        self,
        con: "duckdb.DuckDBPyConnection",
        table: Table,
        query: str,
        *,
        name: str | None = None,
        alone: bool = False,
    ) -> int:
        """Write the query's rows, in its order, as the next part of the table; how many rows there were.

        The query must have the log's columns by name, in any order; types are cast. `alone` says that at
        commit the table consists of this writer's parts only: files of other names go. `name` replaces the
        writer's name for the files of this table.
        """
        columns = ", ".join(
            f"CAST({name} AS {kind}) AS {sql_name(name)}" for name, kind in COLUMNS[table].items()
        )
        part = self._new / f"{table}-{len(self._parts[table]):04d}.parquet"
        target = f"{sql_text(str(part))} (FORMAT parquet, COMPRESSION zstd)"
        done = con.execute(f"COPY (SELECT {columns} FROM ({query})) TO {target}").fetchone()  # noqa: S608
        self._parts[table].append(part)
        if alone:
            self._alone.add(table)
        if name is not None:
            self._names[table] = name
        return int(done[0]) if done else 0

    def commit(self) -> None:
        """Swap the new files in: leads before events, so that no event ever stands without its lead."""
        from importlib.metadata import version  # noqa: PLC0415 - slow to load, and needed only here

        for table, parts in self._parts.items():
            if parts:
                self._swap(table, parts)
        manifest = self._new / "log.json"
        manifest.write_text(
            json.dumps({"layout": LAYOUT, "written_by": f"accord {version('accord')}"}) + "\n"
        )
        manifest.replace(self.into / "log.json")

    def _swap(self, table: Table, parts: list[Path]) -> None:
        folder = self.into / table
        folder.mkdir(exist_ok=True)
        name = self._names[table]
        names = [f"{name}-{n:04d}.parquet" for n in range(1, len(parts) + 1)]
        if len(parts) == 1:
            names = [f"{name}.parquet"]
        for part, target in zip(parts, names, strict=True):
            part.replace(folder / target)
        stale = files_of(self.into, table) if table in self._alone else files_named(self.into, table, name)
        for old in stale:
            if old.name not in names:
                old.unlink()
