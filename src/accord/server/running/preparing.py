"""Before anything is served: settings that hold, a data folder, a database as new as the code."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django

from accord import __version__
from accord.errors import InputError, Problem, SettingsInvalid
from accord.server.env import Environment, read_environment

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_LOCK = 0x4143434F  # the key of PostgreSQL's advisory lock: one process at a time migrates


def set_up_django() -> Environment:
    """The settings, checked and in force, with their folder; SettingsInvalid names every wrong variable."""
    env = read_environment()
    make_folder(env.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    django.setup()
    return env


def make_folder(data: Path) -> None:
    """The data folder, for its owner only: the key and the database are in it."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        writable = os.access(data, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise SettingsInvalid(
            [
                Problem(
                    "", 0, "ACCORD_DATA", f"{str(data)!r} cannot be written to", "name a folder of your own"
                )
            ]
        )


def fit_to_serve(env: Environment) -> None:
    """SettingsInvalid where each is in order by itself, but not for serving plain HTTP, as we do."""
    if env.url.startswith("https://") and not env.proxies:
        what = (
            "0 does not go with an https address in ACCORD_URL: every request would be sent round in circles"
        )
        how = (
            "put a proxy that speaks https before Accord and write 1; it must set X-Forwarded-Proto and -For"
        )
        raise SettingsInvalid([Problem("", 0, "ACCORD_PROXIES", what, how)])


def untranslated(env: Environment) -> list[str]:
    """Offered languages that have no catalogue of ours: their pages show English words in their layout."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils.translation import to_locale  # noqa: PLC0415

    def known(code: str) -> bool:
        places = (
            Path(path) / to_locale(code) / "LC_MESSAGES" / "django.mo" for path in settings.LOCALE_PATHS
        )
        return code.partition("-")[0] == "en" or any(place.is_file() for place in places)

    return [code for code in env.languages if not known(code)]


def migrate(env: Environment) -> list[str]:
    """Bring the database up to date; the steps taken. InputError if it is newer than this release."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.utils import OperationalError  # noqa: PLC0415

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise InputError(
            f"the database does not answer: {str(error).strip().splitlines()[0]}; see that it runs, and that "
            f"{'DATABASE_URL is right' if connection.vendor == 'postgresql' else 'its file can be written'}"
        ) from None
    with _alone(env.data, connection):
        if newer := newer_steps(connection):
            raise InputError(
                f"the database is of a newer release than this one ({__version__}): it has "
                f"{', '.join(newer[:3])}; install that release again, or restore a backup made before it"
            )
        missing = missing_steps(connection)
        if missing:
            call_command("migrate", interactive=False, verbosity=0)
    return missing


def newer_steps(connection: "BaseDatabaseWrapper") -> list[str]:
    """Migrations that the database has and this code does not know."""
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations) | set(loader.replacements)
    return sorted(f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in known)


def missing_steps(connection: "BaseDatabaseWrapper") -> list[str]:
    """Migrations that this code has and the database lacks, in their order."""
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label}.{step.name}" for step, _backwards in plan]


@contextmanager
def _alone(data: Path, connection: "BaseDatabaseWrapper") -> Iterator[None]:
    """Nobody else migrates meanwhile, on this machine or on another with the same PostgreSQL."""
    with (data / "migrating.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
