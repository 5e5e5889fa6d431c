"""What the worker does again and again: one table. Each line is done by one worker at a time.

A chore that raises is noted, logged and tried again; the others go on. A worker that dies in the middle of
one holds it for `LEASE` at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from accord.errors import PageUnknown
from accord.server.running.logs import logger, without_secrets
from accord.server.running.models import Chore

LEASE = timedelta(minutes=10)
ANSWERS_LAST = timedelta(hours=24)
log = logger(__name__)


@dataclass(frozen=True)
class Task:
    """One line of the table: what it is called, how long after its end it is due again, what is done."""

    name: str
    every: timedelta
    do: Callable[[], object]

    @property
    def again(self) -> timedelta:
        """How long after a failure it is tried again: soon, but never in a storm."""
        return min(max(self.every, timedelta(seconds=30)), timedelta(minutes=5))


def _beat() -> None:
    """Nothing: that the row's `last_ended_at` moves is the worker's heartbeat."""


def _send_mail() -> None:
    from accord.server.mail.sending import send_due  # noqa: PLC0415

    send_due()


def _tidy_mail() -> None:
    from accord.server.mail.sending import forget_old  # noqa: PLC0415

    forget_old()


def _tidy_intake() -> None:
    from accord.server.intake.tidying import forget_old  # noqa: PLC0415

    forget_old(timezone.now())


def _tidy_alerts() -> None:
    from accord.server.alerts.tidying import forget_old  # noqa: PLC0415

    forget_old(timezone.now())


def _clear_sessions() -> None:
    call_command("clearsessions")


def _clear_answers() -> None:
    from accord.server.api.models import Answer  # noqa: PLC0415

    Answer.objects.filter(at__lt=timezone.now() - ANSWERS_LAST).delete()


def _demo() -> None:
    from accord.server.running.demo_desk import feed  # noqa: PLC0415 - needs what only the demo does

    feed(timezone.now())


def _rescore() -> None:
    from accord.server.qualify.rescoring import go_on  # noqa: PLC0415 - stands on the desk

    go_on(timezone.now())


def _archive() -> None:
    from accord.server.score.archiving import archive  # noqa: PLC0415 - brings DuckDB

    archive(timezone.now())


def _look_after() -> None:
    from accord.server.routing.standing_in import look_after  # noqa: PLC0415

    look_after(timezone.now())


def _work_out_the_book() -> None:
    from accord.server.book.making import refresh_sheet  # noqa: PLC0415 - brings DuckDB

    refresh_sheet()


def _remind_of_the_book() -> None:
    from accord.server.book.reminding import remind  # noqa: PLC0415

    remind()


def _refresh_pages() -> None:
    from accord.server.score.making import refresh_pages  # noqa: PLC0415 - brings DuckDB and the charts

    refresh_pages()


def _keep_folds() -> None:
    from accord.server.score.folding import keep  # noqa: PLC0415 - brings DuckDB and the charts

    keep()


def _replay() -> None:
    from accord.server.replay.making import make_wanted  # noqa: PLC0415 - brings DuckDB

    make_wanted()


def _stand_up() -> None:
    from accord.server.rituals.standing import make_due  # noqa: PLC0415 - brings DuckDB

    make_due(timezone.now())


def _night() -> None:
    from accord.server.rituals.nightly import send_due  # noqa: PLC0415 - brings DuckDB and the charts

    send_due(timezone.now())


def _week() -> None:
    from accord.server.rituals.weekly import send_due  # noqa: PLC0415

    send_due(timezone.now())


def _packs() -> None:
    from accord.server.rituals import packing  # noqa: PLC0415 - brings DuckDB, the charts and the typesetter

    packing.make_due(timezone.now())
    packing.send_due(timezone.now())


def _announce() -> None:
    from accord.server.rituals import announcing  # noqa: PLC0415 - brings DuckDB

    announcing.draft_due(timezone.now())
    announcing.send_due(timezone.now())


PACKS = "packs"
HEARTBEAT, MAIL, SCORE_PAGES, FOLDS = "heartbeat", "mail", "score pages", "folds"
REPLAYS = "replays"
CHORES = (
    Task(HEARTBEAT, timedelta(seconds=15), _beat),
    Task(
        MAIL, timedelta(minutes=1), _send_mail
    ),  # what `loops.py` has not sent within seconds, and what is stale
    Task("demo story", timedelta(seconds=10), _demo),  # nothing where no demo runs
    Task("rescoring", timedelta(minutes=1), _rescore),  # a look; once a day, or when the rules change, more
    Task("archive", timedelta(minutes=1), _archive),
    Task("whose leads", timedelta(seconds=30), _look_after),
    Task(FOLDS, timedelta(minutes=1), _keep_folds),  # a look; when it is due, one fold
    Task(SCORE_PAGES, timedelta(minutes=1), _refresh_pages),
    Task(REPLAYS, timedelta(minutes=1), _replay),  # what somebody waits for on the page of a draft
    Task("book", timedelta(minutes=1), _work_out_the_book),  # a look; more where something has come in
    Task("book reminders", timedelta(hours=1), _remind_of_the_book),
    Task("stand-up sheet", timedelta(seconds=20), _stand_up),  # a look; the sheet itself once a day
    Task("nightly mail", timedelta(minutes=5), _night),
    Task("decisions of the week", timedelta(minutes=5), _week),
    Task(PACKS, timedelta(minutes=1), _packs),
    Task("announcements", timedelta(minutes=1), _announce),
    Task("old sessions", timedelta(hours=6), _clear_sessions),
    Task("old answers", timedelta(hours=1), _clear_answers),
    Task("old mail", timedelta(hours=24), _tidy_mail),
    Task("old arrivals", timedelta(hours=24), _tidy_intake),
    Task("old notices", timedelta(hours=24), _tidy_alerts),
)


def hurry(name: str) -> None:
    """Make a chore due now; if it is under way, it is done once more afterwards."""
    if name not in (known := [task.name for task in CHORES]):
        raise PageUnknown(name, known)
    Chore.objects.update_or_create(name=name, defaults={"due_at": timezone.now()})


def enter() -> None:
    """See to it that every line of the table has its row."""
    Chore.objects.bulk_create([Chore(name=task.name) for task in CHORES], ignore_conflicts=True)


def do_due(wanted: Callable[[], bool] = lambda: True) -> int:
    """Do what is due, in the table's order, while `wanted()`; how many chores were done."""
    due = set(Chore.objects.filter(_free(timezone.now())).values_list("name", flat=True))
    return sum(wanted() and task.name in due and do(task) for task in CHORES)


def do(task: Task) -> bool:
    """Do one chore if it is due and nobody else does it; False if not."""
    now = timezone.now()
    lease = now + LEASE
    if not Chore.objects.filter(_free(now), name=task.name).update(leased_until=lease):
        return False
    problem = _problem_of(task)
    _end(task, began=now, lease=lease, problem=problem)
    return True


def _free(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lt=now))


def _problem_of(task: Task) -> str:
    """Do it; what went wrong, or nothing."""
    try:
        task.do()
    except Exception as error:
        log.exception("a chore failed", chore=task.name)
        return without_secrets(f"{type(error).__name__}: {error}")[:1000]
    return ""


def _end(task: Task, *, began: datetime, lease: datetime, problem: str) -> None:
    """Give the lease back, unless another worker has it by now; who hurried meanwhile is not forgotten."""
    now = timezone.now()
    due = now + (task.again if problem else task.every)
    hurried = When(due_at__gt=began, then=F("due_at"))
    Chore.objects.filter(name=task.name, leased_until=lease).update(
        due_at=Case(hurried, default=Value(due)), leased_until=None, last_ended_at=now, last_problem=problem
    )
