"""How good are the hand-offs, and why are leads refused? (S1.21, S1.33, DOMAIN 5.8, F19)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_marketing import TallyPoint, reasons_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.naming import TWICE, group_of, plain
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, label

_GROUPS = {"lead_type": "Lead type", "stream": "Stream", "source": "Source"}
_MOST = 8  # reasons of the chart; the rest is one bar
_NONE_GIVEN = "none given"
_EMPTY = (
    "No lead was handed off in this period. What is counted here are events `handed_off`, with the outcome "
    "`complete` or `incomplete`, then `accepted` or `rejected` with a reason."
)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows, rejects = reader.rows("handoff_quality"), reader.rows("rejections")
    whole = next((row for row in rows if row.get("by") == "all"), {})
    parts = []
    if whole:
        groups = [row for row in rows if row.get("by") in _GROUPS and row.get("key") is not None]
        months = reader.rows("handoff_quality_by_month")
        folded = [_groups(groups, agreement)] if groups else []
        folded += [_months(months)] if len(months) > 1 else []
        parts.append(Part("", _figures(whole), folded=tuple(folded)))
        parts.append(Part("After the reject, after the return", _later(whole)))
    if rejects:
        folded = [_rejects(rejects, by, agreement) for by in ("source", "lead_type")]
        reasons = [row for row in rejects if row.get("by") == "all"]
        parts.append(Part("Why leads were refused", charts=(_chart(reasons),), folded=tuple(folded)))
    return Section(
        "handoff",
        "Hand-offs",
        "Do the leads come whole, does sales take them, and what is said about those that it does not take?",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("handoff_quality", "rejections"),
    )


def _figures(row: Row) -> tuple[Figure, ...]:
    taken = _sum(row, "by_hand", "by_silence")
    unowned, absent = row.get("unowned"), row.get("absent")
    away = f"{say.number(absent)} more with somebody who is away" if absent else "must be none"
    return (
        Figure(
            "Accepted of the decided",
            say.percent(row.get("acceptance")),
            say.of(taken, row.get("decided")) or "",
        ),
        Figure(
            "By hand",
            say.percent(row.get("acceptance_by_hand")),
            f"{say.number(row.get('by_silence'))} by silence",
        ),
        Figure(
            "Rejected",
            say.percent(row.get("rejection")),
            say.of(row.get("rejected"), row.get("decided")) or "",
        ),
        Figure("Undecided", say.number(row.get("undecided")), "in neither number"),
        Figure(
            "Complete",
            say.percent(row.get("completeness")),
            _stated(row),
        ),
        Figure("With no owner", say.number(unowned), away, "broken" if unowned or absent else ""),
    )


def _stated(row: Row) -> str:
    return say.of(row.get("complete"), row.get("stated")) or "" if row.get("stated") else "no hand-off says"


def _later(row: Row) -> tuple[Figure, ...]:
    return (
        Figure("Reason in time", say.percent(row.get("reasons_in_time")), _judged(row)),
        Figure("Time to the reason", say.length(row.get("reason_median")), _p90(row)),
        Figure(
            "Disputes overturned",
            say.percent(row.get("overturned_rate")),
            _disputes(row),
        ),
        Figure("Returned", say.number(row.get("returned")), "given back to marketing"),
        Figure("Ready again", say.of(row.get("requalified"), row.get("returned")), "of the returned"),
        Figure("A deal after all", say.of(row.get("regained"), row.get("returned")), "of the returned"),
    )


def _disputes(row: Row) -> str:
    settled, disputed = row.get("settled"), say.number(row.get("disputed"))
    return (
        f"{say.of(row.get('overturned'), settled)} settled, {disputed} in all"
        if settled
        else f"{disputed} open"
    )


def _judged(row: Row) -> str:
    return (
        f"of {say.number(row.get('reasons_judged'))} rejects that owe one, of leads delivered in the period"
    )


def _p90(row: Row) -> str:
    slowest = say.length(row.get("reason_p90"))
    return f"median; nine of ten within {slowest}" if slowest else "median"


def _sum(row: Row, *names: str) -> int | None:
    counts = [row.get(name) for name in names]
    return (
        sum(count for count in counts if isinstance(count, int))
        if any(c is not None for c in counts)
        else None
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("delivered", "Delivered", say.number, numeric=True),
        Column("completeness", "Complete", say.percent, numeric=True),
        Column("decided", "Decided", say.number, numeric=True),
        Column("acceptance", "Accepted", say.percent, numeric=True),
        Column("acceptance_by_hand", "By hand", say.percent, numeric=True),
        Column("rejection", "Rejected", say.percent, numeric=True),
        Column("undecided", "Undecided", say.number, numeric=True),
        Column("reasons_in_time", "Reason in time", say.percent, numeric=True),
        Column("disputed", "Disputed", say.number, numeric=True, optional=True),
        Column("overturned", "Overturned", say.number, numeric=True, optional=True),
        Column("returned", "Returned", say.number, numeric=True),
        Column("requalified", "Ready again", say.number, numeric=True, optional=True),
        Column("unowned", "No owner", say.number, numeric=True, optional=True),
        Column("absent", "Owner away", say.number, numeric=True, optional=True),
    )


def _groups(rows: list[Row], agreement: Agreement) -> Grid:
    named = [
        {**row, "group": _GROUPS[str(row["by"])], "of": group_of(row, agreement)}
        for row in sorted(rows, key=lambda row: list(_GROUPS).index(str(row["by"])))
    ]
    columns = (Column("of", "Leads of"), Column("group", "By"), *_columns())
    title = "Hand-offs by lead type, stream and source"
    return grid("handoffs", title, columns, named, muted=_small, note=TWICE)


def _months(rows: list[Row]) -> Grid:
    columns = (Column("month", "Month"), *_columns())
    return grid("handoffs-by-month", "Hand-offs by month", columns, rows, muted=_small)


def _chart(rows: list[Row]) -> Chart:
    title = "Leads refused, by reason"
    points = _points(rows)
    legend = [Key("bar", "Rejected")]
    if any(point.undone for point in points):
        legend.append(Key("below", "Taken back after a dispute"))
    alt = f"{title}. " + " ".join(f"{point.label}." for point in points)
    return Chart(
        title, draw(partial(reasons_chart, points), alt), tuple(legend), _table("rejections", title, rows)
    )


def _points(rows: list[Row]) -> list[TallyPoint]:
    """The commonest reasons, and all others in one bar."""
    counts = [(_reason(row), _whole(row, "rejected"), _whole(row, "overturned")) for row in rows]
    first, rest = counts[:_MOST], counts[_MOST:]
    if rest:
        others = f"{len(rest)} other reason{'s' if len(rest) > 1 else ''}"
        first.append((others, sum(count for _, count, _ in rest), sum(undone for *_, undone in rest)))
    return [
        TallyPoint(
            name, count, undone, f"{name}: {say.number(count)}" + (f", {undone} taken back" if undone else "")
        )
        for name, count, undone in first
    ]


def _whole(row: Row, name: str) -> int:
    return int(say.known(row.get(name)) or 0)


def _reason(row: Row) -> str:
    return plain(say.name(row.get("reason"), 40) or _NONE_GIVEN)


def _table(id: str, title: str, rows: list[Row], *before: Column) -> Grid:
    columns = (
        *before,
        Column("why", "Reason"),
        Column("rejected", "Rejected", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("delivered", "Of delivered", say.number, numeric=True),
        Column("of_delivered", "Rejected of delivered", say.percent, numeric=True),
        Column("disputed", "Disputed", say.number, numeric=True, optional=True),
        Column("overturned", "Taken back", say.number, numeric=True, optional=True),
    )
    return grid(id, title, columns, [{**row, "why": _reason(row)} for row in rows], muted=_small)


def _rejects(rows: list[Row], by: str, agreement: Agreement) -> Grid:
    mine = [
        {**row, "type": label(row.get("lead_type"), agreement), "from": row.get("source") or "unknown"}
        for row in rows
        if row.get("by") == by
    ]
    first = Column("from", "Source") if by == "source" else Column("type", "Lead type")
    words = by.replace("_", " ")
    return _table(f"rejections-by-{slug(words)}", f"Leads refused, by reason and {words}", mine, first)


def _small(row: Row) -> bool:
    return bool(row.get("small"))
