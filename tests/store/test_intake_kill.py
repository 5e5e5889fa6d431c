"""The web process is killed at random moments while leads are posted: what was acknowledged is there, once.

`ACCORD_KILL_LEADS=10000` runs it at the size that the issue names.
"""

import http.client
import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import urlsplit

from running_fixture import Installation, Served, members, migrated, up_to_date  # noqa: F401

LEADS = int(os.environ.get("ACCORD_KILL_LEADS", "300"))
SENDERS, BATCH, KILLS = 4, 5, 2
PREPARE = """
from accord.server.api.tokens import make_token
from accord.server.audit.trail import Actor
from accord.server.people.models import User
user = User.objects.create(email="crm@acme.example", name="CRM", side="operations", role="manager")
print(make_token(Actor(user, "command"), name="crm", scopes=["leads:write"]).text)
"""
STORED = """
from accord.server.intake.models import Arrival
import json
print(json.dumps(list(Arrival.objects.values_list("origin_id", "key"))))
"""


@dataclass
class Sender:
    """Posts leads until each is acknowledged: what got no answer is sent again as it was."""

    served: Served
    token: str
    names: list[str]
    keys: dict[str, str] = field(default_factory=dict)  # as they were acknowledged, by the lead's own name
    resent: int = 0
    line: http.client.HTTPConnection | None = None

    def work(self, until: float) -> None:
        for first in range(0, len(self.names), BATCH + 1):
            part = self.names[first : first + BATCH + 1]
            self.send([part[0]], until)  # one alone, then a batch
            if part[1:]:
                self.send(part[1:], until)

    def send(self, names: list[str], until: float) -> None:
        while not self.sent(names):
            assert time.monotonic() < until, "the server did not come back"
            self.resent += 1
            time.sleep(0.05)

    def sent(self, names: list[str]) -> bool:
        leads = [{"id": name, "email": f"{name}@buyer.example"} for name in names]
        body = json.dumps(leads[0] if len(leads) == 1 else {"leads": leads})
        try:
            self.line = self.line or http.client.HTTPConnection(urlsplit(self.served.url).netloc, timeout=10)
            head = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            self.line.request("POST", "/api/v1/leads", body, head)
            answer = self.line.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            self.hang_up()
            return False
        assert answer.status in (202, 503), said
        if answer.status == 202:
            self.keys |= {item["id"]: item["key"] for item in said["items"]}
        return answer.status == 202

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line = None


def kill_web(served: Served) -> None:
    """The web process and what it forked, at one blow; its parent starts it again."""
    for pid in members(served.process.pid):
        if pid != served.process.pid:
            os.kill(pid, signal.SIGKILL)


def test_an_acknowledged_lead_is_there_once_whenever_the_server_is_killed(migrated: Installation) -> None:  # noqa: F811
    token = migrated.python(PREPARE).strip()
    names = [f"lead-{number}" for number in range(LEADS)]
    chance, done = random.Random(), Event()  # noqa: S311 - moments, not secrets
    with migrated.served("--no-worker") as served, ThreadPoolExecutor(SENDERS + 1) as pool:
        until = time.monotonic() + 60 + LEADS / 20
        senders = [Sender(served, token, names[place::SENDERS]) for place in range(SENDERS)]

        def kill() -> int:
            killed = 0
            for share in range(1, KILLS + 1):
                wanted = LEADS * share / (KILLS + 1) * chance.uniform(0.5, 1.0)
                while sum(len(one.keys) for one in senders) < wanted and not done.is_set():
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.01))
                kill_web(served)
                killed += 1
            return killed

        killer = pool.submit(kill)
        work = [pool.submit(one.work, until) for one in senders]
        try:
            for one in work:
                one.result()
        finally:
            done.set()
            for sender in senders:
                sender.hang_up()
        assert killer.result() == KILLS
    acknowledged = {name: key for one in senders for name, key in one.keys.items()}
    stored = json.loads(migrated.python(STORED))
    assert len(acknowledged) == LEADS
    assert sorted(map(tuple, stored)) == sorted(acknowledged.items())
    assert sum(one.resent for one in senders), "no kill met a request on its way: it proved nothing"
