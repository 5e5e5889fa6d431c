"""What all pages of the score share: what was asked, what is known of it, and the page while nothing is."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement, Interval, Side
from accord.errors import AddressInvalid
from accord.report.naming import group_of
from accord.server.look import figures as say
from accord.server.score import folding, making
from accord.server.score.asked import (
    FIELDS,
    PERIODS,
    UNKNOWN,
    looked_from,
    presets,
    strangers,
)
from accord.server.score.frame import Frame
from accord.server.score.models import Page
from accord.server.score.places import PLACES, Words

_MOST_STRANGE = 6


@dataclass(frozen=True)
class Option:
    value: str
    words: Words
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One field of the form with its choices."""

    name: str
    words: Words
    options: tuple[Option, ...]


def missing(request: HttpRequest) -> HttpResponse:
    """What to do where nothing can be judged yet."""
    why = "log" if folding.in_force(timezone.now()) is not None else "agreement"
    return render(request, "score/missing.html", {"missing": why, "folder": making.log_folder()})


def show(request: HttpRequest, frame: Frame, template: str, facts: dict[str, object]) -> HttpResponse:
    """The page with its filters around it; while nothing is known, the page that waits for it.

    What waits asks again by itself; until there is an answer it hears nothing, so that nothing is read aloud
    twice and nobody's place on the page is lost.
    """
    waits, asks_again = frame.score is None, request.headers.get("HX-Request") == "true"
    if waits and asks_again and not frame.problems and not frame.answer.problem:
        return HttpResponse(status=204)
    strange = [] if frame.problems else strangers(request.GET)
    known = {
        "frame": frame,
        "asked": frame.asked,
        "score": frame.score,
        "tabs": _tabs(request, frame),
        "filters": _filters(frame),
        "periods": _periods(frame),
        "narrowed": not frame.asked.view.scope.everything or frame.asked.as_of is not None,
        "some": not frame.asked.view.scope.everything,
        "as_of_day": _day(frame),
        "against": _against(frame),
        "whole_report": _whole_report(frame),
        "book": _book(),
        "strange": _listed(strange),
        "counted": asks_again,
        **facts,
    }
    if frame.problems:
        status = 200 if asks_again else AddressInvalid.http_status  # what waits swaps no refusal in
        return render(request, "score/unread.html", known, status=status)
    return render(request, "score/waiting.html" if waits else template, known)


def _listed(strange: list[str]) -> str:
    return ", ".join(say.or_dash(say.name(name, 40)) for name in strange[:_MOST_STRANGE])


def _day(frame: Frame) -> str:
    """The day as of which was asked, as a field for days has it: the last one that was over by then."""
    as_of = frame.asked.as_of
    if as_of is None:
        return ""
    zone = frame.agreement.calendar_of(Side.MARKETING).zone_on(as_of.date())
    return (as_of.astimezone(zone) - timedelta(microseconds=1)).date().isoformat()


def _against(frame: Frame) -> str:
    days = frame.asked.against
    return "" if days is None else say.or_dash(say.period(days.from_on, days.to_on))


def _whole_report(frame: Frame) -> str:
    """Which of the kept pages has these days as one file; empty where it is not made yet."""
    span = frame.asked.period if frame.asked.period in ("last", "term") else "this"
    return span if Page.objects.filter(span=span).exclude(body=None).exists() else ""


def _book() -> str:
    """Where the monthly ledger is; empty where this installation has none."""
    try:
        return reverse("book")
    except NoReverseMatch:
        return ""


def _tabs(request: HttpRequest, frame: Frame) -> list[tuple[str, Words, str]]:
    """Where one can go with the same filters: address, words, the value of aria-current."""
    pages: list[tuple[str, Words]] = [("score", _("Both sides")), *((one.name, one.title) for one in PLACES)]
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [(frame.address(name), words, "page" if here == name else "") for name, words in pages]


def _periods(frame: Frame) -> tuple[Option, ...]:
    monthly = frame.agreement.term.interval is Interval.MONTH
    words = {
        "this": _("This month") if monthly else _("This interval"),
        "last": _("The month before") if monthly else _("The one before"),
        "quarter": _("This quarter"),
        "term": _("The whole term"),
    }
    known = presets(frame.agreement, looked_from(frame.asked.as_of, frame.at))
    found = [Option(name, words[name], frame.asked.period == name) for name in PERIODS if name in known]
    return (*found, Option("", _("Days of my own"), not frame.asked.period))


def _filters(frame: Frame) -> tuple[Filter, ...]:
    words = {
        "type": _("Lead type"),
        "stream": _("Stream"),
        "segment": _("Segment"),
        "source": _("Source"),
    }
    known = frame.fold.choices if frame.fold else {}
    return tuple(
        Filter(name, words[name], options)
        for name, of in FIELDS.items()
        if len(
            options := _options(
                known.get(name, []), getattr(frame.asked.view.scope, of), name, frame.agreement
            )
        )
        > 1
    )


def _options(
    known: list[str | None], chosen: tuple[str | None, ...], field: str, agreement: Agreement
) -> tuple[Option, ...]:
    """What the leads have, and what the agreement speaks of if it was asked for."""
    names = [*known, *(name for name in chosen if name not in known)]

    def words(name: str) -> Words:
        return group_of({"by": FIELDS[field], "key": name}, agreement)

    return tuple(
        Option(
            UNKNOWN if name is None else name,
            _("unknown") if name is None else words(name),
            name in chosen,
        )
        for name in names
    )
