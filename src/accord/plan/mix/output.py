"""The cheapest demand as plain text for people and as JSON for programs; what limits cost, in words."""

import json
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM
from accord.plan.layout import aligned, money, number, printable
from accord.plan.mix.best_mix import BestMix, Clash, Price
from accord.plan.mix.programme import Kind, Limit
from accord.plan.odds.evidence import Cell
from accord.plan.reps.capacity import EVERYBODY

LAYOUT = 1
_DEAREST = 8  # so many limits of lead types are priced in the text


def best_mix_table(mix: BestMix) -> str:
    """The cheapest leads with what they cost, or the limits that conflict; lines that end in a newline."""
    what = "cheapest" if mix.priced else "smallest"
    blocks = [
        [f"{printable(mix.plan.name)}: the {what} demand that meets the goal of one {mix.plan.interval}"]
    ]
    if mix.leads is None:
        blocks.append(_impossible(mix))
    else:
        blocks += [_leads(mix), _sums(mix)] if mix.leads else [["Nothing is asked of marketing."]]
        blocks += _prices(mix)
    blocks.append(["Notes", *(f"- {line}" for line in best_mix_notes(mix))])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def best_mix_json(mix: BestMix) -> str:
    """The same as JSON. Leads are integers, money and limits exact; prices are floats, and estimates."""
    keys = {
        "layout": LAYOUT,
        "name": mix.plan.name,
        "currency": mix.plan.currency,
        "interval": str(mix.plan.interval),
        "possible": mix.possible,
        "proven": mix.proven,
        "priced": mix.priced,
        "within_months": mix.within,
        "cost": number(mix.cost),
        "cost_of_parts": None if mix.optimum is None else mix.optimum.cost,
        "planned_cost": number(mix.planned_cost),
        "leads": [
            {
                "stream": cell[0],
                "lead_type": cell[1],
                "leads": leads,
                "planned": _planned(mix, cell),
                "cost_each": number(mix.programme.costs[cell] if mix.priced else None),
                "customers": number(mix.customers(cell)),
                "closing_in_time": number(mix.in_time[cell]),
            }
            for cell, leads in (mix.leads or {}).items()
        ],
        "limits": [_limit_keys(mix, limit) for limit in mix.programme.limits],
        "prices": [
            {
                "limit": mix.programme.limits.index(price.limit),
                "saving_per_unit": price.saving,
                "marginal": price.marginal,
                "text": price_in_words(mix, price),
            }
            for price in mix.prices
        ],
        "conflict": [
            {
                "limit": mix.programme.limits.index(clash.limit),
                "enough": clash.enough,
                "text": clash_in_words(mix, clash),
            }
            for clash in mix.clashes
        ],
        "notes": list(best_mix_notes(mix)),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def price_in_words(mix: BestMix, price: Price) -> str:
    """What one unit of a limit is worth: "One more rep in inbound would save 1,234 USD a month"."""
    limit, saving = price.limit, price.saving
    unit = mix.plan.currency if mix.priced else "leads"
    if limit.kind is Kind.GOAL:
        where = _stream(limit.about[0], " of ")
        if saving is None:
            return f"The goal{where} cannot be a customer higher: the limits leave no more."
        return f"One more customer{where} would cost {_amount(-saving)} {unit}."
    worth = f"would save {_amount(saving or 0.0)} {unit} a {mix.plan.interval}"
    if limit.kind is Kind.REPS:
        return f"One more rep{_pool(limit, ' in ')} {worth}."
    if limit.kind is Kind.AT_MOST:
        return f"One more {_cell(limit)} lead than the {money(limit.bound)} that can be had {worth}."
    if limit.kind is Kind.AT_LEAST:
        return f"One {_cell(limit)} lead fewer than the {money(limit.bound)} that must be taken {worth}."
    more = "less" if limit.floor else "more"
    said = show_percent(limit.share or Fraction(0))
    return f"One percentage point {more} than {said} of the customers by {_cell(limit)} {worth}."


def limit_in_words(mix: BestMix, limit: Limit) -> str:
    """A limit as a sentence would name it."""
    if limit.kind is Kind.GOAL:
        return f"the goal{_stream(limit.about[0], ' of ')}, {_goal(mix, limit.bound)}"
    if limit.kind is Kind.REPS:
        return f"the {money(limit.bound)} reps{_pool(limit, ' of ')}"
    if limit.kind is Kind.AT_MOST:
        return f"at most {money(limit.bound)} {_cell(limit)} leads"
    if limit.kind is Kind.AT_LEAST:
        return f"at least {money(limit.bound)} {_cell(limit)} leads"
    side = "at least" if limit.floor else "at most"
    return f"{side} {show_percent(limit.share or Fraction(0))} of the customers by {_cell(limit)}"


def clash_in_words(mix: BestMix, clash: Clash) -> str:
    """A limit of the conflict, and where it would have to lie if only it moved."""
    limit, said = clash.limit, limit_in_words(mix, clash.limit)
    if limit.kind is Kind.GOAL and not any(limit.row.values()):
        return f"{said}: none of its leads closes within {mix.within} months"
    if clash.enough is None:
        return f"{said}: moving it alone is not enough"
    if limit.share is not None:
        return f"{said}: {clash.enough:.1%} would do"
    if limit.kind is Kind.GOAL:
        reached = Fraction(int(clash.enough + 1e-6)) if mix.plan.goal_revenue is not None else None
        if reached is not None:
            return f"{said}: {_goal(mix, reached)} can be reached"
        return f"{said}: {clash.enough:,.1f} can be reached"
    whole = int(clash.enough + 1e-6) if limit.floor else -int(-(clash.enough - 1e-6) // 1)
    return f"{said}: {whole:,} would do"


def best_mix_notes(mix: BestMix) -> tuple[str, ...]:
    """What the answer rests on, in sentences."""
    said = ["By expectation: such a demand reaches its goal about every second time; see `--certainty`."]
    if not mix.priced:
        said.append("No lead type says its cost, so the fewest leads are sought; add cost: 40 to each.")
    free = [cell for cell in mix.demands if not any(_caps(limit, cell) for limit in mix.programme.limits)]
    if mix.possible and free:
        names = ", ".join(
            printable(".".join(cell) if cell[0] != ONLY_STREAM else cell[1]) for cell in free[:3]
        )
        more = f" and {len(free) - 3} more" if len(free) > 3 else ""
        said.append(f"Any number is taken to be had of {names}{more}; add at_most where that is not so.")
    if mix.within is not None:
        said.append(f"Only deals that close within {_months(mix.within)} of delivery count.")
    if mix.unlimited:
        pools = ", ".join(pool for pool in mix.unlimited if pool != EVERYBODY)
        where = f" in {printable(pools)}" if pools else ""
        said.append(f"Nobody's time is known{where}, so that reps limit nothing there.")
    if mix.leads is not None and not mix.proven:
        said.append("The search for whole leads was cut short; a slightly cheaper mix may exist.")
    return tuple(said)


def _prices(mix: BestMix) -> list[list[str]]:
    """The goals' and the pools' in any case, then the dearest limits of lead types."""
    whole = [price for price in mix.prices if price.limit.kind in (Kind.GOAL, Kind.REPS)]
    others = sorted(
        (price for price in mix.prices if price not in whole), key=lambda price: -(price.saving or 0)
    )
    lines = [f"- {price_in_words(mix, price)}" for price in [*whole, *others[:_DEAREST]]]
    if rest := others[_DEAREST:]:
        lines.append(f"- {len(rest)} more limits of lead types cost less each; the JSON has them all.")
    return [["What the limits cost (estimates)", *lines]] if lines else []


def _caps(limit: Limit, cell: Cell) -> bool:
    return limit.kind in (Kind.AT_MOST, Kind.MOST_SHARE) and limit.about == cell


def _leads(mix: BestMix) -> list[str]:
    rows = [("Lead type", "leads", "planned", "cost each", "cost", "customers")]
    for cell, leads in (mix.leads or {}).items():
        planned, each = _planned(mix, cell), mix.programme.costs[cell]
        rows.append(
            (
                printable(cell[1] if cell[0] == ONLY_STREAM else f"{cell[0]}.{cell[1]}"),
                f"{leads:,}",
                "" if planned is None else f"{planned:,}",
                money(each) if mix.priced else "",
                money(each * leads) if mix.priced else "",
                f"{float(mix.customers(cell) or 0):,.1f}",
            )
        )
    filled = [at for at in range(len(rows[0])) if any(row[at] for row in rows[1:])]
    return aligned([[row[at] for at in filled] for row in rows], left=1)


def _planned(mix: BestMix, cell: tuple[str, str]) -> int | None:
    return None if mix.planned_cost is None else mix.demands[cell].leads_fewest


def _sums(mix: BestMix) -> list[str]:
    cost, planned, leads = mix.cost or Fraction(0), mix.planned_cost, sum((mix.leads or {}).values())
    spent = f"{money(cost)} {mix.plan.currency} for " if mix.priced else ""
    lines = [f"Together: {spent}{leads:,} leads"]
    if planned is not None:
        unit = mix.plan.currency if mix.priced else "leads"
        lines.append(f"The planned mix: {money(planned)} {unit}{_compared(cost, planned)}")
    if broken := mix.planned_breaks:
        lines.append(f"It breaks {'; '.join(limit_in_words(mix, limit) for limit in broken)}")
    for limit in mix.programme.limits:
        if limit.kind is Kind.REPS and mix.leads is not None:
            used = -int(-limit.used(mix.leads) // 1)
            lines.append(f"Reps{_pool(limit, ' of ')} needed: {used:,} of {money(limit.bound)}")
    return lines


def _compared(cost: Fraction, planned: Fraction) -> str:
    if not planned or cost == planned:
        return ""
    change = float(cost / planned - 1)
    return f"; this one is {abs(change):.1%} {'below' if change < 0 else 'above'} it"


def _impossible(mix: BestMix) -> list[str]:
    if not mix.clashes:
        return ["The limits can be kept by parts of leads only, not by whole leads; loosen one a little."]
    one = len(mix.clashes) == 1
    head = (
        "It cannot be met:"
        if one
        else "It cannot be met. These limits conflict, but not without any one of them:"
    )
    return [head, *(f"- {clash_in_words(mix, clash)}" for clash in mix.clashes)]


def _limit_keys(mix: BestMix, limit: Limit) -> dict[str, object]:
    return {
        "kind": str(limit.kind),
        "about": list(limit.about),
        "text": limit_in_words(mix, limit),
        "bound": number(limit.bound if limit.share is None else limit.share),
        "used": None if mix.leads is None or limit.share is not None else number(limit.used(mix.leads)),
    }


def _goal(mix: BestMix, bound: Fraction) -> str:
    if mix.plan.goal_revenue is not None:
        return f"{money(bound)} {mix.plan.currency}"
    return f"{money(bound)} customer{'' if bound == 1 else 's'}"


def _amount(value: float) -> str:
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def _stream(name: str, before: str) -> str:
    return "" if name == ONLY_STREAM else f"{before}{printable(name)}"


def _pool(limit: Limit, before: str) -> str:
    return "" if limit.about[0] == EVERYBODY else f"{before}{printable(limit.about[0])}"


def _cell(limit: Limit) -> str:
    stream, kind = limit.about
    return printable(kind if stream == ONLY_STREAM else f"{stream}.{kind}")


def _months(count: int) -> str:
    return "the month" if count == 1 else f"{count} months"
