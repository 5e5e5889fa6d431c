"""Threads of one process that write to SQLite take turns.

SQLite has one writer at a time; whoever finds it busy sleeps and looks again, longer each time, and comes too
late again where others write all the time. Within a process a lock hands the turn on at once. PostgreSQL
needs none of it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_TURN = threading.RLock()


@contextmanager
def in_turn() -> Iterator[None]:
    """Around a short transaction that writes."""
    if connection.vendor != "sqlite":
        yield
        return
    with _TURN:
        yield
