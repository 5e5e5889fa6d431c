"""The report pages, made by the worker from the log and the agreement in force, kept ready to serve."""

import gzip
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accord.agreement.terms import Agreement, Side, Status
from accord.errors import AccordError, LogUnreadable, PlanImpossible
from accord.ledger.log import open_log
from accord.ledger.scoring import score
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.periods import interval_of
from accord.report.page import render_page
from accord.server.agreements.finding import version_in_force
from accord.server.score.models import Page

MEMORY, THREADS = "1.5GB", 2  # of what reads the log; a replay may run beside it, with as much again
ABOVE = "<!-- accord: above -->"  # where the server puts its own bar when it serves a page
_DAY = timedelta(days=1)
_STALE = {
    Page.Span.THIS: timedelta(minutes=5),
    Page.Span.LAST: timedelta(hours=1),
    Page.Span.TERM: timedelta(hours=1),
}


@dataclass(frozen=True)
class Days:
    """First and last day of a page, both included."""

    from_on: date
    to_on: date


def log_folder() -> Path:
    """Where the log of this installation lies."""
    return Path(settings.ENV.data) / "log"


def has_log() -> bool:
    """Whether there is anything to judge."""
    try:
        return bool(open_log(log_folder()).events_files)
    except LogUnreadable:
        return False


def refresh_pages(at: datetime | None = None, *, only: Page.Span | None = None) -> list[Page.Span]:
    """Make every page anew that is stale, was judged by another version or covers other days; those made.

    What keeps a page from being made is kept with the page, for people to read; it does not stop the others.
    """
    at = (at or timezone.now()).replace(second=0, microsecond=0)
    found = version_in_force(at)
    if found is None or not has_log():
        Page.objects.all().delete()
        return []
    agreement = found.agreement.model_copy(update={"status": Status.ACTIVE})
    wanted = {span: days for span, days in spans(agreement, at).items() if only in (None, span)}
    if only is None:
        Page.objects.exclude(span__in=wanted).delete()
    kept = {page.span: page for page in Page.objects.defer("body")}
    made = [span for span, days in wanted.items() if _is_stale(kept.get(span), agreement, days, at, span)]
    for span in made:
        _make(span, agreement, wanted[span], at)
    return made


def spans(agreement: Agreement, at: datetime) -> dict[Page.Span, Days]:
    """The days of each page, whole as they were promised: the interval of today, the one before, the term.

    What is due by now follows from the instant as of which a page is made, not from its last day.
    """
    term = agreement.term
    today = at.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(at.date())).date()
    first, last = interval_of(term, min(today, term.end))
    days = {Page.Span.THIS: Days(max(first, term.start), min(last, term.end))}
    if first > term.start:
        before, _ = interval_of(term, first - _DAY)
        days[Page.Span.LAST] = Days(max(before, term.start), first - _DAY)
    days[Page.Span.TERM] = Days(term.start, term.end)
    return days


def _is_stale(page: Page | None, agreement: Agreement, days: Days, at: datetime, span: Page.Span) -> bool:
    return (
        page is None
        or page.agreement != agreement.in_force_label
        or (page.from_on, page.to_on) != (days.from_on, days.to_on)
        or page.wanted
        or at - page.tried_at >= _STALE[span]
    )


def _make(span: Page.Span, agreement: Agreement, days: Days, as_of: datetime) -> None:
    """One page. Whoever asks for it anew while it is being made is served by the next round."""
    about: dict[str, Any] = {
        "from_on": days.from_on,
        "to_on": days.to_on,
        "as_of": as_of,
        "made_at": timezone.now(),
        "agreement": agreement.in_force_label,
    }
    row, _ = Page.objects.get_or_create(span=span, defaults={**about, "tried_at": as_of})
    page = Page.objects.filter(pk=row.pk)
    page.update(wanted=False, tried_at=as_of)
    try:
        told = score(agreement, log_folder(), days.from_on, days.to_on, as_of, memory=MEMORY, threads=THREADS)
        html = render_page(told, agreement, _plan_or_none(agreement), above=ABOVE)
    except AccordError as error:
        page.update(problem=str(error))
        return
    page.update(**about, body=gzip.compress(html.encode(), compresslevel=3), problem="")


def _plan_or_none(agreement: Agreement) -> Plan | None:
    try:
        return work_back(agreement)
    except PlanImpossible:
        return None
