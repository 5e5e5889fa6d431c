"""What comes in: a hand raised, or a fact from another tool. Every door calls these two, and nothing else.

Both are one transaction: what is told to have been taken is on record with all that follows from it.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from accord.errors import EntryInvalid, LeadUnknown, Problem
from accord.lead.events import Kind
from accord.lead.repeats import Again, raised_again
from accord.lead.standing import Standing
from accord.server.alerts import noticing
from accord.server.desk import matching, naming, people, refusing, suppressing
from accord.server.desk.handing_off import hand_off
from accord.server.desk.identity import Keys, keys_of
from accord.server.desk.models import Contact, Event, Lead, Note
from accord.server.desk.people import ConsentGiven
from accord.server.desk.readying import ready_or_not
from accord.server.desk.recording import Fact, append, held_cycle, locked, one_step, refresh
from accord.server.qualify.assessing import assess

__all__ = ["ConsentGiven", "Incoming", "Taken", "take_event", "take_in"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letters that are mistaken for others
_CLOCKS_DIFFER = timedelta(minutes=1)  # of tools that tell of one moment


@dataclass(frozen=True)
class Incoming:
    """One hand raised, as a door understood it. Text is empty where unknown, and cut to its column.

    `origin` names the door and `origin_id` the fact there: the two together come once. `key` is the lead's
    name as promised to the sender; one is made where it is empty.
    """

    origin: str
    origin_id: str
    occurred_at: datetime
    contact: Mapping[str, str] = field(default_factory=dict)
    lead_type: str = ""
    stream: str = ""
    segment: str = ""
    persona: str = ""
    source: str = ""
    source_owner: str = ""
    signals: Mapping[str, int] = field(default_factory=dict)
    consents: tuple[ConsentGiven, ...] = ()
    key: str = ""
    confirmed: bool = True  # False: anybody may have sent it in the name of somebody else

    @property
    def keys(self) -> Keys:
        said = self.contact
        return keys_of(
            email=said.get("email", ""),
            phone=said.get("phone", ""),
            name=said.get("name", ""),
            country=said.get("country", ""),
        )


@dataclass(frozen=True)
class Taken:
    """`new` is false for a signal on a lead that was there already, and for the same fact again."""

    lead: Lead
    new: bool


@one_step()
def take_in(what: Incoming, at: datetime) -> Taken:
    """Make of a raised hand a lead, or a signal on the lead that the person has already."""
    keys = what.keys
    matching.hold(keys)
    if known := _known(what.origin, what.origin_id):
        return Taken(known, new=False)
    if suppressing.is_suppressed(keys):
        return Taken(_unworked(what, at), new=True)
    contact = people.meet(what.contact, keys, at)
    people.note_signals(contact, what.signals, what.occurred_at, at, (what.origin, what.origin_id))
    consents = what.consents if what.confirmed else people.none_lifted(contact, what.consents)
    refusing.note_consents(contact, consents, at)
    last = matching.last_lead(contact)
    if last is None:
        return Taken(_begun(what, contact, 1, at), new=True)
    held = locked(last.pk)
    again = raised_again(held_cycle(held, at), what.occurred_at)
    if again is Again.NEW_CYCLE:
        return Taken(_begun(what, contact, held.cycle + 1, at), new=True)
    return Taken(_signalled(what, held, again, at), new=False)


@one_step()
def take_event(
    origin: str, origin_id: str, whose: str, facts: Fact | Iterable[Fact], at: datetime, *, note: str = ""
) -> Lead:
    """Record what happened in another tool to the lead with this key, or to the last of an address or number.

    What has happened is recorded whatever the standing: no rule undoes a call. Several facts of one act, such
    as a call and its voicemail, share `origin_id`; only the first carries it as it is.
    """
    lead = find_lead(whose)
    named = _named(origin, origin_id, [facts] if isinstance(facts, Fact) else list(facts))
    if any(fact.kind is Kind.OPTED_OUT for fact in named):
        matching.hold_all_of(lead.pk)
    held = locked(lead.pk)
    named = [_after_it_came(held, fact) for fact in named]
    fresh = append(held, [_completed(held, fact, at) for fact in named], at)
    if note and fresh and held.standing != Standing.ERASED:
        Note.objects.create(lead=held, event=fresh[0], at=at, text=note)
    if held.standing == Standing.ERASED:
        _forget_again(held, at)
    kinds = {row.kind for row in fresh}
    if Kind.OPTED_OUT in kinds:
        word = next(fact for fact in named if fact.kind is Kind.OPTED_OUT)
        said = replace(word, origin="", origin_id="")  # on the others; on this one it stands by now
        refusing.no_more_contact(held.pk, said, at, origin)
    held = refresh(held, at)
    if Kind.QUALIFIED in kinds and held.delivered_at is None:
        assess(held, at)
        held = hand_off(held, at, why=("qualified by marketing",))
    return held


def find_lead(whose: str) -> Lead:
    """A lead by its key, else the last one of whoever has this address or number; LeadUnknown says so.

    Of a lead that was merged into another it is that other: there it goes on.
    """
    found = _kept(_named_lead(whose))
    if found is None:
        raise LeadUnknown(whose[:120])
    return found


def _named_lead(whose: str) -> Lead | None:
    found = Lead.objects.filter(key=whose[:64]).first()
    if found is None:
        keys = keys_of(email=whose, phone=whose)
        contact = matching.find_contact(keys)
        found = matching.last_lead(contact) if contact else None
    return found


def _kept(lead: Lead | None) -> Lead | None:
    """The lead itself, or the one that it went into, however often; no ring goes round for ever."""
    seen: set[int] = set()
    while lead is not None and lead.standing == Standing.MERGED and lead.pk not in seen:
        seen.add(lead.pk)
        merged = lead.events.filter(kind=Kind.MERGED.value).order_by("occurred_at", "seq").last()
        into = Lead.objects.filter(key=merged.outcome).first() if merged and merged.outcome else None
        lead = into or lead
    return lead


def new_key() -> str:
    """A name for a lead that can be read out over the phone."""
    return "L-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def _forget_again(held: Lead, at: datetime) -> None:
    """What other tools go on to tell of somebody who was erased is counted, and its words are not kept."""
    from accord.server.desk.forgetting import forget_leads  # noqa: PLC0415 - it stands on the acts

    forget_leads([held], at)


def _known(origin: str, origin_id: str) -> Lead | None:
    """The lead that this very fact made or signalled before."""
    names = suppressing.names_of(origin, origin_id)
    event = Event.objects.filter(origin=origin, origin_id__in=names).select_related("lead").first()
    return event.lead if event else None


def _begun(what: Incoming, contact: Contact, cycle: int, at: datetime) -> Lead:
    held = _entered(what, contact, cycle)
    append(held, [_fact(what, Kind.CREATED)], at)
    return ready_or_not(held, at)


def _entered(what: Incoming, contact: Contact | None, cycle: int) -> Lead:
    """The row of a new lead; nobody else can see it before the transaction ends, so it needs no lock."""
    return Lead.objects.create(
        key=what.key or new_key(),
        contact=contact,
        cycle=cycle,
        account_name=(contact.account.domain if contact and contact.account else "")[:200],
        created_at=what.occurred_at,
        lead_type=what.lead_type,
        stream=what.stream,
        segment=what.segment,
        persona=what.persona,
        source=what.source,
        source_owner=what.source_owner or "marketing",
    )


def _unworked(what: Incoming, at: datetime) -> Lead:
    """Somebody came who wants no contact, or whose data was erased: counted, and left in peace (8.1)."""
    veiled = suppressing.veiled(what.origin, what.origin_id)
    what = replace(what, persona="", segment="", signals={}, origin_id=veiled)
    held = _entered(what, None, 1)
    gone = Fact(Kind.OPTED_OUT, what.occurred_at, actor=naming.MACHINE, side="machine", reason="suppressed")
    append(held, [_fact(what, Kind.CREATED), gone], at)
    return refresh(held, at)


def _signalled(what: Incoming, held: Lead, again: Again, at: datetime) -> Lead:
    append(held, [_fact(what, Kind.SIGNALLED)], at)
    if again is Again.REASSESS:
        return ready_or_not(held, at, why=("raised a hand again",))
    assess(held, at)
    held = refresh(held, at)
    if again is Again.SIGNAL:
        noticing.tell(("owner",), held, "signal", at, f"signal:{what.origin}:{what.origin_id}")
    return held


def _fact(what: Incoming, kind: Kind) -> Fact:
    return Fact(
        kind,
        what.occurred_at,
        side="prospect",
        outcome=what.lead_type if kind is Kind.SIGNALLED else "",
        reason=",".join(sorted(what.signals))[:120],
        origin=what.origin,
        origin_id=what.origin_id,
    )


def _named(origin: str, origin_id: str, facts: list[Fact]) -> list[Fact]:
    """Facts of one act with names of their own, so that each of them comes once."""
    return [
        replace(fact, origin=origin, origin_id=origin_id if place == 0 else f"{origin_id}#{place}"[:200])
        for place, fact in enumerate(facts)
    ]


def _after_it_came(held: Lead, fact: Fact) -> Fact:
    """Nothing is done about a lead before it is there. What the person wants holds, whenever they said it."""
    if fact.occurred_at >= held.created_at or fact.kind is Kind.SIGNALLED:
        return fact
    if fact.kind is not Kind.OPTED_OUT and held.created_at - fact.occurred_at > _CLOCKS_DIFFER:
        what = f"this was before the lead came in, at {held.created_at:%Y-%m-%d %H:%M} UTC"
        raise EntryInvalid([Problem("", 0, "occurred_at", what, "a later time, or another lead")])
    return replace(fact, occurred_at=held.created_at)


def _completed(held: Lead, fact: Fact, at: datetime) -> Fact:
    """A hand-off that another tool tells of, with what is frozen at one where it does not say so."""
    if fact.kind is not Kind.HANDED_OFF or fact.agreement:
        return fact
    from accord.server.desk import terms  # noqa: PLC0415
    from accord.server.desk.handing_off import freeze  # noqa: PLC0415

    found = terms.in_force(fact.occurred_at)
    if found is None:
        return fact
    frozen = freeze(held, found[0], found[1], fact.occurred_at)
    return replace(
        fact,
        agreement=frozen.mark,
        calendar=fact.calendar or frozen.calendar.name,
        due_at=fact.due_at or frozen.due_at,
        value=frozen.value if fact.value is None else fact.value,
    )
