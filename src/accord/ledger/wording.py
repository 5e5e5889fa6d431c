"""How instants, lengths and lists are put in words: one way, so that every explanation reads alike."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from accord.agreement.terms import Agreement
from accord.worktime import Calendar

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def day(on: date) -> str:
    """`Fri 13 Mar 2026`, the same in every locale."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


def instant(at: datetime, zone: ZoneInfo) -> str:
    """`Fri 13 Mar 2026, 16:30` by the clock of the zone; seconds only where there are some."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"
    return f"{day(local.date())}, {clock}"


def wall(span: timedelta) -> str:
    """`2 d 17 h`, `41 min`, `12 s`: the two largest units, the smaller rounded down.

    From an hour on the minute is the nearest one first, as in every table (`report.format.length`).
    """
    parts = [("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", timedelta(seconds=1))]
    return _largest(span, parts)


def working(span: timedelta) -> str:
    """`1 h 30 min of working time`; never in days, for a working day is as long as its calendar makes it."""
    parts = [("h", _HOUR), ("min", _MINUTE), ("s", timedelta(seconds=1))]
    return f"{_largest(span, parts)} of working time"


def _largest(span: timedelta, parts: list[tuple[str, timedelta]]) -> str:
    if span >= _HOUR:  # no seconds are told then: to the nearest minute, as tables have it
        span = (span + _MINUTE / 2) // _MINUTE * _MINUTE
    said: list[str] = []
    for name, unit in parts:
        count, span = divmod(span, unit)
        if count:
            said.append(f"{count} {name}")
        elif said:
            break  # nothing of the unit below: 2 d, not 2 d 5 s
        if len(said) == 2:
            break
    return " ".join(said) or ("under 1 s" if span else "no time")


def hours(calendar: Calendar, on: date) -> str:
    """The usual week in force on a day: `Mon-Fri 09:00-12:30, 13:30-18:00`."""
    week = enumerate(calendar.rules_on(on).week)
    said = []
    for windows, days in groupby(week, key=lambda pair: pair[1]):
        if windows:
            names = [WEEKDAYS[number] for number, _ in days]
            span = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
            said.append(f"{span} {', '.join(f'{_clock(a)}-{_clock(b)}' for a, b in windows)}")
    return "; ".join(said)


def _clock(minute: int) -> str:
    return "24:00" if minute == 24 * 60 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def days_off(calendar: Calendar, start: date, end: date) -> str:
    """Days from the first to the last on which nobody works, the named ones by name; empty if there are
    none.
    """
    between = [start + n * _DAY for n in range((end - start).days + 1)]
    off = [on for on in between if not calendar.is_working_day(on)]
    named = [(on, calendar.day_off_name(on)) for on in off]
    said = [f"{day(on)} ({name})" for on, name in named if name]
    plain = [on for on, name in named if not name]
    if len(plain) > 4:
        said.append(f"{len(plain)} other days without working hours")
    else:
        said += [day(on) for on in plain]
    return listed(said)


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    held = list(items)
    return " and ".join([", ".join(held[:-1]), held[-1]]) if len(held) > 1 else "".join(held)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(key: str) -> str:
    """A key as words: `no_budget` is `no budget`. A text with a space is no key and stays as it is."""
    return key if " " in key else key.replace("_", " ").strip() or key


def person(who: str, agreement: Agreement) -> str:
    """The name of somebody whom the log calls by key or e-mail address; else what the log says."""
    entry = agreement.people.get(who) or next(
        (each for each in agreement.people.values() if (each.email or "").casefold() == who.casefold()), None
    )
    return (entry.name if entry else None) or who
