"""Backup and restore by one command each, while the server runs; what is damaged or hostile is refused."""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running_fixture import Installation, installation, made_once, migrated, up_to_date

from accord.errors import BackupUnusable
from accord.server.running import archive

assert installation and migrated and up_to_date  # fixtures

FILL = """
from server_fixture import ACME, actor, make_people, sign_by_heads
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile
people = make_people()
draft = acts.start_file(actor(people.kai), ACME)
acts.propose(actor(people.kai), draft, saved=draft.saved)
file = AgreementFile.objects.get()
sign_by_heads(people, file, file.course[-1]["digest"])
"""
COUNT = """
import json
from django.apps import apps
print(json.dumps({m._meta.db_table: m.objects.count() for m in apps.get_models()}))
"""
WRITE = """
import itertools
from django.db import transaction
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import User
for number in itertools.count():
    with transaction.atomic():
        user = User.objects.create(email=f"w{number}@acme.example", name=f"W {number}", side="sales")
        record(Actor(user, "command"), Action.JOINED, user)
    print(number, flush=True)
"""
CHANGED_BY_A_RESTORE = {"audit_entry"}  # it is written down


@pytest.fixture(scope="session")
def filled(up_to_date: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with people, a signed agreement, a log, and a backup of it all beside its folder."""

    def make(data: Path) -> Installation:
        there = up_to_date.copied(data)
        there.python(FILL)
        (there.data / "log" / "events").mkdir(parents=True)
        (there.data / "log" / "leads.csv").write_text("lead,contact\n1,c1\n")
        (there.data / "log" / "events" / "2026-01.csv").write_text("seq\n1\n")
        (there.data / "log" / "elsewhere").symlink_to("/etc/passwd")
        ran = there.run("backup", backup_of(there))
        assert ran.returncode == 0, ran.stderr
        return there

    return made_once(tmp_path_factory, "filled", make)


@pytest.fixture(scope="module")
def restored(filled: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, str]:
    """An installation made by a restore of that backup, and what the command said; only to be looked at."""
    made = Installation(tmp_path_factory.mktemp("restored") / "data")
    ran = made.run("restore", backup_of(filled))
    assert ran.returncode == 0, ran.stderr
    return made, ran.stdout


def backup_of(there: Installation) -> Path:
    return there.data.parent / "backup.zip"


def counts(there: Installation) -> dict[str, int]:
    return json.loads(there.python(COUNT))


def test_a_restored_copy_is_the_same_and_its_chain_holds(
    filled: Installation, restored: tuple[Installation, str]
) -> None:
    copy, said = restored
    assert "Acme marketing and sales: 3 entries, all hold" in said
    here, there = counts(copy), counts(filled)
    assert {table for table in here if here[table] != there[table]} <= CHANGED_BY_A_RESTORE
    assert (copy.data / "log" / "events" / "2026-01.csv").read_text() == "seq\n1\n"
    assert not (copy.data / "log" / "elsewhere").exists()
    assert (copy.data / "secret-key").read_text() == (filled.data / "secret-key").read_text()
    assert ((copy.data / "secret-key").stat().st_mode & 0o777) == 0o600


def test_the_archive_is_its_owners_only_and_leaves_no_parts(filled: Installation) -> None:
    assert (backup_of(filled).stat().st_mode & 0o777) == 0o600
    assert not list(filled.data.parent.glob(".*")) and not list(filled.data.glob(".*"))


def test_a_restored_copy_goes_on_counting_and_stays_append_only(
    restored: tuple[Installation, str], tmp_path: Path
) -> None:
    said = (
        restored[0]
        .copied(tmp_path / "data")
        .python(
            "from accord.server.people.models import User\n"
            "from accord.server.audit.models import Entry\n"
            "from accord.server.mail.models import Message\n"
            "from django.db import DatabaseError, transaction\n"
            "people = User.objects.count()\n"
            "print(User.objects.create(email='z@acme.example', name='Z', side='sales').pk - people)\n"
            "try:\n"
            "    with transaction.atomic(): Entry.objects.update(name='x')\n"
            "except DatabaseError as error: print('refused', error)\n"
            "print(set(Message.objects.values_list('state', flat=True)))\n"
        )
    )
    number, refused, *_, states = said.splitlines()
    assert int(number) == 1
    assert refused.startswith("refused rows of audit_entry are never changed")
    assert states == "{'failed'}"  # what waited then has been sent since


def test_both_are_in_the_audit(filled: Installation, restored: tuple[Installation, str]) -> None:
    actions = (
        "from accord.server.audit.models import Entry; print(*Entry.objects.values_list('action', 'via')[:1])"
    )
    assert filled.python(actions) == "('backed up', 'command')\n"
    assert restored[0].python(actions) == "('restored', 'command')\n"


def test_a_backup_while_somebody_writes_is_of_one_instant(migrated: Installation, tmp_path: Path) -> None:
    start = "import django; django.setup()\n"
    env = {
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    writer = subprocess.Popen(
        [sys.executable, "-c", start + WRITE], env=migrated.env | env, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "0\n"
        ran = migrated.run("backup", tmp_path / "b.zip")
        assert ran.returncode == 0, ran.stderr
        assert writer.poll() is None
    finally:
        writer.kill()
        last = int((writer.communicate()[0].splitlines() or ["0"])[-1])
    copy = Installation(tmp_path / "copy")
    ran = copy.run("restore", tmp_path / "b.zip")
    assert ran.returncode == 0, ran.stderr
    found = counts(copy)
    assert found["people_user"] + 1 == found["audit_entry"]  # each with its entry, and the restore's own
    assert 1 <= found["people_user"] <= last + 2


def test_a_backup_and_a_restore_under_a_running_server(
    filled: Installation, migrated: Installation, tmp_path: Path
) -> None:
    there = migrated
    (there.data / "secret-key").unlink()  # it is given one of its own, and the backup brings another
    with there.served() as server:
        assert "Set up Accord" in server.get("/")[1]
        assert there.run("backup", tmp_path / "empty.zip").returncode == 0
        ran = there.run("restore", backup_of(filled), "--replace")
        assert ran.returncode == 0, ran.stderr
        assert "start the server again" in ran.stdout
        assert "Set up Accord" not in server.get("/")[1]
        assert server.get("/setup")[0] == 404
        server.process.terminate()
        assert server.process.wait(30) == 0


def test_what_is_in_use_is_not_overwritten_without_being_asked(filled: Installation, tmp_path: Path) -> None:
    before = counts(filled)
    ran = filled.run("restore", backup_of(filled))
    assert ran.returncode == 2
    assert "add --replace, which makes a backup of them first" in ran.stderr
    assert counts(filled) == before
    ran = filled.run("backup", backup_of(filled))
    assert ran.returncode == 2 and "exists" in ran.stderr


def test_replacing_keeps_what_was_there_in_a_backup(
    filled: Installation, restored: tuple[Installation, str], tmp_path: Path
) -> None:
    installation = restored[0].copied(tmp_path / "data")
    installation.python(
        "from accord.server.people.models import User\n"
        "User.objects.create(email='z@z.example', name='Z', side='sales')"
    )
    ran = installation.run("restore", backup_of(filled), "--replace")
    assert ran.returncode == 0, ran.stderr
    assert counts(installation)["people_user"] == counts(filled)["people_user"]

    safety = re.search(r"What was here is in (\S+)", ran.stdout)
    assert safety
    ran = installation.run("restore", safety[1], "--replace")
    assert ran.returncode == 0, ran.stderr
    assert counts(installation)["people_user"] == counts(filled)["people_user"] + 1


def test_a_backup_of_an_older_step_is_restored_and_brought_up_to_date(
    migrated: Installation, tmp_path: Path
) -> None:
    """As a release before the chores were there would have written it."""
    migrated.run("manage", "migrate", "running", "zero", "-v0")
    migrated.python(
        "from pathlib import Path\n"
        "from accord.server.running import backing_up\n"
        "backing_up.missing_steps = lambda _: []\n"
        f"backing_up.back_up(Path({str(tmp_path / 'old.zip')!r}))"
    )
    copy = Installation(tmp_path / "copy")
    ran = copy.run("restore", tmp_path / "old.zip")
    assert ran.returncode == 0, ran.stderr
    assert counts(copy)["running_chore"] == 0


def test_the_other_database_is_named(
    filled: Installation, installation: Installation, tmp_path: Path
) -> None:
    other = rewritten(backup_of(filled), tmp_path, manifest=lambda it: it.update(engine="oracle"))
    ran = installation.run("restore", other)
    assert ran.returncode == 29
    assert "the backup is of oracle" in ran.stderr and "DATABASE_URL" in ran.stderr


def test_a_newer_release_is_named(filled: Installation, installation: Installation, tmp_path: Path) -> None:
    newer = rewritten(
        backup_of(filled),
        tmp_path,
        manifest=lambda it: it.update(release="99.0", steps=[*it["steps"], "people.0999_tomorrow"]),
    )
    ran = installation.run("restore", newer)
    assert ran.returncode == 29
    assert "release 99.0, newer than this one" in ran.stderr and "people.0999_tomorrow" in ran.stderr


def test_a_table_that_lost_rows_is_refused_and_nothing_is_changed(
    filled: Installation, installation: Installation, tmp_path: Path
) -> None:
    def more_rows(manifest: dict[str, Any]) -> None:
        manifest["tables"]["people_user"]["rows"] += 1

    ran = installation.run("restore", rewritten(backup_of(filled), tmp_path, manifest=more_rows))
    assert ran.returncode == 29
    assert "people_user has other rows" in ran.stderr
    installation.run("manage", "migrate", "-v0")
    assert counts(installation)["people_user"] == 0


def test_an_agreement_that_was_changed_in_the_backup_is_found_out(
    filled: Installation, installation: Installation, tmp_path: Path
) -> None:
    """Somebody who can write a whole archive anew, with right sums, still cannot write signatures."""
    forged = forged_backup(filled, tmp_path)
    ran = installation.run("restore", forged)
    assert ran.returncode == 20, ran.stderr
    assert "all hold" not in ran.stdout and "Acme marketing and sales: 3 entries" in ran.stdout


def forged_backup(filled: Installation, tmp_path: Path) -> Path:
    """The backup with one letter of a signed entry changed and every sum made right again."""
    import sqlite3

    def forge(name: str, content: bytes) -> bytes:
        if name == "tables/agreements_chainline.copy":
            return content.replace(b"Mina", b"Nina", 1)
        if name != archive.DATABASE:
            return content
        path = tmp_path / "forged.sqlite3"
        path.write_bytes(content)
        database = sqlite3.connect(path)
        trigger = "agreements_chainline_no_UPDATE"
        (made_by,) = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger]).fetchone()
        database.executescript(
            f"DROP TRIGGER {trigger};"
            "UPDATE agreements_chainline SET raw = replace(raw, 'Mina', 'Nina') WHERE line = 2;"
            f"{made_by};"
        )
        database.close()
        return path.read_bytes()

    return rewritten(backup_of(filled), tmp_path, content=forge)


# Archives that are none, by the judge itself -----------------------------------------------------------


def rewritten(
    backup: Path,
    folder: Path,
    *,
    manifest: Callable[[dict[str, Any]], object] = lambda _: None,
    content: Callable[[str, bytes], bytes] = lambda _, content: content,
    add: dict[str, bytes] | None = None,
    honest: bool = True,
) -> Path:
    """A copy of a backup with something changed; sums and sizes are made right again where it is `honest`."""
    import hashlib

    with zipfile.ZipFile(backup) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    said = json.loads(members.pop(archive.MANIFEST))
    members = {name: content(name, each) for name, each in members.items()} | (add or {})
    if honest:
        said["members"] = {
            name: {"bytes": len(each), "sha256": hashlib.sha256(each).hexdigest()}
            for name, each in members.items()
        }
    manifest(said)
    target = folder / "rewritten.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name, each in members.items():
            written.writestr(name, each)
        written.writestr(archive.MANIFEST, json.dumps(said))
    return target


def judged(path: Path, into: Path) -> None:
    into.mkdir(exist_ok=True)
    with archive.reading(path) as (opened, manifest):
        archive.unpack(opened, manifest, into)


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "log/../../outside",
        "/etc/cron.d/x",
        "log//x",
        "log\\..\\x",
        "log/a\x01b",
        "C:/x",
        "log/c:x",
        "tables/../x.copy",
        "accord.sqlite3",
        "log/",
        "log/a/../b",
    ],
)
def test_a_name_that_none_of_ours_has_is_refused(filled: Installation, tmp_path: Path, name: str) -> None:
    hostile = rewritten(backup_of(filled), tmp_path, add={name: b"x"})
    with pytest.raises(BackupUnusable):
        judged(hostile, tmp_path / "into")
    assert not (tmp_path / "outside").exists() and not list((tmp_path / "into").rglob("*"))


def test_a_changed_byte_is_found(filled: Installation, tmp_path: Path) -> None:
    changed = rewritten(
        backup_of(filled),
        tmp_path,
        honest=False,
        content=lambda name, each: each.replace(b"c1", b"c2") if name == "log/leads.csv" else each,
    )
    with pytest.raises(BackupUnusable, match=r"log/leads.csv is not what was backed up: its SHA-256 differs"):
        judged(changed, tmp_path / "into")


def test_more_or_fewer_files_than_the_manifest_names_are_refused(
    filled: Installation, tmp_path: Path
) -> None:
    more = rewritten(backup_of(filled), tmp_path, honest=False, add={"log/more.csv": b"x"})
    with pytest.raises(BackupUnusable, match="other files than its manifest names"):
        judged(more, tmp_path / "into")

    def fewer(manifest: dict[str, Any]) -> None:
        manifest["members"]["log/gone.csv"] = {"bytes": 1, "sha256": "0" * 64}

    with pytest.raises(BackupUnusable, match="other files than its manifest names"):
        judged(rewritten(backup_of(filled), tmp_path, manifest=fewer), tmp_path / "into")


def test_a_name_given_twice_is_refused(filled: Installation, tmp_path: Path) -> None:
    twice = rewritten(backup_of(filled), tmp_path)
    with zipfile.ZipFile(twice, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("log/leads.csv", b"other")
    with pytest.raises(BackupUnusable, match="other files"):
        judged(twice, tmp_path / "into")


def test_a_bomb_is_refused_before_it_is_unpacked(
    filled: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = rewritten(backup_of(filled), tmp_path, add={"log/zeros": bytes(50_000_000)})
    assert bomb.stat().st_size < 1_000_000
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10_000_000}))
    with pytest.raises(BackupUnusable, match="make room"):
        judged(bomb, tmp_path / "into")


def test_a_bomb_that_says_that_it_is_small_is_stopped_there(filled: Installation, tmp_path: Path) -> None:
    def small(manifest: dict[str, Any]) -> None:
        manifest["members"]["log/zeros"]["bytes"] = 10

    bomb = rewritten(backup_of(filled), tmp_path, add={"log/zeros": bytes(5_000_000)}, manifest=small)
    with pytest.raises(BackupUnusable, match="another size than the manifest says"):
        judged(bomb, tmp_path / "into")


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip at all", b"PK\x03\x04 cut off", b"PK\x05\x06" + bytes(18)],
    ids=["empty", "text", "cut off", "empty zip"],
)
def test_what_is_no_archive_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BackupUnusable):
        judged(tmp_path / "x.zip", tmp_path / "into")


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{}",
        '{"accord_backup": 2}',
        '{"accord_backup": 1}',
        "[" * 100_000,
        '{"accord_backup": 1, "x": 1}',
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr("manifest.json", manifest)
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    with pytest.raises(BackupUnusable):
        judged(tmp_path / "x.zip", tmp_path / "into")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable, match=r"there is no file .*gone.zip"):
        judged(tmp_path / "gone.zip", tmp_path / "into")


def test_a_truncated_archive_is_refused(filled: Installation, tmp_path: Path) -> None:
    whole = backup_of(filled).read_bytes()
    for size in (100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "x.zip").write_bytes(whole[:size])
        with pytest.raises(BackupUnusable):
            judged(tmp_path / "x.zip", tmp_path / "into")
