"""Through what, and how far apart, are leads tried that cannot be reached? (S0.28, S3.14, DOMAIN 5.2)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_sales import OwedPoint, owed_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, label

_EMPTY = (
    "No lead is old enough yet to look at its touches: those of leads count that were never connected with "
    "and whose first checkpoint has passed. Touches come into the log as events `attempted`, with a channel."
)
CHANNELS = {
    "call": "Calls", "voicemail": "Voicemails", "email": "E-mails", "video": "Video messages",
    "chat": "Chats", "sms": "Text messages", "social": "Social networks", "visit": "Visits",
    "other": "Other, or not said",
}  # fmt: skip
_one = partial(say.number, digits=1)
_wall = partial(say.length, wall=True)


def section(reader: Reader, agreement: Agreement) -> Section:
    channels = [row for row in reader.rows("touches_by_channel") if row.get("by") == "all"]
    gaps = next((row for row in reader.rows("gaps") if row.get("by") == "all"), {})
    parts = []
    if channels:
        types = reader.rows("touches_by_channel_by_lead_type")
        folded = (_by_type(types, agreement),) if types else ()
        parts.append(Part("", charts=(_chart(channels),), folded=folded))
    if gaps:
        types = reader.rows("gaps_by_lead_type")
        grids = (_gaps(types, agreement),) if types else ()
        parts.append(Part("Time between attempts", _figures(gaps, agreement), folded=grids))
    return Section(
        "touches",
        "Touches and the time between them",
        "Does every lead that could not be reached get the touches agreed, and not all of them in one hour?",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("touches_by_channel", "gaps"),
    )


def _channel(value: object) -> str:
    return CHANNELS.get(str(value), CHANNELS["other"])


def _chart(rows: list[Row]) -> Chart:
    title = "Touches of a lead by channel, mean, against those it is owed"
    points = [_point(row) for row in rows]
    alt = f"{title}: {'; '.join(point.label for point in points)}."
    legend = (Key("bar", "Made"), Key("asked", "Owed by the agreement"))
    drawing = draw(partial(owed_chart, points), alt)
    return Chart(title, drawing, legend, grid("touches", title, _columns(), rows, muted=_small), "touches")


def _point(row: Row) -> OwedPoint:
    made, owed = say.known(row.get("mean")), say.known(row.get("promised"))
    name = _channel(row.get("channel"))
    told = f"{name} {say.or_dash(_one(made))}" + (f" of {_one(owed)}" if owed is not None else "")
    return OwedPoint(name, None if owed is None else float(owed), float(made or 0), told)


def _columns() -> tuple[Column, ...]:
    return (
        Column("channel", "Channel", _channel),
        Column("leads", "Leads", say.number, numeric=True),
        Column("touches", "Touches", say.number, numeric=True),
        Column("mean", "A lead, mean", _one, numeric=True),
        Column("promised", "Owed", _one, numeric=True),
        Column("whole", "Leads with all of them", say.number, numeric=True),
        Column("share_whole", "Share", say.percent, numeric=True),
    )


def _by_type(rows: list[Row], agreement: Agreement) -> Grid:
    named = [{**row, "type": label(row.get("lead_type"), agreement)} for row in rows]
    columns = (Column("type", "Lead type"), *_columns())
    return grid("touches-by-type", "Touches by lead type and channel", columns, named, muted=_small)


def _figures(row: Row, agreement: Agreement) -> tuple[Figure, ...]:
    short = row.get("short")
    return (
        Figure("Half of the gaps within", _wall(row.get("median")), "on the clock of the wall"),
        Figure("Nine of ten within", _wall(row.get("p90")), f"{say.number(row.get('gaps'))} gaps"),
        Figure("Mean", _wall(row.get("mean")), f"{say.number(row.get('leads'))} leads"),
        Figure(
            "Too soon",
            say.percent(row.get("share_short")),
            f"{say.number(short)} below {agreement.follow_up.minimum_gap}",
            "broken" if short else "",
        ),
    )


def _gaps(rows: list[Row], agreement: Agreement) -> Grid:
    named = [{**row, "type": label(row.get("lead_type"), agreement)} for row in rows]
    columns = (
        Column("type", "Lead type"),
        Column("leads", "Leads", say.number, numeric=True),
        Column("gaps", "Gaps", say.number, numeric=True),
        Column("median", "Median", _wall, numeric=True),
        Column("p90", "9 of 10 within", _wall, numeric=True),
        Column("mean", "Mean", _wall, numeric=True),
        Column("short", "Too soon", say.number, numeric=True),
        Column("share_short", "Share too soon", say.percent, numeric=True),
    )
    title = "Time between two attempts in a row, by lead type"
    return grid("gaps-by-type", title, columns, named, muted=_small)


def _small(row: Row) -> bool:
    return bool(row.get("small"))
