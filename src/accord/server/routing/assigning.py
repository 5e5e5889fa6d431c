"""Who gets a lead: chosen, counted and recorded with its reason in one transaction.

Whoever is to be chosen from a pool holds the pool's row, and counts what everybody has had only then; so two
leads that come at the same moment are dealt one after the other, each by what the other left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accord.agreement.terms import Side
from accord.errors import EditConflict, EntryInvalid, NotAllowed, Problem
from accord.lead.events import Kind
from accord.lead.routing import By, Choice, Passed, by_name, from_pool, pool_of
from accord.lead.standing import IN_SALES, UNDECIDED, Standing
from accord.report.format import name as shown
from accord.server.audit.trail import Actor
from accord.server.desk.models import Event, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, append, locked, one_step, refresh
from accord.server.people.models import User
from accord.server.people.rights import leads
from accord.server.routing import rules
from accord.server.routing.alarming import came, nobody_took, too_many_moves
from accord.server.routing.cases import keep_turns, named_case, turns_of, with_pool
from accord.server.routing.counting import Load, open_load, used
from accord.server.routing.models import Move, Pool, Routing, RuleSet
from accord.server.routing.staff import Staff

__all__ = [
    "Assignment", "Load", "assign", "backup_of", "is_over_capacity", "is_present", "may_reassign", "move_to",
    "must_reassign", "open_load", "reassign",
]  # fmt: skip

ABSENCE, SWITCHED_OFF, BREACH = "absence", "switched off", "breach"  # why the machine moves a lead


@dataclass(frozen=True)
class Assignment:
    """Who got the lead, by which rule, and the record that says why."""

    to: User
    rule: str
    routing: Routing


def assign(
    held: Lead,
    at: datetime,
    *,
    exclude: frozenset[int] = frozenset(),
    why: str = "",
    by: User | None = None,
    move: Move | None = None,
) -> Assignment | None:
    """Give a locked lead to somebody; None where nobody can take it. The caller refreshes it afterwards.

    Nobody whose number is in `exclude` gets it. `why` says what made it move, where it was somebody's. Where
    it falls to the catch-all, or to nobody, an alarm goes out.
    """
    ruleset = rules.in_force()
    staff = Staff(at, weights=ruleset.weights if ruleset else {})
    choice = _choose(held, staff, ruleset, exclude)
    to = staff.users[int(choice.who)] if choice.who else None
    if to is None and _said_before(held, choice):
        return None
    record = _record(held, choice, to, at, why=why, by=by, move=move)
    if to is None or choice.by is By.CATCH_ALL:
        nobody_took(held, to, record, at)
    return Assignment(to, choice.by.value, record) if to else None


def _choose(held: Lead, staff: Staff, ruleset: RuleSet | None, exclude: frozenset[int]) -> Choice:
    """The choice by the rules in force, with the turns of its pool moved on."""
    case = named_case(held, staff, ruleset, exclude)
    if (named := by_name(case)) is not None:
        _held_pool(
            staff.pool_of(staff.users[int(named.who or 0)])
        )  # so that whoever counts sees this one too
        return named
    name, _ = pool_of(case)
    pool = _held_pool(name)
    choice = from_pool(with_pool(case, name, turns_of(pool), staff, exclude))
    if choice.turns is not None:
        keep_turns(pool, choice.turns)
    return choice


def _held_pool(name: str) -> Pool:
    return Pool.objects.select_for_update().get_or_create(name=name)[0]


def _said_before(held: Lead, choice: Choice) -> bool:
    """Whether the last record of a lead says the same: that nobody can take it, for these reasons."""
    last = Routing.objects.filter(lead=held).order_by("-at", "-pk").first()
    return last is not None and last.to_id is None and last.considered == _told(choice.passed)


def _record(
    held: Lead, choice: Choice, to: User | None, at: datetime, *, why: str, by: User | None, move: Move | None
) -> Routing:
    event = None
    if to is not None:
        fact = Fact(Kind.ASSIGNED, at, actor_text(to, at), "machine", reason=choice.by.value)
        event = append(held, [fact], at)[0]
        _uncount(held)
    record = Routing.objects.create(
        lead=held,
        event=event,
        at=at,
        to=to,
        left_id=held.owner_id,
        by=by,
        rule=choice.by.value,
        why=why[:200],
        about=choice.about[:200],
        instead_of_id=int(choice.instead_of) if choice.instead_of else None,
        considered=_told(choice.passed),
        move=move,
    )
    if to is not None and (by is None or by.pk != to.pk):
        came(held, to, record, at)
    return record


def taken(held: Lead, to: User, event: Event) -> None:
    """Put on record that somebody took a lead of nobody's, in the transaction of the event that says so."""
    Routing.objects.create(lead=held, event=event, at=event.occurred_at, to=to, by=to, rule=By.TAKEN.value)


def _told(passed: Iterable[Passed]) -> list[dict[str, Any]]:
    return [
        {"who": int(one.who), "step": one.step.value, "why": one.why.value}
        | ({} if one.used is None else {"used": one.used, "allowed": str(one.allowed)})
        for one in passed
    ]


def _uncount(held: Lead) -> None:
    """What moves on before it was accepted takes nothing from the month of whoever had it."""
    if held.owner_id is not None and held.standing in {one.value for one in UNDECIDED}:
        Routing.objects.filter(lead=held, counts=True).update(counts=False)


# Moving a lead that is somebody's -----------------------------------------------------------------------


def may_reassign(user: User | None) -> bool:
    """Whether somebody moves leads between people: heads and managers of sales and of operations."""
    return user is not None and leads(user, Side.SALES)


def must_reassign(by: Actor) -> None:
    if by.user is not None and not may_reassign(by.user):
        raise NotAllowed(
            _("leads are moved by heads and managers of sales and of operations; ask one of them")
        )


@one_step()
def reassign(by: Actor, lead: int, to: User | None, at: datetime, why: str) -> Lead:
    """Move a lead to somebody, or to whom the rules choose; the lead afterwards.

    By a manager, or by the machine (`by.user` None), which moves a lead at most as often as the agreement
    says and then leaves it to the manager. What was broken stays with whoever had it then.
    """
    must_reassign(by)
    return move_to(by, locked(lead), to, at, why)


def move_to(
    by: Actor,
    held: Lead,
    to: User | None,
    at: datetime,
    why: str,
    *,
    move: Move | None = None,
    guarded: bool = True,
) -> Lead:
    """As `reassign`, for a lead that is locked; `guarded` False moves it however often it has moved."""
    _must_be_movable(held, to)
    if by.user is None and guarded and _moves(held) >= _most_moves(at):
        too_many_moves(held, at)
        return held
    if to is None:
        without = frozenset({held.owner_id} - {None})
        done = assign(held, at, exclude=without, why=why, by=by.user, move=move)  # type: ignore[arg-type]
        return refresh(held, at) if done else held
    choice = Choice(str(to.pk), By.HAND) if by.user else Choice(str(to.pk), By.COVER)
    _held_pool(Staff(at).pool_of(to))
    _record(held, choice, to, at, why=why, by=by.user, move=move)
    return refresh(held, at)


def _must_be_movable(held: Lead, to: User | None) -> None:
    if Standing(held.standing) not in IN_SALES:
        words = {"lead": held.key, "standing": held.get_standing_display()}
        raise NotAllowed(_("%(lead)s is %(standing)s: only what sales works on can be moved") % words)
    if to is None:
        return
    if to.side != Side.SALES or not to.is_active:
        words = {"name": shown(to.name) or "?"}
        what = _("%(name)s cannot get leads; choose somebody of sales whose account is on") % words
        raise EntryInvalid([Problem("", 0, "to", what)])
    if held.owner_id == to.pk:
        words = {"lead": held.key, "name": shown(to.name) or "?"}
        raise EditConflict(_("%(lead)s is with %(name)s already; look at the page again") % words)


def _moves(held: Lead) -> int:
    """How often the machine has moved a lead since a person last did."""
    moves = Routing.objects.filter(lead=held, left__isnull=False, to__isnull=False)
    last = moves.filter(by__isnull=False).order_by("-pk").values_list("pk", flat=True).first()
    return moves.filter(by=None, pk__gt=last or 0).count()


def _most_moves(at: datetime) -> int:
    agreement = Staff(at).agreement
    return agreement.clocks.most_moves if agreement else 0


# What others ask ----------------------------------------------------------------------------------------


def is_present(user: User, at: datetime) -> bool:
    """Whether somebody's account is on and no absence holds where they are."""
    staff = Staff(at)
    staff.learn([user])
    return user.is_active and staff.is_present(user, at)


def is_over_capacity(user: User, at: datetime) -> bool:
    """Whether somebody has had all leads of their month; never where no capacity is known."""
    return bool(over_capacity([user], at))


def over_capacity(users: Sequence[User], at: datetime) -> set[int]:
    """Those of several people who have had all leads of their month, by number of their account."""
    staff = Staff(at)
    staff.learn(users)
    allowed = {user.pk: allowance for user in users if (allowance := staff.allowance(user, at)) is not None}
    had = used(staff, [user for user in users if user.pk in allowed], at) if allowed else {}
    return {number for number, allowance in allowed.items() if had[number] >= allowance[1]}


def backup_of(user: User, at: datetime) -> User | None:
    """Who takes over while somebody is away, and is there; None where nobody is."""
    staff = Staff(at)
    staff.learn([user])
    number = staff.present_cover(user, at)
    return staff.users[number] if number else None
