"""The text from which the next version is written."""

from collections.abc import Sequence

from accord.agreement.canonical import dump_yaml, signed_text
from accord.agreement.parse import parse_agreement
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal
from accord.agreement.terms import Agreement, Status
from accord.agreement.writing.change import remove_at, set_at
from accord.errors import InputError
from accord.server.agreements.models import AgreementFile


def next_text(file: AgreementFile, proposal: Proposal | None = None) -> str:
    """The text of a version, of the one proposed last if none is said, as the file's next one.

    It is the text of the draft that was proposed, with its comments and its order; only number and
    predecessor are set. Where no draft here had it, or its text cannot take them, the canonical text.
    """
    proposals = judge(file.chain()).proposals
    if not proposals:
        latest = file.drafts.first()
        return latest.text if latest else ""
    chosen = proposal or proposals[-1]
    meant = _numbered_after(proposals, chosen.agreement)
    written = file.drafts.filter(digest=chosen.digest).first()
    return (_renumbered(written.text, meant) if written else None) or dump_yaml(meant)


def _renumbered(text: str, meant: Agreement) -> str | None:
    """The text with number and predecessor of `meant`; None where it then would not say the same.

    How far the version before has come is not said of the next one.
    """
    try:
        if parse_agreement(text).status is not Status.DRAFT:
            text = remove_at(text, ("status",))
        text = set_at(text, ("version",), str(meant.version))
        if meant.supersedes:
            text = set_at(text, ("supersedes",), meant.supersedes)
        return text if signed_text(parse_agreement(text)) == signed_text(meant) else None
    except InputError:
        return None


def as_next(file: AgreementFile, agreement: Agreement) -> Agreement:
    """`agreement` numbered as the file's next version; as it is while none was proposed."""
    proposals = judge(file.chain()).proposals
    return _numbered_after(proposals, agreement) if proposals else agreement


def _numbered_after(proposals: Sequence[Proposal], agreement: Agreement) -> Agreement:
    last = proposals[-1]
    signed = next((item for item in reversed(proposals) if item.complete_at), None)
    number, before = (
        (signed.number + 1, signed.digest) if signed else (last.number, last.agreement.supersedes)
    )
    return agreement.model_copy(update={"version": number, "supersedes": before})
