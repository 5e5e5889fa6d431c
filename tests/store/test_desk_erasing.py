"""A person's data is handed out and forgotten; what was counted stays counted (8.4)."""

import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from accord.errors import NotAllowed
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Entry
from accord.server.desk import acts
from accord.server.desk.arriving import take_in
from accord.server.desk.erasing import erase_person, export_person
from accord.server.desk.models import Contact, Event, HandOff, Note
from accord.server.intake.models import Arrival
from desk_fixture import a_hand
from server_fixture import People, actor


def test_all_that_is_known_of_a_person_is_handed_out(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    hand = a_hand(at)
    lead = take_in(hand, at).lead
    acts.note(actor(people.leyla), lead.pk, "likes tulips", at)
    told = export_person(actor(people.kai), lead.pk, at)
    text = json.dumps(told, ensure_ascii=False)
    for said in (hand.contact["email"], hand.contact["name"], "likes tulips", "demo_requested", lead.key):
        assert said in text
    arrival = Arrival.objects.create(
        key="K", kind="lead", origin="form:x", origin_id="1", payload={"email": "sent@b.example"}, lead=lead,
        received_at=at,
    )  # fmt: skip
    (came,) = export_person(actor(people.kai), lead.pk, at)["came_in"]
    assert came["payload"] == arrival.payload and came["received_at"] == at.isoformat()
    with pytest.raises(NotAllowed, match="by operations"):
        export_person(actor(people.mina), lead.pk, at)
    assert {one.about for one in Entry.objects.filter(action="personal data exported")} == {lead.key}


def test_an_erased_person_is_nowhere_and_every_count_stays(
    people: People, in_force: AgreementFile, capsys: pytest.CaptureFixture[str]
) -> None:
    at = timezone.now()
    hand = a_hand(at)
    lead = take_in(hand, at).lead
    acts.note(actor(people.leyla), lead.pk, "likes tulips", at)
    before = Event.objects.count()
    with pytest.raises(NotAllowed, match="by operations"):
        erase_person(actor(people.runa), lead.pk, at)
    (lead,) = erase_person(actor(people.kai), lead.pk, at)
    assert (lead.standing, lead.due_at) == ("erased", None)
    assert Event.objects.count() == before + 1 and lead.delivered_at
    contact = Contact.objects.get()
    assert not any((contact.email, contact.email_key, contact.phone, contact.name, contact.more))
    assert Note.objects.get().text == "" and HandOff.objects.get().information == {}
    said = json.dumps(list(Entry.objects.values_list("about", "detail")), ensure_ascii=False)
    assert hand.contact["email"] not in said and hand.contact["name"] not in said
    again = take_in(a_hand(at, contact=hand.contact), at).lead
    assert (again.contact, again.standing) == (None, "opted_out")
    call_command("person", "erase", lead.key, "--yes")  # twice is once
    assert capsys.readouterr().out == f"erased: {lead.key}\n"
    assert lead.events.filter(kind="erased").count() == 1
