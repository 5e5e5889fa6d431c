"""What the boards keep of a lead follows from its facts, however they come."""

from datetime import datetime, timedelta

import pytest

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.boards.models import Automatic, Enrolment, Reject
from accord.server.desk.models import Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from desk_fixture import a_delivered_lead
from server_fixture import People

pytestmark = pytest.mark.django_db


def said(lead: Lead, kind: Kind, after: timedelta, **rest: object) -> Lead:
    """One fact, some time after the lead was delivered."""
    at = delivered(lead) + after
    return record_facts(lead.pk, [Fact(kind, at, **{"side": "sales", **rest})], at)  # type: ignore[arg-type]


def delivered(lead: Lead) -> datetime:
    assert lead.delivered_at is not None
    return lead.delivered_at


HOUR = timedelta(hours=1)


def test_a_reject_stands_in_the_box_until_something_becomes_of_it(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    said(lead, Kind.REJECTED, HOUR, actor=actor_text(people.leyla))
    row = Reject.objects.get()
    assert (row.reason, row.feedback_at, row.settled_at, row.source) == ("", None, None, "site")
    said(lead, Kind.FEEDBACK, 2 * HOUR, reason="out_of_market")
    row.refresh_from_db()
    assert (row.reason, row.feedback_at) == ("out_of_market", delivered(lead) + 2 * HOUR)
    said(lead, Kind.ENROLLED, 3 * HOUR, outcome="reengage", side="marketing")
    row.refresh_from_db()
    assert row.how == Reject.How.ENROLLED


def test_a_dispute_and_its_verdict_stand_with_the_reject(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    said(lead, Kind.REJECTED, HOUR, reason="duplicate")
    said(lead, Kind.DISPUTED, 2 * HOUR, actor="sara", side="marketing")
    assert Reject.objects.get().disputed_by == "sara"
    said(lead, Kind.ARBITRATED, 3 * HOUR, actor="omar", outcome="overturned")
    row = Reject.objects.get()
    assert (row.overturned, row.how, row.decided_by) == (True, Reject.How.OVERTURNED, "omar")


def test_a_lead_that_is_rejected_twice_has_two_rows(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    said(lead, Kind.REJECTED, HOUR, reason="missing_data")
    said(lead, Kind.HANDED_OFF, 2 * HOUR, side="marketing")
    said(lead, Kind.REJECTED, 3 * HOUR, reason="duplicate")
    assert list(Reject.objects.order_by("at").values_list("reason", "how")) == [
        ("missing_data", "sent again"), ("duplicate", ""),
    ]  # fmt: skip


def test_a_track_runs_until_the_person_answers(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    said(lead, Kind.RETURNED, HOUR, reason="no_need")
    said(lead, Kind.ENROLLED, HOUR, outcome="long_term", side="machine")
    row = Enrolment.objects.get()
    assert (row.track, row.asset, row.stopped_at) == ("long_term", "newsletter", None)
    assert row.due_at == delivered(lead) + HOUR + timedelta(days=30)
    said(lead, Kind.CONNECTED, 5 * HOUR, side="prospect")
    row.refresh_from_db()
    assert (row.why, row.due_at, row.next_at) == (Enrolment.Why.REPLIED, None, None)


def test_a_second_track_ends_the_first_and_an_unknown_one_ends_at_once(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    for hours, track in ((1, "long_term"), (2, "reengage"), (3, "nobody_agreed")):
        said(lead, Kind.ENROLLED, hours * HOUR, outcome=track, side="marketing")
    assert list(Enrolment.objects.order_by("started_at").values_list("track", "why")) == [
        ("long_term", "another track"), ("reengage", "another track"), ("nobody_agreed", "unknown"),
    ]  # fmt: skip


def test_machine_mails_follow_the_agreement_and_end_with_the_chase(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    row = Automatic.objects.get()
    assert row.number == 1 and row.due_at is not None and row.due_at >= delivered(lead) + timedelta(days=14)
    said(lead, Kind.CONNECTED, HOUR)
    row.refresh_from_db()
    assert (row.due_at, row.next_at) == (None, None)
