"""The rows of the list of agreements, from what is kept beside each chain: no text is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from accord.agreement.signing.proposals import SIDES
from accord.agreement.terms import Status
from accord.server.agreements import surveys
from accord.server.agreements.finding import mark_of
from accord.server.agreements.frame import REVIEW_DAYS
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import Head, Stood, stood
from accord.server.people.models import User


@dataclass(frozen=True)
class Row:
    """One agreement file: what is in force, what waits, and whether that is for the reader to do."""

    file: AgreementFile
    in_force: Stood | None
    waiting: Stood | None
    coming: Stood | None  # signed by both sides, not begun yet
    last: Stood | None  # the latest that ended, if nothing holds now
    waits_for_you: bool
    you_may_sign: bool  # a version waits that names the reader, though not for the reader
    asks_you: bool  # a survey is open that the reader has not answered
    open_drafts: int
    today: date | None  # where the version in force counts its days

    @property
    def missing(self) -> tuple[Head, ...]:
        return self.waiting.heads if self.waiting else ()

    @property
    def waiting_mark(self) -> str:
        return mark_of(self.waiting.digest) if self.waiting else ""

    @property
    def days_left(self) -> int | None:
        """Days of the term that are left, today included."""
        if self.in_force is None or self.today is None:
            return None
        return (self.in_force.end - self.today).days + 1

    @property
    def ends_soon(self) -> bool:
        """Whether it is time for the next one; not once that is signed."""
        return self.days_left is not None and self.days_left <= REVIEW_DAYS and self.coming is None

    @property
    def review_due(self) -> bool:
        if self.in_force is None or self.today is None or self.coming is not None:
            return False
        return self.in_force.reset_review <= self.today

    @property
    def comes_on(self) -> date | None:
        """The day on which the signed one begins, as the agreement counts days."""
        begins = self.coming.since(Status.ACTIVE) if self.coming else None
        return self.coming.today(begins) if self.coming and begins else None

    @property
    def is_put_away(self) -> bool:
        """Nothing was ever proposed, and no draft is open: it is kept, and can be taken up again."""
        return not self.file.course and not self.open_drafts


def rows(user: User, at: datetime) -> list[Row]:
    """Every file, in two queries; what waits for the reader comes first, then by name."""
    files = AgreementFile.objects.annotate(
        open_drafts=Count("drafts", filter=Q(drafts__state=Draft.State.OPEN))
    )
    asking = surveys.unanswered(user)
    found = [_row(file, user, at, asking) for file in files]
    return sorted(found, key=lambda row: (not row.waits_for_you, not row.you_may_sign))


def _row(file: AgreementFile, user: User, at: datetime, asking: frozenset[int]) -> Row:
    versions = stood(file.course)
    waiting, held = _latest(versions, at, Status.PROPOSED), _latest(versions, at, Status.ACTIVE)
    is_party = waiting is not None and user.side in SIDES
    named = () if waiting is None else waiting.others
    return Row(
        file=file,
        in_force=held,
        waiting=waiting,
        coming=_latest(versions, at, Status.SIGNED),
        last=_latest(versions, at, Status.EXPIRED, Status.RESET),
        waits_for_you=is_party and _is_among(user, waiting.heads if waiting else ()),
        you_may_sign=is_party and _is_among(user, named),
        asks_you=file.pk in asking,
        open_drafts=file.open_drafts,  # type: ignore[attr-defined]  # counted by the query
        today=held.today(at) if held else None,
    )


def _is_among(user: User, people: Iterable[Head]) -> bool:
    return any(one.email == user.email and one.side == user.side for one in people if one.email)


def _latest(versions: Iterable[Stood], at: datetime, *wanted: Status) -> Stood | None:
    found = [version for version in versions if version.at(at)[0] in wanted]
    return found[-1] if found else None
