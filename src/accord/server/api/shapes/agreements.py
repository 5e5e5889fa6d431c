"""Agreements, versions, drafts and what is worked out from them."""

from typing import Any, Literal

from ninja import Field, Schema

from accord.server.agreements.acts import MOST_CHARACTERS
from accord.server.api.shapes.common import Day, Instant, PersonRef, ProblemItem

_TEXT = "The agreement in YAML. It is kept with its problems, if it has any."
_OF = "The mark of a version, or `draft-N`; if left out what is in force, else the latest."
_PLAN = "As `accord plan --format json` writes it; docs/reference/plan.md describes each key."


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


class ChainIn(Schema):
    """The chain as `accord sign --key` made it: what is here, and new signatures after it."""

    text: str = Field(min_length=1, description="The whole file NAME.signatures.")


class Fault(Schema):
    """One thing that is wrong with a chain."""

    fault: str
    file: str
    line: int
    path: str
    what: str
    remedy: str


class VerifyAnswer(Schema):
    """What verifying found; docs/reference/signatures.md describes each key."""

    layout: int
    file: str
    ok: bool
    entries: int
    head: str
    versions: list[dict[str, Any]]
    faults: list[Fault]


class DiffAnswer(Schema):
    """What differs between two texts, in sentences, and what it does to the numbers."""

    layout: int
    before: dict[str, Any]
    after: dict[str, Any]
    summary: str
    changes: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    notes: list[str]


class PlanAnswer(Schema):
    """The plan of a text; with settings, before and after side by side too."""

    of: str = Field(description="The mark of the version, or `draft-N`.")
    view: str
    settings: list[str]
    plan: dict[str, Any] = Field(description=_PLAN)
    comparison: dict[str, Any] | None = Field(description="Before and after; null without settings.")


class ExplainAnswer(Schema):
    """Where a number comes from."""

    of: str
    number: str
    text: str


class TextIn(Schema):
    """A text to look at; nothing is kept."""

    text: str = Field(description="The agreement in YAML.", max_length=MOST_CHARACTERS)


class CheckAnswer(Schema):
    """Every problem of a text."""

    ok: bool = Field(description="Whether there is no error; warnings and advice may be there.")
    problems: list[ProblemItem]


class AgreementIn(Schema):
    """A new agreement with the text of its first draft."""

    text: str = Field(description=_TEXT, max_length=MOST_CHARACTERS)


class DraftIn(Schema):
    """A new draft."""

    text: str | None = Field(
        None,
        description="Its text; if left out, what was proposed last, as the next version.",
        max_length=MOST_CHARACTERS,
    )


class SavingIn(Schema):
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


class ProposeIn(Schema):
    """Which saving is proposed, and why."""

    saved: int = Field(ge=1, le=1_000_000, description="The saving that you have read.")
    reason: str = Field("", max_length=4000, description="Needed where it resets a version in force.")


class WithdrawIn(Schema):
    reason: str = Field(min_length=1, max_length=4000)


class StartFrom(Schema):
    started_from: int = Field(ge=1, le=1_000_000, description="The saving that you had before you.")


class QuestionAnswer(Schema):
    """One question of a survey."""

    key: str
    form: str = Field(description="text, list, number or choice.")
    ask: str
    help: str
    options: list[str]


class Answered(Schema):
    """That somebody answered, and when last: not what."""

    name: str
    side: str
    at: Instant


class SurveyShort(Schema):
    """Both sides asked apart what they mean by their words."""

    id: int
    opened_by: PersonRef
    opened_at: Instant
    closed_at: Instant | None


class SurveyAnswer(SurveyShort):
    questions: list[QuestionAnswer]
    answered: list[Answered]


class OwnAnswers(Schema):
    """The answers of the token's owner, by the key of the question."""

    at: Instant | None
    answers: dict[str, str | list[str]]


class OwnAnswersIn(Schema):
    """A list is a list of texts; a number is written as text."""

    answers: dict[str, str | list[str]] = Field(max_length=500)


class SurveyCloseIn(Schema):
    without: bool = Field(False, description="Close it although a side has not answered at all.")


class ComparisonAnswer(Schema):
    """Where both sides agree and differ; docs/how-to/agree-on-definitions.md describes each key."""

    layout: int
    agreement: str
    people: dict[str, list[str]]
    counts: dict[str, int]
    questions: list[dict[str, Any]]


class TextOf(Schema):
    """Which text."""

    of: str = Field("", max_length=40, description=_OF)


class PlanOf(TextOf):
    """Which text, which view of its plan, and under which settings."""

    view: Literal["plan", "months", "capacity"] = Field("plan", description="Which part of the plan.")

    settings: list[str] = Field(
        [], alias="set", max_length=50, description="What if? Such as `win_rate=25%`; repeatable."
    )


class ExplainOf(TextOf):
    """Which number of which text."""

    number: str = Field(max_length=200, description="Such as `leads` or `smb.mql`.")


class DiffOf(Schema):
    """Which two texts."""

    before: str = Field("", alias="from", max_length=40, description=_OF)
    after: str = Field("", alias="to", max_length=40, description=_OF)


class VerifyOf(Schema):
    head: str = Field(
        "", max_length=100, description="Hash of an entry, noted earlier: it must still be there."
    )


class ElapsedOf(TextOf):
    """From when to when."""

    start: str = Field(alias="from", max_length=40, description="An instant such as 2026-03-31T17:00:00Z.")
    end: str = Field(alias="to", max_length=40, description="An instant, not before the other.")


class DueOf(TextOf):
    """From when, and how long."""

    start: str = Field(alias="from", max_length=40, description="An instant such as 2026-03-31T17:00:00Z.")
    budget: str = Field(max_length=40, description="`60 min`, `4 h`, `2 d`, `1 d wall`, or seconds.")


class CalendarAnswer(Schema):
    """Working hours by their name in the agreement."""

    name: str
    zone: str = Field(description="On the day of `as_of`.")


class ElapsedAnswer(Schema):
    calendar: str
    start: Instant
    end: Instant
    seconds: str = Field(description="Working seconds, an exact decimal.")


class DueAnswer(Schema):
    calendar: str
    start: Instant
    budget: str
    due: Instant


DownloadForm = Literal["yaml", "html", "pdf", "signatures"]
