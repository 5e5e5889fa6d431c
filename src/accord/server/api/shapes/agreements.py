"""Agreements, versions and drafts."""

from typing import Literal

from ninja import Field, Schema

from accord.server.agreements.acts import MOST_CHARACTERS
from accord.server.api.shapes.common import Day, Instant, PersonRef, Sent

_TEXT = "The agreement in YAML. It is kept with its problems, if it has any."
DownloadForm = Literal["yaml", "html", "pdf", "signatures"]


class Missing(Schema):
    """Whose signature is still awaited."""

    side: str
    person: str | None = Field(description="Key under `people`; null where the side has no head at all.")


class VersionShort(Schema):
    """A version that was proposed."""

    version: int
    mark: str = Field(description="The first twelve digits of the digest: the version's name in addresses.")
    digest: str
    name: str
    status: str = Field(description="draft, proposed, signed, active, expired or reset, at `as_of`.")
    sentence: str = Field(description="Why it has this status.")
    start: Day
    end: Day
    reset_review: Day
    missing: list[Missing]


class AgreementShort(Schema):
    """An agreement through all its versions."""

    slug: str
    title: str
    started_at: Instant
    versions: int = Field(description="How many versions were proposed.")
    in_force: VersionShort | None
    waiting: VersionShort | None = Field(description="The version that waits for signatures.")


class AgreementAnswer(AgreementShort):
    """An agreement, with the head of its chain."""

    as_of: Instant = Field(description="The instant that statuses are for.")
    head: str = Field(description="Hash of the last entry of the chain: note it, and `verify` later by it.")
    open_drafts: list[int]


class Standing(Schema):
    """A status from an instant until the next one's."""

    status: str
    since: Instant | None
    sentence: str


class SignatureAnswer(Schema):
    """One person's signature."""

    at: Instant
    person: str
    name: str
    side: str
    role: str
    way: str = Field(description="ed25519 or acknowledged.")
    key: str | None


class Done(Schema):
    """An act on a version: by whom, when and why."""

    at: Instant
    person: str
    name: str
    reason: str


class VersionAnswer(VersionShort):
    """A version in full."""

    supersedes: str | None
    text: str
    calculation: str = Field(description="The numbers that everybody went through before signing.")
    proposed: Done
    signatures: list[SignatureAnswer]
    complete_at: Instant | None = Field(description="When the last head signed.")
    withdrawn: Done | None
    reset: Done | None
    standings: list[Standing]


class Walk(Schema):
    """One page of what a person goes through before signing."""

    title: str
    text: str


class WalkAnswer(Schema):
    """The walk, for the person of the token."""

    version: int
    digest: str
    person: str = Field(description="Key under `people`.")
    steps: list[Walk]


class ChainAnswer(Schema):
    """The chain of signatures as text, as it stands in `NAME.signatures`."""

    head: str
    entries: int
    text: str


class ChainIn(Sent):
    """The chain as `accord sign --key` made it: what is here, and new signatures after it."""

    text: str = Field(min_length=1, description="The whole file NAME.signatures.")


class AgreementIn(Sent):
    """A new agreement with the text of its first draft."""

    text: str = Field(description=_TEXT, max_length=MOST_CHARACTERS)


class DraftIn(Sent):
    """A new draft."""

    text: str | None = Field(
        None,
        description="Its text; if left out, what was proposed last, as the next version.",
        max_length=MOST_CHARACTERS,
    )


class SavingIn(Sent):
    """The next saving of a draft."""

    text: str = Field(description=_TEXT, max_length=MOST_CHARACTERS)
    started_from: int | None = Field(
        None, ge=1, le=1_000_000, description="The saving that the writer had before them; or say If-Match."
    )


class DraftShort(Schema):
    """A text that nobody signed yet."""

    agreement: str = Field(description="Slug.")
    number: int
    state: str = Field(description="open, proposed or discarded.")
    saved: int = Field(description="How often it was saved: what the next saving starts from.")
    started_by: PersonRef
    started_at: Instant
    saved_by: PersonRef
    saved_at: Instant
    digest: str | None = Field(description="Of the version that it was proposed as.")


class DraftAnswer(DraftShort):
    """A draft with its text. The answer's ETag is the number of its saving."""

    text: str


class SavingShort(Schema):
    """One saving of a draft."""

    number: int
    by: PersonRef
    at: Instant


class SavingAnswer(SavingShort):
    text: str


class ClashAnswer(Schema):
    """A text that was not saved because somebody else saved in between: kept until it is settled."""

    id: int
    started_from: int
    by: PersonRef
    at: Instant
    text: str


class ProposeIn(Sent):
    """Which saving is proposed, and why."""

    saved: int = Field(ge=1, le=1_000_000, description="The saving that you have read.")
    reason: str = Field("", max_length=4000, description="Needed where it resets a version in force.")


class WithdrawIn(Sent):
    reason: str = Field(min_length=1, max_length=4000)


class StartFrom(Sent):
    started_from: int = Field(ge=1, le=1_000_000, description="The saving that you had before you.")
