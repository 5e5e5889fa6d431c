"""What many answers share: instants, pages, problems."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from ninja import Field, Schema
from pydantic import ConfigDict, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from accord.errors import nearest

Item = TypeVar("Item")
Json = dict[str, Any]
UNKNOWN_KEY = "unknown_key"  # the kind of fault that a field is which nobody asked for


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


class Sent(Schema):
    """A body: what it does not know is refused, so that a misspelt field is never left out in silence."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, sent: object) -> object:
        given = getattr(sent, "_obj", sent)
        unknown = [key for key in given if key not in cls.model_fields] if isinstance(given, dict) else []
        if unknown:
            known = nearest(str(unknown[0]), cls.model_fields)
            raise PydanticCustomError(
                UNKNOWN_KEY, "{said}", {"key": unknown[0], "said": f"nothing here is called that{known}"}
            )
        return sent


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


class Reason(Sent):
    """Why something is done; it stays in the record."""

    reason: str = Field("", max_length=4000)
