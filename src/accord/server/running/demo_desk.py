"""The demo's desk: the simulated leads of this month in its tables, the rest of the story as it comes.

Leads that came and were handed to sales before this month, and before `WEEKS` ago, stay in the archive alone:
so what the desk says of this month is what the score says. Of the others, what had happened by now is in the
tables; what is still to come is fed by a chore at the minute at which it was to happen: new leads through the
same door as a form's, the acts of everybody but the rep as whom one looks around, whose leads wait for her.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS, Kind
from accord.lead.standing import IN_SALES
from accord.ledger.log import LogWriter, open_log, sql_path, sql_text
from accord.server.desk import terms
from accord.server.desk.arriving import Incoming, take_in
from accord.server.desk.identity import keys_of
from accord.server.desk.models import Account, Contact, Event, Lead, Signal
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.running.demo_people import Buyer, buyer

WEEKS = timedelta(weeks=2)
ORIGIN = "demo"
VISITED = "leyla"  # the rep as whom one looks around
_STORY = ("demo-leads.parquet", "demo-events.parquet")
_LOOK_BACK = timedelta(days=7)
_SIGNALS = {
    "demo": {"demo_requested": 1, "visits": 4, "price_page_seen": 1},
    "web_form": {"visits": 3, "price_page_seen": 1},
    "content": {"visits": 2},
}
_BY_ITSELF = {  # what the running server does on its own
    Kind.CREATED, Kind.SCORED, Kind.QUALIFIED, Kind.HANDED_OFF, Kind.ASSIGNED, Kind.RETURNED, Kind.ENROLLED,
}  # fmt: skip
Row = dict[str, Any]


def begins(at: datetime, zone: tzinfo) -> datetime:
    """Since when the desk has leads: the first of this month by the clock of a zone, two weeks at least."""
    month = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return min(month, at - WEEKS)


def part(folder: Path, data: Path, since: datetime, addresses: Mapping[str, str]) -> None:
    """Take the leads since then out of the simulated log, with all that is still to come of them.

    `addresses`: by what the simulation calls reps whom the agreement only counts, what the desk writes of
    them. One person has one name in the whole log, or everything by owner has them twice.
    """
    import duckdb  # noqa: PLC0415

    log, first = open_log(folder), since.astimezone(UTC).replace(tzinfo=None)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE lead AS {log.leads_sql}")
        con.execute(f"CREATE TABLE event AS {log.events_sql}")
        con.execute("CREATE TABLE called (name VARCHAR, address VARCHAR)")
        for pair in addresses.items():
            con.execute("INSERT INTO called VALUES (?, ?)", pair)
        con.execute("UPDATE event SET actor = address FROM called WHERE actor = name")
        con.execute(
            "CREATE TABLE young AS SELECT lead FROM lead WHERE created_at >= ? "
            "UNION SELECT lead FROM event WHERE kind = 'handed_off' AND occurred_at >= ?",
            [first, first],
        )
        for table, name in zip(("lead", "event"), _STORY, strict=True):
            con.execute(
                f"COPY (SELECT DISTINCT * FROM {table} SEMI JOIN young USING (lead)) "  # noqa: S608 - our names
                f"TO {sql_path(data / name)}"
            )
        with LogWriter(folder, "simulated") as writer:
            writer.add(con, "leads", "SELECT * FROM lead ANTI JOIN young USING (lead)", alone=True)
            writer.add(con, "events", "SELECT * FROM event ANTI JOIN young USING (lead)", alone=True)
            writer.commit()


@transaction.atomic
def load(data: Path, at: datetime) -> int:
    """Write what had happened by `at` into the desk's tables; how many leads."""
    found = terms.in_force(at)
    mark = found[0] if found else ""
    leads = {row["lead"]: row for row in _rows(data, "lead", f"created_at <= {_text(at)}")}
    events = [row for row in _rows(data, "event", f"recorded_at <= {_text(at)}") if row["lead"] in leads]
    people = {key: buyer(key, row["account"], row["persona"]) for key, row in leads.items()}
    contacts = _contacts(people)
    rows = Lead.objects.bulk_create(_lead(row, contacts[key]) for key, row in leads.items())
    by_key = {row.key: row for row in rows}
    Event.objects.bulk_create([_event(row, by_key[row["lead"]], mark) for row in events], batch_size=2000)
    Signal.objects.bulk_create(
        Signal(contact=contacts[key], name=name, count=count, occurred_at=row["created_at"], recorded_at=at)
        for key, row in leads.items()
        for name, count in _SIGNALS.get(row["lead_type"] or "", {}).items()
    )
    for row in rows:
        record_facts(row.pk, (), at)
    return len(rows)


def feed(at: datetime) -> int:
    """Let happen what the story has for the time up to `at` and has not happened yet; how many facts."""
    data = Path(settings.ENV.data)
    if not (data / _STORY[1]).exists():
        return 0
    due = f"recorded_at > {_text(at - _LOOK_BACK)} AND recorded_at <= {_text(at)}"
    events = _rows(data, "event", f"{due} ORDER BY recorded_at, seq")
    known = set(Event.objects.filter(origin=ORIGIN).values_list("origin_id", flat=True))
    coming = [row for row in events if str(row["seq"]) not in known]
    if not coming:
        return 0
    names = ", ".join(sorted({sql_text(row["lead"]) for row in coming}))
    leads = {row["lead"]: row for row in _rows(data, "lead", f"lead IN ({names})")}
    return sum(_happen(row, leads[row["lead"]], at) for row in coming if row["lead"] in leads)


def _happen(row: Row, lead: Row, at: datetime) -> bool:
    if row["kind"] == Kind.CREATED:
        return _raise_hand(row, lead, at)
    there = Lead.objects.filter(key=row["lead"]).select_related("owner").first()
    if there is None or Kind(row["kind"]) in _BY_ITSELF:
        return False
    if row["side"] == "sales" and not _may_act(there):
        return False
    actor = actor_text(there.owner, at) if row["side"] == "sales" and there.owner else row["actor"] or ""
    record_facts(there.pk, [_fact(row, actor)], at)
    return True


def _may_act(lead: Lead) -> bool:
    """Whether the story acts for the owner: not for a visitor's rep, nor after anybody has acted."""
    if lead.owner is None or lead.owner.email.startswith(f"{VISITED}@") or lead.standing not in IN_SALES:
        return False
    return not lead.events.filter(side="sales").exclude(origin=ORIGIN).exists()


def _raise_hand(row: Row, lead: Row, at: datetime) -> bool:
    who = buyer(lead["lead"], lead["account"], lead["persona"])
    kind = lead["lead_type"] or "web_form"
    take_in(
        Incoming(
            origin=ORIGIN,
            origin_id=str(row["seq"]),
            occurred_at=row["occurred_at"],
            contact=who.fields(),
            lead_type=kind,
            stream=lead["stream"] or "",
            segment=lead["segment"] or "",
            persona=lead["persona"] or "",
            source=lead["source"] or "",
            source_owner=lead["source_owner"] or "",
            signals=_SIGNALS.get(kind, {}),
            key=lead["lead"],
        ),
        at,
    )
    return True


def _contacts(people: dict[str, Buyer]) -> dict[str, Contact]:
    keys = {lead: keys_of(email=one.email, phone=one.phone, name=one.name, country=one.country)
            for lead, one in people.items()}  # fmt: skip
    names = {keys[lead].domain: one.company for lead, one in people.items() if keys[lead].domain}
    Account.objects.bulk_create(Account(domain=domain, name=name) for domain, name in names.items())
    accounts = {account.domain: account for account in Account.objects.filter(domain__in=names)}
    made = Contact.objects.bulk_create(
        Contact(
            email=one.email,
            email_key=keys[lead].email,
            phone=one.phone,
            phone_key=keys[lead].phone,
            name=one.name,
            name_key=keys[lead].name,
            company=one.company,
            role=one.role,
            country=one.country,
            zone=one.zone,
            more={"company.employees": str(one.employees)},
            account=accounts.get(keys[lead].domain),
        )
        for lead, one in people.items()
    )
    return dict(zip(people, made, strict=True))


def _lead(row: Row, contact: Contact) -> Lead:
    said = {name: row[name] or "" for name in list(LEAD_COLUMNS)[4:]}
    return Lead(
        key=row["lead"],
        contact=contact,
        account_name=row["account"] or "",
        created_at=row["created_at"],
        **said,
    )


def _event(row: Row, lead: Lead, mark: str) -> Event:
    fact = vars(_fact(row, row["actor"] or ""))
    agreement = mark if row["agreement"] else ""
    return Event(lead=lead, recorded_at=row["recorded_at"], **{**fact, "agreement": agreement})


def _fact(row: Row, actor: str) -> Fact:
    texts = ("side", "channel", "outcome", "reason", "agreement", "calendar")
    said: dict[str, Any] = {name: row[name] or "" for name in texts}
    said |= {name: row[name] for name in ("amount", "value", "due_at", "occurred_at")}
    return Fact(kind=Kind(row["kind"]), actor=actor, origin=ORIGIN, origin_id=str(row["seq"]), **said)


def _rows(data: Path, table: str, where: str) -> Sequence[Row]:
    import duckdb  # noqa: PLC0415

    name, columns = (_STORY[0], LEAD_COLUMNS) if table == "lead" else (_STORY[1], EVENT_COLUMNS)
    query = f"SELECT {', '.join(columns)} FROM read_parquet({sql_path(data / name)}) WHERE {where}"  # noqa: S608
    with duckdb.connect() as con:
        rows = con.execute(query).fetchall()
    return [dict(zip(columns, _aware(row), strict=True)) for row in rows]


def _aware(row: Iterable[Any]) -> list[Any]:
    return [value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in row]


def _text(at: datetime) -> str:
    return f"TIMESTAMP {sql_text(at.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S'))}"
