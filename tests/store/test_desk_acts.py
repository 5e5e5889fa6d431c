"""What people do with a lead: possible, or refused in a sentence, with all that follows (2.6, F14, 8)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accord.errors import EntryInvalid, NotAllowed
from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Entry
from accord.server.desk import acts
from accord.server.desk.arriving import take_in
from accord.server.desk.models import Consent, Event, HandOff, Lead, Suppression
from accord.server.desk.recording import Fact, record_facts
from desk_fixture import a_delivered_lead, a_hand, a_lead
from server_fixture import People, actor


def kinds_of(lead: Lead) -> list[str]:
    return [event.kind for event in lead.events.order_by("seq") if event.kind != Kind.BREACHED]


def test_whoever_accepts_a_lead_of_nobody_has_it_and_nobody_accepts_it_again(
    people: People, in_force: AgreementFile
) -> None:
    lead, at = a_delivered_lead(), timezone.now()
    lead = acts.accept(actor(people.leyla), lead.pk, at)
    assert (lead.standing, lead.owner) == ("accepted", people.leyla)
    with pytest.raises(NotAllowed, match=r"Leyla Şahin accepted this lead at .* Leyla Şahin has it"):
        acts.accept(actor(people.omar), lead.pk, at)
    assert kinds_of(lead).count("accepted") == 1


def test_a_lead_of_a_colleague_is_decided_by_its_owner_or_a_manager(
    people: People, in_force: AgreementFile
) -> None:
    lead, at = a_delivered_lead(people.ines), timezone.now()
    with pytest.raises(NotAllowed, match="Inês Krause has this lead"):
        acts.accept(actor(people.leyla), lead.pk, at)
    with pytest.raises(NotAllowed, match="sales decides"):
        acts.accept(actor(people.mina), lead.pk, at)
    assert acts.accept(actor(people.omar), lead.pk, at).owner == people.ines


def test_a_reject_comes_before_contact_and_its_reason_from_the_list(
    people: People, in_force: AgreementFile
) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    by = actor(people.leyla)
    with pytest.raises(EntryInvalid, match="one of duplicate"):
        acts.reject(by, lead.pk, "bored", "", at)
    lead = acts.reject(by, lead.pk, None, "", at)
    assert lead.standing == "rejected"
    assert lead.duties.get(kind="feedback_in_time").state == "pending"
    lead = acts.feedback(by, lead.pk, "misrouted", "belongs to Berlin", at + timedelta(minutes=5))
    assert lead.duties.get(kind="feedback_in_time").state == "kept"
    with pytest.raises(NotAllowed, match="given already"):
        acts.feedback(by, lead.pk, "misrouted", "", at)
    touched = a_delivered_lead(people.leyla)
    acts.attempt(by, touched.pk, "email", "sent", "", at)
    with pytest.raises(NotAllowed, match="before any contact; disqualify"):
        acts.reject(by, touched.pk, "misrouted", "", at)


def test_a_call_that_ends_in_a_voicemail_is_two_touches_and_one_attempt(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    lead = acts.attempt(actor(people.leyla), lead.pk, "call", "voicemail", "said hello", timezone.now())
    touches = [(one.channel, one.outcome) for one in lead.events.filter(kind="attempted").order_by("seq")]
    assert touches == [("call", "voicemail"), ("voicemail", "voicemail")]  # F14
    assert lead.attempts == 1
    assert lead.duties.get(kind="first_touch_in_time").state == "kept"
    assert lead.notes.get().text == "said hello"


def test_the_lead_and_the_judge_count_attempts_alike(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    mail = Fact(Kind.ATTEMPTED, at, "accord", "machine", "email", "sent")
    lead = record_facts(lead.pk, [mail], at)
    lead = acts.attempt(actor(people.leyla), lead.pk, "call", "voicemail", "", at + timedelta(minutes=1))
    lead = acts.attempt(actor(people.sara), lead.pk, "call", "no_answer", "", at + timedelta(minutes=2))
    assert lead.attempts == 2  # the machine's mail counts for depth, marketing's call does not


def test_nobody_is_called_at_night_where_they_are_unless_they_asked(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla, delivered_at=datetime(2026, 3, 3, 10, tzinfo=UTC))
    lead.contact.zone = "America/New_York"
    lead.contact.save()
    night = datetime(2026, 3, 4, 9, tzinfo=UTC)  # four in the morning there
    by = actor(people.leyla)
    with pytest.raises(NotAllowed, match="it is 04:00 where this person is"):
        acts.attempt(by, lead.pk, "call", "no_answer", "", night)
    assert acts.attempt(by, lead.pk, "email", "sent", "", night).touched_at == night
    lead = acts.attempt(by, lead.pk, "call", "connected", "", night, asked=True)
    assert lead.connected_at == night


def test_a_channel_that_the_person_refused_is_not_used(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    by = actor(people.leyla)
    acts.opt_out(by, lead.pk, "email", at)
    with pytest.raises(NotAllowed, match="does not want to be reached by email"):
        acts.attempt(by, lead.pk, "email", "sent", "", at)
    Consent.objects.create(contact=lead.contact, channel="email", allowed=True, basis="consent", at=at)
    assert acts.attempt(by, lead.pk, "email", "sent", "", at).standing == "assigned"


def test_who_opts_out_is_left_in_peace_for_good(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    hand = a_hand(at)
    lead = take_in(hand, at).lead
    lead = acts.opt_out(actor(people.leyla), lead.pk, None, at)
    assert lead.standing == "opted_out" and lead.due_at is None
    assert not lead.duties.filter(side="sales").exclude(next_at=None).exists()
    with pytest.raises(NotAllowed, match="wants no more contact"):
        acts.attempt(actor(people.leyla), lead.pk, "call", "no_answer", "", at)
    again = take_in(a_hand(at, contact=hand.contact), at).lead
    assert (again.contact, again.standing, kinds_of(again)) == (None, "opted_out", ["created", "opted_out"])
    assert Suppression.objects.count() == 2
    assert not Suppression.objects.filter(digest__contains=hand.contact["email"]).exists()


def test_unable_to_reach_holds_only_after_the_agreed_minimum(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla, delivered_at=at - timedelta(days=9))
    by = actor(people.leyla)
    for day in range(6):
        acts.attempt(
            by, lead.pk, "email" if day else "visit", "sent" if day else "no_answer", "", at,
            occurred_at=at - timedelta(days=8 - day),
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="only after 7 attempts, and 6 were made"):
        acts.disqualify(by, lead.pk, "unable_to_reach", "", "", at)
    with pytest.raises(NotAllowed, match="only after 7"):
        acts.return_(by, lead.pk, "unable_to_reach", "", "", at)
    acts.attempt(by, lead.pk, "chat", "sent", "", at)
    lead = acts.return_(by, lead.pk, "unable_to_reach", "", "", at + timedelta(minutes=1))
    assert lead.standing == "returned"
    assert lead.events.get(kind="enrolled").outcome == "reengage"


def test_a_lead_goes_on_to_a_customer_and_then_takes_no_more_acts(
    people: People, in_force: AgreementFile
) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    by = actor(people.leyla)
    acts.connect(by, lead.pk, "call", "they called", at)
    acts.sales_qualify(by, lead.pk, "", at)
    acts.open_opportunity(by, lead.pk, Decimal(5000), "", at)
    acts.propose(by, lead.pk, Decimal(4500), "", at)
    with pytest.raises(EntryInvalid, match="amount of money"):
        acts.win(by, lead.pk, Decimal("NaN"), "", at)
    lead = acts.win(by, lead.pk, Decimal("4500.50"), "", at)
    assert lead.standing == "won"
    with pytest.raises(NotAllowed, match="this lead was won"):
        acts.attempt(by, lead.pk, "call", "no_answer", "", at)
    late = Fact(Kind.ATTEMPTED, at - timedelta(minutes=1), side="sales", channel="call")
    assert record_facts(lead.pk, [late], at).standing == "won"  # a fact is recorded all the same


def test_a_dispute_is_settled_by_those_who_lead(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    acts.reject(actor(people.leyla), lead.pk, "out_of_market", "", at)
    with pytest.raises(NotAllowed, match="marketing has to dispute"):
        acts.arbitrate(actor(people.omar), lead.pk, True, "", at)
    acts.dispute(actor(people.sara), lead.pk, "they are in Izmir", at)
    with pytest.raises(NotAllowed, match="heads and managers"):
        acts.arbitrate(actor(people.leyla), lead.pk, True, "", at)
    lead = acts.arbitrate(actor(people.omar), lead.pk, True, "", at)
    assert lead.standing == "assigned"
    assert Entry.objects.filter(action="dispute settled", who=people.omar).exists()


def test_only_the_other_side_excuses_a_breach_and_it_stays_on_record(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla, delivered_at=at - timedelta(days=4))
    lead = acts.attempt(actor(people.leyla), lead.pk, "email", "sent", "", at)
    duty = lead.duties.get(kind="first_touch_in_time")
    assert (duty.state, lead.broken) == ("broken", lead.broken) and duty.broken_at
    assert Event.objects.filter(lead=lead, kind="breached", outcome="first_touch_in_time").count() == 1
    with pytest.raises(NotAllowed, match="heads and managers of marketing"):
        acts.excuse(actor(people.omar), lead.pk, "first_touch_in_time", "a fair", at)
    lead = acts.excuse(actor(people.mina), lead.pk, "first_touch_in_time", "a fair", at)
    duty.refresh_from_db()
    assert duty.state == "excused" and duty.broken_at
    assert Event.objects.filter(lead=lead, kind="breached", outcome="first_touch_in_time").count() == 1


def test_what_was_missing_is_filled_in_and_the_lead_goes_to_sales(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    who = {**a_hand(at).contact, "phone": "", "role": ""}
    lead = take_in(a_hand(at, contact=who), at).lead
    assert (lead.standing, sorted(lead.missing)) == ("qualified", ["phone or linkedin", "role"])
    with pytest.raises(EntryInvalid, match="number cannot be read"):
        acts.correct(actor(people.sara), lead.pk, {"phone": "12"}, at)
    lead = acts.correct(actor(people.sara), lead.pk, {"phone": "+90 532 123 45 67", "role": "director"}, at)
    assert lead.standing == "assigned" and lead.contact.zone == "Europe/Istanbul"
    assert HandOff.objects.get(lead=lead).complete


def test_a_manager_sends_an_incomplete_lead_anyway_and_stands_for_it(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    lead = take_in(a_hand(at, contact={**a_hand(at).contact, "role": ""}), at).lead
    with pytest.raises(NotAllowed, match="heads and managers of marketing"):
        acts.send_anyway(actor(people.tomas), lead.pk, at)
    lead = acts.send_anyway(actor(people.sara), lead.pk, at)
    handoff = HandOff.objects.get(lead=lead)
    assert (handoff.complete, handoff.anyway_by, handoff.missing) == (False, people.sara, ["role"])
    assert lead.events.get(kind="handed_off").outcome == "incomplete"


def test_a_promise_to_the_prospect_is_due_as_agreed_and_kept(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    by = actor(people.leyla)
    with pytest.raises(EntryInvalid, match="say by when"):
        acts.commit(by, lead.pk, "a cake", None, "", at)
    acts.commit(by, lead.pk, "proposal", None, "after the demo", at)
    with pytest.raises(NotAllowed, match="promised already"):
        acts.commit(by, lead.pk, "proposal", None, "", at)
    assert lead.duties.get(kind="commitment").state == "pending"
    lead = acts.fulfil(by, lead.pk, "proposal", at + timedelta(hours=1))
    assert lead.duties.get(kind="commitment").state == "kept"
    with pytest.raises(NotAllowed, match="nothing is promised"):
        acts.fulfil(by, lead.pk, "proposal", at)


def test_a_pause_is_for_agreed_reasons_and_forward_only(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    by = actor(people.leyla)
    with pytest.raises(EntryInvalid, match="one of prospect_callback"):
        acts.pause(by, lead.pk, "lunch", None, at)
    with pytest.raises(EntryInvalid, match="already over"):
        acts.pause(by, lead.pk, "prospect_callback", at - timedelta(hours=1), at)
    acts.pause(by, lead.pk, "prospect_callback", at + timedelta(days=1), at)
    with pytest.raises(NotAllowed, match="stands still already"):
        acts.pause(by, lead.pk, "system_outage", None, at)
    acts.resume(by, lead.pk, at + timedelta(minutes=1))


def test_two_leads_of_one_person_become_one_with_the_touches_and_the_earliest_delivery_of_both(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    first = a_delivered_lead(people.leyla, delivered_at=at - timedelta(hours=3))
    acts.attempt(actor(people.leyla), first.pk, "email", "sent", "", at - timedelta(hours=2))
    second = a_delivered_lead(people.ines, delivered_at=at - timedelta(hours=1))
    kept = acts.merge(actor(people.kai), first.pk, second.pk, at)
    first.refresh_from_db()
    assert (first.standing, kept.standing, kept.owner) == ("merged", "assigned", people.ines)
    assert kept.delivered_at == at - timedelta(hours=3) and kept.attempts == 1
    assert first.duties.get(kind="accepted_leads").state == "void"
    assert first.contact == kept.contact
    with pytest.raises(NotAllowed, match="merged into another"):
        acts.merge(actor(people.kai), first.pk, second.pk, at)


@pytest.mark.parametrize("act", [acts.accept, acts.resume, lambda by, lead, at: acts.nudge(by, lead, "", at)])
def test_what_is_not_possible_is_refused_in_a_sentence(
    people: People, in_force: AgreementFile, act: Callable[..., Lead]
) -> None:
    lead = a_lead()
    with pytest.raises(NotAllowed, match="this lead is with marketing"):
        act(actor(people.leyla), lead.pk, timezone.now())
    assert kinds_of(lead) == ["created"]
