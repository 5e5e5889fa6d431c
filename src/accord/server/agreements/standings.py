"""What lists say about versions without reading their texts: the standings of a chain, kept with its head.

Kept beside the chain because they follow from it alone; the instant is supplied when they are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accord.agreement.clauses.people import Role, Side
from accord.agreement.signing.chain import Chain
from accord.agreement.signing.proposals import SIDES, Proposal, full_name, zone_of
from accord.agreement.signing.standing import Course, courses
from accord.agreement.terms import Agreement, Status
from accord.server.people.addresses import normal_address


@dataclass(frozen=True)
class Head:
    """Somebody who has yet to sign, by what lists need of them; no name where a side has no head at all."""

    side: str
    name: str = ""
    email: str = ""


# Which version is meant where nobody says: in force, else signed, else waiting, else one that was.
SHOWN_FIRST = (Status.ACTIVE, Status.SIGNED, Status.PROPOSED, Status.EXPIRED, Status.RESET)


@dataclass(frozen=True)
class Stood:
    """One version of a file: its standings in order, each from its instant (UTC) until the next."""

    number: int
    digest: str
    name: str
    start: date
    end: date
    reset_review: date
    missing: tuple[str, ...]  # keys of heads who have yet to sign, `side:` alone where a side has no head
    standings: tuple[tuple[Status, datetime, str], ...]
    heads: tuple[Head, ...] = ()  # the same as `missing`, with names and addresses
    zone: str = "UTC"  # where the days of its term are counted
    others: tuple[Head, ...] = ()  # people of both sides who are no heads, may sign, and have not

    def today(self, at: datetime) -> date:
        """The day by which its term is counted."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def since(self, status: Status) -> datetime | None:
        """From when it has, had or will have this status."""
        return next((since for one, since, _ in self.standings if one is status), None)

    def at(self, at: datetime) -> tuple[Status, str]:
        """Status and the sentence that says why."""
        known = [(status, why) for status, since, why in self.standings if since <= at]
        return known[-1] if known else (Status.DRAFT, "")


def told(chain: Chain) -> list[dict[str, Any]]:
    """The versions of a chain as kept in `AgreementFile.course`."""
    return [_plain(course) for course in courses(chain)]


def _plain(course: Course) -> dict[str, Any]:
    proposal, term = course.proposal, course.proposal.agreement.term
    return {
        "number": proposal.number,
        "digest": proposal.digest,
        "name": proposal.agreement.name,
        "start": term.start.isoformat(),
        "end": term.end.isoformat(),
        "reset_review": term.reset_review.isoformat(),
        "missing": [] if proposal.withdrawn else [f"{side}:{who or ''}" for side, who in proposal.missing],
        "standings": [
            [item.status, item.since.isoformat(), item.sentence] for item in course.standings if item.since
        ],
        "zone": zone_of(proposal.agreement, term.start).key,
        "others": [_head(proposal.agreement, *pair) for pair in others(proposal)],
        "heads": []
        if proposal.withdrawn
        else [_head(proposal.agreement, *pair) for pair in proposal.missing],
    }


def others(proposal: Proposal) -> list[tuple[Side, str]]:
    """Side and key of whoever is no head, may sign, and has not: nobody waits for them."""
    if proposal.withdrawn is not None:
        return []
    there = {entry.person for entry in proposal.signatures}
    return [
        (who.side, key)
        for key, who in proposal.agreement.people.items()
        if who.side in SIDES and who.role is not Role.HEAD and who.count == 1 and key not in there
    ]


def _head(agreement: Agreement, side: Side, key: str | None) -> dict[str, str]:
    if key is None:
        return {"side": side}
    email = normal_address(agreement.people[key].email or "")
    return {"side": side, "name": full_name(agreement, key), "email": email}


def stood(kept: Iterable[dict[str, Any]]) -> tuple[Stood, ...]:
    """The versions that `told` has written down, oldest first."""
    return tuple(
        Stood(
            number=item["number"],
            digest=item["digest"],
            name=item["name"],
            start=date.fromisoformat(item["start"]),
            end=date.fromisoformat(item["end"]),
            reset_review=date.fromisoformat(item["reset_review"]),
            missing=tuple(item["missing"]),
            standings=tuple(
                (Status(status), datetime.fromisoformat(at), why) for status, at, why in item["standings"]
            ),
            zone=item.get("zone", "UTC"),
            heads=tuple(Head(**head) for head in item.get("heads", ())),
            others=tuple(Head(**head) for head in item.get("others", ())),
        )
        for item in kept
    )
