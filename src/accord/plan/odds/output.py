"""How sure a plan is, as plain text for people and as JSON for programs. Every figure is an estimate."""

import json
from collections.abc import Mapping
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM
from accord.plan.demand import Split
from accord.plan.layout import aligned, money, number, printable
from accord.plan.odds.certainty import Certainty, Outlook
from accord.plan.odds.evidence import FEW_WINS, Cell, RateEvidence

LAYOUT = 1
_TELLING = 5  # so many rates are listed by their influence


def certainty_table(result: Certainty) -> str:
    """The estimates as plain text; lines that end in a newline."""
    blocks = [
        [f"{printable(result.plan.name)}: how sure the plan of one {result.plan.interval} is (estimates)"]
    ]
    if result.total is not None and len(result.streams) > 1:
        blocks.append(_outlook(result, result.total, "The whole plan"))
    blocks += [_outlook(result, look, _title(result, look)) for look in result.streams]
    if not result.streams:
        blocks.append(["Nothing is asked of marketing."])
    if result.counted:
        blocks.append(_rates(result))
    blocks.append(["Notes", *(f"- {printable(note)}" for note in certainty_notes(result))])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def certainty_notes(result: Certainty) -> tuple[str, ...]:
    """What the estimates rest on and leave out, in sentences."""
    said = []
    silent = [rate for rate in result.rates if rate.belief is None]
    if not result.counted:
        said.append(
            "No rate says what it was counted on, so all are taken as certain and only the luck of single "
            "leads is left. The truth is less sure. Write counts, such as mql_to_sql: 68 of 200."
        )
    elif silent:
        where = ", ".join(dict.fromkeys(_named(rate) for rate in silent[:3]))
        more = f" and {len(silent) - 3} more" if len(silent) > 3 else ""
        said.append(f"Taken as certain, for want of counts: {where}{more}. The truth is less sure.")
    if thin := [rate for rate in result.rates if rate.thin]:
        thin.sort(key=lambda rate: rate.converted or 0)
        named = ", ".join(f"{_named(rate)} ({_count(rate.converted)})" for rate in thin[:3])
        more = f" and {len(thin) - 3} more" if len(thin) > 3 else ""
        said.append(f"On fewer than {FEW_WINS} conversions rest {named}{more}.")
    if any(0.4 <= look.chance <= 0.6 for look in result.streams):
        said.append(
            "A plan worked back from average rates reaches its goal about every second time; what makes it "
            "surer is more leads, or better rates."
        )
    if any(stream.split is Split.ALTERNATIVES for stream in result.plan.streams):
        said.append("Lead types without a mix are alternatives: each is judged as if it carried all alone.")
    spread = (
        f"; deal values vary by {result.deal_spread:.0%}" if result.deal_spread else "; deal values are fixed"
    )
    said.append(
        f"Each rate has a Beta distribution around its counts ({result.prior.name.capitalize()} prior), "
        f"independent of the others; {result.draws:,} draws, seed {result.seed}{spread}. "
        "When deals close is left out."
    )
    return tuple(said)


def certainty_json(result: Certainty) -> str:
    """The estimates as JSON. Chances, rates and outcomes are floats; goals are exact, as the plan's."""
    keys = {
        "layout": LAYOUT,
        "estimate": True,
        "name": result.plan.name,
        "currency": result.plan.currency,
        "interval": str(result.plan.interval),
        "prior": result.prior.name.lower(),
        "draws": result.draws,
        "seed": result.seed,
        "deal_spread": result.deal_spread,
        "counted": result.counted,
        "total": None if result.total is None else _outlook_keys(result.total),
        "streams": [_outlook_keys(look) for look in result.streams],
        "months": list(result.months),
        "rates": [_rate_keys(rate) for rate in result.rates],
        "notes": list(certainty_notes(result)),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def _title(result: Certainty, look: Outlook) -> str:
    split = next(stream.split for stream in result.plan.streams if stream.name == look.name)
    named = "" if look.name == ONLY_STREAM else f"Stream {printable(look.name)}"
    if split is Split.ALTERNATIVES:
        return f"{named}: {printable(look.label)} alone".removeprefix(": ")
    return named or "The whole plan"


def _outlook(result: Certainty, look: Outlook, title: str) -> list[str]:
    leads = sum(look.leads.values())
    goals = [] if look.revenue is None else [f"{money(look.revenue)} {result.plan.currency}"]
    if look.customers is not None:
        goals.append(f"{look.customers:,} customer{'' if look.customers == 1 else 's'}")
    lines = [
        f"{title}: {leads:,} leads for {', '.join(goals)}",
        f"  Chance to reach the goal: {percent(look.chance)}",
        f"  Customers: {look.expected:,.1f} expected; in eight cases of ten {look.low:,} to {look.high:,}",
    ]
    lines += [_demand(look, level, needed) for level, needed in look.demand.items()]
    return lines + _hangs_on(result, look)


def _demand(look: Outlook, level: float, needed: Mapping[Cell, int] | None) -> str:
    if needed is None:
        return f"  For {percent(level)}: out of reach, even with a thousand times the leads"
    planned, count = sum(look.leads.values()), sum(needed.values())
    change = f"{count - planned:+,}, {count / planned - 1:+.0%}" if planned else ""
    parts = ""
    if len(needed) > 1:
        several = len({stream for stream, _ in needed}) > 1
        named = (
            f"{part:,} {printable('.'.join(cell) if several else cell[1])}" for cell, part in needed.items()
        )
        parts = f": {', '.join(named)}"
    return f"  For {percent(level)}: {count:,} leads ({change}){parts}"


def _hangs_on(result: Certainty, look: Outlook) -> list[str]:
    found = look.influences
    if not found.rates:
        return []
    unit = "customers" if look.revenue is None else result.plan.currency
    rows = [("What it hangs on", "counted", "80% range", f"{unit} expected then", "share")]
    rows += [
        (
            _named(one.rate),
            _counts(one.rate),
            f"{_rate(one.rate.low)}-{_rate(one.rate.high)}",
            f"{one.low:,.0f}-{one.high:,.0f}",
            f"{one.share:.0%}",
        )
        for one in found.rates[:_TELLING]
    ]
    if rest := found.rates[_TELLING:]:
        rows.append((f"{len(rest)} other rates", "", "", "", f"{sum(one.share for one in rest):.0%}"))
    rows.append(("the luck of single leads", "", "", "", f"{found.luck:.0%}"))
    if found.jointly >= 0.005:
        rows.append(("several rates off at once", "", "", "", f"{found.jointly:.0%}"))
    return aligned(rows, left=1)


def _rates(result: Certainty) -> list[str]:
    rows = [("Rate", "planned", "counted", "80% range")]
    rows += [
        (
            _named(rate),
            show_percent(rate.planned) if _short(rate.planned) else _rate(float(rate.planned)),
            _counts(rate) or "not said",
            f"{_rate(rate.low)}-{_rate(rate.high)}" if rate.belief else "taken as certain",
        )
        for rate in result.rates
    ]
    return ["The rates, and what they were counted on", *aligned(rows, left=1)]


def percent(share: float) -> str:
    """A chance or a rate for people: whole percents, with decimals only near the ends; never a false 100%."""
    if 0.0995 <= share <= 0.9005:
        return f"{share:.0%}" if abs(share * 100 - round(share * 100)) < 0.05 else f"{share:.1%}"
    if share > 0.999:
        return "over 99.9%" if share < 1 else "100%"
    if share < 0.001:
        return "under 0.1%" if share > 0 else "0%"
    return f"{share:.1%}"


def _rate(rate: float) -> str:
    """A rate with two digits that tell, however small."""
    return percent(rate) if not 0 < rate < 0.001 else f"{rate * 100:.2g}%"


def _short(share: Fraction) -> bool:
    return len(show_percent(share)) <= 6


def _named(rate: RateEvidence) -> str:
    stream = "" if rate.stream == ONLY_STREAM else f"{rate.stream}."
    return printable(f"{stream}{rate.lead_type}.{rate.name}")


def _counts(rate: RateEvidence) -> str:
    return "" if rate.entered is None else f"{_count(rate.converted)} of {rate.entered:,}"


def _count(converted: Fraction | None) -> str:
    return "" if converted is None else f"{float(converted):,.0f}"


def _outlook_keys(look: Outlook) -> dict[str, object]:
    return {
        "name": look.name,
        "label": look.label,
        "goal": {
            "revenue": number(look.revenue),
            "customers": look.customers,
        },
        "leads": _leads_keys(look.leads),
        "chance": look.chance,
        "customers": {"expected": look.expected, "p10": look.low, "p90": look.high},
        "demand": [
            {"chance": level, "leads": None if needed is None else _leads_keys(needed)}
            for level, needed in look.demand.items()
        ],
        "sensitivity": {
            "rates": [
                {
                    "stream": one.rate.stream,
                    "lead_type": one.rate.lead_type,
                    "rate": one.rate.name,
                    "share": one.share,
                    "outcome_p10": one.low,
                    "outcome_p90": one.high,
                }
                for one in look.influences.rates
            ],
            "luck": look.influences.luck,
            "jointly": look.influences.jointly,
            "deviation": look.influences.deviation,
        },
    }


def _leads_keys(leads: Mapping[Cell, int]) -> list[dict[str, object]]:
    return [{"stream": stream, "lead_type": kind, "leads": count} for (stream, kind), count in leads.items()]


def _rate_keys(rate: RateEvidence) -> dict[str, object]:
    return {
        "stream": rate.stream,
        "lead_type": rate.lead_type,
        "rate": rate.name,
        "planned": float(rate.planned),
        "converted": None if rate.converted is None else float(rate.converted),
        "entered": rate.entered,
        "mean": rate.mean,
        "p10": rate.low,
        "p90": rate.high,
    }
