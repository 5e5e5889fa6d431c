"""The worker process: does the chores that are due, looks again a second later, ends when asked to.

Chores that may take minutes have threads of their own, and so has each line of `loops.py`, which is looked at
many times a second.
"""

import os
import signal
import sys
from threading import Thread
from typing import TYPE_CHECKING

import django

from accord.server.running.lifeline import end_with
from accord.server.running.stopping import Stop

if TYPE_CHECKING:
    from accord.server.running.tasks import Line

_LOOK_EVERY_S = 1.0
_AFTER_TROUBLE_S = 5.0
_SWITCH_S = (
    0.0005  # a thread that waits for an answer gets the interpreter back soon, whatever chore computes
)


def work(stop: Stop) -> None:
    """Do chores until `stop` is set, and end those under way, whose leases are renewed until then. A database
    that is away is waited for."""
    from accord.server.running.logs import logger  # noqa: PLC0415
    from accord.server.running.loops import LEASES, start  # noqa: PLC0415
    from accord.server.running.tasks import Line  # noqa: PLC0415 - Django stands only now

    log = logger(__name__)
    log.info("the worker begins")
    sys.setswitchinterval(_SWITCH_S)
    slow = [Thread(target=do_chores, args=(stop, line), name=line) for line in Line if line != Line.ORDINARY]
    for thread in slow:
        thread.start()
    all_ended = Stop()
    renewing, threads = start(all_ended, LEASES), [*start(stop), *slow]
    try:
        do_chores(stop, Line.ORDINARY)
    finally:
        stop.set()  # however it ended: the threads end too
        for thread in threads:
            thread.join()
        all_ended.set()
        for thread in renewing:
            thread.join()
    log.info("the worker ends")


def do_chores(stop: Stop, line: "Line") -> None:
    """Those of one line, as they fall due, until `stop` is set. After each that may take minutes it is looked
    anew what is due, so that the first of the table waits for one of them at most."""
    from django.db import Error, close_old_connections, connections  # noqa: PLC0415

    from accord.server.running.chores import do_due, enter  # noqa: PLC0415
    from accord.server.running.logs import logger  # noqa: PLC0415
    from accord.server.running.tasks import Line  # noqa: PLC0415

    log, wait, known = logger(__name__), 0.0, False
    try:
        while not stop.wait(wait):
            try:
                close_old_connections()
                if not known:
                    enter()
                    known = True
                most = None if line == Line.ORDINARY else 1
                done = do_due(lambda: not stop.is_set(), [line], most)
                wait = 0.0 if most and done else _LOOK_EVERY_S
            except Error as error:
                log.error("the database does not answer", line=line, problem=str(error).strip())
                wait = _AFTER_TROUBLE_S
            except Exception:
                log.exception("a line of chores failed", line=line)
                wait = _AFTER_TROUBLE_S
    finally:
        connections.close_all()


def main(parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `parent`, where one is named, is gone."""
    stop = Stop()
    stop.on([signal.SIGTERM] if parent else [signal.SIGTERM, signal.SIGINT])
    if parent:
        end_with(parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
    django.setup()
    work(stop)


if __name__ == "__main__":
    main(int(sys.argv[1]))
