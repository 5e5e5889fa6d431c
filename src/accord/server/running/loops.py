"""What the worker does many times a second: one table, a thread a line, beside the chores.

A line that fails stops none of the others: it is logged and tried again. A database that is away is waited
for. What is under way when the worker is asked to stop is ended, and nothing new is begun.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from accord.server.running.logs import logger, without_secrets
from accord.server.running.stopping import Stop

LOOK_EVERY_S = 0.25
AFTER_TROUBLE_S = 2.0
log = logger(__name__)


@dataclass(frozen=True)
class Line:
    """One line of the table: what is done as of an instant. It says how much it did, 0 where nothing was due;
    below 0, that it wants to be left alone for as many seconds."""

    name: str
    do: Callable[[datetime], float]


def _settle(at: datetime) -> int:
    from accord.server.intake.settling import settle_due  # noqa: PLC0415

    return settle_due(at, 100)


def _tick(at: datetime) -> int:
    from accord.server.desk.ticking import tell_due  # noqa: PLC0415

    return tell_due(at)


def _act(at: datetime) -> int:
    from accord.server.desk.ticking import act_due  # noqa: PLC0415

    return act_due(at)


def _send(at: datetime) -> int:
    from accord.server.desk.cadence import send_due  # noqa: PLC0415

    return send_due(at)


def _gather(at: datetime) -> int:
    from accord.server.alerts.gathering import gather  # noqa: PLC0415

    return gather(at)


def _mail(at: datetime) -> float:
    from accord.server.mail.sending import send_mails  # noqa: PLC0415

    return send_mails(at)


def _chat(at: datetime) -> float:
    from accord.server.mail.sending import send_chats  # noqa: PLC0415

    return send_chats(at)


def _read(at: datetime) -> int:
    from accord.server.score.reading import make_wanted  # noqa: PLC0415 - brings DuckDB

    return make_wanted(at)


def _renew(at: datetime) -> float:
    from accord.server.running.tasks import RENEWED_EVERY, renew  # noqa: PLC0415

    renew(at)
    return -RENEWED_EVERY.total_seconds()


FAST = (
    Line("arrivals", _settle),
    Line("clocks", _tick),
    Line("acts", _act),
    Line("cadence", _send),
    Line("alerts", _gather),
    Line("mail", _mail),
    Line("chat", _chat),
    Line("readings", _read),
)
LEASES = (Line("leases", _renew),)  # needed until the last chore has ended, which is after the lines above


def start(stop: Stop, lines: Sequence[Line] = FAST) -> list[threading.Thread]:
    """A thread for each line, which ends soon after `stop` is set."""
    threads = [threading.Thread(target=_run, args=(line, stop), name=line.name) for line in lines]
    for thread in threads:
        thread.start()
    return threads


def _run(line: Line, stop: Stop) -> None:
    wait = 0.0
    try:
        while not stop.wait(wait):
            wait = _once(line)
    finally:
        connections.close_all()


def _once(line: Line) -> float:
    """Do a line once; how many seconds to wait before the next time."""
    try:
        close_old_connections()
        done = line.do(timezone.now())
    except Error as error:
        log.error("the database does not answer", line=line.name, problem=without_secrets(str(error).strip()))
        return AFTER_TROUBLE_S
    except Exception:
        log.exception("a line of the worker failed", line=line.name)
        return AFTER_TROUBLE_S
    return -done if done < 0 else 0.0 if done else LOOK_EVERY_S
