"""People who may be one, side by side, for whoever can tell (5.9)."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EntryInvalid, Problem
from accord.server.audit.trail import actor_of
from accord.server.boards.showing import page_of
from accord.server.desk.acts import alike as acts
from accord.server.desk.models import Lead, Likeness
from accord.server.look.answering import back, said_on_the_page

_COMPARED: tuple[tuple[str, str | Promise], ...] = (
    ("email", gettext_lazy("E-mail")),
    ("phone", gettext_lazy("Telephone")),
    ("company", gettext_lazy("Company")),
    ("role", gettext_lazy("Role")),
    ("linkedin", gettext_lazy("Profile")),
    ("country", gettext_lazy("Country")),
)


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that nobody has looked at, the newest first."""
    page = page_of(request, _open())
    leads = _leads(page.rows)
    lines = [
        (row, [_line(words, name, row) for name, words in _COMPARED],
         leads.get(row.other_id, []), leads.get(row.contact_id, []))
        for row in page.rows
    ]  # fmt: skip
    return render(request, "desk/duplicates.html", {"page": page, "lines": lines})


@require_POST
@said_on_the_page("duplicates")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The same person, or not."""
    by, at, verdict = actor_of(request), timezone.now(), request.POST.get("verdict", "")
    if verdict == "same":
        acts.the_same(by, pk, at)
        messages.success(request, _("They are one person now."))
    elif verdict == "two":
        acts.two_people(by, pk, at)
        messages.success(request, _("They stay two people."))
    else:
        raise EntryInvalid([Problem("", 0, "verdict", _("say whether they are the same person"))])
    return back(request, "duplicates")


def _open() -> QuerySet[Likeness]:
    rows = Likeness.objects.filter(settled_at=None, contact__merged_into=None, other__merged_into=None)
    return rows.select_related("contact__account", "other__account").order_by("-found_at", "-pk")


def _line(words: str | Promise, name: str, row: Likeness) -> tuple[str | Promise, str, str, bool]:
    one, two = str(getattr(row.other, name)), str(getattr(row.contact, name))
    return words, one, two, bool(one) and one.casefold() == two.casefold()


def _leads(rows: Sequence[Likeness]) -> dict[int, list[Lead]]:
    """The leads of all who stand on the page, by their person."""
    people = {pk for row in rows for pk in (row.contact_id, row.other_id)}
    found: dict[int, list[Lead]] = {}
    for lead in Lead.objects.filter(contact__in=people).select_related("owner").order_by("-cycle", "-pk"):
        found.setdefault(lead.contact_id or 0, []).append(lead)
    return found
