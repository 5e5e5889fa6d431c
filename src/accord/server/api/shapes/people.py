"""People, invitations, absences, the audit and tokens."""

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Field, Schema
from pydantic import AfterValidator

from accord.server.api.shapes.common import Day, Instant, PersonRef, Sent
from accord.server.audit.models import Action
from accord.server.people.models import MOST_LEADS_PER_MONTH, Role, Side

_CAPACITY = "Leads a month that this person can follow up; null if nobody knows."


def _address(text: str) -> str:
    try:
        validate_email(text.strip())
    except ValidationError:
        raise ValueError("this is no e-mail address; write one such as mina@acme.example") from None
    return text


class TokenAnswer(Schema):
    """The token that the request came with, and whom it acts for."""

    name: str
    owner: PersonRef
    side: str
    role: str
    scopes: list[str]
    expires_at: Instant


class PersonAnswer(Schema):
    """Somebody with an account."""

    id: int
    name: str
    email: str
    side: str
    role: str
    calendar: str = Field(description="By its name in the agreement; empty if none is said.")
    pool: str
    leads_per_month: int | None = Field(description=_CAPACITY)
    active: bool = Field(description="Whether the person can sign in.")
    joined_at: Instant


class PersonIn(Sent):
    """What is to change; what is left out stays."""

    side: Side | None = None
    role: Role | None = None
    calendar: str | None = Field(None, max_length=80)
    pool: str | None = Field(None, max_length=80)
    leads_per_month: int | None = Field(None, ge=1, le=MOST_LEADS_PER_MONTH, description=_CAPACITY)


class AbsenceAnswer(Schema):
    """Days on which somebody is away, both included."""

    id: int
    person: PersonRef
    from_on: Day
    to_on: Day
    cover: PersonRef | None
    note: str


class AbsenceIn(Sent):
    from_on: Day
    to_on: Day
    cover: int | None = Field(None, ge=1, description="Who covers: the number of a person.")
    note: str = Field("", max_length=200)


class InvitationAnswer(Schema):
    """A link that lets one person in, once."""

    id: int
    email: str
    name: str
    side: str
    role: str
    standing: str = Field(description="open, accepted, withdrawn or expired.")
    invited_by: PersonRef
    invited_at: Instant
    expires_at: Instant


class Invited(InvitationAnswer):
    link: str = Field(description="Shown now and never again; it was mailed too, if mail is set up.")


class InvitationIn(Sent):
    """Who is to be let in, as what."""

    email: Annotated[str, AfterValidator(_address)] = Field(
        max_length=254, description="Where the link goes."
    )
    side: Side
    role: Role = Role.MEMBER
    name: str = Field("", max_length=120)


class AuditOf(Schema):
    """Which part of the audit."""

    action: Action | None = Field(None, description="Only this kind of change.")
    person: int | None = Field(None, ge=1, le=2**63 - 1, description="Only what this person did.")


class AuditAnswer(Schema):
    """One change that somebody made."""

    id: int
    at: Instant
    person: int | None = Field(description="Null: the system itself, or nobody who is signed in.")
    name: str
    side: str
    via: str = Field(description="page, api:NAME OF TOKEN, command, worker.")
    address: str
    action: str
    about: str
    link: str
    detail: dict[str, Any]
