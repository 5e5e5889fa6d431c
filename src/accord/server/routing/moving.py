"""Leads of one person that go to others together: by hand, or because the person is away or has left.

Each lead moves in a transaction of its own, under its own lock: one that somebody works on at that moment
waits for them, and one that cannot move stops no other. What moved by hand can be moved back for a while.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.errors import EditConflict, EntryInvalid, InputError, NotAllowed, Problem
from accord.lead.standing import UNDECIDED
from accord.report.format import name as shown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk.models import Lead
from accord.server.desk.recording import locked, one_step
from accord.server.people.models import User
from accord.server.routing import alarming
from accord.server.routing.assigning import move_to, must_reassign
from accord.server.routing.counting import IN_SALES_VALUES
from accord.server.routing.models import Move, Routing

UNDO_WITHIN = timedelta(hours=1)
MOST_AT_ONCE = 500
_UNDECIDED = [one.value for one in UNDECIDED]


@dataclass(frozen=True)
class Outcome:
    """What became of a move: who got how many leads, and why the others stayed, each once."""

    move: Move
    got: Counter[str]  # by name
    stayed: tuple[str, ...] = ()

    @property
    def moved(self) -> int:
        return self.got.total()


@dataclass(frozen=True)
class _Order:
    """One move as it is carried out: `to` None asks the rules; unguarded it moves leads however often."""

    by: Actor
    move: Move
    to: User | None
    at: datetime
    why: str
    guarded: bool = True


def open_leads(of: User) -> QuerySet[Lead]:
    """What somebody works on, what is due first first."""
    mine = Lead.objects.filter(owner=of, standing__in=IN_SALES_VALUES)
    return mine.order_by(F("due_at").asc(nulls_last=True), "pk")


def waiting(of: User, until: datetime) -> QuerySet[Lead]:
    """What cannot wait until somebody is back: undecided, or with something due before then."""
    return open_leads(of).filter(Q(standing__in=_UNDECIDED) | Q(due_at__lt=until))


def move_leads(
    by: Actor,
    of: User,
    at: datetime,
    *,
    leads: Sequence[int] | None = None,
    to: User | None = None,
    why: str = "",
) -> Outcome:
    """Move all open leads of somebody (None), or these of them, to one person or to whom the rules choose."""
    must_reassign(by)
    if to is not None and to.pk == of.pk:
        what = _("%(name)s has them already; choose somebody else") % {"name": shown(of.name)}
        raise EntryInvalid([Problem("", 0, "to", what)])
    mine = open_leads(of)
    wanted = list((mine if leads is None else mine.filter(pk__in=leads)).values_list("pk", flat=True))
    if not wanted:
        raise EditConflict(_("none of these leads is open with them any more; look at the page again"))
    if len(wanted) > MOST_AT_ONCE:
        what = _("at most 500 leads move at once; choose some of them first")
        raise EntryInvalid([Problem("", 0, "leads", what)])
    move = Move.objects.create(of=of, by=by.user, why=Move.Why.HAND, at=at)
    return _carried_out(_Order(by, move, to, at, why or Move.Why.HAND), wanted)


def relieve(move: Move, until: datetime, to: User | None, at: datetime) -> Outcome:
    """Move what cannot wait until then from somebody who is away or switched off; by the machine.

    What is left, because there were more than can go at once or because somebody switched the machine off in
    between, goes when it is called again with the same move, until that is done.
    """
    move.save()
    wanted = list(waiting(move.of, until).values_list("pk", flat=True)[:MOST_AT_ONCE])
    machine = Actor(None, "worker")
    outcome = _carried_out(_Order(machine, move, to, at, move.why, guarded=False), wanted)
    if len(wanted) < MOST_AT_ONCE or not outcome.moved:
        Move.objects.filter(pk=move.pk).update(done_at=at)
    return outcome


def undo(by: Actor, move: Move, at: datetime) -> Outcome:
    """Move back what is still with whom it went to; within the hour, and once."""
    must_reassign(by)
    if move.why != Move.Why.HAND or at - move.at > UNDO_WITHIN:
        raise NotAllowed(_("only what was moved by hand within the hour can be moved back; move it anew"))
    if not Move.objects.filter(pk=move.pk, undone_at=None).update(undone_at=at):
        raise EditConflict(_("these leads have been moved back already"))
    went = Routing.objects.filter(move=move, lead__owner=F("to")).values_list("lead", flat=True)
    back = Move.objects.create(of=move.of, by=by.user, why=Move.Why.BACK, at=at)
    return _carried_out(_Order(by, back, move.of, at, Move.Why.BACK), list(went))


def last_moves(at: datetime) -> list[Move]:
    """What can still be moved back, the latest first."""
    near = Move.objects.filter(why=Move.Why.HAND, at__gt=at - UNDO_WITHIN, undone_at=None)
    return list(near.select_related("of", "by").annotate(count=Count("routings")).order_by("-at")[:5])


def _carried_out(order: _Order, leads: Iterable[int]) -> Outcome:
    got: Counter[str] = Counter()
    stayed: dict[str, None] = {}
    for number in leads:
        try:
            after = _one(order, number)
        except (InputError, NotAllowed) as error:
            stayed[str(error)] = None
            continue
        if after is None:
            stayed[_("nobody else can take it now")] = None
        else:
            got[shown(after.name) or "?"] += 1
    outcome = Outcome(order.move, got, tuple(stayed))
    _tell(order, outcome)
    return outcome


@one_step()
def _one(order: _Order, lead: int) -> User | None:
    """Who has a lead afterwards; None where it stays where it was."""
    held, move = locked(lead), order.move
    if move.why != Move.Why.BACK and held.owner_id != move.of_id:
        raise EditConflict(_("%(lead)s has gone to somebody else meanwhile") % {"lead": held.key})
    before = held.owner_id
    after = move_to(order.by, held, order.to, order.at, order.why, move=move, guarded=order.guarded)
    return after.owner if after.owner_id != before else None


@transaction.atomic
def _tell(order: _Order, outcome: Outcome) -> None:
    """The audit, where a person did it, and whoever had the leads."""
    move, by = outcome.move, order.by
    if by.user is not None:
        told = {"moved": dict(outcome.got), "stayed": list(outcome.stayed), "why": move.why}
        record(by, Action.LEADS_MOVED, move.of.name, link=reverse("team-person", args=[move.of_id]), **told)
    by_another = by.user is None or by.user.pk != move.of_id
    if outcome.moved and move.why != Move.Why.BACK and by_another:
        alarming.left(move.of, move, _went(outcome), order.at)


def _went(outcome: Outcome) -> str:
    words = ngettext(
        "%(count)d lead of %(name)s has gone to others: %(names)s.",
        "%(count)d leads of %(name)s have gone to others: %(names)s.",
        outcome.moved,
    )
    names = ", ".join(f"{name}: {count}" for name, count in outcome.got.items())
    return words % {"count": outcome.moved, "name": shown(outcome.move.of.name), "names": names}
