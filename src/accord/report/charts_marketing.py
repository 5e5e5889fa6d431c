"""Charts of what marketing brings: months in their band, planned against actual mix, reasons of rejects."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from accord.report.chart_parts import PERCENT, Spec, bar_width, spec
from accord.report.theme import PALETTE as INK

_ROW = 30  # pixels of one name on a chart of lying bars


@dataclass(frozen=True)
class BandPoint:
    """One interval: what came in, what was due and the band around it. `tone` is within, under, over, amber
    or red; `open` marks one that is not over; `note` is what stands over its bar.
    """

    at: str
    actual: float
    due: float
    low: float
    high: float
    tone: str
    open: bool
    note: str
    label: str


@dataclass(frozen=True)
class PairPoint:
    """One name with the share it was to have and the one it has; None where nothing was planned."""

    name: str
    planned: float | None
    share: float | None
    label: str


@dataclass(frozen=True)
class TallyPoint:
    """One name with how many, and how many of those did not hold."""

    name: str
    count: int
    undone: int
    label: str


def band_chart(points: Sequence[BandPoint], width: int) -> Spec:
    """Each interval as a bar before its band; the state is told by colour, outline and a word (C6, S4.27)."""
    x: Spec = {"field": "at", "type": "ordinal", "sort": None, "axis": {"title": None, "labelAngle": 0}}
    x["axis"] |= {"ticks": False, "labelOverlap": True}
    y: Spec = {
        "type": "quantitative",
        "axis": {"title": None, "format": "~s" if width < 400 else ",.0f", "tickMinStep": 1},
    }
    bar = {"type": "bar", "width": bar_width(len(points))}
    tones = [
        {"test": "datum.open && datum.tone == 'within'", "value": INK["pale"]},
        *({"test": f"datum.tone == '{tone}'", "value": INK[ink]} for tone, ink in _TONES.items()),
    ]
    hollow = {"condition": {"test": "datum.tone == 'under'", "value": 0.25}, "value": 1}
    edge = {"condition": {"test": "datum.tone == 'under'", "value": 2}, "value": 0}
    tolerated = {"type": "bar", "aria": False, "width": {"band": 0.9}, "color": INK["band"], "opacity": 0.16}
    due = {"type": "tick", "aria": False, "color": INK["goal"], "thickness": 2, "width": {"band": 0.9}}
    word = {"type": "text", "aria": False, "baseline": "bottom", "dy": -4, "fontSize": 11}
    layers: list[Spec] = [
        {"mark": tolerated, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {
            "mark": bar,
            "encoding": {
                "x": x,
                "y": {**y, "field": "actual"},
                "color": {"condition": tones, "value": INK["mark"]},
                "fillOpacity": hollow,
                "stroke": {"value": INK["bad"]},
                "strokeWidth": edge,
                "description": {"field": "label"},
            },
        },
        {"mark": due, "encoding": {"x": x, "y": {**y, "field": "due"}}},
    ]
    if width > 400 or len(points) <= 6:
        layers.append(
            {"mark": word, "encoding": {"x": x, "y": {**y, "field": "actual"}, "text": {"field": "note"}}}
        )
    return spec([asdict(point) for point in points], width, layers)


_TONES = {"under": "bad", "over": "over", "amber": "risk", "red": "bad"}


def mix_chart(points: Sequence[PairPoint], width: int) -> Spec:
    """The share that each name was to have, outlined, and the one it has, solid before it (S4.16)."""
    y: Spec = {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False}}
    top = max([0.05, *(value for p in points for value in (p.planned, p.share) if value is not None)])
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, top]},
        "axis": {"title": None, **PERCENT, "tickCount": 5, "grid": True},
    }
    asked = {"type": "bar", "aria": False, "height": {"band": 0.8}, "fillOpacity": 0, "strokeWidth": 2}
    layers: list[Spec] = [
        {"mark": {**asked, "stroke": INK["goal"]}, "encoding": {"y": y, "x": {**x, "field": "planned"}}},
        {
            "mark": {"type": "bar", "height": {"band": 0.4}, "color": INK["mark"]},
            "encoding": {"y": y, "x": {**x, "field": "share"}, "description": {"field": "label"}},
        },
    ]
    return _lying([asdict(point) for point in points], width, layers)


def reasons_chart(points: Sequence[TallyPoint], width: int) -> Spec:
    """How many leads were rejected for each reason; what an arbitration took back is outlined at its end."""
    values = [{**asdict(point), "held": point.count - point.undone} for point in points]
    y: Spec = {"field": "name", "type": "ordinal", "sort": None, "axis": {"title": None, "ticks": False}}
    x: Spec = {
        "type": "quantitative",
        "axis": {"title": None, "format": ",d", "tickMinStep": 1, "tickCount": 6, "grid": True},
    }
    open_bar = {"fill": INK["bad"], "fillOpacity": 0.25, "stroke": INK["bad"], "strokeWidth": 2}
    bar = {"type": "bar", "height": {"band": 0.6}}
    text = {"type": "text", "aria": False, "align": "left", "dx": 6, "fontSize": 11}
    said = {"field": "label"}
    layers: list[Spec] = [
        {
            "mark": {**bar, "color": INK["mark"]},
            "encoding": {"y": y, "x": {**x, "field": "held"}, "description": said},
        },
        {
            "transform": [{"filter": "datum.undone > 0"}],
            "mark": {**bar, **open_bar},
            "encoding": {"y": y, "x": {**x, "field": "held"}, "x2": {"field": "count"}, "description": said},
        },
        {
            "mark": text,
            "encoding": {"y": y, "x": {**x, "field": "count"}, "text": {"field": "count", "format": ",d"}},
        },
    ]
    return _lying(values, width, layers)


def _lying(values: list[Spec], width: int, layers: list[Spec]) -> Spec:
    return {**spec(values, width, layers), "height": _ROW * max(len(values), 1)}
