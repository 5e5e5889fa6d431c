"""A chart as a file of its own, for a mail, a slide or a spreadsheet: SVG, PNG and its numbers as CSV.

Such a picture has no page around it: its title and legend stand in it, its colours are the light ones, its
ground is white, and its letters are of a family that every system has.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

from accord.report.chart_parts import Spec
from accord.report.drawing import svg
from accord.report.grid import Row, csv_text
from accord.report.theme import LIGHT
from accord.report.view import Chart, Key

_LETTERS = "'Noto Sans', Arimo, 'Liberation Sans', Arial, sans-serif"
_EDGE, _TITLE, _LINE, _LETTER = (
    24,
    42,
    22,
    6.4,
)  # pixels: margin, heights of title and line, width of a letter
_TOKEN = re.compile(r"var\(--([a-z]+)\)")
_SYMBOL = re.compile(r'<symbol id="(key-[a-z]+)".*?</symbol>')
_BOX = re.compile(r'viewBox="([^"]+)"')
_DATUM = "promised"  # what a rule over the whole plot stands for


def svg_file(chart: Chart, drawn: str | None = None) -> str:
    """The chart as an SVG document; `drawn` is its wide picture where somebody has kept it."""
    inner = drawn or svg(chart.spec, chart.drawing.alt)
    _, _, width, height = map(float, _box(inner).split())
    legend, lines = _legend(chart.legend, width)
    top = _EDGE + _TITLE + lines * _LINE
    whole, tall = width + 2 * _EDGE, top + height + _EDGE
    picture = inner.replace("<svg ", f'<svg x="{_EDGE}" y="{top}" width="{width}" height="{height}" ', 1)
    return in_light(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:g}" height="{tall:g}" '
        f'viewBox="0 0 {whole:g} {tall:g}" font-family="{_LETTERS}" role="img" '
        f'aria-label="{_quoted(chart.drawing.alt)}"><defs>{_symbols(chart.legend)}</defs>'
        f'<rect width="100%" height="100%" fill="var(--paper)"/>'
        f'<text x="{_EDGE}" y="{_EDGE + 16}" font-size="18" font-weight="bold" fill="var(--ink)">'
        f"{escape(chart.title)}</text>{legend}{picture}</svg>"
    )


def png_file(chart: Chart, drawn: str | None = None, *, scale: float = 2) -> bytes:
    """The same as a PNG; `scale` 2 is sharp on fine screens and on paper."""
    import vl_convert  # noqa: PLC0415 - as in `drawing.py`

    return bytes(vl_convert.svg_to_png(svg_file(chart, drawn), scale=scale))


def numbers_file(chart: Chart) -> str:
    """Exactly the numbers that are drawn, one row a mark, and the level that was promised, as CSV."""
    rows = numbers(chart.spec)
    keys = list(dict.fromkeys(key for row in rows for key, value in row.items() if value not in (None, "")))
    return csv_text(keys, rows)


def numbers(spec: Spec) -> list[Row]:
    """The rows of data of a specification and of its layers; the value of a rule stands in each row."""
    levels = dict(_levels(spec))
    return [{**row, **levels} for values in _values(spec) for row in values]


def _values(spec: Spec) -> Iterator[list[Row]]:
    values = spec.get("data", {}).get("values", [])
    if any(values):
        yield values
    for part in _parts(spec):
        yield from _values(part)


def _levels(spec: Spec) -> Iterator[tuple[str, object]]:
    levels = [
        where["datum"]
        for part in _parts(spec)
        for where in part.get("encoding", {}).values()
        if isinstance(where, dict) and "datum" in where
    ]
    for number, level in enumerate(dict.fromkeys(levels)):
        yield _DATUM if not number else f"{_DATUM}_{number + 1}", level


def _parts(spec: Spec) -> Iterator[Spec]:
    for name in ("layer", "hconcat", "vconcat", "concat"):
        yield from spec.get(name, ())
    if isinstance(spec.get("spec"), dict):
        yield spec["spec"]


def _legend(keys: Sequence[Key], width: float) -> tuple[str, int]:
    """Its entries in as many lines as they need, and how many that are."""
    made, at, line = [], 0.0, 0
    for key in keys:
        needed = 48 + _LETTER * len(key.text)
        if at and at + needed > width:
            at, line = 0.0, line + 1
        x, y = _EDGE + at, _EDGE + _TITLE + line * _LINE
        made.append(
            f'<use href="#key-{key.shape}" x="{x:g}" y="{y - 10:g}" width="24" height="12"/>'
            f'<text x="{x + 30:g}" y="{y:g}" font-size="12.5" fill="var(--soft)">{escape(key.text)}</text>'
        )
        at += needed
    return "".join(made), line + 1 if keys else 0


def sign(shape: str) -> str:
    """One sign of the legends as a picture of its own, in the light colours."""
    name = f"key-{shape}"
    return in_light(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12">'
        f'<defs>{_shapes().get(name, "")}</defs><use href="#{name}" width="24" height="12"/></svg>'
    )


def _symbols(keys: Sequence[Key]) -> str:
    wanted = {f"key-{key.shape}" for key in keys}
    return "".join(text for name, text in _shapes().items() if name in wanted)


@cache
def _shapes() -> dict[str, str]:
    text = files("accord.report").joinpath("templates", "shapes.svg").read_text("utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(text)}


def _box(drawn: str) -> str:
    found = _BOX.search(drawn)
    return found[1] if found else "0 0 940 240"


def in_light(text: str) -> str:
    """A picture of the page's tokens in the light colours."""
    return _TOKEN.sub(lambda found: LIGHT.get(found[1], LIGHT["ink"]), text)


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})
