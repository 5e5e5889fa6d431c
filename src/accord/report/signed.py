"""The lines at the foot of a printed agreement, as its chain has them."""

from accord.agreement.clauses.people import Side
from accord.agreement.signing.chain import Chain, Signed, Way
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal, full_name, heads_of
from accord.agreement.terms import Agreement
from accord.report.paper import Signature, shown


def signature_lines(agreement: Agreement, chain: Chain) -> tuple[tuple[Signature, ...] | None, str | None]:
    """One line a head of each side, signed or empty, and the digest of what was proposed.

    (None, None) while this text has not been proposed: another text must not look signed.
    """
    found = [item for item in judge(chain).proposals if item.withdrawn is None and _same(item, agreement)]
    if not found:
        return None, None
    sides = (Side.MARKETING, Side.SALES)
    lines = (_line(found[-1], side, head) for side in sides for head in heads_of(agreement, side))
    return tuple(lines), found[-1].digest


def _same(proposal: Proposal, agreement: Agreement) -> bool:
    """By meaning, as `verify` compares; the status is a note to readers and not signed."""
    return proposal.agreement == agreement.model_copy(update={"status": proposal.agreement.status})


def _line(proposal: Proposal, side: Side, head: str) -> Signature:
    signed = next((entry for entry in proposal.signatures if entry.person == head), None)
    team = getattr(proposal.agreement.parties, side.value)
    name = full_name(proposal.agreement, head)
    return Signature(shown(name), shown(team), _said(signed) if signed else "")


def _said(entry: Signed) -> str:
    how = "with a key" if entry.way is Way.ED25519 else "by typing the name"
    return f"signed {entry.at:%Y-%m-%d %H:%M} UTC {how}"
