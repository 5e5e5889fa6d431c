"""Who got which lead and why, as the API shows it."""

from typing import Literal

from ninja import Field, Schema

from accord.server.api.shapes.common import Instant, PersonRef

Step = Literal[
    "duplicate", "account", "rule", "receiver", "pool", "catch_all", "cover", "hand", "taken",
]  # fmt: skip
Why = Literal["off", "away", "excluded", "full", "ahead", "hours", "turn"]


class PassedOver(Schema):
    """Somebody who did not get the lead, and why."""

    person: int = Field(description="The number of the account.")
    step: Step
    why: Why
    used: int | None = Field(description="Leads of the month, where these were the reason.")
    allowed: str | None = Field(description="Leads allowed, exact, such as 95/14.")


class RoutingAnswer(Schema):
    """One assignment, or the finding that nobody could take a lead."""

    id: int
    at: Instant
    lead: str = Field(description="Its key.")
    to: PersonRef | None = Field(description="null: nobody.")
    left: PersonRef | None = Field(description="Who had it before.")
    by: PersonRef | None = Field(description="Who decided it; null: the rules did.")
    rule: Step
    about: str = Field(description="Name of the rule or of the pool.")
    why: str = Field(description="What made it move, where it was somebody's.")
    passed_over: list[PassedOver]


class Reassign(Schema):
    """To whom a lead goes."""

    to: int | None = Field(
        None, ge=1, description="The number of an account of sales; null: the rules choose."
    )
    why: str = Field("", max_length=200)
