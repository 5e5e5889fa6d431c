"""The charts, one function each: from plain points to a Vega-Lite specification of a given width.

A specification holds its data, so that nothing is fetched, and no words but labels: titles, legends and the
table behind a chart are HTML (`templates/`), where they wrap, translate and can be read aloud.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from accord.report.theme import PALETTE as INK

Spec = dict[str, Any]
_SCHEMA = (
    "https://vega.github.io/schema/vega-lite/v6.json"  # a name, not an address: nothing is loaded from it
)
_DASH = [6, 4]
_BEADS = 62  # days with a dot each; a longer period is a line
_PERCENT = {"format": ".0%"}


@dataclass(frozen=True)
class PacePoint:
    """One day: cumulative goal line, edges of the band, what was reached (None in the future), what is
    expected.
    """

    on: date
    line: float | None
    low: float | None
    high: float | None
    actual: float | None
    projection: float | None
    delivered: float | None = None  # whatever became of it, where that differs from what counts
    label: str = ""


@dataclass(frozen=True)
class SharePoint:
    """One period or group: a share with the number it rests on. `pale` marks what is not final yet."""

    at: str
    share: float | None
    label: str
    count: str = ""
    low: float | None = None
    high: float | None = None
    pale: bool = False
    group: str = ""


@dataclass(frozen=True)
class CountPoint:
    """One bar: how many leads with this number of attempts were reached, and how many not."""

    at: str
    reached: float
    missed: float
    label: str


def pace_chart(points: Sequence[PacePoint], width: int) -> Spec:
    """Cumulative actual against the goal line with its band, and the projection (S0.34, 5.4)."""
    x = _days(width)
    y = {"type": "quantitative", "axis": {"title": None, "format": "~s" if width < 400 else ",.0f"}}
    layers = [
        {
            "mark": {"type": "area", "aria": False, "color": INK["band"], "opacity": 0.16},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        _line("line", x, y, color=INK["goal"], strokeDash=_DASH, strokeWidth=2),
        _line("delivered", x, y, color=INK["pale"], strokeWidth=1.5),
        _line("projection", x, y, color=INK["mark"], strokeDash=[2, 3], strokeWidth=2),
        _line("actual", x, y, color=INK["mark"], strokeWidth=3),
    ]
    if len(points) <= _BEADS:
        dot = {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": INK["mark"]}
        at = {"x": x, "y": {**y, "field": "actual"}, "description": {"field": "label"}}
        layers.append({"transform": [{"filter": "isValid(datum.actual)"}], "mark": dot, "encoding": at})
    return _spec([_day(point) for point in points], width, layers)


def speed_chart(points: Sequence[SharePoint], target: float | None, width: int) -> Spec:
    """Share of leads touched in time by period of delivery, against the promise (S0.35, 5.1)."""
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"title": None, **_PERCENT}}
    x = _labels(points, width)
    bars: list[Spec] = [
        {
            "mark": {"type": "bar", "width": _bar(len(points))},
            "encoding": {
                "x": x,
                "y": {**y, "field": "share"},
                "color": {
                    "condition": {"test": "datum.pale", "value": INK["pale"]},
                    "value": INK["mark"],
                },
                "description": {"field": "label"},
            },
        }
    ]
    if width > 400 or len(points) <= 8:
        under = {"value": _height(width) + 32}
        small = {"type": "text", "aria": False, "fontSize": 11, "color": INK["soft"]}
        bars.append({"mark": small, "encoding": {"x": x, "y": under, "text": {"field": "count"}}})
    return _spec(_shares(points), width, [*bars, *_target(target, "y")])


def attempts_chart(points: Sequence[CountPoint], width: int) -> Spec:
    """How many leads got 0, 1, 2 … attempts: reached ones solid, the others outlined on top of them (5.2)."""
    values = [{**asdict(point), "count": point.reached + point.missed} for point in points]
    x: Spec = {"field": "at", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0}}
    y: Spec = {"type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "format": ",d"}}
    said = {"field": "label"}
    bar = {"type": "bar", "width": _bar(len(points))}
    open_bar = {"fill": INK["bad"], "fillOpacity": 0.25, "stroke": INK["bad"], "strokeWidth": 2}
    text = {"type": "text", "aria": False, "baseline": "bottom", "dy": -4, "fontSize": 11}
    crowded = width <= 400 and len(points) > 8  # then 1,608 and 1,674 would run into each other
    layers: list[Spec] = [
        {
            "mark": {**bar, "color": INK["mark"]},
            "encoding": {"x": x, "y": {**y, "field": "reached"}, "description": said},
        },
        {
            "transform": [{"filter": "datum.missed > 0"}],
            "mark": {**bar, **open_bar},
            "encoding": {
                "x": x,
                "y": {**y, "field": "reached"},
                "y2": {"field": "count"},
                "description": said,
            },
        },
        {
            "mark": text,
            "encoding": {
                "x": x,
                "y": {**y, "field": "count"},
                "text": {"field": "count", "format": ".2~s" if crowded else ",d"},
            },
        },
    ]
    return _spec(values, width, layers)


def conversion_chart(points: Sequence[SharePoint], target: float | None, width: int) -> Spec:
    """One stage step by cohort: the rate with its 95 % interval; a young cohort is hollow and pale (5.3)."""
    x = _labels(points, width)
    ends = [value for point in points for value in (point.high, point.share) if value is not None]
    top = min(1.0, max([0.05, *ends, target or 0.0]) * 1.08)
    y = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": {"title": None, **_PERCENT}}
    color = {"condition": {"test": "datum.pale", "value": INK["pale"]}, "value": INK["mark"]}
    fill = {"condition": {"test": "datum.pale", "value": INK["paper"]}, "value": INK["mark"]}
    return _spec(
        _shares(points),
        width,
        [
            {
                "mark": {"type": "rule", "aria": False, "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": color,
                },
            },
            {
                "mark": {"type": "point", "size": 80, "opacity": 1, "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "share"},
                    "stroke": color,
                    "fill": fill,
                    "description": {"field": "label"},
                },
            },
            *_target(target, "y"),
        ],
    )


def _spec(values: list[Spec], width: int, layers: list[Spec]) -> Spec:
    size = {"width": width, "height": _height(width)}
    return {"$schema": _SCHEMA, **size, "data": {"values": values}, "layer": layers}


def _height(width: int) -> int:
    return 240 if width > 400 else 190


def _line(field: str, x: Spec, y: Spec, **mark: object) -> Spec:
    return {
        "transform": [{"filter": f"isValid(datum.{field})"}],
        "mark": {"type": "line", "aria": False, **mark},
        "encoding": {"x": x, "y": {**y, "field": field}},
    }


def _target(target: float | None, axis: str) -> list[Spec]:
    """The promised level as a dashed rule over the whole plot; nothing where none was promised."""
    if target is None:
        return []
    mark = {"type": "rule", "aria": False, "strokeDash": _DASH, "strokeWidth": 2, "color": INK["goal"]}
    return [{"data": {"values": [{}]}, "mark": mark, "encoding": {axis: {"datum": target}}}]


def _bar(count: int) -> Spec:
    """Few bars stay slim: a bar is a mark, not a wall."""
    return {"band": 0.3 if count <= 6 else 0.55}


def _days(width: int) -> Spec:
    axis = {"title": None, "format": "%-d %b", "tickCount": 8 if width > 400 else 4, "labelFlush": True}
    return {"field": "on", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _day(point: PacePoint) -> Spec:
    return {**asdict(point), "on": f"{point.on.isoformat()}T00:00:00Z"}


def _labels(points: Sequence[SharePoint], width: int) -> Spec:
    """A discrete axis whose labels stay apart: on a narrow plot only every so many-th is written."""
    step = max(1, -(-len(points) // (12 if width > 400 else 5)))
    kept = [point.at for point in points][::step]
    axis = {"title": None, "labelAngle": 0, "values": kept, "labelOverlap": False, "ticks": False}
    return {"field": "at", "type": "ordinal", "sort": None, "axis": axis}


def _shares(points: Iterable[SharePoint]) -> list[Spec]:
    return [asdict(point) for point in points]
