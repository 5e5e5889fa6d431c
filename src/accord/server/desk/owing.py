"""The duties of one lead, as rows: written anew from what the domain says, and what has happened stays so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accord.agreement.terms import Side
from accord.promises.duties import Duty as Owed
from accord.promises.duties import DutyKind, Moment, What
from accord.promises.owed import is_owed
from accord.promises.verdict import State
from accord.server.desk.breaking import found_broken
from accord.server.desk.models import Duty, Lead

_OPEN = (State.PENDING.value, State.BROKEN.value)
_MAY_BREAK = frozenset(  # those with a ladder; the rest are judged along with one of these, or at once
    {
        DutyKind.FIRST_TOUCH,
        DutyKind.DECIDED,
        DutyKind.FEEDBACK,
        DutyKind.DELIVERED,
        DutyKind.CHECKPOINT,
        DutyKind.DISPOSED,
        DutyKind.TAKEN_OVER,
        DutyKind.COMMITMENT,
    }
)
_FIELDS = [
    "side", "owner", "state", "start_at", "due_at", "met_at", "ended_at", "moments", "rung", "next_at",
    "calendar", "about",
]  # fmt: skip


def keep(held: Lead, owed: Sequence[Owed], at: datetime) -> list[Duty]:
    """Write the duties of a locked lead; those that are owed now.

    Moments that have happened stay, a breach that was found stays found, and a duty that is owed no more,
    because another fact or another version says so, is void.
    """
    there = {(row.kind, row.number): row for row in held.duties.all()} if held.pk else {}
    names = [(duty.kind.value, duty.number) for duty in owed]
    rows = [
        there.pop(name) if name in there else _new(held, duty) for name, duty in zip(names, owed, strict=True)
    ]
    before = [_image(row) for row in rows]
    for row, duty in zip(rows, owed, strict=True):
        _write(row, duty, held)
    gone = [row for row in there.values() if _voided(row)]
    fresh = [row for row in rows if row.pk is None]
    if fresh:
        Duty.objects.bulk_create(fresh)
    changed = [row for row, was in zip(rows, before, strict=True) if row not in fresh and _image(row) != was]
    if changed or gone:
        Duty.objects.bulk_update([*changed, *gone], _FIELDS)
    for row in rows:
        if row.broken_at is None and row.state in (State.BROKEN, State.EXCUSED) and row.kind in _MAY_BREAK:
            row.lead = held
            found_broken(row, at)
    return rows


SUMMED = ("lead_id", "side", "state", "due_at", "kind", "met_at", "ended_at")  # what `sum_up` reads of duties


def sum_up(held: Lead, duties: Sequence[Duty], at: datetime) -> None:
    """What sales owes next and what is broken, on a locked lead's own row; the caller saves.

    Whoever asks what has changed since an instant finds the lead by `changed_at`, which never goes back.
    """
    first = next_of_sales(duties, held.standing)
    held.due_at, held.due_kind = (first.due_at, first.kind) if first else (None, "")
    held.broken = sum(duty.side == "sales" and duty.state == State.BROKEN for duty in duties)
    held.version += 1
    held.changed_at = max(held.changed_at or at, at)


def next_of_sales(rows: Sequence[Duty], standing: str) -> Duty | None:
    """What sales owes next and can still do: what is due first, broken or not."""
    open_ones = [row for row in rows if row.met_at is None and row.ended_at is None]
    owed = [
        row
        for row in open_ones
        if row.side == Side.SALES
        and row.kind in _SHOWN
        and row.state != State.VOID
        and is_owed(row.kind, row.side, standing)
    ]
    return min(owed, key=lambda row: (row.due_at, row.kind), default=None)


_SHOWN = frozenset({*_MAY_BREAK, DutyKind.CALL_BACK})


def _new(held: Lead, duty: Owed) -> Duty:
    return Duty(lead=held, kind=duty.kind.value, number=duty.number)


def _image(row: Duty) -> tuple[Any, ...]:
    return tuple(getattr(row, "owner_id" if name == "owner" else name) for name in _FIELDS)


def _write(row: Duty, duty: Owed, held: Lead) -> None:
    is_open = duty.state.value in _OPEN and duty.met_at is None and duty.ended_at is None
    row.side, row.state = duty.side.value, duty.state.value
    row.start_at, row.due_at, row.met_at, row.ended_at = (
        duty.start_at, duty.due_at, duty.met_at, duty.ended_at,
    )  # fmt: skip
    row.calendar, row.about = duty.calendar, duty.about[:120]
    if row.side == "sales" and (is_open or row.owner_id is None):
        row.owner_id = held.owner_id  # a duty that is done stays with who had it
    _plan(row, duty.moments if is_owed(row.kind, row.side, held.standing) else _silent(duty))


def _silent(duty: Owed) -> list[Moment]:
    """Of what nobody can do any more: how it ends is noted, and nobody is told."""
    ends = What.DO if duty.kind is DutyKind.CREDIT else What.BREACH
    return [Moment(one.at, one.what) for one in duty.moments if one.what is ends]


def _plan(row: Duty, moments: Sequence[Moment]) -> None:
    """What has happened stays, and happens once; what is to come may have moved."""
    happened = row.moments[: row.rung]
    done = [_named(one["what"], one["tell"]) for one in happened]
    coming: list[dict[str, Any]] = []
    for moment in moments:
        name = _named(moment.what.value, moment.tell)
        if name in done:
            done.remove(name)
        else:
            coming.append({"at": moment.at.isoformat(), "what": name[0], "tell": list(moment.tell)})
    row.moments = [*happened, *coming]
    row.next_at = datetime.fromisoformat(coming[0]["at"]) if coming else None


def _named(what: str, tell: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What makes a moment the same one: a duty breaks once, whoever was told."""
    return what, () if what == What.BREACH else tuple(tell)


def _voided(row: Duty) -> bool:
    """End a duty that is owed no more; whether that changed it."""
    if row.state == State.VOID and row.next_at is None:
        return False
    row.state, row.next_at, row.moments = State.VOID.value, None, row.moments[: row.rung]
    return True
