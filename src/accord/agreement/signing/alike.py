"""Which of the versions of a chain mean what an agreement means, found without spelling out each of them."""

from collections.abc import Iterable

from accord.agreement.canonical import signed_text
from accord.agreement.signing.chain import digest_of
from accord.agreement.signing.proposals import Proposal
from accord.agreement.terms import Agreement


def alike(proposals: Iterable[Proposal], agreement: Agreement) -> list[Proposal]:
    """Those that mean the same as `agreement`, as this release reads both, in their order.

    The number of a version is part of its text, so only versions of that number come into question; and a
    digest that is equal says it all. Texts are spelled out only where none is: an earlier release may have
    spelled the same meaning another way.
    """
    of_number = [item for item in proposals if item.agreement.version == agreement.version]
    if not of_number:
        return []
    if found := [item for item in of_number if item.agreement is agreement]:
        return found
    text = signed_text(agreement)
    digest = digest_of(text)
    found = [item for item in of_number if item.digest == digest]
    return found or [item for item in of_number if signed_text(item.agreement) == text]
