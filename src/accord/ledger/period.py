"""Which days a report is about, and as of when, where the user does not say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from accord.agreement.terms import Agreement, Side
from accord.errors import LogUnreadable, WrongOrder
from accord.ledger.log import Log, open_log


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included and local to marketing's calendar; `as_of` in UTC."""

    from_on: date
    to_on: date
    as_of: datetime


def period_of(
    agreement: Agreement,
    log: Path,
    from_on: date | None = None,
    to_on: date | None = None,
    as_of: datetime | None = None,
) -> Period:
    """The period asked for; what is left out comes from the agreement and the log.

    `as_of` is by default the last fact that the log records: nobody knows what happened after it, and the
    same log always gives the same report. `from_on` is by default the first day of the term, `to_on` the day
    of `as_of` or the term's last, whichever is earlier. Raises WrongOrder where the last day lies before the
    first.
    """
    known_at = as_of or last_recorded(open_log(log))
    local = known_at.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(known_at.date())).date()
    first = from_on or agreement.term.start
    last = to_on or min(local, agreement.term.end)
    if last < first:
        reach = f"it is asked as of {local}" if as_of else f"the last fact is from {local}"
        raise WrongOrder(
            f"the period would run from {first} to {last}; say --from and --to within the days that the log "
            f"covers (the term starts on {agreement.term.start}, {reach})"
        )
    return Period(first, last, known_at)


def outside(of: Period, agreement: Agreement) -> Iterator[str]:
    """What to say where the whole period lies beyond the agreement's term, or beyond the last fact."""
    if of.from_on > agreement.term.end:
        yield f"the term ends on {agreement.term.end}: no goal is set for these days"
    known = of.as_of.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(of.as_of.date())).date()
    if of.from_on > known:
        yield f"nothing is known of these days: the ledger is told as known on {known}"


def last_recorded(log: Log) -> datetime:
    """The latest `recorded_at` of the log, as a UTC instant; LogUnreadable if it holds no event at all."""
    import duckdb  # noqa: PLC0415 - opening the module must not load the engine

    with duckdb.connect() as con:
        query = f"SELECT max(greatest(recorded_at, occurred_at)) FROM ({log.events_sql})"  # noqa: S608
        row = con.execute(query).fetchone()
    if row is None or row[0] is None:
        raise LogUnreadable(f"{log.folder}: holds no event; check the map and the rejects file of the import")
    latest: datetime = row[0]
    return latest.replace(tzinfo=UTC)
