"""Replays of drafts: wanted by a page, made by the worker, kept until nobody has looked for a week."""

import hashlib
import json
import time
from calendar import monthrange
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement, Side, Status
from accord.errors import AccordError
from accord.ledger.fold import about_fold
from accord.ledger.log import open_log
from accord.ledger.replay.output import as_json
from accord.ledger.replay.running import Replaying
from accord.server.agreements.models import Draft, Saving
from accord.server.desk import terms
from accord.server.replay.models import Kept
from accord.server.running.logs import logger
from accord.server.score import folding, making
from accord.server.score.models import Fold

FRESH = timedelta(minutes=10)  # as young as this a replay is good enough, however the log moved
FORGOTTEN = timedelta(days=7)  # after which nobody has looked at it
MOST = 200  # kept at a time
AT_ONCE = 1  # made in one go of the worker: whoever stops it waits for one at most
MEMORY, THREADS = "1.5GB", 2  # a fold may be made beside it, with as much again
_DAY = timedelta(days=1)
log = logger(__name__)


def days_of(span: str, agreement: Agreement, at: datetime) -> tuple[date, date]:
    """First and last day of a span as seen at `at`, by marketing's calendar; a quarter is whole."""
    today = at.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(at.date())).date()
    first = today.replace(day=1)
    if span == Kept.Span.TERM:
        last = min(today, agreement.term.end)
        return min(agreement.term.start, last), last
    if span == Kept.Span.QUARTER:
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    last = first - _DAY
    months = 3 if span == Kept.Span.QUARTER else 1
    start = last.replace(month=last.month - months + 1, day=1)
    return start, last.replace(day=monthrange(last.year, last.month)[1])


def wanted(draft: Draft, agreement: Agreement, span: str, at: datetime) -> Kept:
    """The replay of a draft's saved text, as far as it is made; whoever asks first has the worker make it."""
    found = terms.in_force(at)  # else the draft stands beside itself
    mark, ours = found if found else ("", agreement)
    from_on, to_on = days_of(span, ours, at)
    text = hashlib.sha256(f"{mark}\n{span}\n{draft.text}".encode()).hexdigest()
    days = {"from_on": from_on, "to_on": to_on}
    about = {"draft": draft, "saving": draft.saved, "beside": mark, "span": span, "used_at": at, **days}
    kept, made = Kept.objects.get_or_create(name=text, defaults={**about, "wanted_at": at})
    if not made and kept.wanted_at is None and _is_stale(kept, from_on, to_on, at):
        Kept.objects.filter(pk=kept.pk).update(wanted_at=at, used_at=at)
        kept.wanted_at = at
    if kept.wanted_at is not None:
        hurry()
    return kept


def hurry() -> None:
    """Have the worker look for what is wanted at once."""
    from accord.server.running.chores import REPLAYS, hurry  # noqa: PLC0415 - the chores stand above

    hurry(REPLAYS)


def moved_file(kept: Kept) -> Path:
    return _folder() / f"{kept.name}.parquet"


def make_wanted(at: datetime | None = None) -> int:
    """Make what somebody waits for, the longest waiting first; how many were made."""
    at = at or timezone.now()
    waiting = Kept.objects.filter(wanted_at__isnull=False)
    made = sum(_make(kept, at) for kept in waiting.order_by("wanted_at")[:AT_ONCE])
    if waiting.exists():
        hurry()
    _tidy(at)
    return made


def _make(kept: Kept, at: datetime) -> bool:
    """One of them, or why it cannot be; either way nobody waits for it any more."""
    began, problem = time.monotonic(), ""
    done: dict[str, object] = {"told": {}}
    try:
        done = _replayed(kept, at)
    except AccordError as error:
        problem = str(error)[:2000]
    except duckdb.Error:
        log.exception("a replay failed", replay=kept.name)
        problem = _("the log could not be run under this text; the worker's log says why")
    took = time.monotonic() - began
    Kept.objects.filter(pk=kept.pk).update(
        wanted_at=None, took=took, problem=problem, **{"as_of": at, **done}
    )
    return not problem


def _replayed(kept: Kept, at: datetime) -> dict[str, object]:
    """Both runs, in the worker's time; the list of what moved in its file."""
    text = Saving.objects.values_list("text", flat=True).get(draft=kept.draft_id, number=kept.saving)
    draft = agreement_in(text)
    found = terms.version_of(kept.beside) if kept.beside else None
    ours = (found or draft).model_copy(update={"status": Status.ACTIVE if found else Status.DRAFT})
    from_on, to_on = days_of(kept.span, ours, at)
    mark, fold = log_mark(), _fold(kept.beside, at) if found else None
    as_of = fold.as_of if fold else at
    _folder().mkdir(parents=True, exist_ok=True)
    days = {"from_on": from_on, "to_on": to_on}
    with Replaying(
        ours,
        draft,
        making.log_folder(),
        as_of=as_of,
        memory=MEMORY,
        threads=THREADS,
        fold=folding.path_of(fold) if fold else None,
        from_on=from_on,
        to_on=to_on,
    ) as both:
        both.keep_moved(moved_file(kept))
        return {**days, "as_of": as_of, "log": mark, "told": json.loads(as_json(both.result()))}


def _fold(mark: str, at: datetime) -> Fold | None:
    """The score's fold of this version, if it is fresh and the log has not moved since."""
    fold = folding.newest(mark)
    if fold is None or not timedelta() <= at - fold.as_of <= FRESH or not folding.path_of(fold).exists():
        return None
    with suppress(AccordError):
        about_fold(folding.path_of(fold))
        return fold if fold.log == folding.log_mark() else None
    return None


def log_mark() -> str:
    """Where the log stands: its files with their sizes and times; empty without a log."""
    if not making.has_log():
        return ""
    opened = open_log(making.log_folder())
    told = hashlib.sha256()
    for file in (*opened.leads_files, *opened.events_files):
        known = file.stat()
        told.update(f"{file.name} {known.st_size} {known.st_mtime_ns}\n".encode())
    return told.hexdigest()


def _is_stale(kept: Kept, from_on: date, to_on: date, at: datetime) -> bool:
    """Whether other days are meant by now, or the log has moved since."""
    if kept.as_of is None or (kept.from_on, kept.to_on) != (from_on, to_on):
        return True
    return at - kept.as_of > FRESH and kept.log != log_mark()


def _folder() -> Path:
    return making.log_folder().parent / "replays"


def _tidy(at: datetime) -> None:
    many = Kept.objects.order_by("-used_at").values_list("pk", flat=True)[MOST:]
    Kept.objects.filter(pk__in=list(many)).delete()
    Kept.objects.filter(used_at__lt=at - FORGOTTEN, wanted_at=None).delete()
    known = set(Kept.objects.values_list("name", flat=True))
    for file in _folder().glob("*.parquet"):
        if file.stem not in known:
            file.unlink(missing_ok=True)
