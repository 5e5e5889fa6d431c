"""A score of some leads: what it may still be held against.

A share is one of any leads. A number that was promised of all leads is none of some of them: their target
would be invented, so it is left open and the page says why (R5 forbids to share it out).
"""

from dataclasses import replace

from accord.ledger.score import PromiseScore, PromiseState, Score, SideScore, Table

OF_ALL = "promised of all leads together, so there is no target for some of them"
_LINES = ("pace", "pace_summary")  # drawn against the goal of all leads


def narrowed(score: Score) -> Score:
    """The score of some leads without what only holds for all."""
    measures = {
        name: replace(result, table=Table(result.table.columns, ())) if name in _LINES else result
        for name, result in score.measures.items()
    }
    return replace(score, sides=tuple(map(_side, score.sides)), measures=measures)


def _side(side: SideScore) -> SideScore:
    promises = tuple(map(_promise, side.promises))
    attained = [min(one.attainment, 1.0) for one in promises if one.attainment is not None]
    return replace(
        side,
        promises=promises,
        attainment=sum(attained) / len(attained) if attained else None,
        kept=sum(one.state is PromiseState.KEPT for one in promises),
        measured=sum(one.state is not PromiseState.UNMEASURED for one in promises),
    )


def _promise(promise: PromiseScore) -> PromiseScore:
    if promise.unit == "share" or promise.actual is None:
        return promise
    note = "; ".join(filter(None, (OF_ALL, promise.note)))
    return replace(
        promise, target=None, due_by_now=None, attainment=None, state=PromiseState.UNMEASURED, note=note
    )
