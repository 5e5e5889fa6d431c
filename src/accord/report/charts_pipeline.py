"""Charts of what becomes of leads: reasons of wins and losses, closing ratios, time to close."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from accord.report.chart_parts import PERCENT, SharePoint, Spec, spec, target_rule
from accord.report.theme import PALETTE as INK

_ROW = 30  # pixels of one name on a chart of lying bars


@dataclass(frozen=True)
class ReasonPoint:
    """One reason with the deals that it was given for; `nobody` marks one by which the buyer chose nobody."""

    name: str
    deals: int
    nobody: bool
    label: str


@dataclass(frozen=True)
class SpanPoint:
    """One group with the days that its wins took: half of them no longer than `median`, nine in ten `p90`."""

    name: str
    median: float
    p90: float
    small: bool
    label: str


def reasons_chart(points: Sequence[ReasonPoint], width: int) -> Spec:
    """How many deals ended for each reason; no decision is outlined (S1.33, 5.10)."""
    y, x = _names(), _count(",d")
    color = {"condition": {"test": "datum.nobody", "value": INK["paper"]}, "value": INK["mark"]}
    edge = {"condition": {"test": "datum.nobody", "value": INK["goal"]}, "value": INK["mark"]}
    bar = {"type": "bar", "height": {"band": 0.6}, "strokeWidth": 2}
    text = {"type": "text", "aria": False, "align": "left", "dx": 6, "fontSize": 11}
    layers: list[Spec] = [
        {
            "mark": bar,
            "encoding": {
                "y": y,
                "x": {**x, "field": "deals"},
                "fill": color,
                "stroke": edge,
                "description": {"field": "label"},
            },
        },
        {
            "mark": text,
            "encoding": {"y": y, "x": {**x, "field": "deals"}, "text": {"field": "deals", "format": ",d"}},
        },
    ]
    return _lying([asdict(point) for point in points], width, layers)


def ratio_chart(points: Sequence[SharePoint], target: float | None, width: int) -> Spec:
    """The closing ratio of each source with its 95 % interval; one that rests on few is hollow (S2.3)."""
    y = {**_names(), "field": "at"}
    ends = [value for point in points for value in (point.high, point.share) if value is not None]
    top = min(1.0, max([0.05, *ends, target or 0.0]) * 1.08)
    axis = {"title": None, **PERCENT, "tickCount": 5, "grid": True}
    x = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": axis}
    color = {"condition": {"test": "datum.pale", "value": INK["pale"]}, "value": INK["mark"]}
    fill = {"condition": {"test": "datum.pale", "value": INK["paper"]}, "value": INK["mark"]}
    rule = {"type": "rule", "aria": False, "strokeWidth": 2}
    dot = {"type": "point", "size": 80, "opacity": 1, "strokeWidth": 2}
    layers: list[Spec] = [
        {
            "mark": rule,
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color},
        },
        {
            "mark": dot,
            "encoding": {
                "y": y,
                "x": {**x, "field": "share"},
                "stroke": color,
                "fill": fill,
                "description": {"field": "label"},
            },
        },
        *target_rule(target, "x"),
    ]
    return _lying([asdict(point) for point in points], width, layers)


def time_to_close_chart(points: Sequence[SpanPoint], width: int) -> Spec:
    """Days from a start to the win: the bar is the median, the tick where nine in ten are done (S4.17)."""
    y, x = _names(), _count(",.0f")
    color = {"condition": {"test": "datum.small", "value": INK["pale"]}, "value": INK["mark"]}
    tick = {"type": "tick", "aria": False, "thickness": 3, "height": {"band": 0.7}, "color": INK["goal"]}
    span = {"type": "rule", "aria": False, "strokeWidth": 1, "color": INK["goal"]}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.5}},
            "encoding": {
                "y": y,
                "x": {**x, "field": "median"},
                "color": color,
                "description": {"field": "label"},
            },
        },
        {"mark": span, "encoding": {"y": y, "x": {**x, "field": "median"}, "x2": {"field": "p90"}}},
        {"mark": tick, "encoding": {"y": y, "x": {**x, "field": "p90"}}},
    ]
    return _lying([asdict(point) for point in points], width, layers)


def _names() -> Spec:
    return {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False}}


def _count(form: str) -> Spec:
    axis = {"title": None, "format": form, "tickMinStep": 1, "tickCount": 6, "grid": True}
    return {"type": "quantitative", "axis": axis}


def _lying(values: list[Spec], width: int, layers: list[Spec]) -> Spec:
    return {**spec(values, width, layers), "height": _ROW * max(len(values), 1)}
