"""What is worked out from a text: problems, plan, differences, proof, working time."""

from typing import Any, Literal

from ninja import Field, Schema

from accord.server.agreements.acts import MOST_CHARACTERS
from accord.server.api.shapes.common import Instant, ProblemItem, Sent

_OF = (
    "The mark or the number of a version, or `draft-N`; if left out what is in force, else the latest. "
    "Of several versions of one number the one in force is meant, else signed, else proposed last."
)
_PLAN = "As `accord plan --format json` writes it; docs/reference/plan.md describes each key."


class Fault(Schema):
    """One thing that is wrong with a chain."""

    fault: str
    file: str
    line: int
    path: str
    what: str
    remedy: str


class VerifyAnswer(Schema):
    """What verifying found; docs/reference/signatures.md describes each key."""

    layout: int
    file: str
    ok: bool
    entries: int
    head: str
    versions: list[dict[str, Any]]
    faults: list[Fault]
    more_faults: int


class DiffAnswer(Schema):
    """What differs between two texts, in sentences, and what it does to the numbers."""

    layout: int
    before: dict[str, Any]
    after: dict[str, Any]
    summary: str
    changes: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    notes: list[str]


class PlanAnswer(Schema):
    """The plan of a text; with settings, before and after side by side too."""

    of: str = Field(description="The mark of the version, or `draft-N`.")
    view: str
    settings: list[str]
    plan: dict[str, Any] = Field(description=_PLAN)
    comparison: dict[str, Any] | None = Field(description="Before and after; null without settings.")


class ExplainAnswer(Schema):
    """Where a number comes from."""

    of: str
    number: str
    text: str


class TextIn(Sent):
    """A text to look at; nothing is kept."""

    text: str = Field(description="The agreement in YAML.", max_length=MOST_CHARACTERS)


class CheckAnswer(Schema):
    """Every problem of a text."""

    ok: bool = Field(description="Whether there is no error; warnings and advice may be there.")
    problems: list[ProblemItem]


class TextOf(Schema):
    """Which text."""

    of: str = Field("", max_length=40, description=_OF)


class PlanOf(TextOf):
    """Which text, which view of its plan, and under which settings."""

    view: Literal["plan", "months", "capacity"] = Field("plan", description="Which part of the plan.")

    settings: list[str] = Field(
        [], alias="set", max_length=50, description="What if? Such as `win_rate=25%`; repeatable."
    )


class ExplainOf(TextOf):
    """Which number of which text."""

    number: str = Field(max_length=200, description="Such as `leads` or `smb.mql`.")


class DiffOf(Schema):
    """Which two texts."""

    before: str = Field("", alias="from", max_length=40, description=_OF)
    after: str = Field("", alias="to", max_length=40, description=_OF)


class VerifyOf(Schema):
    head: str = Field(
        "", max_length=100, description="Hash of an entry, noted earlier: it must still be there."
    )


class ElapsedOf(TextOf):
    """From when to when."""

    start: str = Field(alias="from", max_length=40, description="An instant such as 2026-03-31T17:00:00Z.")
    end: str = Field(alias="to", max_length=40, description="An instant, not before the other.")


class DueOf(TextOf):
    """From when, and how long."""

    start: str = Field(alias="from", max_length=40, description="An instant such as 2026-03-31T17:00:00Z.")
    budget: str = Field(max_length=40, description="`60 min`, `4 h`, `2 d`, `1 d wall`, or seconds.")


class CalendarAnswer(Schema):
    """Working hours by their name in the agreement."""

    name: str
    zone: str = Field(description="On the day of `as_of`.")


class ElapsedAnswer(Schema):
    calendar: str
    start: Instant
    end: Instant
    seconds: str = Field(description="Working seconds, an exact decimal.")


class DueAnswer(Schema):
    calendar: str
    start: Instant
    budget: str
    due: Instant
