"""Leads that are ready and lack information, with a form to fill it in; and those that a person judges."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EntryInvalid, NotAllowed
from accord.lead.scoring import said_by_people
from accord.lead.standing import IN_SALES
from accord.server.audit.trail import actor_of
from accord.server.boards.showing import page_of, sees_people, who
from accord.server.desk import acts, terms
from accord.server.desk.models import Lead
from accord.server.people.models import User
from accord.server.qualify import asking, by_hand
from accord.server.qualify.information import missing_of

_MOST_UNDECIDED = 50
_Typed = Mapping[int, Mapping[str, str]]


def _said_on_the_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What cannot be done to this lead any more, such as after somebody was faster, is said on the page.

    What somebody may not do by their rights stays refused as everywhere.
    """

    @wraps(view)
    def answered(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except NotAllowed as error:
            if error.by_rights:
                raise
            messages.warning(request, str(error))
            return redirect("incomplete")

    return answered


@require_safe
def incomplete(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@_said_on_the_page
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what marketing found out; the lead goes to sales once nothing is missing."""
    found = terms.in_force(now := timezone.now())
    fields = asking.fields_of(found[1]) if found else ()
    typed = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in fields}
    said = {name: value for name, value in typed.items() if value}
    if not said:
        return _page(request, {pk: typed}, {pk: [_("Fill in at least one field.")]})
    try:
        lead = acts.correct(actor_of(request), pk, said, now)
    except EntryInvalid as error:
        return _page(request, {pk: typed}, {pk: _sentences(error)})
    _tell(request, lead)
    return redirect("incomplete")


@require_POST
@_said_on_the_page
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a lead without its minimum information, with a reason."""
    reason = request.POST.get("reason", "")
    try:
        lead = by_hand.send_anyway(actor_of(request), pk, reason, timezone.now())
    except EntryInvalid as error:
        return _page(request, {pk: {"reason": reason}}, {pk: _sentences(error)})
    _tell(request, lead)
    return redirect("incomplete")


@require_POST
@_said_on_the_page
def qualify(request: HttpRequest, pk: int) -> HttpResponse:
    """Marketing says that a lead is ready."""
    lead = by_hand.qualify(actor_of(request), pk, request.POST.get("note", ""), timezone.now())
    _tell(request, lead)
    return redirect("incomplete")


def _tell(request: HttpRequest, lead: Lead) -> None:
    """What became of it."""
    words = {"lead": lead.key, "name": lead.owner.name if lead.owner else ""}
    if lead.standing in IN_SALES and lead.owner:
        messages.success(request, _("%(lead)s was handed off to %(name)s.") % words)
    elif lead.standing in IN_SALES:
        messages.warning(request, _("%(lead)s was handed off; nobody has it yet.") % words)
    elif lead.missing:
        what = {**words, "missing": ", ".join(lead.missing)}
        messages.info(request, _("Kept. %(lead)s still waits for: %(missing)s.") % what)
    else:
        messages.info(request, _("Kept. By the rules in force %(lead)s is not ready.") % words)


def _sentences(error: EntryInvalid) -> list[str]:
    return [
        f"{problem.what}: {problem.allowed}" if problem.allowed else problem.what
        for problem in error.problems
    ]


def _page(
    request: HttpRequest, typed: _Typed | None = None, wrong: Mapping[int, list[str]] | None = None
) -> HttpResponse:
    viewer = cast(User, request.user)
    found = terms.in_force(timezone.now())
    if found is None:
        return render(request, "qualify/incomplete.html", {"agreement": None})
    agreement, sees = found[1], sees_people(viewer)
    page = page_of(request, asking.incomplete())
    judged = said_by_people(agreement)
    others = list(asking.undecided()[: _MOST_UNDECIDED + 1]) if judged else []
    facts = {
        "agreement": agreement,
        "sees": sees,
        "page": page,
        "lines": [
            {
                "waiting": one,
                "who": who(one.lead, agreement, sees=sees),
                "wrong": (wrong or {}).get(one.lead.pk, ()),
                "reason": (typed or {}).get(one.lead.pk, {}).get("reason", ""),
            }
            for one in asking.waiting(page.rows, agreement, typed or {})
        ],
        "judged": judged,
        "more_undecided": len(others) > _MOST_UNDECIDED,
        "undecided": [
            (who(lead, agreement, sees=sees), lead, missing_of(agreement, lead.contact))
            for lead in others[:_MOST_UNDECIDED]
        ],
    }
    return render(request, "qualify/incomplete.html", facts, status=422 if wrong else 200)
