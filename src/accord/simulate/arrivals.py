"""When leads are handed to sales: by hour and weekday of marketing's own clock, over the agreement's term.

An hour inside working time weighs 1, an hour between 7 and 22 outside it 0.35 (0.2 on a day off), a night
hour 0.05. A few campaigns of two days each, drawn from the seed, treble what arrives: they are what fills the
queues.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.simulate.people import intervals
from accord.simulate.shifts import DAY, HOUR, Micros, Shifts
from accord.worktime import Calendar

WORKING, WAKING, DAY_OFF, NIGHT = 1.0, 0.35, 0.2, 0.05
CAMPAIGN = 3.0
HOURS_A_DAY = 24


@dataclass(frozen=True)
class Arrivals:
    """How many leads arrive in each hour from `origin` (microseconds since 1970, a local midnight)."""

    origin: int
    counts: npt.NDArray[np.int64]
    friday: npt.NDArray[np.bool_]  # whether the hour lies on a Friday of the local calendar

    def hours(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """The hours, by number, in which the leads numbered from `first` up to before `last` arrive."""
        before = np.concatenate(([0], np.cumsum(self.counts)))
        return np.searchsorted(before, np.arange(first, last), side="right") - 1

    def instants(self, hours: npt.NDArray[np.int64], rng: np.random.Generator) -> Micros:
        """Instants in those hours, in order; to the second, as such systems note them."""
        seconds = rng.integers(0, 3600, size=len(hours))
        return np.sort(self.origin + hours * HOUR + seconds * 1_000_000)

    def on_friday(self, at: Micros) -> npt.NDArray[np.bool_]:
        return self.friday[np.clip((at - self.origin) // HOUR, 0, len(self.friday) - 1)]


def plan_arrivals(
    calendar: Calendar, first_on: date, last_on: date, leads: int, rng: np.random.Generator
) -> Arrivals:
    """Spread `leads` over the days, both included, by the weights above."""
    days = (last_on - first_on).days + 1
    origin, end = (_midnight(calendar, on) for on in (first_on, last_on + timedelta(days=1)))
    count = max(1, (end - origin) // HOUR)
    offsets = np.array([_offset(calendar, first_on + timedelta(days=n)) for n in range(days + 1)])
    starts = origin + np.arange(count) * HOUR
    local = starts + offsets[np.clip((starts - origin) // DAY, 0, days)]
    weight = _weights(calendar, starts, local % DAY // HOUR, first_on, last_on)
    for start in rng.integers(0, count, size=int(rng.poisson(days / 45))):
        weight[start : start + 2 * HOURS_A_DAY] *= CAMPAIGN
    counts = rng.multinomial(leads, weight / weight.sum())
    return Arrivals(origin, counts.astype(np.int64), local // DAY % 7 == 1)  # 1970 began on a Thursday


def _weights(
    calendar: Calendar, starts: Micros, local_hour: Micros, first_on: date, last_on: date
) -> npt.NDArray[np.float64]:
    shifts = Shifts.of([intervals(calendar, first_on, last_on + timedelta(days=1))])
    row = np.zeros(len(starts), dtype=np.int64)
    inside = (shifts.worked(row, starts + HOUR) - shifts.worked(row, starts)) / HOUR
    day_is_on = shifts.worked(row, starts + DAY - local_hour * HOUR) > shifts.worked(
        row, starts - local_hour * HOUR
    )
    waking = (local_hour >= 7) & (local_hour < 22)
    outside = np.where(waking, np.where(day_is_on, WAKING, DAY_OFF), NIGHT)
    weight: npt.NDArray[np.float64] = inside * WORKING + (1 - inside) * outside
    return weight


def _midnight(calendar: Calendar, on: date) -> int:
    return _micros(datetime(on.year, on.month, on.day, tzinfo=calendar.zone_on(on)))


def _offset(calendar: Calendar, on: date) -> int:
    """Local time less UTC at that day's noon, in microseconds: near enough to weigh an hour by."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=calendar.zone_on(on))
    return (noon.utcoffset() or timedelta()) // timedelta(microseconds=1)


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
