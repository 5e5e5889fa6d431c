"""The rounds of one lead with sales: the first from its first hand-off, another each time it comes back to
sales after an end.

The score judges a lead once, from its first hand-off, as its credit is one. The desk judges each round by its
own facts, so that nothing is ever owed to nobody: a lead that was rejected and handed off again has a first
touch, a decision and a cadence of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from accord.lead.events import Event, Kind
from accord.lead.lifecycle import BY_SILENCE, OVERTURNED, Cycle

ENDS = frozenset({Kind.WON, Kind.LOST, Kind.REJECTED, Kind.DISQUALIFIED, Kind.RETURNED})
_FOR_GOOD = frozenset({Kind.OPTED_OUT, Kind.MERGED, Kind.ERASED})  # ends every round, also those that follow


@dataclass(frozen=True)
class Round:
    """One round: its facts, and the hand-off that holds for it, dated where the round begins.

    `delivered` is None before the first hand-off. `closed_at` is when the next began; None for the last.
    """

    cycle: Cycle
    delivered: Event | None
    closed_at: datetime | None = None


def rounds_of(cycle: Cycle) -> tuple[Round, ...]:
    """Every round in order of time, at least one; together they hold every fact that is not for good once."""
    starts = _starts(cycle.events)
    places = [0, *(place_of(cycle.events, start) for start in starts), len(cycle.events)]
    found: list[Round] = []
    handed = None
    for number, (first, last) in enumerate(pairwise(places)):
        facts = cycle.events[first:last]
        before = (event for event in cycle.events[:first] if event.kind in _FOR_GOOD)
        one = replace(cycle, events=(*before, *facts))
        start = starts[number - 1] if number else one.delivered
        handed = one.delivered or handed
        closed_at = starts[number].occurred_at if number < len(starts) else None
        found.append(Round(one, _delivered(start, handed), closed_at))
    return tuple(found)


def last_round(cycle: Cycle) -> Round:
    """The round that runs now, or the one that ended last."""
    return rounds_of(cycle)[-1]


def assigned_now(cycle: Cycle) -> Event | None:
    """The last assignment to somebody; None where the lead was handed off again and nobody has got it yet."""
    facts: tuple[Event, ...] = ()
    for one in rounds_of(cycle):
        again = one.delivered is not None and one.delivered in one.cycle.events
        facts = one.cycle.events if again else (*facts, *one.cycle.events)
    given = [event for event in facts if event.kind is Kind.ASSIGNED]
    return given[-1] if given else None


def overturned(events: tuple[Event, ...]) -> frozenset[Event]:
    """Rejects that both sides took back: those since the hand-off before."""
    found: set[Event] = set()
    rejects: list[Event] = []
    for event in events:
        if event.kind is Kind.HANDED_OFF:
            rejects = []
        elif event.kind is Kind.REJECTED:
            rejects.append(event)
        elif event.kind is Kind.ARBITRATED and event.outcome == OVERTURNED:
            found.update(rejects)
    return frozenset(found)


def begins_anew(event: Event) -> bool:
    """Whether sales has a lead again by this fact, after an end: it was handed off, by whomever, or a person
    gave it to somebody or took it. What a machine notes afterwards, such as a silent acceptance, is no begin.
    """
    if event.kind is Kind.HANDED_OFF:
        return True
    by_hand = event.side != "machine" and event.outcome != BY_SILENCE
    return event.kind in (Kind.ASSIGNED, Kind.ACCEPTED) and by_hand


def _starts(events: tuple[Event, ...]) -> list[Event]:
    """The facts by which rounds begin after an end; none before a first hand-off."""
    starts: list[Event] = []
    handed, ends = False, set[Kind]()
    for event in events:
        back = event.kind is Kind.ARBITRATED and event.outcome == OVERTURNED and ends == {Kind.REJECTED}
        handed = handed or event.kind is Kind.HANDED_OFF
        if handed and ends and (back or begins_anew(event)):
            starts.append(event)
            ends = set()
        if event.kind in ENDS:
            ends.add(event.kind)
    return starts


def place_of(events: Sequence[Event], start: Event) -> int:
    """Where a round begins: who got the lead in the same instant belongs to it, wherever that stands."""
    place = events.index(start)
    while place and _same_moment(events[place - 1], start):
        place -= 1
    return place


def _same_moment(event: Event, start: Event) -> bool:
    return event.kind is Kind.ASSIGNED and event.occurred_at == start.occurred_at


def _delivered(start: Event | None, handed: Event | None) -> Event | None:
    """The hand-off of a round. Without one of its own the last holds, from when the round begins, and what
    was frozen for that time does not.
    """
    if start is None or start.kind is Kind.HANDED_OFF or handed is None:
        return start
    return replace(
        handed, seq=start.seq, occurred_at=start.occurred_at, recorded_at=start.recorded_at, due_at=None,
        outcome=None,
    )  # fmt: skip
