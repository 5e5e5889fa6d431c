"""Words and rows of the book's pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.clauses.quantities import parse_money
from accord.agreement.clauses.rates import parse_rate
from accord.agreement.terms import Agreement
from accord.ledger.restating import Difference
from accord.plan.recalculation import Input
from accord.plan.revaluing import worth_after, worth_before
from accord.server.book.models import Sheet
from accord.server.book.reading import Row, pooled, proposal_of
from accord.server.look import figures as say

WORDS: dict[tuple[str, str], str | Promise] = {
    ("cohort", "leads"): gettext_lazy("Marketing's leads"),
    ("cohort", "customers"): gettext_lazy("Of those, customers so far"),
    ("cohort", "revenue"): gettext_lazy("Revenue from those customers"),
    ("cohort", "total_revenue"): gettext_lazy("Revenue of all leads that began then"),
    ("cohort", "unpriced"): gettext_lazy("Of those customers, without an amount"),
    ("cohort", "conversion"): gettext_lazy("Lead to customer"),
    ("cohort", "average_deal"): gettext_lazy("Average deal"),
    ("cohort", "share"): gettext_lazy("Share of revenue from marketing's leads"),
    ("cohort", "median_cycle"): gettext_lazy("Sales cycle, median days"),
    ("cohort", "mean_cycle"): gettext_lazy("Sales cycle, mean days"),
    ("cohort", "accepted"): gettext_lazy("Accepted"),
    ("cohort", "by_silence"): gettext_lazy("Of those, by silence"),
    ("cohort", "rejected"): gettext_lazy("Rejected"),
    ("cohort", "undecided"): gettext_lazy("Not decided yet"),
    ("cohort", "acceptance"): gettext_lazy("Acceptance"),
    ("cohort", "value"): gettext_lazy("Value of the accepted leads"),
    ("close", "leads"): gettext_lazy("Marketing's leads that began"),
    ("close", "customers"): gettext_lazy("Marketing's leads won"),
    ("close", "revenue"): gettext_lazy("Closed revenue from marketing's leads"),
    ("close", "total_revenue"): gettext_lazy("Total closed revenue"),
    ("close", "unpriced"): gettext_lazy("Of those won, without an amount"),
    ("close", "conversion"): gettext_lazy("Won in the interval ÷ leads of the interval"),
    ("close", "average_deal"): gettext_lazy("Average deal"),
    ("close", "share"): gettext_lazy("Share of revenue from marketing's leads"),
    ("close", "median_cycle"): gettext_lazy("Sales cycle, median days"),
    ("close", "mean_cycle"): gettext_lazy("Sales cycle, mean days"),
}
GOAL_WORDS: dict[str, str | Promise] = {
    "accepted_leads": gettext_lazy("Accepted leads"),
    "delivered_leads": gettext_lazy("Delivered leads"),
    "lead_value": gettext_lazy("Value of leads"),
    "revenue": gettext_lazy("Revenue"),
}
PARTS: dict[str, str | Promise] = {
    "goal": gettext_lazy("the goal"),
    "low": gettext_lazy("the least within the band"),
    "high": gettext_lazy("the most within the band"),
    "actual": gettext_lazy("what came"),
}
HEADINGS = {
    "cohort": gettext_lazy("By the leads of the interval"),
    "close": gettext_lazy("By the deals won in the interval"),
}
MEANINGS = {
    "cohort": gettext_lazy(
        "What became of the leads that began then, whenever they closed. Young intervals grow."
    ),
    "close": gettext_lazy(
        "What was won then, whenever its leads began. Its conversion is a quick look only."
    ),
}
BEHIND = {  # by basis: the measures of the score that tell its figures apart, down to leads and deals
    "cohort": ("delivery", "outcomes", "conversion"),
    "close": ("key_deals", "time_to_close", "attribution"),
}
_SHARES = {"conversion", "share", "acceptance"}
_MONEY = {"revenue", "total_revenue", "average_deal", "value"}
_WORTH = {"lead_value", "revenue"}
_DAYS = {"median_cycle", "mean_cycle"}


@dataclass(frozen=True)
class Figure:
    """A value with how it is written: `share`, `money`, `days` or `count`."""

    words: str
    value: Any
    form: str
    meaning: str = ""


@dataclass(frozen=True)
class Changed:
    """One figure before and after."""

    words: str
    before: Figure
    after: Figure
    held: bool
    agreed: bool = False


def figure(basis: str, name: str, value: Any, meaning: str = "") -> Figure:
    form = "share" if name in _SHARES else "money" if name in _MONEY else "days" if name in _DAYS else "count"
    return Figure(str(WORDS.get((basis, name), name)), number(value), form, meaning)


def number(value: Any) -> Any:
    """A kept figure as a number; None for none, or for what is none."""
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def lines_of(row: Row, columns: Mapping[str, str]) -> list[tuple[str, str, list[Figure]]]:
    """Both bases of one interval: heading, meaning, and every figure with its definition."""
    found = []
    for basis, heading in HEADINGS.items():
        line = row.figures.get(basis, {})
        names = [name for one, name in WORDS if one == basis and name in line]
        shown = [figure(basis, name, line[name], columns.get(name, "")) for name in names]
        found.append((str(heading), str(MEANINGS[basis]), shown))
    return found


def goals_of(row: Row) -> list[tuple[Mapping[str, Any], Any, dict[str, Figure]]]:
    """The goals of one interval: as kept, in words, and its figures in their form."""
    return [
        (
            goal,
            GOAL_WORDS.get(goal["measure"], ""),
            {name: _of_goal(goal, goal[name]) for name in ("goal", "low", "high", "actual")},
        )
        for goal in row.figures.get("goals", [])
    ]


def changes(found: Iterable[Difference]) -> list[Changed]:
    """Differences in words, with the basis or the promise before the name."""
    return [
        Changed(_words_of(one), _figure_of(one, one.before), _figure_of(one, one.after), one.held, one.agreed)
        for one in found
    ]


def _words_of(one: Difference) -> str:
    if one.of is None:
        return f"{HEADINGS[one.basis]}: {WORDS.get((one.basis, one.name), one.name)}"
    narrowed = [str(part) for part in (one.of["lead_type"], one.of["stream"]) if part]
    of = " · ".join([one.of["promise"], str(GOAL_WORDS.get(one.of["measure"], "")), *narrowed])
    return f"{of}: {PARTS[one.name]}"


def _figure_of(one: Difference, value: Any) -> Figure:
    return figure(one.basis, one.name, value) if one.of is None else _of_goal(one.of, value)


def _of_goal(goal: Mapping[str, Any], value: Any) -> Figure:
    return Figure("", number(value), "money" if goal["measure"] in _WORTH else "count")


def basis_tables(rows: Sequence[Row], kept: Sheet | None) -> list[dict[str, Any]]:
    """A table a basis: each interval with what stands for it, then the pooled row."""
    tables = []
    for basis, heading in HEADINGS.items():
        held = [(row, row.figures[basis]) for row in rows if basis in row.figures]
        tables.append({
            "basis": basis, "heading": heading, "meaning": MEANINGS[basis],
            "rows": [(row, _numbers(line)) for row, line in held],
            "pooled": _numbers(whole) if (whole := pooled(kept, basis)) else None,
        })  # fmt: skip
    return tables


def _numbers(line: Mapping[str, Any]) -> dict[str, Any]:
    plain = ("basis", "from", "to", "cycle_starts", "complete", "mature", "pooled")
    return {name: value if name in plain else number(value) for name, value in line.items()}


def proposals_of(
    items: Iterable[Mapping[str, Any]], agreement: Agreement | None = None
) -> list[dict[str, Any]]:
    """Proposals with their name in words, and the words of their verdict and its tone."""
    return [
        {**item, "name": _named(item["path"], agreement), **_judged(item), **_weighed(item), **_rates(item)}
        for item in items
    ]


def _rates(item: Mapping[str, Any]) -> dict[str, Any]:
    """Of a rate the shares that its counts come to, which people compare; None for any other input."""
    is_rate = item["kind"] == Input.RATE.value
    return {f"{name}_rate": _share(item[name]) if is_rate else None for name in ("agreed", "measured")}


def _share(text: str | None) -> float | None:
    try:
        return float(parse_rate(text)) if text else None
    except ValueError:
        return None


def _weighed(item: Mapping[str, Any]) -> dict[str, Any]:
    """How a promised value comes about: what its leads were worth, and are by the measured prices."""
    held = proposal_of(dict(item)) if item.get("weighed") else None
    if held is None:
        return {"weighed": []}
    return {
        "weighed": held.weighed,
        "promised": parse_money(held.old),
        "before": worth_before(held.weighed),
        "after": worth_after(held.weighed),
    }


def _named(path: Sequence[str], agreement: Agreement | None) -> str:
    """`Demo request, smb: MQL to SQL` of a rate; empty where the address says as much."""
    match list(map(str, path)):
        case ["lead_types", kind, "streams", stream, rate] if "_to_" in rate:
            known = agreement.lead_types.get(kind) if agreement else None
            stages = [one.upper() if len(one) == 3 else one for one in rate.split("_to_")]
            return f"{(known and known.label) or kind}, {stream}: {' to '.join(stages)}"
        case ["promises", promise, _field]:
            return _("%(promise)s: value of leads promised") % {"promise": promise}
        case _:
            return ""


def _judged(item: Mapping[str, Any]) -> dict[str, Any]:
    if item.get("weighed"):
        return {"verdict": _("with the prices"), "tone": "info"}
    if item.get("pooled"):
        return {"verdict": _("measured of others too"), "tone": "muted"}
    if item["few"]:
        return {"verdict": _("too few to plan on"), "tone": "muted"}
    if item["noise"] is None:
        return {"verdict": _("chance cannot be told"), "tone": "muted"}
    if item["noise"]:
        return {"verdict": _("within chance"), "tone": "info"}
    return {"verdict": _("more than chance"), "tone": "warn"}


def response_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Spans of the response curve with their words."""
    return [{**row, "words": _span(row)} for row in rows]


def _span(row: Mapping[str, Any]) -> str:
    if not row["touched"]:
        return _("never")
    if row["within"] is None:
        return _("later")
    return _("within %(time)s") % {"time": say.length(row["within"], wall=True)}


def attempts_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]
