"""Decisions with an owner and a day: noted by anybody of both sides, ended by their owner or who leads.

Nothing is deleted: a decision that is done or dropped can be opened again, one that is late gets a later day
and counts how often, one whose owner cannot do it gets another.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.fitting import must_fit, one_line
from accord.server.people.models import Role, Side, User
from accord.server.rituals.models import Decision

State = Decision.State
_LONGEST_AHEAD = timedelta(days=400)
_WORKING = (Side.MARKETING, Side.SALES, Side.OPERATIONS)
_FIELDS = ("text", "due_on", "meeting")
_ENDED = {State.DONE: Action.DECISION_DONE, State.DROPPED: Action.DECISION_DROPPED}
_MOST = 50  # on a sheet, in a mail or a pack


@dataclass(frozen=True)
class Wanted:
    """A decision as somebody enters it."""

    text: str
    owner: int | None
    due_on: date | None
    meeting: str = Decision.Meeting.OTHER


def may_end(user: User, decision: Decision) -> bool:
    """Whether somebody may end, carry over, hand on or open again: the owner, or who leads either side."""
    if user.side not in _WORKING:
        return False
    return user.pk == decision.owner_id or user.role in (Role.HEAD, Role.MANAGER)


def owners() -> QuerySet[User]:
    """Who can own a decision."""
    return User.objects.filter(is_active=True, side__in=_WORKING).order_by("name", "pk")


@transaction.atomic
def add(by: Actor, wanted: Wanted, today: date) -> Decision:
    """Note a decision. EntryInvalid names every field that cannot be used."""
    decision = Decision(text=one_line(wanted.text), meeting=wanted.meeting, made_by=by.user)
    if wanted.due_on is not None:
        decision.due_on = wanted.due_on
    problems = _due_problems(wanted.due_on, today)
    owner = owners().filter(pk=wanted.owner).first() if wanted.owner else None
    if owner is None:
        problems.append(Problem("", 0, "owner", _("choose somebody who does it")))
    if not decision.text:
        problems.append(Problem("", 0, "text", _("write what is to be done")))
    given = {"text": decision.text, "due_on": wanted.due_on, "meeting": True}
    try:
        must_fit(decision, [name for name in _FIELDS if given[name]])
    except EntryInvalid as error:
        problems += error.problems
    if owner is None or problems:
        raise EntryInvalid(problems)
    decision.owner = owner
    decision.save()
    _record(by, Action.DECISION_ADDED, decision, owner=owner.name, due=str(decision.due_on))
    return decision


def finish(by: Actor, pk: int, note: str, at: datetime) -> Decision:
    """Note that it is done; how it went is worth a few words, not a duty."""
    return _end(by, pk, State.DONE, one_line(note)[:300], at)


def drop(by: Actor, pk: int, note: str, at: datetime) -> Decision:
    """Give it up, with the reason. EntryInvalid without one."""
    if not one_line(note):
        raise EntryInvalid([Problem("", 0, "note", _("say in a few words why it is dropped"))])
    return _end(by, pk, State.DROPPED, one_line(note)[:300], at)


@transaction.atomic
def reopen(by: Actor, pk: int) -> Decision:
    """Take back that it was done or dropped; its note stays until it ends again."""
    decision = _ours(by, pk)
    if not Decision.objects.filter(pk=pk).exclude(state=State.OPEN).update(state=State.OPEN, ended_at=None):
        raise EditConflict(_("it is open already; load the page again"))
    _record(by, Action.DECISION_REOPENED, decision, was=decision.state)
    return decision


@transaction.atomic
def carry(by: Actor, pk: int, due_on: date | None, today: date) -> Decision:
    """Give an open decision a later day, and count that it was carried over."""
    decision = _ours(by, pk)
    problems = _due_problems(due_on, today)
    if due_on and due_on <= decision.due_on:
        problems.append(Problem("", 0, "due_on", _("choose a day after the one that it was due on")))
    if problems:
        raise EntryInvalid(problems)
    still = Decision.objects.filter(pk=pk, state=State.OPEN, due_on=decision.due_on)
    if not still.update(due_on=due_on, carried=F("carried") + 1):
        raise EditConflict(_("somebody else changed it just now; load the page again"))
    _record(by, Action.DECISION_CARRIED, decision, was=str(decision.due_on), due=str(due_on))
    return decision


@transaction.atomic
def hand(by: Actor, pk: int, to: int | None) -> Decision:
    """Give an open decision to another owner, who then may end it."""
    decision = _ours(by, pk)
    owner = owners().filter(pk=to).first() if to else None
    if owner is None or owner == decision.owner:
        raise EntryInvalid([Problem("", 0, "owner", _("choose somebody else who does it"))])
    still = Decision.objects.filter(pk=pk, state=State.OPEN, owner=decision.owner)
    if not still.update(owner=owner):
        raise EditConflict(_("somebody else changed it just now; load the page again"))
    _record(by, Action.DECISION_HANDED, decision, was=decision.owner.name, owner=owner.name)
    decision.owner = owner
    return decision


@transaction.atomic
def _end(by: Actor, pk: int, state: Decision.State, note: str, at: datetime) -> Decision:
    decision = _ours(by, pk)
    if not Decision.objects.filter(pk=pk, state=State.OPEN).update(state=state, note=note, ended_at=at):
        raise EditConflict(_("somebody else ended it just now; load the page again"))
    _record(by, _ENDED[state], decision, note=note)
    return decision


def _ours(by: Actor, pk: int) -> Decision:
    decision = Decision.objects.select_related("owner").filter(pk=pk).first()
    if decision is None:
        raise PageUnknown(_("decision %(number)s") % {"number": pk})
    if by.user is None or not may_end(by.user, decision):
        raise NotAllowed(_("only its owner, or who leads a side, says what became of a decision"))
    return decision


def _due_problems(due_on: date | None, today: date) -> list[Problem]:
    if due_on is None:
        return [Problem("", 0, "due_on", _("choose a day by which it is done"))]
    if not today <= due_on <= today + _LONGEST_AHEAD:
        return [Problem("", 0, "due_on", _("choose a day from today on, within the next 400 days"))]
    return []


def _record(by: Actor, action: Action, decision: Decision, **detail: Any) -> None:
    record(by, action, decision.text, link=reverse("decisions"), **detail)


# What papers show ---------------------------------------------------------------------------------------


def due_by(on: date) -> list[dict[str, Any]]:
    """Open decisions that are due on a day or overdue then, the oldest first, as JSON."""
    return [told(one) for one in _open().filter(due_on__lte=on)[:_MOST]]


def week(on: date) -> dict[str, list[dict[str, Any]]]:
    """The list of a week: what is open, and what ended in the seven days before, as JSON."""
    ended = Decision.objects.exclude(state=State.OPEN).select_related("owner")
    lately = ended.filter(ended_at__date__gte=on - timedelta(days=7), ended_at__date__lte=on)
    return {
        "open": [told(one) for one in _open()[:_MOST]],
        "ended": [told(one) for one in lately.order_by("-ended_at")[:_MOST]],
    }


def of_month(first: date, last: date) -> list[dict[str, Any]]:
    """What a review checks first: what was open on its last day, and what ended between the two days."""
    ended = Decision.objects.exclude(state=State.OPEN).select_related("owner")
    ended = ended.filter(ended_at__date__gte=first, ended_at__date__lte=last).order_by("state", "due_on")
    still = _open().filter(made_at__date__lte=last)
    return [*(told(one) for one in still[:_MOST]), *(told(one) for one in ended[:_MOST])]


def _open() -> QuerySet[Decision]:
    return Decision.objects.filter(state=State.OPEN).select_related("owner").order_by("due_on", "pk")


def told(one: Decision) -> dict[str, Any]:
    return {
        "text": one.text,
        "owner": one.owner.name,
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "note": one.note,
        "carried": one.carried,
    }
