"""When somebody may be told: in their own hours, outside the agreement's quiet hours and their own (8.6)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from accord.errors import AccordError, CalendarInvalid
from accord.worktime import Calendar
from accord.worktime.weekly import DAY, Window, parse_window

_INSTANT = timedelta(microseconds=1)
_ROUNDS = 14  # from quiet hours into closed hours and back: a fortnight of that, and they never agree


@dataclass(frozen=True)
class Hours:
    """When one recipient is told. Without a calendar every hour is theirs; `quiet` are hours of the day."""

    zone: ZoneInfo
    calendar: Calendar | None = None
    quiet: tuple[str, ...] = ()

    def opening(self, at: datetime) -> datetime:
        """The first instant from `at` on at which the recipient may be told.

        Where quiet hours and working hours leave nothing open, the end of quiet hours: late is better than
        never.
        """
        for _ in range(_ROUNDS):
            spoken = self._after_quiet(at)
            opened = self._at_work(spoken)
            if opened == at:
                return at
            at = opened
        return self._after_quiet(at)

    def _after_quiet(self, at: datetime) -> datetime:
        for _ in range(len(self.quiet) * 2):  # the end of one may lie in the other
            ends = [end for text in self.quiet if (end := _quiet_until(text, self.zone, at)) is not None]
            if not ends:
                break
            at = max(ends)
        return at

    def _at_work(self, at: datetime) -> datetime:
        if self.calendar is None:
            return at
        try:
            return self.calendar.due(at, _INSTANT) - _INSTANT
        except AccordError:  # a calendar that has ended: no hour of it is left to wait for
            return at


def _quiet_until(text: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the quiet hours around an instant end; None outside of them."""
    window = _window(text)
    if window is None:
        return None
    today = at.astimezone(zone).date()
    for on in (today - timedelta(days=1), today):
        start, end = (_local(on, minutes, zone) for minutes in window)
        if start <= at < end:
            return end
    return None


@lru_cache(maxsize=256)
def _window(text: str) -> Window | None:
    try:
        return parse_window(text)
    except CalendarInvalid:
        return None


def _local(on: date, minutes: int, zone: ZoneInfo) -> datetime:
    day, minutes = on + timedelta(days=minutes // DAY), minutes % DAY
    local = datetime(on.year, on.month, on.day, tzinfo=zone).replace(
        year=day.year, month=day.month, day=day.day, hour=minutes // 60, minute=minutes % 60
    )
    return local.astimezone(UTC)
