"""Decisions: noted, done, dropped, carried over, handed on, opened again."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EntryInvalid, PageUnknown
from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.boards.showing import page_of
from accord.server.look import figures as say
from accord.server.look.answering import back, said_of, said_on_the_page, viewer_of
from accord.server.rituals import deciding
from accord.server.rituals.models import Decision
from accord.server.rituals.timing import company_at

State = Decision.State


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """One state at a time: what is overdue stands first among what is open."""
    show = request.GET.get("show", "")
    return _shown(request, show if show in State.values else State.OPEN)


def _shown(request: HttpRequest, show: str, typed: dict[str, str] | None = None) -> HttpResponse:
    """The page; `typed` is what somebody entered who has to mend it."""
    viewer, typed = viewer_of(request), typed or {}
    page = page_of(request, _rows(show))
    may_act = may(viewer, "decisions-act", "POST")
    owners = deciding.owners() if may(viewer, "decisions-add", "POST") else None
    facts = {
        "show": show,
        "tabs": [(State.OPEN, _("Open")), (State.DONE, _("Done")), (State.DROPPED, _("Dropped"))],
        "page": page,
        "lines": [(one, may_act and deciding.may_end(viewer, one)) for one in page.rows],
        "today": _today(),
        "owners": owners,
        "to_hand": format_html_join(
            "", '<option value="{}">{}</option>', ((user.pk, say.name(user.name)) for user in owners or ())
        ),
        "meetings": Decision.Meeting.choices,
        "typed": typed,
        "chosen": _number(typed.get("owner", "")) or viewer.pk,
    }
    return render(request, "rituals/decisions.html", facts, status=422 if typed else 200)


@require_POST
@said_on_the_page("decisions")
def add(request: HttpRequest) -> HttpResponse:
    """Note a decision; what cannot be noted stands in the form still, with what to mend."""
    wanted = deciding.Wanted(
        text=request.POST.get("text", ""),
        owner=_number(request.POST.get("owner", "")),
        due_on=_day(request.POST.get("due_on", "")),
        meeting=request.POST.get("meeting") or Decision.Meeting.OTHER,
    )
    try:
        decision = deciding.add(actor_of(request), wanted, _today())
    except EntryInvalid as error:
        said_of(request, error)
        typed = {name: request.POST.get(name, "")[:300] for name in ("text", "owner", "due_on", "meeting")}
        return _shown(request, State.OPEN, typed)
    messages.success(request, _("Noted: %(owner)s does it.") % {"owner": decision.owner.name})
    return back(request, "decisions")


@require_POST
@said_on_the_page("decisions")
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """What became of one decision."""
    if what not in _ACTS:
        raise PageUnknown(what, _ACTS)
    said = _ACTS[what](request, pk)
    messages.success(request, said)
    return back(request, "decisions")


def _done(request: HttpRequest, pk: int) -> str:
    deciding.finish(actor_of(request), pk, request.POST.get("note", ""), timezone.now())
    return _("Noted as done. It can be opened again under “Done”.")


def _dropped(request: HttpRequest, pk: int) -> str:
    deciding.drop(actor_of(request), pk, request.POST.get("note", ""), timezone.now())
    return _("Dropped. It can be opened again under “Dropped”.")


def _carried(request: HttpRequest, pk: int) -> str:
    deciding.carry(actor_of(request), pk, _day(request.POST.get("due_on", "")), _today())
    return _("Carried over to a later day.")


def _handed(request: HttpRequest, pk: int) -> str:
    decision = deciding.hand(actor_of(request), pk, _number(request.POST.get("owner", "")))
    return _("Handed on: %(owner)s does it.") % {"owner": decision.owner.name}


def _reopened(request: HttpRequest, pk: int) -> str:
    deciding.reopen(actor_of(request), pk)
    return _("It is open again.")


_ACTS: dict[str, Callable[[HttpRequest, int], str]] = {
    "done": _done,
    "drop": _dropped,
    "carry": _carried,
    "hand": _handed,
    "reopen": _reopened,
}


def _rows(show: str) -> QuerySet[Decision]:
    rows = Decision.objects.filter(state=show).select_related("owner", "made_by")
    return rows.order_by("due_on", "pk") if show == State.OPEN else rows.order_by("-ended_at", "-pk")


def _today() -> date:
    company = company_at(timezone.now())
    return company.today if company else timezone.localdate()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
