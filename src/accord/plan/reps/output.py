"""What the reps can follow up, as text: a table for people, JSON and CSV for programs."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM
from accord.plan.layout import aligned, cell, figure, money, named, number, printable
from accord.plan.reps.capacity import EVERYBODY, CapacityPlan, PoolCapacity, TouchTime
from accord.plan.reps.rota import IDLE_BELOW, Busy, PoolMonth, Rota, Week
from accord.plan.rounding import decimal_text, half_up

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
WEEK_COLUMNS = ("pool", "who", "week", "available_minutes", "work_minutes", "load", "busy")


def capacity_table(plan: CapacityPlan, months: Sequence[PoolMonth] = (), rota: Rota | None = None) -> str:
    """What a lead takes, what each pool can do and needs, and who is overloaded or idle when."""
    blocks = [[f"{printable(plan.name)}: what the reps can follow up"], _touch_lines(plan)]
    for pool in plan.pools:
        blocks.append(_pool_lines(pool))
        if mine := [month for month in months if month.pool == pool.pool]:
            blocks.append(_month_lines(mine))
    if rota is not None:
        blocks.append(week_remarks(rota))
    blocks.append(["Assumptions", *(f"- {note}" for note in notes(plan))])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def notes(plan: CapacityPlan) -> tuple[str, ...]:
    """What the figures rest on, in sentences."""
    said = [
        "Leads per rep round down, reps round up. Every lead is counted with all its touches: the safe side."
    ]
    assumed = sorted(
        {touch.channel for touches in plan.touches.values() for touch in touches if touch.assumed}
    )
    if assumed:
        said.append(
            f"Assumed, since the agreement says nothing: the minutes of a touch by {', '.join(assumed)}."
        )
    if plan.connect_rate is not None:
        said.append(
            f"A call reaches the person in {show_percent(plan.connect_rate)} of cases; "
            "`until reached` ends the calls there."
        )
    for pool in plan.pools:
        if pool.assumed:
            said.append(f"{_title(pool)} lists nobody, so `capacity` says what one rep can do.")
        if pool.unknown:
            said.append(
                f"{_title(pool)}: the time of {pool.unknown} is not known, so that they do not count."
            )
    said.append("Only follow-up of new leads is in here, not the work on deals that come of them.")
    return tuple(said)


def _touch_lines(plan: CapacityPlan) -> list[str]:
    rows = [("Minutes for one lead", "", "All touches", "Until reached")]
    for lead_type, touches in plan.touches.items():
        flat = sum((touch.minutes for touch in touches), Fraction(0))
        until = plan.expected[lead_type]
        rows.append(
            (printable(lead_type), _touches(touches), money(flat), "" if until is None else figure(until))
        )
    return aligned(rows, left=2)


def _touches(touches: Sequence[TouchTime]) -> str:
    return " + ".join(
        f"{touch.touches} {touch.channel} by machine"
        if touch.automated
        else f"{touch.touches} {touch.channel} × {money(touch.each)}"
        for touch in touches
    )


def _title(pool: PoolCapacity) -> str:
    return "The sales team" if pool.pool == EVERYBODY else f"Pool {printable(pool.pool)}"


def _pool_lines(pool: PoolCapacity) -> list[str]:
    lines = [f"{_title(pool)}: {_strength(pool)}"]
    rows = [("Leads of a month", "", "Leads", "Minutes each", "Leads per rep", "Reps")]
    for load in pool.loads:
        stream = "" if load.stream == ONLY_STREAM else printable(load.stream)
        per_rep = "unknown" if load.per_rep is None else f"{load.per_rep:,}"
        reps = "" if load.reps_exact is None else figure(load.reps_exact)
        rows.append(
            (printable(load.label), stream, money(load.leads), money(load.minutes_each), per_rep, reps)
        )
    return [*lines, *aligned(rows, left=2), *(f"- {said}" for said in pool_remarks(pool))]


def _strength(pool: PoolCapacity) -> str:
    if pool.minutes_each is None:
        return "nobody's time is known; say minutes_per_month, or capacity.hours_per_month"
    each = f"{money(pool.minutes_each)} minutes a month each for marketing's leads"
    return f"{pool.reps} {'rep' if pool.reps == 1 else 'reps'}, {each}" if pool.reps else each


def pool_remarks(pool: PoolCapacity) -> list[str]:
    """What follows for one pool: reps needed, how full they are, and where the alarm sounds."""
    if pool.alternatives:
        each = " or ".join(
            f"{-(-load.reps_exact.numerator // load.reps_exact.denominator)} for {printable(load.label)}"
            for load in pool.loads
            if load.reps_exact is not None
        )
        return [f"The lead types are alternatives; reps needed: {each}."] if each else []
    if pool.reps_exact is None or pool.reps_needed is None:
        return []
    said = [f"Reps needed: {pool.reps_needed} ({figure(pool.reps_exact)} before rounding up)."]
    if pool.missing is not None and pool.load is not None and pool.leads_per_rep is not None:
        said[0] = said[0][:-1] + f", {_gap(pool.missing)}."
        said.append(
            f"Each of the {pool.reps} gets {figure(pool.leads_per_rep)} leads a month, which fill "
            f"{half_up(pool.load * 100, 1)}% of the time."
        )
    if pool.most_leads is not None:
        said.append(
            f"More than {pool.most_leads:,} leads a month are too many: the heads hear of it at once."
        )
    return said


def _gap(missing: int) -> str:
    if missing > 0:
        return f"{missing} more than there are"
    return f"{-missing} to spare" if missing else "as many as there are"


def _month_lines(months: Sequence[PoolMonth]) -> list[str]:
    rows = [("Month", "Minutes there", "Minutes needed", "Load")]
    for month in months:
        rows.append((named(month.month), figure(month.available), figure(month.work), _percent(month.load)))
    return aligned(rows, left=1)


def _percent(load: Fraction | None) -> str:
    return "nobody there" if load is None else f"{half_up(load * 100)}%"


def week_remarks(rota: Rota) -> list[str]:
    """Who is overloaded or idle, consecutive weeks together, and which pool is left with work."""
    lines = [f"By person and ISO week, {rota.from_on} to {rota.to_on}"]
    if not rota.weeks:
        return [*lines, "- nobody's time is known, or nothing says which of several alternatives comes"]
    for busy, meaning in (
        (Busy.OVERLOADED, "overloaded"),
        (Busy.IDLE, f"less than {show_percent(IDLE_BELOW)} of the time filled"),
    ):
        found = [
            f"- {_who(run)}: {_span(run)}, {meaning}, at most {_peak(run, busy)}" for run in _runs(rota, busy)
        ]
        lines += found or [f"- nobody is {busy}"]
    for pool, minutes in rota.waiting.items():
        if minutes:
            lines.append(f"- pool {printable(pool)}: {figure(minutes)} minutes of work find nobody there")
    return lines


def _runs(rota: Rota, busy: Busy) -> Iterator[list[Week]]:
    """Weeks of one kind that follow each other, person by person."""
    for _, weeks in groupby(rota.weeks, key=lambda week: (week.pool, week.who)):
        for kind, run in groupby(weeks, key=lambda week: week.busy):
            if kind is busy:
                yield list(run)


def _who(run: Sequence[Week]) -> str:
    name = printable(run[0].label)
    return name if run[0].count == 1 else f"{name} ({run[0].count} people, each)"


def _span(run: Sequence[Week]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}"


def _peak(run: Sequence[Week], busy: Busy) -> str:
    loads = [week.load for week in run if week.load is not None]
    return _percent(max(loads) if busy in (Busy.OVERLOADED, Busy.IDLE) else None)


def capacity_json(plan: CapacityPlan, months: Sequence[PoolMonth] = (), rota: Rota | None = None) -> str:
    """The same as JSON: counts are integers, other numbers have `decimal` and `exact`."""
    keys = {
        "layout": LAYOUT,
        "name": plan.name,
        "reps_needed": plan.reps_needed,
        "most_leads": plan.most_leads,
        "lead_types": [_type_keys(plan, lead_type) for lead_type in plan.touches],
        "pools": [_pool_keys(pool) for pool in plan.pools],
        "months": [
            {
                "pool": month.pool,
                "month": f"{month.month:%Y-%m}",
                "available_minutes": number(month.available),
                "work_minutes": number(month.work),
                "load": number(month.load),
            }
            for month in months
        ],
        "weeks": [_week_keys(week) for week in rota.weeks] if rota else [],
        "notes": list(notes(plan)),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def _type_keys(plan: CapacityPlan, lead_type: str) -> dict[str, object]:
    touches = plan.touches[lead_type]
    return {
        "lead_type": lead_type,
        "minutes": number(sum((touch.minutes for touch in touches), Fraction(0))),
        "minutes_until_reached": number(plan.expected[lead_type]),
        "touches": [
            {
                "channel": touch.channel,
                "touches": touch.touches,
                "minutes_each": number(touch.each),
                "automated": touch.automated,
                "assumed": touch.assumed,
            }
            for touch in touches
        ],
    }


def _pool_keys(pool: PoolCapacity) -> dict[str, object]:
    return {
        "pool": pool.pool,
        "reps": pool.reps,
        "reps_of_unknown_time": pool.unknown,
        "minutes_each": number(pool.minutes_each),
        "leads": number(pool.leads),
        "reps_exact": number(pool.reps_exact),
        "reps_needed": pool.reps_needed,
        "missing": pool.missing,
        "load": number(pool.load),
        "leads_per_rep": number(pool.leads_per_rep),
        "most_leads": pool.most_leads,
        "loads": [
            {
                "stream": load.stream,
                "lead_type": load.lead_type,
                "leads": number(load.leads),
                "minutes_each": number(load.minutes_each),
                "leads_per_rep": load.per_rep,
                "reps_exact": number(load.reps_exact),
            }
            for load in pool.loads
        ],
        "remarks": pool_remarks(pool),
    }


def _week_keys(week: Week) -> dict[str, object]:
    return {
        "pool": week.pool,
        "who": week.who,
        "people": week.count,
        "week": str(week),
        "available_minutes": number(week.available),
        "work_minutes": number(week.work),
        "load": number(week.load),
        "busy": str(week.busy),
    }


def weeks_csv(rota: Rota) -> str:
    """One row per person and ISO week; columns as in `WEEK_COLUMNS`, minutes of one of the people."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(WEEK_COLUMNS)
    for week in rota.weeks:
        load = "" if week.load is None else decimal_text(week.load)
        minutes = (decimal_text(week.available), decimal_text(week.work))
        rows.writerow((cell(week.pool), cell(week.who), str(week), *minutes, load, str(week.busy)))
    return text.getvalue()
