"""The hand-off: the gate of minimum information, what is frozen, and the object that tells of it (S3.10).

Everything that later verdicts rest on is fixed here and never worked out anew: the version, the calendar, the
due time of the first touch, the value (C9).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from accord.agreement.terms import Agreement, Side
from accord.errors import NotAllowed
from accord.lead.acting import Act, may
from accord.lead.events import Kind
from accord.lead.personas import persona_of
from accord.lead.rounds import rounds_of
from accord.plan.rounding import half_up
from accord.plan.value import lead_value
from accord.promises.terms import terms_for
from accord.server.audit.trail import Actor
from accord.server.desk import naming, telling, terms
from accord.server.desk.models import Contact, HandOff, Lead, Signal
from accord.server.desk.recording import Fact, append, held_cycle, refresh
from accord.server.qualify.assessing import missing_of
from accord.worktime import Calendar, clock_for

_PASSED = ("email", "phone", "name", "company", "role", "linkedin", "country", "zone", "language")
_MOST_SIGNALS = 20
MERGE = "merge"  # origin of what a lead took over; its name there is the number of the other's event


@dataclass(frozen=True)
class Frozen:
    """What a hand-off fixes."""

    mark: str
    calendar: Calendar
    due_at: datetime
    decide_by: datetime
    value: Decimal | None
    persona: str  # as told, or by the role where prices go by it


def hand_off(
    held: Lead,
    at: datetime,
    by: Actor | None = None,
    *,
    anyway: bool = False,
    why: Iterable[str] = (),
) -> Lead:
    """Give a locked lead to sales, in the caller's transaction, and let routing find who gets it.

    Where minimum information is missing the lead stays with marketing, which is asked for it, unless a
    manager of marketing sends it `anyway`. Where no agreement is in force it stays too. `why` are words that
    say why now, beside those of the score.
    """
    found = terms.in_force(at)
    if found is None:
        return refresh(held, at)
    mark, agreement = found
    missing = missing_of(agreement, held.contact)
    held.missing = list(missing)
    if missing and not anyway:
        telling.tell_missing(held, missing, by.user if by else None, at)
        return refresh(held, at)
    if why_not := may(Act.HAND_OFF, held_cycle(held, at)):
        raise NotAllowed(why_not)
    frozen = freeze(held, mark, agreement, at)
    held.persona = frozen.persona
    handed = _handed(held, by, frozen, why=tuple(why), at=at)
    _assign(held, handed, at)
    return refresh(held, at)


def freeze(held: Lead, mark: str, agreement: Agreement, at: datetime) -> Frozen:
    """What holds for a lead that is handed off at `at`."""
    calendar = receiving_calendar(agreement, held.stream)
    held_to = terms_for(agreement, held.lead_type or None, calendar)
    first, decide = held_to.first_touch, held_to.accept_within
    clock, other = clock_for(first, calendar), clock_for(decide, calendar)
    persona = persona_by(held, agreement)
    return Frozen(
        mark=mark,
        calendar=calendar,
        due_at=clock.due(at, clock.budget(first, at)),
        decide_by=other.due(at, other.budget(decide, at)),
        value=value_of(held, persona, mark, agreement),
        persona=persona,
    )


def receiving_calendar(agreement: Agreement, stream: str) -> Calendar:
    """The hours of whoever receives: of the pool of the stream, else of sales (5.1)."""
    receive = agreement.handoff.receive
    pool = receive.streams.get(stream) or receive.pool
    for key, who in agreement.people.items():
        if who.calendar and ((pool and who.pool == pool) or key == receive.person):
            return agreement.calendar(who.calendar)
    return agreement.calendar_of(Side.SALES)


def persona_by(held: Lead, agreement: Agreement) -> str:
    """The lead's persona: as told, else by the person's role where the agreement prices by persona."""
    if held.persona or agreement.value.by != "persona" or held.contact is None:
        return held.persona
    return persona_of(held.contact.role, agreement.value.prices)


def value_of(held: Lead, persona: str, mark: str, agreement: Agreement) -> Decimal | None:
    """What the lead is worth by the agreement; None where it cannot tell, which is not 0 (5.6)."""
    amount = lead_value(
        agreement,
        held.lead_type,
        held.stream or None,
        persona or None,
        held.segment or None,
        plan=terms.plan_of(mark, agreement),
    )
    return None if amount is None else half_up(amount, 4)


def _handed(held: Lead, by: Actor | None, frozen: Frozen, *, why: tuple[str, ...], at: datetime) -> HandOff:
    user = by.user if by else None
    fact = Fact(
        Kind.HANDED_OFF,
        at,
        actor=naming.actor_text(user) if user else naming.MACHINE,
        side="marketing",
        outcome="incomplete" if held.missing else "complete",
        value=frozen.value,
        agreement=frozen.mark,
        calendar=frozen.calendar.name,
        due_at=frozen.due_at,
    )
    event = append(held, [fact], at)[0]
    return HandOff.objects.create(
        lead=held,
        event=event,
        at=at,
        by=user,
        why=[*why, *(one.get("words", "") for one in held.reasons if one.get("words"))][:20],
        information=information_of(held.contact),
        history=history_of(held.contact_id),
        fit=held.fit,
        interest=held.interest,
        grade=held.grade,
        value=frozen.value,
        agreement=frozen.mark,
        calendar=frozen.calendar.name,
        due_at=frozen.due_at,
        decide_by=frozen.decide_by,
        missing=held.missing,
        anyway_by=user if held.missing else None,
    )


def _assign(held: Lead, handoff: HandOff | None, at: datetime) -> None:
    from accord.server.routing.assigning import assign  # noqa: PLC0415 - routing stands on the desk

    refused = _who_refused(held, at)
    held.owner = None  # whoever had it before has it no more
    given = assign(held, at, exclude=refused)
    if given is not None and handoff is not None:
        HandOff.objects.filter(pk=handoff.pk).update(to=given.to)


def pass_on(held: Lead, at: datetime) -> Lead:
    """Tell of a hand-off that a locked lead took over from one merged into it, and find who gets it."""
    event = held.events.filter(kind=Kind.HANDED_OFF.value).order_by("occurred_at", "seq").last()
    told = None
    if event is not None and event.origin == MERGE:
        told = HandOff.objects.filter(event=int(event.origin_id)).first()
    if event is not None and told is not None:
        told.pk, told.lead, told.event, told.to = None, held, event, None
        told._state.adding = True
        told.save()
    _assign(held, told, at)
    return refresh(held, at)


def _who_refused(held: Lead, at: datetime) -> frozenset[int]:
    """Who rejected a lead that comes again, and whoever had it then: it goes to somebody else."""
    before = rounds_of(held_cycle(held, at))[:-1]
    rejected = before[-1].cycle.first(Kind.REJECTED) if before else None
    if rejected is None:
        return frozenset()
    found = {held.owner_id, naming.user_of(rejected.actor, rejected.recorded_at)}
    return frozenset(one for one in found if one is not None)


def information_of(contact: Contact | None) -> dict[str, Any]:
    """What is known of a person, by field; what is empty is left out."""
    if contact is None:
        return {}
    known = {name: getattr(contact, name) for name in _PASSED}
    return {name: value for name, value in {**contact.more, **known}.items() if value not in ("", None)}


def history_of(contact: int | None) -> list[dict[str, Any]]:
    """What a person did, by name, the latest first."""
    if contact is None:
        return []
    rows = (
        Signal.objects.filter(contact=contact)
        .values("name")
        .annotate(times=Sum("count"), last_at=Max("occurred_at"))
        .order_by("-last_at", "name")[:_MOST_SIGNALS]
    )
    return [
        {"name": row["name"], "count": row["times"], "last_at": row["last_at"].isoformat()} for row in rows
    ]
