"""Trying the rules by which a lead is ready."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import StringConstraints

from accord.server.api.shapes.common import Sent

_Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
_Text = Annotated[str, StringConstraints(max_length=500)]


class LeadTried(Sent):
    """A lead that somebody makes up; nothing of it is kept."""

    fields: dict[_Name, _Text] = Field(
        {},
        description="What is known, such as `contact.role`, `company.employees` or `lead.source`.",
        max_length=100,
    )
    signals: dict[_Name, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(
        {}, description="How often each signal came, such as `demo_requested`.", max_length=100
    )
    days: int = Field(0, ge=0, le=3650, description="How many days ago the signals came.")


class CriterionTried(Schema):
    """One criterion, and what it gave."""

    axis: str = Field(description="`fit` or `interest`.")
    when: str = Field(description="As the agreement writes it.")
    words: str
    holds: bool | None = Field(description="null where it is unknown, or for people to judge.")
    points: int
    full: int = Field(description="Points before they faded, or if it held.")


class ScoreTried(Schema):
    """What the rules in force say of it."""

    agreement: str = Field(description="The mark of the version.")
    fit: int
    interest: int
    grade: str
    ready: bool
    by: str = Field(description="The rule that makes it ready or rules it out; may be empty.")
    ruled_out: str = Field(description="The reason; empty if nothing rules it out.")
    around: str = Field(description="The rule by which it goes around qualification; may be empty.")
    criteria: list[CriterionTried]
