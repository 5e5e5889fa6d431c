"""`accord serve` as real processes: it starts, answers, stops in order, and leaves nobody behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_fixture import ACCORD, Installation, installation, members, migrated, up_to_date, wait_until

from accord.errors import InputError
from accord.server.running import serving
from accord.server.running.serving import Child, Place, supervise, take

assert installation and migrated and up_to_date  # fixtures


def test_it_makes_its_folder_and_database_serves_pages_and_stops_on_sigterm(
    installation: Installation,
) -> None:
    with installation.served() as server:
        token_line = server.process.stdout.readline()  # type: ignore[union-attr]
        assert "steps taken, up to date" in server.said[0]
        assert "/setup?token=" in token_line
        assert (installation.data.stat().st_mode & 0o777) == 0o700

        assert server.get("/health") == (200, "ok\n")
        status, page = server.get(token_line.split(server.url)[1].strip())
        assert status == 200 and "Set up Accord" in page
        assert server.get("/static/0.0.0/none.css")[0] in (302, 404)
        assert len(members(server.process.pid)) == 4  # parent, worker, granian and its process

        server.process.terminate()
        assert server.process.wait(60) == 0
        assert not members(server.process.pid)
        events = server.events()  # every line is JSON
        assert {"route": "/setup", "status": 200}.items() <= next(
            event for event in events if event["event"] == "request"
        ).items()
        token = token_line.strip().rpartition("=")[2]
        assert token not in server.log.read_text() and "Traceback" not in server.log.read_text()


@pytest.mark.any_database
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_ctrl_c_a_closed_window_and_systemd_reach_the_whole_group_and_stop_it_without_a_traceback(
    migrated: Installation, by: signal.Signals
) -> None:
    with migrated.served() as server:
        os.killpg(server.process.pid, by)
        assert server.process.wait(60) == 0
        assert not members(server.process.pid)
        assert "Traceback" not in server.log.read_text()


@pytest.mark.any_database
def test_children_do_not_outlive_a_parent_that_was_killed(migrated: Installation) -> None:
    with migrated.served() as server:
        server.process.kill()
        server.process.wait(10)
        assert wait_until(lambda: not members(server.process.pid), 20)


@pytest.mark.any_database
def test_a_web_process_that_ends_is_started_again_and_neither_orphan_nor_other_server_shares_its_port(
    migrated: Installation,
) -> None:
    with migrated.served("--no-worker") as server:
        ran = migrated.run("serve", "--port", server.url.rpartition(":")[2])
        assert ran.returncode == 2 and "address already in use" in ran.stderr

        parent = server.process.pid
        granian = min(pid for pid in members(parent) if pid != parent)
        before = set(members(parent)) - {parent}
        os.kill(granian, signal.SIGKILL)
        assert wait_until(lambda: not before & set(members(parent)), 20)

        def answers() -> bool:
            try:
                return server.get("/health", 2)[0] == 200
            except OSError:
                return False

        assert wait_until(answers, 30)
        assert "a process ended by itself" in server.log.read_text()


@pytest.mark.any_database
def test_a_request_under_way_is_answered_before_it_stops(migrated: Installation, tmp_path: Path) -> None:
    (tmp_path / "slow_settings.py").write_text(
        "from accord.server.settings import *\nMIDDLEWARE = ['slow_settings.slow', *MIDDLEWARE]\n"
        "def slow(get_response):\n"
        "    def middleware(request):\n"
        "        import time; time.sleep(3 if 'slow' in request.GET else 0); return get_response(request)\n"
        "    return middleware\n"
    )
    migrated.more = {"DJANGO_SETTINGS_MODULE": "slow_settings", "PYTHONPATH": str(tmp_path)}
    with migrated.served("--no-worker") as server:
        answers: list[object] = []
        asking = threading.Thread(target=lambda: answers.append(server.get("/health?slow=1")))
        asking.start()
        time.sleep(1)
        server.process.terminate()
        asking.join(30)
        assert answers == [(200, "ok\n")]
        assert server.process.wait(60) == 0


@pytest.mark.any_database
def test_a_busy_port_is_said_in_one_sentence(installation: Installation) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        ran = installation.run("serve", "--port", busy.getsockname()[1])
    assert ran.returncode == 2
    assert "address already in use; stop what listens there, or choose another with --port" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.any_database
def test_a_port_held_by_a_server_that_is_starting_is_busy_too() -> None:
    first = take("127.0.0.1", 0)
    with first.held, pytest.raises(InputError, match="address already in use"):
        take("127.0.0.1", first.port)


@pytest.mark.any_database
@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.7", "a b"])
def test_a_host_that_is_not_ours_is_said_in_one_sentence(host: str) -> None:
    with pytest.raises(InputError, match=f"cannot listen on {host}"):
        take(host, 0)


@pytest.mark.any_database
def test_bad_settings_are_all_named_and_nothing_is_made(installation: Installation) -> None:
    installation.more = {"ACCORD_PROXIES": "many", "ACCORD_URL": "accord"}
    ran = installation.run("serve", "--port", 0)
    assert ran.returncode == 25
    assert "ACCORD_PROXIES: 'many' cannot be used" in ran.stderr and "ACCORD_URL: 'accord'" in ran.stderr
    assert not installation.data.exists()


@pytest.mark.any_database
def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    installation = Installation(Path("/proc/accord"))
    ran = installation.run("serve", "--port", 0)
    assert (ran.returncode, "Traceback" in ran.stderr) == (25, False)
    assert "ACCORD_DATA: '/proc/accord' cannot be written to" in ran.stderr


@pytest.mark.any_database
def test_a_database_that_does_not_answer_is_said(installation: Installation) -> None:
    installation.database = "postgresql://nobody@127.0.0.1:1/none"
    ran = installation.run("serve", "--port", 0)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert "the database does not answer" in ran.stderr and "DATABASE_URL" in ran.stderr


def test_a_database_newer_than_the_code_is_refused_with_a_remedy(migrated: Installation) -> None:
    assert "no steps" not in migrated.run("doctor").stdout
    migrated.python(
        "from django.db import connection\n"
        "from django.db.migrations.recorder import MigrationRecorder as R\n"
        "R(connection).record_applied('people', '0999_from_tomorrow')"
    )
    ran = migrated.run("serve", "--port", 0)
    assert ran.returncode == 2
    assert "newer release" in ran.stderr and "people.0999_from_tomorrow" in ran.stderr
    assert "install that release again" in ran.stderr
    assert "is of a newer release" in migrated.run("doctor").stdout


def test_the_worker_alone_stops_on_sigterm_and_leaves_a_heartbeat(migrated: Installation) -> None:
    worker = subprocess.Popen([ACCORD, "worker"], env=migrated.env, stderr=subprocess.PIPE, text=True)
    try:
        assert wait_until(lambda: "well  worker" in migrated.run("doctor").stdout, 40)
        worker.send_signal(signal.SIGINT)
        _, log = worker.communicate(timeout=20)
    finally:
        worker.kill()
    assert worker.returncode == 0
    assert "the worker ends" in log and "Traceback" not in log


# The parent by itself ----------------------------------------------------------------------------------


@pytest.fixture
def place() -> Iterator[Place]:
    taken = take("127.0.0.1", 0)
    yield taken
    taken.held.close()


@pytest.mark.any_database
def test_a_child_that_keeps_ending_stops_everything_with_code_1(
    monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    monkeypatch.setattr(serving, "_LONGEST_WAIT_S", 0.01)
    lasting = Child("lasting", [sys.executable, "-c", "import time; time.sleep(60)"])
    ending = Child("ending", [sys.executable, "-c", "raise SystemExit(3)"])
    assert supervise([lasting, ending], place, lambda: None) == 1
    assert lasting.process is not None and lasting.process.poll() is not None
    assert len(ending.ends) == serving.MOST_ENDS


@pytest.mark.any_database
def test_each_end_makes_the_next_start_later_until_it_has_lasted() -> None:
    child = Child("web", [])
    waits = []
    for now in (0.0, 1.0, 2.0, 3.0):
        assert not child.give_up(now)
        waits.append(child.start_at - now)
    assert waits == [1, 2, 4, 8]
    assert not child.give_up(500.0)
    assert child.start_at == 501.0


@pytest.mark.any_database
def test_a_child_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(serving, "STOPS_WITHIN_S", 0.5)
    deaf = Child(
        "deaf",
        [sys.executable, "-uc", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"],
    )
    threading.Timer(2.0, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    assert supervise([deaf], place, lambda: None) == 1
    assert deaf.process is not None and deaf.process.returncode == -9
