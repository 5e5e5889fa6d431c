"""Who is away when, and who covers: entered by oneself or by whoever leads the side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.report.format import day, period
from accord.report.format import name as shown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.fitting import must_fit, one_line
from accord.server.people.models import Absence, User
from accord.server.people.rights import may_enter_absence

LONGEST = timedelta(days=400)
AHEAD = timedelta(days=30)
_FEW = 5  # names after which a list of who else could is cut


@dataclass(frozen=True)
class Away:
    """Days on which somebody is away, both included."""

    from_on: date
    to_on: date
    cover: User | None = None
    note: str = ""


@transaction.atomic
def add(by: Actor, person: User, away: Away) -> Absence:
    """Enter an absence. EntryInvalid names every field that does not fit; NotAllowed for others' people."""
    User.objects.select_for_update().get(pk=person.pk)  # two at once must not overlap
    must_enter(by, person)
    if problems := [*_of_days(person, away), *_of_cover(person, away)]:
        raise EntryInvalid(problems)
    note = one_line(away.note)
    absence = Absence(user=person, from_on=away.from_on, to_on=away.to_on, cover=away.cover, note=note)
    must_fit(absence, ("note",))
    absence.save()
    record(by, Action.ABSENCE_ADDED, person.name, link=_link(person), **_told(absence))
    return absence


@transaction.atomic
def remove(by: Actor, absence: Absence) -> None:
    """Take an absence back; the row stays. EditConflict where somebody did so before."""
    must_enter(by, absence.user)
    if not Absence.objects.filter(pk=absence.pk, removed_at=None).update(removed_at=timezone.now()):
        raise EditConflict(_("this absence has been taken back already"))
    record(by, Action.ABSENCE_REMOVED, absence.user.name, link=_link(absence.user), **_told(absence))


def must_enter(by: Actor, person: User) -> None:
    """NotAllowed for whoever may not enter this person's absences or take them back."""
    if by.user is None or not may_enter_absence(by.user, person):
        raise NotAllowed(
            _("absences of %(name)s are entered by themselves, by whoever leads that side, or by operations")
            % {"name": shown(person.name)}
        )


def find_absence(pk: int) -> Absence:
    """The absence with this number; PageUnknown where there is none."""
    found = Absence.objects.select_related("user", "cover").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(_("absence %(number)s") % {"number": pk})
    return found


def during(from_on: date, to_on: date) -> QuerySet[Absence]:
    """Absences that hold on any of these days, both included, by their first day."""
    return Absence.objects.select_related("user", "cover").filter(
        removed_at=None, from_on__lte=to_on, to_on__gte=from_on
    )


def coming(today: date) -> QuerySet[Absence]:
    """Who is away today or in the days ahead, of those who are switched on."""
    return during(today, today + AHEAD).filter(user__is_active=True)


def of(person: User, today: date) -> QuerySet[Absence]:
    """A person's absences that have not been taken back, from the last month on."""
    return during(today - AHEAD, date.max).filter(user=person)


def covered_by(person: User, today: date) -> QuerySet[Absence]:
    """Absences of others, of today or later, that the person is to cover."""
    return during(today, date.max).filter(cover=person, user__is_active=True)


def left_without(person: User, away: Away) -> list[Absence]:
    """Absences that the person was to cover in days on which they are now away themselves."""
    return list(during(away.from_on, away.to_on).filter(cover=person))


def who_could(person: User, away: Away) -> list[User]:
    """Who could cover: the same side, switched on, not away on any of the days."""
    busy = during(away.from_on, away.to_on).values("user_id")
    same = User.objects.filter(side=person.side, is_active=True)
    return list(same.exclude(pk=person.pk).exclude(pk__in=busy))


def _of_days(person: User, away: Away) -> Sequence[Problem]:
    if away.from_on > away.to_on:
        return [_problem("to_on", _("the last day lies before the first"))]
    if away.to_on - away.from_on > LONGEST:
        return [_problem("to_on", _("that is longer than 400 days; switch the account off instead"))]
    if other := during(away.from_on, away.to_on).filter(user=person).first():
        text = _("%(days)s has been entered already; take that back first") % {"days": _days(other)}
        return [_problem("from_on", text)]
    return []


def _of_cover(person: User, away: Away) -> Sequence[Problem]:
    cover = away.cover
    if cover is None or away.from_on > away.to_on:
        return []
    if cover.pk == person.pk or cover.side != person.side or not cover.is_active:
        return [
            _problem("cover", _("cover comes from somebody else of the same side") + _others(person, away))
        ]
    if other := during(away.from_on, away.to_on).filter(user=cover).first():
        words = {"name": shown(cover.name), "days": _days(other)}
        return [_problem("cover", _("%(name)s is away %(days)s") % words + _others(person, away))]
    return []


def _others(person: User, away: Away) -> str:
    names = [shown(other.name) or "?" for other in who_could(person, away)]
    if not names:
        return _("; nobody else of this side is there on all of these days")
    text = ", ".join(names[:_FEW]) + (" …" if len(names) > _FEW else "")
    return _("; there on all of these days: %(names)s") % {"names": text}


def _problem(field: str, what: str) -> Problem:
    return Problem("", 0, field, what)


def _days(absence: Absence) -> str:
    if absence.from_on == absence.to_on:
        return day(absence.from_on) or ""
    return period(absence.from_on, absence.to_on)


def _told(absence: Absence) -> dict[str, str]:
    told = {"from": absence.from_on.isoformat(), "to": absence.to_on.isoformat()}
    return {**told, "cover": absence.cover.name} if absence.cover else told


def _link(person: User) -> str:
    return reverse("person", args=[person.pk])
