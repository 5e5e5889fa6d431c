"""The stand-up sheet as plain values: yesterday against the line, one win, one block (S4.8, DOMAIN 6).

What the desk knows of this minute is handed in; the rest comes from the score. Words are made where it is
shown.
"""

from dataclasses import dataclass
from datetime import date, datetime

from accord.ledger.score import PromiseScore, PromiseState, Score
from accord.report.format import known
from accord.report.grid import Row
from accord.report.scoreboard import LINKS, link_of
from accord.report.view import Reader


@dataclass(frozen=True)
class Progress:
    """One promise of a number or an amount over some days, and since its line began. None is unknown."""

    promise: str
    title: str
    side: str
    unit: str  # leads, or a currency
    gained: float | None  # in these days
    due: float | None  # what the line rose by in these days
    actual: float | None  # since the line began
    line: float | None
    of_pace: float | None
    state: str  # as in `PromiseState`


@dataclass(frozen=True)
class Lately:
    """What the desk saw since the last stand-up."""

    won: int = 0
    won_amount: float | None = None
    touched: int = 0  # first touches in time, of those due
    touches_due: int = 0
    unassigned: int = 0  # leads that nobody has, now
    overdue: int = 0  # now


@dataclass(frozen=True)
class Said:
    """One thing to say: what kind, and the figures it needs. The promise is None where none is meant."""

    what: str
    count: int | None = None
    of: int | None = None
    amount: float | None = None
    promise: PromiseScore | None = None


def progress(score: Score, from_on: date, to_on: date) -> tuple[Progress, ...]:
    """Each promise with a goal line over the days from `from_on` to `to_on`, both included.

    Days outside the score's period are left out: the line of another period is not this one's.
    """
    rows: dict[str, list[Row]] = {}
    for row in Reader(score).rows("pace"):
        rows.setdefault(str(row.get("promise")), []).append(row)
    promises = (promise for side in score.sides for promise in side.promises)
    return tuple(_progress(one, rows[one.id], from_on, to_on) for one in promises if one.id in rows)


def _progress(promise: PromiseScore, rows: list[Row], from_on: date, to_on: date) -> Progress:
    within = [row for row in rows if from_on <= _on(row) <= to_on]
    before = max((row for row in rows if _on(row) < from_on), key=_on, default=None)
    last = max(within, key=_on, default=None)
    start = _float(before.get("line")) if before else 0.0
    line = _float(last.get("line")) if last else None
    gains = [figure for row in within if (figure := _float(row.get("gained"))) is not None]
    return Progress(
        promise=promise.id,
        title=promise.title,
        side=promise.side,
        unit=promise.unit,
        gained=sum(gains) if gains else None,
        due=None if line is None or start is None else line - start,
        actual=_float(last.get("actual")) if last else None,
        line=line,
        of_pace=_float(last.get("of_pace")) if last else None,
        state=promise.state.value,
    )


def _on(row: Row) -> date:
    on = row.get("on")
    if isinstance(on, datetime):
        return on.date()
    return on if isinstance(on, date) else date.min


def _float(value: object) -> float | None:
    figure = known(value)
    return None if figure is None else float(figure)


def one_win(score: Score | None, lately: Lately) -> Said | None:
    """The one thing to be glad of: deals won, else every first touch in time, else a promise that is kept.

    Of the promises the one farthest down the chain: revenue says more than a number of leads.
    """
    if lately.won:
        return Said("won", count=lately.won, amount=lately.won_amount)
    if lately.touches_due and lately.touched == lately.touches_due:
        return Said("touched", count=lately.touched, of=lately.touches_due)
    kept = [one for one in _promises(score) if one.state is PromiseState.KEPT]
    return Said("kept", promise=max(kept, key=_place)) if kept else None


def one_block(score: Score | None, lately: Lately) -> Said | None:
    """What stands in the way: leads that nobody has, else the first link of the chain that gave way, else
    what is overdue. A link further up explains those below it (S4.35).
    """
    if lately.unassigned:
        return Said("unassigned", count=lately.unassigned)
    for state in (PromiseState.BROKEN, PromiseState.AT_RISK):
        if weak := [one for one in _promises(score) if one.state is state]:
            return Said(state.value, promise=min(weak, key=_place))
    return Said("overdue", count=lately.overdue) if lately.overdue else None


def _promises(score: Score | None) -> list[PromiseScore]:
    return [promise for side in score.sides for promise in side.promises] if score else []


def _place(promise: PromiseScore) -> int:
    link = link_of(promise.measure)
    return list(LINKS).index(link) if link in LINKS else len(LINKS)
