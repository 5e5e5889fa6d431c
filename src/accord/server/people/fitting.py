"""Whether values fit their fields, asked by the services: pages and the API come here alike."""

from collections.abc import Collection
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from accord.agreement.plain import clean
from accord.errors import EntryInvalid, Problem

_MOST = 10_000  # characters; how many fit says the field


def one_line(value: Any) -> Any:
    """Words without signs that turn their direction, on one line; anything else as it is."""
    return clean(value, most=_MOST) if isinstance(value, str) else value


def must_fit(row: Model, fields: Collection[str]) -> None:
    """EntryInvalid names every one of `fields` whose value is too long, no choice, no address, or missing."""
    others = [field.name for field in row._meta.fields if field.name not in fields]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        raise EntryInvalid(
            Problem("", 0, field, text[:1].lower() + text[1:].rstrip("."))
            for field, texts in error.message_dict.items()
            for text in texts
        ) from None


@cache
def zones() -> tuple[str, ...]:
    """Every time zone by its name, in order; those that only stand for an offset are left out but UTC."""
    names = available_timezones()
    return (*sorted(name for name in names if "/" in name and not name.startswith("Etc/")), "UTC")


def must_be_known(language: str, zone: str) -> None:
    """EntryInvalid for a language that is not offered or a time zone that no place has; empty is fine."""
    problems = []
    if language and language not in dict(settings.LANGUAGES):
        problems.append(Problem("", 0, "language", _("this language is not offered here")))
    if zone and zone not in zones():
        text = _("no place has that name; choose one from the list, such as Europe/Istanbul")
        problems.append(Problem("", 0, "zone", text))
    if problems:
        raise EntryInvalid(problems)
