"""Invented buyers for the demo: the same one for the same number, in many scripts, reachable by nobody.

Addresses end in `.example`; numbers lie in ranges that are kept for films and books.
"""

import re
import unicodedata
import zlib
from dataclasses import dataclass
from random import Random

_FIRST = (
    "Ada", "Bram", "Chiara", "Dilek", "Emeka", "Farah", "Goran", "Hana", "Imre", "Jamila", "Kenji",
    "Lucía", "Marek", "Nadia", "Oskar", "Pilar", "Rune", "Selin", "Tariq", "Ulla", "Vikram", "Wanda",
    "Yara", "Zoltán", "آرش", "مريم", "สมชาย", "Δήμητρα",
)  # fmt: skip
_LAST = (
    "Aydın", "Berger", "Costa", "Demir", "Eriksen", "Fontaine", "Grabowski", "Haddad", "Ito", "Jansen",
    "Kaya", "Lindqvist", "Moreau", "Novák", "Okafor", "Petrov", "Quispe", "Romano", "Sato", "Tanaka",
    "Urbina", "Vogel", "Weber", "Yıldız", "رضایی", "الخطيب", "ศรีสุข", "Παππάς",
)  # fmt: skip
_NUMBERS = (  # country, zone, national number with its last digits open
    ("DE", "Europe/Berlin", "+49 30 23125 {:03}", 1000),
    ("GB", "Europe/London", "+44 20 7946 0{:03}", 1000),
    ("US", "America/New_York", "+1 212 555 01{:02}", 100),
    ("FR", "Europe/Paris", "+33 1 99 00 {:02} {:02}", 10000),
)
_ROLES = dict(
    zip(("ceo", "director", "manager"), ["CEO", "Director of Sales", "Marketing manager"], strict=True)
)
_OTHER_ROLES = ["Analyst", "Assistant", "Team lead", "Student"]


@dataclass(frozen=True)
class Buyer:
    name: str
    email: str
    phone: str
    company: str
    role: str
    country: str
    zone: str
    employees: int

    def fields(self) -> dict[str, str]:
        """As a form would send them; the phone is missing where it is empty."""
        said = {name: value for name, value in vars(self).items() if value and name != "employees"}
        return {**said, "company.employees": str(self.employees)}


def buyer(lead: str, company: str | None, persona: str | None) -> Buyer:
    """The person behind a lead of the simulated log; one in twenty-five left no number."""
    draw = Random(zlib.crc32(lead.encode()))  # noqa: S311 - invented people, not secrets
    first, last = draw.choice(_FIRST), draw.choice(_LAST)
    country, zone, form, many = draw.choice(_NUMBERS)
    number = draw.randrange(many)
    phone = form.format(*((number // 100, number % 100) if form.count("{") == 2 else (number,)))
    company = company or f"{last} & {draw.choice(_LAST)}"
    return Buyer(
        name=f"{first} {last}",
        email=f"{_slug(first) or 'info'}.{lead.lower()}@{_slug(company) or 'firm'}.example",
        phone="" if draw.random() < 0.04 else phone,
        company=company,
        role=_ROLES.get(persona or "", draw.choice(_OTHER_ROLES)),
        country=country,
        zone=zone,
        employees=draw.choice((4, 12, 25, 60, 140, 800)),
    )


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
