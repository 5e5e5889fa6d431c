"""What the worker does about people who are not there: nobody's leads wait for whoever is away or has left.

An absence is dealt with once, when it begins: afterwards leads come to whoever is there anyway, and what a
manager gives to somebody who is away on purpose stays.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accord.agreement.terms import Side
from accord.lead.standing import UNDECIDED, Standing
from accord.promises.duties import DutyKind
from accord.server.audit.trail import Actor
from accord.server.desk.models import Duty, Lead
from accord.server.desk.recording import locked, one_step, refresh
from accord.server.desk.terms import terms_of
from accord.server.people import absences
from accord.server.people.models import Absence, User
from accord.server.routing.assigning import BREACH, assign, reassign
from accord.server.routing.counting import IN_SALES_VALUES
from accord.server.routing.models import Move
from accord.server.routing.moving import relieve
from accord.server.routing.staff import Staff
from accord.worktime import clock_for

_MOST = 200  # leads that one round looks at
_LOOK_BACK = timedelta(days=30)
_TRY_AGAIN = timedelta(minutes=10)  # where leads of somebody switched off could not go to anybody
_MACHINE = Actor(None, "worker")
_reached: dict[str, int] = {}  # by what is looked after: the last number of the round before
_UNTOUCHED = (DutyKind.FIRST_TOUCH, DutyKind.DECIDED)
_UNDECIDED = [one.value for one in UNDECIDED]


def look_after(at: datetime) -> int:
    """One round of all of it; how many leads moved."""
    return begun_absences(at) + left_for_good(at) + nobodys(at) + broken_too_long(at)


def begun_absences(at: datetime) -> int:
    """Deal with absences that have begun: what cannot wait goes to the cover, else by the rules."""
    near = absences.during(at.date() - timedelta(1), at.date() + timedelta(1))
    staff, moved = Staff(at), 0
    undone = near.filter(Q(move=None) | Q(move__done_at=None), user__side=Side.SALES, user__is_active=True)
    for absence in undone.select_related("user", "move"):
        staff.learn([absence.user])
        if absence.from_on <= staff.day_of(absence.user, at) <= absence.to_on:
            moved += _begun(absence, staff, at)
    return moved


def _begun(absence: Absence, staff: Staff, at: datetime) -> int:
    person, agreement = absence.user, staff.agreement
    if agreement is not None and agreement.clocks.on_leave == "pause":
        Move.objects.create(of=person, why=Move.Why.AWAY, at=at, absence=absence, done_at=at)
        return 0
    cover = staff.present_cover(person, at)
    to = staff.users[cover] if cover else None
    able = to is not None and to.is_active and to.side == Side.SALES
    begun = Move.objects.filter(absence=absence).first()  # it was not finished
    move = begun or Move(of=person, why=Move.Why.AWAY, at=at, absence=absence)
    return relieve(move, _back(absence, staff), to if able else None, at).moved


def _back(absence: Absence, staff: Staff) -> datetime:
    """When somebody is there again: the end of the last day where they are."""
    zone = absence.user.zone or "UTC"
    try:
        known = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        known = ZoneInfo("UTC")
    return datetime.combine(absence.to_on + timedelta(1), time(), known)


def left_for_good(at: datetime) -> int:
    """Leads of people whose account is off go to others."""
    mine = Lead.objects.filter(owner=OuterRef("pk"), standing__in=IN_SALES_VALUES)
    tried = Move.objects.filter(of=OuterRef("pk"), why=Move.Why.OFF, at__gt=at - _TRY_AGAIN)
    gone = User.objects.filter(Exists(mine), ~Exists(tried), is_active=False)
    never, moved = at + timedelta(days=36_500), 0
    for person in gone:
        staff = Staff(at)
        staff.learn([person])
        cover = staff.present_cover(person, at)
        to = staff.users[cover] if cover else None
        able = to is not None and to.is_active and to.side == Side.SALES
        moved += relieve(Move(of=person, why=Move.Why.OFF, at=at), never, to if able else None, at).moved
    return moved


def left_alone() -> QuerySet[Lead]:
    """Leads that are with sales and nobody's."""
    return Lead.objects.filter(standing=Standing.DELIVERED.value, owner=None)


def nobodys(at: datetime) -> int:
    """Ask again about leads that nobody has: somebody may be there by now."""
    return sum(once_more(number, at) for number in _in_turn("nobodys", left_alone()))


@one_step()
def once_more(lead: int, at: datetime, by: User | None = None) -> bool:
    """Ask the rules again about a lead that nobody has; whether somebody has it now."""
    held = locked(lead)
    if held.standing != Standing.DELIVERED or held.owner_id is not None:
        return False
    if assign(held, at, by=by) is None:
        return False
    refresh(held, at)
    return True


def broken_too_long(at: datetime) -> int:
    """Leads whose first touch or decision is broken for as long as the agreement says go to somebody else.

    The breach stays with whoever had the lead; the next owner has a clock of their own.
    """
    broken = Duty.objects.filter(
        broken_at__gt=at - _LOOK_BACK, kind__in=_UNTOUCHED, side=Side.SALES, met_at=None, ended_at=None,
        lead__standing__in=_UNDECIDED, lead__owner=F("broken_by"), lead__assigned_at__lte=F("broken_at"),
    )  # fmt: skip
    moved = 0
    numbers = _in_turn("broken", broken)
    for duty in Duty.objects.filter(pk__in=numbers).select_related("lead").order_by("broken_at"):
        if _long_enough(duty, at):
            after = reassign(_MACHINE, duty.lead_id, None, at, BREACH)
            moved += after.owner_id != duty.broken_by_id
    return moved


def _in_turn(what: str, rows: QuerySet[Any]) -> list[int]:
    """The numbers of the next rows: each round goes on after the last, so what nobody can take now keeps
    nothing behind it waiting. A worker that starts again begins with the oldest.
    """
    numbers = rows.order_by("pk").values_list("pk", flat=True)
    found = list(numbers.filter(pk__gt=_reached.get(what, 0))[:_MOST])
    if len(found) < _MOST:
        found += [number for number in numbers[: _MOST - len(found)] if number not in found]
    _reached[what] = found[-1] if len(found) == _MOST else 0
    return found


def _long_enough(duty: Duty, at: datetime) -> bool:
    agreement, broken = terms_of(duty.lead, at), duty.broken_at
    if agreement is None or agreement.clocks.reassign_after is None or broken is None:
        return False
    within = agreement.clocks.reassign_after
    named = duty.calendar in agreement.calendars
    calendar = agreement.calendar(duty.calendar) if named else agreement.calendar_of(Side.SALES)
    clock = clock_for(within, calendar)
    return clock.due(broken, clock.budget(within, broken)) <= at
