"""`accord restore`: puts back what `accord backup` wrote. Everything is judged before anything is touched.

The database changes in one transaction, also under a running server: it sees all of the old or all of the
new.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.utils import timezone

from accord import __version__
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.verify import verify
from accord.errors import BackupUnusable, InputError
from accord.server.audit.models import Action
from accord.server.audit.trail import record
from accord.server.running import archive
from accord.server.running.archive import DATABASE, LOG, SECRET_KEY, Manifest, Table, table_member
from accord.server.running.backing_up import COMMAND, back_up, our_tables
from accord.server.running.building import build, must_be_built_as_ours, step
from accord.server.running.preparing import migrate, newer_steps
from accord.server.running.setting_up import forget_whom_we_met

_UNFINISHED = {Fault.MISSING_SIGNATURE, Fault.NOT_PROPOSED}  # no fault of a copy: work that waits for people


@dataclass(frozen=True)
class Proof:
    """What `verify` says of one agreement's chain after a restore."""

    agreement: str
    entries: int
    faults: tuple[str, ...]  # none: every entry is what was signed


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    safety: Path | None  # the backup of what was replaced
    held_back: int  # messages that waited when the backup was made
    proofs: tuple[Proof, ...]
    key_changed: bool
    tokens_revoked: int  # of the API; sessions are ended too


def restore(file: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of an empty installation; with `replace`, of any, after a backup of that.

    BackupUnusable for a file that is damaged, of another engine or of a newer release; InputError where
    something is here already.
    """
    data = settings.ENV.data
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        with archive.reading(file) as (opened, manifest):
            _must_fit(manifest)
            archive.unpack(opened, manifest, Path(folder))
        safety = _made_room(data, replace=replace)
        load = _into_postgresql if connection.vendor == "postgresql" else _into_sqlite
        load(manifest, Path(folder))
        key_changed = _put_files(data, Path(folder))
    return _finished(file, manifest, safety, key_changed=key_changed)


def _finished(file: Path, manifest: Manifest, safety: Path | None, *, key_changed: bool) -> Restored:
    forget_whom_we_met()
    migrate(settings.ENV)  # a backup of an older release
    with transaction.atomic():
        held_back, revoked = _hold_mail_back(), _let_nobody_in()
        record(COMMAND, Action.RESTORED, file.name, rows=manifest.rows, of=manifest.made_at, tokens=revoked)
    return Restored(manifest, safety, held_back, proofs(), key_changed, revoked)


def proofs() -> tuple[Proof, ...]:
    """Every agreement's chain, computed again from its first entry."""
    from accord.server.agreements.models import AgreementFile  # noqa: PLC0415

    return tuple(_proof(each) for each in AgreementFile.objects.order_by("pk"))


def _proof(file) -> Proof:  # type: ignore[no-untyped-def]
    report = verify(file.chain(), head=file.head)
    wrong = [finding for finding in report.findings if finding.fault not in _UNFINISHED]
    return Proof(file.title, report.entries, tuple(map(str, wrong)))


def _must_fit(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        raise BackupUnusable(
            f"the backup is of {manifest.engine}, and this installation runs on {connection.vendor}; set or "
            "unset DATABASE_URL so that they are the same"
        )
    known = MigrationLoader(None).disk_migrations
    strange = [text for text in manifest.steps if step(text) not in known]
    if strange:
        raise BackupUnusable(
            f"the backup is of release {manifest.release[:20]}, newer than this one ({__version__}): it has "
            f"{', '.join(strange[:3])}; install that release, then restore"
        )


def _made_room(data: Path, *, replace: bool) -> Path | None:
    """A backup of what is here, if anything; InputError unless it may be replaced."""
    if not (_holds_accounts() or any((data / LOG).glob("*"))):
        return None
    if not replace:
        raise InputError(
            f"there are accounts or a log here already ({data}); name an empty ACCORD_DATA and database, or "
            "add --replace, which makes a backup of them first"
        )
    if newer := newer_steps(connection):
        raise InputError(f"the database here is of a newer release: it has {newer[0]}; install that first")
    migrate(settings.ENV)
    safety = data / "backups" / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
    back_up(safety)
    return safety


def _holds_accounts() -> bool:
    from accord.server.people.models import User  # noqa: PLC0415

    with connection.cursor() as cursor:
        there = User._meta.db_table in connection.introspection.table_names(cursor)
    return there and User.objects.exists()


def _put_files(data: Path, unpacked: Path) -> bool:
    """The log and the key; whether the key is another than before, so that everybody signs in anew."""
    new, now, old = unpacked / LOG, data / LOG, unpacked / "old-log"
    if now.exists():
        now.rename(old)
    if new.exists():
        new.rename(now)
    key = unpacked / SECRET_KEY
    if settings.ENV.secret_key or not key.exists():
        return False
    changed = key.read_bytes() != (data / SECRET_KEY).read_bytes() if (data / SECRET_KEY).exists() else True
    key.chmod(0o600)
    key.replace(data / SECRET_KEY)
    return changed


def _hold_mail_back() -> int:
    """What waited to be sent then has been sent since, or is sent by the original of this copy."""
    from accord.server.mail.models import Message  # noqa: PLC0415

    return Message.objects.filter(state=Message.State.WAITING).update(
        state=Message.State.FAILED,
        leased_until=None,
        problem="held back: it waited when the backup was made that was restored here",
    )


def _let_nobody_in() -> int:
    """End every session and token: some were ended since the backup was made; how many tokens."""
    from django.contrib.sessions.models import Session  # noqa: PLC0415

    from accord.server.api.models import Token  # noqa: PLC0415
    from accord.server.people.models import User  # noqa: PLC0415

    Session.objects.all().delete()
    User.objects.update(sessions_ended=F("sessions_ended") + 1)
    return Token.objects.filter(revoked_at=None).update(revoked_at=timezone.now())


# SQLite ------------------------------------------------------------------------------------------------


def _into_sqlite(manifest: Manifest, unpacked: Path) -> None:
    """The pages of the copy over those that are here, as one transaction of this database."""
    with closing(sqlite3.connect(unpacked / DATABASE)) as copy:
        _must_be_whole(manifest, copy)
        must_be_built_as_ours(manifest.steps, copy)
        connection.ensure_connection()
        copy.backup(connection.connection)
    connection.close()  # the next one sees the tables as they are now


def _must_be_whole(manifest: Manifest, copy: sqlite3.Connection) -> None:
    try:
        sound = copy.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        counts = {name: _count(copy, name) for name in manifest.tables}
    except sqlite3.Error as error:
        raise BackupUnusable(
            f"the database in the backup cannot be read ({error}); take another copy"
        ) from None
    _must_count(manifest.tables, counts, sound=sound)


def _count(copy: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(copy.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - quoted


def _must_count(said: Mapping[str, Table], counts: Mapping[str, int], *, sound: bool = True) -> None:
    wrong = [name for name, table in said.items() if counts.get(name) != table.rows]
    if wrong or not sound:
        raise BackupUnusable(
            f"the database in the backup is not whole{f': {wrong[0]} has other rows' if wrong else ''}; "
            "take another copy"
        )


# PostgreSQL --------------------------------------------------------------------------------------------


def _into_postgresql(manifest: Manifest, unpacked: Path) -> None:
    """Tables as they were made at the backup's step, filled by COPY; all in one transaction.

    The triggers that refuse to change a row let rows in, and TRUNCATE and DROP fire none of them: nothing has
    to be switched off.
    """
    try:
        with transaction.atomic():
            _drop()
            build(manifest.steps, connection)
            _fill(manifest, unpacked)
    except DatabaseError as error:
        said = str(error).strip().splitlines()[0]
        raise BackupUnusable(f"the backup cannot be loaded ({said}); nothing was changed") from None


def _drop() -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for name in sorted({*our_tables(connection), "cache"} & there):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")


def _fill(manifest: Manifest, unpacked: Path) -> None:
    quote = connection.ops.quote_name
    known = set(our_tables(connection))
    if strange := sorted(set(manifest.tables) - known):
        raise BackupUnusable(f"the backup holds a table {strange[0][:60]!r} that Accord does not have")
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(quote, sorted(known)))}")
        for name, table in manifest.tables.items():
            there = {each.name for each in connection.introspection.get_table_description(cursor, name)}
            if table_member(name) not in manifest.members or not 0 < len(set(table.columns) & there) == len(
                table.columns
            ):
                raise BackupUnusable(f"the backup's table {name} has other columns than Accord's")
            columns = ", ".join(map(quote, table.columns))
            with (
                (unpacked / table_member(name)).open("rb") as file,
                cursor.copy(f"COPY {quote(name)} ({columns}) FROM STDIN") as copy,
            ):
                shutil.copyfileobj(file, copy, 1 << 20)
            counts[name] = cursor.rowcount
            _go_on_counting(name)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _must_count(manifest.tables, counts)


def _go_on_counting(table: str) -> None:
    """The next row gets a number that none has."""
    with connection.cursor() as cursor:
        for sequence in connection.introspection.get_sequences(cursor, table):
            column = connection.ops.quote_name(sequence["column"])
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(max({column}), 0) + 1, false) "  # noqa: S608
                f"FROM {connection.ops.quote_name(table)}",
                [connection.ops.quote_name(table), sequence["column"]],
            )
