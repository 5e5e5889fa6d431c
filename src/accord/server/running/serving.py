"""`accord serve`: a small parent that starts the web process and the worker, and stops both.

A child that ends by itself is started again, a little later each time: a database that restarts or a machine
short of memory heals so. One that ends `MOST_ENDS` times within `WITHIN_S` will not heal by itself; then all
stops with a code that is not zero, so that whatever started Accord sees it (systemd, a container, a person).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from accord.errors import InputError
from accord.server.running.logs import logger
from accord.server.running.stopping import Stop

MOST_ENDS = 5
WITHIN_S = 60.0
STOPS_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.2
_LONGEST_WAIT_S = 10.0
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = logger(__name__)


@dataclass
class Child:
    """One process of ours: how to start it, and how it has fared."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    ends: list[float] = field(default_factory=list)  # when it ended by itself, on the monotonic clock
    start_at: float = 0.0

    def start(self) -> None:
        # Ctrl-C and a closed window reach every process of the terminal's group; the parent alone answers.
        self.process = subprocess.Popen(self.command, preexec_fn=_deaf_to_the_terminal)  # noqa: PLW1509, S603

    def ended(self) -> int | None:
        """The exit code of a process that has ended since it was started; None while it runs or waits."""
        return self.process.poll() if self.process else None

    def give_up(self, now: float) -> bool:
        """Note an end, and when to start again; True if that has happened too often."""
        self.process = None
        self.ends = [at for at in self.ends if now - at < WITHIN_S] + [now]
        self.start_at = now + min(2.0 ** (len(self.ends) - 1), _LONGEST_WAIT_S)
        return len(self.ends) >= MOST_ENDS


def _deaf_to_the_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def module(name: str, *args: object) -> list[str]:
    """The command that runs one of our modules by this interpreter, with nothing from the current folder."""
    return [sys.executable, "-P", "-m", name, *map(str, args)]


def children(host: str, port: int, *, worker: bool, threads: int, processes: int) -> list[Child]:
    me = os.getpid()
    web = Child("web", module("accord.server.running.web", me, host, port, threads, processes))
    return [web, Child("worker", module("accord.server.running.worker", me))] if worker else [web]


def supervise(family: Sequence[Child], place: "Place", greet: Callable[[], None]) -> int:
    """Run the children until a signal says stop (0), or until one of them cannot be kept alive (1).

    `greet` is called once, when the first page can be opened at `place`.
    """
    stop, before = Stop(), {number: signal.getsignal(number) for number in _STOPPING}
    stop.on(_STOPPING)
    try:
        return _stopped(family, _watched(family, stop, _once(place, greet)))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watched(family: Sequence[Child], stop: Stop, look: Callable[[], None]) -> int:
    while not stop.wait(_LOOK_EVERY_S):
        now = time.monotonic()
        look()
        for child in family:
            if child.process is None and now >= child.start_at:
                child.start()
            if (code := child.ended()) is None:
                continue
            log.error("a process ended by itself", process=child.name, code=code)
            if child.give_up(now):
                log.error("stopping: a process keeps ending", process=child.name, ends=MOST_ENDS)
                return 1
    return 0


def _once(place: "Place", greet: Callable[[], None]) -> Callable[[], None]:
    greeted = False

    def look() -> None:
        nonlocal greeted
        if not greeted and place.answers():
            greeted = True
            greet()

    return look


def _stopped(family: Sequence[Child], code: int) -> int:
    """Ask every child to end what it does, wait, and kill what is left; a kill makes the code 1."""
    running = [child.process for child in family if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    end = time.monotonic() + STOPS_WITHIN_S
    for process in running:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("a process did not stop and was killed", pid=process.pid)
            process.kill()
            process.wait()
            code = 1
    return code


@dataclass(frozen=True)
class Place:
    """Where we listen. `held` keeps the port for our own processes, without listening on it."""

    host: str
    port: int
    held: socket.socket

    def answers(self) -> bool:
        """Whether a request is answered there by now.

        The port is open before the process behind it hears signals: to connect alone would say too early
        that we run, and whoever asked us to stop at that moment would wait for a process that heard nothing.
        """
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        try:
            with socket.create_connection((near, self.port), timeout=1) as asking:
                asking.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return asking.recv(5) == b"HTTP/"
        except OSError:
            return False


def take(host: str, port: int) -> Place:
    """Make sure that nobody else listens there, and keep it so; InputError where that cannot be.

    Granian's processes share a port by SO_REUSEPORT, by which two servers on one port would not notice each
    other; so the port is tried without it first. Port 0 takes a free one.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
            bound = trial.getsockname()
        held = _held(family, bound)
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}, port {port}: {(error.strerror or str(error)).lower()}; "
            "stop what listens there, or choose another with --port (0 takes a free one)"
        ) from None
    return Place(str(bound[0]), int(bound[1]), held)


def _held(family: int, bound: tuple[str, int]) -> socket.socket:
    """A socket bound beside those of our own processes, and nobody else's."""
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        held.bind(bound)
    except OSError:  # connections of another server that has just ended: wait for none of them
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(bound)
    return held


def address(place: Place, url: str) -> str:
    """What a person types into the browser: the address from the settings, else the one listened on."""
    if url:
        return f"{url}/"
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(place.host, place.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{place.port}/"
