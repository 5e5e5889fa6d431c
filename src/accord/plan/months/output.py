"""The plan over the months, as text: a table for people, JSON and CSV for programs."""

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM
from accord.plan.layout import aligned, cell, figure, named, number, printable
from accord.plan.months.lag import LagLine, LagMonth, LagPlan, Reach, lag_leads_at_once
from accord.plan.rounding import decimal_text, half_up

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
LAG_COLUMNS = (
    "stream", "month", "goal", "from_pipeline", "from_leads", "short", "reach",
    "lead_type", "leads", "leads_exact", "leads_improved", "leads_improved_exact",
)  # fmt: skip


def lag_table(lag: LagPlan) -> str:
    """Each stream month by month: customers due, where they come from, and the leads to deliver."""
    blocks = [[f"{printable(lag.name)}: leads to deliver month by month"]]
    for line in lag.lines:
        blocks += [
            _heading(line),
            _rows(line, improves=lag.improves),
            [f"- {note}" for note in remarks(line)],
        ]
    if len(lag.lines) > 1 and lag.leads(lag.months[0]) is not None:
        blocks.append(["All streams together", *_totals(lag)])
    blocks.append(["Assumptions", *(f"- {note}" for note in notes(lag))])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def notes(lag: LagPlan) -> tuple[str, ...]:
    """What the months take for granted, in sentences."""
    said = [
        "Leads come in evenly through their month; the closing profile says in which month they are won.",
        "No month is asked for more than full delivery, what the greatest goal of a month needs all year.",
        "The last months feed a goal that goes on after the term at the same height.",
    ]
    if lag.improves:
        said.append("A planned improvement holds for leads delivered from its date on: the second figure.")
    return tuple(said)


def remarks(line: LagLine) -> list[str]:
    """What to know of one line: which months fail and why, from when on it holds, what closes later."""
    said = []
    if (month := line.first(Reach.IMPOSSIBLE)) is not None:
        said.append(
            f"{named(month.month)} is out of reach whatever marketing does: no lead delivered from "
            f"{named(line.months[0].month)} on closes that early. {_missing(month)}"
        )
    if (month := line.first(Reach.SHORT)) is not None:
        said.append(
            f"{named(month.month)} falls short at full delivery. {_missing(month)}{_at_once(line, month)}"
        )
    if said:
        since = line.steady
        said.append(
            f"From {named(since.month)} on every month's goal is met."
            if since
            else "No month to the end of the term is safe."
        )
    if (later := sum(line.later, Fraction(0))) > 0:
        said.append(f"Of the leads delivered in the term, {figure(later)} customers close after it.")
    return said


def _missing(month: LagMonth) -> str:
    sources = f"{figure(month.closing)} from leads, {figure(month.from_pipeline)} from the pipeline"
    return f"{figure(month.short)} of {figure(month.goal)} customers are missing ({sources})."


def _at_once(line: LagLine, month: LagMonth) -> str:
    found = lag_leads_at_once(line, month)
    if found is None:
        return ""
    when, leads, times = found
    return (
        f" To close them in time, {named(when)} would have to bring {leads:,} leads, "
        f"{half_up(times, 2)} times full delivery."
    )


def _heading(line: LagLine) -> list[str]:
    name = "All new business" if line.stream == ONLY_STREAM else f"Stream {printable(line.stream)}"
    if line.lead_type is not None:
        name += f", by {printable(line.lead_type)} alone"
    shares = ", ".join(show_percent(share) for share in line.profile)
    source = f"derived from a cycle of {line.cycle}" if line.derived else "as agreed"
    return [f"{name}: of a month's wins {shares} close in that month and those after it ({source})"]


def _rows(line: LagLine, *, improves: bool) -> list[str]:
    types = [delivery.lead_type for delivery in line.months[0].deliveries]
    head = ["Month", "Goal", "Pipeline", "From leads", "Missing"]
    head += ["Leads", *(["Improved"] if improves else []), *(types if len(types) > 1 else [])]
    rows = [[printable(name) for name in head]]
    for month in line.months:
        counts = [f"{month.leads:,}", *([f"{month.leads_improved:,}"] if improves else [])]
        counts += [f"{each.leads:,}" for each in month.deliveries] if len(types) > 1 else []
        missing = figure(month.short) if month.short else ""
        won = [figure(value) for value in (month.goal, month.from_pipeline, month.closing)]
        rows.append([f"{month.month:%Y-%m}", *won, missing, *counts])
    return aligned(rows, left=1)


def _totals(lag: LagPlan) -> list[str]:
    rows = [["Month", "Leads", *(["Improved"] if lag.improves else [])]]
    for at, month in enumerate(lag.months):
        better = sum(line.months[at].leads_improved for line in lag.lines)
        rows.append([f"{month:%Y-%m}", f"{lag.leads(month):,}", *([f"{better:,}"] if lag.improves else [])])
    return aligned(rows, left=1)


def lag_json(lag: LagPlan) -> str:
    """The same as JSON: counts are integers, other numbers have `decimal` and `exact`."""
    keys = {
        "layout": LAYOUT,
        "name": lag.name,
        "lines": [_line_keys(line) for line in lag.lines],
        "notes": list(notes(lag)),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def _line_keys(line: LagLine) -> dict[str, object]:
    since = line.steady
    return {
        "stream": line.stream,
        "lead_type": line.lead_type,
        "closing_profile": [number(share) for share in line.profile],
        "derived_from_cycle": str(line.cycle) if line.derived else None,
        "met_from": f"{since.month:%Y-%m}" if since else None,
        "months": [_month_keys(month) for month in line.months],
        "closing_after": [number(value) for value in line.later],
        "remarks": remarks(line),
    }


def _month_keys(month: LagMonth) -> dict[str, object]:
    return {
        "month": f"{month.month:%Y-%m}",
        "goal": number(month.goal),
        "from_pipeline": number(month.from_pipeline),
        "from_leads": number(month.closing),
        "short": number(month.short),
        "reach": str(month.reach),
        "leads": month.leads,
        "leads_improved": month.leads_improved,
        "lead_types": [
            {
                "lead_type": each.lead_type,
                "leads": each.leads,
                "leads_exact": number(each.exact),
                "leads_improved": each.improved,
                "leads_improved_exact": number(each.improved_exact),
            }
            for each in month.deliveries
        ],
    }


def lag_csv(lag: LagPlan) -> str:
    """One row per stream, month and lead type; columns as in `LAG_COLUMNS`."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(LAG_COLUMNS)
    rows.writerows(row for line in lag.lines for month in line.months for row in _csv_rows(line, month))
    return text.getvalue()


def _csv_rows(line: LagLine, month: LagMonth) -> Iterator[tuple[object, ...]]:
    customers = (month.goal, month.from_pipeline, month.closing, month.short)
    for each in month.deliveries:
        yield (
            cell(line.stream),
            f"{month.month:%Y-%m}",
            *map(decimal_text, customers),
            str(month.reach),
            cell(each.lead_type),
            each.leads,
            decimal_text(each.exact),
            each.improved,
            decimal_text(each.improved_exact),
        )
