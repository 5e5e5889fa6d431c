"""From a Vega-Lite specification to an SVG that lives inside the page.

The picture is drawn when the page is made: it shows without a script, prints, and weighs a hundredth of the
Vega bundle (900 KB). Its colours are names of the page's own tokens, so it follows light, dark and print by
itself; its letters are the page's. Two widths are drawn, for phone and desk, because a shrunk chart has
unreadable labels.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import hypot
from xml.etree import ElementTree as ET

from accord.report.charts import Spec
from accord.report.theme import CONFIG, PALETTE

WIDE, HALF, NARROW = 940, 420, 300  # width of the plot in CSS pixels, axes excluded
_SVG = "http://www.w3.org/2000/svg"
_DROPPED = {"class", "role", "pointer-events", "aria-hidden", "aria-label", "aria-roledescription", "version",
            "font-family", "stroke-miterlimit"}  # fmt: skip
_TOKENS = {sentinel: f"var(--{token})" for token, sentinel in PALETTE.items()}
_NO_MARKS = {"axis", "legend", "title", "group mark container", None}
_USUAL = {  # what every shape has that says nothing else, and what the root says for all
    ("opacity", "1"), ("fill-opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)"),
    ("x2", "0"), ("y2", "0"), ("font-size", "12px"),
}  # fmt: skip
_LINE = re.compile(r"M[-\d.]+,[-\d.]+(?:L[-\d.]+,[-\d.]+){3,}Z?")  # three points on the way to a last
_BEND = 0.2  # CSS pixels by which a line may leave its points before somebody could see it
Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """One chart by its specifications for desk and phone; each is drawn when it is first asked for.

    `alt` says in a sentence what it shows. Drawing costs a tenth of a second, so whoever keeps pictures
    (the server does, by `svg` and the specification) asks for none.
    """

    spec: Spec
    narrow_spec: Spec
    alt: str

    @cached_property
    def wide(self) -> str:
        """The picture for a desk, ready to stand in HTML."""
        return svg(self.spec, self.alt)

    @cached_property
    def narrow(self) -> str:
        """The picture for a phone, ready to stand in HTML; nothing hovers there, so it has no tooltips."""
        return svg(self.narrow_spec, self.alt, tips=False)


def draw(chart: Callable[[int], Spec], alt: str, *, wide: int = WIDE) -> Drawing:
    """The chart in both widths, in CSS pixels; `chart` makes its specification for one. HALF is for pairs."""
    return Drawing(chart(wide), chart(NARROW), alt)


def svg(spec: Spec, alt: str, *, tips: bool = True) -> str:
    """The picture of a specification, in the page's tokens; each mark says what it shows where `tips` are."""
    import vl_convert  # noqa: PLC0415 - 30 MB of V8, only for who draws

    text: str = vl_convert.vegalite_to_svg(spec, config=CONFIG, allowed_base_urls=[])
    ET.register_namespace("", _SVG)
    root = ET.fromstring(text)  # noqa: S314 - our own drawing: expat of Python ≥ 3.11 bounds entity expansion
    _tidy(root, tips=tips)
    root.set("role", "img")
    root.set("aria-label", alt)
    for size in ("width", "height"):
        root.attrib.pop(size, None)  # the style sheet sizes it; the viewBox keeps the shape
    root.set("font-size", "12px")  # Vega writes it to each word
    drawn = re.sub(r"-?\d+\.\d{2,}", _short, ET.tostring(root, encoding="unicode").replace(" />", "/>"))
    return re.sub("|".join(_TOKENS), lambda found: _TOKENS[found[0]], drawn)


def _tidy(parent: ET.Element, *, tips: bool) -> None:
    """Take away what draws nothing, and turn a mark's description into a tooltip that needs no script."""
    for child in list(parent):
        unpainted = child.tag == f"{{{_SVG}}}path" and not {"fill", "stroke"} & child.attrib.keys()
        if unpainted or child.get("display") == "none" or child.get("d") in {"", "M0,0h0v0h0Z"}:
            parent.remove(child)
            continue
        label = child.get("aria-label") if tips else None
        is_mark = child.get("aria-roledescription") not in _NO_MARKS
        _tidy(child, tips=tips)
        if label and is_mark and child.tag != f"{{{_SVG}}}g":
            child.insert(0, ET.Element(f"{{{_SVG}}}title"))
            child[0].text = label
        if child.tag == f"{{{_SVG}}}g" and not (len(child) and child.attrib):
            at = list(parent).index(child)
            parent[at : at + 1] = list(child)  # a group that says nothing of its own
    for name in _DROPPED & parent.attrib.keys():
        del parent.attrib[name]
    for usual in _USUAL & set(parent.attrib.items()):
        del parent.attrib[usual[0]]
    if _LINE.fullmatch(parent.get("d", "")):
        parent.set("d", _straightened(parent.attrib["d"]))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _straightened(line: str) -> str:
    """The same line through fewer points (Douglas and Peucker): a goal by day is straight for weeks."""
    points = [
        (float(x), float(y)) for x, y in (at.split(",") for at in re.split("[ML]", line.rstrip("Z"))[1:])
    ]
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        far = max(range(first + 1, last), key=lambda at: _off(points, first, at, last), default=None)
        if far is not None and _off(points, first, far, last) > _BEND:
            kept.add(far)
            spans += [(first, far), (far, last)]
    text = "L".join(f"{x:.1f},{y:.1f}" for x, y in (points[at] for at in sorted(kept)))
    return f"M{text}{'Z' if line.endswith('Z') else ''}"


def _off(points: list[Point], first: int, at: int, last: int) -> float:
    """How far a point is from the stretch between two others, in CSS pixels."""
    (x0, y0), (x1, y1), (x, y) = points[first], points[last], points[at]
    along, up = x1 - x0, y1 - y0
    length = along**2 + up**2
    part = min(max(((x - x0) * along + (y - y0) * up) / length, 0), 1) if length else 0
    return hypot(x - x0 - part * along, y - y0 - part * up)
