"""How fast is sales? Share in time as the headline, unanswered leads counted (S0.35, S0.36, DOMAIN 5.1)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.ledger.score import PromiseScore, Score
from accord.report import format as say
from accord.report.charts import SharePoint, speed_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import NO_SUM
from accord.report.scoreboard import SHAPES
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, day_of, label

_EMPTY = (
    "No lead was handed to sales in this period, so no clock ran. The clock of a lead starts with its event "
    "`handed_off` and stops with the first attempt by a person of sales; check that the import map has both."
)
_WEEKS = 26  # bars that a chart can hold, and rows of its table; the file holds all
_wall = partial(say.length, wall=True)


def section(reader: Reader, agreement: Agreement) -> Section:
    """Owners are left out on purpose: who is slow is for the team to see, not for a poster."""
    whole = next((row for row in reader.rows("speed") if row.get("by") == "all"), {})
    weeks, types = reader.rows("speed_by_week"), reader.rows("speed_by_lead_type")
    parts = []
    if whole or weeks:
        promise = promised(reader.score)
        charts = (_chart(weeks, promise.target if promise else None),) if weeks else ()
        parts.append(Part("", _figures(whole, promise), charts))
    if types:
        parts.append(Part("By type of lead", grids=(_by_type(types, agreement),)))
    return Section(
        "speed",
        "Speed of follow-up",
        "How soon does a lead hear from a person of sales after delivery? Untouched leads count too.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("speed"),
    )


def promised(score: Score) -> PromiseScore | None:
    """The promise about first touches, of all leads where there is one; None where nothing was promised."""
    promises = [p for side in score.sides for p in side.promises if p.measure == "first_touch_in_time"]
    return promises[0] if promises else None


def _figures(row: Row, promise: PromiseScore | None) -> tuple[Figure, ...]:
    share = say.known(row.get("share_in_time"))
    tone = SHAPES[promise.state] if promise else ""
    pending = f"{say.number(row.get('pending'))} pending" if row.get("pending") else None
    late = row.get("open_overdue")
    return (
        Figure(
            "Touched in time",
            say.percent(share),
            _and(say.of(row.get("kept"), row.get("judged")), pending),
            tone,
        ),
        Figure("Promised", say.promised_percent(promise.target if promise else None)),
        Figure("Median", say.length(row.get("median")), "working time, touched leads"),
        Figure("9 of 10 within", say.length(row.get("p90")), "working time, touched leads"),
        Figure("Mean", say.length(row.get("mean")), "working time, touched leads"),
        Figure("Median of all", say.length(row.get("censored_median")), "working time, untouched leads too"),
        Figure("Median wait", _wall(row.get("wall_median")), "on the buyer's clock"),
        Figure("Open and overdue", say.number(late), "leads", "broken" if late else ""),
        Figure("Longest overdue", say.length(row.get("oldest_overdue")), "past due"),
    )


def _and(*texts: str | None) -> str:
    return ", ".join(text for text in texts if text)


def _chart(rows: list[Row], target: float | None) -> Chart:
    title = "Touched in time, by week of delivery"
    title += f", the last {_WEEKS} weeks" if len(rows) > _WEEKS else ""
    wanted = say.or_dash(say.promised_percent(target))
    alt = f"{title}, against the promised {wanted}."
    alt += " The file below holds every week." if len(rows) > _WEEKS else ""
    points = [_point(row) for row in rows[-_WEEKS:]]
    legend = [Key("bar", "Touched in time")]
    if any(point.pale for point in points):
        legend.append(Key("pale", "Fewer than 10 leads judged, or some still pending"))
    if target is not None:
        legend.append(Key("goal", "Promised"))
    drawing = draw(partial(speed_chart, points, target), alt)
    return Chart(title, drawing, tuple(legend), _by_week(rows))


def _point(row: Row) -> SharePoint:
    week, share, judged = (
        say.or_dash(day_of(row.get("week"))),
        say.known(row.get("share_in_time")),
        row.get("judged"),
    )
    label = (
        f"Week of {week}: {say.or_dash(say.percent(share))} ({say.or_dash(say.of(row.get('kept'), judged))})"
    )
    pale = bool(row.get("small")) or bool(row.get("pending"))
    return SharePoint(
        week,
        None if share is None else float(share),
        label,
        f"n {say.or_dash(say.number(judged))}",
        pale=pale,
    )


_FIGURES = (
    Column("delivered", "Delivered", say.number, numeric=True),
    Column("kept", "In time", say.number, numeric=True),
    Column("judged", "Judged", say.number, numeric=True),
    Column("share_in_time", "Share in time", say.percent, numeric=True),
    Column("pending", "Pending", say.number, numeric=True),
    Column("excused", "Excused", say.number, numeric=True, optional=True),
    Column("median", "Median", say.length, numeric=True),
    Column("p90", "9 of 10 within", say.length, numeric=True),
    Column("mean", "Mean", say.length, numeric=True),
    Column("censored_median", "Median of all", say.length, numeric=True),
    Column("open_overdue", "Overdue now", say.number, numeric=True),
    Column("oldest_overdue", "Longest overdue", say.length, numeric=True),
)
_WALL = Column("wall_median", "Median, wall clock", _wall, numeric=True)


def _by_week(rows: list[Row]) -> Grid:
    columns = (Column("week", "Week of", day_of), *_FIGURES, _WALL)
    title = "First touch by week of delivery, working time"
    return grid("speed-by-week", title, columns, rows, muted=_small, seen=rows[-_WEEKS:])


def _by_type(rows: list[Row], agreement: Agreement) -> Grid:
    columns = (Column("lead_type", "Lead type"), Column("within", "Promised within"), *_FIGURES)
    named = [
        {**row, "lead_type": label(row.get("lead_type"), agreement), "within": _within(row, agreement)}
        for row in rows
    ]
    title = "First touch by lead type, working time"
    return grid("speed-by-type", title, columns, named, muted=_small, note=NO_SUM)


def _within(row: Row, agreement: Agreement) -> str:
    return str(agreement.first_touch(str(row.get("lead_type") or "")))


def _small(row: Row) -> bool:
    return bool(row.get("small"))
