"""One arrival handed on to the desk: as a hand raised, or as an event of a lead."""

from dataclasses import replace
from datetime import datetime

from accord.errors import EntryInvalid, LeadUnknown
from accord.lead.events import Channel, Kind, Side
from accord.lead.standing import Standing
from accord.server.desk import arriving, naming, people, suppressing
from accord.server.desk.arriving import ConsentGiven, Incoming, take_event, take_in
from accord.server.desk.identity import keys_of
from accord.server.desk.models import Lead
from accord.server.desk.readying import ready_or_not
from accord.server.desk.recording import Fact, locked
from accord.server.intake.agreed import words_at
from accord.server.intake.countries import country_code
from accord.server.intake.models import Arrival
from accord.server.intake.shapes import ConsentIn, EventIn, LeadIn, Told
from accord.server.intake.telling import teller_of
from accord.server.people.models import User

_CONTACT = ("email", "phone", "name", "company", "role", "linkedin", "country", "zone", "language")
_LEAD = ("lead_type", "stream", "segment", "persona", "source", "source_owner", "signals")
_BY_PROSPECT = (Told.OPTED_OUT, Told.SIGNALLED, Told.RATED)


def pass_on(arrival: Arrival, at: datetime) -> tuple[Lead | None, str]:
    """The lead that it concerns, and what became of it; the caller's transaction holds all of it."""
    context = {"at": arrival.received_at}
    if arrival.kind == Arrival.Kind.EVENT:
        told = EventIn.model_validate(arrival.payload, context=context)
        try:
            return _tell(arrival, told, at), Arrival.Became.EVENT
        except LeadUnknown:
            if suppressing.is_suppressed(keys_of(email=told.email, phone=told.phone)):
                return None, Arrival.Became.NOTHING  # of somebody whose data was erased
            raise
    raised = incoming(arrival, LeadIn.model_validate(arrival.payload, context=context))
    taken = take_in(_under_agreed_words(raised, at), at)
    return taken.lead, Arrival.Became.LEAD if taken.new else Arrival.Became.SIGNAL


def of_nobody(lead: Lead | None) -> bool:
    """Whether what came in may not be kept: its person wants no contact, or their data was erased."""
    return lead is None or lead.contact is None or lead.contact.erased_at is not None


def _under_agreed_words(raised: Incoming, at: datetime) -> Incoming:
    """With a lead type that the agreement has: by any other nobody could tell how fast it is owed a call.

    Of somebody whose data was erased nothing is refused, since what is refused is kept.
    """
    try:
        return replace(raised, lead_type=words_at(at).meant(raised.lead_type))
    except EntryInvalid:
        if suppressing.is_suppressed(raised.keys):
            return raised
        raise


def incoming(arrival: Arrival, sent: LeadIn) -> Incoming:
    """A hand raised as the desk takes it in."""
    occurred_at = _instant(sent.occurred_at, arrival)
    more = {name: _as_text(value) for name, value in sent.more.items() if value is not None}
    return Incoming(
        origin=arrival.origin,
        origin_id=arrival.origin_id,
        occurred_at=occurred_at,
        contact=more
        | {name: getattr(sent, name) for name in _CONTACT}
        | {"country": country_code(sent.country) or sent.country},  # such as UK, which is no code of ISO
        consents=tuple(_consent(one, occurred_at) for one in sent.consents),
        key=arrival.key,
        confirmed=not arrival.origin.startswith("form:"),
        **{name: getattr(sent, name) for name in _LEAD},
    )


def _instant(said: datetime | None, arrival: Arrival) -> datetime:
    """Nothing happens after it was told of: a sender's clock may be a little ahead."""
    return min(said or arrival.received_at, arrival.received_at)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _consent(one: ConsentIn, occurred_at: datetime) -> ConsentGiven:
    at = min(one.at or occurred_at, occurred_at)
    return ConsentGiven(one.channel, one.allowed, at, one.basis, one.source, one.wording)


def _tell(arrival: Arrival, told: EventIn, at: datetime) -> Lead:
    whose = _whose(told)
    if told.kind is Told.SIGNALLED:
        _note_signal(arrival, told, whose, at)
    lead = take_event(arrival.origin, arrival.origin_id, whose, facts_of(arrival, told), at)
    if told.kind is Told.SIGNALLED and lead.standing in (Standing.RAISED, Standing.QUALIFIED):
        return ready_or_not(locked(lead.pk), at, why=("showed interest",))  # it may be what was lacking
    return lead


def _whose(told: EventIn) -> str:
    """The lead's key, or what it is found by. A key that was promised stands for the lead that came of it."""
    promised = Arrival.objects.filter(key=told.lead, kind=Arrival.Kind.LEAD).select_related("lead").first()
    if promised is None:
        return told.lead or told.email or told.phone
    if promised.lead is None:
        raise LeadUnknown(told.lead)  # it has not been settled itself; this one is tried again
    return promised.lead.key


def _note_signal(arrival: Arrival, told: EventIn, whose: str, at: datetime) -> None:
    contact = arriving.find_lead(whose).contact
    if contact is not None:
        occurred_at, signals = _instant(told.occurred_at, arrival), {told.signal: told.count}
        people.note_signals(contact, signals, occurred_at, at, (arrival.origin, arrival.origin_id))


def facts_of(arrival: Arrival, told: EventIn) -> list[Fact]:
    """An event as the log has it. A call that met a voicemail is both (F14); one answered connects."""
    first = Fact(
        Kind(told.kind.value),
        _instant(told.occurred_at, arrival),
        actor=_actor(told.actor),
        side=_side(arrival, told),
        channel=told.channel,
        outcome=told.outcome,
        reason=told.signal or told.reason,
        amount=told.amount,
        due_at=told.until,
    )
    return [first, *_besides(first)]


def _besides(first: Fact) -> list[Fact]:
    if first.kind is not Kind.ATTEMPTED:
        return []
    if first.channel == Channel.CALL and first.outcome == "voicemail":
        return [replace(first, channel=Channel.VOICEMAIL, outcome="left", reason="", amount=None)]
    if first.outcome == "connected":
        return [replace(first, kind=Kind.CONNECTED, outcome="")]
    return []


def _side(arrival: Arrival, told: EventIn) -> Side:
    if told.automated:
        return Side.MACHINE
    if told.kind in _BY_PROSPECT:
        return Side.PROSPECT
    return Side.MARKETING if teller_of(arrival) == Side.MARKETING else Side.SALES


def _actor(said: str) -> str:
    """As the log calls our people: an address of one of them becomes what the agreement calls them."""
    user = User.objects.filter(email=said.lower()).first() if "@" in said else None
    return naming.actor_text(user) if user else said
