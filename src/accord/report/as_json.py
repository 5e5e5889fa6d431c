"""The score as JSON: every number with its definition. `docs/reference/report-json.md` describes each key."""

import json
import math
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from accord.ledger.budget import Budget
from accord.ledger.measures import MEASURES, find, part_of
from accord.ledger.promised import requirements_of
from accord.ledger.score import MeasureResult, PromiseScore, Score, SideScore, Table
from accord.report.owners import unnamed, unnamed_measure

LAYOUT = 1  # raised when a key changes its meaning or goes; new keys may come at any time
LISTED = 2000  # rows of one measure: a list of every account or lead is a log, not a score
Json = dict[str, object]

_SIDE = "Mean of the attainments of the side's measured promises, each capped at 1."
_ATTAINMENT = "actual ÷ due_by_now; 1 is exactly as promised."
_TARGET = "What the agreement promises for the whole period."
_DUE = "What the promise asks by as_of: the goal line for counts and values, the target itself for shares."
COUNTS = {  # what the plain counts beside the figures count; each stands under this key
    "leads": "Leads of the log known by as_of, each once.",
    "events": "Events of the log that had occurred and were recorded by as_of.",
    "kept": "Promises of the side in the state `kept`.",
    "measured": "Promises of the side that the log could measure, whatever their state.",
    "numerator": "Of a share: what was done as promised. Null for counts and values.",
    "denominator": "Of a share: all that is judged, done as promised or not. Null for counts and values.",
    "pending": "What is not yet due or decided, and so stands in neither numerator nor denominator.",
    "allowed": "Of an error budget: misses that the whole period bears at the promised level.",
    "spent": "Of an error budget: misses so far, without the excused.",
    "left": "Of an error budget: allowed − spent; below 0 the promise can no longer be kept.",
    "expected": "Of an error budget: leads judged, pending, and to come at the pace so far.",
    "day": "Of an error budget: days of the period that are done.",
    "days": "Of an error budget: days of the period.",
    "open": "Of an error budget: leads that are there and not judged for good; no misses yet.",
    "left_out": "Rows of the measure beyond those listed.",
}
GROUPINGS = {
    "day": "local day of the hand-off",
    "week": "Monday of the week of the hand-off",
    "month": "local month of the hand-off, YYYY-MM",
    "owner": "who the lead belongs to; null if unknown",
}


def score_json(score: Score) -> str:
    """The whole score as JSON text, UTF-8 safe, keys in a fixed order, the same score giving the same text.

    Instants are ISO 8601 in UTC with `Z`, days are ISO dates, lengths of time are seconds, shares are
    fractions of one, exact money is text. Unknown is null; there is no NaN and no infinity. Figures of single
    people are left out: see `owners.py`.
    """
    return _written(_score(unnamed(score)))


def measure_json(result: MeasureResult, most: int) -> str:
    """One measure as `score_json` has it, with `most` rows at most."""
    return _written(_measure(unnamed_measure(result), most))


def _written(told: Json) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _score(score: Score) -> Json:
    return {
        "format": "accord-score",
        "layout": LAYOUT,
        "agreement": _plain(score.agreement),
        "period": {"from": _plain(score.from_on), "to": _plain(score.to_on), "zone": score.zone},
        "as_of": _plain(score.as_of),
        "currency": score.currency,
        "log": {"leads": score.leads, "events": score.events},
        "counts": dict(COUNTS),
        "sides": [_side(side) for side in score.sides],
        "measures": {name: _measure(score.measures[name]) for name in sorted(score.measures)},
        "definitions": {term: _plain(score.definitions[term]) for term in sorted(score.definitions)},
        "warnings": [_plain(text) for text in score.warnings],
    }


def _side(side: SideScore) -> Json:
    return {
        "side": side.side,
        "attainment": {
            "value": _plain(side.attainment),
            "unit": "share",
            "definition": _SIDE,
            "requirements": ["S0.38"],
        },
        "kept": side.kept,
        "measured": side.measured,
        "promises": [_promise(promise) for promise in side.promises],
    }


def _promise(promise: PromiseScore) -> Json:
    """One promise; its four figures share measure and requirement ids, each has its own definition."""
    source = {"measure": promise.measure, "requirements": list(requirements_of(promise.measure))}

    def figure(value: float | None, unit: str, definition: str) -> Json:
        return {"value": _plain(value), "unit": unit, "definition": _plain(definition), **source}

    return {
        "id": _plain(promise.id),
        "title": _plain(promise.title),
        "state": str(promise.state),
        "actual": {
            **figure(promise.actual, promise.unit, promise.definition),
            "numerator": promise.numerator,
            "denominator": promise.denominator,
            "pending": promise.pending,
        },
        "target": figure(promise.target, promise.unit, _TARGET),
        "due_by_now": figure(promise.due_by_now, promise.unit, _DUE),
        "attainment": figure(promise.attainment, "share", _ATTAINMENT),
        "note": _plain(promise.note),
        "budget": _budget(promise.budget),
    }


def _budget(budget: Budget | None) -> Json | None:
    """The error budget of a share; null for counts and values, and where nothing is counted yet."""
    if budget is None:
        return None
    counts = {key: value for key, value in asdict(budget).items() if key != "breaks_on"}
    return {
        **counts,
        "left": budget.left,
        "breaks_on": _plain(budget.breaks_on),
        "sentence": budget.sentence,
    }


def _measure(result: MeasureResult, most: int = LISTED) -> Json:
    head = {key: getattr(result, key) for key in ("title", "grain", "unit", "meaning", "requirements")}
    rows = result.table.rows
    listed = Table(result.table.columns, rows[:most]).dicts()
    return {
        **{key: _plain(value) for key, value in head.items()},
        "columns": _columns(result),
        "rows": [{name: _plain(cell) for name, cell in row.items()} for row in listed],
        "left_out": result.left_out + max(0, len(rows) - most),
    }


def _columns(result: MeasureResult) -> dict[str, str]:
    """What each column means; that of a slice by one grouping stands for the measure's `key`."""
    base, by = part_of(result.name)
    said = find(base).columns if base in MEASURES else {}
    grouping = GROUPINGS.get(by, f"{by.replace('_', ' ')} of the group; null if unknown")
    own = {by: grouping} if by else {}
    return {name: said.get(name) or own.get(name, "") for name in result.table.columns}


def _plain(value: object) -> object:  # noqa: PLR0911 - one line a type
    """A value as JSON has it: see `score_json` for how instants, money and unknowns are written."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return value.encode("utf-8", "replace").decode()  # a lone surrogate has no UTF-8
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return format(value, "f") if value.is_finite() else None
        case Fraction():
            return float(value)
        case datetime():
            utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return utc.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)
