"""What comes in: one person is one contact, and a hand raised twice is a signal (5.9)."""

from datetime import timedelta

from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.arriving import Incoming, take_in
from accord.server.desk.models import Contact, Event, Lead, Likeness, Signal
from accord.server.desk.people import opted_out
from accord.server.qualify.rescoring import go_on
from desk_fixture import a_hand, a_person
from server_fixture import People, sign_by_heads


def test_a_raised_hand_becomes_a_lead_of_a_rep_with_its_clock(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    taken = take_in(a_hand(at, persona="director"), at)
    lead = Lead.objects.get(pk=taken.lead.pk)
    assert taken.new and lead.standing == "assigned" and lead.due_kind == "first_touch_in_time"
    handoff = lead.handoffs.get()
    assert (handoff.to, handoff.value, handoff.complete) == (lead.owner, 50, True)
    assert handoff.information["email"] == lead.contact.email
    assert handoff.due_at == lead.due_at


def test_the_same_fact_again_is_the_same_lead_and_another_is_a_signal(
    people: People, in_force: AgreementFile
) -> None:
    at, who = timezone.now(), a_person()
    hand = a_hand(at, contact=who, signals={})
    first, again = take_in(hand, at), take_in(hand, at)
    other = {**who, "email": who["email"].upper(), "phone": ""}
    signal = take_in(
        Incoming("form:site", "2", at, other, "demo", signals={"demo_requested": 1}), at + timedelta(hours=1)
    )
    assert [again.new, signal.new] == [False, False]
    assert first.lead == again.lead == signal.lead
    assert Contact.objects.count() == Lead.objects.count() == Signal.objects.count() == 1
    assert Event.objects.filter(kind="signalled").count() == 1


def test_a_lead_that_came_before_the_agreement_is_kept_and_taken_up_with_it(
    people: People, proposed: AgreementFile
) -> None:
    at = timezone.now()
    lead = take_in(a_hand(at), at).lead
    assert (lead.standing, go_on(at)) == ("raised", 0)
    sign_by_heads(people, proposed, proposed.course[-1]["digest"])
    go_on(timezone.now())
    lead.refresh_from_db()
    assert lead.standing == "assigned" and lead.duties.filter(kind="first_touch_in_time").exists()


def test_a_lead_without_a_persona_is_priced_by_the_role_of_its_person(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    told = take_in(a_hand(at, contact=a_person(role="CEO"), persona="manager"), at).lead
    found = take_in(a_hand(at, contact=a_person(role="Founder & CEO")), at).lead
    none = take_in(a_hand(at, contact=a_person(role="Engineer")), at).lead
    seen = [(one.persona, one.value) for one in map(_again, (told, found, none))]
    assert seen == [("manager", 40), ("ceo", 100), ("", None)]


def _again(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_two_of_one_office_are_two_people_and_likely_alike(people: People, in_force: AgreementFile) -> None:
    at, office = timezone.now(), "+90 212 555 00 00"
    one = take_in(a_hand(at, contact=a_person(phone=office)), at)
    two = take_in(a_hand(at, contact=a_person(phone=office)), at)
    assert two.new and two.lead.contact != one.lead.contact
    likeness = Likeness.objects.get()
    assert (likeness.contact, likeness.other) == (two.lead.contact, one.lead.contact)


def test_a_number_tells_who_somebody_is_where_an_address_is_missing(
    people: People, in_force: AgreementFile
) -> None:
    at, who = timezone.now(), a_person(email="")
    first = take_in(a_hand(at, contact=who), at)
    known = take_in(a_hand(at, contact={**who, "email": "ida@buyer.example"}), at)
    bare = take_in(a_hand(at, contact=who), at)
    assert first.lead == known.lead == bare.lead and Contact.objects.get().email == "ida@buyer.example"


def test_who_opts_out_silences_nobody_else_of_the_office(people: People, in_force: AgreementFile) -> None:
    at, office = timezone.now(), "+90 212 555 00 00"
    gone = take_in(a_hand(at, contact=a_person(phone=office)), at).lead
    opted_out(gone.contact, at)
    other = take_in(a_hand(at, contact=a_person(phone=office)), at).lead
    assert other.standing == "assigned"
    bare = take_in(a_hand(at, contact=a_person(phone=office, email="")), at).lead
    assert bare.standing == "opted_out"


def test_who_opted_out_by_number_alone_is_known_by_it_with_an_address_too(
    people: People, in_force: AgreementFile
) -> None:
    at, who = timezone.now(), a_person(email="")
    opted_out(take_in(a_hand(at, contact=who), at).lead.contact, at)
    again = take_in(a_hand(at, contact={**who, "email": "ida@buyer.example"}), at).lead
    assert again.standing == "opted_out"
