"""What becomes of those who were won: how they are, and quarter by quarter who buys again and who leaves.

Drawn by itself once all other facts are there, so that they are the same with it or without (S4.4, S4.14).
"""

import numpy as np

from accord.lead.events import Kind
from accord.simulate import names as n
from accord.simulate.names import KIND, Names
from accord.simulate.people import Floats
from accord.simulate.sheet import Column, Sheet
from accord.simulate.shifts import DAY, SECOND, Micros

WEEK = 7 * DAY  # added whole, so that what was won in working hours goes on in them
ASKED_AFTER = 6 * WEEK
ANSWERED = 0.4  # of the customers say how it is when they are asked
SATISFIED = 0.85  # of those that answer
QUARTER, QUARTERS = 13 * WEEK, 4  # how long each customer is followed
LEAVES = 0.05  # of the customers, in each quarter
BUYS_AGAIN = 0.4  # of those that stay, in each quarter
SCATTER = 0.3  # of a later order around the first one
_HOUR_S, _DAYS_S = 3_600, 172_800  # within which it happens, and is noted


def followed(columns: dict[str, Column], names: Names, rng: np.random.Generator) -> dict[str, Column]:
    """The columns with what customers say and do after they were won, in order of recording."""
    told = _told({name: column[_wins(columns)] for name, column in columns.items()}, names, rng)
    both = {name: np.concatenate((columns[name], told[name])) for name in columns}
    order = np.argsort(both["recorded"], kind="stable")
    return {name: column[order] for name, column in both.items()}


def _wins(columns: dict[str, Column]) -> Micros:
    """Where each lead was won: once, also where the fact stands twice."""
    found = np.flatnonzero(columns["kind"] == KIND[Kind.WON])
    return found[np.unique(columns["lead"][found], return_index=True)[1]]


def _told(won: dict[str, Column], names: Names, rng: np.random.Generator) -> dict[str, Column]:
    count, sheet = len(won["lead"]), Sheet()
    lead, since = won["lead"].astype(np.int64), won["occurred"].astype(np.int64)
    paid: Floats = won["amount"].astype(np.float64)
    draw, happy = rng.random(count), rng.random(count) < SATISFIED
    answer, when = draw < ANSWERED, since + ASKED_AFTER + _within(rng, _HOUR_S, count)
    said = np.where(happy, n.IS_SATISFIED, n.NOT_SATISFIED)[answer]
    prospect = {"side": n.PROSPECT, "prompt": True}
    sheet.add(lead[answer], kind=KIND[Kind.RATED], occurred=when[answer], outcome=said, **prospect)
    gone = np.argmax(np.c_[rng.random((count, QUARTERS)) < LEAVES, np.ones(count)], axis=1)
    again, reason = rng.random((count, QUARTERS)) < BUYS_AGAIN, rng.integers(*names.churned, count)
    for quarter in range(QUARTERS):
        when = since + (quarter + 1) * QUARTER + _within(rng, _HOUR_S, count)
        money = np.round(paid * rng.lognormal(-(SCATTER**2) / 2, SCATTER, count), 2)
        sales = {"actor": won["actor"], "side": np.full(count, n.SALES), "occurred": when}
        left, stays = gone == quarter, (gone > quarter) & again[:, quarter]
        for kind, rows, more in (
            (Kind.CHURNED, left, {**sales, "reason": reason}),
            (Kind.RENEWED, stays, {**sales, "amount": money}),
        ):
            picked = {name: column[rows] for name, column in more.items()}
            sheet.add(lead[rows], kind=KIND[kind], **picked)
    facts = sheet.columns()
    late = np.where(facts["prompt"], SECOND, _within(rng, _DAYS_S, len(facts["lead"])))
    return {**facts, "recorded": facts["occurred"].astype(np.int64) + late}


def _within(rng: np.random.Generator, seconds: int, count: int) -> Micros:
    return rng.integers(1, seconds, count) * SECOND
