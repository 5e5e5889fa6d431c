"""The book as JSON, with the figures of its pages: what stands for each interval, and what became of it."""

from typing import Any

from accord.errors import PageUnknown
from accord.server.api.shapes.common import Json, iso
from accord.server.book import reading
from accord.server.book.reading import Row


def book_now() -> Json:
    """The book as the worker worked it out last; PageUnknown where it has not yet."""
    kept = reading.sheet()
    if kept is None or not kept.book:
        raise PageUnknown("book: no log is there yet, or no agreement is in force")
    return {
        "agreement": kept.agreement,
        "as_of": iso(kept.as_of),
        "currency": kept.book["currency"],
        "interval": kept.book["interval"],
        "intervals": [_interval(row) for row in reversed(reading.rows(kept))],
        "pooled": {basis: reading.pooled(kept, basis) for basis in ("cohort", "close")},
        "warnings": kept.book.get("warnings", []),
    }


def _interval(row: Row) -> Json:
    """What stands: as closed and restated, else as it is known now; and every restatement."""
    closing = getattr(row.interval, "closing", None) if row.interval else None
    restated: list[Any] = list(row.interval.restatements.all()) if row.interval else []
    return {
        "from": row.from_on.isoformat(),
        "to": row.to_on.isoformat(),
        "state": row.standing.value,
        "confirmed_by": [one.side for one in row.confirmations],
        "closed_at": iso(closing.at) if closing else None,
        "restatements": [{"number": one.number, "at": iso(one.at), "reason": one.reason} for one in restated],
        **{name: row.figures.get(name) for name in ("cohort", "close", "goals")},
    }
