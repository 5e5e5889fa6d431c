"""What may be done to a version: propose it, withdraw it, sign it. Each gives a chain that is one act longer.

Nothing is added that `verify` would find fault with: the same rules that judge a chain refuse the entry.
"""

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any

from accord.agreement.canonical import signed_text
from accord.agreement.comparing.diff import diff
from accord.agreement.plain import clean
from accord.agreement.signing.alike import alike
from accord.agreement.signing.chain import (
    Act,
    Chain,
    Proposed,
    Reset,
    Signed,
    Way,
    Withdrawn,
    digest_of,
    instant,
    signed_bytes,
)
from accord.agreement.signing.judge import judge
from accord.agreement.signing.keys import SigningKey
from accord.agreement.signing.proposals import Proposal, begins_at, end_of, full_name, start_of
from accord.agreement.terms import Agreement
from accord.errors import SignatureRefused, nearest

MOST_WORDS = 4_000  # characters of a reason
_BREAKS = "\n\t"


def propose(
    chain: Chain, agreement: Agreement, *, by: str, at: datetime, calculation: str, reason: str = ""
) -> Chain:
    """Lays a version before both sides, together with the calculation that everybody will go through.

    A version that begins before the one it supersedes has ended resets it: that takes a reason (S2.13), which
    becomes an entry of its own, so that whoever signs has read it. SignatureRefused where the version is not
    the next one: another waits for signatures, `supersedes` or `version` do not follow.
    """
    reason, text = _said(reason, "reason"), signed_text(agreement)
    digest = digest_of(text)
    before = next((item for item in reversed(judge(chain).proposals) if item.complete_at), None)
    entry = Proposed(
        **_who(agreement, by, at),
        version=agreement.version,
        agreement=digest,
        supersedes=agreement.supersedes,
        reason=reason,
        text=text,
        calculation=calculation,
    )
    longer = _with(chain, entry)
    if before is None or not resets(before, agreement, at):
        return longer
    if not reason:
        raise SignatureRefused(
            f"version {agreement.version} begins on {agreement.term.start}, before version {before.number} "
            f"ends on {before.agreement.term.end}; say the reason for the reset, or begin it later"
        )
    reset = Reset(
        **_who(agreement, by, at), version=before.number, agreement=before.digest, by=digest, reason=reason
    )
    return _with(longer, reset)


def resets(before: Proposal, agreement: Agreement, at: datetime) -> bool:
    """Whether a version signed from `at` on would be in force before the one that it supersedes has ended."""
    return max(start_of(agreement), at) < end_of(before.agreement) and begins_at(before) < end_of(agreement)


def withdraw(chain: Chain, *, by: str, at: datetime, reason: str) -> Chain:
    """Takes back the version that waits for signatures; those it has no longer count."""
    item = _waiting(chain)
    entry = Withdrawn(
        **_who(item.agreement, by, at),
        version=item.number,
        agreement=item.digest,
        reason=_said(reason, "reason"),
    )
    return _with(chain, entry)


def sign(
    chain: Chain,
    agreement: Agreement,
    *,
    person: str,
    at: datetime,
    calculation: str,
    key: SigningKey | None = None,
    typed: str | None = None,
) -> Chain:
    """Adds a person's signature to the version proposed, after the walk through `calculation` (S4.9).

    With a `key`, or by having `typed` their full name. `agreement` is the text before the person: it must
    mean what was proposed. SignatureRefused says why not: no party to it, signed before, term over, another
    key than theirs, another calculation than the one proposed, a text that has changed since.
    """
    if (key is None) == (typed is None):
        raise SignatureRefused("sign either with a key or by typing the full name; give one of the two")
    item = proposal_of(chain, agreement)
    entry = Signed(
        **_who(item.agreement, person, at),
        version=item.number,
        agreement=item.digest,
        supersedes=item.entry.supersedes,
        calculation=digest_of(calculation),
        way=Way.ACKNOWLEDGED if key is None else Way.ED25519,
        key=None if key is None else key.public,
        typed=None if typed is None else _said(typed, "name"),
        signature=None,
    )
    if key is not None:
        signature = key.sign(signed_bytes(entry, chain.head))
        entry = replace(entry, signature=signature)
    return _with(chain, entry)


def proposal_of(chain: Chain, agreement: Agreement) -> Proposal:
    """The version of the chain that means the same as `agreement`, as this release reads both.

    SignatureRefused where there is none: not proposed yet, withdrawn, or changed since (with what changed).
    """
    chain.must_be_sound()
    standing = [item for item in judge(chain).proposals if item.withdrawn is None]
    if same := alike(standing, agreement):
        return same[-1]
    of_number = [item for item in standing if item.number == agreement.version]
    if not of_number:
        raise SignatureRefused(f"version {agreement.version} has not been proposed; propose it first")
    parts = [change.where for change in diff(of_number[-1].agreement, agreement)][:5]
    raise SignatureRefused(
        f"version {agreement.version} is not the text that was proposed: {', '.join(parts) or 'its order'} "
        "changed since; restore it, or withdraw the proposal and propose it anew"
    )


def _waiting(chain: Chain) -> Proposal:
    chain.must_be_sound()
    for item in reversed(judge(chain).proposals):
        if item.open:
            return item
    raise SignatureRefused(
        "no version waits for signatures; what both sides signed is replaced by a new version"
    )


def _with(chain: Chain, entry: Act) -> Chain:
    """The chain with the entry, or a refusal in the words in which it would be found wrong."""
    longer = chain.plus(entry)
    line = longer.links[-1].line
    problems = [found.problem for found in judge(longer).findings if found.problem.line == line]
    if problems:
        raise SignatureRefused("; ".join(f"{one.what} ({one.allowed})" for one in problems))
    return longer


def _who(agreement: Agreement, key: str, at: datetime) -> dict[str, Any]:
    person = agreement.people.get(key)
    if person is None:
        raise SignatureRefused(
            f"{clean(key, 80)} is not among the people of the agreement{nearest(key, agreement.people)}"
        )
    return {
        "at": instant(at),
        "person": key,
        "name": full_name(agreement, key),
        "side": person.side,
        "role": person.role,
    }


def _said(text: str, what: str) -> str:
    """Words as they are kept: without surrounding blanks, control characters or half characters."""
    kept = "\n".join(text.splitlines()).strip()
    if len(kept) > MOST_WORDS:
        raise SignatureRefused(f"the {what} has {len(kept):,} characters; keep it under {MOST_WORDS:,}")
    if bad := next((sign for sign in kept if _is_no_text(sign)), None):
        raise SignatureRefused(f"the {what} holds U+{ord(bad):04X}, which is no text; leave it out")
    return kept


def _is_no_text(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") and sign not in _BREAKS
