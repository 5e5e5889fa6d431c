"""Why were deals won and lost, and which weighed most? (S1.33, DOMAIN 5.10)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_pipeline import ReasonPoint, reasons_chart
from accord.report.drawing import HALF, draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import TWICE, group_of, plain, stream
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, day_of, label

_EMPTY = (
    "No deal was won or lost in this period. Reasons come into the log on the events `won` and `lost`; what "
    "a lost deal was worth is the amount of its `opportunity` or `proposal`."
)
_GROUPS = {"lead_type": "Lead type", "stream": "Stream", "segment": "Segment", "source": "Source"}
_WORDS = {"won": "Won", "lost": "Lost", "no decision": "No decision"}
_REASONS = 10  # that a chart holds; the table behind it holds all
_SEEN = 24  # rows by group on the page; its file holds all
_WEIGHED = 10  # deals of one outcome on the page; their file holds all
_days = partial(say.number, digits=0)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows, deals = reader.rows("win_loss"), reader.rows("key_deals")
    whole = [row for row in rows if row.get("by") == "all"]
    currency = reader.score.currency
    parts = []
    if whole:
        charts = tuple(filter(None, (_chart(whole, "won", currency), _chart(whole, "lost", currency))))
        groups = [row for row in rows if row.get("by") in _GROUPS]
        folded = (_by_group(groups, currency, agreement),) if groups else ()
        parts.append(Part("", _figures(whole), charts, folded=folded, pairs=True))
    if deals:
        parts.append(Part("Deals that weighed most", grids=tuple(_key_deals(deals, currency, agreement))))
    return Section(
        "winloss",
        "Wins and losses",
        "Why were deals won and lost? Reps tell it, which is weak evidence: where it weighs, ask the buyer.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("win_loss", "key_deals"),
    )


def _figures(rows: list[Row]) -> tuple[Figure, ...]:
    """Deals by outcome; a share of those closed, so that the three make one whole."""
    figures = []
    for outcome, word in _WORDS.items():
        own = [row for row in rows if row.get("outcome") == outcome]
        deals = sum(int(str(row["deals"])) for row in own)
        share = sum(float(str(row["of_closed"])) for row in own)
        figures.append(Figure(word, say.number(deals), f"{say.percent(share)} of closed deals"))
    unsaid = sum(int(str(row["deals"])) for row in rows if row.get("reason") is None)
    return (*figures, Figure("Without a reason", say.number(unsaid), "nobody said why"))


def _reason(row: Row) -> str:
    return plain(say.name(row.get("reason"), 40) or "no reason given")


def _chart(rows: list[Row], outcome: str, currency: str) -> Chart | None:
    """Reasons of wins, or those of losses with no decision among them, the commonest first."""
    won = outcome == "won"
    own = [row for row in rows if (row.get("outcome") == "won") is won]
    if all(row.get("reason") is None for row in own):
        return None  # one bar of unknown reasons is no picture
    own.sort(key=lambda row: -int(str(row["deals"])))
    title = "Why deals were won" if won else "Why deals were lost"
    points = [_point(row) for row in own[:_REASONS]]
    legend = [Key("bar", "Won" if won else "Lost")]
    if any(point.nobody for point in points):
        legend.append(Key("asked", "No decision: the buyer chose nobody"))
    alt = f"{title}: deals by reason; the commonest is {points[0].label}."
    drawing = draw(partial(reasons_chart, points), alt, wide=HALF)
    return Chart(title, drawing, tuple(legend), _table(title, outcome, own, currency), f"reasons-{outcome}")


def _point(row: Row) -> ReasonPoint:
    told = f"{_reason(row)}: {say.or_dash(say.number(row.get('deals')))}"
    nobody = row.get("outcome") == "no decision"
    return ReasonPoint(_reason(row), int(str(row["deals"])), nobody, told)


def _columns(currency: str) -> tuple[Column, ...]:
    amount = partial(say.money, currency=currency)
    return (
        Column("deals", "Deals", say.number, numeric=True),
        Column("of_outcome", "Of that outcome", say.percent, numeric=True),
        Column("of_closed", "Of closed", say.percent, numeric=True),
        Column("amount", "Amount", amount, numeric=True),
        Column("unpriced", "Without amount", say.number, numeric=True, optional=True),
        Column("median_cycle", "Days to close, median", _days, numeric=True),
    )


def _table(title: str, outcome: str, rows: list[Row], currency: str) -> Grid:
    columns = (Column("why", "Reason"), Column("how", "Outcome"), *_columns(currency))
    named = [{**row, "why": _reason(row), "how": _WORDS.get(str(row.get("outcome")))} for row in rows]
    return grid(f"reasons-{outcome}", f"{title}, by reason", columns, named, muted=_small)


def _by_group(rows: list[Row], currency: str, agreement: Agreement) -> Grid:
    order = list(_GROUPS)
    named = [
        {
            **row,
            "of": group_of(row, agreement),
            "group": _GROUPS[str(row["by"])],
            "why": _reason(row),
            "how": _WORDS.get(str(row.get("outcome"))),
        }
        for row in sorted(rows, key=lambda row: order.index(str(row["by"])))
    ]
    columns = (
        Column("of", "Leads of"),
        Column("group", "By"),
        Column("how", "Outcome"),
        Column("why", "Reason"),
        *_columns(currency),
    )
    title = "Reasons by lead type, stream, segment and source"
    return grid("reasons-by-group", title, columns, named, muted=_small, seen=named[:_SEEN], note=TWICE)


def _key_deals(rows: list[Row], currency: str, agreement: Agreement) -> list[Grid]:
    amount = partial(say.money, currency=currency)
    columns = (
        Column("lead", "Lead"),
        Column("account", "Company"),
        Column("amount", "Amount", amount, numeric=True),
        Column("why", "Reason"),
        Column("type", "Lead type"),
        Column("stream", "Stream", stream),
        Column("source", "Source"),
        Column("closed_on", "Closed on", day_of),
        Column("days", "Days to close", _days, numeric=True),
    )
    titles = {"won": "Largest deals won", "lost": "Largest deals lost, by what they were expected to bring"}
    found = []
    for outcome, title in titles.items():
        named = [
            {
                **row,
                "why": _reason(row) if row.get("reason") else None,
                "type": label(row.get("lead_type"), agreement),
            }
            for row in rows
            if row.get("outcome") == outcome
        ]
        if named:
            found.append(grid(f"key-deals-{outcome}", title, columns, named, seen=named[:_WEIGHED]))
    return found


def _small(row: Row) -> bool:
    return bool(row.get("small"))
