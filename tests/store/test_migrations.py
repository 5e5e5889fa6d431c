"""The schema: made from nothing on either database, undone again, and never behind the models."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("accord."))
THERE_AND_BACK = """
import django, sys
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
for label in sys.argv[1:]:
    call_command("migrate", label, "zero", verbosity=0)
ours = tuple(f"{label}_" for label in sys.argv[1:])
left = [table for table in connection.introspection.table_names() if table.startswith(ours)]
assert not left, left
call_command("migrate", verbosity=0)
"""


def own() -> dict[tuple[str, str], migrations.Migration]:
    """Our migrations by app and name."""
    return {
        key: migration
        for key, migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
        if key[0] in OURS
    }


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_are_named_by_what_they_do() -> None:
    assert [f"{app}: {name}" for app, name in own() if not re.fullmatch(r"\d{4}_[a-z]\w+", name)] == []
    assert [f"{app}: {name}" for app, name in own() if re.search(r"_initial$|_auto_|_alter_", name)] == []


def test_every_migration_can_be_undone() -> None:
    lasting = [
        f"{app} {name}: {operation.describe()}"
        for (app, name), migration in own().items()
        for operation in migration.operations
        if not operation.reversible
    ]
    assert lasting == []


def test_rows_are_moved_apart_from_the_schema() -> None:
    """Both in one would hold locks for as long as the rows take, and PostgreSQL refuses some of it."""
    moving = (migrations.RunPython, migrations.RunSQL)
    mixed = [
        f"{app} {name}"
        for (app, name), migration in own().items()
        if len({isinstance(operation, moving) for operation in migration.operations}) > 1
    ]
    assert mixed == []


@pytest.fixture
def elsewhere(tmp_path: Path, transactional_db: None) -> Iterator[dict[str, str]]:
    """The environment of a server with an empty database of its own, of the kind that is tested."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
        "ACCORD_DATA": str(tmp_path),
    }
    if connection.vendor != "postgresql":
        yield environment
        return
    name = f"{connection.settings_dict['NAME']}_elsewhere"
    parts = urlsplit(os.environ["DATABASE_URL"])
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield {**environment, "DATABASE_URL": parts._replace(path=f"/{name}").geturl()}
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_schema_can_be_made_undone_and_made_again(elsewhere: dict[str, str]) -> None:
    labels = sorted({app for app, _ in own()})
    done = subprocess.run(
        [sys.executable, "-c", THERE_AND_BACK, *labels],
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
