"""Both sides on one scale: every promise of an agreement against a log, and the measures behind it."""

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from accord.agreement.clauses.quantities import parse_percent
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.terms import Agreement, Promise, Side
from accord.ledger.budget import Budget, Progress, Window, budget_of
from accord.ledger.engine import Ledger
from accord.ledger.engines import DUCKDB
from accord.ledger.lines import Owed
from accord.ledger.log import open_log
from accord.ledger.promised import definition_of
from accord.ledger.score import MeasureResult, PromiseScore, PromiseState, Score, SideScore, Table
from accord.ledger.slices import slices
from accord.ledger.tally import Tally, tally
from accord.ledger.warnings import warnings
from accord.plan.pace import band_bounds

SHOWN = (
    "speed",
    "overdue",
    "speed_parts",
    "breach_causes",
    "pace",
    "pace_summary",
    "delivery",
    "mix",
    "band",
    "handoff_quality",
    "rejections",
    "attribution",
    "closed_loop",
    "depth",
    "cadence",
    "attempts",
    "touches_by_channel",
    "gaps",
    "capacity_use",
    "conversion",
    "conversion_estimate",
    "conversion_cells",
    "outcomes",
    "win_loss",
    "key_deals",
    "time_to_close",
    "coverage",
    "customers",
)
SIDES = (Side.MARKETING, Side.SALES, Side.BOTH)
_NOT_BEGUN = "the period has not begun"
_HOLDS_NOTHING = "nothing of this fell into the period"


def score(
    agreement: Agreement,
    log_path: Path | str,
    from_on: date,
    to_on: date,
    as_of: datetime,
    *,
    memory: str | None = None,
    threads: int | None = None,
    engine: str = DUCKDB,
) -> Score:
    """The score of the local days `from_on` to `to_on`, both included, as known at the instant `as_of`.

    `memory`, `threads` and `engine` as in `Ledger`. Raises LogUnreadable, NaiveTime, WrongOrder, and
    CalendarInvalid or PlanImpossible where the agreement asks for what cannot be counted. A promise about
    which the log says nothing is unmeasured, never 0.
    """
    log = open_log(log_path)
    with Ledger(
        agreement,
        log,
        from_on=from_on,
        to_on=to_on,
        as_of=as_of,
        memory=memory,
        threads=threads,
        engine=engine,
    ) as ledger:
        return score_of(ledger)


def score_of(ledger: Ledger) -> Score:
    """The score of an open ledger."""
    agreement = ledger.agreement
    promises = promise_scores(ledger)
    measures: dict[str, MeasureResult] = {}
    for found in ledger.measures(SHOWN):
        measures.update(slices(_only_measured(found, promises)))
    return Score(
        agreement=agreement.in_force_label,
        from_on=ledger.from_on,
        to_on=ledger.to_on,
        as_of=ledger.as_of,
        zone=ledger.zone,
        currency=agreement.currency,
        leads=ledger.count("cycle"),
        events=ledger.count("event"),
        sides=tuple(_side(side, promises) for side in SIDES),
        measures=measures,
        definitions=dict(agreement.definitions),
        warnings=warnings(ledger, promises),
    )


def promise_scores(ledger: Ledger) -> list[PromiseScore]:
    """How every promise of an open ledger's agreement stands, in the agreement's order."""
    return [_promise(ledger, promise) for promise in ledger.agreement.promises]


def _only_measured(result: MeasureResult, promises: list[PromiseScore]) -> MeasureResult:
    """Without the rows of promises about which the log says nothing: a line of noughts would say that it
    does.
    """
    if "promise" not in result.table.columns:
        return result
    place = result.table.columns.index("promise")
    silent = {promise.id for promise in promises if promise.state is PromiseState.UNMEASURED}
    rows = tuple(row for row in result.table.rows if row[place] not in silent)
    return replace(result, table=Table(result.table.columns, rows))


def _side(side: Side, promises: list[PromiseScore]) -> SideScore:
    """One side: the mean of what its measured promises attain, each capped at 1, so that no excess hides a
    miss.
    """
    own = tuple(promise for promise in promises if promise.side == side)
    attained = [min(promise.attainment, 1.0) for promise in own if promise.attainment is not None]
    return SideScore(
        side=side.value,
        attainment=sum(attained) / len(attained) if attained else None,
        kept=sum(promise.state is PromiseState.KEPT for promise in own),
        measured=sum(promise.state is not PromiseState.UNMEASURED for promise in own),
        promises=own,
    )


def _promise(ledger: Ledger, promise: Promise) -> PromiseScore:
    """Of a period that has not begun nothing is judged, not even that all customers of its eve are there."""
    begun = ledger.known_on >= ledger.from_on
    found = tally(ledger, promise) if begun else Tally(missing=_NOT_BEGUN)
    unit = PROMISABLE[promise.measure].unit
    if unit is MeasureUnit.SHARE:
        return _share(ledger, promise, found)
    return _count(ledger, promise, found, next(item for item in ledger.owed if item.promise is promise))


def _share(ledger: Ledger, promise: Promise, found: Tally) -> PromiseScore:
    """A share of verdicts. No band applies: a promise of 90 % is broken at 89 %."""
    target = None if promise.target is None else parse_percent(promise.target)
    judged = (found.kept or 0) + (found.broken or 0)
    missing = found.missing or ("" if judged else _HOLDS_NOTHING) or ("" if target else "it has no target")
    actual = Fraction(found.kept or 0, judged) if judged and not found.missing else None
    state = PromiseState.UNMEASURED
    measured = actual is not None
    if actual is not None and target:
        state = PromiseState.KEPT if actual >= target else _share_below(ledger, found, target)
    notes = [missing]
    if found.excused:
        notes.append(f"{found.excused} excused and left out")
    scored = _scored(
        ledger, promise, found, target=target, due=target, actual=actual, state=state, notes=notes
    )
    final = _share_ended(found, target) if measured and target and not ledger.days[1] else None
    return replace(scored, final=final, budget=_budget(ledger, found, target))


def _share_ended(found: Tally, target: Fraction) -> PromiseState | None:
    """Kept if it holds though all that is open were missed, broken if all that is open cannot save it."""
    kept, broken, pending = found.kept or 0, found.broken or 0, found.pending or 0
    every = kept + broken + pending
    if Fraction(kept - found.open, every) >= target:
        return PromiseState.KEPT
    return PromiseState.BROKEN if Fraction(kept + pending, every) < target else None


def _share_below(ledger: Ledger, found: Tally, target: Fraction) -> PromiseState:
    """At risk while the share could still be reached if all that is pending and all that is to come were
    kept; how many come is anybody's guess until a day is over.
    """
    done, left = ledger.days
    if left and not done and found.grows:
        return PromiseState.AT_RISK
    kept, broken, pending = found.kept or 0, found.broken or 0, found.pending or 0
    to_come = _to_come(ledger, found)
    best = (kept + pending + to_come) / (kept + broken + pending + to_come)
    return PromiseState.AT_RISK if best >= target else PromiseState.BROKEN


def _to_come(ledger: Ledger, found: Tally) -> Fraction:
    """How many more will be judged if the rest of the period, today included, is like its days before."""
    done, left = ledger.days
    if not done or not found.grows:
        return Fraction(0)
    counted = (found.kept or 0) + (found.broken or 0) + (found.pending or 0) - found.today
    return max(Fraction(counted * left, done) - found.today, Fraction(0))


def _budget(ledger: Ledger, found: Tally, target: Fraction | None) -> Budget | None:
    """The misses that the rest of the period can bear; None for what is no share of verdicts, and until a
    day is over.
    """
    if found.recent is None or target is None or not ledger.days[0]:
        return None
    return budget_of(
        target,
        Window((found.kept or 0) - found.open, found.broken or 0),
        found.recent,
        Progress(*ledger.days, ledger.over_on),
        closed=found.closed,
        pending=(found.pending or 0) + found.open,
        to_come=_to_come(ledger, found),
    )


def _count(ledger: Ledger, promise: Promise, found: Tally, owed: Owed) -> PromiseScore:
    """A count or an amount against its goal line, within the band to either side, bounds included (F18).

    Today's part of the goal is due at midnight: too little is judged by the last day that is over, too much
    by the end of today (5.4).
    """
    line = owed.line
    goal, due = (None, None) if line is None else (line.goal, line.at(ledger.over_on))
    actual = None if found.amount is None else Fraction(found.amount)
    state, final = PromiseState.UNMEASURED, None
    if actual is not None and goal and line is not None and due is not None:
        low, _ = band_bounds(due, promise.band)
        _, high = band_bounds(line.at(ledger.known_on), promise.band)
        waiting = Fraction(found.undecided or 0)
        if actual > high:
            state = PromiseState.OVER
        elif not due and not actual:
            state = PromiseState.UNMEASURED  # none of none is neither kept nor missed
        elif actual >= low:
            state = PromiseState.KEPT
        elif ledger.days[1] or actual + waiting >= low:
            state = PromiseState.AT_RISK
        else:
            state = PromiseState.BROKEN
        sure = state in (PromiseState.OVER, PromiseState.BROKEN) or low <= actual <= actual + waiting <= high
        final = state if sure and not ledger.days[1] else None
    notes = [found.missing, "" if found.missing else owed.why]
    if goal and not due and not actual:
        notes.append("nothing is due yet")
    if line is not None and not goal:
        notes.append("its target is 0, so that no share of it can be said")
    if found.unpriced:
        what = "won deals without an amount" if promise.measure == "revenue" else "leads without a value"
        notes.append(f"{found.unpriced} {what}, counted as nothing")
    scored = _scored(ledger, promise, found, target=goal, due=due, actual=actual, state=state, notes=notes)
    return replace(scored, final=final)


def _scored(
    ledger: Ledger,
    promise: Promise,
    found: Tally,
    *,
    target: Fraction | None,
    due: Fraction | None,
    actual: Fraction | None,
    state: PromiseState,
    notes: list[str],
) -> PromiseScore:
    kind = PROMISABLE[promise.measure]
    measured = state is not PromiseState.UNMEASURED
    judged = None if found.kept is None else found.kept + (found.broken or 0)
    return PromiseScore(
        id=promise.id,
        side=promise.side.value,
        title=kind.title,
        measure=promise.measure,
        unit=ledger.agreement.currency if kind.unit is MeasureUnit.MONEY else kind.unit.value,
        target=None if target is None else float(target),
        due_by_now=None if due is None else float(due),
        actual=None if actual is None else float(actual),
        attainment=float(actual / due) if measured and actual is not None and due else None,
        state=state,
        numerator=found.kept,
        denominator=judged,
        pending=found.pending,
        definition=definition_of(promise),
        note="; ".join(filter(None, notes)),
    )
