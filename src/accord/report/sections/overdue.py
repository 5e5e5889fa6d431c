"""Which leads wait past their promise, the longest first: the list that somebody can act on today."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.grid import Column, grid
from accord.report.naming import person, stream
from accord.report.view import Part, Reader, Section, label, when

_LISTED = 50  # the longest; their file holds all
_NONE = "No lead is overdue: every lead that was delivered has been touched, or still has time."
_EMPTY = (
    "No lead was handed to sales in this period, so none can be overdue. The clock of a lead starts with its "
    "event `handed_off`."
)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("overdue")
    there = when(reader.score.zone)
    columns = (
        Column("lead", "Lead"),
        Column("lead_type", "Lead type", lambda value: say.name(label(value, agreement))),
        Column("owner", "Owner", lambda value: say.name(person(value, agreement))),
        Column("stream", "Stream", stream),
        Column("delivered_at", "Delivered", there),
        Column("due_at", "Due", there),
        Column("overdue", "Overdue for", say.length, numeric=True),
        Column("waited", "Waiting for", say.length, numeric=True),
        Column("wall_overdue", "In wall time", partial(say.length, wall=True), numeric=True),
        Column("excused", "Excused", _yes, optional=True),
    )
    table = grid(
        "overdue-leads",
        "Leads past their promised first touch, the longest first; working time",
        columns,
        rows,
        seen=rows[:_LISTED],
    )
    delivered = reader.row("speed").get("delivered")
    return Section(
        "overdue",
        "Overdue leads",
        "Who waits for an answer that was promised? A list to act on, the longest wait first.",
        (Part(grids=(table,)),) if rows else (),
        "" if rows else _NONE if delivered else _EMPTY,
        reader.counted("overdue"),
    )


def _yes(value: object) -> str | None:
    return None if value is None else "yes" if value else "no"
