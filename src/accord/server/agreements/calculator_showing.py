"""The calculator's figures as tables: each with its words, and with the number by which it is explained.

Nothing is worked out here: the figures are those of `accord.plan`, written by `accord.report.format`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.changes.whatif import Comparison, Measured, Row
from accord.plan.demand import LeadDemand, StreamPlan
from accord.plan.funnel import plan as work_back
from accord.plan.lineage.lineage import explain
from accord.plan.lineage.reasons import is_said
from accord.plan.months import output as months_output
from accord.plan.months.lag import LagLine, Reach, lag_plan
from accord.plan.reps import output as reps_output
from accord.plan.reps.capacity import EVERYBODY, PoolCapacity, capacity_plan
from accord.plan.reps.rota import pool_months
from accord.report import format as say

if TYPE_CHECKING:
    from accord.plan.odds.certainty import Outlook


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
    text = say.number(value, _digits(value))
    return f"{currency}{say.NBSP}{text}" if text and measured is Measured.MONEY else text


def _digits(value: Fraction | None) -> int:
    return 0 if value is None or value.denominator == 1 else 2


def _change(value: Fraction | None, before: Fraction | None, measured: Measured) -> str:
    if value is None or before is None or value == before:
        return ""
    change = value - before
    if measured is Measured.SHARE:
        points = _("%(points)s points")
        return points % {"points": say.number(change * 100, 1, signed=True)}
    return say.number(change, 2 if measured is Measured.TIMES else _digits(change), signed=True) or ""


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


# Months


@dataclass(frozen=True)
class MonthRow:
    month: str
    cells: tuple[str, ...]
    missed: bool


@dataclass(frozen=True)
class MonthTable:
    title: str
    profile: str
    heads: tuple[str, ...]
    rows: tuple[MonthRow, ...]
    remarks: tuple[str, ...]


def month_tables(agreement: Agreement) -> tuple[tuple[MonthTable, ...], tuple[str, ...]]:
    """Which month's leads feed which month's goal (F11), and what that takes for granted."""
    lag = lag_plan(agreement)
    tables = tuple(_months(agreement, line, improves=lag.improves) for line in lag.lines)
    return tables, months_output.notes(lag)


def _months(agreement: Agreement, line: LagLine, *, improves: bool) -> MonthTable:
    title = "" if line.stream == ONLY_STREAM else line.stream
    if line.lead_type is not None:
        label = agreement.lead_types[line.lead_type].label or line.lead_type
        title = ", ".join(filter(None, (title, _("%(type)s alone") % {"type": label})))
    heads = [_("Goal"), _("From pipeline"), _("From leads"), _("Missing"), _("Leads to deliver")]
    rows = []
    for month in line.months:
        won = [say.number(value, 2) or "" for value in (month.goal, month.from_pipeline, month.closing)]
        missing = say.number(month.short, 2) or "" if month.short else ""
        cells = [*won, missing, say.number(month.leads) or ""]
        cells += [say.number(month.leads_improved) or ""] if improves else []
        named = f"{month.month:%Y-%m}"
        rows.append(MonthRow(named, tuple(cells), month.reach is not Reach.MET))
    return MonthTable(
        title=title,
        profile=", ".join(show_percent(share) for share in line.profile),
        heads=(*heads, *([_("With improvements")] if improves else [])),
        rows=tuple(rows),
        remarks=tuple(months_output.remarks(line)),
    )


# Capacity


@dataclass(frozen=True)
class PoolTable:
    title: str
    facts: tuple[tuple[str, Cell], ...]
    loads: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]
    months: tuple[tuple[str, str, str, str], ...]  # month, minutes there, minutes needed, load


def pool_tables(agreement: Agreement, *, by_month: bool) -> tuple[tuple[PoolTable, ...], tuple[str, ...]]:
    """What the reps can follow up (F12), `by_month` with holidays and absences; and its notes."""
    plan = capacity_plan(agreement)
    months = pool_months(agreement, agreement.term.start, agreement.term.end) if by_month else ()
    tables = []
    for pool in plan.pools:
        mine = tuple(
            (
                f"{one.month:%Y-%m}",
                say.number(one.available) or "",
                say.number(one.work) or "",
                _load(one.load),
            )
            for one in months
            if one.pool == pool.pool
        )
        tables.append(_pool(pool, mine))
    return tuple(tables), reps_output.notes(plan)


def _load(load: Fraction | None) -> str:
    return say.percent(load, 0) or _("nobody there")


def _pool(pool: PoolCapacity, months: tuple[tuple[str, str, str, str], ...]) -> PoolTable:
    dot = "" if pool.pool == EVERYBODY else f".{pool.pool}"
    return PoolTable(
        title=pool.pool,
        facts=(
            (_("Reps needed"), Cell(say.number(pool.reps_needed), f"reps{dot}")),
            (_("Reps there"), Cell(say.number(pool.reps), f"reps_there{dot}")),
            (_("Leads of a month per rep"), Cell(say.number(pool.leads_per_rep, 1), f"leads_per_rep{dot}")),
            (_("Time filled"), Cell(say.percent(pool.load), f"load{dot}")),
        ),
        loads=tuple(
            (
                load.label if load.stream == ONLY_STREAM else f"{load.label}, {load.stream}",
                say.number(load.leads, _digits(load.leads)) or "",
                say.number(load.minutes_each, _digits(load.minutes_each)) or "",
                "" if load.per_rep is None else say.number(load.per_rep) or "",
                say.number(load.reps_exact, 2) or "",
            )
            for load in pool.loads
        ),
        remarks=tuple(reps_output.pool_remarks(pool)),
        months=months,
    )


# Certainty


@dataclass(frozen=True)
class Chance:
    """One outlook: the chance, what is to be expected, and the leads that would make it surer."""

    title: str
    chance: str
    leads: str
    expected: str
    between: str
    surer: tuple[tuple[str, str | None], ...]  # chance and leads; None: out of reach


def chances_of(agreement: Agreement) -> tuple[tuple[Chance, ...], tuple[str, ...]]:
    """How sure the goal is (estimates), for the whole and each stream; and what that rests on."""
    from accord.plan.odds.certainty import certainty  # noqa: PLC0415 - numpy only for whoever asks
    from accord.plan.odds.output import certainty_notes  # noqa: PLC0415

    result = certainty(agreement)
    looks = [result.total] if result.total is not None and len(result.streams) > 1 else []
    return tuple(_chance(look) for look in (*looks, *result.streams) if look), certainty_notes(result)


def _chance(look: "Outlook") -> Chance:
    from accord.plan.odds.output import percent  # noqa: PLC0415

    title = look.label if look.label != ONLY_STREAM else _("The whole plan")
    surer = tuple(
        (percent(level), None if needed is None else say.number(sum(needed.values())))
        for level, needed in look.demand.items()
    )
    return Chance(
        title=title,
        chance=percent(look.chance),
        leads=say.number(sum(look.leads.values())) or "",
        expected=say.number(look.expected, 1) or "",
        between=f"{say.number(look.low)}–{say.number(look.high)}",
        surer=surer,
    )
