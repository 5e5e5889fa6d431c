"""What is kept right about a lead: notes, tracks, what is known, duplicates, opt-outs, reminders."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accord.errors import EditConflict, LeadUnknown, NotAllowed
from accord.lead.acting import Act, may
from accord.lead.events import Channel, Kind
from accord.lead.standing import IN_SALES, Standing, standing
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk import matching, naming, people, refusing
from accord.server.desk.acts import choices
from accord.server.desk.acts.disputing import link_of
from accord.server.desk.acts.doing import Doing, begin, must_be, one_of, words, wrong
from accord.server.desk.handing_off import MERGE, hand_off, pass_on
from accord.server.desk.identity import Keys, keys_of
from accord.server.desk.models import Consent, Contact, Lead
from accord.server.desk.people import ConsentGiven
from accord.server.desk.readying import ready_or_not
from accord.server.desk.recording import Fact, append, held_cycle, locked, one_step, refresh
from accord.server.desk.withdrawn import left
from accord.server.people.models import Side

_HANDS = (Side.MARKETING, Side.SALES, Side.OPERATIONS)
_NUDGES = timedelta(hours=1)  # at most one reminder in that time
_FIELDS = ("email", "phone", "name", "company", "role", "linkedin", "country", "zone", "language")


@one_step()
def note(by: Actor, lead: int, text: str, at: datetime) -> Lead:
    """Write something down about a lead. It may name people, so erasing the person empties it."""
    doing = begin(by, lead, Act.NOTE, at)
    must_be(doing, _HANDS)
    if not words(text, "text"):
        raise wrong("text", "there is nothing to write down", "some words")
    doing.add(note=text)
    return doing.held


@one_step()
def start_track(by: Actor, lead: int, track: str, at: datetime) -> Lead:
    """Put a lead into a nurture track by hand: marketing any, sales those that allow it (S3.13)."""
    doing = begin(by, lead, Act.START_TRACK, at)
    must_be(doing, (Side.MARKETING, Side.SALES))
    one_of("track", track, choices.tracks(doing.agreement, by_hand=doing.user.side == Side.SALES))
    doing.add(doing.fact(Kind.ENROLLED, outcome=track))
    return doing.done()


@one_step()
def correct(by: Actor, lead: int, fields: Mapping[str, str], at: datetime) -> Lead:
    """Write what is known of the person over what was there, and hand the lead off if that made it ready."""
    known = _held_person(lead, fields)
    doing = begin(by, lead, Act.CORRECT, at)
    must_be(doing, _HANDS)
    held = doing.held
    if held.contact_id != (known.pk if known else None):
        raise EditConflict("this lead was found to be of somebody else meanwhile; look at it again")
    contact = _written(doing, known, fields)
    if contact != held.contact:
        held.contact = contact
    record(by, Action.CONTACT_CORRECTED, held, link=link_of(held), fields=sorted(fields))
    if held.standing in (Standing.RAISED, Standing.QUALIFIED):
        return ready_or_not(held, at, why=("what was missing is known",), by=by)
    return doing.done()


@one_step()
def send_anyway(by: Actor, lead: int, at: datetime) -> Lead:
    """Hand a lead off although minimum information is missing; the promise of complete hand-offs bears it."""
    doing = begin(by, lead, Act.HAND_OFF, at)
    must_be(doing, (Side.MARKETING,), leading=True)
    if doing.cycle.first(Kind.QUALIFIED) is None:
        doing.add(doing.fact(Kind.QUALIFIED))
    return hand_off(doing.held, at, by, anyway=True)


@one_step()
def opt_out(by: Actor, lead: int, channel: str | None, at: datetime) -> Lead:
    """The person wants no more contact: through one channel, or at all, which ends every clock (8.1)."""
    matching.hold_all_of(lead)
    doing = begin(by, lead, Act.OPT_OUT, at)
    must_be(doing, _HANDS)
    source, contact = naming.actor_text(doing.user), doing.held.contact
    if channel is None:
        record(by, Action.OPTED_OUT, doing.held, link=link_of(doing.held))
        refusing.no_more_contact(lead, doing.fact(Kind.OPTED_OUT), doing.at, source)
        return doing.done()
    one_of("channel", channel, tuple(Channel))
    if contact is None:
        raise NotAllowed("nobody is known behind this lead, so there is nothing to note")
    given = ConsentGiven(channel, False, at, Consent.Basis.NONE, f"told {source}")
    refusing.note_consents(contact, [given], at)
    return doing.done()


@one_step()
def merge(by: Actor, lead: int, into: int, at: datetime) -> Lead:
    """Merge a lead into another of the same person; the one that stays.

    It keeps the earliest creation and delivery and the touches of both: what happened to the one that goes is
    recorded on it too, when it occurred. The credit is one: that of a merged lead is void (5.9).
    """
    if lead == into:
        raise wrong("into", "this is the same lead", "another lead")
    matching.hold_all_of(lead, into)
    loser = begin(by, lead, Act.MERGE, at)
    must_be(loser, _HANDS)
    survivor = _held(into)
    if why_not := may(Act.MERGE, held_cycle(survivor, at)):
        raise NotAllowed(f"{survivor.key}: {why_not}")
    one_person(loser.held, survivor, at)
    loser.add(loser.fact(Kind.MERGED, outcome=survivor.key))
    append(
        survivor,
        [*_carried(loser, survivor), loser.fact(Kind.SIGNALLED, outcome="merged", reason=loser.held.key)],
        at,
    )
    survivor.created_at = min(survivor.created_at, loser.held.created_at)
    loser.done()
    record(by, Action.LEADS_MERGED, loser.held, link=link_of(survivor), into=survivor.key)
    kept = refresh(survivor, at)
    return pass_on(kept, at) if kept.standing == Standing.DELIVERED and kept.owner_id is None else kept


@one_step()
def nudge(by: Actor, lead: int, about: str, at: datetime) -> Lead:
    """Remind whoever has a lead, at most once an hour; the words stay with the lead."""
    doing = begin(by, lead, Act.NUDGE, at)
    must_be(doing, (Side.MARKETING, Side.SALES))
    text = words(about, "about")
    since = at - _NUDGES
    if doing.held.notes.filter(by=doing.user, at__gt=since, text__startswith=_REMINDER).exists():
        raise NotAllowed("you reminded the owner of this lead within the last hour; give them a moment")
    doing.add(note=f"{_REMINDER} {text}".strip())
    _tell(doing)
    return doing.held


_REMINDER = "Reminder:"


def _tell(doing: Doing) -> None:
    from accord.server.alerts import noticing  # noqa: PLC0415 - alerts stand on the desk

    noticing.tell(("owner",), doing.held, "nudge", doing.at, f"nudge:{doing.held.pk}:{doing.at:%Y%m%d%H}")


def _held(lead: int) -> Lead:
    try:
        return locked(lead)
    except Lead.DoesNotExist:
        raise LeadUnknown(str(lead)) from None


def _held_person(lead: int, fields: Mapping[str, str]) -> Contact | None:
    """The person of a lead, held before it, with whoever is found by these fields."""
    number = Lead.objects.filter(pk=lead).values_list("contact", flat=True).first()
    known = Contact.objects.filter(pk=number).first() if number else None
    found = matching.hold_people([number], _keys(known or Contact(), fields))
    return found[0] if found else None


def _keys(contact: Contact, fields: Mapping[str, str]) -> Keys:
    said = {
        name: fields.get(name) or getattr(contact, name) for name in ("email", "phone", "name", "country")
    }
    return keys_of(**said)


def _written(doing: Doing, known: Contact | None, fields: Mapping[str, str]) -> Contact:
    """The contact of the lead with these fields; a person who is known by the address already is another."""
    unknown = [name for name in fields if name not in _FIELDS and not name.isprintable()]
    if unknown or any(len(value) > 500 for value in fields.values()):
        raise wrong("fields", "a field has no name that can be read, or too long a value", "up to 500 signs")
    contact = known or Contact(made_at=doing.at)
    keys = _keys(contact, fields)
    if fields.get("email") and not keys.email:
        raise wrong("email", f"{fields['email'][:80]!r} is no e-mail address", "one such as ida@example.com")
    if fields.get("phone") and not keys.phone:
        raise wrong(
            "phone", "this number cannot be read", "with the country's code, such as +90 532 123 45 67"
        )
    people.fill(contact, fields, keys, over=True)
    if contact.account is None:
        contact.account = matching.account_of(keys.domain, contact.company, doing.at)
    contact.save()
    return contact


_CARRIED = (Kind.CREATED, Kind.QUALIFIED, Kind.HANDED_OFF, Kind.ATTEMPTED, Kind.CONNECTED)


def _carried(loser: Doing, survivor: Lead) -> list[Fact]:
    """What the one that stays takes over: creation, delivery and touches, named so that they come once.

    Where marketing has the one that stays, it goes to sales only if sales works on the other: a lead that was
    rejected is not handed off by a merge.
    """
    ended = standing(loser.cycle) not in IN_SALES and survivor.delivered_at is None
    kinds = [kind.value for kind in _CARRIED if not (ended and kind is Kind.HANDED_OFF)]
    rows = left(loser.held.events.filter(kind__in=kinds))
    return [
        Fact(
            Kind(row.kind),
            row.occurred_at,
            *(row.actor, row.side, row.channel, row.outcome, row.reason, row.amount, row.value),
            *(row.agreement, row.calendar, row.due_at),
            origin=MERGE,
            origin_id=str(row.seq),
        )
        for row in rows.order_by("seq")
    ]


def one_person(loser: Lead, survivor: Lead, at: datetime) -> None:
    """Two contacts become one: the survivor's, filled in by the other, which points to it from now on."""
    gone, kept = loser.contact, survivor.contact
    if gone is None or gone == kept:
        return
    if kept is None:
        survivor.contact = gone
        return
    said = {**gone.more, **{name: getattr(gone, name) for name in _FIELDS}}
    people.fill(kept, said, keys_of(email=gone.email, phone=gone.phone, name=gone.name, country=gone.country))
    kept.account = kept.account or gone.account
    kept.save()
    for rows in (gone.signals, gone.consents):
        rows.update(contact=kept)
    Lead.objects.filter(contact=gone).update(contact=kept)
    Contact.objects.filter(merged_into=gone).update(merged_into=kept)
    Contact.objects.filter(pk=gone.pk).update(merged_into=kept)
    loser.contact = kept
    gone.likenesses.filter(other=kept).update(settled_at=at, same=True)
    kept.likenesses.filter(other=gone).update(settled_at=at, same=True)
