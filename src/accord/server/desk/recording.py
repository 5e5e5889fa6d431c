"""The one way by which facts enter the live log, and by which what follows from them is kept.

Every fact of a lead is recorded under a lock on its row, so two who act at the same moment act one after the
other, and each sees what the other did. What follows, standing, owner and duties, is always worked out anew
from all of its events by the domain's own rules, so a late or a repeated fact needs no rule of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from accord.lead import events as domain
from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle, fold
from accord.lead.standing import standing
from accord.promises.duties import Duty as Owed
from accord.promises.duties import duties_of
from accord.promises.verdict import State
from accord.server.boards import following
from accord.server.desk import naming
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.terms import terms_of


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


def locked(lead: int) -> Lead:
    """The lead, held until the transaction ends. Call it before you read what you decide by."""
    return Lead.objects.select_for_update().get(pk=lead)


@transaction.atomic
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
    for row in rows:  # one by one: SQLite gives numbers to bulk inserts too, but few facts come at once
        row.save(force_insert=True)
    return rows


def _not_yet_there(facts: list[Fact]) -> list[Fact]:
    """Facts without those that came before, or twice among themselves."""
    named = {(fact.origin, fact.origin_id) for fact in facts if fact.origin_id}
    if not named:
        return facts
    known = set(
        Event.objects.filter(origin__in={one for one, _ in named}, origin_id__in={two for _, two in named})
        .values_list("origin", "origin_id")
    )  # fmt: skip
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
    """Bring a locked lead and its duties up to date with its events as known at `at`."""
    cycle = cycle_of(held, at)
    follow(held, cycle)
    agreement = terms_of(held, at)
    following.follow(held, cycle, agreement)
    owed = duties_of(agreement, cycle.lead, cycle.events, at) if agreement else ()
    duties = _kept(held, owed)
    pending = [
        duty for duty in duties if duty.side == "sales" and duty.state == State.PENDING and duty.next_at
    ]
    first = min(pending, key=lambda duty: duty.due_at, default=None)
    held.due_at, held.due_kind = (first.due_at, first.kind) if first else (None, "")
    held.broken = sum(duty.side == "sales" and duty.state == State.BROKEN for duty in duties)
    held.version += 1
    held.save()
    return held


def follow(held: Lead, cycle: Cycle) -> None:
    """What follows from the events for the lead's own row."""
    held.standing = standing(cycle)
    delivered, assigned = cycle.delivered, cycle.assigned
    held.delivered_at = delivered.occurred_at if delivered else None
    held.agreement = (delivered.agreement or "") if delivered else ""
    held.value = delivered.value if delivered else None
    held.assigned_at = assigned.occurred_at if assigned else None
    held.owner_id = naming.user_of(assigned.actor) if assigned else None
    held.attempts = sum(event.kind is Kind.ATTEMPTED for event in cycle.events)
    touches = [event for event in cycle.events if event.kind in (Kind.ATTEMPTED, Kind.CONNECTED)]
    held.touched_at = touches[-1].occurred_at if touches else None
    held.connected_at = cycle.first_at(Kind.CONNECTED)


def _kept(held: Lead, owed: Sequence[Owed]) -> list[Duty]:
    """Write the duties of a lead; moments that have happened stay so, what was found broken stays found."""
    there = {(row.kind, row.number): row for row in held.duties.all()}
    rows = []
    for duty in owed:
        row = there.get((duty.kind, duty.number)) or Duty(lead=held, kind=duty.kind, number=duty.number)
        _write(row, duty, held)
        row.save()
        rows.append(row)
    return rows


def _write(row: Duty, duty: Owed, held: Lead) -> None:
    row.side, row.state = duty.side, duty.state
    row.start_at, row.due_at, row.met_at, row.ended_at = (
        duty.start_at, duty.due_at, duty.met_at, duty.ended_at,
    )  # fmt: skip
    row.calendar = duty.calendar
    if duty.side == "sales":
        row.owner_id = held.owner_id
    happened = row.moments[: row.rung]
    done = {(one["what"], tuple(one["tell"])) for one in happened}
    coming = [_told(one) for one in duty.moments if (one.what.value, one.tell) not in done]
    row.moments = [*happened, *coming]
    row.next_at = datetime.fromisoformat(coming[0]["at"]) if coming else None


def _told(moment: Any) -> dict[str, Any]:
    return {"at": moment.at.isoformat(), "what": moment.what.value, "tell": list(moment.tell)}


def last_seq() -> int:
    """The number of the newest event; 0 where there is none."""
    return Event.objects.aggregate(last=Max("seq"))["last"] or 0
