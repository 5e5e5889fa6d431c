"""Leads that are with sales and nobody's: there should be none."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accord.errors import AccordError, EntryInvalid
from accord.server.audit.trail import actor_of
from accord.server.desk.models import Lead
from accord.server.look import figures as say
from accord.server.people.rights import sees_people
from accord.server.routing import saying
from accord.server.routing.assigning import may_reassign, must_reassign, reassign
from accord.server.routing.models import Routing
from accord.server.routing.standing_in import left_alone, once_more
from accord.server.routing.team import who_can
from accord.server.routing.views.common import chosen, errors_of, numbers_of, viewer_of

_PAGE = 100


@dataclass(frozen=True)
class Line:
    """One lead, and why nobody has it."""

    lead: Lead
    why: str
    skipped: list[saying.Skipped]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    must_reassign(actor_of(request))
    try:
        _give(request)
    except EntryInvalid as error:
        return _page(request, error)
    return redirect("unassigned")


def _give(request: HttpRequest) -> None:
    """Give the chosen leads to one person, or ask the rules again."""
    by, at, to = actor_of(request), timezone.now(), chosen(request)
    numbers = numbers_of(request.POST.getlist("lead"))
    if not numbers:
        messages.warning(request, _("Choose at least one lead."))
        return
    given = 0
    for number in left_alone().filter(pk__in=numbers[:_PAGE]).values_list("pk", flat=True):
        try:
            given += once_more(number, at) if to is None else bool(reassign(by, number, to, at, ""))
        except EntryInvalid:
            raise
        except AccordError as error:
            messages.warning(request, _("Not given: %(why)s.") % {"why": error})
    _said(request, given, len(numbers))


def _said(request: HttpRequest, given: int, asked: int) -> None:
    if given:
        words = ngettext("%(count)s lead has an owner now.", "%(count)s leads have an owner now.", given)
        messages.success(request, words % {"count": say.number(given)})
    if given < asked:
        messages.warning(request, _("The rules found nobody for the rest; give them to somebody by name."))


def _page(request: HttpRequest, errors: EntryInvalid | None = None) -> HttpResponse:
    found = left_alone()
    leads = list(found.select_related("contact").order_by("delivered_at")[:_PAGE])
    may_give = may_reassign(viewer_of(request))
    facts = {
        "lines": _lines(leads),
        "count": found.count() if len(leads) == _PAGE else len(leads),
        "may_give": may_give,
        "sees": sees_people(viewer_of(request)),
        "people": who_can(timezone.now()) if may_give and leads else [],
        "errors": errors_of(errors) if errors else {},
    }
    return render(request, "routing/unassigned.html", facts, status=422 if errors else 200)


def _lines(leads: list[Lead]) -> list[Line]:
    """Each lead with what its last record says."""
    last: dict[int, Routing] = {}
    for record in Routing.objects.filter(lead__in=leads).order_by("pk"):
        last[record.lead_id] = record
    numbers = {one["who"] for record in last.values() for one in record.considered}
    names = saying.names_of(numbers)
    return [_line(lead, last.get(lead.pk), names) for lead in leads]


def _line(lead: Lead, record: Routing | None, names: dict[int, str]) -> Line:
    if record is None:
        return Line(lead, _("Nobody has asked the rules about it yet."), [])
    return Line(lead, _("Nobody could take it."), saying.skipped(record.considered, names))
