"""What becomes of the leads? Stage by stage, by cohort, with counts and intervals (S4.17, DOMAIN 5.3)."""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts import SharePoint, conversion_chart
from accord.report.drawing import HALF, draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.naming import group_of
from accord.report.view import Chart, Key, Part, Reader, Section, label, month_of, stage

_EMPTY = (
    "No lead has entered a stage in this period. Conversion needs the events of the later stages, such as "
    "`sales_qualified`, `opportunity`, `won` and `lost`; the import map says where the export holds them."
)
_COHORTS = 18  # months that a chart can hold; the table behind it holds all
_CELLS = 40  # cells on the page; their file holds all
_days = partial(say.number, digits=1)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows, estimates = reader.with_types("conversion"), reader.with_types("conversion_estimate")
    order = [each.name for each in agreement.stages]
    steps = sorted(dict.fromkeys(map(_step, rows)), key=lambda step: _place(step, order))
    estimates.sort(key=lambda row: _place(_step(row), order))
    charts = tuple(_chart(step, [row for row in rows if _step(row) == step], agreement) for step in steps)
    parts = [Part("By month of entry", charts=charts, pairs=True)] if charts else []
    if estimates:
        together = [row for row in estimates if row.get("lead_type") is None]
        apart = [row for row in estimates if row.get("lead_type") is not None]
        folded = [_estimates(apart, agreement, "-by-type", ", by lead type")] if apart else []
        cells = reader.rows("conversion_cells")
        folded += [_cells(cells, agreement)] if cells else []
        parts.append(Part("To plan with", grids=(_estimates(together, agreement),), folded=tuple(folded)))
    return Section(
        "conversion",
        "Conversion",
        "Of the leads that entered a stage in one month, how many ever reached the next? Young months grow.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("conversion", "conversion_estimate", "conversion_cells"),
    )


def _place(step: tuple[object, object], order: list[str]) -> tuple[int, int]:
    """Steps in the order of the funnel; one that skips stages comes after all single ones."""
    start, end = (order.index(name) if name in order else len(order) for name in map(str, step))
    return end - start if end - start > 2 else 0, start


def _step(row: Row) -> tuple[object, object]:
    return row.get("from_stage"), row.get("to_stage")


def _title(step: tuple[object, object]) -> str:
    text = f"{stage(step[0])} to {stage(step[1])}"
    return text[:1].upper() + text[1:]


def _chart(step: tuple[object, object], rows: list[Row], agreement: Agreement) -> Chart:
    title = _title(step)
    whole = [row for row in rows if row.get("lead_type") is None][-_COHORTS:]
    points = [_point(row) for row in whole]
    alt = f"{title}: share by cohort with its 95% interval; young cohorts are hollow."
    legend = [Key("point", "Rate with 95% interval")]
    if any(point.pale for point in points):
        legend.append(Key("young", "Young cohort, not final"))
    drawing = draw(partial(conversion_chart, points, None), alt, wide=HALF)
    return Chart(title, drawing, tuple(legend), _table(title, rows, agreement))


def _point(row: Row) -> SharePoint:
    at = say.or_dash(month_of(row.get("cohort")))
    share, low, high = (
        None if (figure := say.known(row.get(key))) is None else float(figure)
        for key in ("rate", "low", "high")
    )
    counted = say.of(row.get("reached"), row.get("entered"))
    told = f"{at}: {say.or_dash(say.percent(share))} ({say.or_dash(counted)})"
    return SharePoint(at, share, told, low=low, high=high, pale=_young(row))


def _young(row: Row) -> bool:
    """Not final, or nobody can tell yet because nobody ever converted."""
    return not row.get("mature")


def _final(value: object) -> str:
    return "yes" if value else "not yet"


def _table(title: str, rows: list[Row], agreement: Agreement) -> Grid:
    columns = (
        Column("cohort", "Entered in", month_of),
        Column("type", "Lead type"),
        Column("reached", "Reached next", say.number, numeric=True),
        Column("entered", "Entered", say.number, numeric=True),
        Column("rejected", "Of them rejected", say.number, numeric=True, optional=True),
        Column("rate", "Rate", say.percent, numeric=True),
        Column("low", "95% from", say.percent, numeric=True),
        Column("high", "95% to", say.percent, numeric=True),
        Column("median_days", "Median days", _days, numeric=True),
        Column("final", "Final"),
    )
    ordered = sorted(rows, key=lambda row: (str(row.get("lead_type") or ""), str(row.get("cohort"))))
    named = [{**row, "type": _type(row, agreement), "final": _final(row.get("mature"))} for row in ordered]
    whole = [row for row in named if row.get("lead_type") is None]
    seen = (whole or named) if len(named) > _COHORTS else None  # each type's cohorts stand in the file
    return grid(f"conversion-{slug(title)}", f"{title}, by cohort", columns, named, muted=_young, seen=seen)


def _estimates(rows: list[Row], agreement: Agreement, id: str = "", by: str = "") -> Grid:
    """The rates that a plan may rest on: from all ages by life table, and from mature cohorts alone (F16)."""
    columns = (
        Column("step", "Step"),
        Column("type", "Lead type"),
        Column("estimate", "Estimate", say.percent, numeric=True),
        Column("low", "95% from", say.percent, numeric=True),
        Column("high", "95% to", say.percent, numeric=True),
        Column("conversions", "Conversions", say.number, numeric=True),
        Column("watched", "Leads watched", say.number, numeric=True),
        Column("mature_rate", "Mature cohorts alone", say.percent, numeric=True),
        Column("mature_reached", "Reached", say.number, numeric=True),
        Column("mature_entered", "Entered", say.number, numeric=True),
    )
    named = [
        {
            **row,
            "step": _title(_step(row)),
            "type": _type(row, agreement),
        }
        for row in rows
    ]
    title = "Share that converts in the end, from cohorts of every age; pale where it rests on fewer than 30"
    return grid(
        f"conversion-estimate{id}", title + by, columns, named, muted=lambda row: bool(row.get("few"))
    )


def _cells(rows: list[Row], agreement: Agreement) -> Grid:
    """The same rate of mature months in each cell (5.3); one that rests on few conversions is pale."""
    order = list(dict.fromkeys(str(row.get("by")) for row in rows))
    named = [
        {
            **row,
            "step": _title(_step(row)),
            **{name: _part_of(row, name, agreement) for name in ("lead_type", "stream", "segment")},
        }
        for row in sorted(rows, key=lambda row: order.index(str(row.get("by"))))
    ]
    columns = (
        Column("step", "Step"),
        Column("lead_type", "Lead type"),
        Column("stream", "Stream"),
        Column("segment", "Segment"),
        Column("rate", "Rate", say.percent, numeric=True),
        Column("low", "95% from", say.percent, numeric=True),
        Column("high", "95% to", say.percent, numeric=True),
        Column("reached", "Reached", say.number, numeric=True),
        Column("entered", "Entered", say.number, numeric=True),
        Column("rejected", "Of them rejected", say.number, numeric=True, optional=True),
        Column("young", "Too young", say.number, numeric=True, optional=True),
    )
    title = "Conversion of mature months by type, stream and segment; pale where fewer than 30 converted"
    seen = named[:_CELLS]
    return grid("conversion-cells", title, columns, named, muted=lambda row: bool(row.get("few")), seen=seen)


def _part_of(row: Row, name: str, agreement: Agreement) -> str:
    """What a cell is apart in, by its name; `all` where it is together."""
    if name not in str(row.get("by")).split(", "):
        return "all"
    key = say.name(row.get(name), 40)
    return label(key, agreement) if name == "lead_type" else group_of({"by": name, "key": key}, agreement)


def _type(row: Row, agreement: Agreement) -> str:
    return label(row["lead_type"], agreement) if row.get("lead_type") else "all types"
