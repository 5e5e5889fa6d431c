"""What the desk asks all day uses its index, also with a million leads (PostgreSQL), and few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.boards import risk
from accord.server.desk import acts
from accord.server.desk.arriving import take_in
from accord.server.desk.identity import keys_of
from accord.server.desk.matching import alike, find_contact, last_lead
from accord.server.desk.models import Contact, Duty, Lead
from accord.server.queue import listing
from desk_fixture import a_delivered_lead, a_hand
from server_fixture import People, actor

MANY = 1_000_000
PEOPLE = CLOCKS = 200_000  # of the leads some have a clock, and many are cycles of the same person


def rows(many: int) -> str:
    return f"generate_series(1000000, {1_000_000 + many - 1}) n"


FILL = f"""
INSERT INTO desk_account (id, domain, name, made_at)
SELECT n, 'company' || n || '.example', 'Company ' || n, now() FROM generate_series(1000000, 1020000) n;
INSERT INTO desk_contact (id, email, email_key, phone, phone_key, name, name_key, company, role, linkedin,
    country, zone, language, more, made_at, account_id)
SELECT n, '', 'p' || n || '@company.example', '', '+90532' || n, 'Person ' || n, 'person ' || n % 5000,
    '', '', '', '', '', '', '{{}}', now(), 1000000 + n % 20000 FROM {rows(PEOPLE)};
INSERT INTO desk_lead (id, key, contact_id, cycle, account_name, created_at, lead_type, stream, segment,
    persona, source, source_owner, grade, reasons, missing, scored_by, standing, owner_id, agreement,
    attempts, due_at, due_kind, broken, version)
SELECT n, 'M-' || n, 1000000 + n % 200000, 1, '', now() - n * interval '1 second', 'web_form', 'smb',
    '', '', '', 'marketing',
    '', '[]', '[]', '', CASE WHEN n % 50 = 0 THEN 'assigned' ELSE 'returned' END, :owner, '', 0,
    now() + (n % 100000) * interval '1 second', 'first_touch_in_time', 0, 1 FROM {rows(MANY)};
INSERT INTO desk_duty (id, lead_id, kind, number, side, state, start_at, due_at, moments, rung, next_at,
    cause, calendar, about)
SELECT n, n, 'first_touch_in_time', 0, 'sales', CASE WHEN n % 2 = 0 THEN 'pending' ELSE 'kept' END, now(),
    now() + (n % 100000) * interval '1 second', '[]', 0,
    CASE WHEN n % 2 = 0 THEN now() + (n % 100000) * interval '1 second' END, '', '', '' FROM {rows(CLOCKS)};
"""
TABLES = ("desk_account", "desk_contact", "desk_lead", "desk_duty")
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(owner: int) -> None:
    """The rows first, then their indexes as the tables had them: so it takes half the time."""
    with connection.cursor() as cursor:
        # rows that fit are not checked one by one
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute(INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        cursor.execute("".join(f"DROP INDEX {name};" for name, _ in indexes))
        cursor.execute(FILL.replace(":owner", str(owner)))
        cursor.execute("".join(f"{made};" for _, made in indexes))
        cursor.execute("".join(f"ANALYZE {table};" for table in TABLES))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's")
def test_due_clocks_queue_and_duplicates_use_their_index_at_a_million_leads(people: People) -> None:
    fill(people.leyla.pk)
    at = timezone.now()
    keys = keys_of(email="p1100000@company.example", phone="+905321100000")
    asked = {
        "duty_next": lambda: list(
            Duty.objects.filter(next_at__lte=at + timedelta(seconds=30)).order_by("next_at", "pk")[:200]
        ),
        "queue_of_owner": lambda: list(
            Lead.objects.filter(owner=people.leyla, standing__in=["assigned", "accepted"]).order_by("due_at")[
                :50
            ]
        ),
        "contact_by_email": lambda: find_contact(keys_of(email="p1100000@company.example")),
        "contact_by_phone": lambda: find_contact(keys_of(phone=keys.phone)),
        "contact_by_company_and_name": lambda: list(alike(Contact.objects.get(pk=1_100_000))),
        "cycles_of_contact": lambda: last_lead(Contact(pk=1_100_000)),
        "contact_by_name": lambda: listing.found("person 4999", private=True),
        "contact_by_last_name": lambda: listing.found("499", private=True),
        "contact_by_company": lambda: listing.found("ny", private=True),
        "leads_by_account": lambda: listing.found("company1.example", private=False),
        "leads_late": lambda: risk.overdue(at),
        "duty_warned": lambda: risk.at_risk(at),
        "leads_chased": lambda: risk.on_it([risk.Rule("", timedelta(days=1), 3)], at),
        "leads_newest": lambda: list(Lead.objects.order_by("-created_at", "-id")[:50]),
    }
    for index, ask in asked.items():
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            ask()
        plans = [_plan(query["sql"]) for query in asked_for.captured_queries]
        assert any(index in plan for plan in plans), f"{index}\n" + "\n".join(plans)
        assert not any("Seq Scan on desk_" in plan for plan in plans), "\n".join(plans)


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join([sql, *(row[0] for row in cursor.fetchall())])


def test_recording_a_fact_takes_few_queries_however_long_the_story(
    people: People, in_force: AgreementFile
) -> None:
    lead, by = a_delivered_lead(people.leyla), actor(people.leyla)

    def one() -> int:
        with CaptureQueriesContext(connection) as asked:
            acts.attempt(by, lead.pk, "email", "sent", "", timezone.now())
        return len(asked)

    first = [one() for _ in range(4)]
    later = [one() for _ in range(12)]
    assert max(first[1:]) <= 16 and later[-1] <= max(first), (first, later)


def test_taking_a_lead_in_takes_few_queries(people: People, in_force: AgreementFile) -> None:
    take_in(a_hand(timezone.now()), timezone.now())
    with CaptureQueriesContext(connection) as asked:
        assert take_in(a_hand(timezone.now()), timezone.now()).new
    assert len(asked) <= 56, "\n".join(one["sql"][:150] for one in asked)
