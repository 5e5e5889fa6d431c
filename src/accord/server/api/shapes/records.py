"""What is on record, as the API has it: which days and leads of the score, decisions."""

from ninja import Field, Schema

from accord.server.api.shapes.common import Day, Instant
from accord.server.rituals.models import Decision


class ScoreOf(Schema):
    """Which days, which leads, as of when: what stands in the address of a score page."""

    period: str = Field(
        "",
        description="`this` interval, `last`, `quarter` or `term`; `this` where nothing is said.",
    )
    from_: str = Field("", alias="from", description="Instead: the first day, as 2026-03-01.")
    to: str = Field("", description="The last day, included.")
    as_of: str = Field(
        "",
        description="As it was known when this day ended, or at an instant such as 2026-04-02T09:00:00Z.",
    )
    type: list[str] = Field(
        [], description="Only leads of this type; several are any of them, `-` is unknown."
    )
    stream: list[str] = Field([], description="Only leads of this stream.")
    segment: list[str] = Field([], description="Only leads of this segment.")
    source: list[str] = Field([], description="Only leads of this source.")


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
