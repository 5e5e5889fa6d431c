"""A worker that is killed in the middle of a replay: the next one makes it, once the lease has run out. One
that is only asked to stop ends it, and nobody makes it a second time meanwhile."""

import subprocess
import sys
from pathlib import Path

from running_fixture import Installation, migrated, up_to_date, wait_until  # noqa: F401

_WANTED = """
from django.utils import timezone
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.people.models import User
from accord.server.replay.models import Kept
now = timezone.now()
kai = User.objects.create(email="kai@acme.example", name="Kai")
file = AgreementFile.objects.create(slug="acme", title="Acme", started_by=kai)
draft = Draft.objects.create(file=file, number=1, text="x", started_by=kai, saved_by=kai)
days = {"from_on": now.date(), "to_on": now.date()}
Kept.objects.create(name="n", draft=draft, saving=1, span="month", wanted_at=now, used_at=now, **days)
"""
_WORKER = """
import sys, time
from datetime import timedelta
from pathlib import Path
import django; django.setup()
from accord.server.replay import making
from accord.server.running import tasks, worker
tasks.LEASE, tasks.RENEWED_EVERY = timedelta(seconds=3), timedelta(seconds=0.5)
def replayed(kept, at):
    Path(sys.argv[1]).touch()
    while sys.argv[2] == "hangs" and not Path(sys.argv[1] + ".go").exists():
        time.sleep(0.1)
    return {"told": {"by": "the next" if sys.argv[2] == "works" else "the first"}}
making._replayed = replayed
worker.main()
"""
_TOLD = "from accord.server.replay.models import Kept; k = Kept.objects.get(); print(k.told, k.wanted_at)"


def start(here: Installation, note: Path, how: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", _WORKER, str(note), how]
    env = {**here.env, "DJANGO_SETTINGS_MODULE": "accord.server.settings"}
    return subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)


def test_a_replay_whose_worker_was_killed_is_made_by_the_next(migrated: Installation, tmp_path: Path) -> None:  # noqa: F811
    migrated.python(_WANTED)
    begun, taken = tmp_path / "begun", tmp_path / "taken"
    workers = [start(migrated, begun, "hangs")]
    try:
        assert wait_until(begun.exists, 60)
        workers.append(start(migrated, taken, "works"))
        assert not wait_until(taken.exists, 6), "twice the lease has passed, and its worker lives"
        workers[0].kill()
        assert wait_until(taken.exists, 60)
        workers[1].terminate()
        assert workers[1].wait(60) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(30)
    assert migrated.python(_TOLD).strip() == "{'by': 'the next'} None"


def test_a_worker_asked_to_stop_ends_its_replay_alone(migrated: Installation, tmp_path: Path) -> None:  # noqa: F811
    migrated.python(_WANTED)
    begun, taken = tmp_path / "begun", tmp_path / "taken"
    workers = [start(migrated, begun, "hangs")]
    try:
        assert wait_until(begun.exists, 60)
        workers[0].terminate()
        workers.append(start(migrated, taken, "works"))
        assert not wait_until(taken.exists, 8), "twice the lease has passed, and its worker is still at it"
        assert workers[0].poll() is None
        (tmp_path / "begun.go").touch()
        assert workers[0].wait(60) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(30)
    assert migrated.python(_TOLD).strip() == "{'by': 'the first'} None"
