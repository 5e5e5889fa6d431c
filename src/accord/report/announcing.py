"""Wins and misses of both sides, as plain values (S0.10, S0.11).

A miss names what was promised, what came, and whose promise it was: a side, never a person. A win is one that
no open lead can take back any more, a miss one that none can save; until then a promise is neither.
"""

from dataclasses import dataclass
from datetime import date

from accord.ledger.score import PromiseScore, PromiseState, Score
from accord.ledger.warnings import FEW

_WHERE = {
    PromiseState.KEPT: "wins",
    PromiseState.BROKEN: "misses",
    PromiseState.OVER: "over",
    None: "undecided",
}


@dataclass(frozen=True)
class Told:
    """One promise as it is told of. Figures are None where unknown; shares are fractions."""

    promise: str
    title: str
    side: str
    unit: str
    actual: float | None
    promised: float | None
    kept: int | None
    of: int | None
    pending: int | None
    few: bool = False  # a share of so few that it is an anecdote


@dataclass(frozen=True)
class Closing:
    """A period that is over: what both sides kept and missed. `over` is more than the band allows (S4.27)."""

    from_on: date
    to_on: date
    wins: tuple[Told, ...]
    misses: tuple[Told, ...]
    over: tuple[Told, ...]
    undecided: tuple[Told, ...]

    @property
    def tells(self) -> bool:
        """Whether there is anything to announce."""
        return bool(self.wins or self.misses or self.over)


def closing(score: Score) -> Closing:
    """What a score of a period that is over announces; the order is the agreement's, side by side."""
    found: dict[str, list[Told]] = {name: [] for name in _WHERE.values()}
    for promise in _promises(score):
        if promise.state is not PromiseState.UNMEASURED:
            found[_WHERE[promise.final]].append(_told(promise))
    lists = {name: tuple(rows) for name, rows in found.items()}
    return Closing(score.from_on, score.to_on, **lists)


def early(score: Score, today: date) -> tuple[Told, ...]:
    """Goals of a number or an amount that are reached before the period's last day."""
    if today >= score.to_on:
        return ()
    reached = (
        promise
        for promise in _promises(score)
        if promise.unit != "share" and promise.target and (promise.actual or 0) >= promise.target
    )
    return tuple(map(_told, reached))


def _promises(score: Score) -> list[PromiseScore]:
    return [promise for side in score.sides for promise in side.promises]


def _told(promise: PromiseScore) -> Told:
    return Told(
        promise=promise.id,
        title=promise.title,
        side=promise.side,
        unit=promise.unit,
        actual=promise.actual,
        promised=promise.target,
        kept=promise.numerator,
        of=promise.denominator,
        pending=promise.pending,
        few=promise.denominator is not None and promise.denominator < FEW,
    )
