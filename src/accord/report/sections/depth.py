"""How hard does sales try? Attempts on leads never connected with, and the cadence (S0.37, S4.33, DOMAIN
5.2).
"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts import CountPoint, attempts_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, label

_EMPTY = (
    "No lead is old enough yet to judge persistence by: depth looks at leads that were never connected with "
    "and whose cadence has run its time. Attempts come into the log as events `attempted`, with a channel."
)
_MOST = 12  # bars of the chart; what is more is one bar "12+"
_NAMED = 3  # lead types of a checkpoint that are named; more are counted
_one = partial(say.number, digits=1)


def section(reader: Reader, agreement: Agreement) -> Section:
    depth = next((row for row in reader.rows("depth") if row.get("by") == "all"), {})
    spread, checks = reader.rows("attempts"), reader.with_types("cadence")
    types = reader.rows("depth_by_lead_type")
    parts = []
    if depth.get("leads") or spread:
        charts = (_chart(spread),) if spread else ()
        parts.append(Part("", _figures(depth) if depth.get("leads") else (), charts))
    if checks or types:
        together = [row for row in checks if row.get("lead_type") is None]
        apart = [row for row in checks if row.get("lead_type") is not None]
        shown = [_checks(_owned(together, apart, agreement), agreement)] if together else []
        folded = [_checks(apart, agreement, "-by-type", ", by lead type")] if apart else []
        folded += [_by_type(types, agreement)] if types else []
        parts.append(Part("Cadence and touches", grids=tuple(shown), folded=tuple(folded)))
    return Section(
        "depth",
        "Depth of follow-up",
        "How often is a lead tried that could not be reached? Connected leads are left out of the averages: "
        "fast success is no laziness.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("depth", "attempts", "cadence"),
    )


def _figures(row: Row) -> tuple[Figure, ...]:
    untried, given_up = row.get("without"), row.get("given_up")
    return (
        Figure("Attempts per lead", _one(row.get("mean")), "mean, leads never reached"),
        Figure("Median", _one(row.get("median"))),
        Figure("Leads looked at", say.number(row.get("leads")), "never reached, old enough"),
        Figure(
            "Never tried", say.number(untried), say.percent(row.get("share_without")) or "", _bad(untried)
        ),
        Figure("Given up early", say.number(given_up), _early(row), _bad(given_up)),
        Figure(
            "All ages",
            _one(row.get("mean_all_ages")),
            f"a second look: {say.number(row.get('leads_all_ages'))} leads, young ones too",
        ),
        Figure("Every touch made", say.of(row.get("whole"), row.get("leads")), "by channel, as agreed"),
    )


def _early(row: Row) -> str:
    share = say.percent(row.get("share_given_up"))
    return f"{share} before the agreed minimum" if share else "before the agreed minimum"


def _bad(count: object) -> str:
    return "broken" if count else ""


def _chart(rows: list[Row]) -> Chart:
    title = "Leads by number of attempts"
    alt = f"{title}, those that were reached and those that were not so far."
    legend = (Key("bar", "Reached"), Key("below", "Not reached so far"))
    columns = (
        Column("attempts", "Attempts", say.number, numeric=True),
        Column("leads", "Leads", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("connected", "Reached", say.number, numeric=True),
        Column("never_connected", "Not reached", say.number, numeric=True),
        Column("unreached", "Old enough and not reached", say.number, numeric=True, optional=True),
        Column("share_unreached", "Share of those", say.percent, numeric=True, optional=True),
        Column("won", "Won so far", say.number, numeric=True, optional=True),
        Column("win_share", "Won, share", say.percent, numeric=True, optional=True),
    )
    drawing = draw(partial(attempts_chart, _points(rows)), alt)
    return Chart(title, drawing, legend, grid("attempts", title, columns, rows))


def _points(rows: list[Row]) -> list[CountPoint]:
    """One bar a number of attempts; numbers that no lead has stand as empty bars, so that the axis is
    even.
    """
    reached: dict[int, float] = {}
    missed: dict[int, float] = {}
    for row in rows:
        attempts, leads = say.known(row.get("attempts")), say.known(row.get("leads"))
        if attempts is None or leads is None:
            continue
        bar, never = min(int(attempts), _MOST), float(say.known(row.get("never_connected")) or 0)
        missed[bar] = missed.get(bar, 0) + never
        reached[bar] = reached.get(bar, 0) + float(leads) - never
    return [
        _point(bar, reached.get(bar, 0), missed.get(bar, 0)) for bar in range(max(reached, default=-1) + 1)
    ]


def _point(bar: int, reached: float, missed: float) -> CountPoint:
    name = f"{bar}+" if bar == _MOST else str(bar)
    told = f"{name} attempts: {say.number(reached)} reached, {say.number(missed)} not"
    return CountPoint(name, reached, missed, told)


def _owned(together: list[Row], apart: list[Row], agreement: Agreement) -> list[Row]:
    """The checkpoints of all types together, each with whose it is: two cadences may both have a day 14."""
    types = {row.get("lead_type") for row in apart}
    owners: dict[tuple[object, ...], list[str]] = {}
    for row in apart:
        owners.setdefault(_point_of(row), []).append(label(row.get("lead_type"), agreement))
    return [{**row, "type": _whose(owners.get(_point_of(row), []), len(types))} for row in together]


def _point_of(row: Row) -> tuple[object, ...]:
    return row.get("step"), row.get("by_days"), row.get("attempts")


def _whose(owners: list[str], types: int) -> str:
    if not owners or len(owners) == types:
        return "all types"
    return ", ".join(owners) if len(owners) <= _NAMED else f"{len(owners)} of {types} types"


def _checks(rows: list[Row], agreement: Agreement, id: str = "", by: str = "") -> Grid:
    columns = (
        Column("type", "Lead type"),
        Column("by_days", "By day", say.number, numeric=True),
        Column("attempts", "Attempts promised", say.number, numeric=True),
        Column("kept", "Kept", say.number, numeric=True),
        Column("judged", "Old enough", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("late", "Only later", say.number, numeric=True, optional=True),
        Column("pending", "Not yet due", say.number, numeric=True),
    )
    named = [
        {"type": label(row.get("lead_type"), agreement), **row}
        for row in sorted(rows, key=lambda row: (row.get("lead_type") or "", row.get("by_days") or 0))
    ]
    title = "Leads that had the promised attempts at each checkpoint of the cadence"
    return grid(f"cadence{id}", title + by, columns, named, muted=lambda row: bool(row.get("small")))


def _by_type(rows: list[Row], agreement: Agreement) -> Grid:
    columns = (
        Column("type", "Lead type"),
        Column("leads", "Leads", say.number, numeric=True),
        Column("mean", "Attempts, mean", _one, numeric=True),
        Column("median", "Attempts, median", _one, numeric=True),
        Column("calls", "Calls", _one, numeric=True),
        Column("voicemails", "Voicemails", _one, numeric=True),
        Column("emails", "E-mails", _one, numeric=True),
        Column("without", "Never tried", say.number, numeric=True),
        Column("given_up", "Given up early", say.number, numeric=True),
        Column("whole", "Every touch made", say.number, numeric=True),
    )
    named = [{**row, "type": label(row.get("lead_type"), agreement)} for row in rows]
    title = "Leads never reached, by type: attempts and touches a lead"
    return grid("depth-by-type", title, columns, named, muted=lambda row: bool(row.get("small")))
