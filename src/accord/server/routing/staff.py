"""People who may get leads: their hours, absences and capacity, from their accounts and the agreement.

What an account says comes before what the agreement says of the same e-mail address. Everybody is looked up
once, so one routing, a page over all reps and a dry run over a month ask alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Q

from accord.agreement.terms import Agreement, Person, Role, Side
from accord.errors import CalendarUnknown, PlanImpossible
from accord.lead import routing as domain
from accord.lead.quota import Days, allowed, month_of
from accord.plan.reps.capacity import is_rep, minutes_per_lead, pool_of, rep_minutes
from accord.plan.reps.rota import Shift
from accord.plan.reps.touches import leads_per_rep
from accord.server.desk import terms
from accord.server.people.addresses import normal_address
from accord.server.people.models import Absence, User
from accord.worktime import Calendar

_TICK = timedelta(microseconds=1)
_MOST_COVERS = 5  # of a cover that is away too
_MEAN: dict[tuple[str, str], Fraction] = {}
_MOST_MEANS = 200


@dataclass
class Staff:
    """Everybody whom somebody asked about, as of an instant. `capacities` replace those of the accounts."""

    at: datetime
    terms_at: datetime | None = None  # by the agreement of then; None: of `at`
    weights: Mapping[str, str] = field(default_factory=dict)  # by number of the account, as a rule set has it
    capacities: Mapping[int, int | None] = field(default_factory=dict)
    also_away: frozenset[int] = frozenset()
    users: dict[int, User] = field(default_factory=dict)
    absences: dict[int, list[Absence]] = field(default_factory=lambda: defaultdict(list))
    _numbers: dict[str, int | None] = field(default_factory=dict)
    _allowed: dict[tuple[int, date], tuple[Fraction, Fraction] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = terms.in_force(self.terms_at or self.at)
        self.mark = found[0] if found else ""
        self.agreement: Agreement | None = found[1] if found else None
        people = self.agreement.people if self.agreement else {}
        self._entries = {normal_address(who.email): who for who in people.values() if who.email}

    # Looking up

    def learn(self, users: Iterable[User], until: date | None = None) -> None:
        """Take people in, with their absences from this month's begin to its end, or `until`."""
        fresh = {user.pk: user for user in users if user.pk not in self.users}
        if not fresh:
            return
        self.users |= fresh
        first, last = month_of(self.at.date())
        rows = Absence.objects.filter(
            user__in=fresh, removed_at=None, from_on__lte=max(last, until or last) + timedelta(1),
            to_on__gte=first - timedelta(1),
        )  # fmt: skip
        for row in rows:
            self.absences[row.user_id].append(row)

    def learn_numbers(self, numbers: Iterable[int | None]) -> None:
        missing = {number for number in numbers if number} - self.users.keys()
        if missing:
            self.learn(User.objects.filter(pk__in=missing))

    def members(self, pool: str) -> list[User]:
        """Who works on a pool's leads, now switched on; all reps of sales for the pool without a name."""
        found = list(User.objects.filter(self._of_pool(pool), side=Side.SALES, is_active=True).order_by("pk"))
        return [user for user in found if pool or self.is_rep(user)]

    def _of_pool(self, pool: str) -> Q:
        if not pool:
            others = set(self.agreement.handoff.receive.streams.values()) if self.agreement else set()
            elsewhere = {email for email, who in self._entries.items() if who.pool in others}
            return ~Q(pool__in=others) & ~Q(pool="", email__in=elsewhere)
        emails = {email for email, who in self._entries.items() if who.pool == pool}
        return Q(pool=pool) | Q(pool="", email__in=emails)

    def named(self, key: str | None) -> list[User]:
        """The account of a person of the agreement by their key, or those of a pool of that name."""
        if not key or self.agreement is None:
            return []
        person = self.agreement.people.get(key)
        if person is not None and person.email:
            return list(User.objects.filter(email=normal_address(person.email)))
        return self.members(key)

    # What is known of one

    def entry(self, user: User) -> Person | None:
        return self._entries.get(user.email)

    def is_rep(self, user: User) -> bool:
        entry = self.entry(user)
        said = user.leads_per_month is not None or bool(user.pool)
        return is_rep(entry) or said if entry else said or user.role == Role.MEMBER

    def pool_of(self, user: User) -> str:
        entry = self.entry(user)
        return user.pool or (entry.pool if entry and entry.pool else "")

    def calendar(self, user: User) -> Calendar | None:
        """Working hours by the account, else by the agreement, else of sales; None without an agreement."""
        if self.agreement is None:
            return None
        entry = self.entry(user)
        if name := user.calendar or (entry.calendar if entry else None):
            try:
                return self.agreement.calendar(name)
            except CalendarUnknown:
                pass  # the account names hours that this version does not have
        return self.agreement.calendar_of(Side.SALES)

    def day_of(self, user: User, at: datetime) -> date:
        """Which day it is where somebody is."""
        calendar = self.calendar(user)
        if user.zone:
            try:
                return at.astimezone(ZoneInfo(user.zone)).date()
            except (KeyError, ValueError, OSError):
                pass
        return at.astimezone(calendar.zone_on(at.date())).date() if calendar else at.date()

    def days_away(self, user: User) -> list[Days]:
        """Absences of the account and of the agreement, and the days before the first or after the last."""
        entry = self.entry(user)
        spans = [(row.from_on, row.to_on) for row in self.absences.get(user.pk, ())]
        if entry is not None:
            spans += [(span.start, span.end) for span in entry.away]
            spans += [(date.min, entry.since - timedelta(1))] if entry.since else []
            spans += [(entry.until + timedelta(1), date.max)] if entry.until else []
        return spans

    def is_present(self, user: User, at: datetime) -> bool:
        on = self.day_of(user, at)
        return user.pk not in self.also_away and not any(a <= on <= b for a, b in self.days_away(user))

    def in_hours(self, user: User, at: datetime) -> bool:
        calendar = self.calendar(user)
        return calendar is None or calendar.elapsed(at, at + _TICK) > timedelta(0)

    def cover_of(self, user: User, at: datetime) -> int | None:
        """Who covers somebody who is away: as the absence says, else as the agreement does."""
        on = self.day_of(user, at)
        for row in self.absences.get(user.pk, ()):
            if row.from_on <= on <= row.to_on and row.cover_id:
                return row.cover_id
        entry = self.entry(user)
        known = self.agreement.people.get(entry.backup) if entry and entry.backup and self.agreement else None
        if known is None or not known.email:
            return None
        return self._number_of(normal_address(known.email))

    def _number_of(self, email: str) -> int | None:
        if email not in self._numbers:
            known = next((pk for pk, one in self.users.items() if one.email == email), None)
            found = User.objects.filter(email=email).values_list("pk", flat=True)
            self._numbers[email] = known or found.first()
        return self._numbers[email]

    # Capacity

    def capacity(self, user: User, on: date) -> Fraction | None:
        """Leads a month: as the account says, else minutes of the agreement by minutes a lead (F12), less
        the ramp of somebody new. None where nothing is known."""
        own = self.capacities.get(user.pk, user.leads_per_month)
        if own is not None:
            return Fraction(own)
        entry = self.entry(user)
        if self.agreement is None or not self.is_rep(user):
            return None
        minutes, calendar = rep_minutes(self.agreement, entry), self.calendar(user)
        each = _minutes_a_lead(self.mark, self.agreement, self.pool_of(user))
        if minutes is None or calendar is None or not each:
            return None
        whole = leads_per_rep(minutes, each)
        if entry is None or not whole:
            return Fraction(whole) or None
        return whole * Shift("", entry, minutes, calendar, self.agreement.capacity.ramp).strength(on) or None

    def allowance(self, user: User, at: datetime) -> tuple[Fraction, Fraction] | None:
        """Leads allowed up to today, and in the whole month; None where no capacity is known."""
        on = self.day_of(user, at)
        if (user.pk, on) not in self._allowed:
            capacity, calendar = self.capacity(user, on), self.calendar(user)
            found = None
            if capacity is not None and calendar is not None:
                away = self.days_away(user)
                last = month_of(on)[1]
                found = allowed(calendar, on, capacity, away), allowed(calendar, last, capacity, away)
            self._allowed[user.pk, on] = found
        return self._allowed[user.pk, on]

    def weight(self, user: User, at: datetime) -> Fraction | None:
        """Part of the turns: as the rule set says, else the capacity; None where neither is known."""
        if said := self.weights.get(str(user.pk)):
            return Fraction(said)
        return self.capacity(user, self.day_of(user, at))

    def month_began(self, user: User, at: datetime) -> datetime:
        """When the month began where somebody works."""
        first, calendar = self.day_of(user, at).replace(day=1), self.calendar(user)
        zone = calendar.zone_on(first) if calendar else ZoneInfo("UTC")
        return datetime(first.year, first.month, 1, tzinfo=zone)

    # As the domain asks

    def person(self, pk: int, at: datetime, *, used: int = 0, excluded: bool = False) -> domain.Person:
        user = self.users[pk]
        allowance = self.allowance(user, at)
        present = self.is_present(user, at)
        return domain.Person(
            who=str(pk),
            weight=self.weight(user, at),
            active=user.is_active and user.side == Side.SALES,
            present=present,
            excluded=excluded,
            in_hours=self.in_hours(user, at),
            used=used,
            so_far=allowance[0] if allowance else None,
            month=allowance[1] if allowance else None,
            cover="" if present else str(self.present_cover(user, at) or ""),
        )

    def present_cover(self, user: User, at: datetime) -> int | None:
        """Who covers and is there: the cover of the cover where that one is away too."""
        for _ in range(_MOST_COVERS):
            number = self.cover_of(user, at)
            if number is None:
                return None
            self.learn_numbers([number])
            user = self.users[number]
            if self.is_present(user, at):
                return number
        return None


def _minutes_a_lead(mark: str, agreement: Agreement, pool: str) -> Fraction:
    """Minutes that a lead of a pool takes, in the plan's mix of types; by the rule for all where that is
    unknown."""
    key = (mark, pool)
    found = _MEAN.get(key)
    if found is None:
        found = _mean(mark, agreement, pool) or minutes_per_lead(agreement, "")
        if len(_MEAN) >= _MOST_MEANS:
            _MEAN.clear()  # others read at the same time: nobody may count on what was there a moment ago
        _MEAN[key] = found
    return found


def _mean(mark: str, agreement: Agreement, pool: str) -> Fraction | None:
    try:
        plan = terms.plan_of(mark, agreement)
    except PlanImpossible:
        return None
    if plan is None:
        return None
    leads = work = Fraction(0)
    for stream in plan.streams:
        if stream.demands and pool_of(agreement, stream.name) == pool:
            for demand in stream.demands:
                leads += demand.leads
                work += demand.leads * minutes_per_lead(agreement, demand.lead_type)
    return work / leads if leads and work else None
