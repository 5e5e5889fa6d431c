"""The calculator's figures as tables: each with its words, and with the number by which it is explained.

Nothing is worked out here: the figures are those of `accord.plan`, written by `accord.report.format`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.changes.whatif import Comparison, Measured, Row
from accord.plan.demand import LeadDemand, StreamPlan
from accord.plan.funnel import plan as work_back
from accord.plan.lineage.lineage import explain
from accord.plan.lineage.reasons import is_said
from accord.server.look import figures as say


@dataclass(frozen=True)
class Cell:
    """One figure; `number` is the name by which it is explained, empty where nothing explains it."""

    text: str | None  # None: unknown
    number: str = ""
    note: str = ""


# The comparison

_FIRST = ("leads", "marketing_revenue", "customers", "reps", "load")


@dataclass(frozen=True)
class Beside:
    """A number in the scenario `at`, and its change against the agreement; empty where there is none."""

    at: int
    text: str | None
    change: str


@dataclass(frozen=True)
class Shown:
    """One number as agreed, and beside it in every scenario."""

    label: str
    number: str
    agreed: str | None
    beside: tuple[Beside, ...]

    @property
    def first(self) -> bool:
        """Whether people look for it first: what is asked of both sides, and whatever changes."""
        return self.number.partition(".")[0] in _FIRST or any(one.change for one in self.beside)


def rows_of(comparison: Comparison, scenarios: Sequence[int]) -> tuple[Shown, ...]:
    """Every number that at least one column knows; `scenarios` are the columns after the first by number."""
    known = (row for row in comparison.rows if any(value is not None for value in row.values))
    return tuple(_row(row, comparison.currency, scenarios) for row in known)


def _row(row: Row, currency: str, scenarios: Sequence[int]) -> Shown:
    agreed, *others = row.values
    beside = tuple(
        Beside(at, figure(value, row.measured, currency), _change(value, agreed, row.measured))
        for at, value in zip(scenarios, others, strict=True)
    )
    return Shown(row.label, row.key, figure(agreed, row.measured, currency), beside)


def figure(value: Fraction | None, measured: Measured, currency: str) -> str | None:
    if measured is Measured.SHARE:
        return say.percent(value)
    if measured is Measured.TIMES:
        return say.number(value, 2)
    text = say.number(value, digits(value))
    return f"{currency}{say.NBSP}{text}" if text and measured is Measured.MONEY else text


def digits(value: Fraction | None) -> int:
    return 0 if value is None or value.denominator == 1 else 2


def _change(value: Fraction | None, before: Fraction | None, measured: Measured) -> str:
    if value is None or before is None or value == before:
        return ""
    change = value - before
    if measured is Measured.SHARE:
        points = _("%(points)s points")
        return points % {"points": say.number(change * 100, 1, signed=True)}
    return say.number(change, 2 if measured is Measured.TIMES else digits(change), signed=True) or ""


# The plan worked back from the goal


@dataclass(frozen=True)
class Kind:
    """One lead type of a stream: what is needed at each stage, from the customers up."""

    label: str
    mix: str
    cells: tuple[Cell | None, ...]  # by the stream's stages; None where the type does not pass one
    value: Cell


@dataclass(frozen=True)
class StreamTable:
    title: str
    facts: tuple[tuple[str, str | None], ...]
    stages: tuple[str, ...]
    kinds: tuple[Kind, ...]


def plan_tables(agreement: Agreement) -> tuple[StreamTable, ...]:
    """Each stream with its lead types; PlanImpossible where no plan follows."""
    return tuple(_stream(stream, agreement.currency) for stream in work_back(agreement).streams)


def _stream(stream: StreamPlan, currency: str) -> StreamTable:
    stages = tuple(dict.fromkeys(step.stage for demand in stream.demands for step in demand.steps))
    money = Measured.MONEY
    return StreamTable(
        title="" if stream.name == ONLY_STREAM else stream.name,
        facts=(
            (_("New revenue"), figure(stream.new_revenue, money, currency)),
            (_("From marketing"), show_percent(stream.from_marketing)),
            (_("Revenue from marketing"), figure(stream.marketing_revenue, money, currency)),
            (_("One customer brings"), figure(stream.deal_value, money, currency)),
            (_("Customers needed"), say.number(stream.customers)),
        ),
        stages=stages,
        kinds=tuple(_kind(demand, stages, currency) for demand in stream.demands),
    )


def _kind(demand: LeadDemand, stages: tuple[str, ...], currency: str) -> Kind:
    where = f"{demand.lead_type}.{demand.stream}"
    value = figure(demand.value_expected, Measured.MONEY, currency)
    return Kind(
        label=demand.label,
        mix="" if demand.mix is None else show_percent(demand.mix),
        cells=tuple(_step(demand, stage, where) for stage in stages),
        value=Cell(value, f"value.{where}"),
    )


def _step(demand: LeadDemand, stage: str, where: str) -> Cell | None:
    step = demand.step(stage)
    if step is None:
        return None
    rate = "" if step.rate is None else say.promised_percent(step.rate) or ""
    return Cell(say.number(step.stepwise), f"{where}.{stage}", rate)


# Where a number comes from


@dataclass(frozen=True)
class Told:
    number: str
    answer: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]  # what is said, and the places it rests on
    notes: tuple[str, ...]


def told(agreement: Agreement, number: str) -> Told:
    """A number explained; NumberUnknown, PlanImpossible."""
    found = explain(agreement, number)
    steps = tuple((reason.says, tuple(_places(agreement, reason.paths))) for reason in found.reasons)
    return Told(found.name, found.answer, steps, found.notes)


def _places(agreement: Agreement, paths: tuple[tuple[str | int, ...], ...]) -> Iterator[str]:
    for path in dict.fromkeys(paths):
        steps = [str(step) for step in path if step != "rates"]
        shown = ".".join(steps).replace(f".streams.{ONLY_STREAM}", "")
        yield shown if is_said(agreement, path) else _("%(place)s, by default") % {"place": shown}
