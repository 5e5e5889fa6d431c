"""A version from the day it was laid before both sides: whose signatures it has, and when it holds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from accord.agreement.clauses.people import Role, Side
from accord.agreement.parse import parse_agreement
from accord.agreement.plain import clean
from accord.agreement.signing.chain import Proposed, Reset, Signed, Withdrawn
from accord.agreement.terms import Agreement

SIDES = (Side.MARKETING, Side.SALES)


@dataclass(frozen=True)
class Proposal:
    """A version from the moment it was laid before both sides; a version proposed again is another one."""

    entry: Proposed
    line: int
    agreement: Agreement
    signatures: tuple[Signed, ...] = ()  # those that count, in order
    withdrawn: Withdrawn | None = None
    reset: Reset | None = None  # that which ends it early

    @property
    def digest(self) -> str:
        return self.entry.agreement

    @property
    def number(self) -> int:
        return self.entry.version

    @property
    def complete_at(self) -> datetime | None:
        """When the last head signed; None while somebody must still sign."""
        heads = {who for side in SIDES for who in heads_of(self.agreement, side)}
        if self.missing or self.withdrawn is not None:
            return None
        return max(entry.at for entry in self.signatures if entry.person in heads)

    @property
    def missing(self) -> tuple[tuple[Side, str | None], ...]:
        """Who must still sign: each head without a signature; None for a side that has no head at all."""
        there = {entry.person for entry in self.signatures}
        wanted = [(side, who) for side in SIDES for who in heads_of(self.agreement, side) or (None,)]
        return tuple((side, who) for side, who in wanted if who is None or who not in there)

    @property
    def open(self) -> bool:
        """Whether it can still be signed for the first time, or withdrawn."""
        return self.withdrawn is None and self.complete_at is None


def begins_at(proposal: Proposal) -> datetime:
    """When a version that both sides signed begins: on its first day, or when the last head signs."""
    start = start_of(proposal.agreement)
    return start if proposal.complete_at is None else max(start, proposal.complete_at)


def start_of(agreement: Agreement) -> datetime:
    """The first instant of the term, in UTC."""
    return _midnight(agreement, agreement.term.start)


def end_of(agreement: Agreement) -> datetime:
    """The first instant after the term, in UTC."""
    last = agreement.term.end
    return (
        datetime.max.replace(tzinfo=UTC)
        if last == date.max
        else _midnight(agreement, last + timedelta(days=1))
    )


def zone_of(agreement: Agreement, on: date) -> ZoneInfo:
    """Where the days of the agreement are counted: the zone of marketing's calendar, as for the score."""
    return agreement.calendar_of(Side.MARKETING).zone_on(on)


def _midnight(agreement: Agreement, on: date) -> datetime:
    try:
        return datetime.combine(on, time(), zone_of(agreement, on)).astimezone(UTC)
    except OverflowError:  # the first or last day there is
        return datetime.combine(on, time(), UTC)


def heads_of(agreement: Agreement, side: Side) -> tuple[str, ...]:
    """Who signs for a side: every one of its heads, by key."""
    people = agreement.people.items()
    return tuple(key for key, who in people if who.side is side and who.role is Role.HEAD and who.count == 1)


def full_name(agreement: Agreement, key: str) -> str:
    """The name that a person types to acknowledge: the one in the agreement, else the key."""
    person = agreement.people.get(key)
    return person.name if person is not None and person.name else key


def title(agreement: Agreement, key: str) -> str:
    """A person as sentences name one: Mina Yılmaz (mina)."""
    name = clean(full_name(agreement, key), 80)
    return name if name == key else f"{name} ({clean(key, 80)})"


@lru_cache(maxsize=64)
def agreement_in(text: str) -> Agreement:
    """The agreement that a kept text holds, as this release reads it; AgreementInvalid where it cannot."""
    return parse_agreement(text)
