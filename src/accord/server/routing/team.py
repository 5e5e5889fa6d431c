"""Who of sales is there, how much of the month's capacity is used, and what waits with whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q

from accord.agreement.terms import Side
from accord.server.desk.models import Lead
from accord.server.people.absences import AHEAD
from accord.server.people.models import Absence, User
from accord.server.people.rights import leads as leads_side
from accord.server.routing.counting import IN_SALES_VALUES, Load, broken_now, open_load, used
from accord.server.routing.staff import Staff

_MOST = 300


@dataclass(frozen=True)
class Row:
    """One person of sales as of now. Counts of capacity are in leads, exact; None where unknown."""

    person: User
    pool: str
    state: str  # there, away, closed (outside working hours), off
    until: date | None  # last day of the absence that holds
    cover: User | None
    used: int
    so_far: Fraction | None  # allowed up to today
    month: Fraction | None
    load: Load
    broken: int
    ahead: tuple[Absence, ...]  # absences that begin in the next days

    @property
    def left(self) -> Fraction | None:
        return None if self.month is None else max(self.month - self.used, Fraction(0))

    @property
    def share(self) -> Fraction | None:
        """Part of the month's capacity that is used."""
        return Fraction(self.used) / self.month if self.month else None

    @property
    def full(self) -> bool:
        return self.month is not None and self.used >= self.month

    @property
    def waits(self) -> bool:
        """Whether leads are with somebody who is not there."""
        return self.load.open > 0 and self.state in ("away", "off")


@dataclass(frozen=True)
class Total:
    """One pool, everybody together."""

    pool: str
    people: int
    there: int
    used: int
    month: Fraction | None
    open: int
    overdue: int


def sees_all(viewer: User) -> bool:
    """Whether somebody sees each person of the team: who leads sales or operations; others see their own."""
    return leads_side(viewer, Side.SALES)


def rows(at: datetime) -> list[Row]:
    """Everybody of sales who gets leads or has some: those who wait first, then by pool and name."""
    staff = Staff(at)
    has = Lead.objects.filter(owner=OuterRef("pk"), standing__in=IN_SALES_VALUES)
    found = User.objects.filter(Q(side=Side.SALES, is_active=True) | Exists(has)).order_by("name", "pk")
    people = list(found[:_MOST])
    staff.learn(people, until=at.date() + AHEAD)
    numbers = [user.pk for user in people]
    counted, loads, broken = used(staff, people, at), open_load(people, at), broken_now(numbers)
    made = [_row(user, staff, at, (counted[user.pk], loads[user.pk], broken[user.pk])) for user in people]
    shown = [row for row in made if row.load.open or staff.is_rep(row.person)]
    return sorted(shown, key=lambda row: (not row.waits, row.pool, row.person.name, row.person.pk))


def _row(user: User, staff: Staff, at: datetime, counts: tuple[int, Load, int]) -> Row:
    allowance, today = staff.allowance(user, at), staff.day_of(user, at)
    present = staff.is_present(user, at)
    cover = None if present else staff.present_cover(user, at)
    near = [one for one in staff.absences.get(user.pk, ()) if today < one.from_on <= today + AHEAD]
    return Row(
        person=user,
        pool=staff.pool_of(user),
        state=_state(user, staff, at, present=present),
        until=None if present else _until(staff.days_away(user), today),
        cover=staff.users.get(cover) if cover else None,
        used=counts[0],
        so_far=allowance[0] if allowance else None,
        month=allowance[1] if allowance else None,
        load=counts[1],
        broken=counts[2],
        ahead=tuple(near),
    )


def _state(user: User, staff: Staff, at: datetime, *, present: bool) -> str:
    if not user.is_active or user.side != Side.SALES:
        return "off"
    if not present:
        return "away"
    return "there" if staff.in_hours(user, at) else "closed"


def _until(spans: Iterable[tuple[date, date]], today: date) -> date | None:
    last = max((end for start, end in spans if start <= today <= end), default=None)
    return None if last == date.max else last


def totals(found: Iterable[Row]) -> list[Total]:
    """One line for each pool."""
    pools: dict[str, list[Row]] = {}
    for row in found:
        pools.setdefault(row.pool, []).append(row)
    return [_total(pool, mine) for pool, mine in sorted(pools.items())]


def _total(pool: str, mine: list[Row]) -> Total:
    known = [row.month for row in mine if row.month is not None]
    return Total(
        pool=pool,
        people=len(mine),
        there=sum(row.state in ("there", "closed") for row in mine),
        used=sum(row.used for row in mine),
        month=sum(known, Fraction(0)) if known else None,
        open=sum(row.load.open for row in mine),
        overdue=sum(row.load.overdue for row in mine),
    )


def who_can(at: datetime, besides: Iterable[int] = ()) -> list[User]:
    """To whom leads can be given by hand: people of sales whose account is on, those who are there first."""
    staff = Staff(at)
    people = list(User.objects.filter(side=Side.SALES, is_active=True).exclude(pk__in=list(besides))[:_MOST])
    staff.learn(people)
    return sorted(people, key=lambda user: (not staff.is_present(user, at), user.name, user.pk))
