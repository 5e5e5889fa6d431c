"""What both sides promise, as frozen values (DESIGN 3, DOMAIN Appendix A).

Nothing here reads a file or a clock: `parse.py` makes these from YAML, `check.py` judges them.
"""

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from accord.agreement.clause import Clause, Name, one_or_many, shorthand
from accord.agreement.handover import (
    FIRST_TOUCH,
    Clocks,
    Escalation,
    FollowUp,
    Handoff,
    Nurture,
    Qualification,
)
from accord.agreement.hours import CalendarTerms
from accord.agreement.quantities import Length, Money, Positive, Share, Whole
from accord.errors import CalendarUnknown
from accord.worktime.calendar import Calendar
from accord.worktime.duration import Duration

STAGES = ("visitor", "lead", "mql", "sal", "sql", "opportunity", "proposal", "customer")
ONLY_STREAM = "all"  # the stream of an agreement that names none


class Side(StrEnum):
    MARKETING = "marketing"  # promises leads
    SALES = "sales"  # promises follow-up
    BOTH = "both"  # shared promises; not a side a person can be on
    OPERATIONS = "operations"  # keeps agreement and data; promises nothing
    VIEWER = "viewer"  # reads


class Role(StrEnum):
    HEAD = "head"  # signs for the side
    MANAGER = "manager"  # excuses the other side's breaches
    MEMBER = "member"  # works


class Interval(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Status(StrEnum):
    DRAFT = "draft"  # being written
    PROPOSED = "proposed"  # laid before both sides
    SIGNED = "signed"  # by both heads, not yet in force
    ACTIVE = "active"  # in force
    EXPIRED = "expired"  # its term has ended
    RESET = "reset"  # replaced before its end


class GoalLine(StrEnum):
    CALENDAR_DAYS = "calendar days"  # k/n of the goal after k of n days (S0.34)
    WORKING_DAYS = "working days"  # the same over the working days of marketing's calendar


class Term(Clause):
    """`end` and `reset_review` are inclusive dates; by default twelve months, reviewed at six (Appendix B)."""

    start: date
    end: date
    reset_review: date
    interval: Interval = Interval.MONTH

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, value: Any) -> Any:
        value = {"start": value} if isinstance(value, str | date) else value
        if not isinstance(value, dict) or "start" not in value:
            return value
        try:
            start = date.fromisoformat(str(value["start"]))
            year_later = _months_later(start, 12) - timedelta(days=1)
            return {"end": year_later, "reset_review": _months_later(start, 6), **value}
        except ValueError:
            return value  # the field itself reports the bad date

    @model_validator(mode="after")
    def _in_order(self) -> "Term":
        if self.end < self.start:
            raise ValueError(f"the term ends on {self.end}, before it starts on {self.start}")
        return self


class Person(Clause):
    """One person, or one entry for a pool of `count` people of the same kind."""

    side: Side
    role: Role = Role.MEMBER
    name: str | None = None
    email: str | None = None
    pool: Name | None = None
    calendar: Name | None = None
    minutes_per_month: Whole | None = None  # on marketing's leads, for each of `count` (F12)
    count: Positive = 1


class Stream(Clause):
    """A revenue stream with its own funnel (S4.10 to S4.13). Money is in the agreement's currency."""

    share: Share = Fraction(1)  # of the new revenue
    deal_value: Money | None = Field(default=None, gt=0)
    order_value: Money | None = Field(default=None, gt=0)  # AOV: what one customer spends in one purchase
    cycle: Length = Duration.parse("1 month")  # time to close (S4.21)
    closing_profile: tuple[Share, ...] = ()  # share of a cohort's wins by month after delivery (F11)
    from_marketing: Share = Fraction(1)
    margin: Share | None = None


class Improvement(Clause):
    """A planned improvement written in as a goal (S4.29): win rate 23 % to 25 % by a date."""

    rate: str
    source: Share = Field(alias="from")
    target: Share = Field(alias="to")
    by: date
    stream: Name | None = None
    lead_type: Name | None = None


class Goal(Clause):
    """The goal of one interval: revenue, or customers where no revenue is named."""

    revenue: Money | None = Field(default=None, gt=0)
    customers: Positive | None = None
    retention_share: Share = Fraction(0)  # kept with existing customers, asks for no leads (S4.10)
    streams: dict[Name, Stream] = {}
    improvements: tuple[Improvement, ...] = ()
    others: tuple[str, ...] = ()  # further SMART goals in words (S3.7)

    @model_validator(mode="before")
    @classmethod
    def _one_stream(cls, value: Any) -> Any:
        """`deal_value`, `cycle`, … straight under `goal` describe the only stream (S4.11)."""
        if not isinstance(value, dict) or "streams" in value:
            return value
        own = {key: item for key, item in value.items() if key in Stream.model_fields}
        rest = {key: item for key, item in value.items() if key not in own}
        return {**rest, "streams": {ONLY_STREAM: own}}

    @model_validator(mode="after")
    def _says_how_much(self) -> "Goal":
        if (self.revenue is None) == (self.customers is None):
            raise ValueError("say either `revenue` or `customers`, one of the two")
        return self


class Stage(Clause):
    name: Name
    definition: str = ""
    owner: str | None = None
    examples: tuple[str, ...] = ()
    non_examples: tuple[str, ...] = ()


class Funnel(Clause):
    """The rates of one lead type in one stream: each `A_to_B` is the share of A that ever reaches B.

    `mix` is the share of the stream's customers that this lead type has to bring. Where no lead type of a stream
    says its mix, each is an alternative that could carry the stream alone (S4.23).
    """

    mix: Share | None = None
    deal_value: Money | None = Field(default=None, gt=0)  # where it differs from the stream's
    rates: dict[str, Share] = {}

    @model_validator(mode="before")
    @classmethod
    def _gather_rates(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        rates = {key: item for key, item in value.items() if "_to_" in str(key)}
        rest = {key: item for key, item in value.items() if key not in rates}
        return {**rest, "rates": {**rest.get("rates", {}), **rates}} if rates else rest


class LeadType(Clause):
    """A kind of lead with its own rates and targets (S4.15)."""

    streams: dict[Name, Funnel] = {}
    label: str | None = None
    owner: Name | None = None
    definition: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_funnel(cls, value: Any) -> Any:
        """Rates straight under a lead type hold for the only stream."""
        if not isinstance(value, dict) or "streams" in value:
            return value
        rest = {key: item for key, item in value.items() if key in cls.model_fields}
        own = {key: item for key, item in value.items() if key not in rest}
        return {**rest, "streams": {ONLY_STREAM: own}} if own else rest


class Value(Clause):
    """What one lead is worth: `conversion` × price of its cell, or a price list by a column of the log (S0.24)."""

    by: Literal["conversion", "persona", "segment", "lead_type"] = "conversion"
    prices: dict[str, Money] = {}


class Promise(Clause):
    """One measurable commitment of one side: `measure` reaches `target`, or the number that `source` yields."""

    id: str
    side: Side
    measure: str
    target: str | None = None  # `90%`, an amount or a count; the measure knows which it is
    source: Literal["plan", "goal"] | None = Field(default=None, alias="from")
    band: Share = Fraction(10, 100)  # tolerated to either side, inclusive (S4.26, F18)
    lead_type: Name | None = None
    stream: Name | None = None
    definition: str = ""


class Meeting(Clause):
    when: str
    agenda: str = ""


class Agreement(Clause):
    """The whole agreement of one version. `parse.py` explains how it is written."""

    accord: Literal[1]
    name: str = Field(min_length=1)
    version: Positive = 1
    supersedes: str | None = None  # digest of the version before
    status: Status = Status.DRAFT
    scope: str = ""
    term: Term
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    calendars: dict[Name, CalendarTerms] = Field(default_factory=lambda: {"office": CalendarTerms()})
    people: dict[Name, Annotated[Person, BeforeValidator(shorthand("side"))]] = {}
    goal: Annotated[Goal, BeforeValidator(shorthand("revenue"))]
    goal_line: GoalLine = GoalLine.CALENDAR_DAYS
    stages: tuple[Annotated[Stage, BeforeValidator(shorthand("name"))], ...] = tuple(
        Stage(name=name) for name in STAGES
    )
    lead_types: dict[Name, LeadType] = Field(min_length=1)
    value: Value = Value()
    definitions: dict[str, str] = {}
    qualification: Qualification = Qualification()
    handoff: Handoff = Handoff()
    follow_up: FollowUp = FollowUp()
    nurture: Nurture = Nurture()
    promises: tuple[Promise, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    clocks: Clocks = Clocks()
    attribution: Literal["recorded source", "first touch", "touch before sales"] = "recorded source"
    contacts: dict[str, Name] = {}
    meetings: dict[str, Annotated[Meeting, BeforeValidator(shorthand("when"))]] = {}
    assumptions: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = ()

    @cached_property
    def built_calendars(self) -> dict[str, Calendar]:
        """The working calendars by name, ready to count with; CalendarInvalid if one cannot be built."""
        return {name: terms.build(name) for name, terms in self.calendars.items()}

    def calendar(self, name: str) -> Calendar:
        """One calendar by name; CalendarUnknown names the nearest."""
        try:
            return self.built_calendars[name]
        except KeyError:
            raise CalendarUnknown(name, self.calendars) from None

    def calendar_of(self, side: Side) -> Calendar:
        """The calendar of a side: its first member's with one, else the first of the agreement."""
        named = (who.calendar for who in self.people.values() if who.side is side and who.calendar)
        return self.calendar(next(named, next(iter(self.calendars))))

    def first_touch(self, lead_type: str) -> Duration:
        """How fast sales promises to touch a lead of this type first (S0.25); Appendix B where nothing is said."""
        said = self.follow_up.first_touch
        return (
            said.get(lead_type) or said.get("default") or FIRST_TOUCH.get(lead_type, FIRST_TOUCH["default"])
        )

    @property
    def in_force_label(self) -> str:
        """The version as pages cite it."""
        return f"{self.name}, version {self.version}, {self.term.start} to {self.term.end} ({self.status})"


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for shorter in range(4):
        try:
            return date(year, month + 1, day.day - shorter)
        except ValueError:
            continue
    raise ValueError(f"no date {months} months after {day}")
