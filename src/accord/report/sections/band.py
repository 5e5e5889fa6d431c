"""Did each month stay in its band, and can the reps take it? (S4.26, S4.27, C6, DOMAIN 5.5)"""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from accord.agreement.terms import Agreement, Interval
from accord.ledger.score import PromiseScore
from accord.report import format as say
from accord.report.charts_marketing import BandPoint, band_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid, slug
from accord.report.view import Chart, Figure, Key, Part, Reader, Section, month_of

_EMPTY = (
    "There is no band to stay in. A promise of a number or a value, such as `{id: M1, side: marketing, "
    "measure: accepted_leads, from: plan, band: 10%}`, is judged each month, over and under alike."
)
_EXACT = 1e-9  # as near, a deviation is the edge itself
_MOST = 13  # intervals of the chart: a year and the one before
_TOO_MANY = "▲"
_KEYS = {
    "within": Key("bar", "Within"),
    "under": Key("below", "Under"),
    "amber": Key("amber", "Over"),
    "over": Key("over", "Over"),
    "red": Key("red", f"{_TOO_MANY} More than the reps can take"),
    "open": Key("pale", "Within so far"),
}
_LINES = (Key("goal", "Due"), Key("band", "Band"))
_WORDS = {"under": "under", "within": "within", "over": "over"}
_TONES = {"under": "broken", "within": "kept", "over": "over", "amber": "risk", "red": "broken"}


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = [row for row in reader.rows("band") if _begun(row, reader.score.to_on)]
    promises = {promise.id: promise for side in reader.score.sides for promise in side.promises}
    ids = [id for id in promises if any(row.get("promise") == id for row in rows)]
    parts = [_part(promises[id], [row for row in rows if row.get("promise") == id], agreement) for id in ids]
    return Section(
        "band",
        "Month by month",
        "Was each month within its band? Too many leads are a deviation as well: amber while the reps can "
        "follow them up, red above that.",
        tuple(parts),
        "" if parts else _EMPTY,
        reader.counted("band"),
    )


def _begun(row: Row, to_on: date) -> bool:
    """Whether an interval began before the period's end: what came later is not of these days."""
    on = row.get("interval_on")
    return not isinstance(on, date) or (on.date() if isinstance(on, datetime) else on) <= to_on


def _part(promise: PromiseScore, rows: list[Row], agreement: Agreement) -> Part:
    title, unit = say.or_dash(say.name(promise.title)), promise.unit
    named = _name(agreement)
    shown = rows[-_MOST:]
    points = [_point(row, unit, named(row.get("interval_on"))) for row in shown]
    legend = tuple(key for tone, key in _KEYS.items() if any(_kind(point) == tone for point in points))
    alt = f"{title} against what was due, by interval. " + " ".join(f"{p.label}." for p in points)
    name = f"band-{slug(promise.id)}"
    table = _table(name, title, unit, rows, agreement)
    chart = Chart(
        f"{title}, each against its band",
        draw(partial(band_chart, points), alt),
        (*legend, *_LINES),
        table,
        name,
    )
    return Part(title, _figures(rows, unit, agreement), (chart,))


def _figures(rows: list[Row], unit: str, agreement: Agreement) -> tuple[Figure, ...]:
    named, last = _name(agreement), rows[-1]
    ended = next((row for row in reversed(rows) if row.get("streak") is not None), None)
    figures = []
    if ended:
        figures.append(
            Figure(
                _capital(_state(ended)),
                _delta(ended),
                f"{named(ended.get('interval_on'))}, from the goal",
                _tone(ended),
            )
        )
        figures.append(Figure("In a row", _row_of(ended), _heads(rows)))
    if last.get("so_far"):
        due = say.amount(last.get("due"), unit)
        figures.append(Figure("So far", _delta(last), f"from the {due} due by now", _tone(last)))
    if last.get("capacity"):
        most, runs = say.number(last.get("capacity")), bool(last.get("so_far"))
        whole = f" of the whole {agreement.term.interval}" if runs else ""
        figures.append(
            Figure(
                "Of what the reps can take",
                say.percent(last.get("load")),
                f"{say.number(last.get('leads'))}{' so far' if runs else ''} of {most} leads{whole}, "
                "all reps at full strength",
                "broken" if last.get("alarm") == "red" else "",
            )
        )
    if any(row.get("shortfall") for row in rows):
        figures.append(_carried(rows, unit, agreement))
    return tuple(figures)


def _carried(rows: list[Row], unit: str, agreement: Agreement) -> Figure:
    """What is still spread over this interval; where nothing is to be, that is said."""
    over = agreement.delivery.carry_over
    if not over:
        return Figure("Carried over", "nothing", "as agreed: a shortfall stays where it fell")
    every = f"{over} {agreement.term.interval}{'s' if over > 1 else ''}"
    spread = f"spread over {every}, beside the goal and not in it"
    return Figure("Carried over", say.amount(rows[-1].get("carried"), unit), spread)


def _heads(rows: list[Row]) -> str:
    return "both heads are to be told" if rows[-1].get("tell_heads") else ""


def _row_of(row: Row) -> str | None:
    return f"{say.number(row.get('streak'))} {_state(row)}"


def _state(row: Row) -> str:
    return _WORDS.get(str(row.get("state")), "not judged")


def _tone(row: Row) -> str:
    alarm = str(row.get("alarm"))
    return _TONES.get(alarm if alarm != "none" else str(row.get("state")), "")


def _delta(row: Row) -> str | None:
    """`+4.2%`; with the digits that it takes to tell it from the edge of its band: `+10.04%` is over 10%."""
    figure, due = say.known(row.get("delta")), say.known(row.get("due"))
    if figure is None:
        return None
    bounds = [say.known(row.get(name)) for name in ("low", "high")] if due else []
    edges = [float(bound) / float(due or 1) - 1 for bound in bounds if bound is not None]
    apart = [edge for edge in edges if abs(edge - float(figure)) > _EXACT]
    told = [_signed(float(figure), digits) for digits in (1, 2, 3, 4)]
    clear = (text for digits, text in enumerate(told, 1) if text not in {_signed(e, digits) for e in apart})
    return next(clear, told[-1])


def _signed(share: float, digits: int) -> str:
    return f"{say.number(share * 100, digits, signed=True)}%"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name(agreement: Agreement) -> Callable[[object], str]:
    return partial(_named, interval=agreement.term.interval)


def _named(on: object, interval: Interval) -> str:
    """`Mar 2026`, `from Mar 2026` for what is longer than a month."""
    month = say.or_dash(month_of(on))
    return month if interval is Interval.MONTH else f"from {month}"


def _point(row: Row, unit: str, name: str) -> BandPoint:
    actual, due, low, high = (float(say.known(row.get(key)) or 0) for key in ("actual", "due", "low", "high"))
    alarm, state = str(row.get("alarm")), _state(row)
    tone = alarm if alarm != "none" else state
    told = f"{name}: {say.amount(actual, unit)}, {say.amount(due, unit)} due, {state}"
    note = "" if state == "within" else say.or_dash(_delta(row))
    if alarm == "red":
        note = f"{_TOO_MANY} {note}".rstrip()  # amber and red are told apart without their colours, too
    on = row.get("interval_on")
    at = name.removeprefix("from ") if isinstance(on, date) else name
    return BandPoint(at, actual, due, low, high, tone, bool(row.get("so_far")), note, told)


def _kind(point: BandPoint) -> str:
    return "open" if point.open and point.tone == "within" else point.tone


def _table(name: str, title: str, unit: str, rows: list[Row], agreement: Agreement) -> Grid:
    amount = partial(say.amount, unit=unit) if unit != "leads" else say.number
    columns = (
        Column("interval_on", _capital(str(agreement.term.interval)), _name(agreement)),
        Column("goal", "Goal", amount, numeric=True),
        Column("due", "Due to date", amount, numeric=True),
        Column("low", "Band from", amount, numeric=True),
        Column("high", "Band to", amount, numeric=True),
        Column("actual", "Actual", amount, numeric=True),
        Column("off", "Off the goal", numeric=True),
        Column("standing", "State"),
        Column("streak", "In a row", say.number, numeric=True),
        Column("leads", "Leads delivered", say.number, numeric=True),
        Column("capacity", "Reps can take", say.number, numeric=True),
        Column("load", "Load", say.percent, numeric=True),
        Column("shortfall", "Short", amount, numeric=True, optional=True),
        Column("undecided", "Still undecided", say.number, numeric=True, optional=True),
        Column("carried", "Carried here", amount, numeric=True, optional=True),
    )
    said = [{**row, "off": _delta(row), "standing": _standing(row)} for row in rows]
    return grid(
        name, f"{title}, each against its band", columns, said, muted=lambda row: bool(row.get("so_far"))
    )


def _standing(row: Row) -> str:
    told = {"red": ", more than the reps can take", "amber": ", the reps can take it"}
    known = row.get("capacity") is not None
    return _state(row) + (told.get(str(row.get("alarm")), "") if known else "")
