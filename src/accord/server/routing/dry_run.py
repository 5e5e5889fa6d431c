"""Who would have got the leads of a month under other settings, before anybody is given one by them.

Leads are dealt one after the other as they were delivered, by the same rule as live, with counts and turns
that begin with the month. Nothing is written. What really happened stands beside it: it may differ from the
run by today's settings, since people moved leads by hand and settings have changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from accord.lead import routing as domain
from accord.lead.quota import month_of
from accord.lead.routing import Case, Choice, choose
from accord.lead.turns import Turns
from accord.server.desk.models import Lead
from accord.server.people.models import User
from accord.server.routing import cases, rules
from accord.server.routing.models import Routing, RuleSet
from accord.server.routing.staff import Staff

MOST_LEADS = 2_000
_MOST_ROWS = 100


@dataclass(frozen=True)
class Settings:
    """What leads are dealt by: rules, weights by number of the account, who is away, other capacities."""

    rules: "tuple[rules.Rule, ...]" = ()
    weights: Mapping[str, str] = field(default_factory=dict)
    away: frozenset[int] = frozenset()
    capacities: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Dealt:
    """One lead, and who got it by one setting."""

    lead: Lead
    choice: Choice

    @property
    def to(self) -> int | None:
        return int(self.choice.who) if self.choice.who else None


@dataclass(frozen=True)
class Row:
    """One lead that two settings give to different people."""

    lead: Lead
    actual: int | None
    before: Dealt
    after: Dealt


@dataclass(frozen=True)
class Count:
    """How many leads one person got: really, and by each setting."""

    who: int
    actual: int
    before: int
    after: int


@dataclass(frozen=True)
class Compared:
    """A month under the settings in force and under others."""

    month: datetime
    this: bool  # the month that is not over
    leads: int
    cut: bool  # whether there were more, and only the last of them were dealt
    counts: tuple[Count, ...]
    nobody: tuple[int, int, int]  # leads that nobody got: really, and by each setting
    changed: int
    rows: tuple[Row, ...]  # the first of what changed

    @property
    def days(self) -> tuple[date, date]:
        return month_of(self.month.date())


class Dealer:
    """Deals leads by settings, one by one; people's counts and the turns go on from those given."""

    def __init__(self, staff: Staff, settings: Settings, *, used: Counter[int] | None = None) -> None:
        self.staff, self.settings = staff, settings
        self.used: Counter[int] = Counter(used or {})
        self.turns: dict[str, Turns] = {}
        self.owners: dict[int, int] = {}  # by contact: who got the last lead of this person
        self._members: dict[str, list[User]] = {}
        own = tuple(rule.as_domain() for rule in settings.rules)
        self._rules = (*own, *rules.of_agreement(staff.agreement))
        self._catching = cases.catching(staff)
        self._receiver = cases.receiver(staff)
        staff.learn(self._catching)
        staff.learn_numbers([self._receiver, *(rule.person for rule in settings.rules)])

    def deal(self, lead: Lead, at: datetime, exclude: frozenset[int] = frozenset()) -> Choice:
        """Who gets a lead that comes at `at`; counts and turns have moved on afterwards."""
        choice = choose(self._case(lead, at, exclude))
        if choice.turns is not None and choice.pool is not None:
            self.turns[choice.pool] = choice.turns
        if choice.who:
            self.used[int(choice.who)] += 1
            if lead.contact_id:
                self.owners[lead.contact_id] = int(choice.who)
        return choice

    def _case(self, lead: Lead, at: datetime, exclude: frozenset[int]) -> Case:
        contact = lead.contact
        asked = cases.asked_of(lead, contact)
        account = contact.account.owner_id if contact and contact.account else None
        duplicate = self.owners.get(lead.contact_id or 0)
        fitting = tuple(rule for rule in self._rules if rule.fits(asked))
        agreement = self.staff.agreement
        case = Case(
            asked,
            {},
            duplicate=str(duplicate or ""),
            account=str(account or ""),
            rules=fitting,
            receiver=str(self._receiver or ""),
            pool=(agreement.handoff.receive.pool or "") if agreement else "",
            turns=self.turns,
            catch_all=tuple(str(user.pk) for user in self._catching),
        )
        pool, _ = domain.pool_of(case)
        members = self._of(pool)
        named = [duplicate, account, self._receiver, *(int(rule.person) for rule in fitting if rule.person)]
        numbers = {one for one in named if one} | {user.pk for user in (*members, *self._catching)}
        return replace(
            case,
            people=self._people(numbers, at, exclude),
            members={pool: tuple(str(user.pk) for user in members)},
        )

    def _people(
        self, numbers: Iterable[int], at: datetime, exclude: frozenset[int]
    ) -> dict[str, domain.Person]:
        found = {}
        for number in numbers:
            known = self.staff.person(number, at, used=self.used[number], excluded=number in exclude)
            found[known.who] = known
            if known.cover and known.cover not in found:
                cover = int(known.cover)
                found[known.cover] = self.staff.person(cover, at, used=self.used[cover])
        return found

    def _of(self, pool: str) -> list[User]:
        if pool not in self._members:
            self._members[pool] = self.staff.members(pool)
            self.staff.learn(self._members[pool])
        return self._members[pool]


def last_month(at: datetime) -> tuple[datetime, datetime]:
    """The month before that of an instant, from its first instant to the first of the next."""
    end = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end


def this_month(at: datetime) -> tuple[datetime, datetime]:
    """The month of an instant, as far as it has come."""
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0), at


def settings_in_force() -> Settings:
    return settings_of(rules.in_force())


def settings_of(found: RuleSet | None, **more: Any) -> Settings:
    if found is None:
        return Settings(**more)
    return Settings(rules.read(found.rules), found.weights, **more)


def compare(before: Settings, after: Settings, at: datetime, *, this: bool = False) -> Compared:
    """The leads of last month, or of this one so far, under two settings, beside who really got them."""
    start, end = this_month(at) if this else last_month(at)
    leads, cut = _delivered(start, end)
    first, second = (_dealt(leads, each, end, at) for each in (before, after))
    actual = _really(leads)
    rows = [
        Row(one.lead, actual.get(one.lead.pk), one, other)
        for one, other in zip(first, second, strict=True)
        if one.to != other.to
    ]
    columns = _Columns(
        [actual.get(lead.pk) for lead in leads], [one.to for one in first], [one.to for one in second]
    )
    return Compared(
        month=start,
        this=this,
        leads=len(leads),
        cut=cut,
        counts=columns.counts(),
        nobody=columns.nobody(),
        changed=len(rows),
        rows=tuple(rows[:_MOST_ROWS]),
    )


def _delivered(start: datetime, end: datetime) -> tuple[list[Lead], bool]:
    """The month's leads as they were delivered; the last of them where there are too many."""
    found = Lead.objects.filter(delivered_at__gte=start, delivered_at__lt=end)
    rows = list(found.select_related("contact__account").order_by("-delivered_at", "-pk")[: MOST_LEADS + 1])
    return rows[:MOST_LEADS][::-1], len(rows) > MOST_LEADS


def _dealt(leads: Sequence[Lead], settings: Settings, end: datetime, at: datetime) -> list[Dealt]:
    """By today's agreement, with the absences of that month."""
    staff = Staff(
        end - timedelta(days=1),
        terms_at=at,
        weights=settings.weights,
        capacities=settings.capacities,
        also_away=settings.away,
    )
    dealer = Dealer(staff, settings)
    return [Dealt(lead, dealer.deal(lead, lead.delivered_at or end)) for lead in leads]


def _really(leads: Sequence[Lead]) -> dict[int, int]:
    """To whom each lead went first."""
    rows = Routing.objects.filter(lead__in=[lead.pk for lead in leads], to__isnull=False)
    return dict(rows.order_by("-pk").values_list("lead", "to"))


@dataclass(frozen=True)
class _Columns:
    """Who got each lead: really, and by each setting; None is nobody."""

    actual: list[int | None]
    before: list[int | None]
    after: list[int | None]

    def counts(self) -> tuple[Count, ...]:
        really, first, second = (Counter(each) for each in (self.actual, self.before, self.after))
        people = {who for who in (*really, *first, *second) if who is not None}
        found = [Count(who, really[who], first[who], second[who]) for who in people]
        return tuple(sorted(found, key=lambda one: (-one.after, -one.before, one.who)))

    def nobody(self) -> tuple[int, int, int]:
        return self.actual.count(None), self.before.count(None), self.after.count(None)
