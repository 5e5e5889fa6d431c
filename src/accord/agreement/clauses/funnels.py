"""The way from visitor to customer: stages, lead types, their rates, and what one lead is worth."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from accord.agreement.clauses.bounds import Bound, show_bound
from accord.agreement.clauses.clause import Clause, Name, one_or_many
from accord.agreement.clauses.goals import ONLY_STREAM
from accord.agreement.clauses.quantities import Money, Positive, Price, Share
from accord.agreement.clauses.rates import Rate, evidence_in, show_rate

STAGES = ("visitor", "lead", "mql", "sal", "sql", "opportunity", "proposal", "customer")
MOST_STAGES = 40
BETWEEN = "_to_"  # what joins two stages to the name of a rate


class Stage(Clause):
    """One stage of the funnel with its definition and its owner (S3.8, S1.29)."""

    name: Name = Field(min_length=1, description="What rates and definitions call it")
    definition: str = Field(default="", description="When a lead is in this stage")
    owner: str | None = Field(default=None, description="The side or person that answers for this stage")
    examples: tuple[str, ...] = Field(default=(), description="Leads that are in this stage")
    non_examples: tuple[str, ...] = Field(default=(), description="Leads that seem to be, but are not")


class Funnel(Clause):
    """The rates of one lead type in one stream: each `A_to_B` is the share of A that ever reaches B.

    `mix` is the share of the stream's customers that this lead type has to bring. Where no lead type of a
    stream says its mix, each is an alternative that could carry the stream alone (S4.23).
    """

    mix: Share | None = Field(
        default=None, description="Share of the stream's customers that this lead type has to bring (S4.16)"
    )
    deal_value: Price | None = Field(default=None, description="Where it differs from the stream's")
    cost: Price | None = Field(default=None, description="What one delivered lead costs marketing")
    at_least: Bound | None = Field(
        default=None,
        description="What the best mix must take of it: leads, or a share of the stream's customers",
    )
    at_most: Bound | None = Field(
        default=None,
        description="The most that can be had of it: leads, or a share of the stream's customers",
    )
    rates: dict[str, Rate] = Field(
        default={},
        description="Rates such as mql_to_sql, as 34% or 68 of 200; they may also stand beside this key",
    )
    evidence: dict[str, Positive] = Field(
        default={}, description="How many each rate was counted on: 68 of 200 says 200"
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_rates(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        rates = {key: item for key, item in value.items() if BETWEEN in str(key)}
        rest = {key: item for key, item in value.items() if key not in rates}
        own = rest.get("rates", {})
        if not isinstance(own, dict):
            return rest
        counted = evidence_in({**own, **rates})
        if counted and isinstance(given := rest.get("evidence", {}), dict):
            rest["evidence"] = {**given, **counted}
        return {**rest, "rates": {**own, **rates}} if rates else rest

    @model_validator(mode="after")
    def _fits_together(self) -> "Funnel":
        if loose := sorted(self.evidence.keys() - self.rates.keys()):
            raise ValueError(f"`evidence` counts {loose[0]}, which is no rate here; strike it")
        least, most = self.at_least, self.at_most
        if least is not None and most is not None and type(least) is type(most) and least > most:
            raise ValueError(
                f"at_least {show_bound(least)} is above at_most {show_bound(most)}; swap or change them"
            )
        return self

    def written_rates(self) -> dict[str, str]:
        """The rates as people write them, with what they were counted on."""
        return {key: show_rate(rate, self.evidence.get(key)) for key, rate in self.rates.items()}

    @model_serializer(mode="wrap")
    def _spread_rates(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As people write it: the rates beside `mix`, each with its counts."""
        plain: dict[str, Any] = handler(self)
        given = plain.pop("rates", None)
        plain.pop("evidence", None)
        return {**plain, **(self.written_rates() if given else {})}


class LeadType(Clause):
    """A kind of lead with its own rates and targets (S4.15)."""

    streams: dict[Name, Funnel] = Field(
        default={}, description="Rates by revenue stream; leave out where there is only one"
    )
    label: str | None = Field(default=None, description="The name people see")
    owner: Name | None = Field(default=None, description="Who brings these leads: a name under `people`")
    definition: str = Field(default="", description="Which leads are of this type")
    tactics: Annotated[
        tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])
    ] = Field(default=(), description="How they are brought about, such as fairs or a newsletter (S3.4)")

    @model_validator(mode="before")
    @classmethod
    def _one_funnel(cls, value: Any) -> Any:
        """Rates straight under a lead type hold for the only stream."""
        return under_stream(value, ONLY_STREAM)


class Value(Clause):
    """What one lead is worth: conversion × deal value, or a price list by a column of the log (S0.24)."""

    by: Literal["conversion", "persona", "segment", "lead_type"] = Field(
        default="conversion",
        description="Rates times deal value, or a price list by persona, segment or lead type",
    )
    prices: dict[str, Money] = Field(
        default={}, description="Price of one lead by persona, segment or lead type"
    )

    @model_validator(mode="after")
    def _prices_where_asked(self) -> "Value":
        if self.by != "conversion" and not self.prices:
            raise ValueError(
                f"leads are valued by {self.by}, but no `prices` are given; list a price for each"
            )
        if self.by == "conversion" and self.prices:
            raise ValueError("`prices` are given, but not for what; add `by`: persona, segment or lead_type")
        return self


def under_stream(lead_type: Any, stream: str) -> Any:
    """A lead type as written; what describes a funnel goes under `stream` unless it names its streams."""
    if not isinstance(lead_type, dict) or "streams" in lead_type:
        return lead_type
    rest = {key: item for key, item in lead_type.items() if key in LeadType.model_fields}
    own = {key: item for key, item in lead_type.items() if key not in rest}
    return {**rest, "streams": {stream: own}} if own else rest


def with_only_stream(lead_types: Any, goal: Any) -> Any:
    """Lead types as written; rates without a stream are those of the goal's stream if it names only one."""
    streams = goal.get("streams") if isinstance(goal, Mapping) else None
    if not isinstance(streams, Mapping) or len(streams) != 1 or not isinstance(lead_types, Mapping):
        return lead_types
    (only,) = streams
    return {name: under_stream(item, only) for name, item in lead_types.items()}


def stages_of(rate: str, stages: Sequence[str]) -> tuple[int, int] | None:
    """Places in `stages` of A and B of the rate `A_to_B`; None unless both are known and A is before B."""
    for at, stage in enumerate(stages):
        after = rate.removeprefix(stage + BETWEEN)
        if after != rate and after in stages[at + 1 :]:
            return at, stages.index(after)
    return None
