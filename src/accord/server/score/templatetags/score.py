"""What the templates of the score write: pictures, cells, addresses with the same filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from accord.ledger.links import LinkState
from accord.report.chart_parts import Spec
from accord.report.grid import Grid
from accord.report.page import environment
from accord.report.view import Chart, Section
from accord.server.look import figures as say
from accord.server.look.templatetags.look import instant
from accord.server.score.comparing import Certainty, Change
from accord.server.score.frame import Frame
from accord.server.score.keeping import Picture

register = template.Library()
_FINE = 4  # digits of a figure whose unit the page does not know


@register.simple_tag
def picture(drawn: Mapping[str, str], chart: Chart, spec: Spec) -> SafeString:
    """A chart as it was drawn, which is our own SVG: names from a log were escaped when it was."""
    return mark_safe(drawn.get(Picture(spec, chart.drawing.alt).digest, ""))  # noqa: S308 - see above


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: object, **changed: object) -> str:
    """An address of the score with the filters of this page: `{% address "score-rows" promise.id %}`."""
    frame: Frame = context["frame"]
    return frame.address(name, *map(str, args), **changed)


@register.filter
def held(found: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds for a key, None where nothing."""
    return found.get(key)


@register.simple_tag
def former(before: Mapping[tuple[str, str, str], str], section: str, part: str, label: str) -> str:
    """What a figure was in the days that one compares with; empty where nobody knows."""
    return before.get((section, part, label), "")


@register.filter
def marked(text: str) -> SafeString:
    """What stands in backticks as code, the rest escaped, as on the report page."""
    return environment().filters["marked"](text)  # type: ignore[no-any-return]


@register.filter
def measure_names(section: Section) -> list[str]:
    """The measures from which a section is counted."""
    return [item.name for item in section.counted if item.name]


@register.simple_tag
def changed(change: Change | None) -> str:
    """By how many points something changed, and whether that is more than chance."""
    if change is None:
        return ""
    points = say.number(change.by * 100, 1, signed=True)
    words = {
        Certainty.SURE: _("more than chance makes"),
        Certainty.NOISE: _("within chance"),
        Certainty.UNKNOWN: "",
    }[change.certainty]
    text = _("%(points)s points") % {"points": points}
    return f"{text}, {words}" if words else text


@register.filter
def tone_of_change(change: Change | None) -> str:
    if change is None or change.certainty is Certainty.NOISE or not change.by:
        return "muted"
    return "good" if change.by > 0 else "bad"


@register.filter
def cell(value: object) -> str:
    """One value of a measure, whose unit is its own: figures with up to four digits, the rest as it is."""
    if value is None:
        return format_html(
            '<span class="unknown"><span aria-hidden="true">{}</span><span class="hidden">{}</span></span>',
            say.DASH,
            _("unknown"),
        )
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return say.or_dash(say.day(value))
    if isinstance(value, int | float | Decimal):
        digits = 0 if value == int(value) else _FINE
        return say.or_dash(say.number(value, digits))
    return say.name(value, 120) or ""


@register.filter
def is_figure(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


@dataclass(frozen=True)
class Cell:
    """One text of a table; `lead` is the lead that it names, empty where it names none."""

    text: str | None
    numeric: bool
    lead: str


@dataclass(frozen=True)
class Line:
    cells: tuple[Cell, ...]
    muted: bool


@register.filter
def lines(grid: Grid) -> list[Line]:
    """The rows of a table as they are shown; a lead that stands first in a row leads to its explanation."""
    of_leads = bool(grid.columns) and grid.columns[0].key == "lead"
    numeric = [column.numeric for column in grid.columns]
    return [
        Line(
            tuple(
                Cell(text, numeric[at], str(text) if of_leads and not at and text else "")
                for at, text in enumerate(texts)
            ),
            number in grid.muted,
        )
        for number, texts in enumerate(grid.cells)
    ]


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, grid: Grid) -> SafeString:
    """The rows as HTML. Put together here: a template takes ten times as long for some thousand cells."""
    frame: Frame = context["frame"]
    unknown = cell(None)
    made = []
    for line in lines(grid):
        cells = "".join(_td(frame, one, unknown, head=not at) for at, one in enumerate(line.cells))
        made.append(f"{_MUTED if line.muted else '<tr>'}{cells}</tr>")
    return mark_safe("\n".join(made))  # noqa: S308 - every text in it is escaped


_MUTED = '<tr class="muted">'


def _td(frame: Frame, one: Cell, unknown: str, *, head: bool) -> str:
    text = f"<bdi>{unknown if one.text is None else escape(one.text)}</bdi>"
    if one.lead:
        text = f'<a href="{escape(frame.address("score-lead", one.lead))}">{text}</a>'
    start = '<th scope="row"' if head else "<td"
    return f"{start}{_NUM if one.numeric else ''}>{text}</{'th' if head else 'td'}>"


_NUM = ' class="num"'


@register.simple_tag
def told(text: str) -> str:
    """A text of the report in the language of whoever looks, where the catalogue has it."""
    return gettext(text) if text else ""


@register.simple_tag(takes_context=True)
def repeat(context: template.Context, **changed: object) -> str:
    """The query of this page with some of it changed, with its question mark."""
    frame: Frame = context["frame"]
    return f"?{frame.asked.query(**changed)}"


@cache
def _shapes() -> SafeString:
    text = files("accord.report").joinpath("templates", "shapes.svg").read_text("utf-8")
    return mark_safe(text)  # noqa: S308 - our own file


@register.simple_tag
def shapes() -> SafeString:
    """The symbols of states and legends, which pictures and words refer to."""
    return _shapes()


@register.simple_tag
def state(shape: str, word: str) -> SafeString:
    """A state by shape, colour and word."""
    return format_html(
        '<span class="state {}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        '<use href="#state-{}"/></svg>{}</span>',
        shape,
        shape,
        gettext(word),
    )


@register.simple_tag
def bar(fill: str, tone: str) -> SafeString:
    """How much of a whole, 0 to 100, as a bar that needs no style of its own."""
    return format_html(
        '<div class="bar {}" aria-hidden="true"><svg viewBox="0 0 100 1" preserveAspectRatio="none" '
        'focusable="false"><rect width="{}" height="1"/></svg></div>',
        tone,
        fill,
    )


_LINKS = {
    LinkState.OK: ("kept", gettext_lazy("Holds")),
    LinkState.AT_RISK: ("risk", gettext_lazy("At risk")),
    LinkState.BROKEN: ("broken", gettext_lazy("Broken")),
    LinkState.UNKNOWN: ("unmeasured", gettext_lazy("Not known")),
}


@register.filter
def link_shape(state: LinkState) -> str:
    return _LINKS[state][0]


@register.filter
def link_word(state: LinkState) -> str:
    return str(_LINKS[state][1])
