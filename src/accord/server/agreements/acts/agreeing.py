"""Proposals and signatures: laid before both sides, signed, taken back, taken over from elsewhere."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from accord.agreement.parse import parse_agreement
from accord.agreement.plain import clean, folded
from accord.agreement.signing import sign as signing
from accord.agreement.signing.chain import Chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal, full_name
from accord.errors import EditConflict, SignatureRefused
from accord.plan.walk import calculation
from accord.server.agreements import letters
from accord.server.agreements.acts.chains import append, keep, proposal_in, waiting_in
from accord.server.agreements.acts.drafting import settle_clash
from accord.server.agreements.acts.parties import must_be_party, user_of
from accord.server.agreements.models import AgreementFile, Clash, Draft
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record


def propose(by: Actor, draft: Draft, *, saved: int, reason: str = "") -> Proposal:
    """Lay a draft before both sides as it stood at saving `saved`, with its calculation (S4.9, S2.13).

    Texts of it that were not saved are put aside: its text is fixed now, so nothing is left to settle.
    """
    agreement = parse_agreement(draft.text, draft.file.slug)
    person = must_be_party(agreement, user_of(by))

    def act(chain: Chain, at: datetime) -> Chain:
        return signing.propose(
            chain, agreement, by=person, at=at, calculation=calculation(agreement), reason=reason
        )

    with transaction.atomic():
        proposal = append(draft.file, act)
        if not Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN, saved=saved).update(
            state=Draft.State.PROPOSED, digest=proposal.digest
        ):
            raise EditConflict("the draft has changed since you read it; read it again, then propose it")
        for clash in Clash.objects.select_related("draft__file").filter(draft=draft, settled_at=None):
            settle_clash(by, clash)
        AgreementFile.objects.filter(pk=draft.file_id).update(title=agreement.name[:200])
        link = _link(draft.file)
        record(
            by,
            Action.PROPOSED,
            draft.file,
            link=link,
            version=proposal.number,
            digest=proposal.digest,
            reason=reason,
        )
        if proposal.agreement.supersedes and _resets(draft.file, proposal):
            record(by, Action.RESET, draft.file, link=link, by_version=proposal.number, reason=reason)
        letters.ask_to_sign(draft.file, proposal)
    return proposal


def withdraw(by: Actor, file: AgreementFile, *, reason: str, digest: str = "") -> None:
    """Take back the version that waits for signatures; its draft is open again.

    With a `digest` only the version that it names: EditConflict where another one waits by now.
    """
    with transaction.atomic():
        waiting = waiting_in(file.chain())
        if waiting is None:
            raise SignatureRefused("no version waits for signatures; start a draft of the next version")
        if digest and waiting.digest != digest:
            raise EditConflict(
                f"another version {waiting.number} waits for signatures now; read that one first"
            )
        person, wanted = must_be_party(waiting.agreement, user_of(by)), waiting.digest

        def act(chain: Chain, at: datetime) -> Chain:
            now = waiting_in(chain)
            if now is None or now.digest != wanted:
                raise EditConflict("that version does not wait for signatures any more; load the page again")
            return signing.withdraw(chain, by=person, at=at, reason=reason)

        append(file, act)
        Draft.objects.filter(file=file, digest=waiting.digest, state=Draft.State.PROPOSED).update(
            state=Draft.State.OPEN
        )
        record(
            by,
            Action.WITHDRAWN,
            file,
            link=_link(file),
            version=waiting.number,
            reason=reason,
        )
        letters.tell_withdrawn(file, waiting, reason)


def sign(by: Actor, file: AgreementFile, digest: str, *, typed: str) -> Proposal:
    """Add the signature of whoever acts to the version with `digest`, by their typed full name (S4.9).

    The caller has made sure who that is: pages ask again for the password shortly before.
    """

    was_open = False

    def act(chain: Chain, at: datetime) -> Chain:
        nonlocal was_open  # of the chain that it is added to: another may have signed a moment ago
        proposal = proposal_in(chain, digest)
        was_open = proposal.open
        person = must_be_party(proposal.agreement, user_of(by))
        _must_stand(proposal)
        _must_be_own_name(proposal, person, typed)
        return signing.sign(
            chain,
            proposal.agreement,
            person=person,
            at=at,
            calculation=proposal.entry.calculation,
            typed=typed,
        )

    with transaction.atomic():
        append(file, act)
        signed = proposal_in(file.chain(), digest)
        record(
            by, Action.SIGNED, file, link=_link(file),
            version=signed.number, digest=digest, complete=signed.complete_at is not None,
        )  # fmt: skip
        if was_open and not signed.open:
            letters.tell_signed(file, signed)
    return signed


def _must_stand(proposal: Proposal) -> None:
    """What the chain says to whoever verifies it, said to whoever is about to sign."""
    if (back := proposal.withdrawn) is not None:
        raise SignatureRefused(
            f"version {proposal.number} was withdrawn by {clean(back.name, 80)}: {clean(back.reason, 1000)}"
        )


def _must_be_own_name(proposal: Proposal, person: str, typed: str) -> None:
    name = full_name(proposal.agreement, person)
    if folded(typed) != folded(name):
        raise SignatureRefused(f"that is not your full name as the agreement has it: type {clean(name, 80)}")


def append_signed(by: Actor, file: AgreementFile, longer: Chain) -> None:
    """Take over a chain with further entries that were signed elsewhere, with a private key.

    SignatureRefused unless it begins with what is here and every entry more is in order.
    """
    with transaction.atomic():
        before = file.chain()
        longer.must_be_sound()
        known = [link.hash for link in before.links]
        if [link.hash for link in longer.links[: len(known)]] != known or len(longer.links) == len(known):
            raise SignatureRefused(
                "these signatures do not follow the ones here; take the chain anew, then sign"
            )
        if found := [one.problem for one in judge(longer).findings if one.problem.line > len(known) + 1]:
            raise SignatureRefused("; ".join(f"{one.what} ({one.allowed})" for one in found))
        keep(file, before, longer)
        more = [link.entry for link in longer.links[len(known) :]]
        record(
            by,
            Action.SIGNED,
            file,
            link=_link(file),
            entries=list(dict.fromkeys(entry.name for entry in more)),
        )
        waited = {item.digest for item in judge(before).proposals if item.open}
        for item in judge(longer).proposals:
            if item.digest in waited and item.complete_at is not None:
                letters.tell_signed(file, item)


def _resets(file: AgreementFile, proposal: Proposal) -> bool:
    return any(item.reset and item.reset.by == proposal.digest for item in judge(file.chain()).proposals)


def _link(file: AgreementFile) -> str:
    return reverse("agreement", args=[file.slug])
