"""A rep logs with one key and takes it back with another, in a real browser."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Lead
from accord.server.desk.recording import record_facts
from conftest import PHONE, Live, overflow
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GENEROUS = 60_000  # milliseconds: machines that test are slow


def ada(people: People) -> Lead:
    lead = a_delivered_lead(people.leyla, contact=a_contact(name="Ada Öztürk"))
    return record_facts(lead.pk, [], timezone.now())


def test_what_a_key_logged_another_key_takes_back(
    people: People, in_force: AgreementFile, live: Live
) -> None:
    lead = ada(people)
    page = live.page(people.leyla, at="/queue/")
    row = page.locator("li.work", has_text="Ada Öztürk")
    row.get_by_role("link", name="Ada Öztürk").focus()
    page.keyboard.press("e")
    line = page.locator("#undo")
    expect(line.get_by_text("Logged: e-mail: sent")).to_be_visible(timeout=GENEROUS)
    expect(row.get_by_text(re.compile("^1 of"))).to_be_visible(timeout=GENEROUS)
    page.keyboard.press("u")
    expect(row.get_by_text(re.compile("^0 of"))).to_be_visible(timeout=GENEROUS)
    expect(line.get_by_role("button")).to_have_count(0)
    expect(page.locator("#messages").get_by_text("Taken back.")).to_be_visible(timeout=GENEROUS)
    lead.refresh_from_db()
    assert (lead.attempts, lead.touched_at) == (0, None)
    page.keyboard.press("u")  # nothing is left to take back
    assert lead.events.filter(kind="withdrawn").count() == 1


def test_on_the_card_and_without_script_the_button_does_the_same(
    people: People, in_force: AgreementFile, live: Live
) -> None:
    lead = ada(people)
    page = live.page(people.leyla, at=f"/leads/{lead.key}/", width=PHONE)
    page.get_by_role("button", name="Accept", exact=True).click()
    line = page.locator("#undo")
    expect(line.get_by_text("Logged: accepted")).to_be_visible(timeout=GENEROUS)
    assert overflow(page) <= 0
    line.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("accepted (taken back)")).to_be_visible(timeout=GENEROUS)
    plain = live.page(people.leyla, at=f"/leads/{lead.key}/", java_script_enabled=False)
    plain.get_by_role("button", name="Accept", exact=True).click()
    plain.locator("#undo").get_by_role("button", name="Undo").click()
    expect(plain.get_by_text("Taken back.")).to_be_visible(timeout=GENEROUS)
    lead.refresh_from_db()
    assert lead.standing == "assigned"
