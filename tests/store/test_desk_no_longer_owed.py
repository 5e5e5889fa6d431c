"""What is owed about a lead that sales does not have any more: still judged, told nobody, shown as over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.lead.events import Kind
from accord.promises.verdict import State
from accord.server.alerts.models import Notice
from accord.server.boards import risk
from accord.server.desk import acts, ticking
from accord.server.desk.models import Duty, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.mail.models import Channel
from accord.server.queue.placing import Group
from accord.server.queue.reading import read_queue
from accord.server.queue.rights import Whose
from accord.server.routing.counting import open_load
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
ClientOf = Callable[..., Client]
LONG = timedelta(days=40)


def returned(people: People) -> Lead:
    lead = a_delivered_lead(people.leyla)
    at = timezone.now()
    return record_facts(lead.pk, [Fact(Kind.RETURNED, at, actor="leyla", side="sales", reason="later")], at)


def card(client: Client, lead: Lead) -> str:
    answer = client.get(reverse("lead", args=[lead.key]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_is_due_of_a_returned_lead_and_nobody_is_warned(people: People) -> None:
    lead = returned(people)
    assert (lead.due_at, lead.due_kind) == (None, "")
    moments = [one for duty in lead.duties.filter(side="sales") for one in duty.moments]
    assert {one["what"] for one in moments} <= {"breach"}
    assert not any(one["tell"] for one in moments)


def test_what_is_still_judged_of_a_returned_lead_breaks_in_silence(people: People) -> None:
    lead = returned(people)
    Channel.objects.create(name="sales", kind="slack", sealed="", host="chat.example")
    Notice.objects.all().delete()
    later = timezone.now() + LONG
    while ticking.tick(later):
        pass
    lead.refresh_from_db()
    assert lead.duties.filter(state=State.BROKEN, broken_at__isnull=False).exists()
    assert (lead.due_at, lead.due_kind) == (None, "")
    assert not Notice.objects.filter(lead=lead).exists()


def test_a_breach_that_was_told_is_not_found_again_when_the_lead_goes_back(people: People) -> None:
    lead = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(days=9))
    while ticking.tick(timezone.now()):
        pass
    told = Notice.objects.filter(lead=lead).count()
    at = timezone.now()
    lead = record_facts(lead.pk, [Fact(Kind.RETURNED, at, actor="leyla", side="sales", reason="later")], at)
    broken = lead.duties.filter(broken_at__isnull=False)
    assert told and broken.exists()
    assert not [duty for duty in broken if duty.next_at is not None]


def test_the_card_of_a_returned_lead_counts_nothing_down(people: People, client_of: ClientOf) -> None:
    text = card(client_of(people.leyla), returned(people))
    assert "Nothing owed" in text and "no longer owed" in text
    assert "work__left" not in text and "running" not in text


def test_after_an_opt_out_nothing_is_owed_though_it_was_paused(people: People, client_of: ClientOf) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    acts.accept(actor(people.leyla), lead.pk, at)
    acts.pause(actor(people.leyla), lead.pk, "prospect_callback", at + timedelta(days=30), at)
    acts.opt_out(actor(people.leyla), lead.pk, None, timezone.now())
    text = card(client_of(people.leyla), lead)
    assert "Nothing owed" in text and ">Paused<" not in text


def test_a_reject_is_a_credit_that_was_not_given(people: People, client_of: ClientOf) -> None:
    lead = a_delivered_lead(people.leyla)
    acts.reject(actor(people.leyla), lead.pk, "duplicate", "", timezone.now())
    text = card(client_of(people.leyla), lead)
    assert "Acceptance by silence" not in text
    assert "not given" in text and "Credit for an accepted lead" in text


def test_board_team_and_queue_know_the_same_overdue_leads(people: People) -> None:
    """A decision that silence took is over; a first touch that is late is not, and it counts once."""
    lead = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(days=9))
    while ticking.tick(timezone.now()):
        pass
    lead.refresh_from_db()
    assert lead.standing == "accepted"
    given = Fact(Kind.ASSIGNED, timezone.now(), actor=actor_text(people.leyla), side="machine")
    lead = record_facts(lead.pk, [given], timezone.now())
    at = timezone.now()
    queue = read_queue(Whose(people.leyla, ""), at, at + timedelta(hours=12))
    late = {row.lead.pk for row in queue.rows if row.group is Group.OVERDUE}
    board = [row[0] for row in risk.overdue(at).rows]
    assert lead.pk in board and len(board) == len(set(board))
    assert set(board) == late
    assert open_load([people.leyla], at)[people.leyla.pk].overdue == len(late)


def test_what_is_overdue_is_not_at_risk_too(people: People) -> None:
    lead = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(days=9))
    Duty.objects.filter(lead=lead, state="pending").update(rung=1)
    assert risk.at_risk(timezone.now()).rows == ()
