"""Triggers by which the database itself refuses to change or delete a row of a table."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.special import RunPython

TABLES = (
    *("agreements_chainline", "agreements_saving", "audit_entry", "desk_event"),
    *("book_closing", "book_restatement", "book_note", "book_look"),
)

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION accord_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION accord_append_only();
"""
_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END;
"""


def append_only(table: str) -> RunPython:
    """The migration step that makes `table` append-only, on either database."""

    def forwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(_POSTGRESQL.format(table=table), params=None)  # a percent sign is no placeholder
            return
        for verb in ("UPDATE", "DELETE"):
            editor.execute(_SQLITE.format(table=table, verb=verb))

    def backwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            return
        for verb in ("UPDATE", "DELETE"):
            editor.execute(f"DROP TRIGGER {table}_no_{verb}")

    return RunPython(forwards, backwards)


_POSTGRESQL_BUT = """
CREATE OR REPLACE FUNCTION {table}_but_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND ({same})
    AND EXISTS (SELECT 1 FROM {table} WHERE lead_id = OLD.lead_id AND kind = 'erased')
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME;
END $$;
DROP TRIGGER {table}_append_only ON {table};
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_but_words();
"""
_SQLITE_BUT = """
CREATE TRIGGER {table}_no_UPDATE BEFORE UPDATE ON {table}
WHEN NOT (({same}) AND EXISTS (SELECT 1 FROM {table} WHERE lead_id = OLD.lead_id AND kind = 'erased'))
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END;
"""


def words_may_go(table: str, *, kept: Sequence[str]) -> RunPython:
    """The migration step that lets all but the columns `kept` be written anew, in rows of erased leads."""

    def forwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in kept)
            editor.execute(_POSTGRESQL_BUT.format(table=table, same=same), params=None)
            return
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in kept)
        editor.execute(f"DROP TRIGGER {table}_no_UPDATE")
        editor.execute(_SQLITE_BUT.format(table=table, same=same))

    def backwards(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            editor.execute(f"DROP FUNCTION {table}_but_words()")
            editor.execute(_POSTGRESQL.format(table=table), params=None)
            return
        editor.execute(f"DROP TRIGGER {table}_no_UPDATE")
        editor.execute(_SQLITE.format(table=table, verb="UPDATE"))

    return RunPython(forwards, backwards)


def unguarded(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables of `TABLES` whose rows the database would let somebody change: a trigger is gone or off."""
    if connection.vendor == "postgresql":
        wanted = {f"{table}_append_only": table for table in TABLES}
        ask = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    else:
        wanted = {f"{table}_no_{verb}": table for table in TABLES for verb in ("UPDATE", "DELETE")}
        ask = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
    with connection.cursor() as cursor:
        cursor.execute(ask)
        there = {name for (name,) in cursor.fetchall()}
    return sorted({table for name, table in wanted.items() if name not in there})
