"""What marketing is asked for: leads that are ready and lack information, and those that a person judges."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.agreement.terms import Agreement
from accord.lead.events import Kind
from accord.lead.standing import Standing
from accord.promises.duty import DutyKind
from accord.promises.verdict import State
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.withdrawn import left
from accord.server.qualify.information import alternatives, missing_of
from accord.server.qualify.rescoring import open_leads

Words = str | Promise
LABELS: Mapping[str, Words] = {
    "email": _("E-mail address"),
    "phone": _("Phone"),
    "name": _("Name"),
    "company": _("Company"),
    "role": _("Role"),
    "linkedin": _("LinkedIn"),
    "country": _("Country"),
    "zone": _("Time zone"),
    "language": _("Language"),
}
_TYPES = {"email": "email", "phone": "tel"}


@dataclass(frozen=True)
class Asked:
    """One field to fill in."""

    name: str
    words: Words
    type: str  # of the input
    value: str = ""  # as it was typed, where it could not be kept


@dataclass(frozen=True)
class Entry:
    """One entry of the minimum information: any of its fields is enough."""

    words: str  # as the agreement writes it
    fields: tuple[Asked, ...]


@dataclass(frozen=True)
class Waiting:
    """A lead that waits for information."""

    lead: Lead
    since: datetime | None  # since when it is ready
    clock: Duty | None  # marketing's own, where the agreement has one
    missing: tuple[Entry, ...]

    @property
    def late(self) -> bool:
        return self.clock is not None and self.clock.state == State.BROKEN


def incomplete() -> QuerySet[Lead]:
    """Leads that are ready and were not handed off, the oldest first."""
    said = left(Event.objects.filter(lead=OuterRef("pk"), kind=Kind.QUALIFIED))
    ready = said.order_by().values("lead")
    since = ready.annotate(first=Min("occurred_at")).values("first")
    rows = open_leads().filter(standing=Standing.QUALIFIED)
    return (
        rows.annotate(since=Subquery(since)).select_related("contact", "owner").order_by("created_at", "pk")
    )


def undecided() -> QuerySet[Lead]:
    """Leads about which nobody has said whether they are ready, the oldest first."""
    rows = open_leads().filter(standing=Standing.RAISED)
    return rows.select_related("contact", "owner").order_by("created_at", "pk")


def waiting(
    leads: Iterable[Any], agreement: Agreement, typed: Mapping[int, Mapping[str, str]]
) -> list[Waiting]:
    """The leads with what is asked of each; `typed` is what could not be kept, by lead and field."""
    rows = list(leads)
    kind = DutyKind.DELIVERED.value
    clocks = {duty.lead_id: duty for duty in Duty.objects.filter(lead__in=rows, kind=kind)}
    return [
        Waiting(lead, lead.since, clocks.get(lead.pk), _entries(lead, agreement, typed.get(lead.pk, {})))
        for lead in rows
    ]


def _entries(lead: Lead, agreement: Agreement, typed: Mapping[str, str]) -> tuple[Entry, ...]:
    return tuple(
        Entry(entry, tuple(asked(field, typed.get(field, "")) for field in alternatives(entry)))
        for entry in missing_of(agreement, lead.contact)
    )


def asked(field: str, value: str = "") -> Asked:
    return Asked(field, label_of(field), _TYPES.get(field, "text"), value)


def label_of(field: str) -> Words:
    """A field as people call it."""
    words = field.replace("_", " ")
    return LABELS.get(field, words[:1].upper() + words[1:])


def fields_of(agreement: Agreement) -> tuple[str, ...]:
    """Every field that the minimum information may be filled by."""
    found = (field for entry in agreement.handoff.minimum_information for field in alternatives(entry))
    return tuple(dict.fromkeys(found))
