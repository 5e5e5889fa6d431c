"""The team: who is there, who has room, whose leads wait; and moving leads from one to another."""

from collections import Counter
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accord.errors import EntryInvalid, PageUnknown
from accord.report.format import name as shown
from accord.server.audit.trail import actor_of
from accord.server.people.keeping import find_person
from accord.server.people.models import User
from accord.server.routing import moving, previewing
from accord.server.routing import team as board
from accord.server.routing.assigning import may_reassign, must_reassign
from accord.server.routing.models import Move
from accord.server.routing.views.common import chosen, errors_of, numbers_of, said, viewer_of

_PAGE = 200


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    viewer, at = viewer_of(request), timezone.now()
    rows, all_ = board.rows(at), board.sees_all(viewer)
    facts = {
        "rows": rows if all_ else [row for row in rows if row.person.pk == viewer.pk],
        "all": all_,
        "totals": board.totals(rows),
        "waiting": sum(row.load.open for row in rows if row.waits) if all_ else 0,
        "moves": moving.last_moves(at) if may_reassign(viewer) else [],
        "may_move": may_reassign(viewer),
    }
    return render(request, "routing/team.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person: int) -> HttpResponse:
    """The open leads of one person: choose, look at who would get them, move them."""
    somebody, at = find_person(person), timezone.now()
    must_reassign(actor_of(request))
    if request.method != "POST":
        return _page(request, somebody, at)
    try:
        to = chosen(request)
        if "move" not in request.POST:
            return _page(request, somebody, at, to=to, preview=_preview(request, somebody, to, at))
        outcome = moving.move_leads(
            actor_of(request), somebody, at, leads=_leads(request), to=to, why=request.POST.get("why", "")
        )
    except EntryInvalid as error:
        return _page(request, somebody, at, errors=error)
    said(request, outcome)
    return redirect("team")


@require_POST
def undo(request: HttpRequest, move: int) -> HttpResponse:
    found = Move.objects.select_related("of").filter(pk=move).first()
    if found is None:
        raise PageUnknown(_("move %(number)s") % {"number": move})
    outcome = moving.undo(actor_of(request), found, timezone.now())
    if not outcome.moved:
        messages.info(request, _("All of these leads have gone to others since; nothing was moved back."))
    said(request, outcome)
    return redirect("team")


def _leads(request: HttpRequest) -> list[int] | None:
    """The leads that were ticked; None for all."""
    return None if request.POST.get("which") == "all" else numbers_of(request.POST.getlist("lead"))


def _preview(request: HttpRequest, somebody: User, to: User | None, at: datetime) -> list[previewing.Would]:
    return previewing.would(somebody, _leads(request), to, at)


def _page(
    request: HttpRequest,
    somebody: User,
    at: datetime,
    *,
    to: User | None = None,
    preview: list[previewing.Would] | None = None,
    errors: EntryInvalid | None = None,
) -> HttpResponse:
    mine = moving.open_leads(somebody)
    facts = {
        "person": somebody,
        "name": shown(somebody.name),
        "leads": list(mine.select_related("contact")[:_PAGE]),
        "count": mine.count(),
        "page_holds": _PAGE,
        "others": board.who_can(at, besides=[somebody.pk]),
        "to": to,
        "ticked": set(numbers_of(request.POST.getlist("lead"))),
        "which": request.POST.get("which", "all"),
        "why": request.POST.get("why", "")[:200],
        "preview": preview,
        "would_get": Counter(one.to for one in preview or ()).most_common(),
        "errors": errors_of(errors) if errors else {},
    }
    return render(request, "routing/person.html", facts, status=422 if errors else 200)
