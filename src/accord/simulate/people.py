"""Who works in the simulated company: reps with habits and absences, and the hours that are left of it.

Habits (invented; `docs/reference/simulate.md` lists them too):

| habit            | reaction × | forgets | follow-up tries | else                              |
|------------------|-----------:|--------:|-----------------|-----------------------------------|
| steady           |        1.0 |   1.0 % | keeps cadence   |                                   |
| fast             |        0.5 |   0.5 % | keeps cadence   |                                   |
| slow             |        2.5 |   2.0 % | a little short  |                                   |
| friday_lazy      |        1.0 |   1.0 % | a little short  | × 8 on what arrives on a Friday   |
| never_voicemails |        0.9 |   1.0 % | keeps cadence   | hangs up instead                  |
| gives_up_early   |        1.0 |   3.0 % | two or three    |                                   |
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from accord.agreement.terms import Agreement, Role, Side
from accord.simulate.shifts import DAY, MOST_ROWS, Intervals, Micros, Shifts, without
from accord.worktime import Calendar

Floats = npt.NDArray[np.float64]

LEADS_A_MONTH = 128  # that one rep can carry: 5,760 minutes ÷ 45 a lead (F12)
MINUTES_A_LEAD = 45
FIRST_LOOK = 4 * 60 * 1_000_000  # µs a rep is busy with a new lead before the next one's turn (mean)
MOST_BUSY = 0.6  # of a rep's hours may go into first looks; past that everybody works faster

_A_DAY = timedelta(days=1)
_CADENCE = (
    0.01,
    0.02,
    0.02,
    0.03,
    0.05,
    0.07,
    0.52,
    0.20,
    0.08,
)  # chance of 1, 2, … 9 tries without a connect
_SHORT = (0.03, 0.05, 0.08, 0.10, 0.16, 0.16, 0.32, 0.07, 0.03)
_EARLY = (0.20, 0.38, 0.30, 0.08, 0.04, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Habit:
    name: str
    reaction: float  # multiplies the median time to the first touch
    on_friday: float  # multiplies it again for leads that arrive on a Friday
    forgets: float  # chance that a lead is never touched at all
    voicemail: float  # chance that an unanswered call ends in a voicemail
    tries: tuple[float, ...]  # chance of stopping after 1, 2, … tries if the lead is never reached


HABITS = (
    Habit("steady", 1.0, 1.0, 0.010, 0.45, _CADENCE),
    Habit("fast", 0.5, 1.0, 0.005, 0.50, _CADENCE),
    Habit("slow", 2.5, 1.0, 0.020, 0.40, _SHORT),
    Habit("friday_lazy", 1.0, 8.0, 0.010, 0.45, _SHORT),
    Habit("never_voicemails", 0.9, 1.0, 0.010, 0.0, _CADENCE),
    Habit("gives_up_early", 1.0, 1.0, 0.030, 0.35, _EARLY),
)
_SPREAD = (0.34, 0.18, 0.14, 0.12, 0.11, 0.11)  # how common each habit is, after the first rep, who is steady


@dataclass(frozen=True)
class Team:
    """The reps, one a row of each array. `planned` absences are known to the router, sick days are not."""

    names: tuple[str, ...]
    habit: npt.NDArray[np.int64]  # index into HABITS
    weight: Floats  # share of the leads a rep is given; the last rep is given half as many again
    present: npt.NDArray[np.bool_]  # (reps, days from `first_on`): not on planned leave
    first_on: date
    shifts: Shifts
    work_a_day: Floats  # working microseconds in an average calendar day
    look: float  # mean µs a rep is busy with a new lead

    @property
    def first_day(self) -> int:
        """`first_on` in days since 1970."""
        return (self.first_on - date(1970, 1, 1)).days

    def trait(self, name: str) -> Floats:
        """One number of the habit, for each rep."""
        return np.array([getattr(HABITS[habit], name) for habit in self.habit], dtype=np.float64)

    @property
    def tries(self) -> Floats:
        """(reps, 9): chance of stopping after 1, 2, … 9 tries."""
        return np.array([HABITS[habit].tries for habit in self.habit], dtype=np.float64)


def intervals(calendar: Calendar, from_on: date, to_on: date) -> Micros:
    """The working intervals from the day before the first to the day after the last, shape (n, 2), in
    microseconds.
    """
    years = range((from_on - _A_DAY).year, (to_on + _A_DAY).year + 1)
    spans = [span for year in years for span in calendar.intervals(year)]
    low, high = ((on - date(1970, 1, 1)).days * DAY for on in (from_on - _A_DAY, to_on + 2 * _A_DAY))
    return np.array([span for span in spans if low <= span[0] < high], dtype=np.int64).reshape(-1, 2)


def hire(
    agreement: Agreement, rng: np.random.Generator, *, leads_a_month: float, first_on: date, last_on: date
) -> Team:
    """The agreement's sales people, pools expanded, and as many more as the leads need (1,000 at most)."""
    hands = list(_named(agreement)) or [("rep", None, LEADS_A_MONTH * MINUTES_A_LEAD)]
    names, calendars = _expand(agreement, hands, leads_a_month)
    count = len(names)
    habit = rng.choice(len(HABITS), size=count, p=_SPREAD)
    habit[0] = 0
    weight = rng.uniform(0.8, 1.2, size=count)
    weight[-1] *= 1.5 if count > 1 else 1.0  # somebody always gets too many: the overload of DOMAIN 6
    days = (last_on - first_on).days + 1
    present = np.ones((count, days), dtype=np.bool_)
    rows, cache = (
        [],
        {name: intervals(agreement.calendar(name), first_on, last_on) for name in set(calendars)},
    )
    for rep, name in enumerate(calendars):
        leave, sick = _absences(rng, days)
        for start, end in leave:
            present[rep, start:end] = False
        rows.append(without(cache[name], _instants(first_on, [*leave, *sick])))
    work = np.array([(row[:, 1] - row[:, 0]).sum() for row in rows], dtype=np.float64)
    room = MOST_BUSY * float(work.sum()) / max(days / 30.4375 * leads_a_month, 1.0)
    return Team(
        names=tuple(names),
        habit=habit,
        weight=weight / weight.sum(),
        present=present,
        first_on=first_on,
        shifts=Shifts.of(rows),
        work_a_day=work / days,
        look=min(FIRST_LOOK, room),
    )


def _named(agreement: Agreement) -> Iterator[tuple[str, str | None, int]]:
    """(name, calendar, minutes a month) of everybody of sales who works leads: members, else managers."""
    sales = {key: who for key, who in agreement.people.items() if who.side is Side.SALES}
    for role in (Role.MEMBER, Role.MANAGER):
        if chosen := {key: who for key, who in sales.items() if who.role is role}:
            for key, who in chosen.items():
                minutes = who.minutes_per_month or LEADS_A_MONTH * MINUTES_A_LEAD
                names = [key] if who.count == 1 else [f"{key}-{n}" for n in range(1, who.count + 1)]
                yield from ((name, who.calendar, minutes) for name in names)
            return


def _expand(
    agreement: Agreement, hands: list[tuple[str, str | None, int]], leads_a_month: float
) -> tuple[list[str], list[str]]:
    """Names and calendars: those of the agreement, then invented colleagues until all leads are carried."""
    usual = agreement.calendar_of(Side.SALES).name
    taken = {name for name, _, _ in hands}
    spare = (name for n in range(1, 10 * MOST_ROWS) if (name := f"rep-{n}") not in taken)
    names = [name if name != "rep" else next(spare) for name, _, _ in hands][:MOST_ROWS]
    calendars = [calendar or usual for _, calendar, _ in hands][:MOST_ROWS]
    carried = sum(minutes for _, _, minutes in hands) / MINUTES_A_LEAD
    missing = math.ceil((leads_a_month - carried) / LEADS_A_MONTH)
    for _ in range(min(max(missing, 0), MOST_ROWS - len(names))):
        names.append(next(spare))
        calendars.append(usual)
    return names, calendars


def _absences(rng: np.random.Generator, days: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Planned leave (weeks off, a few a year) and sick days (nobody knew), as [first day, day back)."""
    years = max(days / 365.25, 0.1)
    leave = [(start, start + 7 * weeks) for start, weeks in _draw(rng, days, 3.2 * years, (1, 3))]
    sick = [(start, start + length) for start, length in _draw(rng, days, 2.5 * years, (1, 4))]
    return leave, sick


def _draw(rng: np.random.Generator, days: int, mean: float, length: tuple[int, int]) -> list[tuple[int, int]]:
    count = int(rng.poisson(mean))
    pairs = zip(rng.integers(0, days, size=count), rng.integers(*length, size=count), strict=True)
    return [(int(start), int(size)) for start, size in pairs]


def _instants(first_on: date, spans: list[tuple[int, int]]) -> Intervals:
    """Days since `first_on` as instants; days of absence are UTC days, near enough for invented people."""
    origin = (first_on - date(1970, 1, 1)) // timedelta(days=1) * DAY
    return [(origin + start * DAY, origin + end * DAY) for start, end in spans]
