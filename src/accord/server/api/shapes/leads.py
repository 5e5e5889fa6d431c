"""Leads as the API shows them, and what acts take."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import AwareDatetime

from accord.lead.events import Channel
from accord.lead.outcomes import Outcome
from accord.server.api.shapes.common import Instant, PersonRef, Sent

_NOTE = "Words that stay with the lead; they may name people, and are emptied when the person is erased."
StandingNow = Literal[  # accord.lead.standing.Standing, in place: another shape has that name
    "raised", "qualified", "delivered", "assigned", "accepted", "sales_qualified", "opportunity", "proposal",
    "won", "lost", "rejected", "disqualified", "returned", "merged", "opted_out", "erased",
]  # fmt: skip
Note = Annotated[str, Field(max_length=4000, description=_NOTE)]
Reason = Annotated[str, Field(max_length=120)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]


class Contact(Schema):
    """The person, as far as known; null for viewers, who see leads without people."""

    name: str
    email: str
    phone: str
    company: str
    role: str
    linkedin: str
    country: str
    zone: str
    language: str
    more: dict[str, Any] = Field(description="Other fields that came along.")
    refused: list[str] = Field(description="Channels through which the person does not want to be reached.")


class LeadShort(Schema):
    """One lead: a person's cycle."""

    key: str
    standing: StandingNow
    owner: PersonRef | None
    lead_type: str
    stream: str
    segment: str
    persona: str
    source: str
    source_owner: str
    grade: str
    missing: list[str] = Field(description="Minimum information that nobody has filled in.")
    value: str | None = Field(description="In the agreement's currency, as frozen at the hand-off.")
    created_at: Instant
    delivered_at: Instant | None
    touched_at: Instant | None
    connected_at: Instant | None
    attempts: int = Field(description="Those that count for depth.")
    due_at: Instant | None = Field(description="Of what sales owes next; null: nothing.")
    due_kind: str
    broken: int = Field(description="Promises of sales about it that are broken now.")
    changed_at: Instant | None


class DutyAnswer(Schema):
    """One thing that is owed about a lead."""

    kind: str
    number: int = Field(description="Of a checkpoint or a commitment; 0 elsewhere.")
    about: str
    side: str
    owner: PersonRef | None
    state: str = Field(description="pending, kept, broken, excused or void.")
    start_at: Instant
    due_at: Instant
    met_at: Instant | None
    broken_at: Instant | None
    cause: str


class EventAnswer(Schema):
    """One fact out of the log; null where unknown."""

    seq: int
    kind: str
    occurred_at: Instant
    recorded_at: Instant
    actor: str | None
    side: str | None
    channel: str | None
    outcome: str | None
    reason: str | None
    amount: str | None
    due_at: Instant | None


class HandOffAnswer(Schema):
    """The last hand-off: from whom, to whom, why, and what was fixed."""

    at: Instant
    by: PersonRef | None
    to: PersonRef | None
    why: list[str]
    grade: str
    value: str | None
    agreement: str
    calendar: str
    due_at: Instant | None
    decide_by: Instant | None
    missing: list[str]


class LeadCard(LeadShort):
    """A lead with its whole story."""

    contact: Contact | None
    reasons: list[dict[str, Any]] = Field(description="Of the score: axis, condition, points, words.")
    duties: list[DutyAnswer]
    events: list[EventAnswer] = Field(description="In the order in which they occurred; the last 500.")
    handed_off: HandOffAnswer | None


class Attempt(Sent):
    channel: Channel
    outcome: Outcome = Field(description="A call that ends in a voicemail is recorded as two touches.")
    note: Note = ""
    occurred_at: AwareDatetime | None = Field(None, description="Now, if not said.")
    asked: bool = Field(False, description="The person asked to be called at this time.")


class Conversation(Sent):
    channel: Channel
    note: Note = ""
    occurred_at: AwareDatetime | None = None


class Reject(Sent):
    reason: Reason | None = Field(None, description="One of the agreement's; null: it follows as feedback.")
    note: Note = ""


class Feedback(Sent):
    reason: Reason
    note: Note = ""


class Disqualify(Feedback):
    sub_reason: Reason = Field("", description="Where the agreement asks for one beside the reason.")


class Return(Feedback):
    track: Reason = Field("", description="Nurture track; the agreed one, if not said.")


class Noted(Sent):
    note: Note = ""


class Words(Sent):
    text: Note


class Worth(Noted):
    amount: Money | None = None


class Renewal(Worth):
    on: date | None = Field(None, description="The day, since the win; empty: today.")


class Churn(Noted):
    reason: str = Field(min_length=1, max_length=120, description="In own words: why the customer left.")
    on: date | None = Field(None, description="The day, since the win; empty: today.")


class Rating(Noted):
    satisfied: bool
    on: date | None = Field(None, description="The day, since the win; empty: today.")


class Arbitration(Noted):
    overturned: bool


class Excuse(Sent):
    kind: Reason = Field(description="The promise, as its duty names it.")
    reason: Reason


class Pause(Sent):
    reason: Reason
    until: AwareDatetime | None = None


class Commit(Sent):
    what: Reason
    due_at: AwareDatetime | None = Field(None, description="As agreed for such a thing, if not said.")
    about: Note = ""


class Fulfil(Sent):
    what: Reason
    occurred_at: AwareDatetime | None = None


class OptOut(Sent):
    channel: Channel | None = Field(None, description="Null: no contact through any.")


class Track(Sent):
    track: Reason


class Into(Sent):
    into: str = Field(max_length=64, description="Key of the lead that stays.")


class Known(Sent):
    fields: dict[str, Annotated[str, Field(max_length=500)]] = Field(
        max_length=40, description="What is known now, by field: email, phone, role, …"
    )


class Undo(Sent):
    seqs: list[int] = Field(
        min_length=1, max_length=9, description="Of all facts of one act, as `events` numbers them."
    )


class Nothing(Sent):
    """Nothing is to be said besides."""


class Erased(Schema):
    """Leads whose person was erased."""

    leads: list[str]


class PersonExport(Schema):
    """All that is kept about a person."""

    exported_at: Instant
    people: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    signals: list[dict[str, Any]]
    leads: list[dict[str, Any]]
    came_in: list[dict[str, Any]]
    mails: list[dict[str, Any]]


Owner = Literal["me", "nobody"]
