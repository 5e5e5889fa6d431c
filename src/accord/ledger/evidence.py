"""What the log says of an agreement's numbers: counts that rates rest on, and the best ever reached."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path

from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.ledger.period import period_of
from accord.ledger.warnings import FEW

Counts = dict[tuple[str, str], dict[str, tuple[int, int]]]


def history(agreement: Agreement, log: Path, as_of: datetime | None = None) -> Counts:
    """By stream and lead type, each rate of the agreement as (converted, entered) of mature cohorts.

    Rates of which the log knows no mature lead are left out. `as_of` is by default the log's last fact.
    Raises what `open_log` and `period_of` raise.
    """
    of = period_of(agreement, log, as_of=as_of)
    with Ledger(agreement, open_log(log), from_on=of.from_on, to_on=of.to_on, as_of=of.as_of) as ledger:
        rows = ledger.measure("rate_evidence").table.dicts()
    only = next(iter(agreement.goal.streams)) if len(agreement.goal.streams) == 1 else None
    wanted = {
        (stream, lead_type, rate)
        for lead_type, kind in agreement.lead_types.items()
        for stream, funnel in kind.streams.items()
        for rate in funnel.rates
    }
    found: Counts = {}
    for row in rows:
        rate = f"{row['from_stage']}_to_{row['to_stage']}"
        stream, lead_type = str(row["stream"] or only), str(row["lead_type"])
        entered, reached = row["entered"], row["reached"]
        if (stream, lead_type, rate) in wanted and entered:
            found.setdefault((stream, lead_type), {})[rate] = (_count(reached), _count(entered))
    return found


def best(agreement: Agreement, log: Path, as_of: datetime | None = None) -> dict[str, Fraction]:
    """The best month that the log knows: of `first_touch_in_time`, `revenue`, and each rate of the agreement.

    A share counts only where at least FEW leads stand behind it, a rate only in mature cohorts: the best of
    small numbers is luck. What the log cannot tell is left out. Raises what `history` raises.
    """
    of = period_of(agreement, log, as_of=as_of)
    with Ledger(agreement, open_log(log), from_on=of.from_on, to_on=of.to_on, as_of=of.as_of) as ledger:
        speed, outcomes, cohorts = (
            ledger.measure(name).table.dicts() for name in ("speed", "outcomes", "conversion")
        )
    found: dict[str, list[Fraction]] = {}
    for row in speed:
        if row["by"] == "month" and _count(row["judged"]) >= FEW:
            share = Fraction(_count(row["kept"]), _count(row["judged"]))
            found.setdefault("first_touch_in_time", []).append(share)
    for row in outcomes:
        if (row["basis"], row["by"]) == ("closed", "close_month") and row["revenue"] is not None:
            found.setdefault("revenue", []).append(Fraction(str(row["revenue"])))
    for row in cohorts:
        if row["lead_type"] is None and row["mature"] and _count(row["entered"]) >= FEW:
            rate = f"{row['from_stage']}_to_{row['to_stage']}"
            found.setdefault(rate, []).append(Fraction(_count(row["reached"]), _count(row["entered"])))
    return {name: max(values) for name, values in found.items()}


def _count(value: object) -> int:
    return int(str(value))
