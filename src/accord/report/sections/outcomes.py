"""Won, lost, open, and the money: on bases that must not be mixed (S0.18, S1.32, DOMAIN 5.3, 5.7)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.chart_parts import SharePoint
from accord.report.charts_pipeline import SpanPoint, ratio_chart, time_to_close_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import TWICE, group_of
from accord.report.view import Chart, Figure, Key, Part, Reader, Section

_BASES = {
    "closed": "Closed in the period, whenever begun",
    "cohort": "Begun in the period, whatever became of it",
    "log": "The whole log",
}
_GROUPS = {
    "origin": "Origin",
    "source_owner": "Source owner",
    "stream": "Stream",
    "segment": "Segment",
    "lead_type": "Lead type",
    "source": "Source",
}
_STARTS = {"handed_off": "From hand-off to win", "opportunity": "From opportunity to win"}
_BARS = 12  # names that a chart holds; the table behind it holds all
_EMPTY = (
    "No deal was won or lost yet. Outcomes come into the log as events `won`, with the amount, and `lost`, "
    "with a reason."
)
_days = partial(say.number, digits=0)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("outcomes")
    bases = [row for row in rows if row.get("by") == "all"]
    told = any(row.get("won") or row.get("lost") for row in bases)
    closed, begun = (
        next((row for row in bases if row.get("basis") == each), {}) for each in ("closed", "cohort")
    )
    groups = [row for row in rows if row.get("basis") == "closed" and row.get("by") in _GROUPS]
    parts = []
    if told:
        currency = reader.score.currency
        parts.append(Part("", _figures(closed, begun, currency), grids=(_bases(bases, currency),)))
        if any(row.get("key") is not None for row in groups):
            charts = tuple(filter(None, (_ratios(rows, currency),)))
            parts.append(
                Part("Where they came from", charts=charts, grids=(_groups(groups, currency, agreement),))
            )
    closes = reader.rows("time_to_close")
    if closes:
        spans = filter(None, (_spans(closes, start, reader, agreement) for start in _STARTS))
        parts.append(
            Part("How long wins took", charts=tuple(spans)[:1], grids=(_closes(closes, reader, agreement),))
        )
    return Section(
        "outcomes",
        "Outcomes",
        "What was won and lost, and how long it took. Each basis answers its own question.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("outcomes", "time_to_close"),
    )


def _figures(row: Row, begun: Row, currency: str) -> tuple[Figure, ...]:
    """Each win rate names its leads and what it divides by: the two are not comparable (5.3)."""
    if not row:
        return ()
    return (
        Figure(
            "Win rate, by day of the close",
            say.percent(row.get("win_rate")),
            f"{say.of(row.get('won'), _decided(row))} deals won or lost in the period, whenever begun",
        ),
        Figure(
            "Won of decided, begun in the period",
            say.percent(begun.get("win_rate")),
            f"{say.of(begun.get('won'), _decided(begun))} decided of the leads begun in the period"
            f"{_still(begun)}",
        ),
        Figure("Won", say.number(row.get("won")), "in the period"),
        Figure("Lost", say.number(row.get("lost")), "in the period"),
        Figure("Revenue", say.money(row.get("revenue"), currency), "of deals won in the period"),
        Figure("Average deal", say.money(row.get("average_deal"), currency)),
        Figure("Days to win", _days(row.get("median_cycle")), "median"),
    )


def _still(begun: Row) -> str:
    """What a young cohort's share hides: open leads are in neither number, losses are known first (5.3)."""
    if not begun.get("open"):
        return ""
    return f"; {say.number(begun.get('open'))} more still open: not final, and no win rate to plan with"


def _columns(currency: str) -> tuple[Column, ...]:
    amount = partial(say.money, currency=currency)
    return (
        Column("won", "Won", say.number, numeric=True),
        Column("lost", "Lost", say.number, numeric=True),
        Column("open", "Open", say.number, numeric=True),
        Column("win_rate", "Won of decided", say.percent, numeric=True),
        Column("low", "95% from", say.percent, numeric=True),
        Column("high", "95% to", say.percent, numeric=True),
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
        {**row, "group": _GROUPS[str(row["by"])], "of": group_of(row, agreement)}
        for row in sorted(rows, key=lambda row: list(_GROUPS).index(str(row["by"])))
    ]
    decided = [column for column in _columns(currency) if column.key not in {"open", "won_of_all"}]
    columns = (Column("of", "Leads of"), Column("group", "By"), *decided)
    title = "Deals closed in the period, by where their leads came from"
    small = lambda row: bool(row.get("small"))  # noqa: E731
    return grid("outcomes-by-group", title, columns, named, muted=small, note=TWICE)


def _ratios(rows: list[Row], currency: str) -> Chart | None:
    """The closing ratio of inbound leads, of each of their sources, and of all others (S2.3)."""
    closed = [row for row in rows if row.get("basis") == "closed"]
    inbound = [row for row in closed if (row.get("by"), row.get("key")) == ("origin", "inbound")]
    sources = [row for row in closed if row.get("by") == "inbound_source" and _decided(row)]
    others = [row for row in closed if row.get("by") == "source_owner" and row.get("key") != "marketing"]
    if not inbound:
        return None
    sources.sort(key=lambda row: -_decided(row))
    named = [
        *({**row, "of": "Inbound, all"} for row in inbound),
        *({**row, "of": f"Inbound: {say.name(row.get('key'), 24) or 'unknown source'}"} for row in sources),
        *({**row, "of": say.name(row.get("key"), 24) or "Unknown owner"} for row in others if _decided(row)),
    ]
    points = [_ratio(row) for row in named[:_BARS]]
    title = "Closing ratio of inbound leads, by source, beside the others"
    alt = f"{title}, each with its 95% interval. {points[0].label}."
    legend = [Key("point", "Won of decided, with 95% interval")]
    if any(point.pale for point in points):
        legend.append(Key("young", "Rests on fewer than 10"))
    columns = (Column("of", "Leads"), *(c for c in _columns(currency) if c.key not in {"open", "won_of_all"}))
    table = grid("closing-ratio", title, columns, named, muted=lambda row: bool(row.get("small")))
    drawing = draw(partial(ratio_chart, points, None), alt)
    return Chart(title, drawing, tuple(legend), table, "closing-ratio")


def _decided(row: Row) -> int:
    return sum(int(str(row.get(name) or 0)) for name in ("won", "lost"))


def _ratio(row: Row) -> SharePoint:
    share, low, high = (
        None if (figure := say.known(row.get(key))) is None else float(figure)
        for key in ("win_rate", "low", "high")
    )
    counted = say.or_dash(say.of(row.get("won"), _decided(row)))
    told = f"{row['of']}: {say.or_dash(say.percent(share))} ({counted})"
    return SharePoint(str(row["of"]), share, told, low=low, high=high, pale=bool(row.get("small")))


def _spans(rows: list[Row], start: str, reader: Reader, agreement: Agreement) -> Chart | None:
    """Median and p90 of all wins and of each lead type, from one start (S4.17)."""
    own = [row for row in rows if row.get("start") == start and row.get("by") in {"all", "lead_type"}]
    points = [_span(row, agreement) for row in own if row.get("median_days") is not None][:_BARS]
    if not points:
        return None
    title = _STARTS[start]
    legend = [Key("bar", "Median days"), Key("goal", "Nine in ten took no longer")]
    if any(point.small for point in points):
        legend.append(Key("pale", "Fewer than 10 wins"))
    alt = f"{title}: median days and where nine in ten are done. {points[0].label}."
    drawing = draw(partial(time_to_close_chart, points), alt)
    table = _times(f"time-to-close-{start}", title, own, reader, agreement)
    return Chart(title, drawing, tuple(legend), table, f"time-to-close-{start.replace('_', '-')}")


def _span(row: Row, agreement: Agreement) -> SpanPoint:
    name = _of(row, agreement)
    median, p90 = (float(str(row[key])) for key in ("median_days", "p90_days"))
    told = f"{name}: {say.number(median, 1)} days, nine in ten {say.number(p90)}"
    return SpanPoint(name, median, p90, bool(row.get("small")), told)


def _of(row: Row, agreement: Agreement) -> str:
    return "All" if row.get("by") == "all" else say.or_dash(say.name(group_of(row, agreement), 40))


def _closes(rows: list[Row], reader: Reader, agreement: Agreement) -> Grid:
    title = "Time to close and worth of a deal, by lead type, stream and segment"
    return _times("time-to-close", title, rows, reader, agreement)


def _times(id: str, title: str, rows: list[Row], reader: Reader, agreement: Agreement) -> Grid:
    amount = partial(say.money, currency=reader.score.currency)
    days = partial(say.number, digits=1)
    groups = {"all": "All", "lead_type": "Lead type", "stream": "Stream", "segment": "Segment"}
    named = [
        {
            **row,
            "of": _of(row, agreement),
            "group": groups.get(str(row.get("by"))),
            "from": _STARTS.get(str(row.get("start"))),
        }
        for row in rows
    ]
    columns = (
        Column("of", "Deals of"),
        Column("group", "By"),
        Column("from", "Time"),
        Column("timed", "Deals timed", say.number, numeric=True),
        Column("unknown", "Start unknown", say.number, numeric=True, optional=True),
        Column("median_days", "Median days", days, numeric=True),
        Column("p90_days", "Nine in ten, days", _days, numeric=True),
        Column("mean_days", "Mean days", days, numeric=True),
        Column("deal_value", "Value of a deal", amount, numeric=True),
        Column("order_value", "Value of an order", amount, numeric=True),
        Column("orders", "Orders", say.number, numeric=True),
    )
    return grid(id, title, columns, named, muted=lambda row: bool(row.get("small")))
