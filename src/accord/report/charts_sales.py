"""Charts of what sales does: where a wait goes, touches against what is owed, use of capacity, budgets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from accord.report.chart_parts import (
    PERCENT,
    SharePoint,
    Spec,
    bar_width,
    label_axis,
    spec,
    target_rule,
)
from accord.report.theme import PALETTE as INK

_ROW = 34  # pixels of one name on a chart of lying bars
# The stations of a lead, each in a shape of its own: colour alone tells nothing in print
_SHAPES: dict[str, Spec] = {
    "to_qualified": {"fill": INK["pale"]},
    "to_delivered": {"fillOpacity": 0, "stroke": INK["goal"], "strokeWidth": 2},
    "to_assigned": {"fill": INK["risk"]},
    "to_rep": {"fill": INK["bad"], "fillOpacity": 0.25, "stroke": INK["bad"], "strokeWidth": 2},
    "to_touched": {"fill": INK["mark"]},
}


@dataclass(frozen=True)
class WaitPoint:
    """One station of one group's wait, from `start` to `end` in hours; `part` names the station."""

    name: str
    part: str
    start: float
    end: float
    label: str


@dataclass(frozen=True)
class OwedPoint:
    """One channel with the touches that a lead got and those it is owed; None where none are."""

    name: str
    owed: float | None
    made: float
    label: str


@dataclass(frozen=True)
class SpentPoint:
    """One promise with the share of its budget that is used, and of the period that is over."""

    name: str
    used: float
    gone: float
    warns: bool
    label: str


def wait_chart(points: Sequence[WaitPoint], width: int) -> Spec:
    """The way from raised hand to first touch, station by station, for each group (5.1)."""
    y = _names()
    hours = {"title": None, "grid": True, "tickCount": 6, "labelExpr": "datum.label + ' h'"}
    x: Spec = {"type": "quantitative", "axis": hours}
    layers: list[Spec] = [
        {
            "transform": [{"filter": f"datum.part == '{part}' && datum.end > datum.start"}],
            "mark": {"type": "bar", "height": {"band": 0.6}, **shape},
            "encoding": {
                "y": y,
                "x": {**x, "field": "start"},
                "x2": {"field": "end"},
                "description": {"field": "label"},
            },
        }
        for part, shape in _SHAPES.items()
    ]
    return _lying([asdict(point) for point in points], width, layers, len({p.name for p in points}))


def owed_chart(points: Sequence[OwedPoint], width: int) -> Spec:
    """Touches a lead by channel, solid, before those that it is owed, outlined (5.2, F14)."""
    y = _names()
    x: Spec = {"type": "quantitative", "axis": {"title": None, "grid": True, "tickCount": 6}}
    asked = {"type": "bar", "aria": False, "height": {"band": 0.8}, "fillOpacity": 0, "strokeWidth": 2}
    layers: list[Spec] = [
        {
            "mark": {**asked, "stroke": INK["goal"]},
            "encoding": {"y": y, "x": {**x, "field": "owed"}},
        },
        {
            "mark": {"type": "bar", "height": {"band": 0.4}, "color": INK["mark"]},
            "encoding": {"y": y, "x": {**x, "field": "made"}, "description": {"field": "label"}},
        },
    ]
    return _lying([asdict(point) for point in points], width, layers, len(points))


def use_chart(points: Sequence[SharePoint], width: int) -> Spec:
    """Work ÷ time by week; more than all the time stands out, a week that is not over is pale (5.10)."""
    top = max([1.1, *(point.share * 1.08 for point in points if point.share is not None)])
    y = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": {"title": None, **PERCENT}}
    tones = [
        {"test": "datum.share > 1", "value": INK["bad"]},
        {"test": "datum.pale", "value": INK["pale"]},
    ]
    bars: Spec = {
        "mark": {"type": "bar", "width": bar_width(len(points))},
        "encoding": {
            "x": label_axis(points, width),
            "y": {**y, "field": "share"},
            "color": {"condition": tones, "value": INK["mark"]},
            "description": {"field": "label"},
        },
    }
    return spec([asdict(point) for point in points], width, [bars, *target_rule(1, "y")])


def budget_chart(points: Sequence[SpentPoint], width: int) -> Spec:
    """The used part of each budget beside the part of the period that is over; past its mark is fast."""
    y = _names()
    top = max([1.0, *(point.used for point in points)])
    axis = {"title": None, **PERCENT, "tickCount": 5, "grid": True}
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": axis}
    tone = {"condition": {"test": "datum.warns", "value": INK["bad"]}, "value": INK["mark"]}
    mark = {"type": "tick", "aria": False, "color": INK["goal"], "thickness": 3, "height": {"band": 0.9}}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.5}},
            "encoding": {
                "y": y,
                "x": {**x, "field": "used"},
                "color": tone,
                "description": {"field": "label"},
            },
        },
        {"mark": mark, "encoding": {"y": y, "x": {**x, "field": "gone"}}},
    ]
    return _lying([asdict(point) for point in points], width, [*layers, *target_rule(1, "x")], len(points))


def _names() -> Spec:
    return {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False}}


def _lying(values: list[Spec], width: int, layers: list[Spec], rows: int) -> Spec:
    return {**spec(values, width, layers), "height": _ROW * max(rows, 1)}
