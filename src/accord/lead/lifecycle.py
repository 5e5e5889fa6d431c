"""What follows from a lead's events: a fold, with the time supplied, into the first of everything that
happened.

"First" is the earliest *occurred*, never the first that arrived. A fact counts only if it had occurred and
was on record by the instant asked about, so any past view can be had again. Nothing here depends on the order
of events, ties are broken by content, and a fact that comes twice under its `seq` is one fact. What was taken
back by then is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property

from accord.lead.events import Event, Kind, Lead
from accord.lead.withdrawing import withdrawn

BY_SILENCE = "by silence"  # outcome of an acceptance that nobody gave: the window closed
OVERTURNED = "overturned"  # outcome of an arbitration that takes a reject back; `upheld` leaves it
UNREACHED = "unable_to_reach"  # reason that may be given only after the agreed minimum of attempts
_LAST = datetime.max.replace(tzinfo=UTC)


class Stage(StrEnum):
    """The funnel in order, by the names that agreements use. A later stage implies the earlier ones (5.3)."""

    LEAD = "lead"  # created
    MQL = "mql"  # qualified by marketing, or handed off
    SAL = "sal"  # accepted by sales
    SQL = "sql"  # confirmed by sales
    OPPORTUNITY = "opportunity"
    PROPOSAL = "proposal"
    CUSTOMER = "customer"  # won


ENTERED_BY = {
    Stage.LEAD: (Kind.CREATED,),
    Stage.MQL: (Kind.QUALIFIED, Kind.HANDED_OFF),
    Stage.SAL: (Kind.ACCEPTED,),
    Stage.SQL: (Kind.SALES_QUALIFIED,),
    Stage.OPPORTUNITY: (Kind.OPPORTUNITY,),
    Stage.PROPOSAL: (Kind.PROPOSAL,),
    Stage.CUSTOMER: (Kind.WON,),
}
WORKED = (Kind.SALES_QUALIFIED, Kind.OPPORTUNITY, Kind.PROPOSAL, Kind.WON)  # sales took it and talked


@dataclass(frozen=True)
class Cycle:
    """One lead as it was known at an instant: `events` are the facts that counted then, in order, each
    once; `taken_back` are those that had counted before.
    """

    lead: Lead
    at: datetime
    events: tuple[Event, ...]
    taken_back: frozenset[Event] = frozenset()

    def first(self, *kinds: Kind, where: Callable[[Event], bool] = lambda _: True) -> Event | None:
        """The earliest fact of any of the kinds that satisfies the condition; None if there is none."""
        return next((event for event in self.events if event.kind in kinds and where(event)), None)

    def first_at(self, *kinds: Kind) -> datetime | None:
        event = self.first(*kinds)
        return event.occurred_at if event else None

    @cached_property
    def delivered(self) -> Event | None:
        """The hand-off: the earliest, which carries what was frozen then."""
        return self.first(Kind.HANDED_OFF)

    @cached_property
    def assigned(self) -> Event | None:
        """The last assignment to a rep."""
        return max((e for e in self.events if e.kind is Kind.ASSIGNED), key=_content, default=None)

    @cached_property
    def stages(self) -> dict[Stage, datetime]:
        """When each stage was entered, by its own event or because a later stage implies it; absent if
        never.
        """
        entered: dict[Stage, datetime] = {}
        earliest = _LAST
        for stage in reversed(Stage):
            earliest = min(earliest, self.first_at(*ENTERED_BY[stage]) or _LAST)
            if stage is Stage.LEAD and self.lead.created_at and self.lead.created_at <= self.at:
                earliest = min(earliest, self.lead.created_at)
            if earliest < _LAST:
                entered[stage] = earliest
        return entered


def fold(lead: Lead, events: Iterable[Event], at: datetime) -> Cycle:
    """The lead as it was known at `at`: only events of this lead that had occurred and were recorded by
    then, and that nobody had taken back.
    """
    known = {
        event
        for event in events
        if event.lead == lead.lead and event.occurred_at <= at and event.recorded_at <= at
    }
    taken_back = withdrawn(known)
    counted = (event for event in known - taken_back if event.kind is not Kind.WITHDRAWN)
    return Cycle(lead, at, tuple(sorted(counted, key=_content)), taken_back)


def is_attempt(event: Event, *, automated: frozenset[str], machines: bool) -> bool:
    """Whether sales tried to reach the lead: by hand, or by machine where `machines` count.

    An actor whose side is unknown is taken for sales: exports mostly hold the calls of reps. `automated` are
    the channels that a machine sends by the agreement, whoever is named as the actor.
    """
    if event.kind is not Kind.ATTEMPTED:
        return False
    by_machine = event.side == "machine" or event.channel in automated
    return (
        machines
        if by_machine and event.side in MAYBE_SALES
        else event.side in ("sales", None) and not by_machine
    )


MAYBE_SALES = ("sales", "machine", None)


def stops_speed_clock(event: Event, automated: frozenset[str]) -> bool:
    """A human attempt by sales, or a live contact whoever began it; never a machine (5.1)."""
    if event.kind is Kind.CONNECTED:
        return event.side != "machine"
    return is_attempt(event, automated=automated, machines=False)


def _content(event: Event) -> tuple[object, ...]:
    """Order of facts: when it occurred, when it was recorded, then what it says, unknown last, its number."""
    said = (
        event.actor,
        event.channel,
        event.agreement,
        event.calendar,
        event.value,
        event.due_at,
        event.kind.value,
        event.side,
        event.outcome,
        event.reason,
        event.amount,
    )
    return (event.occurred_at, event.recorded_at, *((item is None, item) for item in said), event.seq)
