"""Who somebody is among those we know: same address, else same number; name and company for review (5.9)."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import connection

from accord.server.desk.identity import Keys
from accord.server.desk.models import Account, Contact, Lead, Likeness


def hold(keys: Keys) -> None:
    """Let nobody else look for the same person until the transaction ends.

    Two doors that hear of one person at the same moment would otherwise both find nobody. SQLite lets one
    write at a time as it is.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for number in sorted(_lock_number(key) for key in (keys.email, keys.phone) if key):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _lock_number(key: str) -> int:
    return int.from_bytes(sha256(b"accord.contact:" + key.encode()).digest()[:8], "big", signed=True)


def find_contact(keys: Keys) -> Contact | None:
    """The person with this address, else with this number; of several the one known longest."""
    for field, key in (("email_key", keys.email), ("phone_key", keys.phone)):
        if key:
            found = (
                Contact.objects.filter(**{field: key}).select_related("merged_into").order_by("pk").first()
            )
            if found is not None:
                return found.merged_into or found
    return None


def alike(contact: Contact) -> Iterable[Contact]:
    """Others of the same name in the same company: perhaps the same person, perhaps not."""
    if not contact.account_id or not contact.name_key:
        return ()
    same = Contact.objects.filter(account=contact.account_id, name_key=contact.name_key, erased_at=None)
    return same.exclude(pk=contact.pk).order_by("pk")[:5]


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
