"""One lead and its events out of a log, as the values that the row form judges."""

from dataclasses import fields
from datetime import UTC, datetime

from accord.errors import LeadUnknown
from accord.lead.events import Event, Kind, Lead
from accord.ledger.database import connect
from accord.ledger.log import Log

_NEAREST = """
    SELECT lead, levenshtein(lead, ?) AS distance
    FROM (SELECT lead FROM leads UNION SELECT lead FROM events)
    ORDER BY distance, lead
    LIMIT 20"""


def history(log: Log, lead: str) -> tuple[Lead, tuple[Event, ...]]:
    """The lead and all its events, whenever recorded; LeadUnknown with the nearest name if the log has
    neither.
    """
    with connect() as con:
        con.execute(f"CREATE VIEW leads AS {log.leads_sql}")
        con.execute(f"CREATE VIEW events AS {log.events_sql}")
        leads = con.execute(f"SELECT {_names(Lead)} FROM leads WHERE lead = ?", [lead]).fetchall()  # noqa: S608
        rows = con.execute(f"SELECT {_names(Event)} FROM events WHERE lead = ?", [lead]).fetchall()  # noqa: S608
        if not leads and not rows:
            raise LeadUnknown(lead, [str(name) for name, *_ in con.execute(_NEAREST, [lead]).fetchall()])
    found = sorted(map(_lead, leads), key=_first_created)
    return (found or [Lead(lead)])[0], tuple(_event(row) for row in rows)


def _names(kind: type[Lead] | type[Event]) -> str:
    return ", ".join(field.name for field in fields(kind))


def _lead(row: tuple[object, ...]) -> Lead:
    return Lead(*map(_aware, row))  # type: ignore[arg-type]


def _event(row: tuple[object, ...]) -> Event:
    values = dict(zip((field.name for field in fields(Event)), map(_aware, row), strict=True))
    return Event(**{**values, "kind": Kind(values["kind"])})  # type: ignore[arg-type]


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _first_created(lead: Lead) -> tuple[object, ...]:
    """Where an export holds a lead twice, the earliest created row stands, as in staging/lead.sql."""
    return tuple(
        (value is None, value)
        for value in (
            lead.created_at,
            lead.lead_type,
            lead.stream,
            lead.segment,
            lead.persona,
            lead.source,
            lead.source_owner,
            lead.account,
            lead.contact,
        )
    )
