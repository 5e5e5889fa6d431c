"""What a restore may not bring: ended sessions, revoked tokens, a database without its triggers."""

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from running_fixture import Installation, installation, migrated, up_to_date

from accord.server.audit.append_only import TABLES, unguarded
from accord.server.running import archive
from accord.server.running.archive import Manifest

assert installation and migrated and up_to_date  # fixtures
sqlite_only = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="one file only on SQLite")

MAKE = """
from django.test import Client
from accord.server.api.tokens import make_token
from accord.server.audit.trail import Actor
from accord.server.people.models import User
who = {"name": "Kai", "side": "operations", "role": "head"}
kai = User.objects.create_user("kai@acme.example", "x-long-pass-1", **who)
client = Client()
client.force_login(kai)
made = make_token(Actor(kai, "page"), name="CRM sync", scopes=["people:read"])
print(client.cookies["sessionid"].value, made.text)
"""
END = """
from accord.server.api.models import Token
from accord.server.api.tokens import revoke_token
from accord.server.audit.trail import Actor
from accord.server.people import keeping
from accord.server.people.models import User
by = Actor(User.objects.get(), "page")
keeping.end_sessions(by)
revoke_token(by, Token.objects.get())
"""
ASK = """
from django.test import Client
client = Client(headers={{"host": "localhost"}})
client.cookies["sessionid"] = "{session}"
page = client.get("/people/").status_code
asked = Client(headers={{"host": "localhost", "authorization": "Bearer {token}"}})
print(page, asked.get("/api/v1/people").status_code)
"""


def answers(there: Installation, session: str, token: str) -> str:
    return there.python(ASK.format(session=session, token=token)).strip()


def test_what_was_ended_since_the_backup_stays_ended(migrated: Installation, tmp_path: Path) -> None:
    session, token = migrated.python(MAKE).split()
    assert answers(migrated, session, token) == "200 200"
    assert migrated.run("backup", tmp_path / "b.zip").returncode == 0
    migrated.python(END)
    ran = migrated.run("restore", tmp_path / "b.zip", "--replace")
    assert ran.returncode == 0, ran.stderr
    assert "Everybody signs in again; 1 token of the API revoked" in ran.stdout
    assert answers(migrated, session, token) == "302 401"


@sqlite_only
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("DROP TRIGGER audit_entry_no_UPDATE", "the trigger audit_entry_no_UPDATE is missing"),
        (
            "CREATE TRIGGER heir AFTER INSERT ON people_user BEGIN DELETE FROM mail_message; END",
            "the trigger heir is none of Accord's",
        ),
        (
            "DROP TRIGGER audit_entry_no_DELETE; CREATE TRIGGER audit_entry_no_DELETE BEFORE DELETE ON "
            "audit_entry WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
            "the trigger audit_entry_no_DELETE is another",
        ),
        ("DROP INDEX one_open_invitation_per_email", "the index one_open_invitation_per_email is missing"),
        ("ALTER TABLE people_user ADD COLUMN heir text", "the table people_user is another"),
        ("DELETE FROM django_migrations WHERE app = 'score'", "other steps than its manifest says"),
    ],
)
def test_a_database_that_is_not_built_as_ours_is_refused(
    migrated: Installation, tmp_path: Path, script: str, said: str
) -> None:
    migrated.python(MAKE)
    assert migrated.run("backup", tmp_path / "b.zip").returncode == 0
    changed = rebuilt(tmp_path, lambda database: database.executescript(script))
    ran = migrated.run("restore", changed, "--replace")
    assert ran.returncode == 29
    assert said in ran.stderr
    assert "history: is only added to" in migrated.run("doctor").stdout


def rebuilt(folder: Path, change: Callable[[sqlite3.Connection], object]) -> Path:
    """The backup with its database changed and every sum and count made right again."""
    with zipfile.ZipFile(folder / "b.zip") as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    said = json.loads(members.pop(archive.MANIFEST))
    path = folder / "changed.sqlite3"
    path.write_bytes(members[archive.DATABASE])
    database = sqlite3.connect(path)
    change(database)
    database.commit()
    for name, table in said["tables"].items():
        table["rows"] = database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    database.close()
    members[archive.DATABASE] = content = path.read_bytes()
    sums = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    said["members"][archive.DATABASE] = sums
    with zipfile.ZipFile(folder / "changed.zip", "w") as written:
        for name, each in members.items():
            written.writestr(name, each)
        written.writestr(archive.MANIFEST, json.dumps(said))
    return folder / "changed.zip"


@pytest.mark.django_db(transaction=True)
def test_the_doctor_finds_a_trigger_that_is_gone() -> None:
    assert unguarded(connection) == []
    name, on = "audit_entry_no_UPDATE", ""
    if connection.vendor == "postgresql":
        name, on = "audit_entry_append_only", " ON audit_entry"
    with connection.cursor() as cursor:
        if on:
            cursor.execute(f"ALTER TABLE audit_entry DISABLE TRIGGER {name}")
            again = f"ALTER TABLE audit_entry ENABLE TRIGGER {name}"
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
            again = cursor.fetchone()[0]
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            assert unguarded(connection) == ["audit_entry"]
        finally:
            cursor.execute(again)
    assert unguarded(connection) == []


def test_every_table_that_is_made_append_only_is_looked_for() -> None:
    rooms = Path(archive.__file__).parents[1]
    made = "".join(path.read_text() for path in rooms.glob("*/migrations/*.py"))
    assert made.count("append_only(") == len(TABLES)
    assert all(f'append_only("{table}")' in made for table in TABLES)


def test_a_backup_writes_into_no_file_that_somebody_laid_ready(tmp_path: Path) -> None:
    """In a folder where others write too, a name that can be guessed would be theirs to read, or a link."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".b.zip.part").symlink_to(victim)
    with archive.writing(tmp_path / "b.zip") as writer:
        (part,) = (each for each in tmp_path.glob(".b.zip.*") if not each.is_symlink())
        assert (part.stat().st_mode & 0o777) == 0o600
        writer.finish(
            Manifest(
                accord_backup=1, release="1", engine="sqlite", made_at="", steps=(), tables={}, members={}
            )
        )
    assert victim.read_text() == "mine"
    assert ((tmp_path / "b.zip").stat().st_mode & 0o777) == 0o600
    assert {each.name for each in tmp_path.iterdir()} == {"b.zip", "victim", ".b.zip.part"}
