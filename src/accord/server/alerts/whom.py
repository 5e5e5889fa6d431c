"""Whom the words of a ladder reach: accounts of people who can act now, each once (DOMAIN 5.11).

`owner`, `backup`, `manager`, `heads`, `marketing`, `sales`, `lead_questions`, or people by their name in the
agreement. Whoever is away is stood in for. Where nobody is left, the next who can act is told: an alert that
is due reaches somebody as long as anybody of the company has an account.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q

from accord.agreement.terms import Agreement, Person
from accord.server.desk import terms
from accord.server.desk.models import Duty, Lead
from accord.server.people.models import Absence, Role, Side, User

LEAD_QUESTIONS = "lead_questions"  # no key of a person: whoever answers marketing's part of a lead
_A_DAY = timedelta(days=1)
_MOST_STEPS = 5  # of cover for the cover: then somebody else has to do
_LEADING = (Role.MANAGER, Role.HEAD)


@dataclass
class Roster:
    """Everybody whom one round of notices may reach, as of an instant; each is looked up once."""

    at: datetime
    _known: dict[int, User] = field(default_factory=dict)

    @cached_property
    def agreement(self) -> Agreement | None:
        found = terms.in_force(self.at)
        return found[1] if found else None

    @cached_property
    def leading(self) -> list[User]:
        """Managers and heads of all sides who are switched on."""
        return list(User.objects.filter(is_active=True, role__in=_LEADING).order_by("id"))

    @cached_property
    def absences(self) -> dict[int, Absence]:
        """Who is away now, by the day where they are."""
        day = self.at.date()
        near = Absence.objects.select_related("user", "cover").filter(
            removed_at=None, from_on__lte=day + _A_DAY, to_on__gte=day - _A_DAY
        )
        return {one.user_id: one for one in near if one.from_on <= self.day_of(one.user) <= one.to_on}

    def day_of(self, user: User) -> date:
        return self.at.astimezone(zone_of(user)).date()

    def learn(self, numbers: Iterable[int | None]) -> None:
        """Look up several accounts at once."""
        if missing := {one for one in numbers if one is not None} - self._known.keys():
            self._known.update(User.objects.in_bulk(missing))

    def user(self, number: int | None) -> User | None:
        if number is None:
            return None
        self.learn([number])
        return self._known.get(number)

    def named(self, key: str) -> User | None:
        """The account of somebody by their key in the agreement in force."""
        person = self.agreement.people.get(key) if self.agreement else None
        if person is None or not person.email:
            return None
        return self._by_email.get(person.email.lower())

    @cached_property
    def _by_email(self) -> dict[str, User]:
        people = self.agreement.people.values() if self.agreement else ()
        addresses = {one.email.lower() for one in people if one.email}
        return {user.email: user for user in User.objects.filter(email__in=addresses)}

    @cached_property
    def _keys(self) -> dict[str, str]:
        people = self.agreement.people.items() if self.agreement else ()
        return {person.email.lower(): key for key, person in people if person.email}

    def backup_of(self, user: User) -> User | None:
        """Who takes over: the cover of an absence, else the backup that the agreement names."""
        absence = self.absences.get(user.pk)
        if absence is not None and absence.cover is not None:
            return absence.cover
        entry = self._entry(user)
        return self.named(entry.backup) if entry and entry.backup else None

    def _entry(self, user: User) -> Person | None:
        return self.agreement.people.get(self._keys.get(user.email, "")) if self.agreement else None

    def calendar_named(self, user: User) -> str:
        """The name of the calendar that the agreement gives somebody; empty where it gives none."""
        entry = self._entry(user)
        return (entry.calendar or "") if entry else ""

    def pool_of(self, user: User) -> str:
        entry = self._entry(user)
        return user.pool or ((entry.pool or "") if entry else "")

    def pool_for(self, lead: Lead | None) -> str:
        """The pool that a lead comes to which is nobody's yet."""
        if self.agreement is None:
            return ""
        receive = self.agreement.handoff.receive
        return receive.streams.get(lead.stream if lead else "") or receive.pool or ""

    def is_away(self, user: User) -> bool:
        return user.pk in self.absences

    def present(self, user: User | None) -> User | None:
        """Somebody, or who stands in for them; None where nobody does."""
        for _ in range(_MOST_STEPS):
            if user is None or (user.is_active and not self.is_away(user)):
                return user
            user = self.backup_of(user)
        return None


def reached(tell: Sequence[str], lead: Lead | None, duty: Duty | None, roster: Roster) -> list[User]:
    """Everybody whom these words reach, each once; never nobody while there is anybody."""
    side = duty.side if duty is not None else Side.SALES
    found: dict[int, User] = {}
    for word in tell:
        people = _meant(word, lead, duty, side, roster)
        for user in people or _next_who_can(side, roster):
            found[user.pk] = user
    return list(found.values())


def _meant(word: str, lead: Lead | None, duty: Duty | None, side: str, roster: Roster) -> list[User]:
    if word == "owner":
        return _some(roster.present(_owner(lead, duty, roster)))
    if word == "backup":
        return _backups(lead, duty, roster)
    if word == "manager":
        return _there(
            [one for one in roster.leading if one.side == side and one.role == Role.MANAGER], roster
        )
    if word == "heads":
        sides = (Side.MARKETING, Side.SALES)
        return _there([one for one in roster.leading if one.side in sides and one.role == Role.HEAD], roster)
    if word in (Side.MARKETING, Side.SALES):
        return _there(list(User.objects.filter(side=word, is_active=True).order_by("id")), roster)
    return _asked(roster) if word == LEAD_QUESTIONS else _some(roster.present(roster.named(word)))


def _owner(lead: Lead | None, duty: Duty | None, roster: Roster) -> User | None:
    """Who has to act; of a lead that is nobody's, whoever gets what nobody else got."""
    if duty is not None and duty.side == Side.MARKETING:
        return _who_answers(roster)
    number = (duty.owner_id if duty is not None else None) or (lead.owner_id if lead is not None else None)
    if number is not None:
        return roster.user(number)
    catch_all = roster.agreement.handoff.receive.catch_all if roster.agreement else None
    return roster.named(catch_all) if catch_all else None


def _who_answers(roster: Roster) -> User | None:
    """Whom the agreement names for questions about leads; `lead_questions` and `lead questions` are one."""
    topics = roster.agreement.contacts.items() if roster.agreement else ()
    found = (who for topic, who in topics if topic.lower().replace("_", " ").split() == ["lead", "questions"])
    return roster.named(who) if (who := next(found, None)) else None


def _asked(roster: Roster) -> list[User]:
    """Who of marketing can do something about a lead: whom the agreement names, else whoever leads it."""
    named = roster.present(_who_answers(roster))
    return [named] if named and named.side == Side.MARKETING else _next_who_can(Side.MARKETING, roster)


def _backups(lead: Lead | None, duty: Duty | None, roster: Roster) -> list[User]:
    """The backup of the owner. Where none is named nobody is meant beside the owner: nobody is told twice."""
    owner = _owner(lead, duty, roster)
    if owner is None:
        return _next_who_can(Side.SALES, roster)
    backup = roster.present(roster.backup_of(owner))
    return [backup] if backup else _some(roster.present(owner))


def _there(people: Iterable[User], roster: Roster) -> list[User]:
    return [user for one in people if (user := roster.present(one)) is not None]


def _some(user: User | None) -> list[User]:
    return [user] if user is not None else []


def _next_who_can(side: str, roster: Roster) -> list[User]:
    """Managers of the side, else its heads, else whoever leads operations, else anybody who leads."""
    ways: tuple[Callable[[User], bool], ...] = (
        lambda one: one.side == side and one.role == Role.MANAGER,
        lambda one: one.side == side and one.role == Role.HEAD,
        lambda one: one.side == Side.OPERATIONS,
        lambda one: one.side != Side.VIEWER,
    )
    for way in ways:
        if people := _there([one for one in roster.leading if way(one)], roster):
            return people
    last = User.objects.filter(is_active=True).exclude(side=Side.VIEWER).order_by("id")
    return list(last.filter(Q(side=side))[:1] or last[:1])


def zone_of(user: User) -> ZoneInfo:
    """Where somebody is; UTC if nobody said, or where the name is none."""
    try:
        return ZoneInfo(user.zone or "UTC")
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
