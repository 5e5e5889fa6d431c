"""Arrivals become leads and events: the fast loop's part of intake.

Each is settled in a transaction of its own, so one that fails keeps its problem and holds up no other. It is
tried again a little later each time, and after `MOST_TRIES` waits for somebody to mend it.
"""

from datetime import datetime, timedelta

from django.db import Error, connection, transaction
from django.db.models import F, QuerySet

from accord.errors import AccordError
from accord.server.desk.suppressing import veiled
from accord.server.intake.models import Arrival
from accord.server.intake.passing_on import of_nobody, pass_on
from accord.server.intake.uploads import feed_due
from accord.server.running.logs import logger, without_secrets

MOST_TRIES = 12  # over about a day and a half: 2, 4, 8 … seconds, at most eight hours apart
LONGEST_WAIT = timedelta(hours=8)
_ENOUGH = 200  # rows of files that wait; before that many are settled no more are fed in
_A_PART = 10  # rows of a file, after which somebody may have come by themselves
log = logger(__name__)


def settle_due(at: datetime, limit: int = 200) -> int:
    """Settle what is due at `at`, at most `limit`; how many are settled now.

    What came by itself comes first, oldest before newest: a call may be owed within minutes. Rows of files
    wait for it, and are fed in no faster than they are settled. Call it from any number of workers: none
    settles what another does.
    """
    live = _due(at).filter(upload=None)
    now = live.values_list("pk", flat=True)[:limit]
    looked_at, done = len(now), sum(settle(pk, at) for pk in now)
    of_files = _due(at).exclude(upload=None)
    if of_files[:_ENOUGH].count() < _ENOUGH:
        _feed(at)
    while looked_at < limit:
        part = of_files.values_list("pk", flat=True)[: min(_A_PART, limit - looked_at)]
        looked_at += max(len(part), 1)
        done += sum(settle(pk, at) for pk in part)
        if len(part) < _A_PART or _came_since(at):
            break
    return done


def _came_since(at: datetime) -> bool:
    return Arrival.objects.filter(next_at__gt=at, upload=None, tries=0).exists()


def _due(at: datetime) -> QuerySet[Arrival]:
    return Arrival.objects.filter(next_at__lte=at).order_by("next_at", "id")


def _feed(at: datetime) -> None:
    """A file that cannot be read any more holds up nothing else."""
    try:
        feed_due(at)
    except AccordError as error:
        log.error("a file failed", problem=without_secrets(str(error)))


def settle(pk: int, at: datetime) -> bool:
    """Settle one arrival; False if it failed, or somebody else has it."""
    try:
        return _settled(pk, at)
    except (AccordError, Error, ArithmeticError, LookupError, TypeError, ValueError) as error:
        _note(pk, error, at)
        return False


@transaction.atomic
def _settled(pk: int, at: datetime) -> bool:
    free = Arrival.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
    )
    arrival = free.filter(pk=pk, next_at__lte=at).first()
    if arrival is None:
        return False
    arrival.lead, arrival.became = pass_on(arrival, at)
    arrival.settled_at, arrival.next_at, arrival.problem = at, None, ""
    changed = ["lead", "became", "settled_at", "next_at", "problem"]
    if of_nobody(arrival.lead):
        arrival.payload, arrival.origin_id = {}, veiled(arrival.origin, arrival.origin_id)
        changed += ["payload", "origin_id"]
    arrival.save(update_fields=changed)
    return True


def _note(pk: int, error: Exception, at: datetime) -> None:
    """Keep what went wrong, and when it is tried again."""
    meant = isinstance(error, AccordError)
    said = str(error) if meant else f"{type(error).__name__}: {error}"
    due = Arrival.objects.filter(pk=pk, settled_at=None, next_at__isnull=False)
    tries = due.values_list("tries", flat=True).first()
    if tries is None:
        return
    again = None if tries + 1 >= MOST_TRIES else at + min(timedelta(seconds=2 ** (tries + 1)), LONGEST_WAIT)
    due.update(tries=F("tries") + 1, problem=without_secrets(said)[:1000], next_at=again)
    if not meant:
        log.error("an arrival failed", arrival=pk, exc_info=error)
