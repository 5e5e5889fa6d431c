"""What is on record: the audit, the score, the book, decisions, and the token of the request itself."""

from functools import partial

from django.http import HttpResponse
from ninja import Query, Router

from accord.server.api.book import book_now
from accord.server.api.operations.calling import Call, owner
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.score import measure_of, score_of
from accord.server.api.shapes import people as shape
from accord.server.api.shapes import records
from accord.server.api.shapes.common import Json, Page
from accord.server.api.showing import person_short
from accord.server.audit.models import Entry
from accord.server.audit.reading import address_for, visible
from accord.server.people.models import User
from accord.server.rituals.models import Decision

router = Router(tags=["Records"])


@router.get("/audit", url_name="audit", response=Page[shape.AuditAnswer])
def list_audit(
    request: Call,
    paging: Query[Paging],
    only: Query[shape.AuditOf],
) -> PageOf:
    """List the audit.

    Who did what, when, from where; newest first. Both sides see every change; addresses of others and failed
    sign-ins are for operations only.
    """
    viewer = owner(request)
    rows = visible(viewer)
    if only.action is not None:
        rows = rows.filter(action=only.action)
    if only.person is not None:
        rows = rows.filter(who=only.person)
    return page_of_rows(request, rows, paging, partial(_entry, viewer), by="-id")


@router.get("/score", url_name="score", response=dict)
def read_score(request: Call, of: Query[records.ScoreOf]) -> HttpResponse:
    """Read the score.

    What both sides promised and what they did, as `accord report --format json` writes it, for the days and
    leads that one asks for; docs/reference/report-json.md describes each key. 503 while the worker counts it:
    ask again after the seconds of Retry-After.
    """
    del of  # read from the address as its pages read it
    return _json(score_of(request.GET))


@router.get("/score/measures/{measure}", url_name="score-measure", response=dict)
def read_measure(request: Call, measure: str, of: Query[records.ScoreOf]) -> HttpResponse:
    """Read all rows of a measure.

    One measure of the score, or a part of one such as speed_by_week, with up to 20,000 rows: the score
    itself lists the first of long ones. 503 while the worker counts: ask again after the seconds of
    Retry-After.
    """
    del of
    return _json(measure_of(request.GET, measure))


def _json(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json; charset=utf-8")


@router.get("/book", url_name="book", response=dict)
def read_book(request: Call) -> Json:
    """Read the book.

    Every interval on both bases with its goals, as its page shows it: running, open, half (one side has
    confirmed), closed, or differs (closed, and corrected since). Figures are those of `accord ledger --format
    json`. 404 while the worker has not worked it out.
    """
    return book_now()


@router.get("/decisions", url_name="decisions", response=Page[records.DecisionAnswer])
def list_decisions(request: Call, paging: Query[Paging], only: Query[records.DecisionsOf]) -> PageOf:
    """List decisions.

    What both sides decided to do, who does it and by when; the newest first.
    """
    rows = Decision.objects.select_related("owner")
    if only.state is not None:
        rows = rows.filter(state=only.state)
    return page_of_rows(request, rows, paging, _decision, by="-id")


def _decision(one: Decision) -> Json:
    names = ("text", "due_on", "state", "note", "carried", "meeting", "made_at", "ended_at")
    values = {name: getattr(one, name) for name in names}
    return {"id": one.pk, "owner": one.owner_id, "owner_name": one.owner.name, **values}


@router.get("/token", url_name="token", response=shape.TokenAnswer)
def read_token(request: Call) -> Json:
    """Read the token.

    What the token of this request may do, for whom, and until when.
    """
    who, token = owner(request), request.token
    return {
        "name": token.name,
        "owner": person_short(who),
        "side": who.side,
        "role": who.role,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
    }


def _entry(viewer: User, entry: Entry) -> Json:
    return {
        "id": entry.pk,
        "at": entry.at,
        "person": entry.who_id,
        "name": entry.name,
        "side": entry.side,
        "via": entry.via,
        "address": address_for(entry, viewer),
        "action": entry.action,
        "about": entry.about,
        "link": entry.link,
        "detail": entry.detail,
    }
