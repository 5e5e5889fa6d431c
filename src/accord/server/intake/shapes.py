"""What may come in, as data: a hand raised and an event told, each with its limits.

These are plain pydantic models: one call checks a whole batch without a step of Python for each item, which
is what keeps a batch fast. The API, signed webhooks, forms and files all end in them.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accord.lead.events import Channel

MOST_ITEMS = 1_000  # of a batch
_MOST_DIGITS = 10**15
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER = timedelta(minutes=5)  # by so much a sender's clock may be ahead of ours


Word = Annotated[str, StringConstraints(max_length=80)]
Name = Annotated[str, StringConstraints(max_length=120)]
Line = Annotated[str, StringConstraints(max_length=200)]
Link = Annotated[str, StringConstraints(max_length=254)]
Long = Annotated[str, StringConstraints(max_length=8000)]
Id = Annotated[str, StringConstraints(max_length=180)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")]
Phone = Annotated[str, StringConstraints(max_length=60)]
Country = Annotated[str, StringConstraints(max_length=2, pattern=r"^$|^[A-Za-z]{2}$")]
Zone = Annotated[
    str, StringConstraints(max_length=64, pattern=r"^$|^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")
]
Language = Annotated[str, StringConstraints(max_length=10, pattern=r"^$|^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Scalar = (
    Annotated[int, Field(ge=-_MOST_DIGITS, le=_MOST_DIGITS)]
    | float
    | bool
    | Annotated[str, StringConstraints(max_length=500)]
    | None
)


class _Sent(BaseModel):
    """What it does not know is refused, so that a misspelt field is never left out in silence."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, ser_json_inf_nan="null"
    )


class Told(StrEnum):
    """What other tools may tell of a lead; hand-off, assignment and what machines find are the desk's own."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ATTEMPTED = "attempted"
    CONNECTED = "connected"
    SALES_QUALIFIED = "sales_qualified"
    OPPORTUNITY = "opportunity"
    PROPOSAL = "proposal"
    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    RETURNED = "returned"
    PAUSED = "paused"
    RESUMED = "resumed"
    OPTED_OUT = "opted_out"
    SIGNALLED = "signalled"
    RENEWED = "renewed"
    CHURNED = "churned"
    RATED = "rated"


class ConsentIn(_Sent):
    """Whether the person may be reached through a channel, and why."""

    channel: Channel
    allowed: bool = True
    basis: Literal["consent", "contract", "legitimate interest", "none"] = "consent"
    source: Line = Field("", description="Where it was given: a form, a call.")
    wording: Long = Field("", description="What the person was shown, word for word.")
    at: AwareDatetime | None = Field(None, description="When; the lead's own instant if not said.")


class LeadIn(_Sent):
    """A hand raised: one person who may buy. An e-mail address, a phone number or a name with a company is
    needed, all else may be left out."""

    id: Id = Field("", description="Your own name of it: what comes again with it is the same lead.")
    occurred_at: AwareDatetime | None = Field(None, description="When the hand was raised; now if not said.")
    email: Email = ""
    phone: Phone = Field("", description="With the country's code, as +90 212 …")
    name: Line = ""
    company: Line = ""
    role: Name = ""
    linkedin: Link = ""
    country: Country = Field("", description="ISO 3166, two letters; a name in English is understood, too.")
    zone: Zone = Field("", description="IANA, as Europe/Istanbul.")
    language: Language = Field("", description="BCP 47, as pt-BR.")
    lead_type: Word = Field("", description="One of the agreement's lead types.")
    stream: Word = Field("", description="One of the agreement's revenue streams.")
    segment: Word = ""
    persona: Word = ""
    source: Name = Field("", description="Where the lead comes from, as your reports name it.")
    source_owner: Literal["", "marketing", "sales", "partner", "retention"] = Field(
        "", description="Whose work brought it; fixed when the lead is made."
    )
    signals: dict[Label, Count] = Field(
        default_factory=dict, max_length=50, description="Acts of interest by name, each with its count."
    )
    consents: list[ConsentIn] = Field(default_factory=list, max_length=20)
    more: dict[Label, Scalar] = Field(
        default_factory=dict, max_length=60, description="Other fields by name; criteria may read them."
    )

    @model_validator(mode="after")
    def _holds(self, info: ValidationInfo) -> "LeadIn":
        if not (self.email or self.phone or (self.name and self.company)):
            said = "give an e-mail address, a phone number, or a name with a company"
            raise PydanticCustomError("nobody", "nobody can be reached by this; {said}", {"said": said})
        if self.occurred_at is not None:
            _must_be_possible(self.occurred_at, info)
        return self


class EventIn(_Sent):
    """What happened to a lead in another tool. The lead is named by its key, or found by e-mail or phone."""

    id: Id = Field("", description="Your own name of it: what comes again with it is the same event.")
    kind: Told
    lead: Word = Field("", description="The lead's key, or the key that was promised for it.")
    email: Email = ""
    phone: Phone = ""
    occurred_at: AwareDatetime | None = Field(None, description="When; now if not said.")
    actor: Word = Field("", description="Who did it: key in the agreement or e-mail address of a colleague.")
    automated: bool = Field(False, description="Done by a machine: it never stops a clock of speed.")
    channel: Literal[""] | Channel = Field("", description="An attempt and a connect need one.")
    outcome: Name = Field(
        "", description="Of an attempt: no_answer, voicemail, sent …; of `rated`: satisfied, not satisfied."
    )
    reason: Name = Field("", description="Of a reject, a win, a loss, a disqualification, a pause.")
    amount: Amount | None = None
    until: AwareDatetime | None = Field(None, description="Of a pause: when it ends.")
    signal: Name = Field("", description="Of `signalled`: its name, as criteria have it.")
    count: Count = 1

    @model_validator(mode="after")
    def _holds(self, info: ValidationInfo) -> "EventIn":
        if not (self.lead or self.email or self.phone):
            raise PydanticCustomError(
                "no_lead", "says nothing of whose event it is; give lead, email or phone"
            )
        needs = {
            Told.ATTEMPTED: "channel",
            Told.CONNECTED: "channel",
            Told.SIGNALLED: "signal",
            Told.RATED: "outcome",
        }
        if (needed := needs.get(self.kind)) and not getattr(self, needed):
            said = {"kind": self.kind.value, "field": needed}
            raise PydanticCustomError("missing_for_kind", "{kind} needs {field}; give it", said)
        if self.occurred_at is not None:
            _must_be_possible(self.occurred_at, info)
        return self


class LeadsIn(_Sent):
    """Several leads at once."""

    leads: list[LeadIn] = Field(min_length=1, max_length=MOST_ITEMS)


class EventsIn(_Sent):
    """Several events at once."""

    events: list[EventIn] = Field(min_length=1, max_length=MOST_ITEMS)


def _must_be_possible(at: datetime, info: ValidationInfo) -> None:
    """Held against the instant of the request, which comes as the context's `at`."""
    now: datetime = (info.context or {})["at"]
    if not _OLDEST <= at <= now + _CLOCKS_DIFFER:
        said = "lies before the year 2000 or in the future; send the instant at which it happened"
        raise PydanticCustomError("impossible_instant", "occurred_at {said}", {"said": said})
