"""The folds of this installation: the newest of the version in force, and those of instants looked back to.

    DATA/folds/NAME.duckdb      one file a fold, written beside and then in its place

Making one costs seconds a million facts, so the worker makes one only when the log has moved, and spends no
more than an eighth of its time on it. A fold is announced when its usual views are kept, so that nobody waits
for a page that stood there a moment ago. Files go some time after a newer one has come: whoever has one open
reads on, also after its name is gone.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from django.db.models import Q
from django.utils import timezone

from accord.agreement.terms import Agreement, Status
from accord.errors import AccordError, PageUnknown
from accord.ledger.engine import Ledger
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.server.desk import terms as desk
from accord.server.score import keeping, making
from accord.server.score.asked import FIELDS, View, presets
from accord.server.score.models import Fold

YOUNG = timedelta(minutes=5)  # a fold as young as this is good enough, however the log moved
OLD = timedelta(minutes=15)  # time alone turns what is pending into what is broken
SHARE = 8  # of the worker's time, one part at most
LINGERS = timedelta(minutes=15)  # how long a fold is kept after a newer one has come
LOOKED_BACK = timedelta(days=1)  # how long one of a former instant is kept after it was last used
MOST_BACK, MOST_FORMER = 8, 2  # of those, and of those that a newer one has replaced, at a time
MEMORY, THREADS = making.MEMORY, making.THREADS
FAULT = "a fault of ours; the log of the worker says more"
MOST_CHOICES, _MOST_VERSIONS = 200, 8
_ACTIVE: dict[str, Agreement] = {}


def folder() -> Path:
    return making.log_folder().parent / "folds"


def in_force(at: datetime) -> tuple[str, Agreement] | None:
    """Mark and terms by which the score is judged; None where no agreement is in force."""
    found = desk.in_force(at)
    return None if found is None else (found[0], _active(*found))


def terms(mark: str) -> Agreement:
    """The terms of a version that was in force; PageUnknown where no chain has it."""
    found = desk.version_of(mark)
    if found is None:
        raise PageUnknown(mark, noun="version")
    return _active(mark, found)


def _active(mark: str, agreement: Agreement) -> Agreement:
    """The terms as what they are now: in force. Made once, for a request has no time to copy them."""
    if mark not in _ACTIVE:
        if len(_ACTIVE) >= _MOST_VERSIONS:
            _ACTIVE.clear()
        _ACTIVE[mark] = agreement.model_copy(update={"status": Status.ACTIVE})
    return _ACTIVE[mark]


def newest(mark: str) -> Fold | None:
    """The fold that the pages read."""
    made = Fold.objects.filter(agreement=mark, asked_for=False, made_at__isnull=False)
    return made.order_by("-made_at", "-pk").first()


def as_of(mark: str, at: datetime, now: datetime) -> Fold | None:
    """The fold of a former instant, made or wanted only: whoever asks first has the worker make it. None
    where as many are wanted already as are kept."""
    name = f"{mark}-{at:%Y%m%d%H%M%S}"
    unmade = Fold.objects.filter(asked_for=True, made_at=None, problem="").exclude(name=name)
    if unmade.count() >= MOST_BACK and not Fold.objects.filter(name=name).exists():
        return None
    wanted = {"agreement": mark, "as_of": at, "asked_for": True, "used_at": now}
    found, _ = Fold.objects.get_or_create(name=name, defaults=wanted)
    if now - found.used_at > timedelta(hours=1):
        Fold.objects.filter(pk=found.pk).update(used_at=now)
    return found


def path_of(fold: Fold) -> Path:
    return folder() / f"{fold.name}.duckdb"


@contextmanager
def opened(
    fold: Fold, agreement: Agreement, view: View, *, memory: str = "512MB", threads: int = 1
) -> Iterator[Ledger]:
    """The ledger of a view, read from the fold's file; FoldUnusable where it is gone. Bounds of a request."""
    first, last = view.days.from_on, view.days.to_on
    with Ledger.of_fold(
        path_of(fold),
        agreement,
        from_on=first,
        to_on=last,
        scope=view.scope,
        memory=memory,
        threads=threads,
    ) as ledger:
        yield ledger


def log_mark() -> str:
    """Where the log stands, its files with their sizes and times, and by which release it is counted."""
    log = open_log(making.log_folder())
    told = hashlib.sha256(keeping.release().encode())
    for file in (*log.leads_files, *log.events_files):
        known = file.stat()
        told.update(f"{file.name} {known.st_size} {known.st_mtime_ns}\n".encode())
    return told.hexdigest()


def keep(at: datetime | None = None) -> int:
    """Make what is due, and let go of what is not needed any more; how many folds were made."""
    at = at or timezone.now()
    found = in_force(at)
    if found is None or not making.has_log():
        _drop(Fold.objects.all())
        return 0
    mark, agreement = found
    made = _keep_newest(mark, agreement, at)
    for fold in Fold.objects.filter(agreement=mark, asked_for=True, made_at=None, problem="")[:MOST_BACK]:
        made += _make(fold, agreement, at)
    _tidy(mark, at)
    return made


def _keep_newest(mark: str, agreement: Agreement, at: datetime) -> int:
    last = Fold.objects.filter(agreement=mark, asked_for=False).order_by("-tried_at").first()
    log = log_mark()
    if last is not None and not _is_due(last, log, at):
        return 0
    moment = at.replace(microsecond=0)
    fold = Fold.objects.create(
        name=f"{mark}-{token_hex(8)}", agreement=mark, as_of=moment, log=log, used_at=at, tried_at=at
    )
    return _make(fold, agreement, at)


def _is_due(last: Fold, log: str, at: datetime) -> bool:
    rest = max(YOUNG if last.log != log else OLD, timedelta(seconds=SHARE * last.took))
    return last.tried_at is None or at - last.tried_at >= rest


def _make(fold: Fold, agreement: Agreement, at: datetime) -> int:
    """The file, then the views that everybody looks at, then the word that it is there."""
    from accord.server.score.reading import make_ahead  # noqa: PLC0415 - reads folds itself

    began = time.monotonic()
    row = Fold.objects.filter(pk=fold.pk)
    try:
        make_fold(
            agreement,
            open_log(making.log_folder()),
            as_of=fold.as_of,
            into=path_of(fold),
            mark=fold.log,
            memory=MEMORY,
            threads=THREADS,
        )
        row.update(choices=_choices(fold, agreement))
        make_ahead(fold, agreement)
    except AccordError as error:
        row.update(problem=str(error)[:2000], took=time.monotonic() - began)
        return 0
    except Exception:
        row.update(problem=FAULT, took=time.monotonic() - began)
        raise
    took = time.monotonic() - began
    row.update(made_at=at + timedelta(seconds=took), took=took, problem="")
    return 1


def _choices(fold: Fold, agreement: Agreement) -> dict[str, list[str | None]]:
    """What the leads have in each field of the scope, the commonest first."""
    with opened(fold, agreement, View(presets(agreement, fold.as_of)["this"])) as ledger:
        return {
            name: [
                row[0]  # type: ignore[misc]
                for row in ledger.query(
                    f'SELECT "{of}" FROM cycle GROUP BY 1 '  # noqa: S608 - our own names
                    f"ORDER BY count(*) DESC, 1 NULLS LAST LIMIT {MOST_CHOICES}"
                ).rows
            ]
            for name, of in FIELDS.items()
        }


def hurry() -> None:
    """Have the worker make what is wanted as soon as it looks."""
    from accord.server.running.chores import FOLDS, hurry  # noqa: PLC0415 - the chores stand above the score

    hurry(FOLDS)


def make_anew() -> None:
    """Somebody wants the newest figures now, whatever the last cost."""
    Fold.objects.filter(asked_for=False).update(tried_at=None)
    hurry()


def gone(fold: Fold) -> None:
    """The file of a fold is not there any more, or of another release: have it made again."""
    if fold.asked_for:
        Fold.objects.filter(pk=fold.pk).update(made_at=None)
        hurry()
    else:
        make_anew()


def _tidy(mark: str, at: datetime) -> None:
    """A fold is left for a while after a newer one has come: somebody may be reading from page to page."""
    now, tried = newest(mark), Fold.objects.filter(asked_for=False).order_by("-tried_at").first()
    others = Fold.objects.filter(asked_for=False).exclude(pk__in=[one.pk for one in (now, tried) if one])
    if now is not None and now.made_at is not None and now.made_at > at - LINGERS:
        lingering = others.filter(agreement=mark, made_at__isnull=False).order_by("-made_at")
        others = others.exclude(pk__in=list(lingering.values_list("pk", flat=True)[:MOST_FORMER]))
    _drop(others)
    back = Fold.objects.filter(asked_for=True)
    _drop(back.filter(~Q(agreement=mark) | Q(used_at__lt=at - LOOKED_BACK)))
    _drop(
        Fold.objects.filter(pk__in=list(back.order_by("-used_at").values_list("pk", flat=True)[MOST_BACK:]))
    )
    known = set(Fold.objects.values_list("name", flat=True))
    for file in folder().glob("*.duckdb"):
        if file.stem not in known:
            file.unlink(missing_ok=True)


def _drop(folds: object) -> None:
    for fold in list(folds):  # type: ignore[call-overload]
        path_of(fold).unlink(missing_ok=True)
        fold.delete()
