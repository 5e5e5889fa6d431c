"""National days off by country, from the `holidays` package (pinned, since its lists change by release).

The package is imported when a country is first asked for: it is heavy, and many calendars name no country.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any
from unicodedata import normalize
from warnings import catch_warnings

from accord.errors import CalendarInvalid, nearest

PUBLIC, HALF_DAY = "public", "half_day"


@dataclass(frozen=True)
class NationalDays:
    """Public holidays of a country; its half days end at `half_days_until`, a minute of the day, if given."""

    country: str
    subdivision: str | None = None
    half_days_until: int | None = None

    def __post_init__(self) -> None:
        known = _countries()
        if self.country not in known:
            raise CalendarInvalid(f"no holidays for country {self.country!r}{nearest(self.country, known)}")
        if self.subdivision is not None and self.subdivision not in known[self.country]:
            hint = nearest(self.subdivision, known[self.country])
            raise CalendarInvalid(f"{self.country} has no subdivision {self.subdivision!r}{hint}")
        if self.half_days_until is not None and HALF_DAY not in _list_of(self.country).supported_categories:
            raise CalendarInvalid(f"no half days are known for {self.country}; leave `half_days_until` out")

    def off(self, on: date) -> str | None:
        """The name of the holiday on that day; None if there is none, or none is known for the year."""
        return _days(self.country, self.subdivision, PUBLIC, on.year).get(on)

    def half(self, on: date) -> str | None:
        """The name of the half day on that day, None where half days are not asked for."""
        if self.half_days_until is None:
            return None
        return _days(self.country, self.subdivision, HALF_DAY, on.year).get(on)


@cache
def _countries() -> Mapping[str, Collection[str]]:
    from holidays import list_supported_countries  # noqa: PLC0415 heavy, see above

    known: dict[str, list[str]] = list_supported_countries(include_aliases=True)
    return MappingProxyType(known)


def country_meant(text: str) -> str | None:
    """The code of a country written as a name, such as Germany, or as `de` or DEU; None if none is near."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 heavy, see above

    codes: dict[str, str] = {}
    for name, (_, code, *others) in COUNTRIES.items():
        for spelling in (name, code, *others):
            codes[_letters(spelling)] = code
    close = get_close_matches(_letters(text[:80]), codes, n=1, cutoff=0.75)
    return codes[close[0]] if close else None


def _letters(text: str) -> str:
    return "".join(sign for sign in normalize("NFD", text).casefold() if "a" <= sign <= "z")


def _list_of(country: str) -> Any:
    import holidays  # noqa: PLC0415 heavy, see above

    return getattr(holidays, country)


@cache
def _days(country: str, subdivision: str | None, category: str, year: int) -> Mapping[date, str]:
    english = "en_US" if "en_US" in _list_of(country).supported_languages else None
    with catch_warnings(
        action="ignore"
    ):  # some lists warn about years they do not know; there they have no days
        found = _list_of(country)(years=year, subdiv=subdivision, categories=category, language=english)
    return MappingProxyType(dict(found.items()))
