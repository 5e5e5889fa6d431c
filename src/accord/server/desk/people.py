"""People who may buy: met, filled in, what they did and what they allowed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accord.lead.events import Channel
from accord.server.desk import matching, suppressing
from accord.server.desk.identity import Keys, country_of, zone_of
from accord.server.desk.models import Consent, Contact, Signal

_MOST = {  # signs, as the columns have them
    **{"email": 254, "phone": 60, "name": 200, "company": 200, "role": 120, "linkedin": 254},
    **{"country": 2, "zone": 64, "language": 10},
}
_MOST_MORE, _MOST_VALUE = 60, 500  # other fields a person, and signs a field


@dataclass(frozen=True)
class ConsentGiven:
    """What a person allowed or refused for one channel, on which basis, as shown to them (8.2)."""

    channel: str
    allowed: bool
    at: datetime
    basis: str = "consent"
    source: str = ""
    wording: str = ""


def meet(said: Mapping[str, str], keys: Keys, at: datetime) -> Contact:
    """The person that fields speak of: known, and filled in where something was unknown, or new."""
    contact = matching.find_contact(keys, held=True)
    if contact is None:
        contact = Contact(made_at=at)
        contact.account = matching.account_of(keys.domain, said.get("company", ""), at)
        fill(contact, said, keys)
        contact.save()
        matching.flag_alike(contact, at)
        return contact
    if changed := fill(contact, said, keys):
        contact.save(update_fields=changed)
    return contact


def fill(contact: Contact, said: Mapping[str, str], keys: Keys, *, over: bool = False) -> list[str]:
    """Write what is said where nothing is known, or everywhere if `over`; the fields that changed."""
    before = dict(vars(contact))
    for name, most in _MOST.items():
        text = str(said.get(name, "") or "").replace("\x00", "").strip()[:most]
        if text and (over or not getattr(contact, name)):
            setattr(contact, name, text)
    _keyed(contact, keys, over)
    contact.more = _more(contact.more, said, over)
    return [name for name, value in vars(contact).items() if before.get(name) != value]


def _keyed(contact: Contact, keys: Keys, over: bool) -> None:
    for name in ("email", "phone", "name"):
        if getattr(keys, name) and (over or not getattr(contact, f"{name}_key")):
            setattr(contact, f"{name}_key", getattr(keys, name))
    contact.country = country_of(contact.country, contact.phone) or contact.country[:2].upper()
    contact.zone = zone_of(contact.zone, contact.phone, contact.country)


def _more(known: dict[str, str], said: Mapping[str, str], over: bool) -> dict[str, str]:
    """Other fields that came along; of too many the first stay."""
    found = dict(known)
    for name, value in said.items():
        text = str(value or "").replace("\x00", "")[:_MOST_VALUE]
        if name in _MOST or not text or (name in found and not over):
            continue
        if name in found or len(found) < _MOST_MORE:
            found[name[:120]] = text
    return found


def note_signals(
    contact: Contact,
    signals: Mapping[str, int],
    occurred_at: datetime,
    at: datetime,
    source: tuple[str, str],
) -> None:
    """What a person did; the same again from the same `source`, origin and its number, adds nothing."""
    origin, number = source
    Signal.objects.bulk_create(
        [
            Signal(
                contact=contact,
                name=name[:120],
                count=count,
                occurred_at=occurred_at,
                recorded_at=at,
                origin=origin,
                origin_id=f"{number}:{name}"[:200],
            )
            for name, count in signals.items()
            if count > 0
        ],
        ignore_conflicts=True,
    )


def none_lifted(contact: Contact, consents: Iterable[ConsentGiven]) -> tuple[ConsentGiven, ...]:
    """Consents without those that would end a refusal: it takes the person, not whoever writes a form."""
    given = tuple(consents)
    known = consents_of(contact) if any(one.allowed for one in given) else {}
    refused = {channel for channel, one in known.items() if not one.allowed}
    return tuple(one for one in given if not (one.allowed and one.channel in refused))


def note_consents(contact: Contact, consents: Iterable[ConsentGiven]) -> None:
    Consent.objects.bulk_create(Consent(contact=contact, **vars(one)) for one in consents)


def opted_out(contact: Contact, at: datetime, source: str = "") -> None:
    """A person wants no more contact, through any channel; nobody takes them for somebody new later (8.1)."""
    suppressing.suppress(contact, suppressing.OPTED_OUT, at)
    note_consents(
        contact, [ConsentGiven(channel, False, at, Consent.Basis.NONE, source[:200]) for channel in Channel]
    )


def consents_of(contact: Contact | None) -> dict[str, Consent]:
    """What holds for each channel: the latest word; a channel about which there is none is left out."""
    if contact is None:
        return {}
    return {one.channel: one for one in contact.consents.order_by("at", "pk")}


def objection(contact: Contact | None, channel: str) -> str:
    """Why a channel may not be used for this person, in a sentence; empty if nothing stands against it."""
    known = consents_of(contact).get(channel)
    if known is None or known.allowed:
        return ""
    return (
        f"this person does not want to be reached by {channel} (since {known.at:%Y-%m-%d}); "
        "use a channel that they allow"
    )
