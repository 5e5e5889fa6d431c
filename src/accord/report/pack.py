"""The pack of the monthly review: problems first, what was decided, both scores, charts (S1.31, S3.17).

It is arranged from a score and frozen as plain values: what the meeting looked at can be looked at again,
whatever the log learns later. `plain` makes the JSON, `report.pack_pdf` the PDF of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from accord.agreement.terms import Agreement
from accord.ledger.score import PromiseScore, PromiseState, Score
from accord.report import format as say
from accord.report.grid import Grid, Row
from accord.report.scoreboard import LINKS, link_of, sides, verdict
from accord.report.sections import sections
from accord.report.view import Chart, Figure, Part, Reader, Section

LEFT_OUT = frozenset({"overdue", "origin"})  # single leads, and the plan: no matter of a review
_CHARTS, _GRIDS, _ROWS = 2, 2, 12  # of a part, and of a table: who wants more opens the score
_PAIRED = 6  # charts that stand two in a line: every link of the chain, its last one too
_STATES = (PromiseState.BROKEN, PromiseState.OVER, PromiseState.AT_RISK, PromiseState.UNMEASURED)


def plain(
    score: Score,
    agreement: Agreement,
    *,
    actions: Sequence[Mapping[str, Any]] = (),
    proposals: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The pack as JSON. `actions` are the decisions to be checked first, `proposals` what to change."""
    reader, found = Reader(score), verdict(score, agreement)
    return {
        "name": say.or_dash(say.name(agreement.name)),
        "agreement": score.agreement,
        "from_on": score.from_on.isoformat(),
        "to_on": score.to_on.isoformat(),
        "as_of": score.as_of.isoformat(),
        "zone": score.zone,
        "verdict": found.sentence,
        "because": found.because,
        "opening": [asdict(one) for one in opening(reader)],
        "problems": [_problem(one) for one in problems(score)],
        "actions": list(actions),
        "sides": [asdict(side) for side in sides(score)],
        "sections": [
            _section(one)
            for one in sections(reader, agreement, None)
            if one.id not in LEFT_OUT and (one.parts or one.empty)
        ],
        "proposals": list(proposals),
        "warnings": list(score.warnings),
    }


def opening(reader: Reader) -> tuple[Figure, ...]:
    """With what a review starts: leads passed on, and how long they waited on average (S1.31)."""
    row, depth, came = (_of_all(reader, name) for name in ("speed", "depth", "delivery"))
    mean = say.known(depth.get("mean"))
    found = (
        Figure("Leads handed to sales", say.number(came.get("delivered"))),
        Figure("Average time to the first touch", say.length(row.get("mean")), "working time, touched leads"),
        Figure("Touched in time", say.percent(row.get("share_in_time")),
               say.of(row.get("kept"), row.get("judged")) or ""),
        Figure("Still untouched and late", say.number(row.get("open_overdue"))),
        Figure("Attempts at leads never reached", say.number(mean, 1) if mean is not None else None, "mean"),
    )  # fmt: skip
    return tuple(one for one in found if one.value is not None)


def _of_all(reader: Reader, measure: str) -> Row:
    return next((row for row in reader.rows(measure) if row.get("by") == "all"), {})


def problems(score: Score) -> list[PromiseScore]:
    """What is not as promised, the worst state first and then in the order of the chain from lead to deal."""
    promises = [promise for side in score.sides for promise in side.promises]
    found = [promise for promise in promises if promise.state in _STATES]
    return sorted(found, key=lambda one: (_STATES.index(one.state), _place(one)))


def _place(promise: PromiseScore) -> int:
    link = link_of(promise.measure)
    return list(LINKS).index(link) if link in LINKS else len(LINKS)


def _problem(one: PromiseScore) -> dict[str, Any]:
    wanted = (
        say.promised_percent(one.due_by_now) if one.unit == "share" else say.amount(one.due_by_now, one.unit)
    )
    return {
        "promise": one.id,
        "title": say.or_dash(say.name(one.title)),
        "side": one.side,
        "state": one.state.value,
        "link": link_of(one.measure),
        "actual": say.amount(one.actual, one.unit),
        "counted": (say.of(one.numerator, one.denominator) or "") if one.unit == "share" else "",
        "wanted": wanted,
        "pending": one.pending or 0,
        "note": say.name(one.note, 500) or "",
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "question": section.question,
        "empty": section.empty,
        "parts": [_part(part) for part in section.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "figures": [asdict(figure) for figure in part.figures if figure.value is not None],
        "charts": [_chart(chart) for chart in part.charts[: _PAIRED if part.pairs else _CHARTS]],
        "grids": [_grid(grid) for grid in _short(part.grids)],
    }


def _short(grids: Iterable[Grid]) -> list[Grid]:
    return list(grids)[:_GRIDS]


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "name": chart.name,
        "title": chart.title,
        "alt": chart.drawing.alt,
        "wide": chart.drawing.wide,
        "narrow": chart.drawing.narrow,
        "legend": [asdict(key) for key in chart.legend],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "caption": grid.caption,
        "head": [{"title": column.title, "numeric": column.numeric} for column in grid.columns],
        "rows": [list(row) for row in grid.cells[:_ROWS]],
        "left_out": grid.left_out + max(0, len(grid.cells) - _ROWS),
    }
