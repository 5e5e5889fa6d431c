"""Charts and tables as files, with the same filters as the page that they stand on."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accord.errors import PageUnknown
from accord.report.grid import Grid
from accord.report.pictures import numbers_file, png_file, svg_file
from accord.report.view import Chart, Section
from accord.server.people.models import User
from accord.server.score.frame import ready
from accord.server.score.keeping import Picture, drawn
from accord.server.score.owning import seen_sections

_TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


@require_safe
def chart(request: HttpRequest, section: str, name: str, kind: str) -> HttpResponse:
    """One chart as SVG, PNG, or its numbers as CSV."""
    frame, _score = ready(request.GET)
    found = _chart(_section(frame.sections, section), name)
    if kind == "csv":
        return _file(numbers_file(found), name, kind)
    picture = Picture(found.spec, found.drawing.alt)
    wide = drawn([picture])[picture.digest]
    return _file(svg_file(found, wide) if kind == "svg" else png_file(found, wide), name, kind)


@require_safe
def table(request: HttpRequest, section: str, name: str) -> HttpResponse:
    """All rows of one table as CSV, values as they are."""
    frame, _score = ready(request.GET)
    found = _section(seen_sections(frame.sections, cast(User, request.user)), section)
    tables = {one.id: one for one in _tables(found)}
    if name not in tables:
        raise PageUnknown(name, tables, noun=f"table of {section}")
    return _file(tables[name].csv, name, "csv")


def _section(made: tuple[Section, ...], id: str) -> Section:
    known = {section.id: section for section in made}
    if id not in known:
        raise PageUnknown(id, known, noun="section of the score")
    return known[id]


def _chart(section: Section, name: str) -> Chart:
    known = {chart.name: chart for part in section.parts for chart in part.charts}
    if name not in known:
        raise PageUnknown(name, known, noun=f"chart of {section.id}")
    return known[name]


def _tables(section: Section) -> list[Grid]:
    return [
        table
        for part in section.parts
        for table in (*part.grids, *part.folded, *(one.grid for one in part.charts if one.grid))
    ]


def _file(text: str | bytes, name: str, kind: str) -> HttpResponse:
    """An attachment: a picture opened in the browser would run in our name."""
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in name) or "chart"
    head = {"Content-Disposition": f'attachment; filename="{safe}.{kind}"'}
    return HttpResponse(text, content_type=_TYPES[kind], headers=head)
