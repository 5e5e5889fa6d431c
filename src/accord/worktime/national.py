"""National days off by country, from the `holidays` package (pinned, since its lists change by release).

The package is imported when a country is first asked for: it is heavy, and many calendars name no country.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any
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
