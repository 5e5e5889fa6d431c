"""`accord doctor`: is all well? Each finding is one line with what to do."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from accord.server.audit.append_only import unguarded
from accord.server.running.chores import CHORES, HEARTBEAT
from accord.server.running.preparing import missing_steps, newer_steps
from accord.server.running.tasks import Line

SILENT = timedelta(minutes=5)  # a long chore may keep the worker from its heartbeat for some minutes
LATE = timedelta(minutes=30)  # a slow chore that is due for so long hangs, or its line has stopped
_LITTLE_ROOM = 500_000_000


@dataclass(frozen=True)
class Look:
    """One thing looked at. `remedy` is empty where nothing has to be done."""

    what: str
    found: str
    well: bool = True
    remedy: str = ""


def look() -> list[Look]:
    """The database first; where it does not answer, nothing else is asked of it."""
    try:
        connection.ensure_connection()
    except Error as error:
        said = str(error).strip().splitlines()[0]
        return [Look("database", said, False, "see that it runs, and that DATABASE_URL is right"), _disk()]
    looks: list[Callable[[], Look]] = [_database, _history, _worker, _mail, _disk]
    return [each() for each in looks] if (steps := _steps()).well else [steps, _disk()]


def _steps() -> Look:
    if newer := newer_steps(connection):
        return Look("database", f"is of a newer release ({newer[0]})", False, "install that release")
    if missing := missing_steps(connection):
        how = "start `accord serve`, or run `accord manage migrate`"
        return Look("database", f"lacks {len(missing)} steps", False, how)
    return Look("database", "")


def _database() -> Look:
    kind = "PostgreSQL" if connection.vendor == "postgresql" else f"SQLite in {settings.ENV.data}"
    return Look("database", f"{kind}, up to date")


def _history() -> Look:
    """Whether the database still refuses to change what was signed, saved and noted."""
    if open_to_all := unguarded(connection):
        return Look(
            "history",
            f"rows of {', '.join(open_to_all)} can be changed: triggers are gone",
            False,
            "somebody took them away; restore a backup from before, and compare the audit with it",
        )
    return Look("history", "is only added to")


def _worker() -> Look:
    from accord.server.running.models import Chore  # noqa: PLC0415

    rows = {row.name: row for row in Chore.objects.all()}
    beat = rows[HEARTBEAT].last_ended_at if HEARTBEAT in rows else None
    if beat is None or timezone.now() - beat > SILENT:
        since = f"since {beat:%Y-%m-%d %H:%M} UTC" if beat else "yet"
        return Look("worker", f"no sign of it {since}", False, "start `accord serve`, or `accord worker`")
    now = timezone.now()
    late = [
        f"{task.name}: not ended since {ended:%Y-%m-%d %H:%M} UTC"
        for task in CHORES
        if task.line != Line.ORDINARY
        and task.name in rows
        and now - (ended := rows[task.name].last_ended_at or rows[task.name].due_at) > task.every + LATE
    ]
    if late:
        return Look("worker", "; ".join(late), False, "if it just began, give it time; else start it anew")
    known = [rows[task.name] for task in CHORES if task.name in rows]
    troubles = [f"{row.name}: {row.last_problem}" for row in known if row.last_problem]
    if troubles:
        return Look("worker", "; ".join(troubles), False, "its log says more; it tries again by itself")
    return Look("worker", "at work")


def _mail() -> Look:
    from accord.server.mail.models import Message  # noqa: PLC0415

    waiting = Message.objects.filter(state=Message.State.WAITING).count()
    failed = Message.objects.filter(state=Message.State.FAILED).count()
    said = f"{waiting} waiting, {failed} given up"
    if not settings.ENV.mail:
        return Look("mail", f"none is sent ({said})", True, "set ACCORD_MAIL_URL, or hand links over by hand")
    return Look("mail", said, not failed, "see the outbox" if failed else "")


def _disk() -> Look:
    free = shutil.disk_usage(settings.ENV.data).free
    enough = free > _LITTLE_ROOM
    return Look("disk", f"{free / 1e9:.1f} GB free", enough, "" if enough else "make room")
