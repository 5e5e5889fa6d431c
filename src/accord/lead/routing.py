"""Who gets a lead (DOMAIN 5.12), with the reason for whoever gets it and for everybody passed over.

In this order: who has another lead of the same person (S0.30), who has the account, the first rule that fits
the lead, the turns of a pool weighted by capacity, and whoever catches what nobody could take. The same
question has the same answer, whatever the order in which people are handed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from accord.lead.turns import Turns, deal


class By(StrEnum):
    """By what somebody got a lead."""

    DUPLICATE = "duplicate"  # had another lead of the same person
    ACCOUNT = "account"  # has the account
    RULE = "rule"  # a rule names the person
    RECEIVER = "receiver"  # the agreement has one person to whom all leads go (S1.25)
    POOL = "pool"  # it was their turn
    CATCH_ALL = "catch_all"  # nobody else could take it
    COVER = "cover"  # covers for whoever had it
    HAND = "hand"  # somebody decided so
    TAKEN = "taken"  # took it, when it was nobody's


class Skip(StrEnum):
    """Why somebody did not get a lead."""

    OFF = "off"  # the account is switched off, or no longer of sales
    AWAY = "away"  # and nobody covers who could
    EXCLUDED = "excluded"  # has had it, or is not to have it
    FULL = "full"  # has had all leads of the month's capacity
    AHEAD = "ahead"  # has had all leads that the capacity allows by today, and somebody else has not
    HOURS = "hours"  # does not work at this hour, and somebody else does
    TURN = "turn"  # could have taken it; it was somebody else's turn


@dataclass(frozen=True)
class Person:
    """Somebody who might get a lead, as things are at that moment.

    `so_far` and `month` are the leads that the capacity allows by today and in the whole month: exact, so
    that ten leads a month are not none a day. None: no capacity is known, so none is reached.
    """

    who: str
    weight: Fraction | None = None  # part of the turns; None: the mean of the others'
    active: bool = True
    present: bool = True
    excluded: bool = False
    in_hours: bool = True
    used: int = 0  # leads of this month that count against the capacity
    so_far: Fraction | None = None
    month: Fraction | None = None
    cover: str = ""  # who has this person's leads while they are away

    @property
    def hindrance(self) -> Skip | None:
        """What keeps this person from any lead at all."""
        if not self.active:
            return Skip.OFF
        if self.excluded:
            return Skip.EXCLUDED
        return None if self.present else Skip.AWAY

    @property
    def full(self) -> bool:
        return self.month is not None and self.used >= self.month

    @property
    def ahead(self) -> bool:
        return self.so_far is not None and self.used >= self.so_far


@dataclass(frozen=True)
class Asked:
    """What rules look at in a lead; empty is unknown, and fits no rule that asks for it."""

    lead_type: str = ""
    stream: str = ""
    segment: str = ""
    country: str = ""
    region: str = ""


@dataclass(frozen=True)
class Rule:
    """Leads that fit go to a person, or to a pool. What is not said fits every lead."""

    label: str
    person: str = ""
    pool: str | None = None
    lead_types: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def fits(self, lead: Asked) -> bool:
        said = (
            (self.lead_types, lead.lead_type),
            (self.streams, lead.stream),
            (self.segments, lead.segment),
            (self.countries, lead.country),
            (self.regions, lead.region),
        )
        return all(not wanted or _among(value, wanted) for wanted, value in said)


def _among(value: str, wanted: Iterable[str]) -> bool:
    return value.casefold() in {one.casefold() for one in wanted}


@dataclass(frozen=True)
class Case:
    """One lead, and all that may matter to who gets it. `people` has everybody who is named anywhere."""

    lead: Asked
    people: Mapping[str, Person]
    duplicate: str = ""  # who has, or had last, another lead of this person
    account: str = ""  # who has the account
    rules: tuple[Rule, ...] = ()
    receiver: str = ""
    pool: str = ""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by pool
    turns: Mapping[str, Turns] = field(default_factory=dict)  # by pool
    catch_all: tuple[str, ...] = ()  # in this order


@dataclass(frozen=True)
class Passed:
    """Somebody who did not get the lead: at which step, and why. `used` and `allowed` where it is a count."""

    who: str
    step: By
    why: Skip
    used: int | None = None
    allowed: Fraction | None = None


@dataclass(frozen=True)
class Choice:
    """`who` is None where nobody can take the lead. `about` is the label of the rule or the pool's name."""

    who: str | None
    by: By
    about: str = ""
    instead_of: str = ""  # for whom `who` covers
    passed: tuple[Passed, ...] = ()
    pool: str | None = None  # whose turns have moved on
    turns: Turns | None = None


def choose(case: Case) -> Choice:
    """Who gets the lead, and why nobody else does."""
    return by_name(case) or from_pool(case)


def by_name(case: Case) -> Choice | None:
    """Whoever is named for this lead; None where it is for a pool, which need not be known for this."""
    return _named(case)[0]


def pool_of(case: Case) -> tuple[str, str]:
    """The pool for this lead, and the label of the rule that says so; empty: the agreement does."""
    fitting = next((rule for rule in case.rules if rule.pool is not None and rule.fits(case.lead)), None)
    return (fitting.pool or "", fitting.label) if fitting else (case.pool, "")


def _named(case: Case) -> tuple[Choice | None, tuple[Passed, ...]]:
    """Whoever is named and can take it, and everybody who was passed over on the way."""
    passed: tuple[Passed, ...] = ()
    for step, who, about in _names(case):
        choice = _or_cover(case, step, who, about, passed)
        passed = choice.passed
        if choice.who:
            return choice, passed
    return None, passed


def _names(case: Case) -> Iterable[tuple[By, str, str]]:
    """Who is asked by name, in order; the first rule for a pool ends it."""
    yield By.DUPLICATE, case.duplicate, ""
    yield By.ACCOUNT, case.account, ""
    for rule in case.rules:
        if rule.fits(case.lead):
            if rule.pool is not None:
                return
            yield By.RULE, rule.person, rule.label
    yield By.RECEIVER, case.receiver, ""


def _or_cover(case: Case, step: By, who: str, about: str, passed: tuple[Passed, ...]) -> Choice:
    """The person, or whoever covers for them while they are away; nobody if neither can."""
    if not who or (person := case.people.get(who)) is None:
        return Choice(None, step, about, passed=passed)
    if person.hindrance is None:
        return Choice(who, step, about, passed=passed)
    passed = (*passed, Passed(who, step, person.hindrance))
    cover = case.people.get(person.cover) if person.hindrance is Skip.AWAY else None
    if cover is None:
        return Choice(None, step, about, passed=passed)
    if cover.hindrance is None:
        return Choice(cover.who, step, about, who, passed)
    return Choice(None, step, about, passed=(*passed, Passed(cover.who, step, cover.hindrance)))


def from_pool(case: Case) -> Choice:
    """Whose turn it is in the lead's pool; whoever catches all where nobody of it can take the lead."""
    pool, label = pool_of(case)
    _, passed = _named(case)
    members = sorted({who for who in case.members.get(pool, ()) if who in case.people})
    able, over = _able([case.people[who] for who in members])
    passed = (*passed, *over)
    if not able:
        return _caught(case, pool, passed)
    who, turns = deal(case.turns.get(pool, Turns()), _weights(able))
    others = tuple(Passed(one.who, By.POOL, Skip.TURN) for one in able if one.who != who)
    return Choice(who, By.POOL, label or pool, passed=(*passed, *others), pool=pool, turns=turns)


def _able(people: Iterable[Person]) -> tuple[list[Person], tuple[Passed, ...]]:
    """Who of a pool could take a lead now, and why the others could not.

    Nobody who is away, or has had the month's capacity. Of the others those within the capacity up to today,
    if there are any; of these those at work at this hour, if there are any.
    """
    passed = [Passed(one.who, By.POOL, one.hindrance) for one in people if one.hindrance]
    able = [one for one in people if one.hindrance is None]
    passed += [_counted(one, Skip.FULL, one.month) for one in able if one.full]
    able = [one for one in able if not one.full]
    if within := [one for one in able if not one.ahead]:
        passed += [_counted(one, Skip.AHEAD, one.so_far) for one in able if one.ahead]
        able = within
    if awake := [one for one in able if one.in_hours]:
        passed += [Passed(one.who, By.POOL, Skip.HOURS) for one in able if not one.in_hours]
        able = awake
    return able, tuple(passed)


def _counted(one: Person, why: Skip, allowed: Fraction | None) -> Passed:
    return Passed(one.who, By.POOL, why, one.used, allowed)


def _weights(able: list[Person]) -> dict[str, Fraction]:
    """Everybody's part of the turns; whose is unknown has the mean of the others', or all are alike."""
    known = [one.weight for one in able if one.weight]
    usual = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
    return {one.who: one.weight or usual for one in able}


def _caught(case: Case, pool: str, passed: tuple[Passed, ...]) -> Choice:
    """Whoever catches all, or covers for them; one who is away rather than nobody."""
    for who in case.catch_all:
        choice = _or_cover(case, By.CATCH_ALL, who, pool, passed)
        if choice.who:
            return choice
        passed = choice.passed
    away = [one for one in passed if one.step is By.CATCH_ALL and one.why is Skip.AWAY]
    last = next((one for one in away if one.who in case.catch_all), None)
    left = tuple(one for one in passed if one is not last)
    return Choice(last.who if last else None, By.CATCH_ALL, pool, passed=left)
