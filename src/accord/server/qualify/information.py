"""The information that sales asks for before a lead is passed on: what of it is missing (S1.21b)."""

import re
from typing import Any

from accord.agreement.terms import Agreement
from accord.lead.texts import key_of
from accord.server.desk.models import Contact

OWN = ("email", "phone", "name", "company", "role", "linkedin", "country", "zone", "language")
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)


def missing_of(agreement: Agreement, contact: Contact | None) -> tuple[str, ...]:
    """The entries of `handoff.minimum_information` that nothing fills, as the agreement writes them.

    `phone or linkedin` is filled by either. Without a contact everything is missing.
    """
    return tuple(
        entry
        for entry in agreement.handoff.minimum_information
        if contact is None or not any(_filled(contact, field) for field in alternatives(entry))
    )


def alternatives(entry: str) -> tuple[str, ...]:
    """The fields any of which fills an entry, by the names that contacts have them under."""
    return tuple(key for part in _OR.split(entry) if (key := field_key(part)))


def field_key(name: str) -> str:
    """A field as contacts call it: `Job title` is `job_title`, `contact.email` is `email`."""
    return key_of(name).removeprefix("contact.")


def value_of(contact: Contact, field: str) -> Any:
    """What is known of a field, in its own column or among the others; empty text if nothing."""
    if field in OWN and (known := getattr(contact, field)):
        return known
    found = {field_key(key): value for key, value in contact.more.items()}
    for key in (field, f"contact.{field}", f"company.{field}"):
        if key in found:
            return found[key]
    return ""


def _filled(contact: Contact, field: str) -> bool:
    value = value_of(contact, field)
    return value is not None and str(value).strip() != ""
