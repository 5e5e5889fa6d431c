"""What every page of one agreement file knows: its versions at this instant, and who reads it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from accord.agreement.clauses.people import Role, Side
from accord.agreement.signing.chain import HEADER, Chain, Signed, parse_chain
from accord.agreement.signing.files import SUFFIX
from accord.agreement.signing.proposals import SIDES, Proposal, begins_at, end_of, full_name, heads_of
from accord.agreement.signing.standing import Course, Standing, courses, day
from accord.agreement.terms import Agreement, Status
from accord.errors import PageUnknown
from accord.server.agreements.acts import party
from accord.server.agreements.coursing import StepTold, resetting, sentence_now, steps_told
from accord.server.agreements.finding import find_file, mark_of
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import SHOWN_FIRST, others
from accord.server.people.models import User

REVIEW_DAYS = 60  # before its end a term is worth a reminder: time for a new version and two signatures


@dataclass(frozen=True)
class Version:
    """One proposed version with its standing at `at_time`."""

    course: Course
    at_time: datetime
    later: Proposal | None = None  # the version that ends it early, once both sides have signed that
    is_followed: bool = False  # both sides have signed another one that is still to come

    @property
    def proposal(self) -> Proposal:
        return self.course.proposal

    @property
    def number(self) -> int:
        return self.proposal.number

    @property
    def mark(self) -> str:
        return mark_of(self.proposal.digest)

    @cached_property
    def standing(self) -> Standing:
        return self.course.at(self.at_time)

    @property
    def status(self) -> Status:
        return self.standing.status

    @property
    def agreement(self) -> Agreement:
        """As people read it: with the status that it has now, which is no part of what is signed."""
        return self.proposal.agreement.model_copy(update={"status": self.status})

    @property
    def today(self) -> date:
        """The day by which its term is counted."""
        return day(self.proposal, self.at_time)

    @property
    def days_left(self) -> int | None:
        """Whole days of the term that are left, today included; None unless it is in force."""
        if self.status is not Status.ACTIVE:
            return None
        return (self.proposal.agreement.term.end - self.today).days + 1

    @property
    def review_due(self) -> bool:
        """Whether it is to be gone through anew; not once the next one is signed."""
        if self.status is not Status.ACTIVE or self.is_followed:
            return False
        return self.proposal.agreement.term.reset_review <= self.today

    @property
    def ends_soon(self) -> bool:
        """Whether it is time for the next one, which nobody has signed yet."""
        return self.days_left is not None and self.days_left <= REVIEW_DAYS and not self.is_followed

    @property
    def begins_on(self) -> date:
        """The day on which it comes or came into force, once both sides have signed it."""
        return day(self.proposal, begins_at(self.proposal))

    @property
    def steps(self) -> list[StepTold]:
        """All its standings, those to come as well."""
        return steps_told(self.course, self.at_time, self.later)

    @property
    def sentence(self) -> str:
        """How it stands now."""
        return sentence_now(self.course, self.at_time, self.later)

    @property
    def missing(self) -> list[tuple[Side, str]]:
        """Side and name of who must still sign, no name where a side has no head; none once withdrawn."""
        if self.proposal.withdrawn is not None:
            return []
        agreement = self.proposal.agreement
        return [(side, full_name(agreement, who) if who else "") for side, who in self.proposal.missing]

    @property
    def may_sign_too(self) -> list[tuple[Side, str]]:
        """Side and name of who of both sides is no head and has not signed; nobody waits for them."""
        agreement = self.proposal.agreement
        return [(side, full_name(agreement, key)) for side, key in others(self.proposal)]


@dataclass(frozen=True)
class Reader:
    """Whoever reads the page, as a version names them."""

    key: str
    name: str
    side: Side
    role: Role
    signed: Signed | None
    is_asked: bool  # a head who has yet to sign
    may_sign: bool  # a head or anybody else of the two sides, until the term is over


@dataclass(frozen=True)
class Frame:
    """One agreement file, read once for a page."""

    file: AgreementFile
    text: str  # the chain as its file has it
    at: datetime

    @property
    def chain(self) -> Chain:
        return _chain(self.text, f"{self.file.slug}{SUFFIX}")

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """Oldest first, as they were proposed; ChainInvalid where the chain cannot be trusted."""
        found = _courses(self.text, f"{self.file.slug}{SUFFIX}")
        proposals = [course.proposal for course in found]
        coming = [course for course in found if course.at(self.at).status is Status.SIGNED]
        return tuple(
            Version(
                course,
                self.at,
                resetting(course.proposal, proposals),
                any(other is not course for other in coming),
            )
            for course in found
        )

    def first(self, *wanted: Status) -> Version | None:
        """The latest version with the first of these statuses that any version has."""
        for status in wanted:
            if found := [item for item in self.versions if item.status is status]:
                return found[-1]
        return None

    @property
    def in_force(self) -> Version | None:
        return self.first(Status.ACTIVE)

    @property
    def waiting(self) -> Version | None:
        return self.first(Status.PROPOSED)

    @property
    def coming(self) -> Version | None:
        """The one that both sides have signed and that has not begun."""
        return self.first(Status.SIGNED)

    @property
    def shown(self) -> Version | None:
        """The one that its page shows: in force, else signed, else waiting, else the last that was."""
        return self.first(*SHOWN_FIRST)

    def version(self, mark: str) -> Version:
        """The version with this mark, as it was proposed last; PageUnknown."""
        for item in reversed(self.versions):
            if item.mark == mark:
                return item
        raise PageUnknown(mark, [item.mark for item in self.versions])

    def reset_by(self, version: Version) -> Version | None:
        """The version that this one ends before its term does, if any."""
        ended = (
            item
            for item in self.versions
            if item.proposal.reset is not None and item.proposal.reset.by == version.proposal.digest
        )
        return next(ended, None)

    def supersedes(self, version: Version) -> Version | None:
        """The version that this one says it comes after, if any."""
        wanted = version.proposal.entry.supersedes
        found = (item for item in self.versions if item.proposal.digest == wanted and wanted)
        return next(found, None)

    def latest_draft(self) -> Draft | None:
        """The open draft that was started last."""
        return self.file.drafts.filter(state=Draft.State.OPEN).select_related("saved_by").first()


def frame_of(slug: str) -> Frame:
    """The file with this slug and its chain: two queries."""
    file = find_file(slug)
    raws = file.chain_lines.order_by("line").values_list("raw", flat=True)
    return Frame(file, "\n".join([HEADER, *raws]) + "\n", timezone.now())


@lru_cache(maxsize=32)
def _chain(text: str, name: str) -> Chain:
    """A chain as read; kept by its whole text, so that a row that somebody changed is seen at once."""
    return parse_chain(text, name)


@lru_cache(maxsize=32)
def _courses(text: str, name: str) -> tuple[Course, ...]:
    """Its versions; kept as the chain is. With two dozen of them, judging takes longer than a page may."""
    return courses(_chain(text, name))


def user_of(request: HttpRequest) -> User:
    """Whoever is signed in: the table of access lets nobody else come here."""
    return cast(User, request.user)


def reader_of(version: Version, user: User) -> Reader | None:
    """None for somebody whom the version does not name as one person."""
    proposal = version.proposal
    key = party(proposal.agreement, user)
    if key is None:
        return None
    who = proposal.agreement.people[key]
    signed = next((entry for entry in proposal.signatures if entry.person == key), None)
    can = signed is None and proposal.withdrawn is None and version.at_time < end_of(proposal.agreement)
    may_sign = can and who.side in SIDES and user.side in SIDES
    asked = may_sign and key in heads_of(proposal.agreement, who.side)
    return Reader(key, full_name(proposal.agreement, key), who.side, who.role, signed, asked, may_sign)
