"""All leads, narrowed down and searched, newest first, page by page; and the same as CSV."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accord.agreement.plain import folded
from accord.agreement.terms import Agreement
from accord.plan.layout import cell
from accord.server.desk.identity import email_key, phone_key
from accord.server.desk.models import Lead
from accord.server.people.forms import OneLine
from accord.server.people.models import Side, User

PAGE_SIZE = 50
COLUMNS = (
    "key", "created_at", "standing", "owner", "lead_type", "stream", "segment", "persona", "source",
    "source_owner", "grade", "value", "attempts", "delivered_at", "due_at", "broken", "company",
)  # fmt: skip
PERSONAL = ("name", "role", "email", "phone", "country")
_AT_ONCE = 500
_MOST_NAMED = 200


class Filters(forms.Form):
    """What the list is narrowed down by; whatever is not said is not asked."""

    q = OneLine(label=_("Search"), max_length=200, required=False)
    standing = forms.ChoiceField(label=_("Standing"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    stream = forms.ChoiceField(label=_("Stream"), required=False)
    source = OneLine(label=_("Source"), max_length=120, required=False)
    overdue = forms.BooleanField(label=_("A promise of sales is broken"), required=False)

    def __init__(self, data: Any, agreement: Agreement | None) -> None:
        super().__init__(data)
        self.fields["q"].widget.input_type = "search"
        types, streams = (agreement.lead_types, agreement.goal.streams) if agreement else ({}, {})
        labels = [(name, (known.label or name.replace("_", " "))) for name, known in types.items()]
        standings = [(one, word) for one, word in Lead._meta.get_field("standing").flatchoices]
        self._choose("standing", [("", _("any")), *standings])
        self._choose("owner", [("", _("anybody")), ("none", _("nobody")), *_owners()])
        self._choose("type", [("", _("any")), *self._with("type", labels)])
        self._choose("stream", [("", _("any")), *self._with("stream", [(one, one) for one in streams])])

    def _choose(self, name: str, offered: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    def _with(self, name: str, known: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """What the agreement knows, and what an address asks for that an older one knew."""
        asked = str(self.data.get(name, ""))[:80]
        return known if not asked or asked in dict(known) else [*known, (asked, asked)]


def _owners() -> list[tuple[str, str]]:
    found = User.objects.filter(side=Side.SALES).order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found[:_MOST_NAMED]]


@dataclass(frozen=True)
class Page:
    leads: tuple[Lead, ...]
    after: str  # where the next page starts; empty on the last


def narrowed(asked: dict[str, Any], *, private: bool) -> QuerySet[Lead]:
    """The leads that were asked for; personal data is searched for those alone who may see it."""
    leads = Lead.objects.all()
    if standing := asked.get("standing"):
        leads = leads.filter(standing=standing)
    if owner := asked.get("owner"):
        leads = leads.filter(owner=None) if owner == "none" else leads.filter(owner_id=int(owner))
    for name, column in (("type", "lead_type"), ("stream", "stream"), ("source", "source")):
        if value := asked.get(name):
            leads = leads.filter(**{column: value})
    if asked.get("overdue"):
        leads = leads.filter(broken__gt=0)
    words = asked.get("q", "")
    return leads.filter(_found(words, private=private)) if words else leads


def _found(words: str, *, private: bool) -> Q:
    """By key or company for everybody; by address, number and name for staff."""
    wanted = Q(key=words) | Q(account_name__icontains=words)
    if not private:
        return wanted
    wanted |= Q(contact__company__icontains=words) | Q(contact__name__icontains=words)
    if name := folded(words):
        wanted |= Q(contact__name_key__contains=name)
    if address := email_key(words):
        wanted |= Q(contact__email_key=address)
    if number := phone_key(words):
        wanted |= Q(contact__phone_key=number)
    elif sum(sign.isdigit() for sign in words) >= 5:
        wanted |= Q(contact__phone__contains=words)
    return wanted


def page_of(leads: QuerySet[Lead], after: str) -> Page:
    """One page by instant and number, so that what comes in meanwhile moves nothing."""
    rows = leads.select_related("contact", "owner").order_by("-created_at", "-id")
    if place := _place(after):
        at, number = place
        rows = rows.filter(created_at__lte=at).exclude(created_at=at, id__gte=number)
    found = list(rows[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return Page(tuple(found[:PAGE_SIZE]), f"{last.created_at.isoformat()}~{last.pk}" if last else "")


def _place(after: str) -> tuple[datetime, int] | None:
    """Where a page starts; None where it is said in no way that can be read: the first page then."""
    instant, _sign, number = after.partition("~")
    try:
        at = parse_datetime(instant.replace(" ", "+"))
    except ValueError:
        return None
    readable = (
        at is not None
        and at.tzinfo is not None
        and number.isascii()
        and number.isdigit()
        and len(number) < 19
    )
    return (at, int(number)) if readable and at is not None else None


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(leads: QuerySet[Lead], *, private: bool) -> Iterator[str]:
    """Every lead, newest first, one a row; times in UTC. No cell is one that a spreadsheet would run."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow([*COLUMNS, *(PERSONAL if private else ())])
    rows = leads.select_related("contact", "owner").order_by("-created_at", "-id")
    for lead in rows.iterator(chunk_size=_AT_ONCE):
        yield writer.writerow([cell(text) for text in _cells(lead, private=private)])


def _cells(lead: Lead, *, private: bool) -> Iterator[str]:
    contact = lead.contact
    known = {
        "owner": lead.owner.email if lead.owner else "",
        "company": lead.account_name or ((contact.company if contact else "") if private else ""),
    }
    for name in COLUMNS:
        value = known[name] if name in known else getattr(lead, name)
        yield "" if value is None else _said(value)
    for name in PERSONAL if private else ():
        yield getattr(contact, name) if contact else ""


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return str(value)
