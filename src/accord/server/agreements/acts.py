"""All that can be done to an agreement file, once for pages and API: each act with its entry in the audit.

Every act is one transaction. What the agreement's own rules forbid (`accord.agreement.signing`) is refused in
their words; that sides and roles may act at all is held by `access.py` before anything comes here.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accord.agreement.canonical import dump_yaml, signed_text
from accord.agreement.parse import parse_agreement
from accord.agreement.plain import clean
from accord.agreement.signing import sign as signing
from accord.agreement.signing.chain import Chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal
from accord.agreement.terms import Agreement, Status
from accord.agreement.writing.change import remove_at, set_at
from accord.errors import AgreementInvalid, EditConflict, InputError, PageUnknown, SignatureRefused
from accord.plan.walk import calculation
from accord.server.agreements import letters
from accord.server.agreements.models import AgreementFile, ChainLine, Clash, Draft, Saving
from accord.server.agreements.standings import told
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import User

MOST_CHARACTERS = 200_000


class Overtaken(EditConflict):
    """The chain has grown since it was read."""


# Drafts ------------------------------------------------------------------------------------------------


@transaction.atomic
def start_file(by: Actor, text: str) -> Draft:
    """A new agreement with its first draft. The text may still have problems; its name is what it says."""
    title = _title_in(text) or "Untitled agreement"
    file = _new_file(title, _user(by))
    record(by, Action.FILE_STARTED, file, link=_link("agreement", file.slug))
    return _new_draft(by, file, text)


@transaction.atomic
def start_draft(by: Actor, file: AgreementFile, text: str | None = None) -> Draft:
    """A draft of the next version: `text`, else what was proposed last with number and predecessor set."""
    return _new_draft(by, file, next_text(file) if text is None else text)


def save_draft(by: Actor, draft: Draft, text: str, *, started_from: int) -> Draft:
    """Keep `text` as the draft's next saving. `started_from` is the saving that the writer had before them.

    EditConflict where somebody saved in between: the text is then kept as a clash that both see, so that
    nothing of either is lost.
    """
    text = _written(text)
    if _save(by, draft, text, started_from):
        return Draft.objects.select_related("file", "saved_by").get(pk=draft.pk)
    with transaction.atomic():
        now = Draft.objects.select_related("saved_by").get(pk=draft.pk)
        if now.state != Draft.State.OPEN:
            raise EditConflict(f"this draft was {now.get_state_display()} in the meantime; start a new one")
        if now.text == text:
            return now
        Clash.objects.create(draft=draft, started_from=started_from, text=text, by=_user(by))
    raise EditConflict(
        f"{clean(now.saved_by.name, 80)} saved this draft after you opened it; your text is kept beside it, "
        "so compare the two and save what both should say"
    )


@transaction.atomic
def _save(by: Actor, draft: Draft, text: str, started_from: int) -> bool:
    changed = Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN, saved=started_from).update(
        text=text, saved=F("saved") + 1, saved_by=_user(by), saved_at=timezone.now()
    )
    if changed:
        Saving.objects.create(draft=draft, number=started_from + 1, text=text, by=_user(by))
        Clash.objects.filter(draft=draft, by=_user(by), settled_at=None).update(settled_at=timezone.now())
        _retitle(draft.file, text)
        record(
            by,
            Action.DRAFT_SAVED,
            draft.file,
            link=draft_link(draft),
            draft=draft.number,
            saving=started_from + 1,
        )
    return bool(changed)


def restore_saving(by: Actor, draft: Draft, number: int, *, started_from: int) -> Draft:
    """Save again what the draft said at an earlier saving; what it says now stays in its history."""
    saving = Saving.objects.filter(draft=draft, number=number).first()
    if saving is None:
        raise PageUnknown(f"saving {number}")
    return save_draft(by, draft, saving.text, started_from=started_from)


@transaction.atomic
def settle_clash(by: Actor, clash: Clash) -> None:
    """Put a text aside that was not saved; it stays in the history."""
    Clash.objects.filter(pk=clash.pk, settled_at=None).update(settled_at=timezone.now())
    record(by, Action.DRAFT_SAVED, clash.draft.file, link=draft_link(clash.draft), clash_put_aside=clash.pk)


@transaction.atomic
def discard_draft(by: Actor, draft: Draft) -> None:
    """Put a draft away; `take_up` brings it back."""
    _switch(draft, Draft.State.OPEN, Draft.State.DISCARDED)
    record(by, Action.DRAFT_DISCARDED, draft.file, link=draft_link(draft), draft=draft.number)


@transaction.atomic
def take_up(by: Actor, draft: Draft) -> None:
    """Bring a discarded draft back."""
    _switch(draft, Draft.State.DISCARDED, Draft.State.OPEN)
    record(by, Action.DRAFT_RESTORED, draft.file, link=draft_link(draft), draft=draft.number)


def _switch(draft: Draft, before: Draft.State, after: Draft.State) -> None:
    if not Draft.objects.filter(pk=draft.pk, state=before).update(state=after):
        raise EditConflict(f"{draft} is not {before.label} any more; load its page again")
    draft.state = after


# Proposals and signatures ------------------------------------------------------------------------------


def propose(by: Actor, draft: Draft, *, saved: int, reason: str = "") -> Proposal:
    """Lay a draft before both sides as it stood at saving `saved`, with its calculation (S4.9, S2.13)."""
    agreement = parse_agreement(draft.text, draft.file.slug)
    person = must_be_party(agreement, _user(by))

    def act(chain: Chain, at: datetime) -> Chain:
        return signing.propose(
            chain, agreement, by=person, at=at, calculation=calculation(agreement), reason=reason
        )

    with transaction.atomic():
        proposal = _append(draft.file, act)
        if not Draft.objects.filter(pk=draft.pk, state=Draft.State.OPEN, saved=saved).update(
            state=Draft.State.PROPOSED, digest=proposal.digest
        ):
            raise EditConflict("the draft has changed since you read it; read it again, then propose it")
        AgreementFile.objects.filter(pk=draft.file_id).update(title=agreement.name[:200])
        link = _link("agreement", draft.file.slug)
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
        person, wanted = must_be_party(waiting.agreement, _user(by)), waiting.digest

        def act(chain: Chain, at: datetime) -> Chain:
            now = waiting_in(chain)
            if now is None or now.digest != wanted:
                raise EditConflict("that version does not wait for signatures any more; load the page again")
            return signing.withdraw(chain, by=person, at=at, reason=reason)

        _append(file, act)
        Draft.objects.filter(file=file, digest=waiting.digest, state=Draft.State.PROPOSED).update(
            state=Draft.State.OPEN
        )
        record(
            by,
            Action.WITHDRAWN,
            file,
            link=_link("agreement", file.slug),
            version=waiting.number,
            reason=reason,
        )
        letters.tell_withdrawn(file, waiting, reason)


def sign(by: Actor, file: AgreementFile, digest: str, *, typed: str) -> Proposal:
    """Add the signature of whoever acts to the version with `digest`, by their typed full name (S4.9).

    The caller has made sure who that is: pages ask again for the password shortly before.
    """

    def act(chain: Chain, at: datetime) -> Chain:
        proposal = proposal_in(chain, digest)
        person = must_be_party(proposal.agreement, _user(by))
        return signing.sign(
            chain,
            proposal.agreement,
            person=person,
            at=at,
            calculation=proposal.entry.calculation,
            typed=typed,
        )

    with transaction.atomic():
        was_open = proposal_in(file.chain(), digest).open
        _append(file, act)
        signed = proposal_in(file.chain(), digest)
        record(
            by, Action.SIGNED, file, link=_link("agreement", file.slug),
            version=signed.number, digest=digest, complete=signed.complete_at is not None,
        )  # fmt: skip
        if was_open and not signed.open:
            letters.tell_signed(file, signed)
    return signed


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
        _keep(file, before, longer)
        more = [link.entry for link in longer.links[len(known) :]]
        record(
            by,
            Action.SIGNED,
            file,
            link=_link("agreement", file.slug),
            entries=[entry.person for entry in more],
        )
        waited = {item.digest for item in judge(before).proposals if item.open}
        for item in judge(longer).proposals:
            if item.digest in waited and item.complete_at is not None:
                letters.tell_signed(file, item)


def _append(file: AgreementFile, act: Callable[[Chain, datetime], Chain]) -> Proposal:
    """Do one act to the chain as it is now, and keep what it adds; the version proposed last afterwards.

    Where somebody was first, it is done once more to the chain as that left it, if its rules still allow it.
    """
    for may_try_again in (True, False):
        before = file.chain()
        longer = act(before, timezone.now())
        try:
            with transaction.atomic():
                _keep(file, before, longer)
            break
        except Overtaken:
            if not may_try_again:
                raise
    return judge(longer).proposals[-1]


def _keep(file: AgreementFile, before: Chain, longer: Chain) -> None:
    course = told(longer)
    changed = AgreementFile.objects.filter(pk=file.pk, head=before.head).update(
        head=longer.head, course=course
    )
    if not changed:
        raise Overtaken("somebody signed or proposed at the same moment; read it again, then do it again")
    file.head, file.course = longer.head, course
    added = longer.links[len(before.links) :]
    try:
        ChainLine.objects.bulk_create(ChainLine(file=file, line=link.line, raw=link.raw) for link in added)
    except IntegrityError:
        raise Overtaken("somebody signed at the same moment; read it again, then do it again") from None


# What acts and pages ask of a chain --------------------------------------------------------------------


def waiting_in(chain: Chain) -> Proposal | None:
    """The version that waits for signatures, if any."""
    chain.must_be_sound()
    return next((item for item in reversed(judge(chain).proposals) if item.open), None)


def proposal_in(chain: Chain, digest: str) -> Proposal:
    """The version with this digest, as it was proposed last; PageUnknown if there is none."""
    chain.must_be_sound()
    for item in reversed(judge(chain).proposals):
        if item.digest == digest:
            return item
    raise PageUnknown(f"version {digest[:20]}")


def party(agreement: Agreement, user: User) -> str | None:
    """The key under `people` of whoever has this e-mail address; None for somebody who is no party to it."""
    for key, who in agreement.people.items():
        if who.count == 1 and who.email and who.email.strip().lower() == user.email:
            return key
    return None


def must_be_party(agreement: Agreement, user: User) -> str:
    """As `party`; SignatureRefused says how one becomes one."""
    if key := party(agreement, user):
        return key
    raise SignatureRefused(
        f"{clean(user.email, 100)} is nobody's address under `people` in this version; add it there, or ask "
        "somebody who is named"
    )


# Within ------------------------------------------------------------------------------------------------


def _user(by: Actor) -> User:
    if by.user is None:
        raise InputError("an agreement is changed by a person; sign in first")
    return by.user


def _new_draft(by: Actor, file: AgreementFile, text: str) -> Draft:
    text, user = _written(text), _user(by)
    AgreementFile.objects.select_for_update().get(pk=file.pk)  # one at a time counts on
    highest = file.drafts.aggregate(highest=Max("number"))["highest"] or 0
    draft = Draft.objects.create(file=file, number=highest + 1, text=text, started_by=user, saved_by=user)
    Saving.objects.create(draft=draft, number=1, text=text, by=user)
    record(by, Action.DRAFT_STARTED, file, link=draft_link(draft), draft=draft.number)
    return draft


def _written(text: str) -> str:
    """Text as it is kept: line ends as `\\n`, no NUL, which PostgreSQL has no place for."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"the text has {len(text):,} characters; an agreement has at most {MOST_CHARACTERS:,}"
        )
    if "\x00" in text:
        raise InputError("the text holds the sign U+0000; it is no text file: save it as UTF-8")
    return text


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


def _resets(file: AgreementFile, proposal: Proposal) -> bool:
    return any(item.reset and item.reset.by == proposal.digest for item in judge(file.chain()).proposals)


def _retitle(file: AgreementFile, text: str) -> None:
    """Until something is proposed, a file is called what its draft says."""
    if not file.course and (title := _title_in(text)):
        AgreementFile.objects.filter(pk=file.pk).update(title=title)


def _title_in(text: str) -> str:
    try:
        return clean(parse_agreement(text).name, 200)
    except AgreementInvalid:
        line = next((line for line in text.splitlines() if line.startswith("name:")), "")
        return clean(line.removeprefix("name:").strip(" '\""), 200)


def _new_file(title: str, user: User) -> AgreementFile:
    base = str(slugify(title, allow_unicode=True))[:50].strip("-") or "agreement"
    taken = set(AgreementFile.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    for slug in _numbered(base):
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return AgreementFile.objects.create(slug=slug, title=title, started_by=user)
        except IntegrityError:
            continue  # somebody took it at the same moment
    raise EditConflict("too many agreements have this name; give this one another")


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{number}" for number in range(2, 100_000))


def _link(name: str, slug: str) -> str:
    return reverse(name, args=[slug])


def draft_link(draft: Draft) -> str:
    return reverse("draft", args=[draft.file.slug, draft.number])
