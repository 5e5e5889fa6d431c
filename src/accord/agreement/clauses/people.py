"""Who is party to the agreement: the two sides, their people and pools, contacts and meetings."""

import base64
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from accord.agreement.clauses.clause import Clause, Name, one_or_many, quoted, shorthand
from accord.agreement.clauses.hours import Span
from accord.agreement.clauses.quantities import Day, Positive, Whole

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_KEY = re.compile(r"ed25519:([A-Za-z0-9+/]{43}=)")


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


def one_of(*sides: Side) -> Callable[[Any], Any]:
    """A before-validator: any side but these is refused, since not everybody can be or promise everything."""

    def check(value: Any) -> Any:
        if str(value) not in sides:
            *most, last = sides
            raise ValueError(f"{quoted(value)} is no side here; write {', '.join(most)} or {last}")
        return value

    return check


class Parties(Clause):
    """What the two parties are called in the text."""

    marketing: str = Field(default="Marketing", min_length=1, description="Name of marketing's team")
    sales: str = Field(default="Sales", min_length=1, description="Name of sales' team")


class Person(Clause):
    """One person, or one entry for a pool of `count` people of the same kind."""

    side: Annotated[
        Side,
        BeforeValidator(
            one_of(Side.MARKETING, Side.SALES, Side.OPERATIONS, Side.VIEWER),
            json_schema_input_type=Literal["marketing", "sales", "operations", "viewer"],
        ),
    ] = Field(description="Whom the person works for; operations and viewers promise nothing")
    role: Role = Field(default=Role.MEMBER, description="A head signs, a manager excuses, a member works")
    name: str | None = Field(default=None, description="The name people see; without it the key is shown")
    email: str | None = Field(default=None, description="Where messages go")
    pool: Name | None = Field(default=None, description="The queue of leads that this person works on")
    calendar: Name | None = Field(default=None, description="Working hours: a name under `calendars`")
    minutes_per_month: Whole | None = Field(
        default=None, description="Time for marketing's leads in a month, for each of `count` (F12)"
    )
    count: Positive = Field(default=1, description="How many people this entry stands for")
    backup: Name | None = Field(default=None, description="Who takes over while this person is away")
    since: Day | None = Field(default=None, description="First day at work; `capacity.ramp` counts from here")
    until: Day | None = Field(default=None, description="Last day at work, included")
    away: Annotated[tuple[Span, ...], BeforeValidator(one_or_many)] = Field(
        default=(), description="Days of absence, beside those of the calendar"
    )
    key: str | None = Field(
        default=None, description="Public key that the person signs with, as `accord keygen` prints it"
    )

    @field_validator("email")
    @classmethod
    def _looks_like_mail(cls, value: str | None) -> str | None:
        if value is not None and not _EMAIL.fullmatch(value):
            raise ValueError(f"{quoted(value)} is no e-mail address; write one such as mina@acme.example")
        return value

    @field_validator("key")
    @classmethod
    def _looks_like_a_key(cls, value: str | None) -> str | None:
        if value is not None and not is_public_key(value):
            raise ValueError(f"{quoted(value)} is no public key; copy the line that `accord keygen` prints")
        return value


def is_public_key(text: str) -> bool:
    """Whether `text` is `ed25519:` and 32 bytes in base64, in the one spelling of those bytes."""
    form = _KEY.fullmatch(text)
    return form is not None and base64.b64encode(base64.b64decode(form[1])).decode() == form[1]


class Meeting(Clause):
    """A regular meeting (S3.17, S4.8)."""

    when: str = Field(description='How often and when, such as "09:15 working days" or monthly')
    agenda: str = Field(default="", description="What it is for")


People = dict[
    Name,
    Annotated[
        Person,
        BeforeValidator(
            shorthand("side"),
            json_schema_input_type=Person | Literal["marketing", "sales", "operations", "viewer"],
        ),
    ],
]
Meetings = dict[
    Name, Annotated[Meeting, BeforeValidator(shorthand("when"), json_schema_input_type=Meeting | str)]
]
