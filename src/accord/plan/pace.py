"""Where a count or a value stands against its goal line (S0.34, S4.26, S4.27, DOMAIN 5.4 and 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from accord.plan.periods import Line
from accord.plan.rounding import Exact, exact

BAND = Fraction(1, 10)  # tolerated to either side where a promise says nothing else (S4.26)


class Band(StrEnum):
    UNDER = "under"  # below what is tolerated
    WITHIN = "within"  # at most the band away, the bounds themselves included
    OVER = "over"  # above what is tolerated: also a deviation, since reps drown (S4.27)


def band_bounds(due: Exact, band: Exact = BAND) -> tuple[Fraction, Fraction]:
    """The least and the most that is tolerated, both included: 3,900 ± 10 % is 3,510 to 4,290 (F18)."""
    return exact(due) * (1 - exact(band)), exact(due) * (1 + exact(band))


def band_state(actual: Exact, due: Exact, band: Exact = BAND) -> Band:
    """Under, within or over what is due."""
    least, most = band_bounds(due, band)
    if exact(actual) < least:
        return Band.UNDER
    return Band.OVER if exact(actual) > most else Band.WITHIN


@dataclass(frozen=True)
class Pace:
    """How things stand after a day. Counts and money are exact, shares are fractions of one."""

    on: date
    actual: Fraction
    line: Fraction  # due by the end of that day
    goal: Fraction  # due by the end of the line
    days_done: int
    days_left: int
    band: Fraction

    @property
    def gap(self) -> Fraction:
        """Actual − line: negative is behind."""
        return self.actual - self.line

    @property
    def of_pace(self) -> Fraction | None:
        """Actual ÷ line; None while nothing is due."""
        return self.actual / self.line if self.line else None

    @property
    def needed_per_day(self) -> Fraction | None:
        """What each day left must bring to reach the goal; 0 once it is reached, None after the last day."""
        return max(self.goal - self.actual, Fraction(0)) / self.days_left if self.days_left else None

    @property
    def projection(self) -> Fraction | None:
        """Where the mean day so far would lead by the end of the line; None before its first day is over."""
        return self.actual * (self.days_done + self.days_left) / self.days_done if self.days_done else None

    @property
    def deviation(self) -> Fraction | None:
        """Projection ÷ goal − 1: −0.1026 is 10.26 % short; None without projection or goal."""
        return None if self.projection is None or not self.goal else self.projection / self.goal - 1

    @property
    def state(self) -> Band | None:
        """Against the line of that day; None while nothing is due."""
        return band_state(self.actual, self.line, self.band) if self.line else None


def pace(line: Line, on: date, actual: Exact, band: Exact = BAND) -> Pace:
    """The pace figures after day `on`, when `actual` is what came in since the line began (F8).

    A day before the line has none of its days done; after its last day all are. A day that is not over yet
    is "so far": the line asks for all of it already.
    """
    done = line.done(on)
    return Pace(on, exact(actual), line.at(on), line.goal, done, line.length - done, exact(band))


@dataclass(frozen=True)
class Flow:
    """How evenly things came in. An early flood and a late one both hurt, though the month's end looks the
    same (5.4).
    """

    judged: int  # days on which something was due
    under: int  # of those, days that ended below the band
    over: int  # and above it
    largest_gap: Fraction | None  # actual − line, of the day farthest from the line; None if none was judged
    largest_gap_on: date | None  # the first such day

    @property
    def outside(self) -> int:
        """Days outside the band, to either side."""
        return self.under + self.over


def flow(line: Line, daily: Mapping[date, Exact], through: date, band: Exact = BAND) -> Flow:
    """Each day's running total against the line, from its first day through `through`.

    `daily` is what came in on each day; a day that is absent brought nothing, and days outside the line are
    left out. Days before the line first asks for something (a weekend at its start) are not judged.
    """
    total, states, gaps = Fraction(0), [], []
    for day, due in zip(line.days, line.values, strict=True):
        if day > through:
            break
        total += exact(daily.get(day, 0))
        if due:
            states.append(band_state(total, due, band))
            gaps.append((total - due, day))
    largest = max(gaps, key=lambda gap: abs(gap[0]), default=(None, None))
    return Flow(len(states), states.count(Band.UNDER), states.count(Band.OVER), *largest)
