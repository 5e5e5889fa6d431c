"""One chore: what it is, and how one worker of several does it.

A chore that raises is noted, logged and tried again; the others go on. Whoever does one leases its row by a
conditional update and renews the lease while at it; a worker that dies in the middle holds it for `LEASE` at
most.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from accord.server.running.logs import logger, without_secrets
from accord.server.running.models import Chore

LEASE = timedelta(minutes=2)
RENEWED_EVERY = timedelta(seconds=20)
LONGEST = timedelta(hours=2)  # one that takes longer hangs, and is left to another worker
log = logger(__name__)


class Line(StrEnum):
    """Where a chore waits its turn; the worker has a thread for each line."""

    ORDINARY = "ordinary"  # takes seconds at most: counts no score
    REPORTS = "reports"  # may read the whole log: one at a time, for they share processors and memory
    REPLAYS = "replays"  # somebody waits for it, and it holds up nobody's report


@dataclass(frozen=True)
class Task:
    """One line of the table: what it is called, how long after its end it is due again, what is done."""

    name: str
    every: timedelta
    do: Callable[[], object]
    line: Line = Line.ORDINARY

    @property
    def again(self) -> timedelta:
        """How long after a failure it is tried again: soon, but never in a storm."""
        return min(max(self.every, timedelta(seconds=30)), timedelta(minutes=5))


@dataclass(eq=False)
class _Held:
    """What this process is doing: since when, and until when it has told the others so."""

    task: Task
    began: datetime
    until: datetime
    writing: threading.Lock = field(default_factory=threading.Lock)  # `row` and `until` change together

    @property
    def row(self) -> QuerySet[Chore]:
        """The chore, unless another worker has it by now."""
        return Chore.objects.filter(name=self.task.name, leased_until=self.until)


_HELD: set[_Held] = set()
_HOLDING = threading.Lock()


def do(task: Task) -> bool:
    """Do one chore if it is due and nobody else does it; False if not."""
    now = timezone.now()
    held = _Held(task, now, now + LEASE)
    if not Chore.objects.filter(free(now), name=task.name).update(leased_until=held.until):
        return False
    with _HOLDING:
        _HELD.add(held)
    try:
        problem = _problem_of(task)
    finally:
        with _HOLDING:
            _HELD.remove(held)
    _end(held, problem)
    return True


def renew(at: datetime) -> int:
    """Go on holding what this process does; how many chores that is. A database that hangs holds up nobody
    but who ends that very chore."""
    with _HOLDING:
        ours = [held for held in _HELD if at - held.began < LONGEST]
    for held in ours:
        with held.writing:
            if held.row.update(leased_until=at + LEASE):  # not of one that has ended meanwhile
                held.until = at + LEASE
    return len(ours)


def free(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lt=now))


def _problem_of(task: Task) -> str:
    """Do it; what went wrong, or nothing."""
    try:
        task.do()
    except (Exception, SystemExit) as error:  # a command of Django's may want to end the process
        log.exception("a chore failed", chore=task.name)
        return without_secrets(f"{type(error).__name__}: {error}")[:1000]
    return ""


def _end(held: _Held, problem: str) -> None:
    """Give the lease back; who hurried meanwhile is not forgotten."""
    now = timezone.now()
    due = now + (held.task.again if problem else held.task.every)
    hurried = When(due_at__gt=held.began, then=F("due_at"))
    due_at = Case(hurried, default=Value(due))
    with held.writing:
        held.row.update(due_at=due_at, leased_until=None, last_ended_at=now, last_problem=problem)
