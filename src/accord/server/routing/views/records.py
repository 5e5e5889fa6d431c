"""Every assignment with its reason."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accord.agreement.terms import Side
from accord.errors import PageUnknown
from accord.server.people.models import User
from accord.server.routing import saying
from accord.server.routing.models import Routing
from accord.server.routing.views.common import number_of

_PAGE = 50
_LAST = 2_000  # pages: what is older is found by person and step


@dataclass(frozen=True)
class Record:
    """One routing, in words."""

    row: Routing
    reason: str
    moved: str
    step: str
    skipped: list[saying.Skipped]


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The newest first; by whom it went to and by which step, where that is asked."""
    who, step = request.GET.get("who", "")[:12], request.GET.get("by", "")[:12]
    number = min(number_of(request.GET.get("page", "1")) or 1, _LAST)
    start = (number - 1) * _PAGE
    rows = list(found(who, step)[start : start + _PAGE + 1])
    if not rows and number > 1:
        raise PageUnknown(_("page %(number)s") % {"number": number})
    facts = {
        "records": in_words(rows[:_PAGE]),
        "who": who,
        "by": step,
        "steps": [(str(key), words) for key, words in saying.STEPS.items()],
        "people": list(User.objects.filter(side=Side.SALES)),
        "newer": _address(request, number - 1) if number > 1 else "",
        "older": _address(request, number + 1) if len(rows) > _PAGE else "",
    }
    return render(request, "routing/records.html", facts)


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"


def found(who: str, step: str) -> QuerySet[Routing]:
    """Assignments to an account, or to `nobody`, by one step; empty: any."""
    rows = Routing.objects.select_related("lead", "to", "left", "by", "instead_of").order_by("-at", "-pk")
    if who == "nobody":
        rows = rows.filter(to=None)
    elif (number := number_of(who)) is not None:
        rows = rows.filter(to=number)
    return rows.filter(rule=step) if step in saying.STEPS else rows


def in_words(rows: list[Routing]) -> list[Record]:
    names = saying.names_of([one["who"] for row in rows for one in row.considered])
    return [
        Record(
            row,
            saying.reason(row),
            saying.moved_because(row),
            str(saying.STEPS.get(row.rule, row.rule)),
            saying.skipped(row.considered, names),
        )
        for row in rows
    ]
