"""Physical files into table `raw`: CSV by DuckDB's strict reader or by way of a cleaned copy, and Parquet."""

# ruff: noqa: S608 - queries are made of our own columns and literals

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from accord.errors import MapInvalid, Problem, SourceUnreadable
from accord.ledger.log import sql_name, sql_path, sql_text
from accord.sources.rejects import Rejected, RejectsWriter
from accord.sources.staging import Staged, stage, write_clean

if TYPE_CHECKING:
    from accord.sources.map import ImportMap
    from accord.sources.marked import Path as MapPath

_PARQUET = b"PAR1"


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that is staged for reading."""

    source: Path
    staged: Staged

    @property
    def header(self) -> Sequence[str]:
        return self.staged.header

    def load(self, con: duckdb.DuckDBPyConnection, needed: Sequence[int], scratch: Path) -> list[Rejected]:
        """Make table `raw(row, c0, c3, …)` of the columns at the `needed` positions; the broken rows."""
        if self.staged.fast and self._read_fast(con, needed):
            return []
        clean = scratch / "clean.csv"
        written, faults = write_clean(self.staged, clean)
        self._read(con, clean, needed, clean=True)
        clean.unlink()
        if _count(con) != written:
            raise SourceUnreadable(
                f"{self.source}: {_count(con):,} of {written:,} rows could be read; report this"
            )
        return faults

    def _read_fast(self, con: duckdb.DuckDBPyConnection, needed: Sequence[int]) -> bool:
        """False for ragged rows and broken quotes, which are then found one by one.

        The count is compared because a reader that loses a row must not do so in silence.
        """
        try:
            self._read(con, self.staged.path, needed, clean=False)
        except duckdb.InvalidInputException:
            return False
        return _count(con) == self.staged.rows

    def _read(
        self, con: duckdb.DuckDBPyConnection, path: Path, needed: Sequence[int], *, clean: bool
    ) -> None:
        names = [f"c{n}" for n in range(len(self.header))]
        row, first = ("row::BIGINT", ["row"]) if clean else ("0::BIGINT", [])
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in [*first, *names])
        options = {
            "columns": f"{{{columns}}}",
            "delim": sql_text("," if clean else self.staged.delimiter),
            "skip": "0" if clean else "1",
            **_STRICT,
        }
        said = ", ".join(f"{key}={value}" for key, value in options.items())
        picked = ", ".join([f"{row} AS row", *(f"c{n}" for n in sorted(set(needed)))])
        rows = f"SELECT {picked} FROM read_csv({sql_path(path)}, {said})"
        con.execute(f"CREATE OR REPLACE TEMP TABLE raw AS {rows}")

    def row_sql(self) -> str:
        """A row's number in the file, from 1, in terms of `raw`."""
        return "CASE WHEN row = 0 THEN rowid + 1 ELSE row END"

    def reject(self, out: RejectsWriter, label: str, rejected: Sequence[Rejected]) -> None:
        out.add_located(label, self.staged, rejected)


def _count(con: duckdb.DuckDBPyConnection) -> int:
    found = con.execute("SELECT count(*) FROM raw").fetchone()
    return int(found[0]) if found else 0


_STRICT = {
    "header": "false",
    "auto_detect": "false",
    "strict_mode": "true",
    "null_padding": "false",
    "quote": "'\"'",
    "escape": "'\"'",
    "nullstr": "''",
    "parallel": "true",  # the other reader drops a last row whose quote is open, and says nothing
}


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file: every value is read as the text that DuckDB writes for it, times with zone in UTC."""

    source: Path
    header: Sequence[str]

    def load(self, con: duckdb.DuckDBPyConnection, needed: Sequence[int], scratch: Path) -> list[Rejected]:  # noqa: ARG002
        picked = [f"{sql_name(self.header[n])}::VARCHAR AS c{n}" for n in sorted(set(needed))]
        said = ", ".join(["0::BIGINT AS row", *picked])
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE raw AS SELECT {said} FROM read_parquet({sql_path(self.source)})"
        )
        return []

    def row_sql(self) -> str:
        return "rowid + 1"

    def reject(self, out: RejectsWriter, label: str, rejected: Sequence[Rejected]) -> None:
        """Rejected rows with their number as line and their values, parted by commas, as text."""
        with duckdb.connect() as con:
            for row, reason in rejected:
                con.execute(f"FROM read_parquet({sql_path(self.source)}) LIMIT 1 OFFSET {int(row) - 1}")
                values = con.fetchone() or ()
                out.add(label, row, reason, ",".join("" if v is None else str(v) for v in values))


SourceFile = CsvFile | ParquetFile


def open_source(path: Path, scratch: Path, *, encoding: str | None, delimiter: str | None) -> SourceFile:
    """A file ready to load, whatever it is; SourceUnreadable if it cannot be read at all."""
    try:
        with path.open("rb") as stream:
            parquet = stream.read(4) == _PARQUET
    except OSError as error:
        raise SourceUnreadable(f"{path}: cannot be opened: {error.strerror}") from error
    if not parquet:
        return CsvFile(path, stage(path, scratch, encoding=encoding, delimiter=delimiter))
    try:
        with duckdb.connect() as con:
            rows = con.execute(f"DESCRIBE FROM read_parquet({sql_path(path)})").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise SourceUnreadable(f"{path}: is no readable Parquet ({reason}); export it again") from error
    return ParquetFile(path, tuple(str(name) for name, *_ in rows))


def find_files(whole: "ImportMap", patterns: Sequence[str], at: "MapPath") -> list[Path]:
    """The files that `read` names, each once, by name within a pattern; MapInvalid if there is none."""
    found: list[Path] = []
    problems: list[Problem] = []
    for pattern in patterns:
        matches = _matches(whole.base, pattern)
        if not matches:
            problems.append(
                whole.problem(at, f"no file {str(whole.base / pattern)!r}", "paths start at the map")
            )
        found += [match for match in matches if match not in found]
    if problems:
        raise MapInvalid(problems)
    return found


def _matches(base: Path, pattern: str) -> list[Path]:
    plain = base / pattern
    if plain.is_file() or not re.search(r"[*?\[]", pattern):
        return [plain] if plain.is_file() else []
    anchored = Path(pattern)
    if anchored.is_absolute():
        return sorted(
            p for p in Path(anchored.anchor).glob(str(anchored.relative_to(anchored.anchor))) if p.is_file()
        )
    return sorted(path for path in base.glob(pattern) if path.is_file())
