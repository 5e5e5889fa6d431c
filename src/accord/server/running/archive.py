"""A backup as a file: one zip whose manifest names every member with its size and its SHA-256.

    manifest.json           what this is: release, engine, steps of the database, tables with their counts
    database.sqlite3        the database, of SQLite; or
    tables/NAME.copy        one table each, of PostgreSQL, in its COPY text format
    log/…                   the log of the data folder
    secret-key              the key that signs sessions, if it is kept in the data folder

What comes from elsewhere is judged before any of it is used: only these names, no more bytes than the
manifest says, and every sum right.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from accord.errors import BackupUnusable, InputError

LAYOUT = 1
MANIFEST, DATABASE, SECRET_KEY, LOG = "manifest.json", "database.sqlite3", "secret-key", "log"
_CHUNK = 1 << 20
_MOST_MANIFEST_BYTES = 20_000_000
_NAME = re.compile(
    r"database\.sqlite3|secret-key|tables/[a-z0-9_]+\.copy|log/(?:[^/\\\x00-\x1f:]+/)*[^/\\\x00-\x1f:]+"
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Frozen):
    """One file of the archive."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Table(_Frozen):
    """One table: how many rows, and the columns in the order of its file (none for SQLite's)."""

    rows: int = Field(ge=0)
    columns: tuple[str, ...] = ()


class Manifest(_Frozen):
    """What the archive says of itself."""

    accord_backup: int
    release: str
    engine: str  # sqlite or postgresql
    made_at: str  # an instant in UTC
    steps: tuple[str, ...]  # of the database: APP.MIGRATION
    tables: dict[str, Table]
    members: dict[str, Member]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def table_member(table: str) -> str:
    return f"tables/{table}.copy"


# Writing -----------------------------------------------------------------------------------------------


@dataclass
class Writer:
    """An archive being written; sums are taken on the way."""

    zip: zipfile.ZipFile
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        digest, size = hashlib.sha256(), 0
        with self.zip.open(name, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        self.members[name] = Member(bytes=size, sha256=digest.hexdigest())

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            self.add(name, _chunks(file))

    def finish(self, manifest: Manifest) -> None:
        self.zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive in one piece or not at all, readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _part(path) as part:
            with part.open("wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    yield Writer(archive)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror or error}; make room, or write elsewhere"
        ) from None


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """A file beside `path` that was not there before and that nobody else may open; gone afterwards."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


# Reading -----------------------------------------------------------------------------------------------


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """An archive with its manifest, its names and sizes judged; BackupUnusable where it is none of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            _judge_names(archive, manifest)
            yield archive, manifest
    except FileNotFoundError:
        raise BackupUnusable(f"there is no file {path}; name the backup to restore") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BackupUnusable(
            f"{path} is damaged, or no backup of Accord ({error}); take another copy"
        ) from None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > _MOST_MANIFEST_BYTES:
            raise BackupUnusable(
                "the manifest of the backup is longer than any of ours; it is no backup of Accord"
            )
        with archive.open(info) as file:
            said = json.loads(file.read(_MOST_MANIFEST_BYTES))
        if isinstance(said, dict) and said.get("accord_backup") != LAYOUT:
            raise BackupUnusable(
                "the backup is of a later layout than this release knows; install a newer one"
            )
        return Manifest.model_validate(said)
    except KeyError:
        raise BackupUnusable("the file holds no manifest.json; it is no backup of Accord") from None
    except (ValidationError, ValueError, RecursionError):
        raise BackupUnusable("the manifest of the backup cannot be read; take another copy") from None


def _judge_names(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = [info.filename for info in archive.infolist()]
    if len(names) != len(set(names)) or set(names) != {*manifest.members, MANIFEST}:
        raise BackupUnusable("the backup holds other files than its manifest names; take another copy")
    for info in archive.infolist():
        if info.filename == MANIFEST:
            continue
        if not _NAME.fullmatch(info.filename) or ".." in info.filename.split("/"):
            raise BackupUnusable(
                f"the backup holds {info.filename[:80]!r}, which none of ours does; do not use it"
            )
        if info.file_size != manifest.members[info.filename].bytes:
            raise BackupUnusable(
                f"{info.filename} has another size than the manifest says; take another copy"
            )


def unpack(archive: zipfile.ZipFile, manifest: Manifest, into: Path) -> None:
    """Write every member below `into`, if there is room; BackupUnusable at the first wrong sum."""
    needed, free = sum(member.bytes for member in manifest.members.values()), shutil.disk_usage(into).free
    if needed > free:
        raise BackupUnusable(f"the backup unpacks to {needed:,} bytes, and {free:,} are free; make room")
    for name, member in manifest.members.items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with archive.open(name) as source, target.open("xb") as file:
            _copy(name, member, source, file)


def _copy(name: str, member: Member, source: IO[bytes], into: IO[bytes]) -> None:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(source):
        size += len(chunk)
        if size > member.bytes:
            break  # a bomb: it says less than it unpacks to
        digest.update(chunk)
        into.write(chunk)
    if size != member.bytes or digest.hexdigest() != member.sha256:
        raise BackupUnusable(f"{name} is not what was backed up: its SHA-256 differs; take another copy")


def _chunks(file: IO[Any]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
