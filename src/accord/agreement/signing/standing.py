"""How far a version has come at an instant, and which one is in force.

    draft → proposed → signed → active → expired
              ↓ withdrawn   ↘      ↘ superseded before its end
            draft               reset

A status is never stored: it follows from the chain, the term and the instant, so every day of the past can be
asked again. Days of the term are local to marketing's calendar, as they are in the score.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from accord.agreement.plain import clean
from accord.agreement.signing.alike import alike
from accord.agreement.signing.chain import Chain, instant
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal, begins_at, end_of, zone_of
from accord.agreement.terms import Agreement, Scope, Status
from accord.errors import InputError, VersionsOverlap


class Cause(StrEnum):
    PROPOSED = "proposed"  # somebody laid it before both sides
    WITHDRAWN = "withdrawn"  # somebody took it back
    SIGNED = "signed"  # the last head signed
    BEGAN = "began"  # its first day came
    ENDED = "ended"  # its last day went
    SUPERSEDED = "superseded"  # the version that resets it came into force


# Every transition there is; whatever else happens leaves the status as it was.
TRANSITIONS: Mapping[tuple[Status, Cause], Status] = {
    (Status.DRAFT, Cause.PROPOSED): Status.PROPOSED,
    (Status.PROPOSED, Cause.WITHDRAWN): Status.DRAFT,
    (Status.PROPOSED, Cause.SIGNED): Status.SIGNED,
    (Status.SIGNED, Cause.BEGAN): Status.ACTIVE,
    (Status.SIGNED, Cause.SUPERSEDED): Status.RESET,
    (Status.ACTIVE, Cause.SUPERSEDED): Status.RESET,
    (Status.ACTIVE, Cause.ENDED): Status.EXPIRED,
}


@dataclass(frozen=True)
class Standing:
    """The status of a version from `since` (UTC) on, and why, in a sentence; a draft has no `since`."""

    status: Status
    since: datetime | None
    sentence: str


@dataclass(frozen=True)
class Course:
    """A proposed version and all its standings, each from its instant until the next."""

    proposal: Proposal
    standings: tuple[Standing, ...]

    def at(self, at: datetime) -> Standing:
        """The standing at an instant; a draft before it was proposed."""
        known = [standing for standing in self.standings if standing.since and standing.since <= at]
        return known[-1] if known else _draft(self.proposal.agreement)

    @property
    def from_at(self) -> datetime | None:
        """When it came into force; None if it never did."""
        return next((item.since for item in self.standings if item.status is Status.ACTIVE), None)

    @property
    def until_at(self) -> datetime | None:
        """When it ceased to be in force, exclusive; None if it never was."""
        last = self.standings[-1]
        return last.since if last.status in (Status.EXPIRED, Status.RESET) else None


@dataclass(frozen=True)
class InForce:
    """The one version in force, or None, and the sentence that says so."""

    proposal: Proposal | None
    sentence: str


def standing(chain: Chain, at: datetime, agreement: Agreement | None = None) -> Standing:
    """How far `agreement` (by default the version proposed last) has come at `at`.

    Entries after `at` are not known yet. ChainInvalid where the file cannot be trusted; entries with other
    faults do not count (`verify` names them).
    """
    at = instant(at)
    found = courses(_until(chain, at))
    if agreement is not None:
        same = {item.line for item in alike([course.proposal for course in found], agreement)}
        found = tuple(course for course in found if course.proposal.line in same)
    if found:
        return found[-1].at(at)
    if agreement is None:
        return Standing(Status.DRAFT, None, "Nothing has been proposed yet.")
    return _draft(agreement)


def in_force(chains: Iterable[Chain], at: datetime, scope: Scope | None = None) -> InForce:
    """Which version is in force at `at`, of those whose scope has something in common with `scope`.

    VersionsOverlap names two that are in force for the same scope; InputError asks for the scope where
    versions of separate scopes are in force and none was said.
    """
    at = instant(at)
    known = [course for chain in chains for course in courses(_until(chain, at))]
    asked = [item for item in known if scope is None or share(item.proposal.agreement.scope, scope)]
    active = [item for item in asked if item.at(at).status is Status.ACTIVE]
    _refuse_overlap(active)
    if len(active) > 1:
        names = ", ".join(label(item.proposal) for item in active)
        raise InputError(f"{names} are in force for separate scopes; say which stream, segment or region")
    if not active:
        return InForce(None, _nothing(asked, at))
    only = active[0]
    return InForce(only.proposal, f"{label(only.proposal)} is in force. {only.at(at).sentence}")


def courses(chain: Chain) -> tuple[Course, ...]:
    """Each proposal with its standings, future ones by what is known now, in the order of the chain."""
    chain.must_be_sound()
    proposals = judge(chain).proposals
    return tuple(Course(item, tuple(_standings(item, proposals))) for item in proposals)


def overlaps(chain: Chain) -> list[tuple[Proposal, Proposal]]:
    """Pairs of versions of one chain that would be in force at the same time."""
    spans = [(course, course.from_at, course.until_at) for course in courses(chain)]
    return [
        (one.proposal, other.proposal)
        for at, (one, start, end) in enumerate(spans)
        for other, later, until in spans[at + 1 :]
        if start and end and later and until and start < until and later < end
    ]


def _until(chain: Chain, at: datetime) -> Chain:
    chain.must_be_sound()
    return Chain(chain.file, tuple(link for link in chain.links if link.entry.at <= at))


def _refuse_overlap(active: Sequence[Course]) -> None:
    for at, one in enumerate(active):
        for other in active[at + 1 :]:
            if share(one.proposal.agreement.scope, other.proposal.agreement.scope):
                raise VersionsOverlap(
                    f"{label(one.proposal)} and {label(other.proposal)} are both in force for the same "
                    "scope; reset one of them, or narrow its scope"
                )


def share(one: Scope, other: Scope) -> bool:
    """Whether two scopes have anything in common. A list that is empty covers everything."""
    pairs = ((one.streams, other.streams), (one.segments, other.segments), (one.regions, other.regions))
    return all(not a or not b or _folded(a) & _folded(b) for a, b in pairs)


def _folded(names: Iterable[str]) -> set[str]:
    return {clean(name).casefold() for name in names}


# One version over time -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Event:
    at: datetime
    order: int  # of causes at the same instant, as in `Cause`
    cause: Cause
    why: str


def _standings(proposal: Proposal, proposals: Sequence[Proposal]) -> Iterator[Standing]:
    status = Status.DRAFT
    for event in sorted(_events(proposal, proposals), key=lambda item: (item.at, item.order)):
        if (status, event.cause) in TRANSITIONS:
            status = TRANSITIONS[status, event.cause]
            yield Standing(status, event.at, event.why)


def _events(proposal: Proposal, proposals: Sequence[Proposal]) -> Iterator[_Event]:
    term, laid = proposal.agreement.term, proposal.entry
    waiting = "The heads of both sides have yet to sign."
    laid_on = day(proposal, laid.at)
    yield _event(laid.at, Cause.PROPOSED, f"Proposed by {clean(laid.name)} on {laid_on}. {waiting}")
    if proposal.withdrawn is not None:
        back = proposal.withdrawn
        why = f"Withdrawn by {clean(back.name)} on {day(proposal, back.at)}: {clean(back.reason)}"
        yield _event(back.at, Cause.WITHDRAWN, why)
    if proposal.complete_at is None:
        return
    signed = f"Signed by the heads of both sides on {day(proposal, proposal.complete_at)}"
    yield _event(proposal.complete_at, Cause.SIGNED, f"{signed}; it holds from {term.start}.")
    begins = begins_at(proposal)
    yield _event(begins, Cause.BEGAN, f"{signed}; it holds from {day(proposal, begins)} to {term.end}.")
    yield _event(end_of(proposal.agreement), Cause.ENDED, f"Its term ended on {term.end}.")
    if (later := _resetting(proposal, proposals)) is not None and proposal.reset is not None:
        on, reason = day(later, begins_at(later)), clean(proposal.reset.reason)
        why = f"Reset on {on} by version {later.number}: {reason}"
        yield _event(begins_at(later), Cause.SUPERSEDED, why)


def _resetting(proposal: Proposal, proposals: Sequence[Proposal]) -> Proposal | None:
    """The version that ends this one early, once both sides have signed it."""
    by = None if proposal.reset is None else proposal.reset.by
    return next((item for item in proposals if item.digest == by and item.complete_at is not None), None)


def _event(at: datetime, cause: Cause, why: str) -> _Event:
    return _Event(at, list(Cause).index(cause), cause, why)


# Sentences -----------------------------------------------------------------------------------------------


def label(proposal: Proposal) -> str:
    """How sentences name a version: the agreement's name and number."""
    return f"{clean(proposal.agreement.name)}, version {proposal.number}"


def day(proposal: Proposal, at: datetime) -> date:
    """The day of an instant where the version's days are counted."""
    return at.astimezone(zone_of(proposal.agreement, at.date())).date()


def _draft(agreement: Agreement) -> Standing:
    return Standing(Status.DRAFT, None, f"Version {agreement.version} has not been proposed in this form.")


def _nothing(known: Sequence[Course], at: datetime) -> str:
    past = [(item.until_at, item) for item in known if item.until_at is not None and item.until_at <= at]
    next_ = [(item.from_at, item) for item in known if item.from_at is not None and item.from_at > at]
    said = ["No version is in force."]
    if past:
        until, item = max(past, key=lambda pair: pair[0])
        said.append(
            f"{label(item.proposal)} held until {day(item.proposal, until - timedelta(microseconds=1))}."
        )
    if next_:
        start, item = min(next_, key=lambda pair: pair[0])
        said.append(f"{label(item.proposal)} holds from {day(item.proposal, start)}.")
    if not past and not next_:
        said.append("None has been signed by the heads of both sides.")
    return " ".join(said)
