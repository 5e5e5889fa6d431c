"""A lead that comes to sales a second time has clocks and an owner of its own (5.9, 5.11)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.boards.waiting import waiting
from accord.server.desk import acts, terms
from accord.server.desk.arriving import find_lead, take_in
from accord.server.desk.handing_off import hand_off
from accord.server.desk.models import Duty, HandOff, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, locked, one_step, record_facts
from accord.server.desk.ticking import tick
from accord.server.people.models import User
from accord.server.routing.assigning import reassign
from accord.server.routing.standing_in import left_alone
from desk_fixture import a_contact, a_delivered_lead, a_hand, a_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db


def said(lead: Lead, kind: Kind, who: User, at: datetime, **more: str) -> Lead:
    return record_facts(lead.pk, [Fact(kind, at, actor=actor_text(who), side="sales", **more)], at)


@one_step()
def sent_again(lead: Lead, at: datetime) -> Lead:
    return hand_off(locked(lead.pk), at, anyway=True)


def running(lead: Lead) -> set[str]:
    return set(Duty.objects.filter(lead=lead, next_at__isnull=False).values_list("kind", flat=True))


def test_a_rejected_lead_that_comes_again_has_a_first_touch_and_another_owner(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    hand = a_hand(at)
    lead = take_in(hand, at).lead
    first = lead.owner
    assert first is not None
    said(lead, Kind.REJECTED, first, at + timedelta(seconds=1), reason="missing_data")
    later = at + timedelta(seconds=2)
    again = take_in(a_hand(later, contact=hand.contact), later).lead
    assert again.pk == lead.pk and again.standing == "assigned"
    assert again.owner is not None and again.owner != first
    assert again.due_kind == "first_touch_in_time" and again.delivered_at == later
    assert {"first_touch_in_time", "decided_in_time", "accepted_leads", "checkpoint"} <= running(again)
    before = Duty.objects.get(lead=lead, kind="decided_in_time", number=0)
    assert (before.state, before.owner, before.next_at) == ("kept", first, None)


def test_the_second_first_touch_is_found_broken_though_the_first_was(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla, delivered_at=at)
    tick(at + timedelta(days=8))
    said(lead, Kind.ATTEMPTED, people.leyla, at + timedelta(days=9), channel="call")
    said(lead, Kind.RETURNED, people.leyla, at + timedelta(days=10), reason="timing")
    again = sent_again(lead, at + timedelta(days=11))
    assert running(again) >= {"first_touch_in_time", "decided_in_time"}
    for days in (18, 19, 20):
        tick(at + timedelta(days=days))
    touches = Duty.objects.filter(lead=lead, kind="first_touch_in_time").order_by("number")
    assert [duty.state for duty in touches] == ["broken", "broken"]
    assert touches[0].broken_by == people.leyla
    told = lead.events.filter(kind="breached", outcome="first_touch_in_time")
    assert told.count() == 2
    assert lead.events.filter(kind="accepted", outcome="by silence").count() == 2


def test_one_that_nobody_can_take_the_second_time_is_nobodys_and_seen(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    hand = a_hand(at)
    lead = take_in(hand, at).lead
    assert lead.owner is not None
    said(lead, Kind.REJECTED, lead.owner, at + timedelta(seconds=1), reason="missing_data")
    User.objects.filter(side="sales").update(is_active=False)
    later = at + timedelta(seconds=2)
    again = take_in(a_hand(later, contact=hand.contact), later).lead
    assert (again.standing, again.owner) == ("delivered", None)
    assert list(left_alone()) == [again] and waiting().numbers["unassigned"] == 1


def test_a_reject_that_was_overturned_gives_sales_new_clocks(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla)
    said(lead, Kind.REJECTED, people.leyla, at + timedelta(seconds=1), reason="no_need")
    fact = Fact(Kind.ARBITRATED, at + timedelta(seconds=2), outcome="overturned")
    after = record_facts(lead.pk, [fact], at + timedelta(seconds=2))
    assert (after.standing, after.owner) == ("assigned", people.leyla)
    assert {"first_touch_in_time", "decided_in_time"} <= running(after)


def test_another_version_takes_no_lead_from_its_owner(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now()
    lead = take_in(a_hand(at), at).lead
    owner = lead.owner
    found = terms.in_force(at)
    assert owner is not None and found is not None
    mark, agreement = found
    key = actor_text(owner)
    renamed = {("other" if name == key else name): who for name, who in agreement.people.items()}
    monkeypatch.setattr(terms, "in_force", lambda _at: (mark, replace(agreement, people=renamed)))
    assert record_facts(lead.pk, [], at + timedelta(seconds=1)).owner == owner


def test_whoever_gets_a_lead_from_somebody_else_has_a_first_touch_of_their_own(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla)
    assert not lead.duties.filter(kind="taken_over").exists()
    moved = reassign(actor(people.hedda), lead.pk, people.omar, at + timedelta(minutes=1), "holiday")
    own = moved.duties.get(kind="taken_over")
    assert (own.owner, own.state, own.start_at) == (people.omar, "pending", at + timedelta(minutes=1))
    assert own.next_at is not None
    called = said(lead, Kind.ATTEMPTED, people.omar, at + timedelta(minutes=2), channel="call")
    assert called.duties.get(kind="taken_over").state == "kept"


def test_what_is_told_of_a_merged_lead_reaches_the_one_that_stays(
    people: People, in_force: AgreementFile
) -> None:
    contact = a_contact()
    loser, kept = a_delivered_lead(people.leyla, contact=contact), a_lead(contact=contact)
    after = acts.merge(actor(people.kai), loser.pk, kept.pk, timezone.now())
    assert find_lead(loser.key) == kept
    assert after.standing == "assigned" and after.owner is not None
    assert "first_touch_in_time" in running(after)


def test_a_hand_off_that_came_by_a_merge_is_told_as_one(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    hand = a_hand(at)
    loser = take_in(hand, at).lead
    kept = a_lead(contact=loser.contact)
    after = acts.merge(actor(people.kai), loser.pk, kept.pk, timezone.now())
    told = HandOff.objects.get(lead=kept)
    assert (told.to, after.standing) == (after.owner, "assigned") and after.owner is not None
    assert HandOff.objects.filter(lead=loser).count() == 1


def test_a_rejected_lead_hands_nothing_off_by_a_merge(people: People, in_force: AgreementFile) -> None:
    contact = a_contact()
    loser, kept = a_delivered_lead(people.leyla, contact=contact), a_lead(contact=contact)
    said(loser, Kind.REJECTED, people.leyla, timezone.now(), reason="no_need")
    assert acts.merge(actor(people.kai), loser.pk, kept.pk, timezone.now()).standing == "qualified"
