"""What a draft would have meant: the card on its page, the whole page, and the list of what moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, PageUnknown
from accord.ledger.replay.moves import read_moved
from accord.ledger.replay.output import MOVED_COLUMNS, moved_row
from accord.ledger.replay.saying import why, zone_of
from accord.ledger.replay.values import GROUPINGS, Moved
from accord.promises.verdict import PromiseOf
from accord.server.agreements.finding import find_draft
from accord.server.agreements.models import Draft
from accord.server.desk.models import Lead
from accord.server.look import figures as say
from accord.server.look.saving import csv_file, csv_lines
from accord.server.replay.making import moved_file, wanted
from accord.server.replay.models import Kept

ON_A_PAGE = 50
MOST_PAGES = 2000
_MOST_GROUPS = 30
BY = {
    "lead_type": gettext_lazy("Lead type"),
    "stream": gettext_lazy("Stream"),
    "segment": gettext_lazy("Segment"),
    "pool": gettext_lazy("Pool"),
    "calendar": gettext_lazy("Calendar"),
    "month": gettext_lazy("Month"),
}
STATES = {
    "kept": gettext_lazy("kept"),
    "broken": gettext_lazy("broken"),
    "pending": gettext_lazy("pending"),
    "excused": gettext_lazy("excused"),
    "void": gettext_lazy("void"),
    None: gettext_lazy("not asked for"),
}


@dataclass(frozen=True)
class Work:
    """One draft on one span, with what is kept of it so far; no replay where its text has errors."""

    draft: Draft
    span: str
    agreement: Agreement | None
    kept: Kept | None

    @property
    def told(self) -> dict[str, Any]:
        return self.kept.told if self.kept else {}

    @property
    def is_being_made(self) -> bool:
        return self.kept is not None and self.kept.wanted_at is not None

    @cached_property
    def spans(self) -> list[tuple[str, str]]:
        return [(one.value, str(one.label)) for one in Kept.Span]

    def context(self) -> dict[str, Any]:
        about = {"draft": self.draft, "file": self.draft.file, "work": self, "kept": self.kept}
        return {**about, "told": self.told, "headline": _headline(self), "span": self.span}

    def word(self, by: str, key: str | None) -> str:
        """A group as people call it: a lead type by its label, whatever has no word yet by its own name."""
        return (_type_word(self, key) if by == "lead_type" else key) or _("unknown")


@require_safe
def card(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The card of the draft's page; asked for again every few seconds until the worker has made it."""
    work = _work(request, slug, number)
    moves = {"judged": _changed(work.told), "moved_promises": _stand_differently(work.told)}
    return render(request, "replay/card.html", {**work.context(), **moves})


@require_safe
def replay(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Every promise under both, and where the differences lie."""
    work = _work(request, slug, number)
    by = request.GET.get("by", "")
    by = by if by in GROUPINGS else _best_grouping(work.told)
    groups = [
        {**one, "rows": [{**group, "word": work.word(by, group["key"])} for group in found[:_MOST_GROUPS]],
         "left_out": max(len(found) - _MOST_GROUPS, 0)}
        for one in work.told.get("judged", [])
        if one["all"]["moved"]
        for found in [[group for group in one["groups"] if group["by"] == by]]
    ]  # fmt: skip
    context = {"groups": groups, "by": by, "groupings": BY.items(), "by_word": BY[by]}
    return render(request, "replay/replay.html", {**work.context(), **context})


@require_safe
def leads(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The verdicts that differ, page by page, each with its reason."""
    work = _work(request, slug, number)
    filters, asked = _filters(request)
    page = _page(request)
    total: int = 0
    rows: tuple[Moved, ...] = ()
    if work.kept is not None and work.told and moved_file(work.kept).exists():
        total, rows = read_moved(
            moved_file(work.kept), filters, limit=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE
        )
    known = set(Lead.objects.filter(key__in=[one.lead for one in rows]).values_list("key", flat=True))
    lines = [_line(work, one, known) for one in rows]
    asked["span"] = work.span
    context = {
        "lines": lines,
        "total": total,
        "filters": _said(work, filters),
        "asked": urlencode(asked),
        "newer": f"?{urlencode({**asked, 'page': page - 1})}" if page > 1 else "",
        "older": f"?{urlencode({**asked, 'page': page + 1})}" if page * ON_A_PAGE < total else "",
    }
    return render(request, "replay/leads.html", {**work.context(), **context})


@require_safe
def leads_csv(request: HttpRequest, slug: str, number: int) -> StreamingHttpResponse:
    """All of them as a file."""
    work = _work(request, slug, number)
    filters, _asked = _filters(request)
    name = f"draft-{work.draft.number}-{work.span}.csv"
    return csv_file(name, csv_lines(_rows(work, filters)))


def _rows(work: Work, filters: dict[str, str | None]) -> Iterator[list[str]]:
    yield list(MOVED_COLUMNS)
    if work.kept is None or not work.told or not moved_file(work.kept).exists():
        return
    for start in range(0, MOST_PAGES * ON_A_PAGE, 5000):
        _total, rows = read_moved(moved_file(work.kept), filters, limit=5000, offset=start)
        yield from (moved_row(one, lambda moved: _why(work, moved)) for one in rows)
        if len(rows) < 5000:
            return


def _work(request: HttpRequest, slug: str, number: int) -> Work:
    draft = find_draft(slug, number)
    span = request.GET.get("span", "")
    span = span if span in Kept.Span.values else Kept.Span.QUARTER.value
    try:
        agreement = agreement_in(draft.text)
    except AgreementInvalid:
        return Work(draft, span, None, None)
    return Work(draft, span, agreement, wanted(draft, agreement, span, timezone.now()))


def _why(work: Work, moved: Moved) -> str:
    if work.agreement is None:
        raise PageUnknown("a replay of a text with errors")
    return why(moved, zone_of(work.agreement, moved.calendar, moved.started_at.date()))


def _line(work: Work, moved: Moved, known: set[str]) -> dict[str, Any]:
    titles = {one["promise"]: one["title"] for one in work.told.get("judged", [])}
    return {
        "moved": moved,
        "known": moved.lead in known,
        "lead_type": _type_word(work, moved.lead_type),
        "promise": titles.get(moved.promise.value, moved.promise.value),
        "was": STATES[moved.was.value if moved.was else None],
        "then": STATES[moved.then.value if moved.then else None],
        "tone": "bad" if moved.then == "broken" else "good" if moved.then == "kept" else "muted",
        "why": _why(work, moved),
    }


def _type_word(work: Work, lead_type: str | None) -> str:
    """A lead type as the draft calls it for people."""
    found = work.agreement.lead_types.get(lead_type or "") if work.agreement else None
    return (found.label if found else None) or lead_type or ""


def _headline(work: Work) -> dict[str, Any]:
    """The first sentence's figures, with the words of the groups that hold most."""
    found = dict(work.told.get("headline", {}))
    for name in ("most", "most_more"):
        if most := found.get(name):
            words = {"by_word": str(BY[most["by"]]).lower(), "word": work.word(most["by"], most["key"])}
            found[name] = {**most, **words}
    return found


def _changed(told: dict[str, Any]) -> list[dict[str, Any]]:
    """What is promised lead by lead and moves."""
    return [one for one in told.get("judged", []) if one["all"]["moved"]]


def _stand_differently(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The promises of which something that is shown differs: what is asked, what was reached, the state."""

    def seen(one: dict[str, Any], which: str) -> object:
        score = one[which]
        if score is None:
            return None
        figures = ("actual", "due_by_now", "target")
        return score["state"], *(say.amount(score[name], one["unit"]) for name in figures)

    return [one for one in told.get("promises", []) if seen(one, "was") != seen(one, "then")]


def _best_grouping(told: dict[str, Any]) -> str:
    """The grouping that names most of it, else by segment."""
    headline = told.get("headline") or {}
    most = headline.get("most") or headline.get("most_more")
    return str(most["by"]) if most else "segment"


def _filters(request: HttpRequest) -> tuple[dict[str, str | None], dict[str, str]]:
    """What the address asks for: by promise, and by one group; what is no filter is passed over."""
    filters: dict[str, str | None] = {}
    promise = request.GET.get("promise", "")
    if promise in [one.value for one in PromiseOf]:
        filters["promise"] = promise
    by, key = request.GET.get("by", ""), request.GET.get("key", "")[:200]
    if by in GROUPINGS and "key" in request.GET and "\x00" not in key:
        filters[by] = key or None
    asked = {"promise": promise} if "promise" in filters else {}
    return filters, asked | ({"by": by, "key": key} if by in filters else {})


def _said(work: Work, filters: dict[str, str | None]) -> list[tuple[str, str]]:
    words = {"promise": _("Promise"), **BY}
    return [(str(words[name]), work.word(name, value)) for name, value in filters.items()]


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(page, 1), MOST_PAGES)
