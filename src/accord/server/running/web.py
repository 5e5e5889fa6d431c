"""The web process: granian with the WSGI application, as a child of `serving.py`."""

import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

from granian import _signals
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from accord.server.running.lifeline import end_with
from accord.server.running.logs import config, structured

REQUESTS_END_WITHIN_S = 20
_APPLICATION = "accord.server.wsgi:application"
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}  # the last two our parent answers


def main(args: list[str]) -> None:
    """Serve until SIGTERM. `PARENT HOST PORT THREADS PROCESSES`: `serving.py` has checked them."""
    parser = ArgumentParser("accord web")
    parser.add_argument("parent", type=int)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("threads", type=int)
    parser.add_argument("processes", type=int)
    asked = parser.parse_args(args)
    _block_signals()
    end_with(asked.parent)
    structured()
    server = Server(
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
    )
    _when_asked_to_stop(server.signal_handler_interrupt)
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def _block_signals() -> None:
    """In this thread, and in all that it starts or forks.

    Granian stops by handlers of signals in its main thread, which waits without an end. That fails in two
    ways (2.8): two signals at once, as by Ctrl-C or systemd, deadlock in the event they set; and one that
    the system delivers to another thread does not wake the main one. So no handler ever runs: the signals
    stay pending until a thread of ours takes SIGTERM.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def _when_asked_to_stop(stop: Callable[[], Any]) -> None:
    """Call `stop` once, from a thread, when this process gets SIGTERM or has got it already."""

    def wait() -> None:
        signal.sigwait({signal.SIGTERM})
        stop()

    Thread(target=wait, name="stopping", daemon=True).start()


def _load(parent: int) -> Any:
    """The application, in a process that granian forked: no thread came along, so it has its own."""
    end_with(parent)
    _signals.set_sync_signals = _heard_by_a_thread(_signals.set_sync_signals)
    from django.urls import get_resolver  # noqa: PLC0415 - Django in the processes that need it

    from accord.server.wsgi import application  # noqa: PLC0415

    _ = get_resolver().url_patterns  # every page is imported before the port opens, not at the first request
    _read_ahead()
    return application


def _heard_by_a_thread(set_signals: Callable[[], Any]) -> Callable[[], Any]:
    """What granian calls in its process for the event that ends it."""

    def set_and_wait() -> Any:
        event = set_signals()
        _when_asked_to_stop(event.set)
        return event

    return set_and_wait


def _read_ahead() -> None:
    from accord.server.score import warming  # noqa: PLC0415 - its models stand once Django does

    warming.start()


if __name__ == "__main__":
    main(sys.argv[1:])
