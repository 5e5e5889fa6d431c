"""Signatures made elsewhere with a private key, handed in on the page of a version or through the API.

A token is nobody's consent: through it only what the person's own key signed counts, and only a key that
somebody has vouched for.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accord.agreement.signing.chain import Act, Chain, Signed, Way, parse_chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal
from accord.errors import InputError, SignatureRefused
from accord.server.agreements.acts.agreeing import append_signed
from accord.server.agreements.acts.parties import must_be_party
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor
from accord.server.people.models import User

_CLOCKS_APART = timedelta(minutes=2)  # that two machines may be
_MOST_AT_ONCE = 20  # entries: a person signs a version once
_PAGES = "sign on the page of the version"


def hand_in(
    by: Actor, file: AgreementFile, handed: str | Chain, at: datetime, *, in_person: bool = False
) -> Chain:
    """Take over a longer chain. SignatureRefused unless every entry more is a signature of whoever acts, with
    their key: unless they are there `in_person`, asked again who they are, it is one that `_is_known`.

    `handed` is the chain as text, or as it was read from one, before a transaction that keeps others waiting.
    ChainInvalid where it cannot be trusted; what the signing rules forbid is refused in their words.
    """
    if by.user is None:
        raise InputError("a signature is handed in by a person; sign in, or use a token of theirs")
    longer = handed if isinstance(handed, Chain) else parse_chain(handed, f"{file.slug}.signatures")
    longer.must_be_sound()
    before = file.chain()
    more = longer.links[len(before.links) :]
    if len(more) > _MOST_AT_ONCE:
        raise SignatureRefused(
            f"{len(more):,} entries more than are here; hand in at most {_MOST_AT_ONCE} signatures at once"
        )
    proposals = {item.digest: item for item in judge(before).proposals}
    for link in more:
        proposal = _must_be_own(link.entry, by.user, proposals)
        if not in_person:
            _must_be_known(link.entry, proposal, proposals)
        if link.entry.at > at + _CLOCKS_APART:
            raise SignatureRefused(
                "this signature is from the future; set your machine's clock, then sign again"
            )
    append_signed(by, file, longer)
    return file.chain()


def _must_be_own(entry: Act, user: User, proposals: Mapping[str, Proposal]) -> Proposal:
    """The version that the entry signs; SignatureRefused for all but their own signature with a key."""
    if not isinstance(entry, Signed):
        raise SignatureRefused(f"only signatures are handed in; {_PAGES}")
    if entry.way is not Way.ED25519:
        raise SignatureRefused(f"a typed name is no consent when it is handed in; {_PAGES}")
    proposal = proposals.get(entry.agreement)
    if proposal is None:
        raise SignatureRefused("this signature is about a version not proposed here; take the chain anew")
    person = must_be_party(proposal.agreement, user)
    if entry.person != person:
        raise SignatureRefused(f"you are {person} in this version and hand in signatures of your own only")
    return proposal


def _must_be_known(entry: Act, proposal: Proposal, proposals: Mapping[str, Proposal]) -> None:
    person, key = entry.person, getattr(entry, "key", None) or ""
    if not _is_known(key, person, proposal, proposals):
        named = key == _named(proposal, person)
        remedy = "withdraw it and propose it on the page of its draft" if named else _PAGES
        raise SignatureRefused(f"nobody has vouched for this key of {person}, only a token has; {remedy}")


def _is_known(key: str, person: str, proposal: Proposal, proposals: Mapping[str, Proposal]) -> bool:
    """Whether a key is the person's by more than the word of a token.

    Whoever holds a token could write a key of their own into a draft and propose it. So a key counts if the
    person has signed with it, or signed a version that names it, or if this version was proposed on a page.
    """
    for item in proposals.values():
        if any(
            entry.person == person and key in (entry.key, _named(item, person)) for entry in item.signatures
        ):
            return True
    return key == _named(proposal, person) and _proposed_in_person(proposal)


def _named(proposal: Proposal, person: str) -> str | None:
    who = proposal.agreement.people.get(person)
    return who.key if who else None


def _proposed_in_person(proposal: Proposal) -> bool:
    by_hand = Entry.objects.filter(action=Action.PROPOSED).exclude(via__startswith="api:")
    return by_hand.filter(detail__digest=proposal.digest).exists()
