"""What the entries of a chain mean together: the versions that were proposed, and which signatures count.

One pass from the oldest entry on. An entry with a fault is named and does not count; the rest goes on, so
that one bad signature hides nothing.
"""

from dataclasses import dataclass, replace

from accord.agreement.signing.chain import Chain, Link, Proposed, Signed, Withdrawn
from accord.agreement.signing.faults import Finding
from accord.agreement.signing.proposals import Proposal, agreement_in
from accord.agreement.signing.rules import State, wrongs
from accord.errors import Problem


@dataclass(frozen=True)
class Judgement:
    """The versions of a chain in order, and all that is wrong with its entries."""

    proposals: tuple[Proposal, ...]
    findings: tuple[Finding, ...]


def judge(chain: Chain) -> Judgement:
    """Goes through a chain; the entries are judged as they stand, whether the file is sound or not."""
    state, findings = State(), list[Finding]()
    for link in chain.links:
        found = list(wrongs(state, link))
        findings += [
            Finding(Problem(chain.file, link.line, "", what, do), fault) for fault, what, do in found
        ]
        if not found:
            state.last_at = link.entry.at
            _count(state, link)
    return Judgement(tuple(state.proposals), tuple(findings))


def _count(state: State, link: Link) -> None:
    """Takes an entry that is in order into account."""
    entry = link.entry
    if isinstance(entry, Proposed):
        state.proposals.append(Proposal(entry, link.line, agreement_in(entry.text)))
        return
    at = max(at for at, item in enumerate(state.proposals) if item.digest == entry.agreement)
    was = state.proposals[at]
    if isinstance(entry, Signed):
        state.proposals[at] = replace(was, signatures=(*was.signatures, entry))
        if entry.key is not None:
            state.keys[entry.person] = entry.key
    elif isinstance(entry, Withdrawn):
        state.proposals[at] = replace(was, withdrawn=entry)
        _forget_reset(state, was)
    else:
        state.proposals[at] = replace(was, reset=entry)


def _forget_reset(state: State, withdrawn: Proposal) -> None:
    """Who takes back a version that would reset another takes back the reset."""
    for at, item in enumerate(state.proposals):
        if item.reset is not None and item.reset.by == withdrawn.digest:
            state.proposals[at] = replace(item, reset=None)
