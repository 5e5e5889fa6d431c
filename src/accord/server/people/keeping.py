"""Changing what is kept about people: by whom, and with an entry in the audit."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import EditConflict, NotAllowed, PageUnknown
from accord.report.format import name as shown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.fitting import must_be_known, must_fit, one_line
from accord.server.people.models import Role, Side, User
from accord.server.people.rights import keeps, may_edit, may_give, may_place, may_switch

PLACE = ("side", "role")
WORK = ("calendar", "pool", "leads_per_month")
OWN = ("name", "language", "zone")


def find_person(pk: int) -> User:
    """The account with this number; PageUnknown where there is none."""
    found = User.objects.filter(pk=pk).first()
    if found is None:
        raise PageUnknown(_("person %(number)s") % {"number": pk})
    return found


@transaction.atomic
def edit(by: Actor, person: User, **wanted: Any) -> User:
    """Set side, role, calendar, pool or leads_per_month of somebody; NotAllowed where the editor may not.

    What is not named, or is as it was, stays without an entry.
    """
    person, another, by = _locked(person, by)
    editor = _must(by, may_edit, person)
    changes = _changes(person, wanted, (*PLACE, *WORK))
    _must_fit(changes)
    if any(field in changes for field in PLACE):
        _must_be_placeable(editor, person, wanted)
        if not another and _is_keeper(person):
            raise _last(person)
    return _save(by, person, changes)


def edit_own(by: Actor, **wanted: Any) -> User:
    """Set one's own name, language or zone."""
    if by.user is None:
        raise NotAllowed("sign in to change what is yours")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.user.pk)
        must_be_known(wanted.get("language", ""), wanted.get("zone", ""))
        return _save(by, person, _changes(person, wanted, OWN))


@transaction.atomic
def switch(by: Actor, person: User, *, on: bool) -> User:
    """Switch an account off, which ends its sessions at once, or on again. Nothing is deleted."""
    person, another, by = _locked(person, by)
    _must(by, may_switch, person)
    if person.is_active == on:
        return person
    if not on and not another and _is_keeper(person):
        raise _last(person)
    person.is_active = on
    person.sessions_ended = F("sessions_ended") + 1
    person.save(update_fields=["is_active", "sessions_ended"])
    action = Action.PERSON_SWITCHED_ON if on else Action.PERSON_SWITCHED_OFF
    record(by, action, person.name, link=_link(person))
    person.refresh_from_db()
    return person


@transaction.atomic
def make_keeper(by: Actor, person: User) -> User:
    """Make somebody the head of operations, and switch the account on: for a console, where nobody else can.

    Pages and the API do not come here: who may sit at the console may do anything anyway.
    """
    person, _another, by = _locked(person, by)
    person = _save(by, person, _changes(person, {"side": Side.OPERATIONS, "role": Role.HEAD}, PLACE))
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(by, Action.PERSON_SWITCHED_ON, person.name, link=_link(person))
    return person


@transaction.atomic
def end_sessions(by: Actor) -> User:
    """End every session of whoever asks; the page then takes its own up again."""
    if by.user is None:
        raise NotAllowed("nobody is signed in")
    User.objects.filter(pk=by.user.pk).update(sessions_ended=F("sessions_ended") + 1)
    record(by, Action.SIGNED_OUT, by.user.name, link=_link(by.user), everywhere=True)
    by.user.refresh_from_db()
    return by.user


def _locked(person: User, by: Actor) -> tuple[User, bool, Actor]:
    """The person as of now, whether another head of operations is switched on, and who acts as of now.

    All of them are held until the change is made, in one order, so that two heads who switch each other off
    wait for each other; SQLite holds the whole database instead.
    """
    heads = Q(side=Side.OPERATIONS, role=Role.HEAD, is_active=True)
    both = Q(pk__in=[person.pk, by.user.pk if by.user else None])
    held = {user.pk: user for user in User.objects.select_for_update().filter(heads | both).order_by("pk")}
    others = [user for user in held.values() if user.pk != person.pk]
    now = replace(by, user=held[by.user.pk]) if by.user else by
    return held[person.pk], any(_is_keeper(user) for user in others), now


def must_edit(by: Actor, person: User) -> None:
    """NotAllowed for whoever may not change this record: before a form is looked at."""
    _must(by, may_edit, person)


def must_switch(by: Actor, person: User) -> None:
    """NotAllowed for whoever may not switch this account off or on: before what would follow is told."""
    _must(by, may_switch, person)


def _must(by: Actor, rule: Any, person: User) -> User:
    if by.user is not None and by.user.is_active and rule(by.user, person):
        return by.user
    if by.user is not None and by.user.pk == person.pk and keeps(by.user):
        raise NotAllowed(_("nobody switches themselves off; ask somebody else of operations"))
    raise NotAllowed(
        _("%(name)s is kept by the head of that side and by operations; ask one of them")
        % {"name": shown(person.name)}
    )


def _must_be_placeable(editor: User, person: User, wanted: dict[str, Any]) -> None:
    if not may_place(editor, person):
        raise NotAllowed(_("nobody changes their own side or role; ask somebody else of operations"))
    if not may_give(editor, wanted.get("side", person.side), wanted.get("role", person.role)):
        raise NotAllowed(
            _("you place people on your own side, in a role not above yours; ask operations for others")
        )


def _is_keeper(person: User) -> bool:
    """Whether somebody is one of those without whom nobody could let others in again."""
    return person.side == Side.OPERATIONS and person.role == Role.HEAD and person.is_active


def _last(person: User) -> EditConflict:
    return EditConflict(
        _("%(name)s is the last head of operations; make somebody else one first")
        % {"name": shown(person.name)}
    )


def _changes(person: User, wanted: dict[str, Any], fields: tuple[str, ...]) -> dict[str, list[Any]]:
    if unknown := set(wanted) - set(fields):
        raise TypeError(f"nobody edits {', '.join(sorted(unknown))} here")
    typed = {field: one_line(value) for field, value in wanted.items()}
    return {
        field: [getattr(person, field), value]
        for field, value in typed.items()
        if getattr(person, field) != value
    }


def _must_fit(changes: dict[str, list[Any]]) -> None:
    after = User(**{field: after for field, (_before, after) in changes.items()})
    must_fit(after, changes)


def _save(by: Actor, person: User, changes: dict[str, list[Any]]) -> User:
    if not changes:
        return person
    _must_fit(changes)
    for field, (_before, after) in changes.items():
        setattr(person, field, after)
    person.save(update_fields=list(changes))
    record(by, Action.PERSON_CHANGED, person.name, link=_link(person), changes=changes)
    return person


def _link(person: User) -> str:
    return reverse("person", args=[person.pk])
