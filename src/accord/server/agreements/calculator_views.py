"""The calculator's views of one what-if: its months, its reps, and how sure it is.

Nothing is worked out here: the figures are those of `accord.plan`, written by `accord.report.format`.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.changes.whatif import apply
from accord.plan.months import output as months_output
from accord.plan.months.lag import LagLine, Reach, lag_plan
from accord.plan.reps import output as reps_output
from accord.plan.reps.capacity import EVERYBODY, PoolCapacity, capacity_plan
from accord.plan.reps.rota import pool_months
from accord.report import format as say
from accord.server.agreements.calculator_showing import Cell, digits

if TYPE_CHECKING:
    from accord.plan.odds.certainty import Certainty, Outlook


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
                say.number(load.leads, digits(load.leads)) or "",
                say.number(load.minutes_each, digits(load.minutes_each)) or "",
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


@lru_cache(maxsize=16)
def _sure(text: str, settings: tuple[str, ...]) -> "Certainty":
    from accord.plan.odds.certainty import certainty  # noqa: PLC0415 - numpy only for whoever asks

    return certainty(apply(agreement_in(text), settings))


def chances_of(text: str, settings: tuple[str, ...]) -> tuple[tuple[Chance, ...], tuple[str, ...]]:
    """How sure the goal of a text is under settings (estimates), for the whole and each stream; and notes.

    What was worked out lately is kept: it is the same whenever it is asked again.
    """
    from accord.plan.odds.output import certainty_notes  # noqa: PLC0415

    result = _sure(text, settings)
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
