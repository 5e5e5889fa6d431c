"""Whoever logged something by mistake takes it back, for a few minutes and while nobody builds on it.

The log keeps both: the fact, and that it was taken back. What followed is worked out anew without it; what
was told stays told, and a breach that was found stays on record.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.errors import NotAllowed
from accord.lead.events import Kind
from accord.lead.withdrawing import STAYS
from accord.server.audit.trail import Actor
from accord.server.desk import naming
from accord.server.desk.acts.doing import Doing, hold, name_of, wrong
from accord.server.desk.models import Event, Lead
from accord.server.desk.recording import one_step
from accord.server.people.models import User

WITHIN = timedelta(minutes=10)
_BY_THE_WAY = frozenset({Kind.BREACHED.value, Kind.SCORED.value, Kind.SIGNALLED.value, Kind.WITHDRAWN.value})


@dataclass(frozen=True)
class LastAct:
    """What somebody logged last about a lead, all facts of it, and until when they may take it back."""

    facts: tuple[Event, ...]
    until: datetime

    @property
    def seqs(self) -> list[int]:
        return [fact.seq for fact in self.facts]


@one_step()
def undo(by: Actor, lead: int, seqs: Collection[int], at: datetime) -> Lead:
    """Take back the facts of one act. NotAllowed: another's, too late, or something followed."""
    doing = hold(by, lead, at)
    rows = list(doing.held.events.order_by("seq"))
    facts = _named(rows, frozenset(seqs))
    if why_not := _refusal(facts, rows, doing.user, doing.at):
        raise NotAllowed(why_not)
    doing.add(*(doing.fact(Kind.WITHDRAWN, outcome=str(fact.seq)) for fact in facts))
    _uncount(doing, facts)
    return doing.done()


def last_act(rows: Sequence[Event], user: User, at: datetime) -> LastAct | None:
    """What somebody may take back of a lead now, out of all its events in the order of their numbers."""
    gone = _taken_back(rows)
    last = next(
        (
            row
            for row in reversed(rows)
            if row.seq not in gone and row.kind not in _BY_THE_WAY and not _told(row)
        ),
        None,
    )
    if last is None or _stays(last) or at - last.recorded_at > WITHIN:
        return None
    facts = _act_of(last, rows)
    if _refusal(facts, rows, user, at):
        return None
    return LastAct(tuple(facts), last.recorded_at + WITHIN)


def _named(rows: Sequence[Event], seqs: frozenset[int]) -> list[Event]:
    facts = [row for row in rows if row.seq in seqs]
    if not seqs or len(facts) < len(seqs):
        raise wrong("seqs", "this lead has no such facts", "the numbers of what was logged about it")
    return facts


def _refusal(facts: Sequence[Event], rows: Sequence[Event], user: User, at: datetime) -> str:
    """Why these facts cannot be taken back, in a sentence; empty if they can."""
    gone = _taken_back(rows)
    if any(fact.seq in gone for fact in facts):
        return "this was taken back already"
    return next(filter(None, (_not_theirs(fact, user) for fact in facts)), "") or _no_more(
        facts, rows, user, at
    )


def _not_theirs(fact: Event, user: User) -> str:
    """Why somebody cannot take back a fact, whenever they try."""
    if fact.origin or fact.side == "machine":
        return "a machine or another tool told of this, so it is corrected there; write a note here"
    if _stays(fact):
        what = fact.kind.replace("_", " ")
        return f"what stands in the story as {what} cannot be taken back, as others rely on it; write a note"
    if naming.user_of(fact.actor, fact.recorded_at) != user.pk:
        return f"{name_of(fact.actor)} logged this, and only who logged something takes it back"
    return ""


def _no_more(facts: Sequence[Event], rows: Sequence[Event], user: User, at: datetime) -> str:
    """Why one's own facts cannot be taken back now: not a whole act, too late, or something rests on them."""
    act = _act_of(facts[0], rows)
    if [fact.seq for fact in act] != [fact.seq for fact in facts]:
        numbers = ", ".join(str(fact.seq) for fact in act)
        return f"one act is taken back at a time, and all of it: here that is {numbers}"
    if at - act[0].recorded_at > WITHIN:
        return (
            f"this was logged at {act[0].recorded_at:%H:%M} UTC, and what is logged can be taken back for "
            f"{WITHIN.seconds // 60} minutes; write a note that says what was wrong"
        )
    return _followed(act, rows, user)


def _followed(act: Sequence[Event], rows: Sequence[Event], user: User) -> str:
    """What came after an act and may rest on it."""
    gone = _taken_back(rows)
    later = [
        row
        for row in rows
        if row.seq > act[-1].seq and row.seq not in gone and row.kind not in _BY_THE_WAY and not _told(row)
    ]
    if not later:
        return ""
    if all(naming.user_of(row.actor, row.recorded_at) == user.pk for row in later):
        return "you logged something else about this lead since; take that back first"
    what = later[-1].kind.replace("_", " ")
    return (
        f"the lead has gone on since: {what} at {later[-1].recorded_at:%H:%M} UTC; "
        "log what happened, or write a note"
    )


def _act_of(fact: Event, rows: Sequence[Event]) -> list[Event]:
    """All that was logged with a fact by the same person in one go."""
    return [
        row
        for row in rows
        if (row.recorded_at, row.actor) == (fact.recorded_at, fact.actor) and not _stays(row)
    ]


def _stays(row: Event) -> bool:
    """What others rely on, what a machine or a tool told, and a lead that somebody was given."""
    given = row.kind == Kind.ASSIGNED and row.reason != "taken"
    return Kind(row.kind) in STAYS or bool(row.origin) or row.side == "machine" or given


def _told(row: Event) -> bool:
    """An attempt that a tool tells of, or a mail that a machine wrote: what it is rests on nothing before."""
    return row.kind == Kind.ATTEMPTED and bool(row.origin)


def _taken_back(rows: Sequence[Event]) -> frozenset[int]:
    named = {row.outcome for row in rows if row.kind == Kind.WITHDRAWN}
    return frozenset(row.seq for row in rows if str(row.seq) in named)


def _uncount(doing: Doing, facts: Sequence[Event]) -> None:
    """A lead that was taken by mistake takes nothing from the month of whoever took it."""
    from accord.server.routing.models import Routing  # noqa: PLC0415 - routing stands on the desk

    if any(fact.kind == Kind.ASSIGNED for fact in facts):
        Routing.objects.filter(lead=doing.held, event__in=[fact.seq for fact in facts]).update(counts=False)
