"""Why did promises of sales break, and whose turn is it to mend that? (DOMAIN 5.1, 5.11)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_marketing import TallyPoint, reasons_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import group_of
from accord.report.view import Chart, Figure, Key, Part, Reader, Section

_NONE = "No first touch and no decision was late: there is nothing to find a cause for."
_EMPTY = (
    "No lead was handed to sales in this period, so nothing could be late. A cause is found from the events "
    "`assigned`, from hand-offs marked `incomplete`, and from what was recorded as `breached`."
)
WORDS = {
    "no_capacity": "Nobody could take it",
    "absence": "Its owner was away",
    "missing_information": "Information was missing",
    "system_delay": "Assigned late",
    "rep_delay": "With the rep",
}
_UNTOLD = "The log does not tell"
DUTIES = {"first_touch_in_time": "First touch", "decided_in_time": "Decision"}
_BY = {"lead_type": "Lead type", "stream": "Stream", "month": "Month"}


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = [row for row in reader.rows("breach_causes") if row.get("by") == "all"]
    parts = []
    for duty, title in DUTIES.items():
        mine = [row for row in rows if row.get("duty") == duty]
        if mine:
            groups = [row for row in reader.rows("breach_causes") if row.get("duty") == duty]
            folded = tuple(_groups(groups, by, duty, agreement) for by in _BY if _told(groups, by))
            parts.append(Part(title, _figures(mine), (_chart(mine, duty, title),), folded=folded))
    delivered = reader.row("speed").get("delivered")
    return Section(
        "causes",
        "Why promises broke",
        "Was it the rep, or had the rep no chance? One cause each: the first that would stop anybody.",
        tuple(parts),
        "" if parts else _NONE if delivered else _EMPTY,
        reader.counted("breach_causes"),
    )


def _word(cause: object) -> str:
    return WORDS.get(str(cause), _UNTOLD)


def _count(row: Row, name: str) -> int:
    return int(say.known(row.get(name)) or 0)


def _figures(rows: list[Row]) -> tuple[Figure, ...]:
    broken = sum(_count(row, "broken") for row in rows)
    excused = sum(_count(row, "excused") for row in rows)
    rep = next((row for row in rows if row.get("cause") == "rep_delay"), {})
    first = max(rows, key=lambda row: _count(row, "broken"))
    return (
        Figure("Not in time", say.number(broken), f"{say.number(excused)} more excused" if excused else ""),
        Figure("Most often", _word(first.get("cause")), say.percent(first.get("share")) or ""),
        Figure(
            "With the rep", say.percent(rep.get("share") or (0 if broken else None)), "of those not in time"
        ),
    )


def _chart(rows: list[Row], duty: str, of: str) -> Chart:
    title = f"{of} not in time, by cause"
    points = [_point(row) for row in rows]
    legend = [Key("bar", "Not in time")]
    if any(point.undone for point in points):
        legend.append(Key("below", "Of those, excused by the other side"))
    alt = f"{title}: {', '.join(point.label for point in points)}."
    name = f"causes-{duty.replace('_', '-')}"
    drawing = draw(partial(reasons_chart, points), alt)
    return Chart(title, drawing, tuple(legend), _grid(name, title, rows), name)


def _point(row: Row) -> TallyPoint:
    word, broken, excused = _word(row.get("cause")), _count(row, "broken"), _count(row, "excused")
    also = f" and {excused} excused" if excused else ""
    return TallyPoint(word, broken + excused, excused, f"{word} {say.number(broken)}{also}")


def _columns() -> tuple[Column, ...]:
    return (
        Column("cause", "Cause", _word),
        Column("broken", "Not in time", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("excused", "Excused", say.number, numeric=True, optional=True),
        Column("recorded", "Recorded when it broke", say.number, numeric=True, optional=True),
    )


def _grid(name: str, title: str, rows: list[Row]) -> Grid:
    told = [{**row, "cause": row.get("cause") or "unknown"} for row in rows]
    return grid(name, title, _columns(), told, muted=lambda row: bool(row.get("small")))


def _told(rows: list[Row], by: str) -> bool:
    return any(row.get("by") == by and row.get("key") is not None for row in rows)


def _groups(rows: list[Row], by: str, duty: str, agreement: Agreement) -> Grid:
    named = [
        {**row, "group": group_of(row, agreement),
         "cause": row.get("cause") or "unknown"}
        for row in rows if row.get("by") == by
    ]  # fmt: skip
    columns = (Column("group", _BY[by]), *_columns())
    title = f"{DUTIES[duty]} not in time, by {_BY[by].lower()} and cause"
    slug = f"causes-{duty.replace('_', '-')}-by-{by.replace('_', '-')}"
    return grid(slug, title, columns, named, muted=lambda row: bool(row.get("small")))
