"""Is marketing on its line? Cumulative goal line against what was delivered (S0.34, S4.26, DOMAIN 5.4)."""

from datetime import date, datetime
from functools import partial

from accord.agreement.terms import Agreement
from accord.ledger.score import PromiseScore
from accord.report import format as say
from accord.report.charts import PacePoint, pace_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.scoreboard import SHAPES
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, day_of

_EMPTY = (
    "There is no line to be on. A promise of a number or a value, such as `{id: M1, side: marketing, "
    "measure: accepted_leads, from: plan}`, draws one over the period, and every delivered lead moves the "
    "actual line."
)
_IS = "Is what was promised for the period on its line today?"
_WAS = "Did what was promised for the period keep to its line, and did it arrive?"
_DAYS = 62  # rows that a table by day may have; a longer period is shown by week, a year by month
_BY_WEEK = 190  # days: half a year


def section(reader: Reader, _: Agreement) -> Section:
    days = reader.rows("pace")
    summaries = {str(row.get("promise")): row for row in reader.rows("pace_summary")}
    promises = {promise.id: promise for side in reader.score.sides for promise in side.promises}
    found = {str(row.get("promise")) for row in days} | set(summaries)
    ids = [id for id in promises if id in found] + sorted(found - promises.keys())
    parts = [
        _part(
            promises.get(id),
            id,
            summaries.get(id, {}),
            [row for row in days if str(row.get("promise")) == id],
            reader.score.over,
        )
        for id in ids
    ]
    return Section(
        "pace",
        "Pace",
        f"{_WAS if reader.score.over else _IS} Early floods and late floods both count as off the line.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("pace", "pace_summary"),
    )


def _part(promise: PromiseScore | None, id: str, summary: Row, days: list[Row], over: bool) -> Part:
    unit = promise.unit if promise else "leads"
    title = say.or_dash(say.name(promise.title if promise else id))
    charts = (
        (_chart(title, id, unit, days, over),) if any(row.get("actual") is not None for row in days) else ()
    )
    grids = () if charts or not days else (_table(id, title, unit, days),)
    tone = SHAPES[promise.state] if promise else ""
    return Part(title, _figures(summary, unit, tone, over) if summary else (), charts, grids)


def _figures(row: Row, unit: str, tone: str, over: bool) -> tuple[Figure, ...]:
    """Of a period that is over: how it ended. Its line is its goal, and nothing is needed or projected."""
    gap = say.amount(row.get("gap"), unit, signed=True)
    actual, goal = say.amount(row.get("actual"), unit), say.amount(row.get("goal"), unit)
    reached = say.percent(row.get("of_pace"), 1)
    running = (
        Figure("Of pace", reached, "actual ÷ line", tone),
        Figure("Actual so far", actual, _undecided(row)),
        Figure("Line today", say.amount(row.get("line"), unit), "due by the last day that is over"),
        Figure("Gap to the line", gap),
        Figure("Goal of the period", goal),
        Figure("Needed per day", _rate(row.get("needed_per_day"), unit), "for the rest of the period"),
        Figure("Projected end", say.amount(row.get("projection"), unit), "if it goes on like this"),
    )
    ended = (
        Figure("Of the goal", reached, "actual ÷ goal", tone),
        Figure("Actual at the end", actual, _undecided(row)),
        Figure("Goal of the period", goal),
        Figure("Gap at the end", gap),
    )
    return (
        *(ended if over else running),
        Figure("Days outside the band", say.number(row.get("days_outside")), _floods(row)),
        Figure("Farthest from the line", say.amount(row.get("largest_gap"), unit, signed=True), _on(row)),
    )


def _chart(title: str, id: str, unit: str, rows: list[Row], over: bool) -> Chart:
    told = [{**row, "projection": None} for row in rows] if over else rows
    points = [point for row in told if (point := _point(row, unit))]
    last = next((p for p in reversed(points) if p.actual is not None), None)
    alt = f"{title}: cumulative actual against the goal line, by day. " + (last.label if last else "")
    legend = [Key("line", "Actual"), Key("goal", "Goal line"), Key("band", "Tolerated band")]
    if any(point.projection is not None for point in points):
        legend.append(Key("projection", "If it goes on like this"))
    if any(point.delivered is not None for point in points):
        legend.append(Key("thin", "Delivered, whatever became of it"))
    drawing = draw(partial(pace_chart, points), alt)
    return Chart(f"{title}, cumulative", drawing, tuple(legend), _table(id, title, unit, told))


def _table(id: str, title: str, unit: str, rows: list[Row]) -> Grid:
    show = partial(_amount, unit=unit)
    columns = [
        Column("on", "Day", day_of),
        Column("line", "Goal line", show, numeric=True),
        Column("low", "Band from", show, numeric=True),
        Column("high", "Band to", show, numeric=True),
        Column("actual", "Actual", show, numeric=True),
        Column("of_pace", "Of pace", say.percent, numeric=True),
        Column("gained", "That day", show, numeric=True),
        Column("delivered", "Delivered", show, numeric=True),
        Column("projection", "Projection", show, numeric=True),
    ]
    return grid(f"pace-{slug(id)}", f"{title}, cumulative by day", columns, rows, seen=_some(rows))


def _some(rows: list[Row]) -> list[Row] | None:
    """Of a long period one day a week or a month and the latest with an actual; None where all fit."""
    if len(rows) <= _DAYS:
        return None
    latest = max((index for index, row in enumerate(rows) if row.get("actual") is not None), default=-1)
    kept = {latest, len(rows) - 1}
    if len(rows) <= _BY_WEEK:
        kept |= set(range(6, len(rows), 7))
    else:
        kept |= {at for at in range(len(rows) - 1) if _month(rows[at]) != _month(rows[at + 1])}
    return [row for index, row in enumerate(rows) if index in kept]


def _month(row: Row) -> tuple[int, int] | None:
    on = row.get("on")
    return (on.year, on.month) if isinstance(on, date) else None


def _point(row: Row, unit: str) -> PacePoint | None:
    on = row.get("on")
    if not isinstance(on, date):
        return None
    on = on.date() if isinstance(on, datetime) else on
    actual, line = (say.amount(row.get(key), unit) for key in ("actual", "line"))
    label = f"{say.day(on, short=True)}: {say.or_dash(actual)}, line {say.or_dash(line)}"
    low, high, due, reached, expected, delivered = (
        None if (figure := say.known(row.get(key))) is None else float(figure)
        for key in ("low", "high", "line", "actual", "projection", "delivered")
    )
    return PacePoint(on, due, low, high, reached, expected, delivered, label)


def _undecided(row: Row) -> str:
    return f"{say.number(row['undecided'])} more undecided" if row.get("undecided") else ""


def _floods(row: Row) -> str:
    """Days on which leads came too early or too late to be followed up evenly."""
    early, late = row.get("days_early"), row.get("days_late")
    return f"far off: {say.number(early)} early, {say.number(late)} late" if early or late else ""


def _on(row: Row) -> str:
    on = day_of(row.get("largest_gap_on"))
    return "" if on is None else f"on {on}"


def _amount(value: object, unit: str) -> str | None:
    """Half a lead on a line is still told: the line is exact, nobody rounds it (R5)."""
    figure = say.known(value)
    if unit == "leads" and figure is not None and figure != int(figure):
        return say.number(figure, 1)
    return say.number(figure) if unit == "leads" else say.amount(value, unit)


def _rate(value: object, unit: str) -> str | None:
    return say.number(value, 1) if unit == "leads" else say.amount(value, unit)
