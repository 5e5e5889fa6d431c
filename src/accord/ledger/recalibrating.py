"""What the log says of an agreement's inputs, for `accord.plan.recalculation` to propose from (S4.28)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from accord.agreement.terms import Agreement, Promise
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.ledger.period import period_of
from accord.ledger.tally import PERIOD, scope_of
from accord.plan.recalculation import FEW, Evidence, Measured, Recalculation, inputs_of, recalculate
from accord.plan.revaluing import path_of, valued, with_targets

_EVER = date(1970, 1, 1)


def recalibrate(agreement: Agreement, log: Path, as_of: datetime | None = None) -> Recalculation:
    """Proposals from all mature cohorts of the log, however old. Raises what `period_of` raises."""
    of = period_of(agreement, log, _EVER, as_of=as_of)
    with Ledger(agreement, open_log(log), from_on=of.from_on, to_on=of.to_on, as_of=of.as_of) as ledger:
        return proposals_of(ledger)


def measurable(agreement: Agreement) -> tuple[str, ...]:
    """The name of each input that a log can tell of, promised values among them."""
    return (*inputs_of(agreement), *(".".join(path_of(promise)) for promise in valued(agreement)))


def proposals_of(ledger: Ledger) -> Recalculation:
    """Proposals from an open ledger, whose period reaches back as far as evidence may come from."""
    agreement = ledger.agreement
    found = recalculate(agreement, read_measured(ledger))
    return with_targets(agreement, found, {one.id: _mix(ledger, one) for one in valued(agreement)})


def read_measured(ledger: Ledger) -> Measured:
    """The measured inputs of an open ledger, whose period reaches back as far as evidence may come from."""
    streams = tuple(ledger.agreement.goal.streams)
    deals = list(_by_stream(ledger, "deal_evidence", streams))
    return Measured(
        rates=dict(_rates(ledger, streams)),
        deal_values={name: found for name, row in deals if (found := _deal(row)) is not None},
        shares={name: found for name, row in deals if (found := _share(row)) is not None},
        cycles={name: found for name, row in deals if (found := _cycle(row)) is not None},
        profiles=_profiles(_by_stream(ledger, "cycle_profile", streams)),
        prices=dict(_prices(ledger)),
    )


def _rows(ledger: Ledger, name: str) -> list[dict[str, Any]]:
    return list(ledger.measure(name).table.dicts())


def _by_stream(ledger: Ledger, name: str, streams: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with the stream as the agreement calls it; NULL is the only one, else all together, left out."""
    for row in _rows(ledger, name):
        stream = streams[0] if len(streams) == 1 else row["stream"]
        if stream is not None:
            yield stream, row


def _rates(
    ledger: Ledger, streams: tuple[str, ...]
) -> Iterator[tuple[tuple[str, str, str], tuple[int, Evidence]]]:
    for stream, row in _by_stream(ledger, "rate_evidence", streams):
        rate = f"{row['from_stage']}_to_{row['to_stage']}"
        if row["entered"]:
            evidence = _evidence(row, row["entered"], "leads", row["low"], row["high"], few=row["few"])
            yield (stream, str(row["lead_type"]), rate), (row["reached"], evidence)


def _deal(row: dict[str, Any]) -> tuple[Fraction, Evidence] | None:
    if not row["priced"]:
        return None
    known = _evidence(row, row["priced"], "customers", row["deal_low"], row["deal_high"], few=row["few"])
    return Fraction(str(row["revenue"])) / row["priced"], known


def _share(row: dict[str, Any]) -> tuple[Fraction, Evidence] | None:
    """None in a log that knows marketing's leads alone: it cannot tell what others brought."""
    if not row["total_revenue"] or row["revenue"] is None or row["all_customers"] == row["customers"]:
        return None
    known = _evidence(
        row, row["all_customers"], "customers", row["share_low"], row["share_high"], few=row["few"]
    )
    return Fraction(str(row["revenue"])) / Fraction(str(row["total_revenue"])), known


def _cycle(row: dict[str, Any]) -> tuple[Fraction, Evidence] | None:
    if row["median_cycle"] is None:
        return None
    known = _evidence(row, row["customers"], "customers", row["cycle_low"], row["cycle_high"], few=row["few"])
    return Fraction(str(row["median_cycle"])), known


def _profiles(
    rows: Iterable[tuple[str, dict[str, Any]]],
) -> dict[str, tuple[tuple[int, ...], Evidence]]:
    wins: dict[str, list[int]] = {}
    last: dict[str, dict[str, Any]] = {}
    for stream, row in rows:
        wins.setdefault(stream, []).append(row["wins"])
        last[stream] = row
    return {
        stream: (tuple(counts), _of_profile(last[stream], sum(counts))) for stream, counts in wins.items()
    }


def _of_profile(row: dict[str, Any], wins: int) -> Evidence:
    return _evidence(row, wins, "customers", None, None, few=row["few"])


def _prices(ledger: Ledger) -> Iterator[tuple[str, tuple[Fraction, Evidence]]]:
    by, trigger = ledger.agreement.value.by, ledger.agreement.handoff.trigger
    for row in _cells(ledger, by):
        if row["stage"] == trigger and row[by] is not None and row["value"] is not None:
            known = Evidence(
                row["counted"],
                "leads",
                low=row["value_low"],
                high=row["value_high"],
                few=row["customers"] < FEW,
                pooled=row["pooled_with"] != "cell",
            )
            yield row[by], (Fraction(str(row["value"])), known)


def _cells(ledger: Ledger, by: str) -> list[dict[str, Any]]:
    """What leads are worth by what the price list is by; nothing where there is no list."""
    if by == "segment":
        return _rows(ledger, "segment_value")
    other = {"persona": "lead_type", "lead_type": "persona"}.get(by)
    return [row for row in _rows(ledger, "cell_value") if row[other] is None] if other else []


def _mix(ledger: Ledger, promise: Promise) -> dict[str, int]:
    """The accepted leads that counted for a promised value, by the key of their price."""
    key, scope = f"l.{ledger.agreement.value.by}", scope_of(ledger, promise)
    counted = ledger.query(
        f"SELECT {key}, count(*) FROM contribution c JOIN cycle l ON l.id = c.id "  # noqa: S608 - our own names
        f"WHERE c.measure = 'lead_value' AND c.\"on\" {PERIOD} AND {key} IS NOT NULL{scope} "
        f"GROUP BY {key}"
    )
    return {str(name): int(str(leads)) for name, leads in counted.rows}


def _evidence(
    row: dict[str, Any], n: int, of: str, low: float | None, high: float | None, *, few: bool
) -> Evidence:
    return Evidence(n, of, row["from_on"], row["to_on"], row["cohorts"], low, high, few)
