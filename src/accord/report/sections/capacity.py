"""Is there time for the leads that come? Work against the reps' time (S0.31, S4.27, F12, DOMAIN 5.10)."""

from collections.abc import Callable
from functools import partial

from accord.plan.reps.capacity import EVERYBODY
from accord.report import format as say
from accord.report.chart_parts import SharePoint
from accord.report.charts_sales import use_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, day_of, month_of

_EMPTY = (
    "No lead was handed off in this period and no rep's time is known. The time comes from the agreement: "
    "`minutes_per_month` of a person of sales, or "
    "`capacity: {hours_per_month: 160, for_marketing_leads: 60%}`."
)
_SO_FAR = "so far this month"
_WEEKS = 26  # bars that a chart can hold, and rows of its table; the file holds all
_hours = partial(say.number, digits=1)


def section(reader: Reader) -> Section:
    rows = reader.rows("capacity_use")
    pools = list(dict.fromkeys(str(row.get("pool") or EVERYBODY) for row in rows))
    parts = [_part(pool, [row for row in rows if (row.get("pool") or EVERYBODY) == pool]) for pool in pools]
    return Section(
        "capacity",
        "Capacity",
        "Is there time to give every lead what was promised? Above 100% speed, depth or the rep gives way.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("capacity_use"),
    )


def _part(pool: str, rows: list[Row]) -> Part:
    weeks = [_told(row) for row in rows if row.get("span") == "week"]
    months = [_told(row) for row in rows if row.get("span") == "month"]
    title = f"Pool {say.or_dash(say.name(pool))}" if pool != EVERYBODY else "All reps"
    id = f"capacity-{slug(pool) or 'all'}"
    known = [row for row in weeks if row.get("use") is not None]
    charts = (_chart(id, title, weeks),) if known else ()
    grids = (_grid(f"{id}-months", f"{title}: work and time by month", months, month_of),) if months else ()
    folded = () if charts or not weeks else (_weeks(id, title, weeks),)
    return Part(title, _figures(months), charts, grids, folded)


def _told(row: Row) -> Row:
    """Lengths in hours, as people plan them."""
    lengths = {name: say.known(row.get(name)) for name in ("work", "expected_work", "available")}
    return {
        **row,
        **{f"{name}_hours": None if v is None else float(v) / 3600 for name, v in lengths.items()},
    }


def _figures(months: list[Row]) -> tuple[Figure, ...]:
    """Those of the last month that is over, else of the one that runs."""
    over = [row for row in months if not row.get("open")] or months
    if not over:
        return ()
    row = over[-1]
    use, runs = say.known(row.get("use")), bool(row.get("open"))
    span = _SO_FAR if runs else "a month"
    hint = f"{month_of(row.get('on'))}{f', {_SO_FAR}' if runs else ''}"
    assumed = (
        "minutes a touch are the usual ones" if row.get("assumed") else "by the agreement's minutes a touch"
    )
    return (
        Figure("Work ÷ time", say.percent(use), hint, "over" if use is not None and use > 1 else ""),
        Figure(
            f"Leads {_SO_FAR}" if runs else "Leads",
            say.number(row.get("leads")),
            f"{_hours(row.get('work_hours'))} h of work, {assumed}",
        ),
        Figure("Leads a rep can follow up", say.number(row.get("leads_per_rep")), f"{span}, rounded down"),
        Figure(
            "Reps needed",
            say.number(row.get("reps_needed")),
            f"{f'for those {_SO_FAR}; ' if runs else ''}{say.or_dash(say.number(row.get('reps')))} listed",
        ),
    )


def _chart(id: str, title: str, weeks: list[Row]) -> Chart:
    heading = f"{title}: work ÷ time by week"
    heading += f", the last {_WEEKS} weeks" if len(weeks) > _WEEKS else ""
    points = [_point(row) for row in weeks[-_WEEKS:]]
    alt = f"{heading}, against all the time there is."
    alt += " The file below holds every week." if len(weeks) > _WEEKS else ""
    legend = [Key("bar", "Within the time"), Key("goal", "All the time there is")]
    if any((point.share or 0) > 1 for point in points):
        legend.insert(1, Key("red", "More work than time"))
    if any(point.pale for point in points):
        legend.append(Key("pale", "Not over yet"))
    drawing = draw(partial(use_chart, points), alt)
    return Chart(heading, drawing, tuple(legend), _weeks(id, title, weeks), id)


def _point(row: Row) -> SharePoint:
    week, use = say.or_dash(day_of(row.get("on"))), say.known(row.get("use"))
    told = f"Week of {week}: {say.or_dash(say.percent(use))}, {say.number(row.get('leads'))} leads"
    return SharePoint(week, None if use is None else float(use), told, pale=bool(row.get("open")))


def _weeks(id: str, title: str, weeks: list[Row]) -> Grid:
    return _grid(f"{id}-weeks", f"{title}: work and time by week", weeks, day_of)


def _standing(open: object) -> str | None:
    return "not over yet" if open else None


def _grid(id: str, title: str, rows: list[Row], show: Callable[[object], str | None]) -> Grid:
    columns = (
        Column("on", "From", show),
        Column("leads", "Leads", say.number, numeric=True),
        Column("work_hours", "Work, hours", _hours, numeric=True),
        Column("expected_work_hours", "Until reached, hours", _hours, numeric=True),
        Column("available_hours", "Time, hours", _hours, numeric=True),
        Column("use", "Work ÷ time", say.percent, numeric=True),
        Column("reps", "Reps", say.number, numeric=True),
        Column("leads_per_rep", "Leads a rep can follow up", say.number, numeric=True),
        Column("reps_needed", "Reps needed", say.number, numeric=True),
        Column("open", "State", _standing, optional=True),
    )
    return grid(id, title, columns, rows, muted=lambda row: bool(row.get("open")), seen=rows[-_WEEKS:])
