"""What becomes of the leads? Stage by stage, by cohort, with counts and intervals (S4.17, DOMAIN 5.3)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts import SharePoint, conversion_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.view import Chart, Key, Part, Reader, Section, day_of, stage

_EMPTY = (
    "No lead has entered a stage in this period. Conversion needs the events of the later stages, such as "
    "`sales_qualified`, `opportunity`, `won` and `lost`; the import map says where the export holds them."
)


def section(reader: Reader, _: Agreement) -> Section:
    rows = reader.rows("conversion")
    steps = list(dict.fromkeys((row.get("from_stage"), row.get("to_stage")) for row in rows))
    parts = [
        Part(
            charts=(
                _chart(
                    start, end, [r for r in rows if (r.get("from_stage"), r.get("to_stage")) == (start, end)]
                ),
            )
        )
        for start, end in steps
    ]
    return Section(
        "conversion",
        "Conversion",
        "Of the leads that entered a stage in one month, how many ever reached the next? Young "
        "cohorts still grow.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("conversion"),
    )


def _chart(start: object, end: object, rows: list[Row]) -> Chart:
    title = f"{stage(start)} to {stage(end)}"
    points = [_point(row) for row in rows]
    alt = f"{title}: share by cohort with its 95% interval; young cohorts are hollow."
    legend = [Key("point", "Rate with 95% interval")]
    if any(point.pale for point in points):
        legend.append(Key("young", "Young cohort, not final"))
    drawing = draw(partial(conversion_chart, points, None), alt)
    return Chart(title, drawing, tuple(legend), _table(title, rows))


def _point(row: Row) -> SharePoint:
    at = say.or_dash(day_of(row.get("cohort")))
    share, low, high = (say.known(row.get(key)) for key in ("rate", "low", "high"))
    counted = say.of(row.get("reached"), row.get("entered"))
    label = f"{at}: {say.or_dash(say.percent(share))} ({say.or_dash(counted)})"
    return SharePoint(
        at,
        None if share is None else float(share),
        label,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        pale=row.get("mature") is False,
    )


def _yes(value: object) -> str | None:
    return None if value is None else "yes" if value else "not yet"


def _table(title: str, rows: list[Row]) -> Grid:
    columns = (
        Column("cohort", "Entered from", day_of),
        Column("lead_type", "Lead type"),
        Column("stream", "Stream"),
        Column("entered", "Entered", say.number, numeric=True),
        Column("reached", "Reached next", say.number, numeric=True),
        Column("rate", "Rate", say.percent, numeric=True),
        Column("low", "95% from", say.percent, numeric=True),
        Column("high", "95% to", say.percent, numeric=True),
        Column("mature", "Final", _yes),
    )
    return grid(
        f"conversion-{slug(title)}",
        f"{title}, by cohort",
        columns,
        rows,
        muted=lambda row: row.get("mature") is False,
    )
