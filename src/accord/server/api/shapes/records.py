"""Decisions, as the API has them: an answer, and which are asked for."""

from ninja import Field, Schema

from accord.server.api.shapes.common import Day, Instant
from accord.server.rituals.models import Decision


class DecisionsOf(Schema):
    """Which decisions."""

    state: Decision.State | None = Field(None, description="Only those: open, done or dropped.")


class DecisionAnswer(Schema):
    """What both sides decided to do: one thing, somebody who does it, a day by which."""

    id: int
    text: str
    owner: int = Field(description="The number of the person who does it.")
    owner_name: str
    due_on: Day
    state: Decision.State
    note: str = Field(description="How it went, or why it was dropped; empty where nothing was said.")
    carried: int = Field(description="How often it was carried over to a later day.")
    meeting: Decision.Meeting = Field(description="Where it was decided.")
    made_at: Instant
    ended_at: Instant | None
