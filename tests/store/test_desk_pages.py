"""Pages of the desk itself: the data of one person, and people who may be one."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accord.errors import EditConflict
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Entry
from accord.server.desk.acts.alike import the_same, two_people
from accord.server.desk.acts.keeping import opt_out
from accord.server.desk.arriving import take_in
from accord.server.desk.models import Contact, Lead, Likeness
from accord.server.desk.recording import locked
from desk_fixture import a_hand, a_person, two_alike
from server_fixture import People, actor

ClientOf = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]


def a_raised_hand(**said: str) -> Lead:
    return take_in(a_hand(timezone.now(), contact=a_person(**said)), timezone.now()).lead


# The data of one person --------------------------------------------------------------------------------


def test_all_of_one_person_is_looked_at_and_handed_out_as_a_file(people: People, client_of: ClientOf) -> None:
    lead = a_raised_hand(name="Ada <b>Buyer", shoe="38")
    client = client_of(people.kai)
    card = client.get(reverse("lead", args=[lead.key])).content.decode()
    assert reverse("personal", args=[lead.key]) in card
    page = client.get(reverse("personal", args=[lead.key])).content.decode()
    assert "Ada &lt;b&gt;Buyer" in page and "38" in page and lead.key in page
    answer = client.post(reverse("personal-export", args=[lead.key]))
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)["people"][0]["name"] == "Ada <b>Buyer"
    assert Entry.objects.get(action="personal data exported").who == people.kai


def test_only_who_leads_operations_comes_near_it(people: People, client_of: ClientOf) -> None:
    lead = a_raised_hand()
    for name in ("mina", "leyla", "vera"):
        client = client_of(people[name])
        assert reverse("personal", args=[lead.key]) not in client.get(f"/leads/{lead.key}/").content.decode()
        assert client.get(reverse("personal", args=[lead.key])).status_code == 403
        for act in ("personal-export", "personal-erase"):
            assert client.post(reverse(act, args=[lead.key])).status_code == 403
    assert Contact.objects.get(pk=lead.contact_id).email


def test_who_erases_types_the_key_and_says_why(people: People, client_of: ClientOf) -> None:
    lead, client = a_raised_hand(name="Ada Buyer"), client_of(people.kai)
    erase = reverse("personal-erase", args=[lead.key])
    for told in (
        {},
        {"reason": "asked"},
        {"reason": "asked", "typed": "L-X"},
        {"reason": "x", "typed": lead.key},
    ):
        assert client.post(erase, told).status_code == 422
    assert Contact.objects.get(pk=lead.contact_id).name == "Ada Buyer"
    page = client.post(erase, {"reason": "no basis", "typed": f" {lead.key} "}, follow=True).content.decode()
    assert "Ada Buyer" not in page and "Nothing says who this is" in page and "Erase for good" not in page
    entry = Entry.objects.get(action="personal data erased")
    assert (entry.who, entry.about, entry.detail["reason"]) == (people.kai, lead.key, "no basis")
    assert client.get(reverse("personal", args=["L-NONE"])).status_code == 404


# People who may be one ---------------------------------------------------------------------------------


def test_two_of_one_name_in_one_company_stand_side_by_side(people: People, client_of: ClientOf) -> None:
    row = two_alike(role="<i>boss")
    page = client_of(people.ines).get("/duplicates/").content.decode()
    for one in (row.contact, row.other):
        assert one.email in page
    assert "&lt;i&gt;boss" in page and "Duplicates (1)" in page
    assert client_of(people.leyla).get("/duplicates/").status_code == 403
    assert client_of(people.vera).post(f"/duplicates/{row.pk}/", {"verdict": "same"}).status_code == 403


def test_who_are_one_person_have_one_lead_from_then_on(people: People, client_of: ClientOf) -> None:
    row = two_alike()
    client = client_of(people.mina)
    answer = client.post(f"/duplicates/{row.pk}/", {"verdict": "same"}, follow=True)
    assert "one person now" in answer.content.decode() and "Nobody looks like" in answer.content.decode()
    row.refresh_from_db()
    assert (row.same, row.settled_by) == (True, people.mina)
    kept = Contact.objects.get(pk=row.other_id)
    assert Contact.objects.get(pk=row.contact_id).merged_into == kept
    assert sorted(kept.leads.values_list("standing", flat=True)) == ["merged", "qualified"]
    again = client.post(f"/duplicates/{row.pk}/", {"verdict": "two"}, follow=True).content.decode()
    assert "has settled this pair" in again
    assert client.post("/duplicates/99999/", {"verdict": "two"}).status_code == 404
    assert client.post(f"/duplicates/{row.pk}/", {"verdict": "?"}, follow=True).status_code == 200


def test_two_people_are_not_laid_before_anybody_again(people: People, client_of: ClientOf) -> None:
    row, at = two_alike(), timezone.now()
    client_of(people.ines).post(f"/duplicates/{row.pk}/", {"verdict": "two"})
    row.refresh_from_db()
    assert row.same is False and not Contact.objects.exclude(merged_into=None).exists()
    assert Entry.objects.filter(action="people told apart").count() == 1
    with pytest.raises(EditConflict):
        the_same(actor(people.ines), row.pk, at)


def test_one_person_keeps_a_lead_that_cannot_be_merged(people: People, in_force: AgreementFile) -> None:
    row, at = two_alike(), timezone.now()
    lead = Lead.objects.get(contact=row.contact_id)
    opt_out(actor(people.leyla), lead.pk, None, at)
    kept = the_same(actor(people.ines), row.pk, at + timedelta(seconds=1))
    assert kept is not None and kept.contact_id == row.other_id
    assert locked(lead.pk).contact_id == row.other_id and locked(lead.pk).standing == "opted_out"
    assert Entry.objects.filter(action="people joined").count() == 1


def test_a_pair_is_settled_once(people: People) -> None:
    row, at = two_alike(), timezone.now()
    two_people(actor(people.ines), row.pk, at)
    with pytest.raises(EditConflict, match="settled this pair"):
        two_people(actor(people.kai), row.pk, at)
    assert Likeness.objects.get().settled_by == people.ines
