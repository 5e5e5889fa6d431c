"""The frame of every act: the lead locked, the rule asked, the rights held, facts and words recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accord.agreement.terms import Agreement
from accord.errors import EntryInvalid, InputError, LeadUnknown, NotAllowed, Problem
from accord.lead.acting import Act, Depth, may
from accord.lead.depth import attempts_that_count
from accord.lead.events import Kind
from accord.lead.lifecycle import Cycle
from accord.lead.rounds import last_round
from accord.promises.terms import calendar_for, terms_for
from accord.server.audit.trail import Actor
from accord.server.desk import naming
from accord.server.desk.models import Event, Lead, Note
from accord.server.desk.recording import Fact, append, held_cycle, locked, refresh
from accord.server.desk.terms import terms_of
from accord.server.people.models import Role, Side, User

MOST_WORDS = 4000  # signs of a note
_MOST_REASON = 120
_MOST_MONEY = Decimal("99999999999999.9999")
_AHEAD = timedelta(minutes=1)  # clocks of browsers and tools differ a little
_FARTHEST = timedelta(days=5 * 366)
LEADING = (Role.HEAD, Role.MANAGER)


@dataclass
class Doing:
    """One act under way: who does it, to which lead, and what is known of it."""

    user: User
    held: Lead
    cycle: Cycle
    agreement: Agreement | None
    at: datetime

    def fact(self, kind: Kind, **fields: Any) -> Fact:
        """A fact of this act, by whoever acts, now where nothing else is said."""
        side = self.user.side if self.user.side in (Side.MARKETING, Side.SALES) else ""
        said = {"occurred_at": self.at, "actor": naming.actor_text(self.user, self.at), "side": side}
        return Fact(kind, **{**said, **fields})

    def add(self, *facts: Fact, note: str = "") -> list[Event]:
        """Record facts and words; what follows is worked out in `done`."""
        fresh = append(self.held, facts, self.at)
        for event in fresh:
            if event.kind == Kind.ASSIGNED:
                _on_record(self, event)
        if note := words(note):
            about = fresh[0] if fresh else None
            Note.objects.create(lead=self.held, event=about, by=self.user, at=self.at, text=note)
        return fresh

    def done(self) -> Lead:
        return refresh(self.held, self.at)


def _on_record(doing: Doing, event: Event) -> None:
    from accord.server.routing.assigning import taken  # noqa: PLC0415 - routing stands on the desk

    taken(doing.held, doing.user, event)


def begin(by: Actor, lead: int, act: Act, at: datetime, *, reason: str = "") -> Doing:
    """Lock a lead for an act of somebody. NotAllowed where the act is not possible now."""
    doing = hold(by, lead, at)
    held, cycle = doing.held, doing.cycle
    if why_not := may(act, cycle, depth_of(held, cycle, doing.agreement), reason):
        raise NotAllowed(_by_whom(held, act, cycle) or why_not)
    return doing


def hold(by: Actor, lead: int, at: datetime) -> Doing:
    """Lock a lead for somebody, with what is known of it once nobody else holds it."""
    user = person(by)
    try:
        held = locked(lead)
    except Lead.DoesNotExist:
        raise LeadUnknown(str(lead)) from None
    cycle = held_cycle(held, at)
    return Doing(user, held, cycle, terms_of(held, cycle.at), cycle.at)


def person(by: Actor) -> User:
    if by.user is None:
        raise InputError("what is done to a lead is done by a person; sign in first")
    return by.user


def depth_of(held: Lead, cycle: Cycle, agreement: Agreement | None) -> Depth:
    """How often a lead was tried, by the terms that hold for it."""
    if agreement is None:
        return Depth()
    now = last_round(cycle)
    held_to = terms_for(agreement, held.lead_type or None, calendar_for(agreement, now.delivered))
    made = attempts_that_count(now.cycle.events, automated=held_to.automated, machines=held_to.machines_count)
    return Depth(len(made), held_to.minimum, agreement.follow_up.only_after_minimum)


def _by_whom(held: Lead, act: Act, cycle: Cycle) -> str:
    """Who was first, for whoever comes second with the same decision; empty where that does not matter."""
    if act not in (Act.ACCEPT, Act.REJECT):
        return ""
    decided = [event for event in cycle.events if event.kind in (Kind.ACCEPTED, Kind.REJECTED)]
    if not decided or held.standing not in ("accepted", "rejected"):
        return ""
    last = decided[-1]
    what = "accepted" if last.kind is Kind.ACCEPTED else "rejected"
    return (
        f"{name_of(last.actor)} {what} this lead at {last.occurred_at:%Y-%m-%d %H:%M} UTC; "
        f"{name_of(held.owner_id)} has it, so there is nothing left to decide"
    )


def name_of(who: str | int | None) -> str:
    """Somebody as people know them."""
    number = who if isinstance(who, int) else naming.user_of(who)
    name = User.objects.filter(pk=number).values_list("name", flat=True).first() if number else None
    return name or (who if isinstance(who, str) else "nobody")


def must_work(doing: Doing) -> None:
    """Only whoever has the lead decides about it, or whoever leads sales; one of nobody is anybody's."""
    user, owner = doing.user, doing.held.owner_id
    if user.side != Side.SALES:
        raise NotAllowed("sales decides about leads that it has; ask its owner", by_rights=True)
    if owner in (None, user.pk) or user.role in LEADING:
        return
    raise NotAllowed(f"{name_of(owner)} has this lead; ask for it, or let a manager of sales move it")


def must_be(doing: Doing, sides: Sequence[str], *, leading: bool = False) -> None:
    """Only people of these sides, and of them only those who lead where `leading`."""
    if doing.user.side in sides and (not leading or doing.user.role in LEADING):
        return
    who = " or ".join(sides)
    raise NotAllowed(
        f"this is for {'heads and managers of ' if leading else ''}{who}; ask one of them", by_rights=True
    )


def take_it(doing: Doing) -> tuple[Fact, ...]:
    """Whoever decides about a lead of nobody has it from then on."""
    if doing.held.owner_id is not None:
        return ()
    return (doing.fact(Kind.ASSIGNED, reason="taken"),)


def words(text: str, field: str = "note") -> str:
    """Words as they are kept; EntryInvalid if there are too many."""
    text = text.strip().replace("\x00", "")
    if len(text) > MOST_WORDS:
        raise wrong(field, f"{len(text)} signs are too many", f"{MOST_WORDS} at most")
    return text


def own_words(reason: str, ask: str) -> str:
    """A reason in somebody's own words, in one line; EntryInvalid asks for it where there is none."""
    reason = " ".join(words(reason, "reason").split())
    if not reason or len(reason) > _MOST_REASON:
        raise wrong("reason", ask, f"up to {_MOST_REASON} signs")
    return reason


def money(amount: Decimal | None) -> Decimal | None:
    """An amount as the log can hold it; EntryInvalid for any other."""
    if amount is not None and not (amount.is_finite() and 0 <= amount <= _MOST_MONEY):
        raise wrong("amount", "this is no amount of money", f"0 to {_MOST_MONEY}")
    return amount


def one_of(field: str, value: str, known: Sequence[str]) -> str:
    """One of the words that are allowed; EntryInvalid lists them."""
    if value not in known:
        raise wrong(field, f"{value[:80]!r} is none of them", f"one of {', '.join(known)}")
    return value


def when(doing: Doing, occurred_at: datetime | None, field: str = "occurred_at") -> datetime:
    """When something happened: now where nobody says; EntryInvalid for what lies ahead."""
    if occurred_at is None:
        return doing.at
    if occurred_at.tzinfo is None:
        raise wrong(field, "this time has no zone", "a time such as 2026-03-31T17:00:00Z")
    if occurred_at > doing.at + _AHEAD:
        raise wrong(field, "this time lies ahead", "a time in the past")
    if occurred_at < doing.held.created_at:
        raise wrong(field, "this is before the lead came in", f"{doing.held.created_at.isoformat()} or later")
    return min(occurred_at, doing.at)


def to_come(doing: Doing, at: datetime, field: str) -> datetime:
    """A time that lies ahead, within what anybody plans; EntryInvalid for any other."""
    if at.tzinfo is None:
        raise wrong(field, "this time has no zone", "a time such as 2026-03-31T17:00:00Z")
    if at <= doing.at:
        raise wrong(field, "this time is already over", "a later time, within five years")
    if at > doing.at + _FARTHEST:
        raise wrong(field, "this time is too far ahead", "a time within five years")
    return at


def wrong(field: str, what: str, allowed: str = "") -> EntryInvalid:
    return EntryInvalid([Problem("", 0, field, what, allowed)])
