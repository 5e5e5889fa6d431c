"""The charts, one function each: from plain points to a Vega-Lite specification of a given width.

A specification holds its data, so that nothing is fetched, and no words but labels: titles, legends and the
table behind a chart are HTML (`templates/`), where they wrap, translate and can be read aloud.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from accord.report.chart_parts import (
    BEADS,
    DASH,
    PERCENT,
    SharePoint,
    Spec,
    bar_width,
    day_axis,
    height,
    label_axis,
    line_mark,
    spec,
    target_rule,
)
from accord.report.theme import PALETTE as INK

__all__ = [
    "CountPoint",
    "PacePoint",
    "SharePoint",
    "Spec",
    "attempts_chart",
    "conversion_chart",
    "pace_chart",
    "speed_chart",
]


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
class CountPoint:
    """One bar: how many leads with this number of attempts were reached, and how many not."""

    at: str
    reached: float
    missed: float
    label: str


def pace_chart(points: Sequence[PacePoint], width: int) -> Spec:
    """Cumulative actual against the goal line with its band, and the projection (S0.34, 5.4)."""
    x = day_axis(width)
    y = {"type": "quantitative", "axis": {"title": None, "format": "~s" if width < 400 else ",.0f"}}
    layers = [
        {
            "mark": {"type": "area", "aria": False, "color": INK["band"], "opacity": 0.16},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        line_mark("line", x, y, color=INK["goal"], strokeDash=DASH, strokeWidth=2),
        line_mark("delivered", x, y, color=INK["pale"], strokeWidth=1.5),
        line_mark("projection", x, y, color=INK["mark"], strokeDash=[2, 3], strokeWidth=2),
        line_mark("actual", x, y, color=INK["mark"], strokeWidth=3),
    ]
    if len(points) <= BEADS:
        dot = {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": INK["mark"]}
        at = {"x": x, "y": {**y, "field": "actual"}, "description": {"field": "label"}}
        layers.append({"transform": [{"filter": "isValid(datum.actual)"}], "mark": dot, "encoding": at})
    return spec([_day(point) for point in points], width, layers)


def speed_chart(points: Sequence[SharePoint], target: float | None, width: int) -> Spec:
    """Share of leads touched in time by period of delivery, against the promise (S0.35, 5.1)."""
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"title": None, **PERCENT}}
    x = label_axis(points, width)
    bars: list[Spec] = [
        {
            "mark": {"type": "bar", "width": bar_width(len(points))},
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
        under = {"value": height(width) + 32}
        small = {"type": "text", "aria": False, "fontSize": 11, "color": INK["soft"]}
        bars.append({"mark": small, "encoding": {"x": x, "y": under, "text": {"field": "count"}}})
    return spec(_shares(points), width, [*bars, *target_rule(target, "y")])


def attempts_chart(points: Sequence[CountPoint], width: int) -> Spec:
    """How many leads got 0, 1, 2 … attempts: reached ones solid, the others outlined on top of them (5.2)."""
    values = [{**asdict(point), "count": point.reached + point.missed} for point in points]
    x: Spec = {"field": "at", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0}}
    y: Spec = {"type": "quantitative", "axis": {"title": None, "tickMinStep": 1, "format": ",d"}}
    said = {"field": "label"}
    bar = {"type": "bar", "width": bar_width(len(points))}
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
    return spec(values, width, layers)


def conversion_chart(points: Sequence[SharePoint], target: float | None, width: int) -> Spec:
    """One stage step by cohort: the rate with its 95 % interval; a young cohort is hollow and pale (5.3)."""
    x = label_axis(points, width)
    ends = [value for point in points for value in (point.high, point.share) if value is not None]
    top = min(1.0, max([0.05, *ends, target or 0.0]) * 1.08)
    y = {"type": "quantitative", "scale": {"domain": [0, top]}, "axis": {"title": None, **PERCENT}}
    color = {"condition": {"test": "datum.pale", "value": INK["pale"]}, "value": INK["mark"]}
    fill = {"condition": {"test": "datum.pale", "value": INK["paper"]}, "value": INK["mark"]}
    return spec(
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
            *target_rule(target, "y"),
        ],
    )


def _day(point: PacePoint) -> Spec:
    return {**asdict(point), "on": f"{point.on.isoformat()}T00:00:00Z"}


def _shares(points: Iterable[SharePoint]) -> list[Spec]:
    return [asdict(point) for point in points]
