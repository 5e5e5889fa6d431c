"""Who has how much to do in which week: absence, starts, ramp, and the plan's leads by day (S4.27, 5.10).

A rep's minutes of a month spread evenly over the days that the rep's calendar works in it; a new rep has a
part of them. The plan's leads spread evenly over marketing's working days. They are dealt in turn to whoever
of the pool is at work, and are work in the week in which they are dealt; on a day with nobody they wait.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from accord.agreement.terms import Agreement, Person, Side
from accord.errors import WrongOrder
from accord.plan.demand import Plan, Split
from accord.plan.funnel import plan as work_back
from accord.plan.months.lag import LagPlan, add_months
from accord.plan.periods import MONTHS
from accord.plan.reps.capacity import minutes_per_lead, pool_of, rep_minutes, reps_of
from accord.worktime.calendar import Calendar

IDLE_BELOW = Fraction(1, 2)  # a week with less than half of the time filled
_DAY = timedelta(days=1)


class Busy(StrEnum):
    AWAY = "away"  # no working time in that week: absent, not yet there, gone, or all holidays
    IDLE = "idle"  # much less to do than there is time for
    FITS = "fits"
    OVERLOADED = "overloaded"  # more to do than there is time for


@dataclass(frozen=True)
class Week:
    """One ISO week of one entry of `people`, for each of its `count`. Minutes are exact."""

    who: str
    label: str
    count: int  # people whom the entry stands for
    pool: str
    year: int
    week: int
    available: Fraction
    work: Fraction

    @property
    def load(self) -> Fraction | None:
        """Work ÷ time; None in a week without working time."""
        return self.work / self.available if self.available else None

    @property
    def busy(self) -> Busy:
        if self.load is None:
            return Busy.AWAY
        if self.load > 1:
            return Busy.OVERLOADED
        return Busy.IDLE if self.load < IDLE_BELOW else Busy.FITS

    def __str__(self) -> str:
        return f"{self.year}-W{self.week:02d}"


@dataclass(frozen=True)
class Rota:
    """The weeks of everybody whose time is known, in order of person and week."""

    from_on: date
    to_on: date
    weeks: tuple[Week, ...]
    waiting: dict[str, Fraction] = field(hash=False)  # minutes by pool that nobody was there for to the end

    def of(self, busy: Busy) -> tuple[Week, ...]:
        return tuple(week for week in self.weeks if week.busy is busy)


@dataclass(frozen=True)
class Shift:
    """One entry of `people` with what a day of it is worth."""

    who: str
    person: Person
    minutes: Fraction  # of a month at full strength, each
    calendar: Calendar
    ramp: tuple[Fraction, ...]

    def at_work(self, on: date) -> bool:
        """Whether these people work on a day: employed, not away, and the calendar works it."""
        person = self.person
        employed = (person.since is None or person.since <= on) and (
            person.until is None or on <= person.until
        )
        away = any(span.start <= on <= span.end for span in person.away)
        return employed and not away and self.calendar.is_working_day(on)

    def strength(self, on: date) -> Fraction:
        """Part of a full rep's capacity, by months since the start; 1 once the ramp is over."""
        since = self.person.since
        if since is None or on < since:
            return Fraction(1)
        months = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
        return self.ramp[months] if months < len(self.ramp) else Fraction(1)

    def available(self, on: date) -> Fraction:
        """Minutes for marketing's leads on a day, for each of the people."""
        if not self.at_work(on):
            return Fraction(0)
        return self.minutes * self.strength(on) / _working_days(self.calendar, on.replace(day=1))


@lru_cache(maxsize=4096)
def _working_days(calendar: Calendar, month: date) -> int:
    return calendar.working_days(month, add_months(month, 1) - _DAY)


def shifts(agreement: Agreement, pool: str) -> list[Shift]:
    """Everybody of a pool whose time is known."""
    found = []
    for who, person in reps_of(agreement, pool).items():
        minutes = rep_minutes(agreement, person)
        if minutes is not None:
            calendar = (
                agreement.calendar(person.calendar) if person.calendar else agreement.calendar_of(Side.SALES)
            )
            found.append(Shift(who, person, minutes, calendar, agreement.capacity.ramp))
    return found


@dataclass(frozen=True)
class PoolMonth:
    """One calendar month of a pool, everybody together, less absence and ramp. Minutes are exact."""

    pool: str
    month: date  # its first day
    available: Fraction
    work: Fraction

    @property
    def load(self) -> Fraction | None:
        """Work ÷ time; None in a month without working time."""
        return self.work / self.available if self.available else None


def pool_months(
    agreement: Agreement, from_on: date, to_on: date, *, plan: Plan | None = None, lag: LagPlan | None = None
) -> tuple[PoolMonth, ...]:
    """Each whole calendar month that the period touches, pool by pool."""
    worked, month = plan or work_back(agreement), from_on.replace(day=1)
    found = []
    while month <= to_on:
        after = add_months(month, 1)
        turn = rota(agreement, month, after - _DAY, plan=worked, lag=lag)
        for pool, left in turn.waiting.items():
            mine = [week for week in turn.weeks if week.pool == pool]
            available = sum((week.available * week.count for week in mine), Fraction(0))
            work = sum((week.work * week.count for week in mine), left)
            found.append(PoolMonth(pool, month, available, work))
        month = after
    return tuple(found)


def rota(
    agreement: Agreement,
    from_on: date,
    to_on: date,
    *,
    plan: Plan | None = None,
    lag: LagPlan | None = None,
) -> Rota:
    """Work against time, for each person and ISO week of a period; part weeks count their days in it.

    The leads are those of the plan in every month, or of `lag` month by month. Streams whose lead types are
    alternatives ask for nothing here, since nothing says which of them comes. WrongOrder if the period ends
    before it starts.
    """
    if to_on < from_on:
        raise WrongOrder(f"the period ends on {to_on}, before it starts on {from_on}; swap the two days")
    worked, marketing = plan or work_back(agreement), agreement.calendar_of(Side.MARKETING)
    streams = [stream.name for stream in worked.streams if stream.split is not Split.ALTERNATIVES]
    weeks: list[Week] = []
    waiting = {}
    for pool in dict.fromkeys(pool_of(agreement, stream) for stream in streams):
        mine = [stream for stream in streams if pool_of(agreement, stream) == pool]
        daily = _Daily(agreement, worked, lag, mine, marketing)
        found, waiting[pool] = _deal(pool, shifts(agreement, pool), daily, _days(from_on, to_on))
        weeks += found
    return Rota(from_on, to_on, tuple(weeks), waiting)


class _Daily:
    """Minutes of work that arrive for some streams on each day."""

    def __init__(
        self, agreement: Agreement, plan: Plan, lag: LagPlan | None, streams: list[str], marketing: Calendar
    ) -> None:
        self.marketing = marketing
        each = {demand.lead_type: minutes_per_lead(agreement, demand.lead_type) for demand in plan.demands()}
        self.usual = Fraction(0)
        if lag is None:
            months = MONTHS[plan.interval]
            for demand in (demand for name in streams for demand in plan.demands(stream=name)):
                self.usual += Fraction(demand.leads, months) * each[demand.lead_type]
        self.by_month: dict[date, Fraction] = defaultdict(Fraction)
        for line in lag.lines if lag else ():
            for month in line.months if line.stream in streams else ():
                for delivery in month.deliveries:
                    self.by_month[month.month] += delivery.leads * each[delivery.lead_type]

    def on(self, day: date) -> Fraction:
        if not self.marketing.is_working_day(day):
            return Fraction(0)
        month = day.replace(day=1)
        whole = self.by_month[month] if self.by_month else self.usual
        return whole / _working_days(self.marketing, month)


def _deal(pool: str, people: list[Shift], daily: _Daily, days: Iterable[date]) -> tuple[list[Week], Fraction]:
    """Deals each day's work in turn to whoever is there; what is left over is waiting."""
    work: dict[tuple[str, int, int], Fraction] = defaultdict(Fraction)
    available: dict[tuple[str, int, int], Fraction] = defaultdict(Fraction)
    waiting = Fraction(0)
    for day in days:
        year, week, _ = day.isocalendar()
        waiting += daily.on(day)
        there = [shift for shift in people if shift.at_work(day)]
        heads = sum(shift.person.count for shift in there)
        for shift in people:
            available[shift.who, year, week] += shift.available(day)
            work[shift.who, year, week] += waiting / heads if shift in there else 0
        waiting = Fraction(0) if heads else waiting
    weeks = []
    for shift in people:
        for key in sorted(key for key in available if key[0] == shift.who):
            label, count = shift.person.name or shift.who, shift.person.count
            weeks.append(Week(shift.who, label, count, pool, *key[1:], available[key], work[key]))
    return weeks, waiting


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
