"""The monthly ledger and the proposals as text, JSON and CSV for people and programs."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from accord.ledger.book import CLOSE, COHORT, Book, Goal, Line, warnings
from accord.plan.layout import aligned, cell, figure, printable
from accord.plan.recalculation import Input, Proposal, Recalculation
from accord.plan.revaluing import arithmetic
from accord.plan.rounding import decimal_text, half_up

DASH = "–"
HEADINGS = {
    COHORT: "Lead-cohort basis: leads that began in the interval, whatever became of them since",
    CLOSE: "Close-month basis: deals won in the interval, whenever their leads began",
}
_COLUMNS = ("from", "to", "leads", "customers", "revenue", "total revenue", "conversion", "average deal",
            "share", "median cycle", "state")  # fmt: skip


def label(line: Line, interval: str) -> str:
    """An interval as tables call it: `2026-03`, or its first and last month."""
    first, last = f"{line.from_on:%Y-%m}", f"{line.to_on:%Y-%m}"
    return first if interval == "month" else f"{first} to {last}"


def book_table(book: Book) -> str:
    """Both bases one under the other, then what has to be known about them."""
    out = [
        f"Monthly ledger of {printable(book.name)}, as of {book.as_of:%Y-%m-%d %H:%M} UTC, {book.currency}"
    ]
    for basis, heading in HEADINGS.items():
        lines = [line for line in book.lines if line.basis == basis]
        rows = [("", *_COLUMNS[2:]), *(_row(line, book.interval) for line in lines)]
        out += ["", heading, *aligned(rows, 1)]
    if book.goals:
        out += ["", "Goals", *aligned([_GOAL_HEAD, *map(_goal_row, _over(book))], 2)]
    out += ["", *(f"! {said}" for said in warnings(book))]
    return "\n".join(out).rstrip() + "\n"


_EXACT = 1e-9  # as near, a deviation is the edge itself
_GOAL_HEAD = ("interval", "promise", "goal", "actual", "against goal", "state")


def _over(book: Book) -> list[tuple[str, Goal]]:
    names = {line.number: label(line, book.interval) for line in book.lines if line.number is not None}
    return [(names[goal.number], goal) for goal in book.goals if goal.number in names]


def _goal_row(named: tuple[str, Goal]) -> tuple[str, ...]:
    name, goal = named
    what = f"{goal.promise} {goal.measure.replace('_', ' ')}"
    return (
        name,
        printable(what),
        f"{goal.goal:,.0f}",
        f"{goal.actual:,.0f}",
        _deviation(goal),
        goal.state or "open",
    )


def _deviation(goal: Goal) -> str:
    """`+4.2%`; with the digits that it takes to tell it from the edge of its band: `+10.04%` is over 10%."""
    if goal.deviation is None:
        return DASH
    edges = [edge / goal.goal - 1 for edge in (goal.low, goal.high)] if goal.goal else []
    for places in (1, 2, 3, 4):
        said = f"{goal.deviation:+.{places}%}"
        if said not in {f"{edge:+.{places}%}" for edge in edges if abs(edge - goal.deviation) > _EXACT}:
            break
    return said


def _row(line: Line, interval: str) -> tuple[str, ...]:
    sums = line.sums
    return (
        label(line, interval) if line.number is not None else "pooled",
        f"{sums.leads:,}",
        f"{sums.customers:,}",
        _amount(sums.revenue),
        _amount(sums.total_revenue),
        _percent(sums.conversion, 3),
        _amount(sums.average_deal),
        _percent(sums.share, 2),
        DASH if line.median_cycle is None else f"{line.median_cycle:g} d",
        state(line),
    )


def state(line: Line) -> str:
    """How far an interval is to be trusted on its basis."""
    if not line.complete:
        return "running"
    return "young" if line.basis == COHORT and not line.mature else ""


def _amount(value: Fraction | None) -> str:
    return DASH if value is None else figure(value)


def _percent(value: Fraction | None, places: int) -> str:
    return DASH if value is None else f"{half_up(value * 100, places):f}%"


def _exact(value: Fraction | None) -> str:
    return "" if value is None else decimal_text(value)


_VALUES: dict[str, Callable[[Line], Any]] = {
    "basis": lambda line: line.basis,
    "interval": lambda line: line.number,
    "from": lambda line: line.from_on.isoformat(),
    "to": lambda line: line.to_on.isoformat(),
    "leads": lambda line: line.sums.leads,
    "customers": lambda line: line.sums.customers,
    "revenue": lambda line: _exact(line.sums.revenue) or None,
    "total_revenue": lambda line: _exact(line.sums.total_revenue) or None,
    "unpriced": lambda line: line.sums.unpriced,
    "conversion": lambda line: _exact(line.sums.conversion) or None,
    "average_deal": lambda line: _exact(line.sums.average_deal) or None,
    "share": lambda line: _exact(line.sums.share) or None,
    "median_cycle": lambda line: line.median_cycle,
    "mean_cycle": lambda line: line.mean_cycle,
    "cycle_starts": lambda line: line.starts,
    "accepted": lambda line: line.accepted,
    "by_silence": lambda line: line.by_silence,
    "rejected": lambda line: line.rejected,
    "undecided": lambda line: line.undecided,
    "acceptance": lambda line: _exact(line.acceptance) or None,
    "value": lambda line: _exact(line.value) or None,
    "complete": lambda line: line.complete,
    "mature": lambda line: line.mature,
    "unrecorded": lambda line: line.unrecorded,
    "pooled": lambda line: line.pooled,
}


def line_values(line: Line) -> dict[str, Any]:
    """A line as plain values: money and rates as decimals in text, so that nothing is lost."""
    return {name: value(line) for name, value in _VALUES.items()}


def goal_values(goal: Goal) -> dict[str, Any]:
    """A goal as plain values."""
    return {name: getattr(goal, name) for name in Goal.__dataclass_fields__}


def book_json(book: Book) -> str:
    told = {
        "name": book.name,
        "interval": book.interval,
        "currency": book.currency,
        "as_of": book.as_of.isoformat(),
        "lines": [line_values(line) for line in book.lines],
        "goals": [goal_values(goal) for goal in book.goals],
        "warnings": warnings(book),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def book_csv(book: Book) -> str:
    return _csv(book_rows(map(line_values, book.lines)))


_FIELDS = ("state", *_VALUES)  # in this order: PostgreSQL keeps closed figures in one of its own


def book_rows(lines: Iterable[dict[str, Any]]) -> list[list[str]]:
    """Lines as rows of text, the names of the columns first; the pooled rows say so.

    What another release kept may have other figures: those that are none of this one's come last.
    """
    held = [
        {**line, "interval": "pooled" if line["interval"] is None else line["interval"]} for line in lines
    ]
    known = {name for line in held for name in line}
    names = [*(name for name in _FIELDS if name in known), *sorted(known.difference(_FIELDS))]
    return [names, *([_text(line.get(name)) for name in names] for line in held)]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([cell(text) for text in row] for row in rows)
    return out.getvalue()


# Proposals ----------------------------------------------------------------------------------------------


def verdict(item: Proposal) -> str:
    """Whether a change is more than noise, in words; a pooled price is that of all leads, not of its own."""
    if item.kind is Input.TARGET:
        return "with the prices"
    if item.evidence.pooled:
        return "measured of others too"
    if item.evidence.few:
        return "too few to plan on"
    if item.noise is None:
        return "chance cannot be told"
    return "within chance" if item.noise else "more than chance"


def evidence_words(item: Proposal) -> str:
    """What a proposal rests on: `279 leads of 5 months, 2026-01-01 to 2026-05-31`, or its arithmetic."""
    known = item.evidence
    if item.weighed:
        return printable(arithmetic(item))
    text = f"{known.n:,} {known.of}"
    if known.cohorts:
        text += f" of {known.cohorts} month{'' if known.cohorts == 1 else 's'}"
    return f"{text}, {known.from_on} to {known.to_on}" if known.from_on else text


def proposals_table(found: Recalculation) -> str:
    """Each proposal with its evidence; then what the log cannot tell."""
    out: list[str] = []
    if found.proposals:
        head = ("input", "agreed", "measured", "rests on", "the change is")
        rows = [(printable(item.key), item.old or DASH, item.new, evidence_words(item), verdict(item))
                for item in found.proposals]  # fmt: skip
        out += aligned([head, *rows], 5)
    else:
        out.append("No input is proposed to change.")
    if found.unchanged:
        out += ["", f"As agreed: {', '.join(map(printable, found.unchanged))}"]
    if found.unmeasured:
        out += ["", f"Nothing old enough to tell: {', '.join(map(printable, found.unmeasured))}"]
    return "\n".join(out) + "\n"


def proposal_values(item: Proposal) -> dict[str, Any]:
    """A proposal as plain values."""
    known = item.evidence
    return {
        "input": item.key,
        "kind": item.kind.value,
        "agreed": item.old,
        "measured": item.new,
        "n": known.n,
        "of": known.of,
        "from": known.from_on.isoformat() if known.from_on else None,
        "to": known.to_on.isoformat() if known.to_on else None,
        "cohorts": known.cohorts,
        "low": known.low,
        "high": known.high,
        "few": known.few,
        "pooled": known.pooled,
        "noise": item.noise,
        "advised": item.advised,
        "weighed": [
            {
                "key": one.key,
                "leads": one.leads,
                "agreed": str(one.old),
                "measured": str(one.new),
                "taken": one.taken,
            }
            for one in item.weighed
        ],
    }


def proposals_json(found: Recalculation) -> str:
    told = {
        "proposals": [proposal_values(item) for item in found.proposals],
        "unchanged": found.unchanged,
        "unmeasured": found.unmeasured,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def proposals_csv(found: Recalculation) -> str:
    held = [proposal_values(item) | {"weighed": evidence_words(item) if item.weighed else ""}
            for item in found.proposals]  # fmt: skip
    names = list(held[0]) if held else ["input"]
    return _csv([names, *([_text(item[name]) for name in names] for item in held)])
