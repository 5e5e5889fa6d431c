"""Who is the same person: addresses, numbers, names and companies in the one spelling that is compared (5.9).

What cannot be read is no error here: a number that is none has no key, and so matches nobody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.core import get_global
from phonenumbers import timezone as phone_zones

from accord.agreement.plain import folded
from accord.server.desk.free_mail import FREE_MAIL
from accord.server.people.addresses import normal_address

_NO_ZONE = "Etc/Unknown"
_DAYS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))


@dataclass(frozen=True)
class Keys:
    """What duplicates are found by; empty where nothing is known."""

    email: str = ""
    phone: str = ""
    name: str = ""
    domain: str = ""  # of the company; never one of free mail


def keys_of(*, email: str = "", phone: str = "", name: str = "", country: str = "") -> Keys:
    address = email_key(email)
    return Keys(address, phone_key(phone, country), folded(name)[:200], company_domain(address))


def email_key(text: str) -> str:
    """An address as people are told apart by it; empty for what is none."""
    address = normal_address(text) if "@" in text else ""
    local, _, domain = address.rpartition("@")
    sound = local and domain and not any(sign.isspace() or not sign.isprintable() for sign in address)
    return address if sound and len(address) <= 254 else ""


def phone_key(text: str, country: str = "") -> str:
    """A number as E.164; one without a country's code is read as of `country`, else it has no key.

    An extension belongs to a desk, not to a person, and is dropped.
    """
    number = _number(text, country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""


def company_domain(address: str) -> str:
    """The domain of an address in lower case, where it says which company somebody works for."""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if "." not in domain or len(domain) > 253:
        return ""
    return "" if domain in FREE_MAIL else domain


def zone_of(zone: str = "", phone: str = "", country: str = "") -> str:
    """Where somebody is, as an IANA zone: as said, else by the number, else by a country of one zone.

    Empty if nobody can know: a country of many zones says too little for calling hours (8.3).
    """
    if zone in _zones():
        return zone
    number = _number(phone, country)
    found = phone_zones.time_zones_for_number(number) if number else ()
    known = tuple(name for name in found if name != _NO_ZONE)
    if len(known) == 1:
        return str(known[0])
    return _only_zone(country.strip().upper())


def country_of(country: str = "", phone: str = "") -> str:
    """ISO 3166 of two letters: as said, else that of the number; empty if neither says."""
    said = country.strip().upper()
    if said in phonenumbers.SUPPORTED_REGIONS:
        return said
    number = _number(phone, "")
    region = phonenumbers.region_code_for_number(number) if number else None
    return region if region in phonenumbers.SUPPORTED_REGIONS else ""


def zone_info(zone: str) -> ZoneInfo | None:
    return ZoneInfo(zone) if zone in _zones() else None


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Names of all zones; asked for once, since it walks folders."""
    return frozenset(available_timezones())


def _number(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    region = country.strip().upper()
    try:
        number = phonenumbers.parse(text[:60], region if region in phonenumbers.SUPPORTED_REGIONS else None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


@lru_cache(maxsize=300)
def _only_zone(country: str) -> str:
    """The zone of a country, where all of its zones show the same time in winter and in summer."""
    zones = sorted(zone for zone, of in get_global("zone_territories").items() if of == country)
    zones = [zone for zone in zones if zone in _zones()]
    times = {tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in _DAYS) for zone in zones}
    return zones[0] if len(times) == 1 else ""
