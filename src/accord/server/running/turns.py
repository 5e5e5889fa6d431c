"""Threads of one process that write to SQLite take turns.

SQLite has one writer at a time; whoever finds it busy sleeps and looks again, longer each time, and comes too
late again where others write all the time. Within a process a line hands the turn on at once, to whoever has
waited longest: one thread with much to do keeps none of the others waiting for more than one transaction.
PostgreSQL needs none of it.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class Line:
    """A lock that is given to those who wait in the order in which they came; its holder may enter again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[tuple[int, threading.Lock]] = deque()
        self._holder, self._depth = 0, 0

    def __enter__(self) -> None:
        me, gate = threading.get_ident(), threading.Lock()
        with self._guard:
            if self._holder in (0, me):
                self._holder, self._depth = me, self._depth + 1
                return
            gate.acquire()
            self._waiting.append((me, gate))
        gate.acquire()  # whoever leaves opens it, and has made us the holder

    def __exit__(self, *_: object) -> None:
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = 0
            if self._waiting:
                self._holder, gate = self._waiting.popleft()
                self._depth = 1
                gate.release()


_TURN = Line()


@contextmanager
def in_turn() -> Iterator[None]:
    """Around a short transaction that writes."""
    if connection.vendor != "sqlite":
        yield
        return
    with _TURN:
        yield
