"""Where does the time to the first touch go, and does the touch reach anybody? (DOMAIN 5.1)"""

from collections.abc import Callable
from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_sales import WaitPoint, wait_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, label

_EMPTY = (
    "No lead was handed to sales in this period, so there is no wait to take apart. Its stations are the "
    "events `created`, `qualified`, `handed_off`, `assigned` with the rep as actor, and the first "
    "`attempted`."
)
STATIONS = {
    "to_qualified": ("pale", "Until qualified"),
    "to_delivered": ("asked", "Until delivered"),
    "to_assigned": ("amber", "In the queue"),
    "to_rep": ("below", "With somebody else"),
    "to_touched": ("bar", "With the rep who touched it"),
}
_GROUPS = 8  # bars of the chart; the table behind it holds all
_wall = partial(say.length, wall=True)


def section(reader: Reader, agreement: Agreement) -> Section:
    """Owners are left out, as everywhere on the pages."""
    whole = next((row for row in reader.rows("speed_parts") if row.get("by") == "all"), {})
    types, months = reader.rows("speed_parts_by_lead_type"), reader.rows("speed_parts_by_month")
    parts = []
    if whole:
        groups = [{**whole, "group": "All leads"}, *_named(types, agreement)]
        traced = [row for row in groups if row.get("traced")]
        charts = (_chart(traced, groups),) if traced else ()
        grids = () if charts else (_grid("wait", "Where the time to the first touch goes", groups),)
        folded = (_months(months),) if len(months) > 1 else ()
        parts.append(Part("", _figures(whole), charts, grids, folded))
        parts.append(Part("What the first touch is worth", _worth(whole)))
    return Section(
        "parts",
        "Where the time goes",
        "Who had the lead while the prospect waited? Time in the queue is nobody's delay but the system's.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("speed_parts"),
    )


def _named(rows: list[Row], agreement: Agreement) -> list[Row]:
    return [{**row, "group": label(row.get("lead_type"), agreement)} for row in rows]


def _figures(row: Row) -> tuple[Figure, ...]:
    unassigned = row.get("unassigned")
    return (
        Figure("The prospect waits", _wall(row.get("prospect_median")), _median(row, "prospect", _wall)),
        Figure("The system takes", _wall(row.get("system_median")), _median(row, "system", _wall)),
        Figure("In the queue", _wall(row.get("queue_median")), _median(row, "queue", _wall)),
        Figure(
            "With the rep",
            say.length(row.get("rep_median")),
            f"working time, {_median(row, 'rep', say.length)}",
        ),
        Figure(
            "Never assigned",
            say.number(unassigned),
            f"of {say.number(row.get('delivered'))}",
            "broken" if unassigned else "",
        ),
    )


def _median(row: Row, name: str, show: Callable[[object], str | None]) -> str:
    p90, count = show(row.get(f"{name}_p90")), say.number(row.get(f"{name}_n"))
    return f"median of {count}; nine of ten within {p90}" if p90 else f"median of {count}"


def _worth(row: Row) -> tuple[Figure, ...]:
    left = row.get("abandoned")
    return (
        Figure(
            "Reached at once",
            say.percent(row.get("share_reached_at_once")),
            f"{say.of(row.get('reached_at_once'), row.get('touched'))} within an hour of the first touch",
        ),
        Figure(
            "Touched once and left",
            say.percent(row.get("share_abandoned")),
            f"{say.of(left, row.get('abandoned_of'))} old enough and never reached",
            "broken" if left else "",
        ),
    )


def _chart(traced: list[Row], groups: list[Row]) -> Chart:
    title = "The wait of a prospect, mean, station by station"
    shown = traced[: _GROUPS + 1]
    alt = f"{title}, for {len(shown)} groups of leads; the table below has every figure."
    points = [point for row in shown for point in _points(row)]
    legend = tuple(
        Key(shape, text)
        for part, (shape, text) in STATIONS.items()
        if any(point.part == part and point.end > point.start for point in points)
    )
    return Chart(title, draw(partial(wait_chart, points), alt), legend, _grid("wait", title, groups), "wait")


def _points(row: Row) -> list[WaitPoint]:
    found, start = [], 0.0
    for part, (_, text) in STATIONS.items():
        seconds = float(say.known(row.get(part)) or 0)
        name = say.or_dash(say.name(row.get("group"), 30))
        told = f"{name}, {text.lower()}: {say.or_dash(_wall(seconds))}"
        found.append(WaitPoint(name, part, start, start + seconds / 3600, told))
        start += seconds / 3600
    return found


def _columns() -> tuple[Column, ...]:
    return (
        Column("delivered", "Delivered", say.number, numeric=True),
        Column("traced", "All stations known", say.number, numeric=True),
        *(Column(part, text, _wall, numeric=True) for part, (_, text) in STATIONS.items()),
        Column("prospect_median", "Wait, median", _wall, numeric=True),
        Column("queue_median", "Queue, median", _wall, numeric=True),
        Column("rep_median", "Rep, median (working)", say.length, numeric=True),
        Column("unassigned", "Never assigned", say.number, numeric=True, optional=True),
        Column("share_reached_at_once", "Reached at once", say.percent, numeric=True),
        Column("share_abandoned", "Touched once and left", say.percent, numeric=True),
    )


def _grid(id: str, title: str, rows: list[Row]) -> Grid:
    return grid(id, title, (Column("group", "Leads"), *_columns()), rows, muted=_small)


def _months(rows: list[Row]) -> Grid:
    title = "Where the time goes, by month of delivery"
    return grid("wait-by-month", title, (Column("month", "Month"), *_columns()), rows, muted=_small)


def _small(row: Row) -> bool:
    return bool(row.get("small"))
