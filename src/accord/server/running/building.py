"""What a database looks like inside: made at a step, and compared with one that came in a backup."""

import copy as copying
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from accord.errors import BackupUnusable

_ALIAS = "as-made-anew"

# By kind and name: what the thing is made of. Of a table its columns, of a trigger its whole text.
Inside = dict[tuple[str, str], Any]


def step(text: str) -> tuple[str, str]:
    """APP.MIGRATION as the pair that Django knows it by."""
    app, _, name = text.partition(".")
    return app, name


def build(steps: Sequence[str], database: BaseDatabaseWrapper) -> None:
    """Take an empty database to these steps, which name every one that was taken."""
    executor = MigrationExecutor(database)
    wanted = {step(text) for text in steps}
    known = executor.loader.disk_migrations
    before = {parent for each in wanted for parent in known[each].dependencies if parent[0] == each[0]}
    executor.migrate(sorted(wanted - before))  # of each app its last step: one before it would undo that


def must_be_built_as_ours(steps: Sequence[str], copy: sqlite3.Connection) -> None:
    """BackupUnusable unless the file has the tables, indexes and triggers of these steps, and no others.

    Otherwise the triggers that keep signatures and the audit as they are could be left out, or others be
    brought in. The text of a table is not compared: another release of Django may write it differently.
    """
    if _taken(copy) != set(steps):
        raise BackupUnusable(
            "the database in the backup has other steps than its manifest says; do not use it"
        )
    with _made_anew(steps) as ours:
        wanted, found = _inside(ours), _inside(copy)
    if wrong := sorted(key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)):
        kind, name = wrong[0]
        raise BackupUnusable(
            f"the database in the backup is not built as ours: the {kind} {name[:60]} is "
            f"{_how(wanted.get(wrong[0]), found.get(wrong[0]))}; do not use it"
        )


def _taken(copy: sqlite3.Connection) -> set[str]:
    try:
        return {f"{app}.{name}" for app, name in copy.execute("SELECT app, name FROM django_migrations")}
    except sqlite3.Error:
        return set()


def _how(wanted: Any, found: Any) -> str:
    if found is None:
        return "missing"
    return "none of Accord's" if wanted is None else "another"


@contextmanager
def _made_anew(steps: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """A database in memory at these steps. It has a name while it is there: one step asks for it by that."""
    connections.settings[_ALIAS] = {**copying.deepcopy(connection.settings_dict), "NAME": ":memory:"}
    try:
        build(steps, connections[_ALIAS])
        yield connections[_ALIAS].connection
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS], connections.settings[_ALIAS]


def _inside(database: sqlite3.Connection) -> Inside:
    rows = database.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return {
        (kind, name): _made_of(database, kind, name, table, sql) for kind, name, table, sql in rows.fetchall()
    }


def _made_of(database: sqlite3.Connection, kind: str, name: str, table: str, sql: str) -> Any:
    if kind == "table":
        return sorted(database.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', [name]))
    return (table, " ".join(sql.split()) if kind == "trigger" else "")
