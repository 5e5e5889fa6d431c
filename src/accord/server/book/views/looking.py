"""The book of all intervals, and one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accord.ledger.book_output import book_rows
from accord.ledger.measures import find
from accord.ledger.restating import differences
from accord.server.access import may
from accord.server.agreements.finding import version_in_force
from accord.server.book import acts, reading
from accord.server.book.models import Sheet
from accord.server.book.showing import BEHIND, basis_tables, changes, goals_of, lines_of
from accord.server.look.answering import viewer_of
from accord.server.look.saving import csv_file, csv_lines
from accord.server.score.making import has_log


@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """Every interval on both bases with its state, and the pooled row; or what is still missing for one."""
    kept = reading.sheet()
    rows = reading.rows(kept)
    return render(request, "book/book.html", {
        "sheet": kept,
        "rows": rows,
        "tables": basis_tables(rows, kept),
        "currency": _currency(kept),
        "warnings": kept.book.get("warnings", []) if kept else [],
        "missing": "" if rows else _missing(),
    })  # fmt: skip


@require_safe
def table(request: HttpRequest) -> HttpResponseBase:
    """Both bases as CSV: what stands for each interval, with its state, and the pooled rows."""
    kept = reading.sheet()
    lines = []
    for row in reversed(reading.rows(kept)):
        for basis in ("cohort", "close"):
            if basis in row.figures:
                lines.append({"state": row.standing.value, **row.figures[basis]})
    for basis in ("cohort", "close"):
        if (whole := reading.pooled(kept, basis)) is not None:
            lines.append({"state": "pooled", **whole})
    return csv_file("book.csv", csv_lines(book_rows(lines)))


@require_safe
def month(request: HttpRequest, on: str) -> HttpResponse:
    """One interval: its figures with their definitions, who confirmed it, what was restated, what to do."""
    kept, viewer = reading.sheet(), viewer_of(request)
    row = reading.row_of(kept, on)
    interval = row.interval
    sides = {one.side: one for one in row.confirmations}
    return render(request, "book/month.html", {
        "sheet": kept,
        "row": row,
        "lines": [
            (*line, [find(name) for name in names])
            for line, names in zip(lines_of(row, find("book").columns), BEHIND.values(), strict=True)
        ],
        "period": f"?from={row.from_on}&to={row.to_on}",
        "promises": _promises(),
        "goals": goals_of(row),
        "changes": changes(row.differences),
        "closing": getattr(interval, "closing", None) if interval else None,
        "confirmations": row.confirmations,
        "waits_for": [side for side in acts.SIDES if side not in sides],
        "own": sides.get(viewer.side),
        "restatements": [(one, changes(differences(one.before, one.after))) for one in _restated(row)],
        "notes": list(interval.notes.all()) if interval else [],
        "may_confirm": may(viewer, "book-confirm", "POST"),
        "may_note": may(viewer, "book-note", "POST"),
        "currency": _currency(kept, row),
    })  # fmt: skip


def _promises() -> set[str]:
    """The promises in force, whose leads the score can list."""
    found = version_in_force(timezone.now())
    return {promise.id for promise in found.agreement.promises} if found else set()


def _restated(row: reading.Row) -> list[Any]:
    return list(row.interval.restatements.all()) if row.interval else []


def _currency(kept: Sheet | None, row: reading.Row | None = None) -> str:
    closing = getattr(row.interval, "closing", None) if row and row.interval else None
    if closing is not None:
        return str(closing.currency)
    return str(kept.book.get("currency", "")) if kept else ""


def _missing() -> str:
    """What the book waits for: an agreement, a log, or the worker."""
    if version_in_force(timezone.now()) is None:
        return "agreement"
    return "worker" if has_log() else "log"
