"""What comes in through the API, and what is answered; `accord.server.intake.shapes` has the items."""

from typing import Any, Literal

from ninja import Field, Schema
from pydantic.json_schema import models_json_schema

from accord.server.api.shapes.common import Instant
from accord.server.intake.shapes import EventIn, EventsIn, LeadIn, LeadsIn

_WHERE = "#/components/schemas/{model}"


class ItemProblem(Schema):
    """One thing that is wrong with an item."""

    path: str = Field(description="Where, as body.leads.3.email.")
    what: str
    allowed: str


class TakenItem(Schema):
    """What was done with one item."""

    place: int = Field(description="Its place in the batch, from 0.")
    id: str = Field(description="Your own name of it, as sent; empty where none was, and for a refused one.")
    key: str | None = Field(description="By which you may ask for it and tell events of it; null if refused.")
    status: Literal["accepted", "duplicate", "refused"] = Field(
        description="`duplicate`: it had come before, and nothing was stored again; the key is the first one."
    )
    problems: list[ItemProblem] = Field(description="Why it was refused.")


class TakenAnswer(Schema):
    """What was done with the items; what is accepted is on disk."""

    accepted: int
    duplicates: int
    refused: int
    items: list[TakenItem]


class ArrivalAnswer(Schema):
    """What became of something that came in."""

    key: str
    kind: Literal["lead", "event"]
    id: str = Field(description="Your own name of it, or the one that it was given.")
    status: Literal["waiting", "settled", "in trouble", "aside"]
    became: str = Field(description="`lead`, `signal`, `event`, `nothing` or `aside`; empty while it waits.")
    lead: str | None = Field(description="Key of the lead that it made or belongs to.")
    received_at: Instant
    settled_at: Instant | None
    tries: int
    problem: str = Field(description="Why the last try failed; empty if it did not.")


def sent(*models: type[LeadIn | EventIn | LeadsIn | EventsIn]) -> dict[str, Any]:
    """The description of a body that is one of these."""
    either = [{"$ref": _WHERE.format(model=model.__name__)} for model in models]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": {"anyOf": either}}}}}


def components() -> dict[str, Any]:
    """What the descriptions of bodies refer to."""
    models = [(model, "validation") for model in (LeadIn, LeadsIn, EventIn, EventsIn)]
    made: dict[str, Any] = models_json_schema(models, ref_template=_WHERE)[1]["$defs"]  # type: ignore[arg-type]
    return made
