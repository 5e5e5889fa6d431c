"""The web process: granian with the WSGI application, as a child of `serving.py`."""

import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from granian import _signals
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from accord.server.running.lifeline import end_with
from accord.server.running.logs import config, structured

REQUESTS_END_WITHIN_S = 20
_APPLICATION = "accord.server.wsgi:application"


def main(args: list[str]) -> None:
    """Serve until SIGTERM. `PARENT HOST PORT THREADS PROCESSES`: `serving.py` has checked them."""
    parser = ArgumentParser("accord web")
    parser.add_argument("parent", type=int)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("threads", type=int)
    parser.add_argument("processes", type=int)
    asked = parser.parse_args(args)
    end_with(asked.parent)
    structured()
    Server(
        _APPLICATION,
        address=asked.host,
        port=asked.port,
        interface=Interfaces.WSGI,
        workers=asked.processes,
        blocking_threads=asked.threads,
        websockets=False,
        log_dictconfig=config(),
        log_level=LogLevels.critical,  # that a process ended, its parent says
        workers_kill_timeout=REQUESTS_END_WITHIN_S,
    ).serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def _load(parent: int) -> Any:
    """The application, in a process that granian forked: no thread came along, so it watches for itself."""
    end_with(parent)
    _signals.set_sync_signals = _deaf_after_the_first(_signals.set_sync_signals)
    from django.urls import get_resolver  # noqa: PLC0415 - Django in the processes that need it

    from accord.server.wsgi import application  # noqa: PLC0415

    _ = get_resolver().url_patterns  # every page is imported before the port opens, not at the first request
    _read_ahead()
    return application


def _read_ahead() -> None:
    from accord.server.score import warming  # noqa: PLC0415 - its models stand once Django does

    warming.start()


def _deaf_after_the_first(set_signals: Callable[[], Any]) -> Callable[[], Any]:
    """How granian's process hears signals: SIGTERM once, and Ctrl-C not at all, which its parents answer.

    A second one makes it hang until it is killed (granian 2.8), and there is a second one whenever a whole
    group is asked to stop: by Ctrl-C, by systemd.
    """

    def set_once() -> Any:
        event = set_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _once(signal.getsignal(signal.SIGTERM)))
        sys.unraisablehook = _no_word_of_late_signals
        return event

    return set_once


def _once(handler: Any) -> Callable[[int, FrameType | None], None]:
    def hear(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)
        handler(number, frame)

    return hear


def _no_word_of_late_signals(what: "sys.UnraisableHookArgs") -> None:
    """Python would say that it ignores a signal that was on its way when the one before was heard."""
    if "ignored due to race condition" not in str(what.exc_value):
        sys.__unraisablehook__(what)


if __name__ == "__main__":
    main(sys.argv[1:])
