"""Small logs for tests: events in a few words, written as the Parquet folder that everything else reads."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from accord.agreement.terms import Agreement
from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS, Event, Kind, Lead
from accord.ledger.engine import Ledger, literal
from accord.ledger.log import Log, LogWriter, open_log


def agreement(**changes: object) -> Agreement:
    """Mon-Fri 09:00-17:00 UTC, 60 working minutes to the first touch; Packhelp's funnel."""
    terms: dict[str, object] = {
        "accord": 1,
        "name": "Test",
        "term": "2026-01-01",
        "goal": {"revenue": "500000", "deal_value": "2000"},
        "lead_types": {
            "web_form": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
        },
        "calendars": {"office": {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}}},
        "follow_up": {"first_touch": "60 min"},
    }
    return Agreement.model_validate({**terms, **changes})


def at(text: str) -> datetime:
    """`2026-03-16 12:00` as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(lead: str, kind: Kind | str, when: str | datetime, **said: object) -> Event:
    """An event recorded when it occurred, unless `recorded_at` says otherwise."""
    occurred = at(when) if isinstance(when, str) else when
    values: dict[str, object] = {"seq": 0, "recorded_at": occurred, **said}
    return Event(lead=lead, kind=Kind(kind), occurred_at=occurred, **values)  # type: ignore[arg-type]


def write_log(folder: Path, leads: Iterable[Lead], events: Iterable[Event]) -> Log:
    with duckdb.connect() as con, LogWriter(folder, "test") as writer:
        for table, columns, rows in (
            ("leads", LEAD_COLUMNS, [_row(lead, LEAD_COLUMNS) for lead in leads]),
            ("events", EVENT_COLUMNS, [_row(item, EVENT_COLUMNS) for item in events]),
        ):
            con.execute(f"CREATE TABLE {table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
            for start in range(0, len(rows), 1000):
                values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows[start : start + 1000])
                con.execute(f"INSERT INTO {table} VALUES {values}")
            writer.add(con, table, f"SELECT * FROM {table}")  # type: ignore[arg-type]
        writer.commit()
    return open_log(folder)


def _row(value: Lead | Event, columns: Iterable[str]) -> Sequence[object]:
    cells = (getattr(value, name) for name in columns)
    return [_cell(cell) for cell in cells]


def _cell(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None)
    if isinstance(cell, Kind):
        return cell.value
    return str(cell) if isinstance(cell, Decimal) else cell


def ledger(
    folder: Path,
    leads: Iterable[Lead],
    events: Iterable[Event],
    as_of: datetime,
    *,
    terms: Agreement | None = None,
    from_on: date = date(2026, 1, 1),
    to_on: date = date(2026, 12, 31),
) -> Ledger:
    log = write_log(folder, leads, events)
    return Ledger(terms or agreement(), log, from_on=from_on, to_on=to_on, as_of=as_of)


# F15: eight leads, delivered and touched; known on Monday 16 March 2026 at 12:00.
F15 = {
    "A": ("2026-03-12 10:00", "2026-03-12 10:04"),
    "B": ("2026-03-12 16:45", "2026-03-13 09:15"),
    "C": ("2026-03-13 16:30", "2026-03-16 09:30"),
    "D": ("2026-03-14 11:00", "2026-03-16 10:00"),
    "E": ("2026-03-13 11:00", "2026-03-13 15:00"),
    "F": ("2026-03-16 09:30", None),
    "G": ("2026-03-16 11:30", None),
    "H": ("2026-03-13 14:00", "2026-03-13 14:20"),
}
F15_NOW = "2026-03-16 12:00"


def f15() -> tuple[list[Lead], list[Event]]:
    leads = [Lead(name, lead_type="web_form", created_at=at(times[0])) for name, times in F15.items()]
    events = [event(name, "handed_off", times[0]) for name, times in F15.items()]
    touches = [(name, times[1]) for name, times in F15.items() if times[1]]
    events += [
        event(name, "attempted", when, side="sales", actor="rep", channel="call") for name, when in touches
    ]
    return leads, events
