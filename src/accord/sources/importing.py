"""Turn exports into a log, as a map says (docs/reference/import-map.md).

Every file is staged and compiled before any row is read, so that what is wrong with the map is said at once.
Then each part of the map becomes facts, facts become events and attributes, and both are merged into the log.
"""

# ruff: noqa: S608 - queries are made of our own columns and literals

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from accord.errors import MapInvalid, Problem
from accord.ledger.log import LogWriter, sql_text
from accord.sources import facts
from accord.sources.compile import NO_ZONE, Compiled, compile_file
from accord.sources.layers import Source
from accord.sources.lookups import Lookup, make_lookup
from accord.sources.map import FileMap, ImportMap
from accord.sources.marked import Path as MapPath
from accord.sources.merging import Merged, merge
from accord.sources.reading import SourceFile, find_files, open_source
from accord.sources.rejects import Rejected, RejectsWriter, move_into_place
from accord.sources.report import FileReport, ImportReport
from accord.sources.zones import make_zone_days

Progress = Callable[[int, int | None], None]
_STEPS = 4  # a file is staged, loaded, taken apart, and with all others merged into the log


def run_import(whole: ImportMap, into: Path | str, progress: Progress | None = None) -> ImportReport:
    """Read every export that the map names into the log at `into`; the log changes at the end, or not at all.

    The same import again changes nothing; an updated export adds what is new (docs/reference/log.md).
    `progress` is called with the bytes done and the bytes there are.
    Raises MapInvalid (a file or column that is not there, times without a zone) and SourceUnreadable.
    """
    folder = Path(into)
    with LogWriter(folder, whole.name) as writer, _engine(writer.scratch) as con:
        rejects = writer.scratch / "rejects.csv"
        with rejects.open("w", encoding="utf-8", newline="") as out:
            work = _Work(whole, con, writer.scratch, RejectsWriter(out), progress)
            work.prepare()
            work.read()
        merged = merge(con, writer)
        work.finish()
        rejected = any(file.rejected for file in work.reports)
        kept = move_into_place(rejects, folder / "rejects" / f"{whole.name}.csv", empty=not rejected)
        writer.commit()
    return _report(work, merged, folder, kept)


def _report(work: "_Work", merged: Merged, folder: Path, rejects: Path | None) -> ImportReport:
    return ImportReport(
        name=work.whole.name,
        into=folder,
        files=tuple(work.reports),
        events_new=merged.events_new,
        events_known=merged.events_known,
        leads_new=merged.leads_new,
        leads_total=merged.leads_total,
        rejects=rejects,
        notes=tuple(note for file in work.reports if (note := _note(file))),
    )


def _note(file: FileReport) -> str:
    if file.rows == 0:
        return f"{file.file} has a header and no rows"
    if file.rejected and not file.used:
        return f"no row of {file.file} could be used; mend the map, then import again"
    return ""


@contextmanager
def _engine(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that spills to `scratch`, fetches nothing from any network, and thinks in UTC."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(config=settings) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"SET temp_directory = {sql_text(str(scratch / 'spill'))}")
        yield con


@dataclass
class _Part:
    """A part of the map with its files and joined files; `compiled` follows the order of `files`."""

    spec: FileMap
    path: MapPath
    files: list[SourceFile]
    lookups: list[Lookup] = field(default_factory=list)
    compiled: list[Compiled] = field(default_factory=list)


@dataclass
class _Work:
    whole: ImportMap
    con: duckdb.DuckDBPyConnection
    scratch: Path
    rejects: RejectsWriter
    progress: Progress | None
    parts: list[_Part] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    done: int = 0
    total: int = 0
    files: int = 0  # taken into facts so far: a file's number says which is newer

    def prepare(self) -> None:
        """Stage all files, compile all parts; every problem between map and files at once."""
        found = [self._found(n, spec) for n, spec in enumerate(self.whole.files)]
        self.total = sum(_size(path) for _, _, paths in found for path in paths) * _STEPS
        for spec, at, paths in found:
            files = [self._open(spec, path, n) for n, path in enumerate(paths)]
            self.parts.append(_Part(spec, at, files))
        problems = [problem for part in self.parts for problem in self._compile(part)]
        if problems:
            raise MapInvalid(dict.fromkeys(problems))
        zones = {zone for part in self.parts for compiled in part.compiled for zone in compiled.zones}
        make_zone_days(self.con, zones)
        facts.make_tables(self.con)

    def _found(self, number: int, spec: FileMap) -> tuple[FileMap, MapPath, list[Path]]:
        at: MapPath = ("files", number)
        return spec, at, find_files(self.whole, spec.read, (*at, "read"))

    def _open(self, spec: FileMap, path: Path, number: int) -> SourceFile:
        scratch = self.scratch / f"{len(self.parts)}-{number}"
        scratch.mkdir()
        encoding, delimiter = spec.encoding or self.whole.encoding, spec.delimiter or self.whole.delimiter
        source = open_source(path, scratch, encoding=encoding, delimiter=delimiter)
        self._advance(path)
        return source

    def _compile(self, part: _Part) -> list[Problem]:
        for n, join in enumerate(part.spec.join):
            name = f"lookup_{len(self.parts)}_{self.parts.index(part)}_{n}"
            lookup = make_lookup(self.con, self.whole, join, (*part.path, "join", n), self.scratch / name)
            part.lookups.append(lookup)
            self._report_lookup(lookup)
        for source in part.files:
            part.compiled.append(compile_file(self.whole, part.spec, part.path, self._source(part, source)))
        return [problem for compiled in part.compiled for problem in compiled.problems]

    def _source(self, part: _Part, source: SourceFile) -> Source:
        taken = {
            name: (lookup.table, column) for lookup in part.lookups for name, column in lookup.taken.items()
        }
        keys = [(lookup.ours, lookup.table) for lookup in part.lookups]
        number, self.files = self.files, self.files + 1
        header, label, row = source.header, self._label(source.source), source.row_sql()
        return Source(number, label, _stem(source.source), header, taken, keys, row)

    def read(self) -> None:
        """Turn every part into events and attributes, and every bad row into a line of the rejects."""
        number = 0
        for part in self.parts:
            broken = []
            for n, source in enumerate(part.files):
                broken.append(self._load(part, n))
                self._advance(source.source)
            facts.keep_first(self.con, part.spec)
            facts.take_events(self.con, part.compiled[0])
            facts.take_attributes(self.con, part.compiled[0])
            counts = facts.count_facts(self.con, part.compiled[0])
            for source, faults in zip(part.files, broken, strict=True):
                self._report_file(source, number, counts.get(number, facts.NONE), faults)
                self._advance(source.source)
                number += 1
            self.con.execute("DROP TABLE facts")

    def _load(self, part: _Part, n: int) -> list[Rejected]:
        """The rows of one file as facts; what was not even a row comes back."""
        source, compiled = part.files[n], part.compiled[n]
        broken = source.load(self.con, compiled.needed, self.scratch)
        make = "INSERT INTO facts BY NAME" if n else "CREATE TEMP TABLE facts AS"
        self.con.execute(f"{make} {compiled.query}")
        self._refuse_without_zone(source, compiled)
        self.con.execute("DROP TABLE raw")
        return broken

    def _refuse_without_zone(self, source: SourceFile, compiled: Compiled) -> None:
        rows = self.con.execute(
            f"SELECT DISTINCT fault FROM facts WHERE starts_with(fault, {sql_text(NO_ZONE)})"
        ).fetchall()
        uses = [compiled.times[int(str(fault).removeprefix(NO_ZONE))] for (fault,) in rows]
        if uses:
            raise MapInvalid(
                self.whole.problem(
                    use.path,
                    f"times in column {use.column!r} of {self._label(source.source)} have no zone",
                    "say in which they were written, such as `zone: Europe/Berlin`",
                )
                for use in uses
            )

    def _report_file(
        self, source: SourceFile, number: int, counts: facts.Counts, broken: list[Rejected]
    ) -> None:
        rejected = sorted([*broken, *facts.rejected_rows(self.con, number)])
        unused = counts.kept - counts.used - counts.faulty
        filtered = {"left out by `where`": counts.rows - counts.kept, "tells of no event": unused}
        label = self._label(source.source)
        source.reject(self.rejects, label, rejected)
        report = FileReport(
            file=label,
            rows=counts.rows + len(broken),
            used=counts.used,
            filtered={reason: count for reason, count in filtered.items() if count},
            rejected=Counter(reason for _, reason in rejected),
            events=counts.events,
            leads=counts.leads,
            first=self._first(label),
        )
        self.reports.append(report)

    def _report_lookup(self, lookup: Lookup) -> None:
        label = self._label(lookup.source.source)
        lookup.source.reject(self.rejects, label, lookup.rejected)
        filtered = {"no key": lookup.keyless} if lookup.keyless else {}
        rejected = Counter(reason for _, reason in lookup.rejected)
        used = lookup.rows - lookup.keyless - len(lookup.rejected)
        first = self._first(label)
        self.reports.append(FileReport(label, lookup.rows, used, filtered, rejected, 0, 0, first))

    def _first(self, label: str) -> dict[str, int | str]:
        return {reason: line for (file, reason), line in self.rejects.first.items() if file == label and line}

    def _label(self, path: Path) -> str:
        """A file as people know it: relative to the map, where it lies below it."""
        return str(path.relative_to(self.whole.base)) if path.is_relative_to(self.whole.base) else str(path)

    def finish(self) -> None:
        """Say that everything is done, which is true once the log is merged."""
        if self.progress is not None:
            self.progress(self.total, self.total)

    def _advance(self, path: Path) -> None:
        self.done += _size(path)
        if self.progress is not None:
            self.progress(self.done, self.total)


def _size(path: Path) -> int:
    return path.stat().st_size


def _stem(path: Path) -> str:
    return path.name.partition(".")[0]
