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
from xml.etree import ElementTree as ET

from accord.report.charts import Spec
from accord.report.theme import CONFIG, PALETTE

WIDE, HALF, NARROW = 940, 420, 300  # width of the plot in CSS pixels, axes excluded
_SVG = "http://www.w3.org/2000/svg"
_DROPPED = {"class", "role", "pointer-events", "aria-hidden", "aria-label", "aria-roledescription", "version",
            "font-family"}  # fmt: skip
_TOKENS = {sentinel: f"var(--{token})" for token, sentinel in PALETTE.items()}
_NO_MARKS = {"axis", "legend", "title", "group mark container", None}


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
        """The picture for a phone, ready to stand in HTML."""
        return svg(self.narrow_spec, self.alt)


def draw(chart: Callable[[int], Spec], alt: str, *, wide: int = WIDE) -> Drawing:
    """The chart in both widths, in CSS pixels; `chart` makes its specification for one. HALF is for pairs."""
    return Drawing(chart(wide), chart(NARROW), alt)


def svg(spec: Spec, alt: str) -> str:
    """The picture of a specification, in the page's tokens."""
    import vl_convert  # noqa: PLC0415 - 30 MB of V8, only for who draws

    text: str = vl_convert.vegalite_to_svg(spec, config=CONFIG, allowed_base_urls=[])
    ET.register_namespace("", _SVG)
    root = ET.fromstring(text)  # noqa: S314 - our own drawing: expat of Python ≥ 3.11 bounds entity expansion
    _tidy(root)
    root.set("role", "img")
    root.set("aria-label", alt)
    for size in ("width", "height"):
        root.attrib.pop(size, None)  # the style sheet sizes it; the viewBox keeps the shape
    drawn = re.sub(
        r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", ET.tostring(root, encoding="unicode")
    )
    return re.sub("|".join(_TOKENS), lambda found: _TOKENS[found[0]], drawn)


def _tidy(parent: ET.Element) -> None:
    """Take away what draws nothing, and turn a mark's description into a tooltip that needs no script."""
    for child in list(parent):
        if child.get("display") == "none" or child.get("d") in {"", "M0,0h0v0h0Z"}:
            parent.remove(child)
            continue
        label = child.get("aria-label")
        is_mark = child.get("aria-roledescription") not in _NO_MARKS
        _tidy(child)
        if label and is_mark and child.tag != f"{{{_SVG}}}g":
            child.insert(0, ET.Element(f"{{{_SVG}}}title"))
            child[0].text = label
        if child.tag == f"{{{_SVG}}}g" and not len(child):
            parent.remove(child)
    for name in _DROPPED & parent.attrib.keys():
        del parent.attrib[name]
