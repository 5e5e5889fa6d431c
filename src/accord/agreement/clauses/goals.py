"""How long the agreement holds, what both sides want to reach, and what they assume about capacity."""

from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from accord.agreement.clauses.clause import Clause, Name, one_or_many, shorthand
from accord.agreement.clauses.quantities import (
    Day,
    Length,
    Money,
    Month,
    Positive,
    Price,
    Share,
    Whole,
    parse_day,
    show_percent,
)
from accord.worktime.duration import Duration
from accord.worktime.zones import FIRST_DAY, LAST_DAY

ONLY_STREAM = "all"  # the stream of an agreement that names none


class Interval(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class GoalLine(StrEnum):
    CALENDAR_DAYS = "calendar days"  # k/n of the goal after k of n days (S0.34)
    WORKING_DAYS = "working days"  # the same over the working days of marketing's calendar


class Term(Clause):
    """`end` and `reset_review` are inclusive; by default twelve months, reviewed at six (Appendix B)."""

    start: Day = Field(description="First day on which the agreement holds")
    end: Day = Field(description="Last day, included; twelve months if not said")
    reset_review: Day = Field(
        description="When both sides go through it start to finish (S2.9); after six months"
    )
    interval: Interval = Field(
        default=Interval.MONTH, description="What the goal is for; one and the same for both sides (S0.19)"
    )
    review: Interval = Field(
        default=Interval.MONTH, description="How often both sides review progress (S3.17)"
    )
    refresh: Interval = Field(
        default=Interval.QUARTER, description="How often the rates are measured anew, at least (S4.28)"
    )
    reset_when: Annotated[
        tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])
    ] = Field(
        default=(),
        description="What makes both sides reset it before its end, such as two months out of band (S2.13)",
    )

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, value: Any) -> Any:
        value = {"start": value} if isinstance(value, str | date) else value
        if not isinstance(value, dict) or "start" not in value:
            return value
        usual: dict[str, object] = {"end": date.max, "reset_review": date.max}  # if a bad date reports itself
        try:
            start = parse_day(value["start"])
            end = parse_day(value.get("end", _year_after(start)))
            usual = {"end": end, "reset_review": min(_months_later(start, 6), max(start, end))}
        except ValueError:
            pass
        return {**usual, **value}

    @model_validator(mode="after")
    def _in_order(self) -> "Term":
        if self.end < self.start:
            raise ValueError(f"the term ends on {self.end}, before it starts on {self.start}")
        if not self.start <= self.reset_review <= self.end:
            raise ValueError(
                f"the reset review on {self.reset_review} lies outside the term, {self.start} to {self.end}"
            )
        if self.start < FIRST_DAY or self.end > LAST_DAY:
            raise ValueError(
                f"the term, {self.start} to {self.end}, leaves the years that calendars cover; "
                f"keep it between {FIRST_DAY} and {LAST_DAY}"
            )
        return self


class Stream(Clause):
    """A revenue stream with its own funnel (S4.10 to S4.13). Money is in the agreement's currency."""

    share: Share = Field(default=Fraction(1), description="Of the new revenue; all streams make 100%")
    deal_value: Price | None = Field(default=None, description="Average revenue of a won deal")
    order_value: Price | None = Field(
        default=None, description="Average value of one order (AOV): what one customer spends in one purchase"
    )
    cycle: Length = Field(default=Duration.parse("1 month"), description="Usual time to close (S4.21)")
    closing_profile: tuple[Share, ...] = Field(
        default=(),
        description="Share of a cohort's wins by month after delivery, such as [50%, 37.5%, 12.5%] (F11)",
    )
    from_marketing: Share = Field(
        default=Fraction(1), description="Share of the revenue that comes from marketing's leads (S0.14)"
    )
    margin: Share | None = Field(default=None, description="Share of the revenue that is left as margin")
    pipeline: dict[Month, Money] = Field(
        default={},
        description="Customers expected by month from marketing's leads delivered before the term (S4.21)",
    )

    @field_validator("closing_profile")
    @classmethod
    def _adds_up(cls, value: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        if value and sum(value) != 1:
            raise ValueError(
                f"the closing profile adds up to {show_percent(Fraction(sum(value)))}; make it 100%"
            )
        return value


class Improvement(Clause):
    """A planned improvement written in as a goal (S4.29): win rate 23 % to 25 % by a date."""

    rate: str = Field(description="Which rate, written like opportunity_to_customer")
    source: Share = Field(alias="from", description="Where it stands")
    target: Share = Field(alias="to", description="Where it should be")
    by: Day = Field(description="By when, included")
    stream: Name | None = Field(default=None, description="In which stream; every one if not said")
    lead_type: Name | None = Field(default=None, description="For which lead type; every one if not said")


class FurtherGoal(Clause):
    """A goal beside the revenue: what, how it is counted, from where to where, by when, and whose (S3.7)."""

    goal: str = Field(min_length=1, description="What is to be reached")
    counted: str = Field(default="", description="What is counted, over what")
    source: str | None = Field(default=None, alias="from", description="Where it stands")
    target: str | None = Field(default=None, alias="to", description="Where it should be")
    by: Day | None = Field(default=None, description="By when, included")
    owner: str | None = Field(default=None, description="The side, person or pool that answers for it")
    stream: Name | None = Field(default=None, description="In which stream; every one if not said")


class Goal(Clause):
    """The goal of one interval: revenue, or customers where no revenue is named."""

    revenue: Price | None = Field(default=None, description="Revenue goal (quota) of one interval")
    customers: Positive | None = Field(default=None, description="New customers, where no revenue is named")
    retention_share: Share = Field(
        default=Fraction(0), description="Kept with existing customers; asks for no leads (S4.10)"
    )
    streams: dict[Name, Stream] = Field(
        default={}, min_length=1, description="Revenue streams; leave out where there is only one"
    )
    improvements: tuple[Improvement, ...] = Field(
        default=(), description="Planned improvements of rates (S4.29)"
    )
    others: tuple[
        Annotated[FurtherGoal, BeforeValidator(shorthand("goal"), json_schema_input_type=FurtherGoal | str)],
        ...,
    ] = Field(
        default=(),
        description="Goals beside the revenue: retention, satisfaction, accounts, or only in words (S4.4)",
    )

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


GoalTerms = Annotated[Goal, BeforeValidator(shorthand("revenue"), json_schema_input_type=Goal | Price)]


class Delivery(Clause):
    """How evenly leads flow, and what becomes of a shortfall or a flood (S4.26, S4.27, DOMAIN 5.5)."""

    flow_band: Share = Field(
        default=Fraction(20, 100),
        description="How far the running total may stray from the goal line on any day",
    )
    carry_over: Whole = Field(
        default=0, description="Over how many later intervals a shortfall is spread; 0: not carried over"
    )
    over_delivery_alarm: Positive = Field(
        default=2, description="After how many intervals in a row above the band both heads are told (F18)"
    )


class Capacity(Clause):
    """What one rep can do, as assumed when the numbers were agreed (S0.31, F12)."""

    hours_per_month: Positive | None = Field(default=None, description="Working hours of a rep in a month")
    for_marketing_leads: Share | None = Field(
        default=None, description="Share of those hours that belongs to marketing's leads"
    )
    connect_rate: Share | None = Field(default=None, description="Chance that one call reaches the person")
    ramp: tuple[Share, ...] = Field(
        default=(),
        description="What a new rep can do in the first months since the start, such as [25%, 50%, 75%]",
    )


def _year_after(start: date) -> date:
    """The last day of the twelve months that begin on `start`."""
    try:
        return start.replace(year=start.year + 1) - timedelta(days=1)
    except ValueError:
        return date(start.year + 1, 2, 28)  # begun on 29 February


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for shorter in range(4):
        try:
            return date(year, month + 1, day.day - shorter)
        except ValueError:
            continue
    raise ValueError(f"no date {months} months after {day}")
