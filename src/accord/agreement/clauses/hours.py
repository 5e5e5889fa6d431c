"""How an agreement writes a working calendar, and the calendar that follows from it.

What is wrong with one value is found where it stands, when it is read; `build` finds what is wrong with
the whole.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from accord.agreement.clauses.clause import Clause, one_or_many, quoted, shorthand
from accord.agreement.clauses.quantities import Day
from accord.errors import CalendarInvalid
from accord.worktime.calendar import Calendar, Rules
from accord.worktime.national import NationalDays, country_meant
from accord.worktime.weekly import Windows, parse_time, parse_week, parse_weekdays, parse_windows
from accord.worktime.zones import FIRST_DAY, LAST_DAY, find_zone


def read_by(parse: Callable[[Any], object]) -> AfterValidator:
    """Refuses what `parse` cannot read and keeps the text, which is what people sign."""

    def check(value: Any) -> Any:
        try:
            parse(value)
        except CalendarInvalid as error:
            raise ValueError(str(error)) from None
        return value

    return AfterValidator(check)


Hours = Annotated[tuple[str, ...], BeforeValidator(one_or_many), read_by(parse_windows)]  # "09:00-12:30", …
Zone = Annotated[str, read_by(find_zone)]
Time = Annotated[str, read_by(parse_time)]
Week = Annotated[dict[Annotated[str, read_by(parse_weekdays)], Hours], read_by(parse_week)]


_COUNTRY = re.compile(r"^[A-Z]{2}$")


class HolidayTerms(Clause):
    """National days off by ISO country code; `half_days_until` ends the country's half days at that hour."""

    country: str = Field(pattern=_COUNTRY.pattern, description="Two letters, such as DE")
    subdivision: str | None = Field(default=None, description="State or province, such as BE")
    half_days_until: Time | None = Field(default=None, description="When the country's half days end")

    @field_validator("country", mode="before")
    @classmethod
    def _code(cls, value: Any) -> Any:
        if isinstance(value, str) and not _COUNTRY.fullmatch(value) and (code := country_meant(value)):
            raise ValueError(f"{quoted(value)} is no code of a country; did you mean {code}?")
        return value

    @model_validator(mode="after")
    def _known(self) -> "HolidayTerms":
        try:
            self.build()
        except CalendarInvalid as error:
            raise ValueError(str(error)) from None
        return self

    def build(self) -> NationalDays:
        half_days_until = None if self.half_days_until is None else parse_time(self.half_days_until)
        return NationalDays(self.country, self.subdivision, half_days_until)


class OpenDay(Clause):
    """A day worked although it is a holiday, a closed day or a weekend; with its own hours, if given."""

    on: Day = Field(description="The day")
    hours: Hours = Field(default=(), description="Its own hours; else those of its weekday")


class Span(Clause):
    """Days from the first to the last, both included."""

    start: Day = Field(alias="from", description="First day")
    end: Day = Field(alias="to", description="Last day, included")
    name: str = Field(default="", description="What people call it")

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, value: Any) -> Any:
        return {"from": value, "to": value} if isinstance(value, str | date) else value

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.end < self.start:
            raise ValueError(f"the days end on {self.end}, before they start on {self.start}")
        return self

    def days(self) -> Iterator[date]:
        """Its days, as far as calendars cover them."""
        first, last = max(self.start, FIRST_DAY), min(self.end, LAST_DAY)
        return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _open_day(value: Any) -> Any:
    return {"on": value} if isinstance(value, str | date) else value


NO_HOLIDAYS = "none"  # what a later version of a calendar writes to work on holidays again


def _holidays(value: Any) -> Any:
    return None if value == NO_HOLIDAYS else shorthand("country")(value)


class Version(Clause):
    """What holds from a date on; what it leaves out goes on as before."""

    start: Day | None = Field(default=None, alias="from", description="From which day on it holds")
    zone: Zone = Field(default="UTC", description="Time zone, such as Europe/Istanbul")
    hours: Week = Field(
        default={"mon-fri": ("09:00-17:00",)}, description="Windows by weekday, such as mon-fri: 09:00-17:00"
    )
    holidays: Annotated[HolidayTerms | None, BeforeValidator(_holidays)] = Field(
        default=None,
        description="National days off, or only the country; `none` ends those of an earlier version",
    )
    closed: Annotated[tuple[Span, ...], BeforeValidator(one_or_many)] = Field(
        default=(), description="Days off beside the holidays"
    )
    open: Annotated[
        tuple[Annotated[OpenDay, BeforeValidator(_open_day)], ...], BeforeValidator(one_or_many)
    ] = Field(default=(), description="Days worked although they would be off")
    half_days: dict[Day, Hours] = Field(default={}, description="Days with hours of their own")


class CalendarTerms(Version):
    """A working calendar: hours by weekday in one zone, and the days that differ."""

    versions: tuple[Version, ...] = Field(default=(), description="What changes from a later day on")

    @model_validator(mode="after")
    def _versions_follow(self) -> "CalendarTerms":
        previous = self.start
        for version in self.versions:
            if version.start is None:
                raise ValueError("a version has no first day; say `from`")
            if previous is not None and version.start <= previous:
                raise ValueError(
                    f"the version from {version.start} stands after one from {previous}; "
                    "write versions in order of `from`"
                )
            previous = version.start
        return self

    def build(self, name: str) -> Calendar:
        """The calendar; CalendarInvalid says what cannot be built.

        `closed`, `open` and `half_days` are about dates, so those of all versions hold together.
        """
        parts: list[Version] = [self, *self.versions]
        opened: dict[date, Windows | None] = {
            day.on: parse_windows(day.hours) or None for part in parts for day in part.open
        }
        return Calendar(
            name,
            self._rules(),
            closed={
                on: span.name or "closed" for part in parts for span in part.closed for on in span.days()
            },
            opened=opened,
            half_days={on: parse_windows(hours) for part in parts for on, hours in part.half_days.items()},
        )

    def _rules(self) -> tuple[Rules, ...]:
        zone, hours, holidays = self.zone, self.hours, self.holidays
        rules = [_rules(self.start, zone, hours, holidays)]
        for version in self.versions:
            zone = version.zone if "zone" in version.model_fields_set else zone
            hours = version.hours if "hours" in version.model_fields_set else hours
            holidays = version.holidays if "holidays" in version.model_fields_set else holidays
            rules.append(_rules(version.start, zone, hours, holidays))
        return tuple(rules)


def _rules(
    start: date | None, zone: str, hours: dict[str, tuple[str, ...]], holidays: HolidayTerms | None
) -> Rules:
    national = holidays.build() if holidays else None
    return Rules(find_zone(zone), parse_week(hours), start or date.min, national)
