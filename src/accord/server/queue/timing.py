"""How much time is left, in the working time of whoever owes it, so that a page can count it down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accord.agreement.terms import Agreement
from accord.lead.cadence import Rules, rules_for
from accord.lead.calling import may_ring, rings_again
from accord.promises.duties import ROUND, DutyKind
from accord.worktime import WALL, Clock

_ZERO = timedelta()


@dataclass(frozen=True)
class Left:
    """Time until something is due on its own clock; below zero it is over.

    `runs` is for how long that clock goes on now, zero while it stands still: so long a page counts on.
    """

    due_at: datetime
    span: timedelta
    runs: timedelta
    wall: bool = False  # of all time, which has days; working time has none of one length

    @property
    def over(self) -> bool:
        return self.span < _ZERO


@dataclass(frozen=True)
class There:
    """The prospect's clock; `again_at` is when a phone may ring there, `at` itself if it may now."""

    local: datetime
    zone: str
    may_call: bool
    again_at: datetime


def there(zone: str, at: datetime) -> There | None:
    """What time it is where somebody is, and whether one may call; None where their zone is not known."""
    clock = _zone(zone)
    if clock is None:
        return None
    return There(at.astimezone(clock), zone, may_ring(at, clock), rings_again(at, clock))


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def left(clock: Clock, due_at: datetime, at: datetime, runs: timedelta, *, wall: bool = False) -> Left:
    """What is left at `at` of the time until `due_at`."""
    span = clock.elapsed(at, due_at) if due_at >= at else -clock.elapsed(due_at, at)
    if due_at < at and span == _ZERO:
        span = timedelta(seconds=-1)  # over in time that nobody works: over all the same
    return Left(due_at, span, runs, wall)


class Clocks:
    """The clocks of one reading at one instant: each is looked up once, however many leads it serves."""

    def __init__(self, agreement: Agreement, at: datetime) -> None:
        self.agreement, self.at = agreement, at
        self._runs: dict[str, timedelta] = {}
        self._rules: dict[str, Rules] = {}
        self._works: dict[tuple[str, datetime], bool] = {}

    def rules(self, lead_type: str) -> Rules:
        """What the cadence asks for leads of this type."""
        if lead_type not in self._rules:
            self._rules[lead_type] = rules_for(self.agreement, lead_type)
        return self._rules[lead_type]

    def step(self, kind: str, number: int, lead_type: str) -> tuple[timedelta, int] | None:
        """Of a checkpoint: the age of the lead, and how many attempts are made by then."""
        points, step = self.rules(lead_type).checkpoints, number % ROUND
        known = kind == DutyKind.CHECKPOINT and 0 < step <= len(points)
        return points[step - 1] if known else None

    def left(self, kind: str, calendar: str, lead_type: str, due_at: datetime) -> Left:
        """What is left of a duty, by the clock that it is judged on."""
        if self._on_wall(kind, lead_type) or calendar not in self.agreement.calendars:
            return left(WALL, due_at, self.at, timedelta(days=1), wall=True)
        return left(self.agreement.calendar(calendar), due_at, self.at, self._running(calendar))

    def works_until(self, calendar: str, until: datetime) -> bool:
        """Whether anybody works by this calendar between now and then; always, where none is named."""
        if (calendar, until) not in self._works:
            known = until > self.at and calendar in self.agreement.calendars
            worked = self.agreement.calendar(calendar).elapsed(self.at, until) if known else None
            self._works[calendar, until] = worked is None or worked > _ZERO
        return self._works[calendar, until]

    def _on_wall(self, kind: str, lead_type: str) -> bool:
        """Ages of leads and words given to a prospect are in days of the calendar; the rest is as agreed."""
        if kind == DutyKind.FIRST_TOUCH:
            return self.agreement.first_touch(lead_type).wall
        if kind == DutyKind.DECIDED:
            return self.agreement.handoff.accept_within.wall
        if kind == DutyKind.FEEDBACK:
            return self.agreement.handoff.feedback_within.wall
        return True

    def _running(self, calendar: str) -> timedelta:
        """How long the calendar's working time goes on from now; zero outside of it."""
        if calendar not in self._runs:
            self._runs[calendar] = _running(self.agreement, calendar, self.at)
        return self._runs[calendar]


def _running(agreement: Agreement, name: str, at: datetime) -> timedelta:
    calendar = agreement.calendar(name)
    today = at.astimezone(calendar.zone_on(at.date())).date()
    for day in (today, today - timedelta(days=1)):
        for start, end in calendar.hours_on(day):
            if start <= at < end:
                return end - at
    return _ZERO
