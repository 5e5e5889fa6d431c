"""Who somebody is among those we know: same address, else same number; name and company for review (5.9).

A number may be that of a whole office. It tells who somebody is only where one of the two has no address.

Whoever changes people and leads holds them in one order, so that nobody waits in a ring: first what people
are found by (`hold`), then the people (`hold_people`), then leads by number.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.db.models import Q

from accord.server.desk.identity import Keys
from accord.server.desk.models import Account, Contact, Lead, Likeness

_MOST_ALIKE = 5


def hold(*whose: Keys) -> None:
    """Let nobody else look for the same people until the transaction ends; call it once, for all of them.

    Two doors that hear of one person at the same moment would otherwise both find nobody. SQLite lets one
    write at a time as it is.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        numbers = {_lock_number(key) for keys in whose for key in (keys.email, keys.phone) if key}
        for number in sorted(numbers):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def hold_people(numbers: Iterable[int | None], *besides: Keys) -> list[Contact]:
    """People as they are on record now, held with what they are found by, and whoever is found by `besides`.

    Call it before you lock a lead.
    """
    wanted = Contact.objects.filter(pk__in={number for number in numbers if number})
    hold(*besides, *(Keys(*known) for known in wanted.values_list("email_key", "phone_key")))
    return list(wanted.select_for_update(no_key=True).order_by("pk"))


def hold_all_of(*leads: int) -> None:
    """The people behind leads with all of their leads, held in the one order: for what ends or joins them."""
    people = set(Lead.objects.filter(pk__in=leads).values_list("contact", flat=True)) - {None}
    hold_people(people)
    theirs = Lead.objects.filter(Q(pk__in=leads) | Q(contact__in=people))
    list(theirs.select_for_update().order_by("pk").values_list("pk"))


def _lock_number(key: str) -> int:
    return int.from_bytes(sha256(b"accord.contact:" + key.encode()).digest()[:8], "big", signed=True)


def find_contact(keys: Keys, *, held: bool = False) -> Contact | None:
    """The person with this address, else with this number; of several the one known longest."""
    known = Contact.objects.select_related("merged_into").order_by("pk")
    if held:  # rows that point here may still be added
        known = known.select_for_update(no_key=True, of=("self",))
    found = known.filter(email_key=keys.email).first() if keys.email else None
    if found is None and keys.phone:
        same = known.filter(phone_key=keys.phone)
        found = (same.filter(email_key="") if keys.email else same).first()
    if found is None or found.merged_into is None:
        return found
    return known.get(pk=found.merged_into.pk) if held else found.merged_into


def alike(contact: Contact) -> Iterable[Contact]:
    """Others of the same name in the same company, or of the same number: perhaps the same person."""
    same: list[Q] = []
    if contact.account_id and contact.name_key:
        same.append(Q(account=contact.account_id, name_key=contact.name_key))
    if contact.phone_key:
        same.append(Q(phone_key=contact.phone_key))
    found: dict[int, Contact] = {}
    for one in same:  # one by one: each by an index of its own
        rows = Contact.objects.filter(one, erased_at=None, merged_into=None).exclude(pk=contact.pk)
        found |= {row.pk: row for row in rows.order_by("pk")[:_MOST_ALIKE]}
    return found.values()


def flag_alike(contact: Contact, at: datetime) -> None:
    """Lay those alike before somebody who can tell; nothing is merged by itself."""
    for other in alike(contact):
        Likeness.objects.get_or_create(contact=contact, other=other, defaults={"found_at": at})


def account_of(domain: str, name: str, at: datetime) -> Account | None:
    """The company of a domain, which is entered where it is new."""
    if not domain:
        return None
    return Account.objects.get_or_create(domain=domain, defaults={"name": name[:200], "made_at": at})[0]


def last_lead(contact: Contact) -> Lead | None:
    """The latest cycle of a person that was not merged into another."""
    return Lead.objects.filter(contact=contact).exclude(standing="merged").order_by("-cycle", "-pk").first()
