"""Leads that the tests of the desk share: made through the same door as all facts, `record_facts`."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accord.lead.events import Kind
from accord.server.desk import terms
from accord.server.desk.arriving import Incoming, take_in
from accord.server.desk.models import Contact, Lead, Likeness
from accord.server.desk.naming import MACHINE, actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.people.models import User

_NUMBERS = count(1)


def a_contact(**fields: Any) -> Contact:
    number = next(_NUMBERS)
    known = {
        "email": f"buyer{number}@buyer{number}.example",
        "email_key": f"buyer{number}@buyer{number}.example",
        "name": f"Buyer {number}",
        "company": f"Buyer {number} Ltd",
        "role": "director",
    }
    return Contact.objects.create(**{**known, **fields})


def a_person(**fields: str) -> dict[str, str]:
    """Somebody as a door hears of them, complete by the example's minimum information."""
    number = next(_NUMBERS)
    known = {
        "email": f"person{number}@company{number}.example",
        "phone": f"+90 532 {number:07}",
        "name": f"Person {number}",
        "company": f"Company {number}",
        "role": "director",
    }
    return {**known, **fields}


def a_hand(at: datetime, **fields: Any) -> Incoming:
    """A hand raised by somebody who asks for a demo: ready and complete by the example."""
    known = {
        "contact": a_person(),
        "lead_type": "demo",
        "stream": "smb",
        "source": "site",
        "signals": {"demo_requested": 1},
    }
    return Incoming("form:site", f"{next(_NUMBERS)}", at, **{**known, **fields})


def a_lead(*, contact: Contact | None = None, created_at: datetime | None = None, **fields: Any) -> Lead:
    """A lead that raised a hand an hour ago; nobody has looked at it."""
    at = created_at or timezone.now() - timedelta(hours=1)
    known = {"lead_type": "web_form", "stream": "smb", "source": "site", "source_owner": "marketing"}
    lead = Lead.objects.create(
        key=f"T-{next(_NUMBERS)}", contact=contact or a_contact(), created_at=at, **{**known, **fields}
    )
    return record_facts(lead.pk, [Fact(Kind.CREATED, at, side="prospect")], at)


def a_waiting_lead(*, created_at: datetime | None = None, **fields: Any) -> Lead:
    """A lead that is ready for sales and waits for information: nobody knows its phone."""
    lead = a_lead(created_at=created_at, **fields)
    at = lead.created_at
    fact = Fact(Kind.QUALIFIED, at, actor=MACHINE, side="marketing")
    Lead.objects.filter(pk=lead.pk).update(missing=["phone or linkedin"])
    return record_facts(lead.pk, [fact], at)


def two_alike(**fields: Any) -> Likeness:
    """Two people of one name in one company, each with a lead."""
    at, number = timezone.now(), next(_NUMBERS)
    for address in ("one", "two"):
        hand = a_hand(
            at,
            contact={
                "email": f"{address}@alike{number}.example",
                "name": "Ada Alike",
                "company": "Alike",
                **fields,
            },
        )
        take_in(hand, at)
    return Likeness.objects.get(contact__email=f"two@alike{number}.example")


def a_delivered_lead(
    owner: User | None = None, *, delivered_at: datetime | None = None, **fields: Any
) -> Lead:
    """A lead that was handed off under the version in force, and assigned where an owner is named."""
    at = delivered_at or timezone.now()
    lead = a_lead(created_at=fields.pop("created_at", at - timedelta(minutes=10)), **fields)
    found = terms.in_force(max(at, timezone.now()))  # the example is signed when a test begins
    assert found, "this needs the fixture in_force"
    mark, agreement = found
    calendar = agreement.calendar_of("sales").name  # type: ignore[arg-type]
    facts = [
        Fact(Kind.QUALIFIED, at, actor=MACHINE, side="marketing"),
        Fact(Kind.HANDED_OFF, at, actor=MACHINE, side="marketing", agreement=mark, calendar=calendar),
    ]
    if owner is not None:
        facts.append(Fact(Kind.ASSIGNED, at, actor=actor_text(owner), side="machine"))
    return record_facts(lead.pk, facts, at)
