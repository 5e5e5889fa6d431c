"""Weekly hours as people write them: `mon-fri: 09:00-12:30, 13:30-18:00`, `fri: 22:00-06:00`.

A window is a pair of minutes after midnight of the day it starts on. One that ends before its start runs over
midnight and still belongs to that day: if the day is closed, none of it runs.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from accord.errors import CalendarInvalid

Window = tuple[int, int]  # (start, end) in minutes after local midnight; the end may lie on the next day
Windows = tuple[Window, ...]
Week = tuple[Windows, Windows, Windows, Windows, Windows, Windows, Windows]  # Monday first

DAY = 24 * 60
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = tuple(name[:3] for name in _NAMES)
_NUMBER = {**{name: i for i, name in enumerate(_NAMES)}, **{name: i for i, name in enumerate(_SHORT)}}
_CLOCK = r"(\d{1,2}):(\d{2})"
_WINDOW = re.compile(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)


def parse_time(text: str) -> int:
    """`13:00` as minutes after midnight, up to `24:00`; CalendarInvalid if it is no time of day."""
    match = _TIME.fullmatch(str(text).strip())
    if match is None or not _in_day(minutes := int(match[1]) * 60 + int(match[2]), int(match[2])):
        raise CalendarInvalid(f"{text!r} is no time of day; write it from 00:00 to 24:00, such as 13:00")
    return minutes


def _in_day(minutes: int, past_hour: int) -> bool:
    return past_hour < 60 and minutes <= DAY


def parse_window(text: str) -> Window:
    """`09:00-17:00` as (540, 1020), `22:00-06:00` as (1320, 1800); CalendarInvalid if it is no window."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise CalendarInvalid(f"{text!r} are no hours; write them as 09:00-17:00")
    start, end = parse_time(f"{match[1]}:{match[2]}"), parse_time(f"{match[3]}:{match[4]}")
    if start == DAY:
        raise CalendarInvalid(f"{text!r} starts at 24:00; write 00:00 on the next day")
    if start == end:
        raise CalendarInvalid(f"{text!r} has no length; write 00:00-24:00 for a whole day")
    return start, end if end > start else end + DAY


def parse_windows(texts: Iterable[str]) -> Windows:
    """The windows of one day, in order; CalendarInvalid where one overlaps or precedes the one before it.

    None at all is a closed day. One text may hold several windows, parted by commas.
    """
    windows = tuple(parse_window(part) for text in texts for part in str(text).split(","))
    for (_, earlier_end), (start, end) in pairwise(windows):
        if start < earlier_end:
            raise CalendarInvalid(
                f"{show_window((start, end))} begins before the window ahead of it has ended; "
                "write the windows of a day in order and without overlap"
            )
    return windows


def parse_weekdays(text: str) -> tuple[int, ...]:
    """`mon-fri`, `sat`, `sun-thu` (over the weekend) or `mon, wed` as weekday numbers, Monday = 0."""
    days: list[int] = []
    for part in str(text).split(","):
        ends = [name.strip().lower() for name in re.split(r"[-–]", part)]
        if not 1 <= len(ends) <= 2 or any(name not in _NUMBER for name in ends):
            raise CalendarInvalid(
                f"{text!r} are no weekdays; write {', '.join(_SHORT)}, or a range such as mon-fri or sun-thu"
            )
        first, last = _NUMBER[ends[0]], _NUMBER[ends[-1]]
        days.extend((first + i) % 7 for i in range((last - first) % 7 + 1))
    return tuple(days)


def parse_week(hours: Mapping[str, Iterable[str]]) -> Week:
    """The week's hours; days that are not named are closed.

    CalendarInvalid for a day named twice, or a night window that runs into the next day's hours.
    """
    week: dict[int, Windows] = {}
    for days, texts in hours.items():
        windows = parse_windows(texts)
        for day in parse_weekdays(days):
            if day in week:
                raise CalendarInvalid(
                    f"{days!r} names {_SHORT[day]}, whose hours were said before; say each day once"
                )
            week[day] = windows
    for day, windows in week.items():
        after = week.get((day + 1) % 7, ())
        if windows and after and windows[-1][1] - DAY > after[0][0]:
            raise CalendarInvalid(
                f"{show_window(windows[-1])} of {_SHORT[day]} runs into {show_window(after[0])} of "
                f"{_SHORT[(day + 1) % 7]}; end it earlier"
            )
    return tuple(week.get(day, ()) for day in range(7))  # type: ignore[return-value]  # seven by range(7)


def minutes_of(windows: Windows) -> int:
    return sum(end - start for start, end in windows)


def until(windows: Windows, end_of_work: int) -> Windows:
    """What is left of a day's windows when work ends at that minute."""
    return tuple((start, min(end, end_of_work)) for start, end in windows if start < end_of_work)


def show_window(window: Window) -> str:
    """The text of a window, the inverse of `parse_window`."""
    start, end = window
    end = end - DAY if end > DAY else end
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
