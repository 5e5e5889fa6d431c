"""The score of both sides, and the page of each matter."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accord.ledger.links import chain
from accord.report.scoreboard import sides, verdict
from accord.report.view import sentence
from accord.server.people.models import User
from accord.server.score import places
from accord.server.score.comparing import changes, figures
from accord.server.score.frame import frame_of
from accord.server.score.keeping import drawn
from accord.server.score.owning import seen_sections
from accord.server.score.reading import pictures, sections_of
from accord.server.score.views.common import missing, show


@require_safe
def score(request: HttpRequest) -> HttpResponse:
    """Both sides on one scale, the first broken link, what changed, and what to read with care."""
    frame = frame_of(request.GET)
    if frame is None:
        return missing(request)
    made = frame.score
    if made is None:
        return show(request, frame, "score/overview.html", {})
    facts: dict[str, object] = {
        "verdict": verdict(made, frame.agreement),
        "sides": sides(made),
        "chain": chain(made, frame.agreement),
        "scores": {promise.id: promise for side in made.sides for promise in side.promises},
        "changes": changes(made, frame.former.score),
        "warnings": [sentence(text) for text in made.warnings],
    }
    return show(request, frame, "score/overview.html", facts)


@require_safe
def marketing(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "score-marketing")


@require_safe
def sales(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "score-sales")


@require_safe
def pipeline(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "score-pipeline")


@require_safe
def winloss(request: HttpRequest) -> HttpResponse:
    return _sheet(request, "score-winloss")


def _sheet(request: HttpRequest, name: str) -> HttpResponse:
    """The sections of one page, with their pictures, and beside each figure what it was before."""
    frame = frame_of(request.GET)
    if frame is None:
        return missing(request)
    place = next(one for one in places.PLACES if one.name == name)
    made = places.on(place, seen_sections(frame.sections, cast(User, request.user)))
    contents = [{"id": section.id, "title": gettext(section.title)} for section in made]
    facts: dict[str, object] = {"place": place, "sections": made, "contents": contents}
    if frame.score is not None:
        facts |= {"drawn": drawn(pictures(made)), "before": figures(sections_of(frame.former, frame.mark))}
    return show(request, frame, "score/sheet.html", facts)
