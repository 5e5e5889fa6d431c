"""Working time for whole columns of instants, many people at once.

Every row of a `Shifts` is one person's (or one calendar's) working intervals. The rows lie end to end on two
number lines, one of instants and one of work done, each row in a stretch of its own, so that one binary
search answers for all people. Work is counted in microseconds; instants are microseconds since 1970, as
int64.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Micros = npt.NDArray[np.int64]
Intervals = Sequence[tuple[int, int]]

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_STRETCH = 1 << 52  # 142 years: longer than any span a calendar covers, and 1,000 of them fit into 63 bits
MOST_ROWS = 1_000


@dataclass(frozen=True)
class Shifts:
    """Intervals of all rows in order; `starts` on the line of instants, `done` the work before each start."""

    starts: Micros
    lengths: Micros
    done: Micros

    @classmethod
    def of(cls, rows: Sequence[Micros]) -> "Shifts":
        """From arrays of shape (intervals, 2), sorted and disjoint, one a row; a row may be empty."""
        starts, lengths, done = [], [], []
        for row, spans in enumerate(rows):
            base = row * _STRETCH
            length = spans[:, 1] - spans[:, 0]
            # An empty interval opens every row, so that each instant has one at or before it.
            starts.append(np.concatenate(([base], spans[:, 0] + base)))
            lengths.append(np.concatenate(([0], length)))
            done.append(base + np.concatenate(([0, 0], np.cumsum(length)[:-1])) if len(spans) else [base])
        return cls(*(np.concatenate(parts).astype(np.int64) for parts in (starts, lengths, done)))

    def worked(self, row: Micros, at: Micros) -> Micros:
        """Work of the row up to the instant, on the line of work; the difference of two is elapsed."""
        place = row * _STRETCH + at
        index = np.searchsorted(self.starts, place, side="right") - 1
        work: Micros = self.done[index] + np.minimum(place - self.starts[index], self.lengths[index])
        return work

    def reached(self, work: Micros, *, late: bool = False) -> Micros:
        """The first instant at which so much work is done, or with `late` the last; the inverse of `worked`.

        Past the end of a row's intervals, work goes on around the clock.
        """
        row = work // _STRETCH
        index = np.searchsorted(self.done, work, side="right" if late else "left") - 1
        index = np.maximum(index, np.searchsorted(self.starts, row * _STRETCH))
        return self.starts[index] + (work - self.done[index]) - row * _STRETCH

    def opening(self, row: Micros, at: Micros) -> Micros:
        """The instant itself where the row works at it, else when it next does."""
        return np.maximum(at, self.reached(self.worked(row, at), late=True))

    def closed(self, row: Micros, at: Micros) -> npt.NDArray[np.bool_]:
        """Whether the row does not work at the instant."""
        place = row * _STRETCH + at
        index = np.searchsorted(self.starts, place, side="right") - 1
        return place - self.starts[index] >= self.lengths[index]

    def between(self, row: Micros, low: Micros, high: Micros, share: npt.NDArray[np.float64]) -> Micros:
        """The instant at that share of the row's work between two instants; of the time, if there is none."""
        high = np.maximum(low, high)
        begin = self.worked(row, low)
        work = self.worked(row, high) - begin
        inside = self.reached(begin + (share * work).astype(np.int64), late=True)
        anyhow = low + (share * (high - low)).astype(np.int64)
        return np.where(work > 0, np.clip(inside, low, high), anyhow)


def without(spans: Micros, away: Intervals) -> Micros:
    """The intervals less those that begin inside a stretch of absence (from included, to excluded)."""
    keep = np.ones(len(spans), dtype=np.bool_)
    for start, end in away:
        keep &= (spans[:, 0] < start) | (spans[:, 0] >= end)
    return spans[keep]
