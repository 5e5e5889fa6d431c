"""Leads accepted a second through the API, as a ratio to a bare INSERT of the same row; and their latency.

Run: `python benchmarks/intake.py [postgresql]`. Targets (issue 5): 25 % of the bare INSERT for single leads,
40 % for batches; p99 of a single accept under 50 ms at half that load. `accord serve` runs on a fresh
database without its worker; the load comes from a second process over loopback, by several connections that
stay open. The floor is the same row into the same table through the same driver with the same durability
(each commit synced to disk), by one connection and nothing else running: one row a commit for singles, the
same number of rows a commit for batches. Each figure is the median of several runs, floor and load in turn.
"""

import json
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RUNS, SECONDS, WARM = 5, 4.0, 1.5
CONNECTIONS, BATCH_CONNECTIONS, BATCH = 16, 4, 500
SINGLE_TARGET, BATCH_TARGET, P99_TARGET_MS = 0.25, 0.40, 50
LEAD = (
    '{"id":"%s","occurred_at":"2026-03-02T10:00:00Z","email":"ada.%s@buyer.example","phone":"+902121234567",'
    '"name":"Ada Buyer","company":"Buyer Ltd","role":"director","country":"TR","lead_type":"web_form",'
    '"stream":"smb","source":"site","source_owner":"marketing","signals":{"demo_requested":1},'
    '"more":{"employees":120}}'
)


# The load, in a process of its own ---------------------------------------------------------------------


def load(port: int, token: str, *, seconds: float, batch: int, connections: int, rate: float) -> None:
    """Post leads for so long; prints what was answered. `rate` of requests a second, or 0: as fast as can be.

    With a rate, a request is due at its time whether or not the ones before were answered, and its latency is
    counted from then: a server that stalls is not spared what waited for it.
    """
    selector, free = selectors.DefaultSelector(), []
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one, selectors.EVENT_READ)
        free.append(one)
    requests = _requests(token, batch)
    due, parts, latencies, refused = {}, {}, [], 0
    begin = time.perf_counter()
    sent = 0
    while (now := time.perf_counter()) - begin < seconds or due:
        while free and now - begin < seconds and (not rate or sent <= (now - begin) * rate):
            one = free.pop()
            due[one] = begin + sent / rate if rate else time.perf_counter()
            parts[one] = b""
            one.sendall(next(requests))
            sent += 1
        wait = max(0.0, begin + sent / rate - time.perf_counter()) if rate and free else 0.2
        for ready, _ in selector.select(wait):
            one = ready.fileobj
            parts[one] += one.recv(262_144)  # type: ignore[union-attr]
            if _is_whole(parts[one]):
                latencies.append(time.perf_counter() - due.pop(one))
                refused += not parts[one].startswith(b"HTTP/1.1 202")
                free.append(one)
    took = time.perf_counter() - begin
    ranked = sorted(latencies)
    at = {share: ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000 for share in (0.5, 0.99)}
    said = {
        "leads_a_second": len(latencies) * batch / took,
        "refused": refused,
        "p50": at[0.5],
        "p99": at[0.99],
    }
    print(json.dumps({**said, "max": ranked[-1] * 1000, "requests": len(latencies)}))


def _requests(token: str, batch: int) -> Iterator[bytes]:
    run = os.urandom(6).hex()
    head = (
        "POST /api/v1/leads HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: %d\r\n\r\n"
    )
    number = 0
    while True:
        leads = [LEAD % (f"{run}-{number + place}", number + place) for place in range(batch)]
        number += batch
        body = (leads[0] if batch == 1 else f'{{"leads":[{",".join(leads)}]}}').encode()
        yield head.encode() % len(body) + body


def _is_whole(said: bytes) -> bool:
    head, found, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return bool(found) and length is not None and len(body) >= int(length[1])


# The floor ---------------------------------------------------------------------------------------------


def floor(batch: int, seconds: float) -> float:
    """Rows a second of bare INSERTs, `batch` rows a commit, through the driver alone."""
    from django.db import connection

    from accord.server.intake import accepting

    connection.ensure_connection()
    bare, names = connection.connection, accepting._NAMES
    postgresql = connection.vendor == "postgresql"
    sign = "%s" if postgresql else "?"
    statement = f"INSERT INTO intake_arrival ({names}) VALUES ({', '.join([sign] * 13)})"
    done, begin, run = 0, time.perf_counter(), os.urandom(6).hex()
    cursor = bare.cursor()
    while time.perf_counter() - begin < seconds:
        rows = [_row(f"{run}-{done + place}") for place in range(batch)]
        if batch == 1 and postgresql:
            cursor.execute(statement, rows[0])  # commits by itself
        else:
            cursor.execute("BEGIN" if postgresql else "BEGIN IMMEDIATE")
            cursor.executemany(statement, rows)
            cursor.execute("COMMIT")
        done += batch
    return done / (time.perf_counter() - begin)


_AT = "2026-03-02 10:00:00"


def _row(name: str) -> tuple[Any, ...]:
    """As the server writes it, with the same sizes."""
    payload = LEAD % (name, name[-6:])
    return (f"L-{name[-24:]}", "lead", "api:floor", name, payload, None, None, _AT, _AT, 0, "", "", "")


# The run -----------------------------------------------------------------------------------------------


def main(folder: Path) -> None:
    token = _prepared()
    with _served(folder) as port:
        print(f"{_database()}: medians of {RUNS} runs of {SECONDS:.0f} s, on {os.cpu_count()} cores\n")
        _loaded(port, token, seconds=WARM, batch=1, connections=CONNECTIONS)
        singles = _paired(port, token, 1, CONNECTIONS)
        _say("single", singles, singles[0], SINGLE_TARGET)
        batches = _paired(port, token, BATCH, BATCH_CONNECTIONS)
        _say(f"batches of {BATCH}", batches, batches[0], BATCH_TARGET)
        print(f"{'':24}{batches[1] / singles[0]:.0%} of one row a commit")
        rate = singles[1] / 2
        found = [
            _loaded(port, token, seconds=SECONDS, batch=1, connections=CONNECTIONS * 4, rate=rate)
            for _ in range(RUNS)
        ]
        p50, p99 = (statistics.median(one[name] for one in found) for name in ("p50", "p99"))
        print(
            f"\nsingle at half that load ({rate:,.0f} a second): median {p50:.1f} ms, p99 {p99:.1f} ms",
            end="",
        )
        print(f" (target {P99_TARGET_MS} ms: {'met' if p99 < P99_TARGET_MS else 'MISSED'})")


def _paired(port: int, token: str, batch: int, connections: int) -> tuple[float, float]:
    """Floor and load in turn: both in leads a second."""
    floors, loads = [], []
    for _ in range(RUNS):
        floors.append(floor(batch, SECONDS / 2))
        loads.append(
            _loaded(port, token, seconds=SECONDS, batch=batch, connections=connections)["leads_a_second"]
        )
    return statistics.median(floors), statistics.median(loads)


def _say(what: str, found: tuple[float, float], against: float, target: float) -> None:
    bare, ours = found
    met = "met" if ours >= target * against else "MISSED"
    print(
        f"{what:24}{ours:9,.0f} leads a second accepted; bare INSERT {bare:,.0f}: {ours / against:.0%}",
        end="",
    )
    print(f" (target {target:.0%}: {met})")


def _loaded(
    port: int, token: str, *, seconds: float, batch: int, connections: int, rate: float = 0
) -> dict[str, float]:
    command = [sys.executable, __file__, "load", port, token, seconds, batch, connections, rate]
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(ran.stdout)
    if said["refused"]:
        sys.exit(f"{said['refused']} requests were not answered with 202")
    return said


def _prepared() -> str:
    """Tables, somebody, and their token."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.server.settings"
    django.setup()
    from django.core.management import call_command

    from accord.server.api.tokens import make_token
    from accord.server.audit.trail import Actor
    from accord.server.people.models import User

    call_command("migrate", verbosity=0)
    user = User.objects.create(email="load@acme.example", name="Load", side="operations", role="manager")
    return make_token(Actor(user, "command"), name="load", scopes=["leads:write"]).text


def _database() -> str:
    from django.db import connection

    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"


class _served:  # noqa: N801 - used as a function
    """`accord serve` without its worker, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.log = (folder / "serve.log").open("w")

    def __enter__(self) -> int:
        accord = str(Path(sys.executable).with_name("accord"))
        command = [accord, "serve", "--port", "0", "--no-worker", *os.environ.get("SERVE", "").split()]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.match(r"Accord:.*:(\d+)/", line):
                return int(found[1])
        sys.exit("the server did not start; see its log")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        port, token, *numbers = sys.argv[2:]
        seconds, batch, connections, rate = map(float, numbers)
        load(int(port), token, seconds=seconds, batch=int(batch), connections=int(connections), rate=rate)
    elif sys.argv[1:] == ["postgresql"]:
        wrapper = [sys.executable, str(ROOT / "tools" / "with_postgres.py"), sys.executable, __file__]
        sys.exit(subprocess.run(wrapper, check=False).returncode)
    else:
        with tempfile.TemporaryDirectory(prefix="accord-intake-") as temporary:
            os.environ["ACCORD_DATA"] = temporary
            main(Path(temporary))
