"""The list of all leads, and its download."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accord.server.desk.models import Lead
from accord.server.desk.terms import in_force
from accord.server.look.saving import csv_file
from accord.server.people.models import User
from accord.server.queue import listing, showing
from accord.server.queue.rights import sees_people


@require_safe
def leads(request: HttpRequest) -> HttpResponseBase:
    """Narrowed down by the address, so that a list can be kept as a bookmark."""
    found = in_force(timezone.now())
    agreement, private = (found[1] if found else None), sees_people(cast(User, request.user))
    filters = listing.Filters(request.GET, agreement)
    facts = {"filters": filters, "private": private, "agreement": agreement}
    if not filters.is_valid():  # a list of something else would answer another question
        return render(request, "queue/leads.html", facts, status=422)
    rows = listing.narrowed(filters.cleaned_data, private=private)
    if request.GET.get("form") == "csv":
        return _csv(rows, private=private)
    after = request.GET.get("after", "")[:80]
    page = listing.page_of(rows, after)
    facts |= {
        "page": page,
        "after": after,
        "narrowed": any(filters.cleaned_data.values()),
        "rows": [
            _row(lead, showing.type_word(lead.lead_type, agreement), private=private) for lead in page.leads
        ],
    }
    return render(request, "queue/leads.html", facts)


def _row(lead: Lead, kind: str, *, private: bool) -> dict[str, object]:
    contact = lead.contact if private else None
    return {
        "lead": lead,
        "called": showing.name_of(lead) if private else lead.key,
        "company": (contact.company if contact else "") or lead.account_name,
        "kind": kind,
    }


def _csv(rows: QuerySet[Lead], *, private: bool) -> StreamingHttpResponse:
    return csv_file("leads.csv", listing.as_csv(rows, private=private))
