"""Commitments to a prospect: an answer to an RFP, a proposal, "I will call you on Monday" (S0.40)."""

from collections.abc import Iterator
from datetime import datetime

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind
from accord.lead.lifecycle import Cycle
from accord.promises.bench import GONE
from accord.promises.duty import Duty, DutyKind
from accord.promises.ladder import Run, on_clock
from accord.promises.pauses import HaltingClock
from accord.worktime import WALL, clock_for
from accord.worktime.zones import LAST_YEAR

_ENDED = (*GONE, Kind.REJECTED, Kind.LOST, Kind.DISQUALIFIED)


def commitments(agreement: Agreement, cycle: Cycle) -> Iterator[Duty]:
    """One duty a commitment, due at the time that it names, else after the time agreed for its kind; none
    where neither is known. No pause moves it: the prospect was given a time.
    """
    kept = _kept(cycle)
    for made in cycle.events:
        if made.kind is Kind.COMMITTED and (run := _run(agreement, made)) is not None:
            yield _duty(agreement, cycle, made, run, kept.get(made))


def _kept(cycle: Cycle) -> dict[Event, datetime]:
    """When each commitment was kept: each word that one is fulfilled closes the earliest open one of its
    kind.
    """
    still_open: dict[str | None, list[Event]] = {}
    kept: dict[Event, datetime] = {}
    for event in cycle.events:
        if event.kind is Kind.COMMITTED:
            still_open.setdefault(event.reason, []).append(event)
        elif event.kind is Kind.FULFILLED and still_open.get(event.reason):
            kept[still_open[event.reason].pop(0)] = event.occurred_at
    return kept


def _run(agreement: Agreement, made: Event) -> Run | None:
    start, calendar = made.occurred_at, agreement.calendar_of(_side(agreement, made))
    if made.due_at is not None and made.due_at.year > LAST_YEAR:
        return None  # a slip of the pen: no clock covers it
    if made.due_at is not None:
        return Run.of(HaltingClock(WALL), calendar, start, max(made.due_at, start) - start)
    agreed = agreement.commitments.get(made.reason or "")
    if agreed is None:
        return None
    clock = clock_for(agreed.within, calendar)
    return Run.of(HaltingClock(clock), calendar, start, clock.budget(agreed.within, start))


def _side(agreement: Agreement, made: Event) -> Side:
    """Who keeps it: the owner named in the agreement, a side or somebody of one; sales if nobody is named."""
    agreed = agreement.commitments.get(made.reason or "")
    owner = (agreed.owner if agreed else None) or ""
    marketing = {name for name, who in agreement.people.items() if who.side is Side.MARKETING}
    pools = {who.pool for who in agreement.people.values() if who.side is Side.MARKETING and who.pool}
    return Side.MARKETING if owner in {Side.MARKETING.value, *marketing, *pools} else Side.SALES


def _duty(agreement: Agreement, cycle: Cycle, made: Event, run: Run, met_at: datetime | None) -> Duty:
    ended = cycle.first(*_ENDED, where=lambda event: event.occurred_at >= made.occurred_at)
    return on_clock(
        DutyKind.COMMITMENT,
        _side(agreement, made),
        agreement.escalation,
        run,
        met_at=met_at,
        ended_at=ended.occurred_at if ended else None,
        at=cycle.at,
        number=made.seq,
        about=made.reason or "",
    )
