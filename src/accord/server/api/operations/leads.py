"""Leads: what stands about them. `intake.py` adds how they come in, `lead_acts.py` what is done with one."""

from datetime import datetime

from django.db.models import QuerySet
from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from accord.errors import LeadUnknown
from accord.server.api.operations.calling import Call, owner
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.shapes import leads as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.showing import person_short
from accord.server.desk import people
from accord.server.desk.models import Contact, Duty, Event, HandOff, Lead
from accord.server.desk.wording import without_own_words
from accord.server.people.models import User
from accord.server.people.rights import sees_people

router = Router(tags=["Leads"])
MOST_EVENTS = 500


class Wanted(Schema):
    """Which leads are asked for; what is left out does not narrow them."""

    standing: shape.StandingNow | None = None
    owner: int | shape.Owner | None = None
    lead_type: str | None = None
    stream: str | None = None
    changed_since: AwareDatetime | None = None


@router.get("/leads", url_name="leads", response=Page[shape.LeadShort])
def list_leads(request: Call, wanted: Query[Wanted], paging: Query[Paging]) -> PageOf:
    """List leads.

    In the order in which they came in. `owner` is somebody's number, `me` or `nobody`; `changed_since` finds
    what was recorded from then on.
    """
    rows = _wanted(Lead.objects.select_related("owner"), wanted, owner(request))
    return page_of_rows(request, rows, paging, short)


@router.get("/leads/{key}", url_name="lead", response=shape.LeadCard)
def read_lead(request: Call, key: str) -> Json:
    """Read a lead.

    The person, what is owed, all that happened, and the hand-off.
    """
    return card(find(key), owner(request))


def find(key: str) -> Lead:
    """A lead by its key."""
    found = Lead.objects.select_related("owner", "contact").filter(key=key.replace("\x00", "�")[:64]).first()
    if found is None:
        raise LeadUnknown(key[:120])
    return found


def short(lead: Lead) -> Json:
    """A lead as lists have it."""
    plain = (
        "key standing lead_type stream segment persona source source_owner grade missing created_at "
        "delivered_at touched_at connected_at attempts due_at due_kind broken changed_at"
    )
    return {
        **{name: getattr(lead, name) for name in plain.split()},
        "owner": _ref(lead.owner),
        "value": _money(lead.value),
    }


def card(lead: Lead, reader: User) -> Json:
    """A lead with its story, as its reader may see it."""
    handed = HandOff.objects.filter(lead=lead).select_related("by", "to").order_by("-at", "-pk").first()
    newest = Event.objects.filter(lead=lead).order_by("-occurred_at", "-seq")[:MOST_EVENTS]
    duties = Duty.objects.filter(lead=lead).select_related("owner").order_by("due_at", "pk")
    sees = sees_people(reader)
    return {
        **short(lead),
        "contact": _contact(lead.contact) if sees else None,
        "reasons": lead.reasons,
        "duties": [{**_duty(one), **({} if sees else {"about": ""})} for one in duties],
        "events": [_event(one if sees else without_own_words(one)) for one in reversed(newest)],
        "handed_off": _handed(handed) if handed else None,
    }


def _wanted(rows: QuerySet[Lead], wanted: Wanted, me: User) -> QuerySet[Lead]:
    same = {"standing": wanted.standing, "lead_type": wanted.lead_type, "stream": wanted.stream}
    rows = rows.filter(**{name: _text(value) for name, value in same.items() if value is not None})
    if wanted.owner is not None:
        named: dict[str, int | None] = {"me": me.pk, "nobody": None}
        who = wanted.owner if isinstance(wanted.owner, int) else named[wanted.owner]
        rows = rows.filter(owner=who if who is None or abs(who) < 2**63 else 0)
    if wanted.changed_since is not None:
        rows = rows.filter(changed_at__gte=wanted.changed_since)
    return rows


def _text(value: str) -> str:
    return value.replace("\x00", "�")


def _contact(contact: Contact | None) -> Json | None:
    if contact is None:
        return None
    plain = ("name", "email", "phone", "company", "role", "linkedin", "country", "zone", "language", "more")
    refused = [name for name, one in people.consents_of(contact).items() if not one.allowed]
    return {**{name: getattr(contact, name) for name in plain}, "refused": sorted(refused)}


def _duty(duty: Duty) -> Json:
    plain = "kind number about side state start_at due_at met_at broken_at cause"
    return {**{name: getattr(duty, name) for name in plain.split()}, "owner": _ref(duty.owner)}


def _event(event: Event) -> Json:
    said = {name: getattr(event, name) or None for name in ("actor", "side", "channel", "outcome", "reason")}
    stamps: dict[str, datetime | None] = {
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "due_at": event.due_at,
    }
    return {"seq": event.seq, "kind": event.kind, **said, **stamps, "amount": _money(event.amount)}


def _handed(handed: HandOff) -> Json:
    plain = "at why grade agreement calendar due_at decide_by missing"
    return {
        **{name: getattr(handed, name) for name in plain.split()},
        "by": _ref(handed.by),
        "to": _ref(handed.to),
        "value": _money(handed.value),
    }


def _ref(user: User | None) -> Json | None:
    return person_short(user) if user else None


def _money(amount: object) -> str | None:
    return None if amount is None else str(amount)
