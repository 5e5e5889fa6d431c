"""Scores as pages read them: kept ones at once, others made by the worker within seconds.

No request works a score out itself: it finds one that is kept, of the newest fold or else of the one before,
and asks the worker for what is missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accord.agreement.terms import Agreement
from accord.errors import AccordError, FoldUnusable
from accord.ledger.scope import Scope
from accord.ledger.score import Score
from accord.ledger.scoring import score_of
from accord.report.sections import sections
from accord.report.view import Reader, Section
from accord.server.desk.terms import plan_of
from accord.server.score import folding, keeping
from accord.server.score.asked import Days, View, before, presets
from accord.server.score.keeping import Picture
from accord.server.score.models import Fold, Reading
from accord.server.score.owning import Names, called, names
from accord.server.score.scoping import narrowed

LEASE = timedelta(minutes=2)
MOST_WANTED = 60  # scores that wait to be counted: a program that asks for hundreds holds up nobody for long
MEMORY = "1GB"  # beside it a report and a replay may be at work with 1.5 GB each, within 4 GB in all
_SEEN_EVERY = timedelta(hours=1)  # how often it is noted that a kept score was looked at


@dataclass(frozen=True)
class Answer:
    """What is known about a view: `kept` is None while it is worked out, or where `problem` says why not.

    `newer` says that a later one is being worked out; `crowded`, that so much waits to be worked out that
    this was not even asked for.
    """

    fold: Fold | None
    kept: Reading | None = None
    newer: bool = False
    crowded: bool = False
    problem: str = ""

    @property
    def score(self) -> Score | None:
        return None if self.kept is None else kept_score(self.kept.pk, self.name)

    @property
    def name(self) -> str:
        """What is kept, by a name that never comes again, also after a backup was restored."""
        return f"{self.fold} {self.kept.view}" if self.kept else ""


def read(mark: str, view: View, now: datetime, as_of: datetime | None = None) -> Answer:
    """The score of a view by the version with this mark; what is missing is asked of the worker."""
    fold = folding.newest(mark) if as_of is None else folding.as_of(mark, as_of, now)
    if fold is None and as_of is not None:
        return Answer(None, crowded=True)
    if fold is None or fold.made_at is None:
        folding.hurry()
        return Answer(fold, problem=fold.problem if fold else _trouble(mark))
    digest = view.digest(keeping.release())
    found = Reading.objects.defer("body").filter(fold=fold, view=digest).first()
    if found is None and Reading.objects.filter(size=0, problem="").count() >= MOST_WANTED:
        return Answer(fold, crowded=True)
    if found is None:
        found = _want(fold, view, digest, now)
    if found.size:
        _note(found, now)
        return Answer(fold, found)
    if found.problem:
        return Answer(fold, problem=found.problem)
    former = _former(fold, digest) if as_of is None else None
    return Answer(former.fold if former else fold, former, newer=former is not None)


def _trouble(mark: str) -> str:
    last = Fold.objects.filter(agreement=mark, asked_for=False).order_by("-tried_at").first()
    return last.problem if last else ""


def _want(fold: Fold, view: View, digest: str, now: datetime) -> Reading:
    wanted = {"asked": _said(view), "wanted_at": now, "used_at": now}
    try:
        with transaction.atomic():
            return Reading.objects.create(fold=fold, view=digest, **wanted)
    except IntegrityError:  # somebody else asked in the same moment
        return Reading.objects.defer("body").get(fold=fold, view=digest)


def _former(fold: Fold, digest: str) -> Reading | None:
    """The same view of the fold before, to look at meanwhile."""
    others = Reading.objects.defer("body").filter(
        view=digest, size__gt=0, fold__agreement=fold.agreement, fold__asked_for=False
    )
    return others.select_related("fold").order_by("-fold__made_at").first()


def _note(reading: Reading, now: datetime) -> None:
    if now - reading.used_at > _SEEN_EVERY:
        Reading.objects.filter(pk=reading.pk).update(used_at=now)


@lru_cache(maxsize=24)
def kept_score(pk: int, _name: str) -> Score:
    """What is kept never changes, so a process unpacks it once."""
    body = Reading.objects.values_list("body", flat=True).get(pk=pk)
    return keeping.unpack(bytes(body or b""))


def sections_of(answer: Answer, mark: str) -> tuple[Section, ...]:
    """All sections of a kept score, in the order of the report."""
    return () if answer.kept is None else _sections(answer.kept.pk, answer.name, mark, names())


@lru_cache(maxsize=12)
def _sections(pk: int, name: str, mark: str, accounts: Names) -> tuple[Section, ...]:
    return _all_sections(kept_score(pk, name), mark, folding.terms(mark), accounts)


def _all_sections(score: Score, mark: str, agreement: Agreement, accounts: Names) -> tuple[Section, ...]:
    return sections(Reader(score), called(agreement, accounts), plan_of(mark, agreement))


def pictures(made: Iterable[Section]) -> list[Picture]:
    """Every picture of these sections, for desk and phone."""
    charts = [chart for section in made for part in section.parts for chart in part.charts]
    return [
        Picture(spec, chart.drawing.alt)
        for chart in charts
        for spec in (chart.drawing.spec, chart.drawing.narrow_spec)
    ]


# The worker's part


def make_ahead(fold: Fold, agreement: Agreement) -> None:
    """The views that everybody looks at, with their pictures, before the fold is announced."""
    now = timezone.now()
    usual = presets(agreement, fold.as_of)
    days = [usual["this"], *(usual[name] for name in ("last", "term") if name in usual)]
    for each in dict.fromkeys([*days, *(before(one, agreement) for one in days[:1])]):
        view = View(each)
        _make(_want(fold, view, view.digest(keeping.release()), now), view, agreement, standing=True)


def make_wanted(at: datetime) -> int:
    """Make the score that was asked for first; how many were made. One worker makes each."""
    free = Q(taken_until=None) | Q(taken_until__lt=at)
    wanted = Reading.objects.filter(free, body=None, problem="", fold__made_at__isnull=False)
    reading = wanted.select_related("fold").order_by("wanted_at").first()
    if reading is None:
        return 0
    if not wanted.filter(pk=reading.pk).update(taken_until=at + LEASE):
        return 1  # somebody else has it: look again at once
    found = folding.in_force(at)
    if found is None or found[0] != reading.fold.agreement:
        reading.delete()
        return 1
    _make(reading, _view(reading.asked), found[1])
    keeping.tidy()
    return 1


def _make(reading: Reading, view: View, agreement: Agreement, *, standing: bool = False) -> None:
    row = Reading.objects.filter(pk=reading.pk)
    try:
        with folding.opened(reading.fold, agreement, view, memory=MEMORY, threads=folding.THREADS) as ledger:
            made = score_of(ledger) if view.scope.everything else narrowed(score_of(ledger))
    except FoldUnusable:  # of another release, or gone: the next one has this view if somebody still asks
        row.delete()
        folding.make_anew()
        return
    except AccordError as error:
        row.update(problem=str(error)[:2000])
        return
    except Exception:
        row.update(problem=folding.FAULT)
        raise
    body = keeping.pack(made)
    keeping.drawn(pictures(_all_sections(made, reading.fold.agreement, agreement, names())))
    row.update(body=body, size=len(body), standing=standing)


def _said(view: View) -> dict[str, object]:
    scope = {name: list(getattr(view.scope, name)) for name in view.scope.__dataclass_fields__}
    return {"from": str(view.days.from_on), "to": str(view.days.to_on), "scope": scope}


def _view(said: Mapping[str, object]) -> View:
    days = Days(*(date.fromisoformat(str(said[name])) for name in ("from", "to")))
    scope: Mapping[str, list[str | None]] = said["scope"]  # type: ignore[assignment]
    return View(days, Scope(**{name: tuple(names) for name, names in scope.items()}))
