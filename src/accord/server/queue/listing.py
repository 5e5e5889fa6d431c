"""All leads, narrowed down and searched, newest first, page by page; and the same as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accord.agreement.plain import folded
from accord.agreement.terms import Agreement
from accord.server.desk.identity import email_key, phone_key
from accord.server.desk.models import Contact, Lead
from accord.server.look.saving import csv_lines
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
MOST_FOUND = 1000  # of a search; whoever wants fewer types more
_LEAST_DIGITS = 4


class Filters(forms.Form):
    """What the list is narrowed down by; whatever is not said is not asked."""

    q = OneLine(
        label=_("Search"),
        max_length=200,
        required=False,
        help_text=_("what begins so, 1,000 at most"),
    )
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
    return leads.filter(pk__in=found(words, private=private)) if words else leads


def found(words: str, *, private: bool) -> list[int]:
    """The leads with something that begins so: each kind is read by its index, and no more than `MOST_FOUND`.

    By key or account for everybody; by address, number, company, name and last name for staff.
    """
    wanted = begins("key", words) | begins("key", words.upper())
    by_lead = [wanted, begins("account_name", _lowered(words))]
    leads = {pk for one in by_lead for pk in _first(Lead.objects.filter(one))}
    if private and (people := _people(words)):
        leads |= set(_first(Lead.objects.filter(contact_id__in=people)))
    return sorted(leads, reverse=True)[:MOST_FOUND]


def _people(words: str) -> set[int]:
    name, address, number = folded(words), email_key(words), phone_key(words)
    wanted = [begins("company_key", _lowered(words)), begins("email_key", address or words.casefold())]
    if name:
        wanted += [begins("name_key", name), begins("last_name_key", name)]
    if number:
        wanted.append(begins("phone_key", number))
    elif begun := _begun_number(words):
        wanted.append(begins("phone_key", begun))
    return {pk for one in wanted for pk in _first(Contact.objects.filter(one))}


def _begun_number(words: str) -> str:
    """What may be the beginning of a number with its country, as numbers are kept; empty where it is none."""
    digits = "".join(sign for sign in words if sign not in " ()-./\u00a0")
    international = f"+{digits[2:]}" if digits.startswith("00") else digits
    rest = international[1:]
    begun = international.startswith("+") and rest.isascii() and rest.isdigit() and len(rest) >= _LEAST_DIGITS
    return international if begun else ""


def _first(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST_FOUND])


def begins(field: str, text: str) -> Q:
    """Text that begins so, in the form for which each database takes its index."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": f"{text}\U0010ffff"})


def _lowered(words: str) -> str:
    """As the database writes it in small letters: SQLite knows those of English alone."""
    if connection.vendor == "postgresql":
        return words.lower()
    return "".join(sign.lower() if sign.isascii() else sign for sign in words)


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


def as_csv(leads: QuerySet[Lead], *, private: bool) -> Iterator[str]:
    """Every lead, newest first, one a row; times in UTC. No cell is one that a spreadsheet would run."""
    names = [*COLUMNS, *(PERSONAL if private else ())]
    rows = leads.select_related("contact", "owner").order_by("-created_at", "-id")
    cells = (_cells(lead, private=private) for lead in rows.iterator(chunk_size=_AT_ONCE))
    return csv_lines(chain([names], cells))


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
