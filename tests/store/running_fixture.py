"""Installations of their own for tests that start processes: a folder, and a database on the same server."""

import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ACCORD = str(Path(sys.executable).with_name("accord"))


def fresh_database(like: str = "template1") -> str:
    """The URL of a database on the PostgreSQL of these tests, empty or `like` another that nobody uses now.

    Nothing where they run on SQLite.
    """
    if not (url := os.environ.get("DATABASE_URL", "")):
        return ""
    import psycopg

    name = f"accord_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass
class Installation:
    """A data folder, with the environment in which commands run on it."""

    data: Path
    more: dict[str, str] = field(default_factory=dict)
    database: str = field(default_factory=fresh_database)

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACCORD_", "DJANGO_", "DATABASE_"))}
        own = {"ACCORD_DATA": str(self.data), "DATABASE_URL": self.database}
        return kept | own | self.more

    def copied(self, data: Path) -> "Installation":
        """Another that is just like this one, made in a moment; nothing may run on this one meanwhile."""
        shutil.copytree(self.data, data, symlinks=True)
        like = urlsplit(self.database).path.removeprefix("/")
        return Installation(data, database=fresh_database(like) if like else "")

    def run(self, *args: object) -> "subprocess.CompletedProcess[str]":
        return self.run_command([ACCORD, *map(str, args)])

    def python(self, code: str) -> str:
        """Run code with Django set up; what it prints. It has to succeed."""
        start = "import django; django.setup()\n"
        more = {
            "DJANGO_SETTINGS_MODULE": "accord.server.settings",
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        ran = self.run_command([sys.executable, "-c", start + code], **more)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def run_command(self, command: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command, env=self.env | more, capture_output=True, text=True, check=False, timeout=120
        )

    @contextmanager
    def served(self, *args: str) -> Iterator["Served"]:
        """`accord serve` on a free port, once it answers; what still runs afterwards is killed."""
        log = self.data.parent / f"{self.data.name}.log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [ACCORD, "serve", "--port", "0", *args],
                env=self.env, stdout=subprocess.PIPE, stderr=file, text=True, start_new_session=True,
            )  # fmt: skip
        try:
            said = []
            assert process.stdout
            for line in process.stdout:
                said.append(line)
                if line.startswith("Accord:"):
                    break
            assert said and said[-1].startswith("Accord:"), "".join(said) + log.read_text()
            yield Served(process, re.search(r"http\S+(?=/)", said[-1])[0], said, log)  # type: ignore[index]
        finally:
            for pid in members(process.pid):
                os.kill(pid, signal.SIGKILL)
            process.wait(30)
            process.stdout.close()


@dataclass
class Served:
    process: "subprocess.Popen[str]"
    url: str
    said: list[str]
    log: Path

    def get(self, path: str, timeout: float = 20) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def events(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def members(group: int) -> list[int]:
    """The processes of a process group that still live."""
    listed = subprocess.run(["ps", "-eo", "pid,pgid,stat"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()[1:]]
    return [int(pid) for pid, pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


def wait_until(what: "object", seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Installation]
) -> Installation:
    """An installation that one worker of the tests makes and all of them use; nobody may change it."""
    here = factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / name
    folder.mkdir(exist_ok=True)
    note = folder / "database"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            return Installation(folder / "data", database=note.read_text())
        made = make(folder / "data")
        note.write_text(made.database)
        return made


@pytest.fixture(scope="session")
def up_to_date(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with its tables and nothing in them, to be copied: making them takes seconds."""

    def make(data: Path) -> Installation:
        made = Installation(data)
        ran = made.run("manage", "migrate", "-v0")
        assert ran.returncode == 0, ran.stderr
        return made

    return made_once(tmp_path_factory, "up-to-date", make)


@pytest.fixture
def migrated(up_to_date: Installation, tmp_path: Path) -> Installation:
    """A copy with tables and nothing in them."""
    return up_to_date.copied(tmp_path / "data")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")
