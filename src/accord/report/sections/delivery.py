"""What did marketing deliver, in number, value and mix? (S0.23, S0.24, S4.16, DOMAIN 5.4, 5.6)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.charts_marketing import PairPoint, mix_chart
from accord.report.drawing import HALF, draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import TWICE, group_of, stream
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, label

_GROUPS = {"lead_type": "Lead type", "stream": "Stream"}
_FOLDED = {"month": "month", "source": "source", "segment": "segment", "persona": "persona"}
_PRICES = {
    "hand-off": "as frozen at hand-off",
    "agreement": "by the agreement's prices or rates, unrounded",
    "both": "frozen at hand-off where it was, else by the agreement",
}
_EMPTY = (
    "No lead was handed off in this period. Hand-offs come into the log as events `handed_off`, with the "
    "lead's value where one is fixed; sales then accepts or rejects."
)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("delivery")
    whole = next((row for row in rows if row.get("by") == "all"), {})
    parts = []
    if whole:
        currency = reader.score.currency
        known = {row.get("by") for row in rows if row.get("key") is not None}
        groups = [row for row in rows if row.get("by") in known & set(_GROUPS)]
        grids = (_groups(groups, currency, agreement),) if groups else ()
        parts.append(
            Part(
                "",
                _figures(whole, currency, reader.score.over),
                grids=grids,
                folded=_folded(reader, currency),
            )
        )
        parts += _mix(reader.rows("mix"), currency, agreement)
    return Section(
        "delivery",
        "Delivery",
        "What marketing delivered and what counts of it: by number and by value, beside what the plan "
        f"{'asked' if reader.score.over else 'asks by now'}.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("delivery", "mix"),
    )


def _figures(row: Row, currency: str, over: bool) -> tuple[Figure, ...]:
    silent, unpriced = say.number(row.get("by_silence")), row.get("unpriced")
    by_now = "" if over else " by now"
    price = _PRICES.get(str(row.get("price")), "")
    found = [
        Figure("Accepted", say.number(row.get("accepted")), f"{silent} of them by silence"),
        Figure("Delivered", say.number(row.get("delivered")), "whatever became of them"),
        Figure("Undecided", say.number(row.get("undecided")), "the window is still open"),
        Figure("Value", say.money(row.get("value"), currency), price),
    ]
    if row.get("planned") is not None:
        asked = _asked(say.number(row.get("planned")))
        found.insert(1, Figure(f"Of the plan{by_now}", say.percent(row.get("of_planned")), asked))
    if row.get("value_planned") is not None:
        asked = _asked(say.money(row.get("value_planned"), currency))
        found.append(Figure(f"Value of the plan{by_now}", say.percent(row.get("value_of_planned")), asked))
    if unpriced:
        found.append(Figure("Without a value", say.number(unpriced), "counted as nothing", "risk"))
    return tuple(found)


def _asked(amount: str | None) -> str:
    return f"{amount} planned" if amount else ""


def _columns(currency: str) -> tuple[Column, ...]:
    amount = partial(say.money, currency=currency)
    return (
        Column("delivered", "Delivered", say.number, numeric=True),
        Column("accepted", "Accepted", say.number, numeric=True),
        Column("by_silence", "By silence", say.number, numeric=True, optional=True),
        Column("rejected", "Rejected", say.number, numeric=True),
        Column("undecided", "Undecided", say.number, numeric=True),
        Column("merged", "Duplicates", say.number, numeric=True, optional=True),
        Column("planned", "Planned to date", say.number, numeric=True),
        Column("of_planned", "Of plan", say.percent, numeric=True),
        Column("value", "Value", amount, numeric=True),
        Column("value_delivered", "As delivered", amount, numeric=True),
        Column("value_planned", "Value planned", amount, numeric=True),
        Column("value_of_planned", "Of plan, value", say.percent, numeric=True),
        Column("unpriced", "Without value", say.number, numeric=True, optional=True),
    )


def _groups(rows: list[Row], currency: str, agreement: Agreement) -> Grid:
    named = [
        {**row, "group": _GROUPS[str(row["by"])], "of": group_of(row, agreement)}
        for row in sorted(rows, key=lambda row: list(_GROUPS).index(str(row["by"])))
    ]
    columns = (Column("of", "Leads of"), Column("group", "By"), *_columns(currency))
    return grid(
        "delivery", "Leads delivered, by lead type and stream", columns, named, muted=_small, note=TWICE
    )


def _folded(reader: Reader, currency: str) -> tuple[Grid, ...]:
    """The other groupings, each where the log knows more than one value of it."""
    made = []
    for by, word in _FOLDED.items():
        rows = reader.rows(f"delivery_by_{by}")
        if len(rows) > 1:
            named = [{**row, by: row.get(by) or "unknown"} for row in rows]
            columns = (Column(by, word.capitalize()), *_columns(currency))
            made.append(
                grid(f"delivery-by-{by}", f"Leads delivered, by {word}", columns, named, muted=_small)
            )
    return tuple(made)


def _small(row: Row) -> bool:
    return bool(row.get("small"))


def _mix(rows: list[Row], currency: str, agreement: Agreement) -> list[Part]:
    """Shares by count and by value of all streams; each stream's own a click away. Nothing for one type."""
    whole = [row for row in rows if row.get("stream") is None]
    apart = [row for row in rows if row.get("stream") is not None]
    if len(whole) < 2 or not any(row.get("accepted") for row in whole):
        return []
    charts = [_mix_chart(whole, currency, agreement)]
    if any(row.get("value") for row in whole):
        charts.append(_mix_chart(whole, currency, agreement, value=True))
    folded = _mix_tables(apart, currency, agreement, "-by-stream") if apart else ()
    return [Part("Mix of lead types", charts=tuple(charts), folded=folded, pairs=len(charts) > 1)]


def _mix_chart(rows: list[Row], currency: str, agreement: Agreement, *, value: bool = False) -> Chart:
    share, planned = ("value_share", "value_planned_share") if value else ("share", "planned_share")
    points = [_pair(row, share, planned, agreement) for row in rows]
    title = "Share of the value" if value else "Share of the leads"
    alt = f"{title} by lead type, planned and actual. " + " ".join(f"{point.label}." for point in points)
    legend = [Key("bar", "Accepted")]
    if any(point.planned is not None for point in points):
        legend.append(Key("asked", "Planned"))
    by_count, by_value = _mix_tables(rows, currency, agreement)
    table = by_value if value else by_count
    return Chart(title, draw(partial(mix_chart, points), alt, wide=HALF), tuple(legend), table)


def _pair(row: Row, share: str, planned: str, agreement: Agreement) -> PairPoint:
    name = say.or_dash(say.name(label(row.get("lead_type"), agreement), 40))
    has, asked = (None if (v := say.known(row.get(key))) is None else float(v) for key in (share, planned))
    told = f"{name}: {say.or_dash(say.percent(has))}"
    return PairPoint(name, asked, has, told if asked is None else f"{told}, planned {say.percent(asked)}")


def _mix_tables(rows: list[Row], currency: str, agreement: Agreement, id: str = "") -> tuple[Grid, Grid]:
    """The mix by count, and the mix by value."""
    amount = partial(say.money, currency=currency)
    of = (Column("stream", "Stream", stream), Column("type", "Lead type"))
    by_count = (
        Column("accepted", "Accepted", say.number, numeric=True),
        Column("share", "Share", say.percent, numeric=True),
        Column("planned_share", "Planned", say.percent, numeric=True),
        Column("gap", "Points apart", _points, numeric=True),
    )
    by_value = (
        Column("value", "Value", amount, numeric=True),
        Column("value_share", "Share", say.percent, numeric=True),
        Column("value_planned_share", "Planned", say.percent, numeric=True),
        Column("value_gap", "Points apart", _points, numeric=True),
    )
    named = [{**row, "type": label(row.get("lead_type"), agreement)} for row in rows]
    title = "Mix of accepted leads{}, planned and actual" + (", by stream" if id else "")
    return (
        grid(f"mix-by-count{id}", title.format(""), (*of, *by_count), named, muted=_small),
        grid(f"mix-by-value{id}", title.format(" by value"), (*of, *by_value), named, muted=_small),
    )


def _points(value: object) -> str | None:
    figure = say.known(value)
    return None if figure is None else say.number(float(figure) * 100, 1, signed=True)
