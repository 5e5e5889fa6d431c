"""What people do to the book: confirm, take back, restate, note; and make a draft of the measured inputs.

Each is one transaction with its entry in the audit. An interval is closed by the second side's confirmation,
which has to be of the same figures as the first's.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accord.agreement.plain import clean
from accord.errors import EditConflict, EntryInvalid, NotAllowed, Problem
from accord.ledger.book_output import evidence_words
from accord.ledger.restating import differences, was_seen
from accord.plan.recalculation import Input, Proposal
from accord.plan.redrafting import draft_text
from accord.plan.revaluing import left_behind, settled
from accord.server.agreements import acts as agreements
from accord.server.agreements.finding import version_in_force
from accord.server.agreements.models import Draft
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.book.models import Closing, Confirmation, Interval, Look, Note, Restatement, Sheet
from accord.server.book.reading import Row, proposal_of, row_of, sheet
from accord.server.people.models import Role, Side, User

SIDES = (Side.MARKETING, Side.SALES)
_LONGEST_REASON, _LONGEST_NOTE = 500, 1000


def confirm(by: Actor, on: str, *, seen: str) -> bool:
    """Confirm an interval's figures for one's own side; whether that closed it.

    `seen` names the figures that stood on the page. EditConflict where they are others by now, or somebody
    was first. A confirmation of the other side for other figures lapses: they are asked again.
    """
    user, kept = _leader(by), _sheet()
    row = row_of(kept, on)
    if not row.complete or row.now is None:
        raise EntryInvalid([_problem("interval", f"{row.label} is not over; confirm it afterwards")])
    if row.seen != seen:
        raise EditConflict(f"the figures of {row.label} have changed since you read them; read them again")
    with transaction.atomic():
        interval = _locked(row)
        if Closing.objects.filter(interval=interval).exists():
            raise EditConflict(f"{row.label} is closed already; load its page again")
        active = {one.side: one for one in interval.confirmations.filter(ended_at=None).select_related("by")}
        if user.side in active:
            name = clean(active[user.side].by.name, 80)
            raise EditConflict(f"{name} has confirmed {row.label} for your side already")
        other = next((one for side, one in active.items() if side != user.side), None)
        Confirmation.objects.create(interval=interval, side=user.side, by=user, seen=seen)
        record(by, Action.BOOK_CONFIRMED, row.label, link=link_of(on))
        if other is None:
            return False
        if not was_seen(other.seen, row.now):
            Confirmation.objects.filter(pk=other.pk).update(ended_at=timezone.now())
            return False
        _close(by, interval, row, kept)
    return True


def take_back(by: Actor, on: str) -> None:
    """Take one's own side's confirmation back; EditConflict once the interval is closed."""
    user = _leader(by)
    row = row_of(sheet(), on)
    with transaction.atomic():
        interval = _locked(row)
        if Closing.objects.filter(interval=interval).exists():
            raise EditConflict(f"{row.label} is closed by both sides; restate it with a reason instead")
        held = interval.confirmations.filter(side=user.side, ended_at=None)
        if not held.update(ended_at=timezone.now()):
            raise EditConflict(f"nobody of your side has confirmed {row.label}; load its page again")
        record(by, Action.BOOK_TAKEN_BACK, row.label, link=link_of(on))


def restate(by: Actor, on: str, reason: str, *, seen: str) -> Restatement:
    """Append what a closed interval's figures have become, with the reason; the old ones stay.

    `seen` names the new figures as they stood on the page.
    """
    user, kept = _leader(by), _sheet()
    reason = _words(reason, "reason", _LONGEST_REASON)
    row = row_of(kept, on)
    if row.kept is None:
        raise EntryInvalid(
            [_problem("interval", f"{row.label} is open; figures of an open interval follow by themselves")]
        )
    if row.now is None or row.seen != seen:
        raise EditConflict(f"the figures of {row.label} have changed since you read them; read them again")
    with transaction.atomic():
        interval = _locked(row)
        row = row_of(kept, on)  # as it is behind the lock
        if not differences(row.kept or {}, row.now or {}):
            raise EditConflict(f"{row.label} says the same by now; there is nothing to restate")
        number = (interval.restatements.aggregate(last=Max("number"))["last"] or 0) + 1
        made = Restatement.objects.create(
            interval=interval, number=number, by=user, reason=reason, before=row.kept, after=row.now,
            as_of=kept.as_of, watermark=kept.watermark, agreement=kept.agreement,
        )  # fmt: skip
        record(by, Action.BOOK_RESTATED, row.label, link=link_of(on), number=number, reason=reason)
    return made


def add_note(by: Actor, on: str, text: str) -> Note:
    """Write a note beside an interval; notes are never changed."""
    user = _person(by)
    text = _words(text, "text", _LONGEST_NOTE)
    row = row_of(sheet(), on)
    with transaction.atomic():
        note = Note.objects.create(interval=_locked(row), by=user, text=text)
        record(by, Action.BOOK_NOTED, row.label, link=link_of(on))
    return note


def draft_inputs(by: Actor, keys: Sequence[str], reason: str) -> Draft:
    """A draft of the next version with the chosen proposals written in; both sides amend and sign it."""
    user, kept = _person(by), _sheet()
    reason = _words(reason, "reason", _LONGEST_REASON)
    offered = {item["input"]: item for item in kept.inputs.get("proposals", [])}
    chosen = [offered[key] for key in dict.fromkeys(keys) if key in offered]
    if not chosen or len(chosen) < len(set(keys)):
        what = (
            "choose at least one of the proposals"
            if not chosen
            else "the proposals have changed; choose again"
        )
        raise EntryInvalid([_problem("input", what)])
    wanted = list(map(proposal_of, chosen))
    kinds = {one.kind for one in wanted}
    if Input.TARGET in kinds and Input.PRICE not in kinds:
        what = "a promised value follows from prices; choose prices with it, or leave it out"
        raise EntryInvalid([_problem("input", what)])
    text = draft_text(_base(kept), wanted)
    taken = [item | values_of(one) for item, one in zip(chosen, settled(wanted), strict=True)]
    with transaction.atomic():
        draft = agreements.start_draft(by, kept.file, text)
        Look.objects.create(file=kept.file, by=user, draft=draft, reason=reason, chosen=taken)
        record(
            by, Action.INPUTS_MEASURED, kept.file, link=agreements.draft_link(draft),
            inputs=[item["input"] for item in chosen], reason=reason,
        )  # fmt: skip
    return draft


def stays_behind(keys: Sequence[str]) -> list[Proposal]:
    """Promised values that stay as they are although prices that they follow from are among `keys`."""
    kept = sheet()
    offered = [proposal_of(item) for item in (kept.inputs.get("proposals", []) if kept else [])]
    return left_behind([one for one in offered if one.key in keys], offered)


def _base(kept: Sheet) -> str:
    """What a draft of inputs is written into: the version in force, against which they were measured."""
    found = version_in_force(timezone.now())
    ours = found is not None and found.file.pk == kept.file_id
    return agreements.next_text(kept.file, found.proposal if ours and found else None)


def all_stays(by: Actor, reason: str) -> Look:
    """Note that somebody looked at the measured inputs and that they stay as they are, with the reason."""
    user, kept = _person(by), _sheet()
    reason = _words(reason, "reason", _LONGEST_REASON)
    with transaction.atomic():
        look = Look.objects.create(file=kept.file, by=user, reason=reason)
        record(by, Action.INPUTS_MEASURED, kept.file, link=reverse("book-inputs"), reason=reason)
    return look


def values_of(one: Proposal) -> dict[str, Any]:
    """What a draft takes over of a proposal: a promised value follows from the prices beside it."""
    return {"measured": one.new, "why": evidence_words(one)} if one.weighed else {}


def link_of(on: str) -> str:
    return reverse("book-month", args=[on])


def _close(by: Actor, interval: Interval, row: Row, kept: Sheet) -> None:
    Closing.objects.create(
        interval=interval, as_of=kept.as_of, watermark=kept.watermark, agreement=kept.agreement,
        currency=kept.book["currency"], figures=row.now,
    )  # fmt: skip
    record(by, Action.BOOK_CLOSED, row.label, link=link_of(row.key))


def _locked(row: Row) -> Interval:
    """The interval's row, which one at a time holds."""
    Interval.objects.get_or_create(from_on=row.from_on, defaults={"to_on": row.to_on})
    return Interval.objects.select_for_update().get(from_on=row.from_on)


def _sheet() -> Sheet:
    found = sheet()
    if found is None or not found.book:
        raise EntryInvalid([_problem("interval", "the book has not been worked out yet; wait a minute")])
    return found


def _person(by: Actor) -> User:
    if by.user is None:
        raise NotAllowed("the book is kept by people; sign in first")
    return by.user


def _leader(by: Actor) -> User:
    """Whoever may speak for a side: its head or a manager."""
    user = _person(by)
    if user.side not in SIDES or user.role not in (Role.HEAD, Role.MANAGER):
        raise NotAllowed("a head or a manager of marketing or sales does this for their side", by_rights=True)
    return user


def _words(text: str, name: str, longest: int) -> str:
    text = " ".join(text.replace("\x00", " ").split())
    if not text:
        raise EntryInvalid([_problem(name, "write a few words; they stay on record")])
    if len(text) > longest:
        raise EntryInvalid([_problem(name, f"this has {len(text):,} characters; write at most {longest:,}")])
    return text


def _problem(path: str, what: str) -> Problem:
    return Problem("", 0, path, what)
