"""The live log's one door: what follows from facts is always what the domain says."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Duty, Event
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from desk_fixture import a_delivered_lead
from server_fixture import People


def test_a_delivered_lead_has_an_owner_and_the_duties_of_its_agreement(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    assert lead.standing == "assigned" and lead.owner == people.leyla
    duties = {duty.kind: duty for duty in lead.duties.all()}
    assert duties["first_touch_in_time"].state == "pending"
    assert [moment["what"] for moment in duties["first_touch_in_time"].moments] == [
        "warn", "breach", "escalate", "escalate",
    ]  # fmt: skip
    assert lead.due_at == duties["first_touch_in_time"].due_at


def test_a_touch_ends_the_clock_and_a_fact_that_comes_again_is_one_fact(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    at = timezone.now() + timedelta(seconds=5)
    call = Fact(
        Kind.ATTEMPTED, at, actor=actor_text(people.leyla), side="sales", channel="call",
        origin="dialler", origin_id="77",
    )  # fmt: skip
    for _ in range(2):
        lead = record_facts(lead.pk, [call, call], at + timedelta(minutes=1))
    assert lead.attempts == 1
    duty = Duty.objects.get(lead=lead, kind="first_touch_in_time")
    assert (duty.state, duty.met_at, duty.next_at) == ("kept", at, None)


def test_the_database_refuses_to_change_the_log(people: People, in_force: AgreementFile) -> None:
    a_delivered_lead()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Event.objects.update(reason="another")


def test_what_is_in_force_is_the_same_as_where_the_chains_are_read(
    people: People, in_force: AgreementFile
) -> None:
    from accord.server.agreements.finding import mark_of, version_in_force
    from accord.server.desk import terms

    now = timezone.now()
    for at in (now, now - timedelta(days=500), now - timedelta(seconds=1), now + timedelta(days=3650)):
        read, told = version_in_force(at), terms.in_force(at)
        assert told == ((mark_of(read.proposal.digest), read.agreement) if read else None)
