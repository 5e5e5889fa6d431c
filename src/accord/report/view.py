"""What the page's template is given: plain texts in order. Nothing here counts, it only arranges."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from accord.agreement.terms import Agreement
from accord.ledger.score import MeasureResult, Score
from accord.report import format as say
from accord.report.chart_parts import Spec
from accord.report.drawing import Drawing
from accord.report.grid import Grid, Row, slug


@dataclass(frozen=True)
class Figure:
    label: str
    value: str | None
    hint: str = ""
    tone: str = ""  # a state of the style sheet: kept, risk, broken, over


@dataclass(frozen=True)
class Key:
    """One entry of a legend: the `key-…` shape of the template and what it stands for."""

    shape: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture with its legend and the table behind it; `name` is its address, unique on a page."""

    title: str
    drawing: Drawing
    legend: tuple[Key, ...]
    grid: Grid | None
    name: str = ""  # a slug; as its table is called, or its title, where nothing is said

    def __post_init__(self) -> None:
        named = self.name or (self.grid.id if self.grid else slug(self.title.lower()))
        object.__setattr__(self, "name", named)

    @property
    def spec(self) -> Spec:
        """Its Vega-Lite specification at the width of a desk, in the sentinel colours of `theme.py`."""
        return self.drawing.spec


@dataclass(frozen=True)
class Part:
    """One card of a section."""

    title: str = ""
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    grids: tuple[Grid, ...] = ()
    folded: tuple[Grid, ...] = ()  # a click away
    pairs: bool = False  # charts side by side where there is room


@dataclass(frozen=True)
class Item:
    """A term and what it means; `name` is the measure's, where it is one."""

    title: str
    text: str
    name: str = ""


@dataclass(frozen=True)
class Section:
    """`empty` teaches what is missing where there is nothing to show."""

    id: str
    title: str
    question: str
    parts: tuple[Part, ...] = ()
    empty: str = ""
    counted: tuple[Item, ...] = ()


class Reader:
    """The measures of one score as rows by name; a missing measure is an empty one, never an error."""

    def __init__(self, score: Score) -> None:
        self.score = score

    def rows(self, measure: str) -> list[Row]:
        result = self.score.measures.get(measure)
        return result.table.dicts() if result else []

    def row(self, measure: str) -> Row:
        """The only or first row; empty where there is none."""
        return next(iter(self.rows(measure)), {})

    def with_types(self, measure: str) -> list[Row]:
        """The rows of all lead types together, then those of each type."""
        return self.rows(measure) + self.rows(f"{measure}_by_lead_type")

    def counted(self, *measures: str) -> tuple[Item, ...]:
        """How these measures are counted, for the reader who asks at the spot."""
        found = (self.score.measures.get(name) for name in measures)
        return tuple(meaning(result) for result in found if result)

    def instant(self, value: object) -> str | None:
        return say.instant(value, self.score.zone)


def meaning(result: MeasureResult) -> Item:
    """A measure's own words: meaning, grain, unit, where the rule comes from, on how many rows it rests."""
    count = say.number(len(result.table.rows))
    source = f" Source: {', '.join(result.requirements)}." if result.requirements else ""
    text = f"{sentence(result.meaning)} Grain: {sentence(result.grain)} Unit: {sentence(result.unit)}{source}"
    return Item(
        say.or_dash(say.name(result.title)),
        f"{text} Measure {result.name}, {count} {'row' if count == '1' else 'rows'}.",
        result.name,
    )


def sentence(text: str) -> str:
    """The text with a capital and a full stop, so that texts of several writers stand well together."""
    clean = (say.name(text, 2000) or "").rstrip()
    clean = clean[:1].upper() + clean[1:]
    return clean if not clean or clean.endswith((".", "?", "!")) else f"{clean}."


def stage(name: object) -> str:
    """A stage of the funnel as people write it: `MQL`, `opportunity`."""
    text = say.or_dash(say.name(name, 40))
    return text.upper() if text in {"mql", "sal", "sql"} else text.replace("_", " ")


def label(lead_type: object, agreement: Agreement) -> str:
    """What the agreement calls a lead type on paper, else its name; `unknown` where the log has none."""
    terms = agreement.lead_types.get(str(lead_type))
    return str((terms.label if terms else None) or lead_type or "unknown")


def when(zone: str) -> Callable[[object], str | None]:
    return lambda value: say.instant(value, zone)


def month_of(value: object) -> str | None:
    """The month of a date, such as `Mar 2026`."""
    text = say.day(value.date() if isinstance(value, datetime) else value, short=True)
    return f"{text.split(say.NBSP)[1]} {value.year}" if text and isinstance(value, date) else None


def day_of(value: object) -> str | None:
    """A date or the date of an instant, short."""
    return say.day(value.date() if isinstance(value, datetime) else value, short=True)
