"""How an agreement writes a working calendar, and the calendar that follows from it."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from accord.agreement.clause import Clause, one_or_many, shorthand
from accord.worktime.calendar import Calendar

Hours = Annotated[tuple[str, ...], BeforeValidator(one_or_many)]  # "09:00-12:30", several a day


class HolidayTerms(Clause):
    """National days off by ISO country code; `half_days_until` ends the country's half days at that hour."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str | None = None
    half_days_until: str | None = None


class OpenDay(Clause):
    """A day that is worked although it is a holiday, a closed day or a weekend; with its own hours, if given."""

    on: date
    hours: Hours = ()


class Span(Clause):
    """Days from the first to the last, both included."""

    start: date = Field(alias="from")
    end: date = Field(alias="to")
    name: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_day(cls, value: Any) -> Any:
        return {"from": value, "to": value} if isinstance(value, str | date) else value


class Version(Clause):
    """What holds from a date on; what it leaves out goes on as before."""

    start: date | None = Field(default=None, alias="from")
    zone: str = "UTC"
    hours: dict[str, Hours] = {"mon-fri": ("09:00-17:00",)}
    holidays: Annotated[HolidayTerms | None, BeforeValidator(shorthand("country"))] = None
    closed: tuple[Span, ...] = ()
    open: tuple[Annotated[OpenDay, BeforeValidator(shorthand("on"))], ...] = ()
    half_days: dict[date, Hours] = {}


class CalendarTerms(Version):
    versions: tuple[Version, ...] = ()

    def build(self, name: str) -> Calendar:
        """The calendar; CalendarInvalid says what cannot be built."""
        raise NotImplementedError(name)
