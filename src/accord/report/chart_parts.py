"""What charts are put together from: sizes, axes, the promised level as a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accord.report.theme import PALETTE as INK

Spec = dict[str, Any]
_SCHEMA = (
    "https://vega.github.io/schema/vega-lite/v6.json"  # a name, not an address: nothing is loaded from it
)
DASH = [6, 4]
_LETTER, _APART = 6.6, 12  # pixels: the width of a letter of a label, and of what keeps two labels apart
BEADS = 62  # days with a dot each; a longer period is a line
PERCENT = {"format": ".0%"}


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


def spec(values: list[Spec], width: int, layers: list[Spec]) -> Spec:
    size = {"width": width, "height": height(width)}
    return {"$schema": _SCHEMA, **size, "data": {"values": values}, "layer": layers}


def height(width: int) -> int:
    return 240 if width > 400 else 190


def line_mark(field: str, x: Spec, y: Spec, **mark: object) -> Spec:
    return {
        "transform": [{"filter": f"isValid(datum.{field})"}],
        "mark": {"type": "line", "aria": False, **mark},
        "encoding": {"x": x, "y": {**y, "field": field}},
    }


def target_rule(target: float | None, axis: str) -> list[Spec]:
    """The promised level as a dashed rule over the whole plot; nothing where none was promised."""
    if target is None:
        return []
    mark = {"type": "rule", "aria": False, "strokeDash": DASH, "strokeWidth": 2, "color": INK["goal"]}
    return [{"data": {"values": [{}]}, "mark": mark, "encoding": {axis: {"datum": target}}}]


def bar_width(count: int) -> Spec:
    """Few bars stay slim: a bar is a mark, not a wall."""
    return {"band": 0.3 if count <= 6 else 0.55}


def day_axis(width: int) -> Spec:
    axis = {"title": None, "format": "%-d %b", "tickCount": 8 if width > 400 else 4, "labelFlush": True}
    return {"field": "on", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def label_axis(points: Sequence[SharePoint], width: int) -> Spec:
    """A discrete axis whose labels stay apart: on a narrow plot only every so many-th is written."""
    longest = max((len(point.at) for point in points), default=1)
    room = min(12 if width > 400 else 5, int(width // (longest * _LETTER + _APART)))
    step = max(1, -(-len(points) // max(1, room)))
    kept = [point.at for point in points][::step]
    axis = {"title": None, "labelAngle": 0, "values": kept, "labelOverlap": False, "ticks": False}
    return {"field": "at", "type": "ordinal", "sort": None, "axis": axis}
