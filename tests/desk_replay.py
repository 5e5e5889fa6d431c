"""A simulated year put through the live desk, to be held against its replay (issue 5)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction

from accord.agreement.terms import Agreement
from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS, Kind
from accord.ledger.engine import Ledger, connect
from accord.ledger.log import Log, open_log
from accord.promises.verdict import PromiseOf
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.recording import Fact, locked, record_facts, refresh
from accord.simulate.company import simulate

Row = dict[str, Any]
Said = tuple[str, str, str, datetime, datetime, datetime | None, datetime | None, str]


def simulated(agreement: Agreement, leads: int | None, folder: Path) -> Log:
    simulate(agreement, leads=leads, seed=5, into=folder)
    return open_log(folder)


def replayed(agreement: Agreement, log: Log, as_of: datetime) -> set[Said]:
    """What the column form says of every lead of the year."""
    year = as_of.year
    with Ledger(agreement, log, from_on=date(year, 1, 1), to_on=date(year, 12, 31), as_of=as_of) as ledger:
        rows = ledger.query("SELECT * FROM verdict").dicts()
    return {
        (
            str(row["lead"]), str(row["promise"]), str(row["state"]), _utc(row["started_at"]),
            _utc(row["due_at"]), _utc(row["met_at"]), _utc(row["ended_at"]), str(row["calendar"]),
        )
        for row in rows
    }  # fmt: skip


def lived() -> set[Said]:
    """What the desk has on record of the same promises."""
    kinds = [one.value for one in PromiseOf]
    fields = ("lead__key", "kind", "state", "start_at", "due_at", "met_at", "ended_at", "calendar")
    return set(Duty.objects.filter(kind__in=kinds).values_list(*fields))  # type: ignore[arg-type]


def live(log: Log, as_of: datetime, one_by_one: int) -> int:
    """Put a log into the desk as it was known at `as_of`; how many events.

    Every so manieth lead is lived: each of its facts is recorded when it was, in that order, as the desk does
    it. The others are laid in at once and brought up to date.
    """
    leads, events = _rows(log, "leads", LEAD_COLUMNS), _rows(log, "events", EVENT_COLUMNS)
    Lead.objects.bulk_create([_lead(row) for row in leads], batch_size=500)
    numbers = dict(Lead.objects.values_list("key", "pk"))
    known = [row for row in events if max(row["occurred_at"], row["recorded_at"]) <= as_of]
    lived_through = {key for place, key in enumerate(sorted(numbers)) if place % one_by_one == 0}
    at_once = [row for row in known if row["lead"] not in lived_through]
    Event.objects.bulk_create([_event(row, numbers) for row in at_once], batch_size=500)
    in_order = sorted(
        (row for row in known if row["lead"] in lived_through),
        key=lambda row: (row["recorded_at"], row["seq"]),
    )  # fmt: skip
    for _, rows in groupby(in_order, key=lambda row: row["seq"]):
        row = next(iter(rows))
        record_facts(numbers[row["lead"]], [_fact(row)], row["recorded_at"])
    for numbers_of in _batches(sorted(numbers.values())):
        with transaction.atomic():
            for number in numbers_of:
                refresh(locked(number), as_of)
    return len(known)


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), 200):
        yield numbers[start : start + 200]


def _rows(log: Log, table: str, columns: Iterable[str]) -> list[Row]:
    source = log.leads_sql if table == "leads" else log.events_sql
    with connect() as con:
        found = con.execute(f"SELECT DISTINCT {', '.join(columns)} FROM ({source}) ORDER BY 1")
        names = [one[0] for one in found.description or ()]
        return [
            {name: _utc(value) for name, value in zip(names, row, strict=True)} for row in found.fetchall()
        ]


def _utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _lead(row: Row) -> Lead:
    plain = ("lead_type", "stream", "segment", "persona", "source", "source_owner")
    return Lead(
        key=row["lead"], created_at=row["created_at"], account_name=row["account"] or "",
        **{name: row[name] or "" for name in plain},
    )  # fmt: skip


def _fact(row: Row) -> Fact:
    texts = ("actor", "side", "channel", "outcome", "reason", "agreement", "calendar")
    return Fact(
        Kind(row["kind"]), row["occurred_at"], **{name: row[name] or "" for name in texts},
        amount=row["amount"], value=row["value"], due_at=row["due_at"], origin="year",
        origin_id=str(row["seq"]),
    )  # fmt: skip


def _event(row: Row, numbers: dict[str, int]) -> Event:
    return Event(lead_id=numbers[row["lead"]], recorded_at=row["recorded_at"], **vars(_fact(row)))
