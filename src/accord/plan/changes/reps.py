"""What `--set` can change about the reps: how many, their time, and what one lead asks of them.

reps=12   reps.inbound=12   hours_per_month=150   touches.call=4   minutes.call=6   automated=email
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from accord.agreement.clauses.quantities import parse_positive, parse_share, parse_whole, parse_window
from accord.agreement.terms import Agreement, Person, Side
from accord.errors import PlanImpossible
from accord.plan.reps.capacity import CHANNELS, EVERYBODY, pool_of, reps_of

Setter = Callable[[Agreement, str], Agreement]
_CAPACITY: Mapping[str, Callable[[object], object]] = {
    "hours_per_month": parse_positive,
    "for_marketing_leads": parse_share,
    "connect_rate": parse_share,
}


def of_capacity(agreement: Agreement) -> dict[str, Setter]:
    """Everything about the reps that can be set in this agreement, by its full name."""
    found: dict[str, Setter] = {"automated": _automated}
    for field, read in _CAPACITY.items():
        for name in (field, f"capacity.{field}"):
            found[name] = partial(_capacity, field, read)
    for channel in CHANNELS:
        found[f"minutes.{channel}"] = partial(_minutes, channel)
        found[f"touches.{channel}"] = partial(_touches, channel)
    pools = list(dict.fromkeys(pool_of(agreement, stream) for stream in agreement.goal.streams))
    for pool in pools:
        if pool != EVERYBODY:
            found[f"reps.{pool}"] = partial(_reps, pool)
    found["reps"] = partial(_reps, pools[0]) if len(pools) == 1 else partial(_reps_of_all, pools)
    return found


def _capacity(field: str, read: Callable[[object], object], agreement: Agreement, value: str) -> Agreement:
    """`hours_per_month` and the share also replace what single people say, which would hide them."""
    changed = _with(agreement, capacity=agreement.capacity.model_copy(update={field: read(value)}))
    if field == "connect_rate":
        return changed
    people = {
        key: person.model_copy(update={"minutes_per_month": None}) if person.side is Side.SALES else person
        for key, person in agreement.people.items()
    }
    return _with(changed, people=people) if changed.capacity.hours_per_month is not None else changed


def _minutes(channel: str, agreement: Agreement, value: str) -> Agreement:
    length = parse_window(f"{value} min" if value.replace(".", "", 1).isdigit() else value)
    touches = agreement.follow_up.touches
    return _follow_up(agreement, minutes={**touches.minutes, channel: length})


def _touches(channel: str, agreement: Agreement, value: str) -> Agreement:
    return _follow_up(agreement, **{channel: parse_whole(value)})


def _automated(agreement: Agreement, value: str) -> Agreement:
    channels = tuple(part.strip() for part in value.split(",") if part.strip() != "none")
    if strange := [channel for channel in channels if channel not in CHANNELS]:
        raise ValueError(f"{strange[0]!r} is no channel; write some of {', '.join(CHANNELS)}, or none")
    return _follow_up(agreement, automated=channels)


def _follow_up(agreement: Agreement, **update: Any) -> Agreement:
    touches = agreement.follow_up.touches.model_copy(update=update)
    return _with(agreement, follow_up=agreement.follow_up.model_copy(update={"touches": touches}))


def _reps(pool: str, agreement: Agreement, value: str) -> Agreement:
    """So many reps in a pool: entries for several people change first, then the last people named go."""
    wanted, there = parse_whole(value), reps_of(agreement, pool)
    people = dict(agreement.people)
    spare = sum(person.count for person in there.values()) - wanted
    several = sorted(there, key=lambda key: (there[key].name is None, there[key].count), reverse=True)
    if spare < 0:
        key, pattern = _pattern(pool, there, several)
        count = people[key].count if key in people else 0
        people[key] = pattern.model_copy(update={"count": count - spare})
    for key in several if spare > 0 else ():
        gone = min(people[key].count, spare)
        spare -= gone
        if gone == people[key].count:
            del people[key]
        else:
            people[key] = people[key].model_copy(update={"count": people[key].count - gone})
    return _with(agreement, people=people)


def _reps_of_all(pools: Sequence[str], agreement: Agreement, value: str) -> Agreement:
    """So many reps in all: the pools share them as they share those of today, largest remainder first."""
    wanted = parse_whole(value)
    today = {pool: sum(person.count for person in reps_of(agreement, pool).values()) for pool in pools}
    total = sum(today.values())
    if total == 0:
        raise PlanImpossible(f"there are none yet; name the pool, such as reps.{pools[0]}={value}")
    parts = {pool: divmod(wanted * count, total) for pool, count in today.items()}
    left = wanted - sum(whole for whole, _ in parts.values())
    further = sorted(pools, key=lambda pool: parts[pool][1], reverse=True)[:left]
    for pool, (whole, _) in parts.items():
        agreement = _reps(pool, agreement, str(whole + (pool in further)))
    return agreement


def _pattern(pool: str, there: Mapping[str, Person], several: Sequence[str]) -> tuple[str, Person]:
    """The entry that new reps are like: one for nobody in particular, else a new one like the first rep."""
    if several and there[several[0]].name is None:
        return several[0], there[several[0]]
    like = there[several[0]] if several else Person(side=Side.SALES, pool=pool or None)
    plain = {
        "name": None,
        "email": None,
        "backup": None,
        "since": None,
        "until": None,
        "away": (),
        "count": 1,
    }
    return "further reps", like.model_copy(update=plain)


def _with(agreement: Agreement, **update: Any) -> Agreement:
    return agreement.model_copy(update=update)
