"""The desk's own pages in a real browser: duplicates are told apart, and a person is erased."""

import pytest
from django.utils import timezone

from accord.server.desk.arriving import take_in
from accord.server.desk.models import Contact, Likeness
from conftest import PHONE, Live
from desk_fixture import a_hand, a_person, two_alike
from server_fixture import People

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_force"),
]


def test_who_leads_says_of_two_that_they_are_one(live: Live, people: People) -> None:
    two_alike()
    page = live.page(people.mina, at="/boards/", width=PHONE)
    page.get_by_role("link", name="Duplicates (1)").click()
    page.get_by_role("button", name="The same person").click()
    page.locator("#confirm [value=yes]").click()
    page.get_by_text("They are one person now").wait_for()
    assert Likeness.objects.get().same is True


def test_operations_erases_a_person_from_the_card_of_a_lead(live: Live, people: People) -> None:
    lead = take_in(a_hand(timezone.now(), contact=a_person(name="Ada Buyer")), timezone.now()).lead
    live.expect("422")
    page = live.page(people.kai, at=f"/leads/{lead.key}/")
    page.get_by_role("link", name="Data of this person").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export as JSON").click()
    assert "Ada Buyer" in taken.value.path().read_text("utf-8")
    page.get_by_label("Reason").select_option("asked")
    page.get_by_label("Key of the lead").fill("wrong")
    page.get_by_role("button", name="Erase for good").click()
    page.get_by_text("type the key as it stands here").first.wait_for()
    page.get_by_label("Key of the lead").fill(lead.key)
    page.get_by_role("button", name="Erase for good").click()
    page.get_by_text("Nothing says who this is any more").wait_for()
    assert not Contact.objects.get(pk=lead.contact_id).name
