"""What is known of leads, as conditions ask for it: fields of person, company and lead, and signals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Max, OuterRef, Q, Subquery, Sum

from accord.agreement.conditions.lists import FREE_MAIL
from accord.agreement.conditions.tree import PREFIXES
from accord.lead.conditions import Facts, Seen
from accord.lead.texts import key_of
from accord.server.desk.models import Contact, Lead, Signal
from accord.server.qualify.information import OWN

Signals = Mapping[str, Seen]
_OF_LEAD = ("stream", "segment", "persona", "source", "source_owner")


def facts_of(lead: Lead, signals: Signals | None = None) -> Facts:
    """All that is known of one lead; its signals are looked up unless they are given."""
    contact = lead.contact
    if signals is None:
        signals = signals_of([contact.pk]).get(contact.pk, {}) if contact else {}
    fields: dict[str, Any] = {f"lead.{name}": getattr(lead, name) for name in _OF_LEAD}
    fields["lead.type"] = lead.lead_type
    if contact is not None:
        fields = {**_further(contact.more), **fields, **_of_contact(contact)}
    return Facts(fields, signals, lead.created_at)


def signals_of(contacts: Iterable[int]) -> dict[int, Signals]:
    """What people did since a lead of theirs was last handed off, by name: one query for all of them.

    What qualified a lead once is used up, so a lead that came back has to earn it anew.
    """
    spent = (
        Lead.objects.filter(contact=OuterRef("contact"), delivered_at__isnull=False)
        .order_by()
        .values("contact")
        .annotate(last=Max("delivered_at"))
        .values("last")
    )
    rows = (
        Signal.objects.filter(contact__in=list(contacts))
        .annotate(spent_at=Subquery(spent))
        .filter(Q(spent_at__isnull=True) | Q(occurred_at__gt=F("spent_at")))
        .values_list("contact", "name")
        .annotate(times=Sum("count"), last=Max("occurred_at"))
        .order_by()
    )
    found: dict[int, dict[str, Seen]] = defaultdict(dict)
    for contact, name, times, last in rows:
        known = found[contact].get(key := key_of(name))
        found[contact][key] = Seen(
            times + (known.count if known else 0), max(last, known.latest) if known else last
        )
    return dict(found)


def seen(counts: Mapping[str, int], at: datetime) -> dict[str, Seen]:
    """Signals that somebody makes up: so many of each, all at one instant."""
    return {key_of(name): Seen(count, at) for name, count in counts.items() if count > 0}


def _of_contact(contact: Contact) -> dict[str, Any]:
    """The columns of a person, and what they say of the company; what is empty is left out."""
    known = {f"contact.{name}": getattr(contact, name) for name in OWN}
    known["company.name"] = contact.company or (contact.account.name if contact.account else "")
    known["company.domain"] = domain_of(contact)
    known["company.country"] = _more(contact, "company.country") or contact.country
    return {name: value for name, value in known.items() if value}


def domain_of(contact: Contact) -> str:
    """The domain of the company that somebody works for; empty for an address that anybody can have."""
    if contact.account is not None:
        return contact.account.domain
    domain = contact.email.rpartition("@")[2].casefold()
    return "" if domain in FREE_MAIL else domain


def _more(contact: Contact, field: str) -> Any:
    return _further(contact.more).get(field, "")


def _further(more: Mapping[str, Any]) -> dict[str, Any]:
    """Other fields that came along: `employees`, `company_employees` or `company.employees` are the same.

    A name without a prefix may be asked for by itself, and of the person and the company alike.
    """
    found: dict[str, Any] = {}
    for name, value in more.items():
        if not isinstance(value, str | int | float) or not str(value).strip():
            continue
        key = _with_dot(key_of(str(name)))
        for full in (key,) if key.startswith(PREFIXES) else (key, f"contact.{key}", f"company.{key}"):
            found.setdefault(full, value)
    return found


def _with_dot(key: str) -> str:
    for prefix in PREFIXES:
        if key.startswith(f"{prefix[:-1]}_"):
            return prefix + key[len(prefix) :]
    return key
