"""Sliders: how many first touches would have been kept with another time or other hours."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import log10
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import FoldUnusable, PlanImpossible
from accord.ledger.replay.trying import Point, Trial, Tried, trial
from accord.server.agreements.acts import as_next, draft_link, next_text, start_draft
from accord.server.agreements.calculator_text import text_with
from accord.server.agreements.frame import Frame, Version, frame_of
from accord.server.audit.trail import actor_of
from accord.server.replay import trial as asking
from accord.server.replay.making import days_of
from accord.server.replay.models import Kept
from accord.server.score import folding

WIDE, HIGH = 480, 180  # of the drawn curve, without its margins
_FEW = BoundedSemaphore(2)  # trials of this process at a time: each has an engine of its own
_TICKS = (1, 5, 15, 60, 240, 1440)


@dataclass(frozen=True)
class Work:
    """What one answer of the page rests on."""

    frame: Frame
    version: Version
    agreement: Agreement
    span: str
    asked: asking.Asked
    days: tuple[date, date]

    @property
    def query(self) -> dict[str, str]:
        """What an address says that says the same."""
        changed = {one.name: one.typed for one in self.asked.fields if one.typed != one.agreed}
        return {"span": self.span, **changed}


@require_http_methods(["GET", "HEAD", "POST"])
def trying(request: HttpRequest, slug: str) -> HttpResponse:
    """Whatever the address says, tried on the kept fold; POST writes it into a draft."""
    frame = frame_of(slug)
    version = frame.in_force
    if version is None:
        return _cannot(request, frame, "version")
    work = _work(frame, version, request)
    if request.method == "POST":
        return _write(request, work)
    fold = folding.newest(version.mark)
    if fold is None:
        return _cannot(request, frame, "fold")
    try:
        found = _tried(folding.path_of(fold), work)
    except FoldUnusable:
        return _cannot(request, frame, "fold")
    answer = render(request, "replay/try.html", _context(work, found))
    if getattr(request, "htmx", False):
        answer.headers["HX-Replace-Url"] = f"{request.path}?{urlencode(work.query)}"
    return answer


def _work(frame: Frame, version: Version, request: HttpRequest) -> Work:
    said = {
        key: str(text) for key, text in (request.POST if request.method == "POST" else request.GET).items()
    }
    span = said.get("span", "")
    span = span if span in Kept.Span.values else Kept.Span.QUARTER.value
    agreement = version.agreement
    days = days_of(span, agreement, timezone.now())
    return Work(frame, version, agreement, span, asking.read(agreement, said), days)


@dataclass(frozen=True)
class _Question:
    """One trial; the two agreements follow from the fold's version and the settings."""

    path: Path
    settings: tuple[tuple[str, str], ...]
    days: tuple[date, date]
    minutes: tuple[int, ...]
    before: Agreement = field(compare=False)
    after: Agreement = field(compare=False)


def _tried(path: Path, work: Work) -> Trial:
    settings = tuple((one.name, one.typed) for one in work.asked.fields if one.changed)
    minutes = tuple(sorted(set(work.asked.minutes.values())))
    return _answer(_Question(path, settings, work.days, minutes, work.agreement, work.asked.agreement))


@lru_cache(maxsize=128)
def _answer(asked: _Question) -> Trial:
    """A slider that is moved to and fro asks for the same again."""
    from_on, to_on = asked.days
    with _FEW:
        return trial(
            asked.path,
            asked.before,
            asked.after,
            from_on=from_on,
            to_on=to_on,
            minutes=asked.minutes,
            memory="512MB",
            threads=1,
        )


def _context(work: Work, found: Trial) -> dict[str, Any]:
    labels = {one.name.partition(".")[2]: one.label for one in work.asked.touches}
    rows = [_row(one, labels, work, found) for one in found.counts if _shown(one)]
    return {
        "file": work.frame.file,
        "version": work.version,
        "work": work,
        "asked": work.asked,
        "span": work.span,
        "spans": [(one.value, one.label) for one in Kept.Span],
        "days": work.days,
        "as_of": found.about.as_of,
        "rows": rows,
        "all": rows[0] if rows else None,
        "curve": _drawn(found.curves.get(None, ()), None),
        "ticks": [(_x(at), _length(at)) for at in _TICKS],
        "figures": _figures(found, labels),
        "query": urlencode(work.query),
        "cleared": f"?span={work.span}" if work.asked.changed else "",
    }


def _shown(one: Tried) -> bool:
    return one.lead_type is None or bool(one.was.judged or one.then.judged)


def _row(one: Tried, labels: dict[str, str], work: Work, found: Trial) -> dict[str, Any]:
    minutes = None if one.lead_type is None else work.asked.minutes.get(one.lead_type)
    name = _("All leads") if one.lead_type is None else labels.get(one.lead_type, one.lead_type)
    curve = _drawn(found.curves.get(one.lead_type, ()), minutes)
    return {"name": name, "tried": one, "minutes": minutes, "curve": curve, "is_all": one.lead_type is None}


def _drawn(points: tuple[Point, ...], minutes: int | None) -> dict[str, Any]:
    """The curve as points of a drawing WIDE by HIGH, and where the time that is tried stands on it."""
    known = [(point, share) for point in points if (share := point.share) is not None]
    line = " ".join(f"{_x(point.minutes)},{_y(share)}" for point, share in known)
    here = next(((point, share) for point, share in known if point.minutes == minutes), None)
    dot = None if here is None else {"x": _x(here[0].minutes), "y": _y(here[1]), "share": here[1]}
    return {"line": line, "dot": dot}


def _x(minutes: int) -> str:
    return f"{WIDE * log10(minutes) / log10(asking.LONGEST):.1f}"


def _y(share: Fraction) -> str:
    return f"{HIGH * (1 - float(share)):.1f}"


def _length(minutes: int) -> str:
    if minutes % 60 == 0:
        return _("%(number)d h") % {"number": minutes // 60}
    return _("%(number)d min") % {"number": minutes}


def _figures(found: Trial, labels: dict[str, str]) -> dict[str, Any]:
    """The curves as a table: minutes down, lead types across."""
    types = [one.lead_type for one in found.counts if _shown(one) and one.lead_type in found.curves]
    names = [_("All leads") if one is None else labels.get(one, one) for one in types]
    raster = [point.minutes for point in found.curves.get(None, ())]
    shares = {one: {point.minutes: point.share for point in found.curves[one]} for one in types}
    return {"names": names, "rows": [(at, [shares[one].get(at) for one in types]) for at in raster]}


def _write(request: HttpRequest, work: Work) -> HttpResponse:
    """A draft of the next version with what is set; what was refused is no part of it."""
    if not work.asked.changed:
        raise PlanImpossible("nothing is set that differs; move a slider, then write it into a draft")
    changed, file = work.asked.agreement, work.frame.file
    text = next_text(file, work.version.proposal)  # with the comments of the draft that it was
    text = text_with(text, agreement_in(text), as_next(file, changed))
    draft = start_draft(actor_of(request), file, text)
    messages.success(request, _("What you set is a draft now; nothing binds anybody before it is signed."))
    return redirect(draft_link(draft))


def _cannot(request: HttpRequest, frame: Frame, missing: str) -> HttpResponse:
    return render(request, "replay/try_missing.html", {"file": frame.file, "missing": missing})
