"""How many more misses can each promise bear, and do they come too fast? (the error budget)"""

from functools import partial

from accord.ledger.budget import FEWEST, RECENT, SURE, Budget
from accord.ledger.score import PromiseScore
from accord.report import format as say
from accord.report.charts_sales import SpentPoint, budget_chart
from accord.report.drawing import draw
from accord.report.grid import Column, Grid, Row, grid
from accord.report.view import Chart, Figure, Item, Key, Part, Reader, Section, day_of

_EMPTY = (
    "No promise that is a share of leads is measured yet, so there is nothing to count misses against. "
    "Such a one is `{id: S1, side: sales, measure: first_touch_in_time, target: 90%}` under `promises`."
)
_IS = "How many more misses can each promise bear before it breaks, and do they come too fast?"
_WAS = "How many misses did each promise bear in this period, and how many came?"
COUNTED = Item(
    "Error budget",
    "A promise that is a share bears some misses: one of 90% that is asked of 240 leads bears 24. Expected "
    "are the leads judged, those pending, and as many more as the days to come bring at the pace so far; "
    f"excused misses do not count. A warning comes with {FEWEST} misses or more, where even the lowest miss "
    "rate that fits the counts (one-sided limit of Clopper and Pearson) would use up what is left; asked of "
    f"the period so far and of its last {RECENT} days, {float(SURE):.0%} sure together.",
)


def section(reader: Reader) -> Section:
    held = [
        (promise, promise.budget)
        for side in reader.score.sides
        for promise in side.promises
        if promise.budget is not None
    ]
    parts = (Part("", tuple(_figure(*each) for each in held), (_chart(held),)),) if held else ()
    return Section(
        "budget",
        "Room for misses",
        _WAS if reader.score.over else _IS,
        parts,
        "" if parts else _EMPTY,
        (COUNTED,),
    )


def _name(promise: PromiseScore) -> str:
    return f"{say.or_dash(say.name(promise.id, 20))} · {say.or_dash(say.name(promise.title, 60))}"


def _tone(budget: Budget) -> str:
    return "broken" if budget.left < 0 else "risk" if budget.burning else ""


def _figure(promise: PromiseScore, budget: Budget) -> Figure:
    left = say.or_dash(say.number(max(budget.left, 0)))
    return Figure(_name(promise), f"{left} left", budget.sentence, _tone(budget))


def _chart(held: list[tuple[PromiseScore, Budget]]) -> Chart:
    title = "Misses used, of those the period can bear"
    points = [_point(*each) for each in held]
    alt = f"{title}, beside the part of the period that is over: {'; '.join(p.label for p in points)}."
    legend = [
        Key("bar", "Used"),
        Key("goal", "All of them; the mark on a bar is the part of the period that is over"),
    ]
    if any(point.warns for point in points):
        legend.insert(1, Key("red", "Used up, or too fast"))
    return Chart(title, draw(partial(budget_chart, points), alt), tuple(legend), _grid(held), "error-budget")


def _point(promise: PromiseScore, budget: Budget) -> SpentPoint:
    """Without any miss allowed, the first uses all."""
    used = budget.spent / budget.allowed if budget.allowed else float(budget.spent > 0)
    told = f"{_name(promise)}: {say.of(budget.spent, budget.allowed)}"
    warns = budget.burning or budget.left < 0
    return SpentPoint(
        say.or_dash(say.name(promise.id, 20)), min(used, 2.0), budget.day / budget.days, warns, told
    )


def _grid(held: list[tuple[PromiseScore, Budget]]) -> Grid:
    rows: list[Row] = [
        {
            "id": promise.id,
            "title": promise.title,
            "target": promise.target,
            "expected": budget.expected,
            "allowed": budget.allowed,
            "spent": budget.spent,
            "left": budget.left,
            "open": budget.open,
            "breaks_on": budget.breaks_on,
        }
        for promise, budget in held
    ]
    columns = (
        Column("id", "Promise"),
        Column("title", "What"),
        Column("target", "Promised", say.promised_percent, numeric=True),
        Column("expected", "Leads expected", say.number, numeric=True),
        Column("allowed", "Misses it bears", say.number, numeric=True),
        Column("spent", "Used", say.number, numeric=True),
        Column("left", "Left", say.number, numeric=True),
        Column("open", "Still open", say.number, numeric=True, optional=True),
        Column("breaks_on", "Breaks around", day_of),
    )
    return grid("error-budget", "Misses that each promise can bear in this period", columns, rows)
