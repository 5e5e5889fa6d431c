"""Do customers stay, and are they content? Both sides answer for it (S4.4, C12)."""

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import group_of
from accord.report.view import Figure, Part, Reader, Section

_EMPTY = (
    "The log has no customers yet. They come with the event `won`; `renewed` and `churned` say who stayed, "
    "and `rated`, with outcome `satisfied` or `not satisfied`, how they are."
)
_SEVERAL = (
    "The same customers stand here under each word of the column By, and one with deals in several streams, "
    "segments or lead types in each of those: counts need not add up to those of all, and shares never do."
)
_GROUPS = {"all": "All", "stream": "Stream", "segment": "Segment", "lead_type": "Lead type"}


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("customers")
    whole = next((row for row in rows if row.get("by") == "all"), {})
    parts = (Part("", _figures(whole), grids=(_table(rows, agreement),)),) if whole else ()
    return Section(
        "customers",
        "Customers",
        "Did the customers of the period's first day stay, and what do they say? It is no side's alone.",
        parts,
        "" if parts else _EMPTY,
        reader.counted("customers"),
    )


def _figures(row: Row) -> tuple[Figure, ...]:
    stayed = say.of(row.get("stayed"), row.get("at_start"))
    unknown = "the log says of nobody who renewed or left"
    answered = (
        say.of(row.get("satisfied"), row.get("answered")) if row.get("answered") else "nobody was asked"
    )
    return (
        Figure("Retention", say.percent(row.get("retention")), stayed or unknown),
        Figure("Customers at the start", say.number(row.get("at_start"))),
        Figure("Left", say.number(row.get("left"))),
        Figure("New", say.number(row.get("joined")), "customers at the end only"),
        Figure("Satisfied", say.percent(row.get("satisfaction")), answered or ""),
    )


def _table(rows: list[Row], agreement: Agreement) -> Grid:
    named = [
        {
            **row,
            "of": "all" if row.get("by") == "all" else group_of(row, agreement),
            "group": _GROUPS.get(str(row.get("by"))),
        }
        for row in rows
    ]
    columns = (
        Column("of", "Customers of"),
        Column("group", "By"),
        Column("at_start", "At the start", say.number, numeric=True),
        Column("stayed", "Stayed", say.number, numeric=True),
        Column("left", "Left", say.number, numeric=True),
        Column("retention", "Retention", say.percent, numeric=True),
        Column("retention_low", "95% from", say.percent, numeric=True),
        Column("retention_high", "95% to", say.percent, numeric=True),
        Column("joined", "New", say.number, numeric=True),
        Column("at_end", "At the end", say.number, numeric=True),
        Column("renewed", "Renewed", say.number, numeric=True, optional=True),
        Column("answered", "Answers", say.number, numeric=True, optional=True),
        Column("satisfied", "Satisfied", say.number, numeric=True, optional=True),
        Column("satisfaction", "Share satisfied", say.percent, numeric=True),
        Column("satisfaction_low", "95% from", say.percent, numeric=True),
        Column("satisfaction_high", "95% to", say.percent, numeric=True),
    )
    title = "Who stayed and who is content"
    small = lambda row: bool(row.get("small"))  # noqa: E731
    return grid("customers", title, columns, named, muted=small, note=_SEVERAL)
