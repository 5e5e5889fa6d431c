"""Who gets each lead and when they turn to it: routing, queues, habits, absence.

Reps look at their leads in order of arrival, in their own working time: a lead waits until those before it
were looked at, then comes the rep's reaction, drawn from a log-logistic distribution. The chance of being in
time follows from that exactly, lead by lead: it is the distribution's value at the working time that the rep
has until the lead is due.
"""

from dataclasses import dataclass

import numpy as np

from accord.simulate.deliveries import Deliveries, pick
from accord.simulate.market import SHAPE
from accord.simulate.people import Floats, Team
from accord.simulate.setting import Setting
from accord.simulate.shifts import DAY, HOUR, SECOND, Micros

OUT_OF_HOURS = 0.06  # of the leads that arrive while the rep is off are turned to before the rep is back on
LINKED = (
    0.2  # of the leads owe their outcome and their reaction to the same luck: the sooner, the better (S4.32)
)
LONGEST_REACTION = 80 * HOUR  # of working time, or eight medians: what lies longer, somebody tidies up
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Queues:
    """Until when each rep is busy with leads of earlier chunks, on the line of work."""

    busy: Micros

    @classmethod
    def empty(cls, reps: int) -> "Queues":
        return cls(np.full(reps, _NEVER, dtype=np.int64))


@dataclass(frozen=True)
class Answers:
    """A row a lead: the rep, when the rep turns to it, and the luck that also decides its outcome."""

    rep: Micros
    turned: Micros
    due: Micros
    luck: Floats  # uniform; the smaller, the better the outcome
    in_time: Floats  # chance of a reaction within the promised time


def answer(
    setting: Setting, leads: Deliveries, queues: Queues, rng: np.random.Generator
) -> tuple[Answers, Queues]:
    team, shifts = setting.team, setting.team.shifts
    rep = _route(team, leads.delivered, rng)
    start, queues = _queue(team, rep, shifts.worked(rep, leads.delivered), queues, rng)
    draw = rng.random(leads.count)
    luck = np.where(rng.random(leads.count) < LINKED, draw, rng.random(leads.count))
    median = _median(setting, leads, rep)
    turned = shifts.reached(start + _reaction(draw, median), late=True)
    choice = np.where(leads.typed, leads.cell, len(setting.cells))
    due = setting.promised.due(setting.promised.touch, choice, leads.delivered)
    latest = setting.promised.due(setting.promised.touch, choice, leads.delivered, late=True)
    in_time = _chance(shifts.worked(rep, latest) - start, median)
    early = shifts.closed(rep, leads.delivered) & (rng.random(leads.count) < OUT_OF_HOURS)
    closed = np.maximum(shifts.opening(rep, leads.delivered) - leads.delivered, 1)
    in_time = np.where(early, np.clip((latest - leads.delivered) / closed, 0.0, 1.0), in_time)
    turned = np.where(early, leads.delivered + (draw * closed).astype(np.int64), turned)
    return Answers(rep, turned, due, luck, in_time), queues


def _route(team: Team, delivered: Micros, rng: np.random.Generator) -> Micros:
    """By weight; twice past those who do not work just now, twice past those on leave, then it stays."""
    day = np.clip(delivered // DAY - team.first_day, 0, team.present.shape[1] - 1)
    rep = pick(team.weight, len(delivered), rng)
    for attempt in range(4):
        absent = ~team.present[rep, day]
        again = np.flatnonzero(absent | team.shifts.closed(rep, delivered) if attempt < 2 else absent)
        rep[again] = pick(team.weight, len(again), rng)
    return rep


def _queue(
    team: Team, rep: Micros, arrived: Micros, queues: Queues, rng: np.random.Generator
) -> tuple[Micros, Queues]:
    """When each lead's turn comes, on the line of work; first come, first served (Lindley's recursion, at
    once).

    Each rep has a stretch of that line alone, so that sorting by arrival also sorts by rep, and a
    running maximum never reaches from one rep into the next.
    """
    order = np.argsort(arrived, kind="stable")
    who, came = rep[order], arrived[order]
    look = (rng.gamma(2.0, team.look / 2.0, len(rep))).astype(np.int64)
    total = np.cumsum(look)
    new = np.concatenate(([True], who[1:] != who[:-1])) if len(who) else np.zeros(0, dtype=np.bool_)
    opened = np.maximum.accumulate(np.where(new, total - look, 0))  # work of the reps before
    before = total - look - opened
    free = np.maximum.accumulate(came - before)
    turn = np.maximum(free, queues.busy[who]) + before
    busy = queues.busy.copy()
    np.maximum.at(busy, who, turn + look)
    start = np.empty_like(turn)
    start[order] = turn
    return start, Queues(busy)


def _median(setting: Setting, leads: Deliveries, rep: Micros) -> Floats:
    """Median reaction of the lead's rep to its type, in microseconds of working time."""
    friday = setting.arrivals.on_friday(leads.delivered)
    habit = setting.team.trait("reaction")[rep] * np.where(friday, setting.team.trait("on_friday")[rep], 1.0)
    return setting.of_cell("reaction")[leads.cell] * habit * SECOND


def _cap(median: Floats) -> Floats:
    return np.maximum(LONGEST_REACTION, 8 * median)


def _below(length: Floats, median: Floats) -> Floats:
    """The log-logistic distribution's value, 0 at and below 0."""
    reach = np.maximum(length, 1.0)
    share: Floats = 1.0 / (1.0 + (median / reach) ** SHAPE)
    return np.where(length <= 0, 0.0, share)


def _reaction(draw: Floats, median: Floats) -> Micros:
    share = np.clip(draw * _below(_cap(median), median), 1e-12, None)
    return (median * (share / (1.0 - share)) ** (1.0 / SHAPE)).astype(np.int64)


def _chance(room: Micros, median: Floats) -> Floats:
    """That a reaction, cut off at its cap, takes no longer than `room`."""
    cap = _cap(median)
    chance: Floats = _below(np.minimum(room, cap), median) / _below(cap, median)
    return chance
