"""The same agreement under other terms, and what that does to its numbers (S4.19, S4.29, S4.39).

`apply` takes settings as people type them; `compare` puts the numbers of several agreements side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from accord.agreement.clauses.quantities import parse_share
from accord.agreement.terms import ONLY_STREAM, Agreement, Funnel, LeadType
from accord.errors import NumberUnknown, PlanImpossible, nearest
from accord.plan.changes.improvements import improved
from accord.plan.changes.settings import Setting, balanced, settable, split_setting
from accord.plan.funnel import plan as work_back
from accord.plan.reps.capacity import EVERYBODY, capacity_plan


def with_rates(
    agreement: Agreement,
    rates: Mapping[str, object],
    *,
    lead_type: str | None = None,
    stream: str | None = None,
) -> Agreement:
    """A copy with these rates, such as `{"opportunity_to_customer": "25%"}`, wherever the agreement states
    them.

    `lead_type` and `stream` narrow it down; rates are written as in the file, or as Fractions.
    PlanImpossible for a rate that none of those lead types has, or that is no percentage. The agreement
    handed over stays as it is.
    """
    try:
        new = {key: parse_share(rate) for key, rate in rates.items()}
    except ValueError as error:
        raise PlanImpossible(f"the rates to try: {error}") from None
    touched: set[str] = set()

    def funnel(name: str, terms: Funnel) -> Funnel:
        if stream not in (None, name):
            return terms
        mine = {key: rate for key, rate in new.items() if key in terms.rates}
        touched.update(mine)
        counted = {key: count for key, count in terms.evidence.items() if key not in mine}
        return terms.model_copy(update={"rates": {**terms.rates, **mine}, "evidence": counted})

    def changed(name: str, terms: LeadType) -> LeadType:
        if lead_type not in (None, name):
            return terms
        return terms.model_copy(
            update={"streams": {key: funnel(key, one) for key, one in terms.streams.items()}}
        )

    types = {name: changed(name, terms) for name, terms in agreement.lead_types.items()}
    if missing := sorted(set(new) - touched):
        stated = {
            rate
            for terms in agreement.lead_types.values()
            for one in terms.streams.values()
            for rate in one.rates
        }
        raise PlanImpossible(f"no such lead type has the rate {missing[0]}{nearest(missing[0], stated)}")
    return agreement.model_copy(update={"lead_types": types})


def apply(agreement: Agreement, settings: Sequence[str]) -> Agreement:
    """A copy with settings such as `win_rate.smb=25%` or `reps=12`, in order; the original stays as it is.

    Where a mix or a share is set, the others of the same stream or goal shrink or grow in proportion, so that
    the whole stays 100 %. PlanImpossible names the setting, what is wrong, and what can be set instead.
    """
    changed, known = agreement, settable(agreement)
    said = [split_setting(text) for text in settings]
    for setting in said:
        if setting.key not in known:
            raise PlanImpossible(
                f"--set {setting}: nothing here is called {setting.key}{_hint(setting, known)}"
            )
        try:
            changed = known[setting.key](changed, setting.value)
        except (ValueError, PlanImpossible) as error:
            raise PlanImpossible(f"--set {setting}: {error}") from None
    return balanced(changed, said)


def _hint(setting: Setting, known: Mapping[str, object]) -> str:
    hint = nearest(setting.key, known)
    if "did you mean" in hint:
        return hint
    kinds = sorted({key.partition(".")[0] for key in known})
    return f"; what can be set begins with {', '.join(kinds)}"


class Measured(StrEnum):
    COUNT = "count"  # leads, customers, reps: whole, or unrounded where the plan is
    MONEY = "money"  # in the agreement's currency
    SHARE = "share"  # a fraction of one
    TIMES = "times"  # how many times something else


@dataclass(frozen=True)
class Row:
    """One number of the plan under each of the agreements compared; None where it is unknown.

    `key` is the name by which `lineage.explain_number` explains it.
    """

    key: str
    label: str
    measured: Measured
    values: tuple[Fraction | None, ...]

    @property
    def change(self) -> Fraction | None:
        """Second − first; None where either is unknown."""
        before, after = self.values[0], self.values[1]
        return None if before is None or after is None else after - before

    @property
    def changes(self) -> bool:
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True)
class Comparison:
    """Numbers side by side: `columns` names the agreements, each row has one value for each."""

    name: str
    currency: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def row(self, key: str) -> Row:
        """One row by its key; NumberUnknown for a number that is not compared."""
        found = {row.key: row for row in self.rows}
        if key not in found:
            raise NumberUnknown(key, found)
        return found[key]


def compare(before: Agreement, after: Agreement) -> Comparison:
    """Both plans side by side; with the improvements that `after` plans as a third column, if it plans any
    (S4.29).

    PlanImpossible where no plan follows from one of them.
    """
    columns = [("before", before), ("after", after)]
    if after.goal.improvements:
        columns.append(("after, improved", improved(after)))
    return side_by_side(columns)


def with_improvements(agreement: Agreement) -> Comparison | None:
    """The plan as it is, and with the improvements agreed; None where none are planned."""
    if not agreement.goal.improvements:
        return None
    return side_by_side([("now", agreement), ("with the improvements agreed", improved(agreement))])


def side_by_side(agreements: Sequence[tuple[str, Agreement]]) -> Comparison:
    """The numbers of two agreements or more, each under its name, in the order of the first that has them."""
    figures = [_figures(agreement) for _, agreement in agreements]
    labels = {
        key: (label, measured) for found in reversed(figures) for key, (label, measured, _) in found.items()
    }
    order = dict.fromkeys(key for found in figures for key in found)
    rows = tuple(
        Row(key, *labels[key], _said(key, [found[key][2] if key in found else None for found in figures]))
        for key in order
    )
    first = agreements[0][1]
    return Comparison(first.name, first.currency, tuple(name for name, _ in agreements), rows)


def _said(key: str, values: Sequence[Fraction | None]) -> tuple[Fraction | None, ...]:
    """Where no agreement names a rep, their number is left open; where those of one have gone, it is 0."""
    if key.startswith("reps_there") and not any(values):
        return (None,) * len(values)
    return tuple(values)


_Figure = tuple[str, Measured, Fraction | None]


def _figures(agreement: Agreement) -> dict[str, _Figure]:
    """Key → label, kind and value: what people compare two plans by."""
    worked = work_back(agreement)
    found: dict[str, _Figure] = {
        "leads": ("Leads, all together", Measured.COUNT, _whole(worked.leads)),
        "marketing_revenue": ("Revenue from marketing", Measured.MONEY, worked.marketing_revenue),
    }
    for stream in worked.streams:
        place = "" if stream.name == ONLY_STREAM else f", {stream.name}"
        dot = "" if stream.name == ONLY_STREAM else f".{stream.name}"
        found[f"customers{dot}"] = (f"Customers{place}", Measured.COUNT, _whole(stream.customers))
        for demand in stream.demands:
            key, label = f"{demand.lead_type}{dot}", f"{demand.label}{place}"
            cover = None if demand.win_rate is None else 1 / demand.win_rate
            found[f"leads.{key}"] = (f"Leads, {label}", Measured.COUNT, _whole(demand.leads))
            found[f"value.{key}"] = (f"Value of a lead, {label}", Measured.MONEY, demand.value_expected)
            found[f"coverage.{key}"] = (f"Pipeline ÷ revenue, {label}", Measured.TIMES, cover)
    for pool in capacity_plan(agreement, worked).pools:
        dot, place = ("", "") if pool.pool == EVERYBODY else (f".{pool.pool}", f", pool {pool.pool}")
        found[f"reps{dot}"] = (f"Reps needed{place}", Measured.COUNT, _whole(pool.reps_needed))
        found[f"reps_there{dot}"] = (f"Reps there{place}", Measured.COUNT, _whole(pool.reps))
        found[f"leads_per_rep{dot}"] = (
            f"Leads of a month per rep{place}",
            Measured.COUNT,
            pool.leads_per_rep,
        )
        found[f"load{dot}"] = (f"Time of the reps filled{place}", Measured.SHARE, pool.load)
    return found


def _whole(count: int | None) -> Fraction | None:
    return None if count is None else Fraction(count)
