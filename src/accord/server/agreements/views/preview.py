"""What would happen if a draft were proposed now: problems, changes, who signs, what begins and what ends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from accord.agreement.parse import parse_written
from accord.agreement.signing import sign as signing
from accord.agreement.signing.chain import parse_chain
from accord.agreement.signing.proposals import (
    SIDES,
    Proposal,
    agreement_in,
    full_name,
    heads_of,
    start_of,
)
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, Problem, Severity, SignatureRefused
from accord.plan.remarks import check_all
from accord.plan.walk import calculation
from accord.server.agreements.acts import must_be_party
from accord.server.agreements.finding import today_in
from accord.server.agreements.frame import Frame
from accord.server.agreements.models import Draft
from accord.server.agreements.views.differences import Difference, compared
from accord.server.people.addresses import normal_address
from accord.server.people.models import User

_ANY_REASON = "a reason"  # for trying only: whether it is said is asked when it is proposed


@dataclass(frozen=True)
class Signer:
    """A head who would have to sign, and whether they can here: by an account with their address."""

    side: str
    name: str
    has_account: bool


@dataclass(frozen=True)
class Preview:
    """Everything that the page of a proposal shows. Without an agreement, only `problems`."""

    problems: tuple[Problem, ...]
    agreement: Agreement | None = None
    refusal: str = ""  # why the chain or the rules do not take it now
    before: Proposal | None = None  # the version that both sides signed last
    resets: bool = False  # it would end that version before its term does
    begins_late: bool = False  # the term has begun: it is in force once the last head has signed
    signers: tuple[Signer, ...] = ()
    headless: tuple[str, ...] = ()  # sides of which nobody can sign
    change: Difference | None = None

    @property
    def errors(self) -> list[Problem]:
        return [one for one in self.problems if one.severity is Severity.ERROR]

    @property
    def remarks(self) -> list[Problem]:
        return [one for one in self.problems if one.severity is not Severity.ERROR]

    @property
    def can(self) -> bool:
        return self.agreement is not None and not self.refusal


def preview(frame: Frame, draft: Draft, user: User) -> Preview:
    """Try it without keeping anything."""
    try:
        agreement, problems = _checked(draft.text, today_in(draft.text, frame.at))
    except AgreementInvalid as error:
        return Preview(error.problems)
    proposals = [version.proposal for version in frame.versions]
    before = next((item for item in reversed(proposals) if item.complete_at), None)
    return Preview(
        problems=problems,
        agreement=agreement,
        refusal=_refusal(frame, draft.text, agreement, user),
        before=before,
        resets=before is not None and signing.resets(before, agreement, frame.at),
        begins_late=start_of(agreement) <= frame.at,
        signers=_signers(agreement),
        headless=tuple(side for side in SIDES if not heads_of(agreement, side)),
        change=None if before is None else compared(before.entry.text, draft.text),
    )


def _signers(agreement: Agreement) -> tuple[Signer, ...]:
    heads = [(side, key) for side in SIDES for key in heads_of(agreement, side)]
    emails = {key: normal_address(agreement.people[key].email or "") for _side, key in heads}
    known = set(
        User.objects.filter(email__in=emails.values(), is_active=True).values_list("email", flat=True)
    )
    return tuple(Signer(side, full_name(agreement, key), emails[key] in known) for side, key in heads)


@lru_cache(maxsize=32)
def _checked(text: str, on: date) -> tuple[Agreement, tuple[Problem, ...]]:
    """A text with the remarks on it; kept, since both follow from the text and the day alone."""
    written = parse_written(text)
    return written.agreement, tuple(check_all(written, on=on))


def _refusal(frame: Frame, text: str, agreement: Agreement, user: User) -> str:
    try:
        return _refused(frame.text, text, must_be_party(agreement, user), frame.at.date())
    except SignatureRefused as error:
        return str(error)


@lru_cache(maxsize=32)
def _refused(chain: str, text: str, person: str, on: date) -> str:
    """Why this text may not be proposed after this chain, by its own rules; kept as `_checked` is."""
    agreement, at = agreement_in(text), datetime.combine(on, time.max, UTC)
    try:
        signing.propose(
            parse_chain(chain),
            agreement,
            by=person,
            at=at,
            calculation=calculation(agreement),
            reason=_ANY_REASON,
        )
    except SignatureRefused as error:
        return str(error)
    return ""
