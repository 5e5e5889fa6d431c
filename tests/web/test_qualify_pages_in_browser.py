"""Missing information in a real browser: filled in by keyboard, on a phone, in the dark."""

import os

import pytest

from accord.server.desk.models import Lead
from conftest import overflow
from desk_fixture import a_contact, a_waiting_lead

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_is_missing_is_filled_in_and_the_lead_goes_to_sales(live, people, in_force):
    lead = a_waiting_lead(contact=a_contact(name="سارا کریمی", company="Karimi", role=""))
    page = live.page(people.tomas, at="/incomplete/")
    assert page.get_by_text("سارا کریمی").count()
    live.expect("422")
    page.get_by_label("Role").fill("Director")
    page.get_by_label("Phone").fill("no number")
    page.get_by_role("button", name="Fill in").click()
    assert page.get_by_role("alert").get_by_text("cannot be read").count()
    assert page.get_by_label("Role").input_value() == "Director"
    page.get_by_label("Phone").fill("+90 532 123 45 67")
    page.keyboard.press("Enter")
    page.get_by_text("was handed off").wait_for()
    assert Lead.objects.get(pk=lead.pk).standing in ("delivered", "assigned")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_fit(live, people, in_force, width, scheme):
    a_waiting_lead(contact=a_contact(role=""))
    tried = "/qualification/?try=1&contact.role=CEO&visits=3&demo_requested=1&days=14"
    for name, path in (("incomplete", "/incomplete/"), ("qualification", tried)):
        page = live.page(people.sara, at=path, width=width, scheme=scheme)
        assert overflow(page) <= 0
        if folder := os.environ.get("ACCORD_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
