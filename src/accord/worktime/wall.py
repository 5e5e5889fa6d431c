"""Wall time as a clock like any calendar: every instant counts, days are UTC days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accord.errors import BudgetUnreachable, TimeError, WrongOrder
from accord.worktime.calendar import Calendar
from accord.worktime.duration import Duration
from accord.worktime.zones import EPOCH, FIRST_DAY, LAST_DAY, MICROSECOND, instant, length, microseconds

_UTC = ZoneInfo("UTC")


class Clock(Protocol):
    """What can count time: a working calendar, or the clock on the wall. `Calendar` documents each."""

    @property
    def name(self) -> str: ...
    def elapsed(self, start: datetime, end: datetime) -> timedelta: ...
    def due(self, start: datetime, budget: timedelta) -> datetime: ...
    def budget(self, duration: Duration, at: datetime) -> timedelta: ...
    def is_working_day(self, on: date) -> bool: ...
    def working_days(self, from_on: date, to_on: date) -> int: ...
    def zone_on(self, on: date) -> ZoneInfo: ...
    def day_off_name(self, on: date) -> str | None: ...
    def hours_on(self, on: date) -> list[tuple[datetime, datetime]]: ...


@dataclass(frozen=True)
class WallClock:
    """All time counts: a day is 24 hours, a week seven days. Same errors as a calendar."""

    name: str = "wall"

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        a, b = microseconds(start), microseconds(end)
        if b < a:
            raise WrongOrder(
                f"{end.isoformat()} is before {start.isoformat()}; give the earlier instant first"
            )
        return (b - a) * MICROSECOND

    def due(self, start: datetime, budget: timedelta) -> datetime:
        at = microseconds(start)
        if budget < timedelta():
            raise WrongOrder(f"a budget of {budget} is negative; give time that lies ahead")
        beyond = (LAST_DAY - EPOCH.date() + timedelta(days=1)) // MICROSECOND
        if at + budget // MICROSECOND > beyond:
            raise BudgetUnreachable(f"{budget} from {start.isoformat()} is after {LAST_DAY}; ask for less")
        return instant(at + budget // MICROSECOND)

    def budget(self, duration: Duration, at: datetime) -> timedelta:
        """The length of any duration but months, read as wall time whether it says so or not."""
        microseconds(at)
        return length(duration.seconds * 1_000_000)

    def is_working_day(self, on: date) -> bool:  # noqa: ARG002 every day is
        return True

    def working_days(self, from_on: date, to_on: date) -> int:
        if to_on < from_on:
            raise WrongOrder(f"{to_on} is before {from_on}; give the earlier day first")
        if from_on < FIRST_DAY or to_on > LAST_DAY:
            raise TimeError(
                f"{from_on} to {to_on} is not within {FIRST_DAY} to {LAST_DAY}, which a calendar covers"
            )
        return (to_on - from_on).days + 1

    def zone_on(self, on: date) -> ZoneInfo:  # noqa: ARG002 always the same
        return _UTC

    def day_off_name(self, on: date) -> str | None:  # noqa: ARG002 none is off
        return None

    def hours_on(self, on: date) -> list[tuple[datetime, datetime]]:
        midnight = datetime(on.year, on.month, on.day, tzinfo=_UTC)
        return [(midnight, midnight + timedelta(days=1))]


WALL = WallClock()


def clock_for(duration: Duration, calendar: Calendar) -> Calendar | WallClock:
    """The clock a duration is counted on: the calendar, or the wall's where it says `wall`."""
    return WALL if duration.wall else calendar
