"""How hard does sales try? Attempts on leads never connected with, and the cadence (S0.37, S4.33, DOMAIN
5.2).
"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts import CountPoint, attempts_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Key, Part, Reader, Section

_EMPTY = (
    "No lead is old enough yet to judge persistence by: depth looks at leads that were never connected with "
    "and whose cadence has run its time. Attempts come into the log as events `attempted`, with a channel."
)
_MOST = 12  # bars of the chart; the rest is one bar "12+"


def section(reader: Reader, agreement: Agreement) -> Section:
    whole, spread, checks = reader.row("depth"), reader.rows("attempts"), reader.rows("cadence")
    wanted = max((point.attempts for point in agreement.follow_up.cadence), default=0)
    parts = []
    if whole or spread:
        parts.append(Part("", _figures(whole), (_chart(spread, wanted),) if spread else ()))
    if checks:
        parts.append(Part("At each checkpoint", grids=(_checks(checks),)))
    return Section(
        "depth",
        "Depth of follow-up",
        "How often is a lead tried that could not be reached? Connected leads are left out, fast "
        "success is no laziness.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("depth", "attempts", "cadence"),
    )


def _figures(row: Row) -> tuple[Figure, ...]:
    if not row:
        return ()
    return (
        Figure("Attempts per lead", say.number(row.get("mean"), 1), "mean, leads never connected with"),
        Figure("Median", say.number(row.get("median"), 1)),
        Figure("Leads looked at", say.number(row.get("leads"))),
        Figure("Never tried", say.number(row.get("without")), "", "broken" if row.get("without") else ""),
    )


def _chart(rows: list[Row], wanted: int) -> Chart:
    title = "Leads by number of attempts"
    points = _points(rows, wanted)
    alt = f"{title}, among leads never connected with; the cadence ends at {wanted} attempts."
    legend = (Key("bar", f"{wanted} attempts or more"), Key("below", "Fewer than the whole cadence"))
    columns = (
        Column("attempts", "Attempts", say.number, numeric=True),
        Column("leads", "Leads", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
    )
    return Chart(
        title, draw(partial(attempts_chart, points), alt), legend, grid("attempts", title, columns, rows)
    )


def _points(rows: list[Row], wanted: int) -> list[CountPoint]:
    counts: dict[int, float] = {}
    for row in rows:
        attempts, leads = say.known(row.get("attempts")), say.known(row.get("leads"))
        if attempts is not None and leads is not None:
            bar = min(int(attempts), _MOST)
            counts[bar] = counts.get(bar, 0) + float(leads)
    return [
        CountPoint(
            f"{bar}+" if bar == _MOST else str(bar),
            counts.get(bar, 0),
            f"{bar} attempts: {say.number(counts.get(bar, 0))} leads",
            bar < wanted,
        )
        for bar in range(max(counts, default=-1) + 1)
    ]


def _checks(rows: list[Row]) -> Grid:
    columns = (
        Column("by_days", "By day", say.number, numeric=True),
        Column("attempts", "Attempts promised", say.number, numeric=True),
        Column("judged", "Leads old enough", say.number, numeric=True),
        Column("kept", "Kept", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("pending", "Not yet due", say.number, numeric=True),
    )
    return grid("cadence", "Leads that had the promised attempts at each checkpoint", columns, rows)
