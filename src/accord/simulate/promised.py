"""By when each lead has to be touched and decided on: the contract's clock, for columns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.terms import Agreement, Side
from accord.simulate.market import Cell
from accord.simulate.people import intervals
from accord.simulate.shifts import DAY, Micros, Shifts
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Window:
    """One promised length for each choice (lead type or other) and day of the term, in microseconds."""

    budgets: Micros  # (choices, days)
    wall: npt.NDArray[np.bool_]  # (choices,)


@dataclass(frozen=True)
class Promised:
    """The calendar that sales answers by, and what it promises on it. `first_day` is days since 1970."""

    calendar: str
    office: Shifts
    first_day: int
    touch: Window  # a row a cell, then one for leads of unknown type
    accept: Window  # one row

    @classmethod
    def of(cls, agreement: Agreement, market: tuple[Cell, ...], first_on: date, until: date) -> "Promised":
        calendar = agreement.calendar_of(Side.SALES)
        lengths = [*(cell.first_touch for cell in market), agreement.first_touch("")]
        return cls(
            calendar=calendar.name,
            office=Shifts.of([intervals(calendar, first_on, until)]),
            first_day=(first_on - date(1970, 1, 1)).days,
            touch=_window(calendar, lengths, first_on, until),
            accept=_window(calendar, [agreement.handoff.accept_within], first_on, until),
        )

    def due(self, window: Window, choice: Micros, delivered: Micros, *, late: bool = False) -> Micros:
        """The first instant at which the budget is used up, or with `late` the last at which it is still
        kept.
        """
        day = np.clip(delivered // DAY - self.first_day, 0, window.budgets.shape[1] - 1)
        budget = window.budgets[choice, day]
        row = np.zeros(len(delivered), dtype=np.int64)
        worked = self.office.reached(self.office.worked(row, delivered) + budget, late=late)
        return np.where(window.wall[choice], delivered + budget, np.maximum(worked, delivered))


def _window(calendar: Calendar, lengths: list[Duration], first_on: date, until: date) -> Window:
    """A calendar of one version has one length of a day; only another one is asked day by day."""
    days = (until - first_on).days + 1 if len(calendar.rules) > 1 else 1
    noons = [
        datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        for on in (first_on + timedelta(n) for n in range(days))
    ]
    budgets = [
        [clock_for(length, calendar).budget(length, noon) // MICROSECOND for noon in noons]
        for length in lengths
    ]
    return Window(np.array(budgets, dtype=np.int64), np.array([length.wall for length in lengths]))
