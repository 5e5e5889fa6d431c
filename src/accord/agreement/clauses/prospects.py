"""Whom we sell to, and what we promise them: profiles of buyers, and commitments to prospects."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from accord.agreement.clauses.clause import Clause, Name, one_or_many, shorthand
from accord.agreement.clauses.quantities import Window

_Texts = Annotated[tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])]


class Profile(Clause):
    """A kind of buyer that both sides accept as a prospect (S1.7 to S1.10), or one that they avoid."""

    about: str = Field(default="", description="Who that is")
    signs: _Texts = Field(default=(), description="What marks a long or profitable relationship")
    warnings: _Texts = Field(default=(), description="What warns of a prospect who will cause trouble")
    evidence: str = Field(
        default="", description="What this rests on, such as the best and the worst customers of last year"
    )


class Commitment(Clause):
    """What a prospect is told and can hold us to: an answer to an RFP, a proposal, a call back (S0.40)."""

    within: Window = Field(description="Time to keep it, from the moment it is made or asked for")
    about: str = Field(default="", description="What is promised, and what never is")
    owner: str | None = Field(default=None, description="The side, person or pool that keeps it")


Profiles = dict[
    Name, Annotated[Profile, BeforeValidator(shorthand("about"), json_schema_input_type=Profile | str)]
]
Commitments = dict[
    Name,
    Annotated[Commitment, BeforeValidator(shorthand("within"), json_schema_input_type=Commitment | Window)],
]
