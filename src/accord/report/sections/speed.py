"""How fast is sales? Share in time as the headline, unanswered leads counted (S0.35, S0.36, DOMAIN 5.1)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.ledger.score import Score
from accord.report import format as say
from accord.report.charts import SharePoint, speed_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, day_of

_EMPTY = (
    "No lead was handed to sales in this period, so no first-touch clock ran. The clock of a lead "
    "starts with its "
    "event handed_off and stops with the first attempt by a person of sales; check that the import "
    "map names both."
)
_FEW = 10  # below it a rate is an anecdote (DOMAIN 5)
_wall = partial(say.length, wall=True)


def section(reader: Reader, _: Agreement) -> Section:
    whole, weeks, types = reader.row("speed"), reader.rows("speed_by_week"), reader.rows("speed_by_lead_type")
    parts = []
    if whole.get("delivered") or weeks or types:
        figures = _figures(reader, whole) if whole else ()
        charts = (_chart(weeks, promised(reader.score)),) if weeks else ()
        parts.append(Part("", figures, charts))
    if types:
        parts.append(Part("By type of lead", grids=(_by_type(types),)))
    return Section(
        "speed",
        "Speed of follow-up",
        "How soon does a lead hear from a person of sales after it was delivered? Leads nobody "
        "touched count too.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("speed", "speed_by_week", "speed_by_lead_type"),
    )


def promised(score: Score, measure: str = "first_touch_in_time") -> float | None:
    """The share promised for all leads together; None where nothing was promised."""
    promises = [p for side in score.sides for p in side.promises if p.measure == measure]
    return promises[0].target if promises else None


def _figures(reader: Reader, row: Row) -> tuple[Figure, ...]:
    target = promised(reader.score)
    share = say.known(row.get("share_in_time"))
    tone = "" if share is None or target is None else "kept" if share >= target else "broken"
    judged = say.of(row.get("kept"), row.get("judged"))
    pending = say.number(row.get("pending")) if row.get("pending") else None
    return (
        Figure(
            "Touched in time",
            say.percent(share),
            ", ".join(filter(None, [judged, f"{pending} pending" if pending else ""])),
            tone,
        ),
        Figure("Promised", say.promised_percent(target)),
        Figure("Median", say.length(row.get("median")), "touched leads, working time"),
        Figure("9 of 10 within", say.length(row.get("p90")), "touched leads, working time"),
        Figure("Mean", say.length(row.get("mean")), "touched leads, working time"),
        Figure("Median of all leads", say.length(row.get("censored_median")), "untouched too, working time"),
        Figure("Median wait", _wall(row.get("wall_median")), "as the buyer feels it"),
        Figure(
            "Open and overdue",
            say.number(row.get("open_overdue")),
            "",
            "broken" if row.get("open_overdue") else "",
        ),
        Figure("Oldest overdue", say.length(row.get("oldest_overdue")), "past due, working time"),
    )


def _chart(rows: list[Row], target: float | None) -> Chart:
    title = "Touched in time, by week of delivery"
    wanted = say.or_dash(say.promised_percent(target))
    alt = f"{title}, against the promised {wanted}; the table below holds every week."
    points = [_point(row) for row in rows]
    legend = [Key("bar", "Touched in time")]
    if any(point.pale for point in points):
        legend.append(Key("pale", f"Fewer than {_FEW} leads judged, or some still pending"))
    if target is not None:
        legend.append(Key("goal", "Promised"))
    drawing = draw(partial(speed_chart, points, target), alt)
    return Chart(title, drawing, tuple(legend), _by_week(rows))


def _point(row: Row) -> SharePoint:
    at, share, judged = (
        day_of(row.get("week")),
        say.known(row.get("share_in_time")),
        say.known(row.get("judged")),
    )
    counted = say.of(row.get("kept"), row.get("judged"))
    label = f"Week of {at}: {say.or_dash(say.percent(share))} ({say.or_dash(counted)})"
    pale = (judged or 0) < _FEW or bool(row.get("pending"))
    return SharePoint(
        say.or_dash(at), None if share is None else float(share), label, f"n {say.number(judged)}", pale=pale
    )


_COUNTS = (
    Column("delivered", "Delivered", say.number, numeric=True),
    Column("kept", "In time", say.number, numeric=True),
    Column("judged", "Judged", say.number, numeric=True),
    Column("share_in_time", "Share in time", say.percent, numeric=True),
    Column("pending", "Pending", say.number, numeric=True),
)
_TIMES = (
    Column("median", "Median", say.length, numeric=True),
    Column("p90", "9 of 10 within", say.length, numeric=True),
    Column("mean", "Mean", say.length, numeric=True),
    Column("censored_median", "Median of all", say.length, numeric=True),
    Column("wall_median", "Median, wall", _wall, numeric=True),
)


def _by_week(rows: list[Row]) -> Grid:
    columns = (Column("week", "Week of", day_of), *_COUNTS, *_TIMES)
    return grid("speed-by-week", "First touch by week of delivery", columns, rows)


def _by_type(rows: list[Row]) -> Grid:
    columns = (
        Column("lead_type", "Lead type"),
        Column("budget", "Promised within", say.length, numeric=True),
        *_COUNTS,
        *_TIMES,
        Column("open_overdue", "Overdue now", say.number, numeric=True),
        Column("oldest_overdue", "Oldest overdue", say.length, numeric=True),
    )
    return grid("speed-by-type", "First touch by lead type, working time", columns, rows)
