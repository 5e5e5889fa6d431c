"""A year of working time as disjoint UTC intervals, and the two questions asked of it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import accumulate

from accord.worktime.zones import EPOCH, MICROSECOND

Interval = tuple[int, int]  # (start, end) in microseconds from 1970, end excluded


class Year:
    """Working intervals within one UTC year, in order and disjoint. Microseconds throughout."""

    __slots__ = ("_ends", "_starts", "_sums", "intervals", "total")

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self.intervals = tuple(intervals)
        self._starts = [start for start, _ in self.intervals]
        self._ends = [end for _, end in self.intervals]
        self._sums = list(accumulate(end - start for start, end in self.intervals))
        self.total = self._sums[-1] if self._sums else 0

    def worked(self, at: int) -> int:
        """Working time from the year's start to an instant in it."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return self._sums[index] - max(self._ends[index] - at, 0)

    def reached(self, amount: int) -> int:
        """The earliest instant at which `worked` is `amount`, for 0 < amount <= total."""
        index = bisect_left(self._sums, amount)
        return self._ends[index] - (self._sums[index] - amount)


def year_of(year: int, spans: Iterable[Interval]) -> Year:
    """The part of the spans that lies in a UTC year; overlaps count once, what has no length is gone."""
    first, beyond = _start_of(year), _start_of(year + 1)
    merged: list[Interval] = []
    for start, end in sorted((max(a, first), min(b, beyond)) for a, b in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return Year(merged)


def _start_of(year: int) -> int:
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
