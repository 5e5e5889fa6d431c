"""The one way by which facts enter the live log, and by which what follows from them is kept.

Every fact of a lead is recorded under a lock on its row, so two who act at the same moment act one after the
other, and each sees what the other did. What follows, standing, owner and duties, is always worked out anew
from all of its events by the domain's own rules, so a late or a repeated fact needs no rule of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accord.agreement.terms import Agreement
from accord.lead import events as domain
from accord.lead.depth import attempts_that_count
from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle, fold
from accord.lead.rounds import Round, assigned_now, last_round
from accord.lead.standing import standing
from accord.promises.duties import duties_of
from accord.promises.terms import calendar_for, terms_for
from accord.server.boards import following
from accord.server.desk import naming, owing, suppressing, telling
from accord.server.desk.models import Event, Lead
from accord.server.desk.terms import held_still, terms_of, version_of


@dataclass(frozen=True)
class Fact:
    """One thing that happened to a lead, as it enters the log; empty text is unknown."""

    kind: Kind
    occurred_at: datetime
    actor: str = ""
    side: str = ""
    channel: str = ""
    outcome: str = ""
    reason: str = ""
    amount: Decimal | None = None
    value: Decimal | None = None
    agreement: str = ""
    calendar: str = ""
    due_at: datetime | None = None
    origin: str = ""
    origin_id: str = ""


@contextmanager
def one_step() -> Iterator[None]:
    """One transaction, in which what is in force is looked up once. A decorator too: `@one_step()`."""
    with transaction.atomic(), held_still():
        yield


def locked(lead: int) -> Lead:
    """The lead, held until the transaction ends. Call it before you read what you decide by."""
    return Lead.objects.select_for_update().get(pk=lead)


@one_step()
def record_facts(lead: int, facts: Sequence[Fact], at: datetime) -> Lead:
    """Append facts of one lead and bring up to date what follows; the lead afterwards.

    A fact whose origin is on record already is left out. Call it with nothing to bring a lead up to date.
    """
    held = locked(lead)
    append(held, facts, at)
    return refresh(held, at)


def append(held: Lead, facts: Iterable[Fact], at: datetime) -> list[Event]:
    """Append facts of a lead that is locked; the events that are new, with their numbers."""
    fresh = _not_yet_there(list(facts))
    rows = [Event(lead=held, recorded_at=at, **vars(fact)) for fact in fresh]
    events = Event.objects.bulk_create(rows)  # with their numbers, on both databases
    telling.tell_of(held, events, at)
    return events


def _not_yet_there(facts: list[Fact]) -> list[Fact]:
    """Facts without those that came before, or twice among themselves."""
    named = {(fact.origin, fact.origin_id) for fact in facts if fact.origin_id}
    if not named:
        return facts
    veiled = {(one, name): (one, two) for one, two in named for name in suppressing.names_of(one, two)}
    on_record = Event.objects.filter(
        origin__in={one for one, _ in veiled}, origin_id__in={two for _, two in veiled}
    )
    known = {veiled.get(name, name) for name in on_record.values_list("origin", "origin_id")}
    fresh = []
    for fact in facts:
        name = (fact.origin, fact.origin_id)
        if not fact.origin_id or name not in known:
            fresh.append(fact)
            known.add(name)
    return fresh


def cycle_of(lead: Lead, at: datetime) -> Cycle:
    """All that is known of a lead at `at`."""
    return fold(as_domain(lead), [row.fact(lead.key) for row in lead.events.all()], at)


def held_cycle(held: Lead, at: datetime) -> Cycle:
    """All that is on record about a locked lead.

    Whoever waited for the lock froze their `at` before somebody else recorded a fact: what is decided now has
    to see it, so the cycle's instant is never before the last recording.
    """
    facts = [row.fact(held.key) for row in held.events.all()]
    return fold(as_domain(held), facts, max([at, *(fact.recorded_at for fact in facts)]))


def as_domain(lead: Lead) -> domain.Lead:
    return domain.Lead(
        lead=lead.key,
        contact=str(lead.contact_id) if lead.contact_id else None,
        account=lead.account_name or None,
        created_at=lead.created_at,
        lead_type=lead.lead_type or None,
        stream=lead.stream or None,
        segment=lead.segment or None,
        persona=lead.persona or None,
        source=lead.source or None,
        source_owner=lead.source_owner or None,
    )


def refresh(held: Lead, at: datetime) -> Lead:
    """Bring a locked lead and its duties up to date with all that is on record about it."""
    with held_still():
        cycle = held_cycle(held, at)
        found = terms_of_facts(held, cycle)
        _follow(held, cycle, found)
        following.follow(held, cycle, found)
        owed = duties_of(found, cycle.lead, cycle.events, cycle.at, version_of) if found else ()
        duties = owing.keep(held, owed, cycle.at)
        owing.sum_up(held, duties, cycle.at)
        held.save()
    return held


def terms_of_facts(held: Lead, cycle: Cycle) -> Agreement | None:
    """What holds for a lead by its own facts: the version of the hand-off that holds, else that in force."""
    delivered = last_round(cycle).delivered
    held.agreement = (delivered.agreement or "") if delivered else ""
    return terms_of(held, cycle.at)


def _follow(held: Lead, cycle: Cycle, agreement: Agreement | None) -> None:
    """What follows from the events for the lead's own row."""
    held.standing = standing(cycle)
    now, assigned = last_round(cycle), assigned_now(cycle)
    held.delivered_at = now.delivered.occurred_at if now.delivered else None
    held.value = now.delivered.value if now.delivered else None
    held.assigned_at = assigned.occurred_at if assigned else None
    held.owner_id = _owner(assigned) if assigned else None
    held.attempts = len(_attempts(held, now, agreement))
    touches = [event for event in cycle.events if event.kind in (Kind.ATTEMPTED, Kind.CONNECTED)]
    held.touched_at = touches[-1].occurred_at if touches else None
    held.connected_at = now.cycle.first_at(Kind.CONNECTED)


def _owner(assigned: domain.Event) -> int | None:
    """Whom an assignment named: the account that routing noted, else whose name it was when it was recorded.
    Another version of the agreement may call people otherwise.
    """
    from accord.server.routing.models import Routing  # noqa: PLC0415 - routing stands on the desk

    noted = Routing.objects.filter(event=assigned.seq).values_list("to", flat=True).first()
    then = noted or naming.user_of(assigned.actor, assigned.recorded_at)
    return then or naming.user_of(assigned.actor)  # nothing was in force then, as for a log that is read in


def _attempts(held: Lead, now: Round, agreement: Agreement | None) -> list[datetime]:
    """The attempts that count for depth since the lead came to sales, by its terms; all of them where nothing
    is agreed."""
    events = now.cycle.events
    if agreement is None:
        return attempts_that_count(events, automated=frozenset(), machines=True)
    held_to = terms_for(agreement, held.lead_type or None, calendar_for(agreement, now.delivered))
    return attempts_that_count(events, automated=held_to.automated, machines=held_to.machines_count)


def last_seq() -> int:
    """The number of the newest event; 0 where there is none."""
    return Event.objects.aggregate(last=Max("seq"))["last"] or 0
