"""Won, lost, open, and the money: on bases that must not be mixed (S0.18, S1.32, DOMAIN 5.3, 5.7)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Figure, Part, Reader, Section, label

_BASES = {
    "closed": "Closed in the period, whenever begun",
    "cohort": "Begun in the period, whatever became of it",
    "log": "The whole log",
}
_GROUPS = {"stream": "Stream", "segment": "Segment", "lead_type": "Lead type", "source": "Source"}
_EMPTY = (
    "No deal was won or lost yet. Outcomes come into the log as events `won`, with the amount, and `lost`, "
    "with a reason."
)
_days = partial(say.number, digits=0)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("outcomes")
    bases = [row for row in rows if row.get("by") == "all"]
    told = any(row.get("won") or row.get("lost") for row in bases)
    closed = next((row for row in bases if row.get("basis") == "closed"), {})
    groups = [row for row in rows if row.get("basis") == "closed" and row.get("by") in _GROUPS]
    parts = []
    if told:
        currency = reader.score.currency
        parts.append(Part("", _figures(closed, currency), grids=(_bases(bases, currency),)))
        if any(row.get("key") is not None for row in groups):
            parts.append(Part("Where they came from", grids=(_groups(groups, currency, agreement),)))
    return Section(
        "outcomes",
        "Outcomes",
        "What was won and lost, and how long it took. Each basis answers its own question.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("outcomes"),
    )


def _figures(row: Row, currency: str) -> tuple[Figure, ...]:
    if not row:
        return ()
    decided = (row.get("won"), row.get("lost"))
    both = sum(decided) if all(isinstance(count, int) for count in decided) else None  # type: ignore[arg-type]
    return (
        Figure("Win rate", say.percent(row.get("win_rate")), say.of(row.get("won"), both) or ""),
        Figure("Won", say.number(row.get("won")), "in the period"),
        Figure("Lost", say.number(row.get("lost")), "in the period"),
        Figure("Revenue", say.money(row.get("revenue"), currency), "of deals won in the period"),
        Figure("Average deal", say.money(row.get("average_deal"), currency)),
        Figure("Days to win", _days(row.get("median_cycle")), "median"),
    )


def _columns(currency: str) -> tuple[Column, ...]:
    amount = partial(say.money, currency=currency)
    return (
        Column("won", "Won", say.number, numeric=True),
        Column("lost", "Lost", say.number, numeric=True),
        Column("open", "Open", say.number, numeric=True),
        Column("win_rate", "Won of decided", say.percent, numeric=True),
        Column("won_of_all", "Won of all", say.percent, numeric=True),
        Column("revenue", "Revenue", amount, numeric=True),
        Column("average_deal", "Average deal", amount, numeric=True),
        Column("median_cycle", "Days to win, median", _days, numeric=True),
        Column("unpriced", "Won without amount", say.number, numeric=True, optional=True),
    )


def _bases(rows: list[Row], currency: str) -> Grid:
    named = [{**row, "of": _BASES.get(str(row.get("basis")), str(row.get("basis")))} for row in rows]
    columns = (
        Column("of", "Leads"),
        Column("leads", "Number", say.number, numeric=True),
        *_columns(currency),
    )
    return grid("outcomes", "Outcomes on three bases", columns, named)


def _groups(rows: list[Row], currency: str, agreement: Agreement) -> Grid:
    named = [
        {**row, "group": _GROUPS[str(row["by"])], "of": label(row.get("key"), agreement)}
        for row in sorted(rows, key=lambda row: list(_GROUPS).index(str(row["by"])))
    ]
    decided = [column for column in _columns(currency) if column.key not in {"open", "won_of_all"}]
    columns = (Column("of", "Leads of"), Column("group", "By"), *decided)
    title = "Deals closed in the period, by where their leads came from"
    return grid("outcomes-by-group", title, columns, named, muted=lambda row: bool(row.get("small")))
