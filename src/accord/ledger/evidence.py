"""What the log says of the plan's rates: the counts that certainty rests on (S4.6, S4.28)."""

from datetime import datetime
from pathlib import Path

from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.ledger.period import period_of

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
            found.setdefault((stream, lead_type), {})[rate] = (int(str(reached)), int(str(entered)))
    return found
