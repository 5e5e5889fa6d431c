"""What the boards' pages share: a lead in a row, pages of long lists, words of the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.agreement.terms import Agreement
from accord.promises.duties import DutyKind
from accord.server.desk.models import Lead
from accord.server.desk.naming import MACHINE
from accord.server.people.rights import sees_people as sees_people  # noqa: PLC0414 - for every board
from accord.server.queue import story

A_PAGE = 50
Words = str | Promise
DUTIES: Mapping[str, Words] = {
    DutyKind.FIRST_TOUCH: _("first touch"),
    DutyKind.DECIDED: _("accept or reject"),
    DutyKind.FEEDBACK: _("reason of the reject"),
    DutyKind.CADENCE: _("attempts as agreed"),
    DutyKind.CREDIT: _("accepted lead"),
    DutyKind.COMPLETE: _("complete hand-off"),
    DutyKind.DELIVERED: _("hand-off in time"),
    DutyKind.CHECKPOINT: _("attempts by an age"),
    DutyKind.DISPOSED: _("an outcome"),
    DutyKind.COMMITMENT: _("word given to the prospect"),
    DutyKind.TAKEN_OVER: _("first touch of its new owner"),
    DutyKind.CALL_BACK: _("call back"),
    DutyKind.RETURN: _("return to marketing"),
    DutyKind.PULL_BACK: _("pull back by marketing"),
}
CAUSES: Mapping[str, Words] = {
    "system_delay": _("assigned late"),
    "missing_information": _("information was missing"),
    "no_capacity": _("nobody had room"),
    "absence": _("its owner was away"),
    "rep_delay": _("its owner was late"),
}


@dataclass(frozen=True)
class Who:
    """A lead in a row. Names stand here only for whoever may see personal data."""

    pk: int
    key: str
    address: str
    name: str
    company: str
    lead_type: str
    source: str
    owner: str


@dataclass(frozen=True)
class Page:
    """One page of a list, and the addresses of those beside it."""

    rows: tuple[Any, ...]
    newer: str
    older: str


def who(lead: Lead, agreement: Agreement | None, *, sees: bool) -> Who:
    """The lead with `contact` and `owner` at hand."""
    contact = lead.contact if sees else None
    return Who(
        pk=lead.pk,
        key=lead.key,
        address=address_of(lead.key),
        name=(contact.name or contact.email or contact.phone) if contact else "",
        company=(contact.company if contact else "") or lead.account_name,
        lead_type=type_word(agreement, lead.lead_type),
        source=lead.source,
        owner=lead.owner.name if lead.owner else "",
    )


def address_of(key: str) -> str:
    """Where a lead's card is; empty where there is none."""
    try:
        return reverse("lead", args=[key])
    except NoReverseMatch:
        return ""


def type_word(agreement: Agreement | None, name: str) -> str:
    """What people call a lead type."""
    known = agreement.lead_types.get(name) if agreement else None
    return (known.label if known and known.label else name).replace("_", " ")


def names_of(agreement: Agreement | None, actors: Iterable[str]) -> dict[str, str]:
    """What people call those whom the log names by key or address; one query."""
    return {**story.names_of(actors, agreement), MACHINE: "Accord"}


def reason_word(reason: str) -> str:
    """A reason as the agreement has it: forms, stories and boards spell it alike."""
    return story.plain(reason)


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page:
    """The page that `?page=` asks for; one row more is read to know whether there is another."""
    number = page_number(request)
    found = list(rows[(number - 1) * A_PAGE : number * A_PAGE + 1])
    return Page(
        tuple(found[:A_PAGE]),
        _address(request, number - 1) if number > 1 else "",
        _address(request, number + 1) if len(found) > A_PAGE else "",
    )


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and int(text) else 1


def _address(request: HttpRequest, number: int) -> str:
    asked = request.GET.copy()
    asked["page"] = str(number)
    return f"{request.path}?{asked.urlencode()}"
