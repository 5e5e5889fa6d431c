"""What the worker does again and again: one table. Each chore is done by one worker at a time.

Those that may take minutes stand on lines of their own, so that what is due every minute waits neither for a
report nor for a replay.
"""

from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import islice

from django.core.management import call_command
from django.utils import timezone

from accord.errors import PageUnknown
from accord.server.running.models import Chore
from accord.server.running.tasks import Line, Task, do, free

ANSWERS_LAST = timedelta(hours=24)


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


PACKS, STAND_UP, NIGHTLY = "packs", "stand-up sheet", "nightly mail"
HEARTBEAT, MAIL, SCORE_PAGES, FOLDS = "heartbeat", "mail", "score pages", "folds"
REPLAYS = "replays"
CHORES = (
    Task(HEARTBEAT, timedelta(seconds=15), _beat),
    Task(MAIL, timedelta(minutes=1), _send_mail),  # what `loops.py` has left, and what is stale
    Task("demo story", timedelta(seconds=10), _demo),  # nothing where no demo runs
    Task("rescoring", timedelta(minutes=1), _rescore),  # a look; once a day, or when the rules change, more
    Task("archive", timedelta(minutes=1), _archive),
    Task("whose leads", timedelta(seconds=30), _look_after),
    Task(STAND_UP, timedelta(seconds=20), _stand_up, Line.REPORTS),  # first: it has its minute; else a look
    Task("announcements", timedelta(minutes=1), _announce, Line.REPORTS),
    Task(NIGHTLY, timedelta(minutes=5), _night, Line.REPORTS),
    Task(FOLDS, timedelta(minutes=1), _keep_folds, Line.REPORTS),  # a look; when it is due, one fold
    Task(SCORE_PAGES, timedelta(minutes=1), _refresh_pages, Line.REPORTS),
    Task(REPLAYS, timedelta(minutes=1), _replay, Line.REPLAYS),  # looked for at once
    Task("book", timedelta(minutes=1), _work_out_the_book, Line.REPORTS),  # a look, or a sheet
    Task("book reminders", timedelta(hours=1), _remind_of_the_book),
    Task("decisions of the week", timedelta(minutes=5), _week),
    Task(PACKS, timedelta(minutes=1), _packs, Line.REPORTS),
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


def do_due(
    wanted: Callable[[], bool] = lambda: True,
    lines: Collection[Line] = tuple(Line),
    most: int | None = None,
) -> int:
    """Do what is due on these lines, in the table's order, while `wanted()`, `most` chores at most; how many
    were done."""
    due = set(Chore.objects.filter(free(timezone.now())).values_list("name", flat=True))
    ours = [task for task in CHORES if task.line in lines and task.name in due]
    done = (task for task in ours if wanted() and do(task))
    return sum(1 for _task in islice(done, most))
