"""When the agreed meetings are: from the words under `meetings` to minutes and days (S3.17, S4.8).

People write them as they say them: "09:15 working days, 15 minutes", "Mondays 10:00", "first Tuesday of the
month". What names no minute or no day is a meeting all the same; then None, and whoever asks says a day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from accord.agreement.terms import Agreement, Side
from accord.worktime import Calendar

_DAY = timedelta(days=1)
_MINUTE = re.compile(r"(?<![\d:.])([01]?\d|2[0-3])[:.]([0-5]\d)(?![\d:])")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)(?:days?|sdays?|nesdays?|rsdays?|urdays?|s|r|rs)?\b")
_RANGE = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)\s*[-–]\s*(mon|tue|wed|thu|fri|sat|sun)\b")
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
             "fifth": 5, "5th": 5, "last": -1}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_NTH_WEEKDAY = re.compile(rf"\b({_ORDINAL})\s+(?:{_WEEKDAY.pattern})")
_NTH_WORKING_DAY = re.compile(rf"\b({_ORDINAL})\s+(?:working|business)\s+day")
_NTH_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_LONGEST_BREAK = 62  # days without a meeting that are looked through


@dataclass(frozen=True)
class StandUp:
    """A stand-up at `minute` on the working days of `calendar`, or those of its weekdays that are named."""

    minute: time
    weekdays: frozenset[int]
    calendar: Calendar

    def meets_on(self, on: date) -> bool:
        return self.calendar.is_working_day(on) and (not self.weekdays or on.weekday() in self.weekdays)

    def begins(self, on: date) -> datetime:
        """The instant on a day; a minute that the clocks skip is the one after."""
        return datetime.combine(on, self.minute, self.calendar.zone_on(on)).astimezone(UTC)

    def before(self, on: date) -> date:
        """The last day before `on` with a stand-up: what happened from then to yesterday is new to people."""
        days = (on - _DAY * back for back in range(1, _LONGEST_BREAK))
        return next((day for day in days if self.meets_on(day)), on - _DAY)


def stand_up_of(agreement: Agreement) -> StandUp | None:
    """The agreed stand-up by marketing's calendar, whose days cut every score; None without an hour."""
    meeting = agreement.meetings.get("stand_up")
    found = _MINUTE.search(meeting.when) if meeting else None
    if meeting is None or found is None:
        return None
    named = frozenset(_WEEKDAYS.index(one) for one in _weekdays_named(meeting.when))
    return StandUp(time(int(found[1]), int(found[2])), named, agreement.calendar_of(Side.MARKETING))


def review_on(agreement: Agreement, month: date) -> date | None:
    """The day of the review meeting in the month of a day; None if none is agreed, or on no day."""
    meeting = agreement.meetings.get("review")
    if meeting is None:
        return None
    calendar, words = agreement.calendar_of(Side.MARKETING), meeting.when.lower()
    days = list(_days_of(month))
    if found := _NTH_WEEKDAY.search(words):
        wanted = _WEEKDAYS.index(found[2])
        return _nth([day for day in days if day.weekday() == wanted], found[1])
    if found := _NTH_WORKING_DAY.search(words):
        return _nth([day for day in days if calendar.is_working_day(day)], found[1])
    if found := _NTH_DAY.search(words):
        return days[int(found[1]) - 1] if 1 <= int(found[1]) <= len(days) else None
    return None


def first_working_day(calendar: Calendar, month: date) -> date:
    """The first working day of a month; its first day where it has none."""
    days = list(_days_of(month))
    return next((day for day in days if calendar.is_working_day(day)), days[0])


def working_day_before(calendar: Calendar, on: date) -> date:
    """The last working day before a day; the day before where there is none near."""
    days = (on - _DAY * back for back in range(1, _LONGEST_BREAK))
    return next((day for day in days if calendar.is_working_day(day)), on - _DAY)


def _weekdays_named(words: str) -> Iterator[str]:
    """The weekdays that words name; a range such as mon-thu names those between."""
    words = words.lower()
    for first, last in re.findall(
        r"\b(mon|tue|wed|thu|fri|sat|sun)\s*[-–]\s*(mon|tue|wed|thu|fri|sat|sun)\b", words
    ):
        start, end = _WEEKDAYS.index(first), _WEEKDAYS.index(last)
        yield from (_WEEKDAYS[(start + step) % 7] for step in range((end - start) % 7 + 1))
    yield from (found[1] for found in _WEEKDAY.finditer(words))


def _days_of(month: date) -> Iterator[date]:
    on = month.replace(day=1)
    while on.month == month.month:
        yield on
        on += _DAY


def _nth(days: list[date], ordinal: str) -> date | None:
    number = _ORDINALS[ordinal]
    if number < 0:
        return days[-1] if days else None
    return days[number - 1] if number <= len(days) else None
