"""How a lead is chased: which touches are still owed, through which channel, and not before when (F13, F14).

The plan follows from what was agreed for the lead's type and from what was done; nothing is booked ahead, so
an attempt made early or late moves only what comes after it. Mails that a machine sends count for depth
where the agreement says so, and never for speed (S0.32).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from accord.agreement.clauses.handover import Touches
from accord.agreement.terms import Agreement
from accord.lead.chasing import chase_of
from accord.lead.depth import attempts_that_count
from accord.lead.events import Channel, Event, Kind
from accord.lead.lifecycle import Cycle, is_attempt
from accord.lead.rounds import last_round
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration

LIVE = frozenset({Channel.CALL, Channel.VOICEMAIL, Channel.VIDEO})  # they ring: only in calling hours
SPOKEN = (Channel.CALL, Channel.EMAIL, Channel.VOICEMAIL, Channel.VIDEO)  # what is suggested first, of equals
_STEPS = 21  # days that are searched for an hour that suits both
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rules:
    """What one lead type asks of those who follow it up."""

    checkpoints: tuple[tuple[timedelta, int], ...]  # age of the lead → attempts made by then, rising
    owed: Mapping[Channel, int]  # touches by channel; channels of which none is owed are left out
    gap: Duration
    minimum: int  # attempts after which a lead may go back, and does by itself
    automated: frozenset[str]  # channels that a machine sends
    machines_count: bool  # whether what a machine sends is an attempt


@dataclass(frozen=True)
class CallingHours:
    """When a person may be called, on the clock where the person is (8.3)."""

    zone: ZoneInfo
    opens: time = time(8)
    closes: time = time(21)


@dataclass(frozen=True)
class Step:
    """One attempt that is still to be made; `due_at` is None where no checkpoint asks for it."""

    number: int
    due_at: datetime | None


@dataclass(frozen=True)
class Count:
    channel: Channel
    done: int
    owed: int
    by_machine: bool

    @property
    def left(self) -> int:
        return max(self.owed - self.done, 0)


@dataclass(frozen=True)
class Plan:
    """What is still to be done about one lead. `earliest_at` is None where nothing is left to suggest."""

    done: int
    steps: tuple[Step, ...]
    counts: tuple[Count, ...]
    channel: Channel | None  # what to try next
    earliest_at: datetime | None  # not before: the gap, the hours of the team, calling hours
    gives_up_after: int  # attempts after which the lead goes back by itself


@dataclass(frozen=True)
class Send:
    """One mail of the cadence that a machine sends: the `number`-th of the lead."""

    number: int
    due_at: datetime


def rules_for(agreement: Agreement, lead_type: str | None) -> Rules:
    """What holds for a lead of this type; None and unknown types follow the rules for all."""
    follow_up = agreement.follow_up
    own = follow_up.lead_types.get(lead_type or "")
    touches = own.touches if own and own.touches else follow_up.touches
    cadence = own.cadence if own and own.cadence is not None else follow_up.cadence
    return Rules(
        checkpoints=tuple(sorted((_wall(point.by), point.attempts) for point in cadence)),
        owed=_owed(touches),
        gap=own.minimum_gap if own and own.minimum_gap else follow_up.minimum_gap,
        minimum=agreement.handoff.return_after.attempts,
        automated=frozenset(touches.automated or follow_up.touches.automated),
        machines_count=follow_up.automated_email_counts == "depth only",
    )


def attempts_made(cycle: Cycle, rules: Rules) -> list[datetime]:
    """The instants of attempts that count for depth since the lead was handed off, or handed off again."""
    return attempts_that_count(
        chase_of(cycle).events, automated=rules.automated, machines=rules.machines_count
    )


def plan_of(
    rules: Rules,
    cycle: Cycle,
    calendar: Calendar,
    *,
    calling: CallingHours | None = None,
    blocked: frozenset[Channel] = frozenset(),
) -> Plan | None:
    """What is still owed to a lead as known at `cycle.at`; None before it was delivered or once it is over.

    `blocked` are channels that the person did not allow.
    """
    chase = chase_of(cycle)
    if chase.delivered_at is None or chase.ended_at is not None:
        return None
    made, counts = attempts_made(cycle, rules), _counts(cycle, rules)
    channel = _next_channel(counts, blocked)
    return Plan(
        done=len(made),
        steps=_steps(rules, chase.delivered_at, len(made)),
        counts=counts,
        channel=channel,
        earliest_at=earliest(rules, cycle, calendar, calling if channel in LIVE else None)
        if channel
        else None,
        gives_up_after=rules.minimum,
    )


def earliest(rules: Rules, cycle: Cycle, calendar: Calendar, calling: CallingHours | None = None) -> datetime:
    """The first instant from now on at which another attempt would count, in the hours of the team.

    Where those never meet the hours in which the person may be called, the person's hours alone hold.
    """
    after = _after_gap(rules, cycle, calendar)
    if calling is None:
        return _opening(calendar, after)
    instant = after
    for _ in range(_STEPS):
        both = _callable(calling, _opening(calendar, instant))
        if _opening(calendar, both) == both:
            return both
        instant = both
    return _callable(calling, after)


def next_send(rules: Rules, cycle: Cycle, calendar: Calendar) -> Send | None:
    """The next mail that a machine sends while the lead is chased; None where none is agreed or left.

    Those that are owed are spread evenly over the cadence, in working hours, and keep the gap to whatever
    was tried before. What was sent stays counted, so none is sent twice.
    """
    chase = chase_of(cycle)
    if Channel.EMAIL not in rules.automated or not rules.checkpoints or _stands_still(cycle):
        return None
    if chase.delivered_at is None or chase.ended_at is not None:
        return None
    owed, sent = rules.owed.get(Channel.EMAIL, 0), sum(map(_is_sent_by_machine, chase.events))
    if sent >= owed:
        return None
    share = chase.delivered_at + rules.checkpoints[-1][0] * (sent + 1) / (owed + 1)
    return Send(sent + 1, _opening(calendar, max(share, _gap_end(rules, cycle, calendar))))


def track_of(agreement: Agreement, reason: str | None) -> str | None:
    """The nurture track into which a lead goes back for this reason; None where none is agreed (S3.11)."""
    rule = agreement.handoff.return_after
    return rule.reasons.get(reason or "", rule.to)


def _owed(touches: Touches) -> dict[Channel, int]:
    numbers = {
        Channel.CALL: touches.call,
        Channel.VOICEMAIL: touches.voicemail,
        Channel.EMAIL: touches.email,
        Channel.VIDEO: touches.video,
    }
    return {channel: number for channel, number in numbers.items() if number}


def _counts(cycle: Cycle, rules: Rules) -> tuple[Count, ...]:
    done = Counter(
        event.channel
        for event in chase_of(cycle).events
        if is_attempt(event, automated=rules.automated, machines=True)
    )
    return tuple(
        Count(channel, done[channel.value], owed, channel in rules.automated)
        for channel, owed in rules.owed.items()
    )


def _next_channel(counts: tuple[Count, ...], blocked: frozenset[Channel]) -> Channel | None:
    """The channel that lags most behind what is owed; a call where all is done and more attempts are due."""
    by_hand = [one for one in counts if not one.by_machine and one.channel not in blocked]
    lagging = [one for one in by_hand if one.left]
    if lagging:
        return min(lagging, key=lambda one: (Fraction(one.done, one.owed), SPOKEN.index(one.channel))).channel
    others = [channel for channel in (Channel.CALL, Channel.EMAIL) if channel not in blocked]
    return others[0] if others else None


def channel_after(rules: Rules, done: Mapping[str, int], blocked: frozenset[Channel]) -> Channel | None:
    """What to try next where the touches made are counted by channel already, as for a whole queue."""
    counts = (
        Count(channel, done.get(channel.value, 0), owed, channel in rules.automated)
        for channel, owed in rules.owed.items()
    )
    return _next_channel(tuple(counts), blocked)


def suggested_at(last: datetime, due_at: datetime, left: int) -> datetime:
    """When to try again so that the attempts left are spread evenly over the time to a checkpoint."""
    return last + (due_at - last) / (left + 1) if left > 0 and due_at > last else due_at


def _steps(rules: Rules, delivered_at: datetime, done: int) -> tuple[Step, ...]:
    """Every attempt that is still to be made, up to those after which the lead goes back."""
    last = max(rules.minimum, rules.checkpoints[-1][1] if rules.checkpoints else 0)
    return tuple(Step(number, _due(rules, delivered_at, number)) for number in range(done + 1, last + 1))


def _due(rules: Rules, delivered_at: datetime, number: int) -> datetime | None:
    return next((delivered_at + age for age, attempts in rules.checkpoints if attempts >= number), None)


def _after_gap(rules: Rules, cycle: Cycle, calendar: Calendar) -> datetime:
    return max(cycle.at, _gap_end(rules, cycle, calendar))


def _gap_end(rules: Rules, cycle: Cycle, calendar: Calendar) -> datetime:
    """The end of the gap after the last attempt; delivery where there was none, and a named call back."""
    made, end = attempts_made(cycle, rules), chase_of(cycle).delivered_at or cycle.at
    if made:
        clock = clock_for(rules.gap, calendar)
        last = max(made[-1], end)
        end = clock.due(last, clock.budget(rules.gap, last))
    pause = _pause(cycle)
    return max(end, pause.due_at) if pause and pause.due_at else end


def _pause(cycle: Cycle) -> Event | None:
    """The pause that has not been ended; `due_at` is the time that the person named."""
    facts = last_round(cycle).cycle.events
    both = [event for event in facts if event.kind in (Kind.PAUSED, Kind.RESUMED)]
    return both[-1] if both and both[-1].kind is Kind.PAUSED else None


def _stands_still(cycle: Cycle) -> bool:
    """Whether a pause without a named end holds: then nothing goes out by itself."""
    pause = _pause(cycle)
    return pause is not None and pause.due_at is None


def _opening(calendar: Calendar, instant: datetime) -> datetime:
    """The instant itself in working hours, else the next opening."""
    last = calendar.due(instant, _TICK) - _TICK
    return max(instant, last)


def _callable(calling: CallingHours, instant: datetime) -> datetime:
    """The instant itself in calling hours, else when they begin again where the person is."""
    local = instant.astimezone(calling.zone)
    if calling.opens <= local.time() < calling.closes:
        return instant
    day = local.date() + timedelta(days=local.time() >= calling.closes)
    return datetime.combine(day, calling.opens, calling.zone).astimezone(UTC)


def _is_sent_by_machine(event: Event) -> bool:
    return event.kind is Kind.ATTEMPTED and event.channel == Channel.EMAIL and event.side == "machine"


def _wall(length: Duration) -> timedelta:
    """The calendar age of a checkpoint (F13)."""
    return timedelta(microseconds=round(length.seconds * Fraction(1_000_000)))
