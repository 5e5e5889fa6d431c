"""What the reps can follow up, and how many of them the plan needs (S0.31, S0.32, S4.27, F12, F18).

    minutes of a rep for marketing's leads ÷ minutes that one lead takes = leads per rep   (rounded down)
    leads of the plan ÷ leads per rep = reps                                               (rounded up)

Only the follow-up of new leads is in here, not the work on deals that come of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from accord.agreement.terms import Agreement, Person, Role, Side
from accord.plan.demand import Plan, Split
from accord.plan.funnel import plan as work_back
from accord.plan.pace import BAND, Band, band_state
from accord.plan.periods import MONTHS
from accord.plan.reps.touches import (
    CHANNELS,
    TouchTime,
    expected_calls,
    expected_minutes,
    leads_per_rep,
    minutes_per_lead,
    reps_needed,
    touch_times,
)
from accord.plan.rounding import Exact, exact, up

__all__ = [
    "CHANNELS", "EVERYBODY", "Alarm", "CapacityPlan", "OverDelivery", "PoolCapacity", "TouchTime", "TypeLoad",
    "capacity_plan", "expected_calls", "expected_minutes", "is_rep", "leads_per_rep", "minutes_per_lead",
    "over_delivery", "pool_of", "rep_minutes", "reps_needed", "reps_of", "touch_times",
]  # fmt: skip

EVERYBODY = ""  # the pool of an agreement that sends leads to no pool in particular


def rep_minutes(agreement: Agreement, person: Person | None = None) -> Fraction | None:
    """Minutes a month that a rep has for marketing's leads: as the person's entry says, else
    `hours_per_month` × `for_marketing_leads` (all of them, if no share is said). None where nothing is said.
    """
    if person is not None and person.minutes_per_month is not None:
        return Fraction(person.minutes_per_month)
    hours, share = agreement.capacity.hours_per_month, agreement.capacity.for_marketing_leads
    return None if hours is None else hours * 60 * (Fraction(1) if share is None else share)


def is_rep(person: Person) -> bool:
    """Members of sales follow leads up; heads and managers only if they say for how many minutes."""
    return person.side is Side.SALES and (person.role is Role.MEMBER or person.minutes_per_month is not None)


def pool_of(agreement: Agreement, stream: str) -> str:
    """The pool that gets the leads of a stream; EVERYBODY where the agreement names none."""
    receive = agreement.handoff.receive
    return receive.streams.get(stream) or receive.pool or EVERYBODY


def reps_of(agreement: Agreement, pool: str) -> dict[str, Person]:
    """The entries of `people` that follow up a pool's leads."""
    others = set(agreement.handoff.receive.streams.values()) - {pool}
    return {
        key: person
        for key, person in agreement.people.items()
        if is_rep(person) and (person.pool == pool or (pool == EVERYBODY and person.pool not in others))
    }


@dataclass(frozen=True)
class TypeLoad:
    """What the leads of one type and stream ask of a pool in a month."""

    stream: str
    lead_type: str
    label: str
    leads: Fraction  # the plan's leads of a month; whole where the interval is a month
    minutes_each: Fraction
    per_rep: int | None  # leads that one rep can follow up; None if no time is known, or none is taken

    @property
    def minutes(self) -> Fraction:
        return self.leads * self.minutes_each

    @property
    def reps_exact(self) -> Fraction | None:
        """Leads ÷ leads per rep, unrounded: 30.47 (F12); 0 if machines do all; None if unknown."""
        if not self.minutes_each:
            return Fraction(0)
        return self.leads / self.per_rep if self.per_rep else None


@dataclass(frozen=True)
class PoolCapacity:
    """One pool of reps against the leads that the plan sends it each month."""

    pool: str
    reps: int  # people; those without a known time are not among them
    unknown: int  # people whose time is not known
    minutes_each: Fraction | None  # mean of a rep's minutes a month at full strength
    assumed: bool  # whether that comes from `capacity` alone, since the pool lists nobody
    alternatives: bool  # whether the types are alternatives, so that nothing adds up
    loads: tuple[TypeLoad, ...]

    @property
    def leads(self) -> Fraction | None:
        """Leads of a month; None among alternatives."""
        return None if self.alternatives else sum((load.leads for load in self.loads), Fraction(0))

    @property
    def work(self) -> Fraction | None:
        """Minutes that those leads take; None among alternatives."""
        return None if self.alternatives else sum((load.minutes for load in self.loads), Fraction(0))

    @property
    def reps_exact(self) -> Fraction | None:
        """Reps needed, unrounded; None where unknown, or among alternatives."""
        parts = [load.reps_exact for load in self.loads]
        if self.alternatives or None in parts:
            return None
        return sum((part for part in parts if part is not None), Fraction(0))

    @property
    def reps_needed(self) -> int | None:
        return None if self.reps_exact is None else up(self.reps_exact)

    @property
    def missing(self) -> int | None:
        """Reps too few; negative where some are to spare. None where unknown or nobody is listed."""
        return None if self.reps_needed is None or not self.reps else self.reps_needed - self.reps

    @property
    def load(self) -> Fraction | None:
        """Work ÷ minutes of all reps at full strength; None where either is unknown."""
        if self.work is None or not self.reps or not self.minutes_each:
            return None
        return self.work / (self.reps * self.minutes_each)

    @property
    def leads_per_rep(self) -> Fraction | None:
        """Leads of a month that fall to each rep."""
        return None if self.leads is None or not self.reps else self.leads / self.reps

    @property
    def most_leads(self) -> int | None:
        """Leads of the plan's mix that all reps together can follow up: each rep's count is rounded down."""
        if not self.leads or not self.work or self.minutes_each is None or not self.reps:
            return None
        return self.reps * leads_per_rep(self.minutes_each, self.work / self.leads)


@dataclass(frozen=True)
class CapacityPlan:
    """Every pool that gets leads by the plan, with what the figures rest on."""

    name: str
    pools: tuple[PoolCapacity, ...]
    touches: Mapping[str, tuple[TouchTime, ...]]  # by lead type
    expected: Mapping[str, Fraction | None]  # minutes by lead type where calls end at the first connect
    connect_rate: Fraction | None

    @property
    def reps_needed(self) -> int | None:
        """Reps of all pools, each rounded up; None where one is unknown."""
        needed = [pool.reps_needed for pool in self.pools]
        return None if None in needed or not needed else sum(each for each in needed if each is not None)

    @property
    def most_leads(self) -> int | None:
        """Leads that all reps of all pools can follow up, in the plan's mix (F18); None where unknown."""
        most = [pool.most_leads for pool in self.pools]
        return None if None in most or not most else sum(each for each in most if each is not None)

    def pool(self, name: str) -> PoolCapacity | None:
        return next((pool for pool in self.pools if pool.pool == name), None)


def capacity_plan(agreement: Agreement, plan: Plan | None = None) -> CapacityPlan:
    """The reps that the plan needs, pool by pool, at full strength: nobody away, nobody new (F12).

    `rota.py` says who is away or new in which week. PlanImpossible as `funnel.plan`.
    """
    worked = plan or work_back(agreement)
    streams: dict[str, list[str]] = {}
    for stream in worked.streams:
        if stream.demands:
            streams.setdefault(pool_of(agreement, stream.name), []).append(stream.name)
    types = [demand.lead_type for demand in worked.demands()]
    return CapacityPlan(
        name=worked.name,
        pools=tuple(_pool(agreement, worked, pool, names) for pool, names in streams.items()),
        touches={name: touch_times(agreement, name) for name in types},
        expected={name: expected_minutes(agreement, name) for name in types},
        connect_rate=agreement.capacity.connect_rate,
    )


def _pool(agreement: Agreement, plan: Plan, pool: str, streams: Sequence[str]) -> PoolCapacity:
    times = [(person.count, rep_minutes(agreement, person)) for person in reps_of(agreement, pool).values()]
    known = [(count, minutes) for count, minutes in times if minutes is not None]
    heads = sum(count for count, _ in known)
    whole = sum((count * minutes for count, minutes in known), Fraction(0))
    each = whole / heads if heads else rep_minutes(agreement)
    months = MONTHS[plan.interval]
    loads = []
    for demand in (demand for name in streams for demand in plan.demands(stream=name)):
        minutes = minutes_per_lead(agreement, demand.lead_type)
        loads.append(
            TypeLoad(
                stream=demand.stream,
                lead_type=demand.lead_type,
                label=demand.label,
                leads=Fraction(demand.leads, months),
                minutes_each=minutes,
                per_rep=leads_per_rep(each, minutes) if each is not None and minutes else None,
            )
        )
    return PoolCapacity(
        pool=pool,
        reps=heads,
        unknown=sum(count for count, minutes in times if minutes is None),
        minutes_each=each,
        assumed=not heads and each is not None,
        alternatives=any(
            stream.split is Split.ALTERNATIVES for stream in plan.streams if stream.name in streams
        ),
        loads=tuple(loads),
    )


class Alarm(StrEnum):
    NONE = "none"  # within the band, or below it
    AMBER = "amber"  # above the band, but the reps can follow all of it up
    RED = "red"  # above what all reps together can follow up


@dataclass(frozen=True)
class OverDelivery:
    """How an interval stands, and whether both heads are told (F18)."""

    alarm: Alarm
    streak: int  # intervals in a row above the band, this one included
    tell_heads: bool


def over_delivery(
    delivered: Sequence[tuple[Exact, Exact]],
    *,
    capacity: Exact | None,
    band: Exact = BAND,
    after: int = 2,
) -> OverDelivery:
    """Over-delivery by `(due, actual)` of each interval, the latest last (S4.27, F18).

    Heads are told once `after` intervals in a row lie above the band, and at once above `capacity`, the leads
    that all reps together can follow up (None: unknown).
    """
    states = [band_state(actual, due, band) for due, actual in delivered]
    streak = 0
    while streak < len(states) and states[-1 - streak] is Band.OVER:
        streak += 1
    if delivered and capacity is not None and exact(delivered[-1][1]) > exact(capacity):
        return OverDelivery(Alarm.RED, streak, tell_heads=True)
    return OverDelivery(Alarm.AMBER if streak else Alarm.NONE, streak, tell_heads=streak >= after)
