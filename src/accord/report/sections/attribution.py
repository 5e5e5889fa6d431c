"""Whose leads were they, and what came of each source? (S0.14, S0.22, DOMAIN 5.9)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Figure, Part, Reader, Section

_BASES = {
    "cohort": "Leads begun in the period",
    "closed": "Deals closed in the period",
}
_EMPTY = (
    "Nobody can be credited yet: no lead began in this period. Who a lead is owed to is written on it as "
    "`source_owner`, and can be read from who touched it first."
)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows, loop = reader.rows("attribution"), reader.rows("closed_loop_by_source")
    parts = []
    if rows:
        currency = reader.score.currency
        grids = [_readings(rows, basis, currency, agreement) for basis in _BASES if _of(rows, basis)]
        parts.append(
            Part("", _figures(rows, currency, agreement), grids=tuple(grids[:1]), folded=tuple(grids[1:]))
        )
        if loop:
            parts.append(Part("What came of each source", grids=(_loop(loop, currency),)))
    return Section(
        "attribution",
        "Sources",
        "Whose leads were they, by three rules side by side, and what came of each source? The agreement "
        f"goes by: {agreement.attribution}.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("attribution", "closed_loop"),
    )


def _of(rows: list[Row], basis: str) -> list[Row]:
    return [row for row in rows if row.get("basis") == basis]


def _figures(rows: list[Row], currency: str, agreement: Agreement) -> tuple[Figure, ...]:
    """Marketing's part by the reading that the agreement goes by."""
    mine = {
        str(row.get("basis")): row
        for row in rows
        if row.get("owner") == "marketing" and row.get("reading") == agreement.attribution
    }
    cohort, closed = mine.get("cohort", {}), mine.get("closed", {})
    return (
        Figure(
            "Revenue from marketing's leads",
            say.percent(closed.get("revenue_share")),
            "of deals won in the period",
        ),
        Figure("Revenue", say.money(closed.get("revenue"), currency), "from marketing's leads"),
        Figure("Won", say.number(closed.get("won")), _share(closed.get("won_share"))),
        Figure("Leads", say.number(cohort.get("leads")), _share(cohort.get("share"))),
        Figure(
            "Opportunities", say.number(cohort.get("opportunities")), _share(cohort.get("opportunity_share"))
        ),
    )


def _share(value: object) -> str:
    share = say.percent(value)
    return f"{share} of all" if share else ""


def _readings(rows: list[Row], basis: str, currency: str, agreement: Agreement) -> Grid:
    amount = partial(say.money, currency=currency)
    columns = (
        Column("by", "Reading"),
        Column("whose", "Owner"),
        Column("leads", "Leads", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("opportunities", "Opportunities", say.number, numeric=True),
        Column("opportunity_share", "Share of those", say.percent, numeric=True),
        Column("won", "Won", say.number, numeric=True),
        Column("won_share", "Share of won", say.percent, numeric=True),
        Column("revenue", "Revenue", amount, numeric=True),
        Column("revenue_share", "Share of revenue", say.percent, numeric=True),
        Column("unpriced", "Won without amount", say.number, numeric=True, optional=True),
    )
    named = [
        {**row, "by": _reading(row, agreement), "whose": row.get("owner") or "unknown"}
        for row in _of(rows, basis)
    ]
    title = f"{_BASES[basis]}, by whom they are owed to"
    return grid(f"attribution-{basis}", title, columns, named, muted=_small)


def _reading(row: Row, agreement: Agreement) -> str:
    reading = str(row.get("reading"))
    return f"{reading} (agreed)" if reading == agreement.attribution else reading


def _loop(rows: list[Row], currency: str) -> Grid:
    amount = partial(say.money, currency=currency)
    columns = (
        Column("of", "Source"),
        Column("delivered", "Delivered", say.number, numeric=True),
        Column("accepted", "Accepted", say.number, numeric=True),
        Column("acceptance", "Of decided", say.percent, numeric=True),
        Column("opportunities", "Opportunities", say.number, numeric=True),
        Column("open", "Open", say.number, numeric=True),
        Column("pipeline", "Pipeline", amount, numeric=True),
        Column("won", "Won", say.number, numeric=True),
        Column("revenue", "Revenue", amount, numeric=True),
        Column("revenue_per_lead", "Revenue a lead", amount, numeric=True),
        Column("value", "Value of accepted", amount, numeric=True),
        Column("unpriced", "Won without amount", say.number, numeric=True, optional=True),
    )
    named = [{**row, "of": row.get("source") or "unknown"} for row in rows]
    title = "Leads handed off in the period, by source: taken, pursued, earned"
    return grid("closed-loop", title, columns, named, muted=_small)


def _small(row: Row) -> bool:
    return bool(row.get("small"))
