"""Whether a chain of signatures holds, and what is wrong where it does not: each fault by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from accord.agreement.clauses.people import Side
from accord.agreement.comparing.diff import diff
from accord.agreement.comparing.showing import show
from accord.agreement.parse import Written
from accord.agreement.plain import clean
from accord.agreement.signing.alike import alike
from accord.agreement.signing.chain import HEADER, Chain, digest_of
from accord.agreement.signing.faults import Fault, Finding
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal, begins_at, end_of, title
from accord.agreement.terms import Agreement
from accord.errors import Problem

MOST_PARTS = 20  # of a changed text that are named


@dataclass(frozen=True)
class Report:
    """What `verify` found: every version of the chain, and everything that is wrong.

    `head` is the hash of the last entry: noted elsewhere, it shows later whether entries have vanished.
    """

    file: str
    entries: int
    head: str
    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong: no head's signature is missing either."""
        return not self.findings

    @property
    def faults(self) -> frozenset[Fault]:
        return frozenset(finding.fault for finding in self.findings)


def verify(chain: Chain, texts: Sequence[Written] = (), *, head: str | None = None) -> Report:
    """Looks at every line of a chain, at every signature, and at how agreement files compare with it.

    `texts` are agreements as they are now: each must mean what was proposed under its version number. `head`
    is a hash noted earlier: it must still be in the chain. Never fails; what is wrong stands in `findings`.
    """
    judged = judge(chain)
    findings = [*chain.flaws, *judged.findings]
    if head is not None and head not in {digest_of(HEADER), *(link.hash for link in chain.links)}:
        what = f"the entry with the hash {clean(head, 80)} is gone: entries were taken from the end"
        findings.append(
            _finding(chain, len(chain.links) + 1, Fault.CUT_OFF, what, "ask for the file it was in")
        )
    for proposal in judged.proposals:
        findings += _missing(chain, proposal)
    findings += _overlaps(chain, judged.proposals)
    for text in texts:
        findings += _compared(text, judged.proposals)
    if not chain.links and not chain.flaws and not texts:
        findings.append(
            _finding(chain, 0, Fault.NOT_PROPOSED, "nothing has been proposed", "propose a version")
        )
    return Report(chain.file, len(chain.links), chain.head, judged.proposals, tuple(findings))


def _finding(chain: Chain, line: int, fault: Fault, what: str, allowed: str) -> Finding:
    return Finding(Problem(chain.file, line, "", what, allowed), fault)


def _missing(chain: Chain, proposal: Proposal) -> Iterator[Finding]:
    if proposal.withdrawn is not None:
        return
    for side, who in proposal.missing:
        if who is None:
            what = f"nobody can sign version {proposal.number} for {side}: no one person is its head"
            do = "withdraw it, and give one person role: head"
        else:
            person = title(proposal.agreement, who)
            what = f"version {proposal.number} lacks the signature of {person}, head of {side}"
            do = f"they sign: accord sign AGREEMENT {clean(who, 80)}"
        yield _finding(chain, proposal.line, Fault.MISSING_SIGNATURE, what, do)


def _overlaps(chain: Chain, proposals: Sequence[Proposal]) -> Iterator[Finding]:
    """Versions that are in force with the one before them, though nobody said that they reset it."""
    signed = [item for item in proposals if item.complete_at is not None]
    for before, after in pairwise(signed):
        apart = begins_at(after) >= end_of(before.agreement) or begins_at(before) >= end_of(after.agreement)
        if before.reset is None and not apart:
            what = f"versions {before.number} and {after.number} are in force at the same time"
            yield _finding(chain, after.line, Fault.OVERLAP, what, "reset the earlier one with a new version")


def _compared(text: Written, proposals: Sequence[Proposal]) -> Iterator[Finding]:
    now = text.agreement
    known = [item for item in proposals if item.number == now.version and item.withdrawn is None]
    if not known:
        line, path = text.place(("version",))
        what = f"version {now.version} has not been proposed, so nobody has signed it"
        yield Finding(Problem(text.file, line, path, what, "propose it"), Fault.NOT_PROPOSED)
    elif not alike(known[-1:], now):
        yield from _parts(text, known[-1].agreement)


def _parts(text: Written, signed: Agreement) -> Iterator[Finding]:
    """Which parts of a text are not those that were proposed; the file may say less than it means."""
    do = f"restore what version {signed.version} says, or propose a new version"
    changes = [change for change in diff(signed, text.agreement) if change.path[:1] != ("status",)]
    for change in changes[:MOST_PARTS]:
        line, _ = text.place(tuple(change.path))
        shown = f"{_shown(change.before, signed)} → {_shown(change.after, text.agreement)}"
        what = f"this is not what version {signed.version} says: {shown}"
        yield Finding(Problem(text.file, line, change.where, what, do), Fault.CHANGED_TEXT)
    if len(changes) > MOST_PARTS or not changes:
        more = f"{len(changes) - MOST_PARTS} more parts differ" if changes else "the order of entries differs"
        what = f"{more} from version {signed.version}"
        yield Finding(Problem(text.file, 1, "", what, do), Fault.CHANGED_TEXT)


def _shown(value: object, agreement: Agreement) -> str:
    return clean(show(value, agreement), 60) or "nothing"


def signer(proposal: Proposal, side: Side, who: str | None) -> str:
    """Somebody who must sign, as outputs name them."""
    return f"a head of {side}" if who is None else f"{title(proposal.agreement, who)}, head of {side}"
