"""What many answers share: instants, pages, problems."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import PlainSerializer, WithJsonSchema

Item = TypeVar("Item")
Json = dict[str, Any]


def iso(at: datetime) -> str:
    """An instant as answers have it: ISO 8601 in UTC with `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-31T17:00:00Z"]}),
]
Day = Annotated[
    date,
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-31"]}),
]


class Page(Schema, Generic[Item]):
    """Part of a list."""

    items: list[Item]
    next: str | None = Field(description="Address of the next part, as in the Link header; null at the end.")


class ProblemItem(Schema):
    """One thing that is wrong with a text or with fields."""

    line: int | None = Field(description="Line of the text, from 1; null where nothing has lines.")
    path: str = Field(description="Where: a path of the agreement, or body.FIELD, query.NAME, header.NAME.")
    what: str = Field(description="What is wrong.")
    allowed: str = Field(description="What would be right; may be empty.")
    severity: str = Field(description="error, warning or advice.")


class ProblemAnswer(Schema):
    """An error as RFC 9457 has it, with media type application/problem+json."""

    type: str = Field(description="`urn:accord:problem:` and the name of the error, or about:blank.")
    title: str
    status: int
    detail: str = Field(description="One sentence: what is wrong, where, what to do.")
    instance: str = Field(description="Path of the request.")
    problems: list[ProblemItem]


class PersonRef(Schema):
    """Somebody with an account, in short."""

    id: int
    name: str


class Reason(Schema):
    """Why something is done; it stays in the record."""

    reason: str = Field("", max_length=4000)
