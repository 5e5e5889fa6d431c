"""Rows of CSV answered one by one: what `accord elapsed` and `accord due` do with their standard input.

A row that cannot be answered is kept with an empty answer and reported; the others are answered all the same.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import chain
from typing import TextIO

from accord.errors import InputError, Problem, SourceUnreadable, TimeError
from accord.worktime.calendar import Calendar
from accord.worktime.duration import Duration, Unit
from accord.worktime.wall import clock_for
from accord.worktime.zones import MICROSECOND, microseconds

INPUT = "standard input"
_FROM = ("from", "start")
_TO = ("to", "stop", "end")
_BUDGET = ("budget",)
_FRACTION = re.compile(r"[.,](\d+)")
_NOT_UTF_8 = "holds bytes that are no UTF-8; save it as CSV in UTF-8"
_UNDECODED = re.compile("[\udc80-\udcff]")  # how a byte that is no UTF-8 reaches us from standard input
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)

Answer = Callable[[str, str], str]
_Wanted = tuple[tuple[str, ...], tuple[str, ...]]  # the names that each of the two columns may go by


def elapsed_rows(calendar: Calendar, reader: TextIO, writer: TextIO) -> list[Problem]:
    """Copies CSV rows with columns `from` and `to` and appends `elapsed_seconds`, an exact decimal.

    The first line names the columns, in any order and among others; `start` is read for `from`, `stop` or
    `end` for `to`. Without names the first two columns are taken, if their first values are of that kind.
    Returns the rows that could not be answered; SourceUnreadable where a column is missing, or all of it.
    """

    def answer(start: str, end: str) -> str:
        return seconds_text(calendar.elapsed(parse_instant(start), parse_instant(end)))

    return _answer(reader, writer, (_FROM, _TO), "elapsed_seconds", answer)


def due_rows(calendar: Calendar, reader: TextIO, writer: TextIO) -> list[Problem]:
    """Copies CSV rows with columns `from` and `budget` and appends `due`, in UTC with `from`'s decimals.

    A budget is a duration (`4 h`, `60 min`, `2 d`, `1 d wall`) or a number of seconds. All else is as for
    `elapsed_rows`.
    """

    def answer(start: str, budget: str) -> str:
        at, duration = parse_instant(start), parse_budget(budget)
        clock = clock_for(duration, calendar)
        return instant_text(clock.due(at, clock.budget(duration, at)), like=start)

    return _answer(reader, writer, (_FROM, _BUDGET), "due", answer)


def parse_instant(text: str) -> datetime:
    """An ISO instant with Z or an offset; decimals beyond microseconds are dropped. InputError, NaiveTime."""
    try:
        at = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        raise InputError(f"{text!r} is no instant; write it as 2026-03-31T17:00:00Z") from None
    microseconds(at)  # refuses one without a zone, or beyond what calendars cover
    return at


def parse_budget(text: str) -> Duration:
    """A duration, or a bare number of seconds."""
    if _SECONDS.fullmatch(text.strip()):
        return Duration(Fraction(text.strip()), Unit.SECOND)
    return Duration.parse(text)


def seconds_text(length: timedelta) -> str:
    """Seconds as exact decimal text without needless digits: `6005.205`, `0`."""
    seconds, rest = divmod(length // MICROSECOND, 1_000_000)
    return f"{seconds}.{rest:06}".rstrip("0") if rest else str(seconds)


def instant_text(at: datetime, like: str = "") -> str:
    """A UTC instant in ISO with Z and 0, 3 or 6 decimals: as few as it needs and the text `like` shows."""
    shown = _FRACTION.search(like)
    digits = max(len(shown[1]) if shown else 0, 6 if at.microsecond % 1000 else 3 if at.microsecond else 0)
    spec = "seconds" if digits == 0 else "milliseconds" if digits <= 3 else "microseconds"
    return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


@dataclass(frozen=True)
class _Layout:
    """Where the two cells of a row stand, what they are called, and how many cells a row has."""

    places: tuple[int, int]
    names: tuple[str, str]
    width: int

    @classmethod
    def of(cls, first: list[str], wanted: _Wanted) -> "_Layout | None":
        """The layout that a first line names; None if it lacks one of the two columns."""
        header = [name.strip().lower() for name in first]
        found = [next((name for name in names if name in header), None) for names in wanted]
        if found[0] is None or found[1] is None:
            return None
        twice = next((name for name in found if header.count(name or "") > 1), None)
        if twice is not None:
            raise SourceUnreadable(f"{INPUT} has two columns {twice!r}; rename one")
        return cls((header.index(found[0]), header.index(found[1])), (found[0], found[1]), len(first))

    def answer(self, row: list[str], answer: Answer) -> str:
        """The answer to one row; InputError if it has none."""
        if len(row) != self.width:
            count = "1 cell" if len(row) == 1 else f"{len(row)} cells"
            raise InputError(f"has {count} where the first line has {self.width}; mend the row")
        cells = [row[place] for place in self.places]
        for name, cell in zip(self.names, cells, strict=True):
            if not cell.strip():
                raise InputError(f"`{name}` is empty; fill it in")
            if _UNDECODED.search(cell):
                raise InputError(f"`{name}` holds bytes that are no UTF-8; save the rows as UTF-8")
        return answer(*cells)


def _answer(reader: TextIO, writer: TextIO, wanted: _Wanted, adds: str, answer: Answer) -> list[Problem]:
    start = _first_line(reader)
    delimiter = max(",;\t", key=start.count)
    out = csv.writer(writer, delimiter=delimiter, lineterminator="\n")
    lines = _lines(chain([start], reader), delimiter)
    layout, problems = None, list[Problem]()
    for line, row in lines:
        if layout is None:
            layout = _Layout.of(row, wanted)
            if layout is not None:
                out.writerow([*row, adds])
                continue
            layout = _without_names(row, wanted, answer)
        try:
            said = layout.answer(row, answer)
        except InputError as error:
            said = ""
            problems.append(Problem(INPUT, line, "", str(error)))
        out.writerow([*row, *[""] * (layout.width - len(row)), said])
    if layout is None:
        raise SourceUnreadable(f"{INPUT} is empty; {_asked(wanted)}")
    return problems


def _first_line(reader: TextIO) -> str:
    try:
        return reader.readline().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _no_csv(1, error) from None


def _lines(text: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of its first line."""
    rows, line = csv.reader(text, delimiter=delimiter), 1
    try:
        for row in rows:
            if row:
                yield line, row
            line = rows.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        raise _no_csv(line, error) from None


def _no_csv(line: int, error: Exception) -> SourceUnreadable:
    if isinstance(error, UnicodeDecodeError):
        return SourceUnreadable(f"{INPUT}:{line}: {_NOT_UTF_8}")
    return SourceUnreadable(f"{INPUT}:{line}: is no CSV ({error}); save it as such")


def _without_names(row: list[str], wanted: _Wanted, answer: Answer) -> _Layout:
    """The first two columns, if the first line answers like a row; SourceUnreadable if names are missing."""
    layout = _Layout((0, 1), (wanted[0][0], wanted[1][0]), len(row))
    try:
        if len(row) > 1 and layout.answer(row, answer):
            return layout
    except TimeError:  # such as a wrong order: they are instants
        return layout
    except InputError:
        pass
    header = {name.strip().lower() for name in row}
    missing = next(names[0] for names in wanted if not header.intersection(names))
    if _UNDECODED.search("".join(row)):
        raise SourceUnreadable(f"{INPUT}:1: {_NOT_UTF_8}")
    there = ", ".join(map(repr, row))
    raise SourceUnreadable(f"{INPUT} has no column {missing!r} but {there}; {_asked(wanted)}")


def _asked(wanted: _Wanted) -> str:
    return f"give CSV whose first line names the columns {' and '.join(names[0] for names in wanted)}"
