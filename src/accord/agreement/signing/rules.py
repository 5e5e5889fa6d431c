"""What may be wrong with each kind of entry, given all that was in order before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from accord.agreement.clauses.people import Person, Role, Side
from accord.agreement.plain import clean, folded
from accord.agreement.signing.chain import (
    Act,
    Link,
    Proposed,
    Reset,
    Signed,
    Way,
    Withdrawn,
    digest_of,
    signed_bytes,
)
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.keys import is_signature
from accord.agreement.signing.proposals import (
    SIDES,
    Proposal,
    agreement_in,
    begins_at,
    end_of,
    full_name,
    heads_of,
    title,
)
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid

Wrong = tuple[Fault, str, str]  # its kind, what is wrong, what to do
_WRITERS = (*SIDES, Side.OPERATIONS)  # who keeps the agreement may propose it; only the sides sign


@dataclass
class State:
    """All that is in order so far: versions, each person's key, the latest instant."""

    proposals: list[Proposal] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    last_at: datetime | None = None

    def latest(self, digest: str) -> Proposal | None:
        return next((item for item in reversed(self.proposals) if item.digest == digest), None)

    @property
    def last_signed(self) -> Proposal | None:
        return next((item for item in reversed(self.proposals) if item.complete_at), None)


def wrongs(state: State, link: Link) -> Iterator[Wrong]:
    """Everything that is wrong with an entry; nothing where it counts."""
    entry = link.entry
    early = isinstance(entry, Signed) and any(
        item.digest == entry.agreement and entry.at < item.entry.at for item in state.proposals
    )
    if state.last_at is not None and entry.at < state.last_at and not early:
        what = f"dated {entry.at:%Y-%m-%d %H:%M:%S} UTC, before the entry above it"
        yield Fault.WRONG_ORDER, what, "mend the clock that it was made by, and do it again"
    if isinstance(entry, Proposed):
        yield from _of_proposed(state, entry)
    elif isinstance(entry, Signed):
        yield from _of_signed(state, entry, link.before)
    elif isinstance(entry, Withdrawn):
        yield from _of_withdrawn(state, entry)
    else:
        yield from _of_reset(state, entry)


def _of_proposed(state: State, entry: Proposed) -> Iterator[Wrong]:
    if digest_of(entry.text) != entry.agreement:
        what = f"the text of version {entry.version} kept here does not have the digest that it names"
        yield Fault.CHANGED_TEXT, what, "take the file from a copy that verifies"
        return
    try:
        agreement = agreement_in(entry.text)
    except AgreementInvalid as error:
        what = f"the text kept here is no agreement: {error.problems[0].what}"
        yield Fault.MALFORMED, what, "propose it again"
        return
    if agreement.version != entry.version or agreement.supersedes != entry.supersedes:
        what = "the entry names another version or predecessor than the text kept in it"
        yield Fault.CHANGED_TEXT, what, "propose it again"
    yield from _not_known(agreement, entry, _WRITERS)
    for item in state.proposals:
        if item.open:
            what = f"version {item.number} is proposed already and waits for signatures"
            yield Fault.NOT_ALLOWED, what, "sign or withdraw it first"
    yield from _of_predecessor(state, agreement)


def _of_predecessor(state: State, agreement: Agreement) -> Iterator[Wrong]:
    before = state.last_signed
    if before is None:
        if agreement.supersedes is not None:
            what = "it supersedes a version, but none has been signed here"
            yield Fault.WRONG_PREDECESSOR, what, "drop `supersedes`, or use the chain of that version"
        return
    if agreement.supersedes != before.digest:
        what = f"it does not name the version that it supersedes, which is version {before.number}"
        yield Fault.WRONG_PREDECESSOR, what, f"write `supersedes: {before.digest}`"
    if agreement.version <= before.number:
        what = f"version {agreement.version} does not come after version {before.number}"
        yield Fault.WRONG_PREDECESSOR, what, f"write `version: {before.number + 1}`"


def _of_withdrawn(state: State, entry: Withdrawn) -> Iterator[Wrong]:
    item = state.latest(entry.agreement)
    if item is None:
        yield _unknown(entry)
        return
    yield from _not_known(item.agreement, entry, _WRITERS)
    if not item.open:
        how = "was withdrawn before" if item.withdrawn else "is signed by the heads of both sides"
        yield Fault.NOT_ALLOWED, f"version {item.number} {how}", "propose a version that supersedes it"
    if entry.person != item.entry.person and entry.role is not Role.HEAD:
        what = f"{title(item.agreement, entry.person)} neither proposed it nor is a head"
        yield Fault.NOT_HEAD, what, "ask a head, or whoever proposed it"
    if not entry.reason.strip():
        yield Fault.NOT_ALLOWED, "it is withdrawn without a reason", "say why"


def _of_reset(state: State, entry: Reset) -> Iterator[Wrong]:
    old, new = state.latest(entry.agreement), state.latest(entry.by)
    if old is None or new is None:
        yield _unknown(entry)
        return
    yield from _not_known(new.agreement, entry, _WRITERS)
    if old.complete_at is None or old.reset is not None:
        how = "is reset already" if old.reset else "was never signed by the heads of both sides"
        yield Fault.NOT_ALLOWED, f"version {old.number} {how}, so it cannot be reset", "leave it as it is"
    if new.agreement.supersedes != old.digest:
        what = f"version {new.number} does not supersede version {old.number}"
        yield Fault.WRONG_PREDECESSOR, what, f"write `supersedes: {old.digest}` in it"
    if new.signatures or not new.open:
        what = f"version {new.number} was signed before anybody said that it resets version {old.number}"
        yield Fault.NOT_ALLOWED, what, "withdraw it, then propose it with the reason"
    if not entry.reason.strip():
        yield Fault.NOT_ALLOWED, "a version is reset without a reason", "say why"


def _of_signed(state: State, entry: Signed, before: str) -> Iterator[Wrong]:
    item = state.latest(entry.agreement)
    if item is None:
        yield _unknown(entry)
        return
    yield from _not_known(item.agreement, entry, SIDES)
    who = title(item.agreement, entry.person)
    if item.withdrawn is not None:
        what = f"{who} signed version {item.number}, which was withdrawn"
        yield Fault.NOT_ALLOWED, what, "propose it again first"
    if entry.at < item.entry.at:
        what = f"{who} signed version {item.number} before it was proposed"
        yield Fault.TOO_EARLY, what, "sign it again"
    if entry.at >= end_of(item.agreement):
        what = f"{who} signed version {item.number} after its term ended on {item.agreement.term.end}"
        yield Fault.TOO_LATE, what, "propose a version with a new term"
    if over := _superseded_at(state, item):
        number, since = over
        if entry.at >= since:
            what = f"{who} signed version {item.number} after version {number} had reset it"
            yield Fault.TOO_LATE, what, f"sign version {number}"
    if any(other.person == entry.person for other in item.signatures):
        yield Fault.DUPLICATE, f"{who} has signed version {item.number} before", "once is enough"
    if entry.version != item.number or entry.supersedes != item.entry.supersedes:
        what = f"the signature of {who} names another version or predecessor than the one proposed"
        yield Fault.CHANGED_TEXT, what, "sign it again"
    if entry.calculation != digest_of(item.entry.calculation):
        what = f"{who} signed after another calculation than the one that was proposed"
        yield Fault.CHANGED_CALCULATION, what, "go through it again, then sign"
    yield from _of_way(state, entry, before, item, who)


def _superseded_at(state: State, item: Proposal) -> tuple[int, datetime] | None:
    """By which version and when a version was reset, as far as that is settled."""
    new = None if item.reset is None else state.latest(item.reset.by)
    return None if new is None or new.complete_at is None else (new.number, begins_at(new))


def _of_way(state: State, entry: Signed, before: str, item: Proposal, who: str) -> Iterator[Wrong]:
    person = item.agreement.people.get(entry.person)
    expected = (person.key if person is not None else None) or state.keys.get(entry.person)
    if expected is not None and entry.key != expected:
        how = "with another key than theirs" if entry.key else "without their key"
        what = f"{who} signed {how}"
        yield Fault.WRONG_KEY, what, f"the key is {expected}; a new one is written into the next version"
    if entry.way is Way.ED25519:
        if not is_signature(entry.signature, entry.key, signed_bytes(entry, before)):
            what = f"the signature of {who} was not made by the key that it names, or not for this entry"
            yield Fault.FORGED, what, "ask them to sign again, and find out who wrote this"
    elif entry.key is not None or entry.signature is not None:
        yield Fault.FORGED, f"an acknowledgement of {who} carries a key or a signature", "sign again"
    elif folded(entry.typed or "") != folded(full_name(item.agreement, entry.person)):
        what = f"what was typed for {who} is not their full name"
        yield Fault.NOT_ACKNOWLEDGED, what, f"type {clean(full_name(item.agreement, entry.person), 80)}"


def _not_known(agreement: Agreement, entry: Act, sides: Iterable[Side]) -> Iterator[Wrong]:
    """What is wrong with who did it: not in the agreement, several people, the other side, another role."""
    person = agreement.people.get(entry.person)
    who = title(agreement, entry.person)
    if person is None:
        what = f"{clean(entry.person, 80)} is not among the people of version {agreement.version}"
        yield Fault.NOT_PARTY, what, "only people of the agreement may do this"
        return
    if reason := _no_party(person, tuple(sides)):
        yield Fault.NOT_PARTY, f"{who} {reason}", "only people who are party to it may do this"
    if person.side is not entry.side:
        what = f"{who} acted for {entry.side}, but is on the side of {person.side}"
        yield Fault.WRONG_SIDE, what, "do it again for the right side"
    if person.role is not entry.role:
        if entry.role is Role.HEAD:
            what = f"{who} acted as head of {entry.side}, but is a {person.role}"
            yield Fault.NOT_HEAD, what, f"a head signs: {_heads(agreement, entry.side)}"
        else:
            yield Fault.NOT_HEAD, f"{who} acted as {entry.role}, but is {person.role}", "do it again"


def _no_party(person: Person, sides: tuple[Side, ...]) -> str:
    if person.count != 1:
        return f"stands for {person.count} people"
    return "" if person.side in sides else f"is on no side that promises anything ({person.side})"


def _heads(agreement: Agreement, side: Side) -> str:
    return ", ".join(title(agreement, who) for who in heads_of(agreement, side)) or "nobody is one yet"


def _unknown(entry: Act) -> Wrong:
    what = f"it is about a version {entry.version} that was not proposed before it"
    return Fault.UNKNOWN_VERSION, what, "propose the version, then do this again"
