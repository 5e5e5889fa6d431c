"""`accord backup`: everything of an installation as it was at one instant, while the server runs."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from accord import __version__
from accord.errors import InputError
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.running.archive import (
    DATABASE,
    LAYOUT,
    LOG,
    SECRET_KEY,
    Manifest,
    Table,
    Writer,
    table_member,
    writing,
)
from accord.server.running.preparing import missing_steps

COMMAND = Actor(None, "command")
_HISTORY = "django_migrations"


def back_up(file: Path) -> Manifest:
    """Write the archive; what it holds. The database is read in one snapshot, so nobody has to stop working.

    InputError where it cannot be written, or where the database was never brought up to date.
    """
    database = connections.create_connection("default")
    try:
        database.ensure_connection()
        if missing_steps(database):
            raise InputError(
                "the database is older than this release; start `accord serve` once, or migrate it"
            )
        with writing(file) as archive:
            manifest = _written(archive, database)
            archive.finish(manifest)
    finally:
        database.close()
    with transaction.atomic():
        record(COMMAND, Action.BACKED_UP, file.name, rows=manifest.rows, engine=manifest.engine)
    return manifest


def _written(archive: Writer, database: BaseDatabaseWrapper) -> Manifest:
    made_at = datetime.now(UTC)
    dump = _of_postgresql if database.vendor == "postgresql" else _of_sqlite
    tables, steps = dump(archive, database)
    _add_files(archive, settings.ENV.data)
    return Manifest(
        accord_backup=LAYOUT,
        release=__version__,
        engine=database.vendor,
        made_at=made_at.isoformat(timespec="seconds"),
        steps=tuple(steps),
        tables=tables,
        members=archive.members,
    )


def our_tables(database: BaseDatabaseWrapper) -> list[str]:
    """The tables of this release that exist, with the list of its steps; the cache is no part of a backup."""
    return sorted(
        {*database.introspection.django_table_names(only_existing=True, include_views=False), _HISTORY}
    )


def _steps(database: BaseDatabaseWrapper) -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(database).applied_migrations())


def _of_sqlite(archive: Writer, database: BaseDatabaseWrapper) -> tuple[dict[str, Table], list[str]]:
    """All pages in one step: with a write-ahead log, nobody who writes meanwhile waits or is seen."""
    names, steps = our_tables(database), _steps(database)
    with tempfile.TemporaryDirectory(dir=settings.ENV.data, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        target = sqlite3.connect(copy)
        try:
            database.connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
            counts = {name: _count(target, name) for name in names}
        finally:
            target.close()
        archive.add_file(DATABASE, copy)
    return {name: Table(rows=count) for name, count in counts.items()}, steps


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - our own names


def _of_postgresql(archive: Writer, database: BaseDatabaseWrapper) -> tuple[dict[str, Table], list[str]]:
    """Every table by COPY within one snapshot."""
    tables = {}
    with _snapshot(database):
        steps = _steps(database)
        for name in our_tables(database):
            columns = _columns(database, name)
            rows = _Rows(database.connection, name, columns)
            archive.add(table_member(name), rows)
            tables[name] = Table(rows=rows.count, columns=tuple(columns))
    return tables, steps


def _columns(database: BaseDatabaseWrapper, table: str) -> list[str]:
    """Without those that the database makes from others: it makes them again, and takes them from nobody."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def _snapshot(database: BaseDatabaseWrapper) -> Iterator[None]:
    with database.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


class _Rows:
    """The rows of a table as COPY writes them; counted once they have been read."""

    def __init__(self, database: Any, table: str, columns: list[str]) -> None:
        self.database, self.table, self.columns, self.count = database, table, columns, 0

    def __iter__(self) -> Iterator[memoryview]:
        from psycopg import sql  # noqa: PLC0415 - only where PostgreSQL is

        columns = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        command = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(self.table), columns)
        with self.database.cursor() as cursor:
            with cursor.copy(command) as copy:
                yield from copy
            self.count = cursor.rowcount


def _add_files(archive: Writer, data: Path) -> None:
    """The log and the key of the data folder. Links are not followed: what they lead to is not ours."""
    key = data / SECRET_KEY
    if not settings.ENV.secret_key and key.is_file():
        archive.add_file(SECRET_KEY, key)
    for path in sorted((data / LOG).rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(".part"):
            archive.add_file(f"{LOG}/{path.relative_to(data / LOG).as_posix()}", path)
