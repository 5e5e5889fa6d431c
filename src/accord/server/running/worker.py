"""The worker process: does the chores that are due, looks again a second later, ends when asked to.

Beside the chores, which may take long, run the lines of `loops.py`, each in a thread of its own.
"""

import os
import signal
import sys

import django

from accord.server.running.lifeline import end_with
from accord.server.running.stopping import Stop

_LOOK_EVERY_S = 1.0
_AFTER_TROUBLE_S = 5.0
_SWITCH_S = (
    0.0005  # a thread that waits for an answer gets the interpreter back soon, whatever chore computes
)


def work(stop: Stop) -> None:
    """Do chores until `stop` is set, and end the one under way. A database that is away is waited for."""
    from django.db import Error, close_old_connections  # noqa: PLC0415 - Django stands only now

    from accord.server.running.chores import do_due, enter  # noqa: PLC0415
    from accord.server.running.logs import logger  # noqa: PLC0415
    from accord.server.running.loops import start  # noqa: PLC0415

    log, wait, known = logger(__name__), 0.0, False
    log.info("the worker begins")
    sys.setswitchinterval(_SWITCH_S)
    threads = start(stop)
    try:
        while not stop.wait(wait):
            try:
                close_old_connections()
                if not known:
                    enter()
                    known = True
                do_due(lambda: not stop.is_set())
                wait = _LOOK_EVERY_S
            except Error as error:
                log.error("the database does not answer", problem=str(error).strip())
                wait = _AFTER_TROUBLE_S
    finally:
        stop.set()  # however it ended: the threads end too
        for thread in threads:
            thread.join()
    log.info("the worker ends")


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
