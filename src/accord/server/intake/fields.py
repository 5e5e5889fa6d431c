"""Fields as forms and files name them, understood as a lead: one table for all doors that speak no JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from accord.agreement.plain import clean, folded
from accord.errors import Problem
from accord.lead.events import Channel
from accord.server.intake.countries import country_code
from accord.server.intake.models import Source
from accord.server.intake.reading import problems_of
from accord.server.intake.shapes import LeadIn

# What people call a field → what it is here. Compared without case, blanks, hyphens and underscores.
_CALLED = {
    "email": (
        "email",
        "e-mail",
        "email address",
        "mail",
        "work email",
        "eposta",
        "ایمیل",
        "البريد الإلكتروني",
    ),
    "first_name": ("first name", "fname", "given name", "ad", "نام"),
    "last_name": ("last name", "lname", "surname", "family name", "soyad", "نام خانوادگی"),
    "name": ("name", "full name", "contact", "contact name", "ad soyad", "الاسم"),
    "company": (
        "company",
        "company name",
        "organization",
        "organisation",
        "account",
        "şirket",
        "شرکت",
        "الشركة",
    ),
    "phone": ("phone", "phone number", "tel", "telephone", "work phone", "telefon", "تلفن", "الهاتف"),
    "mobile": ("mobile", "mobile phone", "cell", "gsm", "موبایل"),
    "role": ("role", "title", "job title", "position", "function", "ünvan"),
    "linkedin": ("linkedin", "linkedin url", "linkedin profile"),
    "country": ("country", "country code", "ülke", "کشور", "البلد"),
    "zone": ("zone", "time zone", "timezone"),
    "language": ("language", "locale", "lang"),
    "lead_type": ("lead type",),
    "stream": ("stream", "revenue stream"),
    "segment": ("segment",),
    "persona": ("persona",),
    "source": ("source", "lead source", "utm source"),
    "occurred_at": (
        "occurred at",
        "date",
        "created",
        "created at",
        "create date",
        "submitted at",
        "timestamp",
    ),
    "id": ("id", "lead id", "record id", "external id", "submission id"),
}
_REMEDY = {
    "country": "write its two letters, as TR, or its name",
    "occurred_at": "write it as 2026-03-02T09:14:05Z",
}
FIELDS = (*_CALLED, "more")
_YES = frozenset({"1", "on", "yes", "true", "y", "checked"})


def _same(name: str) -> str:
    return folded(name).replace(" ", "").replace("-", "").replace("_", "")


_FIELD_OF = {_same(called): field for field, names in _CALLED.items() for called in (field, *names)}


def field_of(name: str) -> str:
    """What a field or a column of this name is; empty if nobody can tell."""
    return _FIELD_OF.get(_same(name), "")


def lead_of(
    said: Mapping[str, str], at: datetime, *, strict: bool, zone: str = "UTC", **more: Any
) -> tuple[LeadIn | None, list[Problem]]:
    """A lead from texts by the names of `FIELDS`, all others kept beside it; or what is wrong with them.

    `strict` refuses what cannot be read, as in a file that somebody can mend. A person who fills in a form
    cannot: there such a text is kept among the others, and only somebody whom nobody can reach is refused.
    """
    fields, others = _sorted(said)
    problems = _readied(fields, others, zone)
    if strict and problems:
        return None, problems
    lead, problems, wrong = _tried(fields, others, at, more)
    if wrong and not strict:
        others |= {name: clean(str(fields.pop(name)), 500) for name in wrong}
        lead, problems, _ = _tried(fields, others, at, more)
    return lead, problems


def _tried(
    fields: dict[str, Any], others: dict[str, str], at: datetime, more: dict[str, Any]
) -> tuple[LeadIn | None, list[Problem], set[str]]:
    """The lead, or what is wrong and with which of the fields."""
    try:
        found = LeadIn.model_validate({**more, **fields, "more": others}, context={"at": at})
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]} & set(fields)
        return None, problems_of(error, "field", LeadIn), wrong
    return found, [], set()


def _sorted(said: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Known fields, cut to their size, and the others."""
    fields: dict[str, Any] = {}
    others: dict[str, str] = {}
    for name, text in said.items():
        if not (value := " ".join(text.split())[:500] if text.isprintable() else clean(text, 500)):
            continue
        if name in _CALLED:
            fields.setdefault(name, value)
        elif len(others) < 40:
            others[clean(name, 80)] = value
    return fields, others


def _readied(fields: dict[str, Any], others: dict[str, str], zone: str) -> list[Problem]:
    """Names put together, countries as codes, instants with a zone; the unreadable goes to the others."""
    whole = f"{fields.pop('first_name', '')} {fields.pop('last_name', '')}".strip()
    if whole:
        fields.setdefault("name", whole)
    if mobile := fields.pop("mobile", ""):
        if "phone" in fields:
            others["mobile"] = mobile
        fields.setdefault("phone", mobile)
    problems = []
    for name, read in (("country", country_code), ("occurred_at", lambda text: instant(text, zone))):
        if name in fields and not (value := read(fields[name])):
            others[f"{name} as told"] = fields.pop(name)
            problems.append(
                Problem(
                    "",
                    0,
                    f"field.{name}",
                    f"cannot be read: {clean(others[f'{name} as told'], 60)}",
                    _REMEDY[name],
                )
            )
        elif name in fields:
            fields[name] = value
    return problems


def instant(text: str, zone: str) -> datetime | None:
    """ISO 8601; one without a zone is read on the clock of `zone`. None for what is no instant."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def consents_of(said: Mapping[str, str], source: str) -> list[dict[str, Any]]:
    """What a form says of consent: `consent` or `consent_CHANNEL` ticked, with the wording that was shown.

    Salesforce's own fields of objection count, too.
    """
    wording = said.get("consent_wording", "") or said.get("consent_text", "")
    told = {"source": source[:200], "wording": wording[:8000]}
    given = [
        {"channel": channel, "allowed": True, **told}
        for channel in Channel
        if is_yes(said.get(f"consent_{channel}", ""))
        or (channel in _GENERAL and is_yes(said.get("consent", "")))
    ]
    refused = {"emailOptOut": Channel.EMAIL, "doNotCall": Channel.CALL}
    denied = [
        {"channel": channel, "allowed": False, "basis": "none", **told}
        for name, channel in refused.items()
        if is_yes(said.get(name, ""))
    ]
    return given + denied


_GENERAL = (Channel.EMAIL, Channel.CALL)  # what a tick at `consent` alone allows


def is_yes(text: str) -> bool:
    return text.strip().lower() in _YES


def with_defaults(lead: LeadIn, source: Source) -> LeadIn:
    """What the source says of its leads, where the sender says nothing."""
    told = {
        "lead_type": source.lead_type,
        "stream": source.stream,
        "source": source.label or source.name,
        "source_owner": source.source_owner,
    }
    missing: dict[str, Any] = {
        name: value for name, value in told.items() if value and not getattr(lead, name)
    }
    if source.signal and source.signal not in lead.signals:
        missing["signals"] = {**lead.signals, source.signal: 1}
    return lead.model_copy(update=missing)
