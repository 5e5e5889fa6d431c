"""The register of what prospects were promised (S0.40)."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EntryInvalid, PageUnknown, Problem
from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.boards import commitments as kept_by
from accord.server.boards.showing import names_of, page_of, sees_people, who
from accord.server.boards.views.common import agreement_now
from accord.server.desk import acts
from accord.server.desk.models import Duty, Event, Lead
from accord.server.look.answering import back, said_on_the_page, viewer_of


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    viewer, agreement = viewer_of(request), agreement_now()
    show = request.GET.get("show", "")
    show = show if show in kept_by.SHOW else kept_by.SHOW[0]
    page = page_of(request, kept_by.commitments(show))
    sees = sees_people(viewer)
    lines = [(one, who(one.duty.lead, agreement, sees=sees)) for one in kept_by.told(page.rows)]
    return render(request, "boards/commitments.html", {
        "show": show,
        "tabs": [("open", _("Open")), ("late", _("Late")), ("kept", _("Kept")), ("broken", _("Broken"))],
        "page": page,
        "lines": lines,
        "counts": kept_by.counts(),
        "kinds": agreement.commitments if agreement else {},
        "lead": request.GET.get("lead", "")[:64],
        "may_add": may(viewer, "commitment-add", "POST"),
        "sees": sees,
        "names": names_of(agreement, [one.by for one, _who in lines]),
        "zone": timezone.get_current_timezone_name(),
    })  # fmt: skip


@require_POST
@said_on_the_page("commitments")
def add(request: HttpRequest) -> HttpResponse:
    """Note a promise that somebody gave to a prospect."""
    key = request.POST.get("lead", "").strip()[:64]
    lead = Lead.objects.filter(key=key).first()
    if lead is None:
        what = _("no lead is called %(key)s; its name stands on its card") % {"key": key or "–"}
        raise EntryInvalid([Problem("", 0, "lead", what)])
    what = request.POST.get("what", "")
    acts.commit(
        actor_of(request), lead.pk, what, _due(request), request.POST.get("about", ""), timezone.now()
    )
    messages.success(request, _("The promise to the prospect is noted."))
    return back(request, "commitments")


@require_POST
@said_on_the_page("commitments")
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a promise as kept."""
    duty = Duty.objects.filter(pk=pk, kind="commitment").first()
    given = Event.objects.filter(pk=duty.number).first() if duty else None
    if duty is None or given is None:
        raise PageUnknown(_("promise %(number)s") % {"number": pk})
    acts.fulfil(actor_of(request), duty.lead_id, given.reason, timezone.now())
    messages.success(request, _("The promise is noted as kept."))
    return back(request, "commitments")


def _due(request: HttpRequest) -> datetime | None:
    """When it is due, on the clock of whoever typed it; None: by the time that the agreement names."""
    text = request.POST.get("due", "").strip()
    if not text:
        return None
    try:
        there = datetime.fromisoformat(text)
        return there if there.tzinfo else timezone.make_aware(there)
    except (ValueError, OverflowError):
        what = _("this is no time; choose a day and an hour")
        raise EntryInvalid([Problem("", 0, "due", what)]) from None
