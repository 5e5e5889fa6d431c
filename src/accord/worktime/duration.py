"""Lengths of time as people write them: `60 min`, `24 h`, `2 d`, `3 d wall`, `1 month`."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from accord.errors import InputError


class Unit(StrEnum):
    SECOND = "s"
    MINUTE = "min"
    HOUR = "h"
    DAY = "d"  # on a working clock: one usual working day of the calendar; on a wall clock: 24 hours
    WEEK = "w"  # seven days of a wall clock, five usual working days of a working clock
    MONTH = "month"  # a calendar month; never a clock


_SPELLINGS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), Unit.SECOND),
    **dict.fromkeys(("min", "m", "minute", "minutes"), Unit.MINUTE),
    **dict.fromkeys(("h", "hour", "hours"), Unit.HOUR),
    **dict.fromkeys(("d", "day", "days"), Unit.DAY),
    **dict.fromkeys(("w", "week", "weeks"), Unit.WEEK),
    **dict.fromkeys(("month", "months"), Unit.MONTH),
}
_SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600, Unit.DAY: 86_400, Unit.WEEK: 604_800}
_TEXT = re.compile(r"(?P<count>\d{1,9}(?:\.\d{1,6})?)\s*(?P<unit>[a-z]+)(?:\s+(?P<wall>wall))?", re.ASCII)
FORM = (
    "a number and a unit out of s, min, h, d, w, month, such as `60 min` or `2 d`; add `wall` for wall time"
)


@dataclass(frozen=True)
class Duration:
    """`count` of `unit`; working time unless `wall`."""

    count: Fraction
    unit: Unit
    wall: bool = False

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The duration that `text` says; InputError if it says none."""
        match = _TEXT.fullmatch(text.strip())
        if match is None or match["unit"] not in _SPELLINGS:
            raise InputError(f"{text!r} is no duration; write {FORM}")
        return cls(Fraction(match["count"]), _SPELLINGS[match["unit"]], wall=bool(match["wall"]))

    @property
    def seconds(self) -> Fraction:
        """Length on a wall clock, in seconds; InputError for months, whose length varies."""
        if self.unit is Unit.MONTH:
            raise InputError(f"{self} has no fixed length; write it in days")
        return self.count * _SECONDS[self.unit]

    def __str__(self) -> str:
        number = f"{Decimal(self.count.numerator) / Decimal(self.count.denominator):f}"
        plural = "s" if self.unit is Unit.MONTH and self.count != 1 else ""
        return f"{number} {self.unit}{plural}{' wall' if self.wall else ''}"
