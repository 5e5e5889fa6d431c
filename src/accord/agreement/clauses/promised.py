"""The promises themselves, and those that hold where an agreement writes none."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from accord.agreement.clauses.clause import Clause, Name
from accord.agreement.clauses.funnels import LeadType
from accord.agreement.clauses.goals import Goal
from accord.agreement.clauses.people import Side, one_of
from accord.agreement.clauses.quantities import Share


class Promise(Clause):
    """One measurable commitment of one side: `measure` reaches `target`, or what `from` yields."""

    id: str = Field(min_length=1, description="How people cite it, such as M1 or S2")
    side: Annotated[
        Side,
        BeforeValidator(
            one_of(Side.MARKETING, Side.SALES, Side.BOTH),
            json_schema_input_type=Literal["marketing", "sales", "both"],
        ),
    ] = Field(description="Who promises: marketing, sales or both")
    measure: str = Field(description="What is counted: a measure that this side can promise")
    target: str | None = Field(default=None, description="90%, an amount or a count, as the measure asks")
    source: Literal["plan", "goal"] | None = Field(
        default=None,
        alias="from",
        description="Instead of a target: the number that the plan or the goal yields",
    )
    band: Share = Field(
        default=Fraction(10, 100), description="Tolerated to either side, inclusive (S4.26, F18)"
    )
    lead_type: Name | None = Field(default=None, description="Only for leads of this type")
    stream: Name | None = Field(default=None, description="Only for leads of this stream")
    definition: str = Field(default="", description="The promise in your own words")
    measured_by: str = Field(
        default="",
        description="Where the figure comes from if not from the log, such as the yearly survey of customers",
    )


class Kpi(Clause):
    """A figure that a side watches without having promised it (S3.15, S2.6)."""

    name: str = Field(min_length=1, description="What it is called")
    definition: str = Field(default="", description="What is counted, over what, since when")
    goal: str = Field(default="", description="Where it should be")
    band: Share | None = Field(default=None, description="How far it may stray from the goal, either way")
    owner: str | None = Field(default=None, description="The side, person or pool that watches it")


def usual_promises(goal: Goal, lead_types: Mapping[str, LeadType]) -> tuple[Promise, ...]:
    """The promises of an agreement that writes none: leads by the plan, speed, depth, verdicts, revenue.

    Marketing promises a number of accepted leads where the mix of every stream is decided. Where lead types
    are alternatives, no number of leads follows from the goal, but their value does (S4.22 to S4.24).
    """
    decided = all(_mix_is_decided(stream, lead_types) for stream in goal.streams)
    marketing = "accepted_leads" if decided else "lead_value"
    promises = [
        Promise.model_validate({"id": "M1", "side": Side.MARKETING, "measure": marketing, "from": "plan"}),
        Promise(id="S1", side=Side.SALES, measure="first_touch_in_time", target="90%"),
        Promise(id="S2", side=Side.SALES, measure="cadence_kept", target="80%"),
        Promise(id="S3", side=Side.SALES, measure="decided_in_time", target="95%"),
    ]
    if goal.revenue is not None:
        joint = {"id": "J1", "side": Side.BOTH, "measure": "revenue", "from": "goal"}
        promises.append(Promise.model_validate(joint))
    return tuple(promises)


def _mix_is_decided(stream: str, lead_types: Mapping[str, LeadType]) -> bool:
    funnels = [kind.streams[stream] for kind in lead_types.values() if stream in kind.streams]
    return len(funnels) <= 1 or all(funnel.mix is not None for funnel in funnels)
