"""Goal lines of the promises that count, as rows beside the log: where each should stand on each day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accord.agreement.terms import Agreement, Promise
from accord.errors import PlanImpossible
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.pace import band_bounds
from accord.plan.periods import Line, goal_line
from accord.plan.targets import promise_target

COUNTED = ("accepted_leads", "delivered_leads", "lead_value", "revenue")  # promises with a goal line
GOAL_LINE_DDL = (
    'promise VARCHAR, measure VARCHAR, lead_type VARCHAR, stream VARCHAR, "on" DATE, '
    "line DOUBLE, low DOUBLE, high DOUBLE, counted INTEGER"
)


@dataclass(frozen=True)
class Owed:
    """One promise with what it owes over a period; `line` is None where no number follows, `why` says why
    not.
    """

    promise: Promise
    line: Line | None
    why: str = ""


def owed(agreement: Agreement, from_on: date, to_on: date) -> tuple[Owed, ...]:
    """Every promise that counts leads or money, in the agreement's order."""
    counted = [promise for promise in agreement.promises if promise.measure in COUNTED]
    plan = _plan(agreement) if any(promise.source == "plan" for promise in counted) else None
    return tuple(_owed(agreement, promise, plan, from_on, to_on) for promise in counted)


def line_rows(agreement: Agreement, promises: tuple[Owed, ...]) -> Iterator[tuple[object, ...]]:
    """Rows of the table `goal_line`. A promise about the only stream is about every lead, whatever the log
    calls it.
    """
    for item in promises:
        promise, line = item.promise, item.line
        if line is None:
            continue
        scope = (promise.lead_type, stream_of(agreement, promise))
        for day, due, counted in zip(line.days, line.values, line.counted, strict=True):
            low, high = band_bounds(due, promise.band)
            yield (promise.id, promise.measure, *scope, day, float(due), float(low), float(high), counted)


def stream_of(agreement: Agreement, promise: Promise) -> str | None:
    """The stream that a promise is narrowed to, as the log calls it; None for every lead."""
    return promise.stream if len(agreement.goal.streams) > 1 else None


def _plan(agreement: Agreement) -> Plan | None:
    try:
        return work_back(agreement)
    except PlanImpossible:
        return None


def _owed(agreement: Agreement, promise: Promise, plan: Plan | None, from_on: date, to_on: date) -> Owed:
    if promise.source == "plan" and plan is None:
        return Owed(promise, None, "no plan follows from the agreement, so no number was promised")
    target = promise_target(agreement, promise, plan)
    if target is None:
        return Owed(promise, None, "the plan leaves open how many, because its lead types are alternatives")
    line = goal_line(agreement, target, from_on, to_on)
    return Owed(promise, line, "" if line else "the period lies outside the agreement's term")
