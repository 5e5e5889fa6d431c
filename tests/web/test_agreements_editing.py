"""A draft in a real browser: the form and the text mirror each other, and two people lose nothing."""

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accord.server.agreements.models import Clash, Draft
from conftest import PHONE, overflow, shut_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RATE = "at:" + json.dumps(["lead_types", "web_form", "streams", "smb", "mql_to_sql"])


def address(draft, **asked):
    place = reverse("draft", args=[draft.file.slug, draft.number])
    return place + ("?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else "")


def control(page, name):
    return page.locator(f"[name='{name}']")


def leads(page):
    return page.locator("#figure-leads").inner_text()


def test_a_rate_moved_in_the_form_changes_its_line_and_moves_the_leads(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="lead_types"))
    before = leads(page)
    rate = control(page, RATE)
    rate.fill("40%")
    rate.press("Tab")
    expect(page.locator("#text")).to_have_value(re.compile("mql_to_sql: 40%"))
    assert page.locator("#text").input_value() == draft.text.replace(
        "mql_to_sql: 34% of 1000", "mql_to_sql: 40%"
    )
    assert "was" in leads(page)
    assert leads(page) != before
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("section=lead_types"))
    page.locator("text=Saved.").wait_for()
    assert Draft.objects.get(pk=draft.pk).text == draft.text.replace(
        "mql_to_sql: 34% of 1000", "mql_to_sql: 40%"
    )


def test_a_broken_text_shows_its_problem_at_the_line_and_at_the_field(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="goal"))
    text = page.locator("#text")
    text.fill(draft.text.replace("revenue: 500000", "revenue: much", 1))
    line = draft.text.split("\n").index("  revenue: 500000") + 1
    page.locator(f"#state a[data-line='{line}']").wait_for()
    field = page.locator("#form-panel div.field", has=control(page, 'at:["goal", "revenue"]'))
    field.locator(".problems").wait_for()
    assert "is no amount" in field.inner_text()
    page.locator(f"#state a[data-line='{line}']").click()
    assert page.evaluate("getSelection().toString() || document.activeElement.id") in (
        "text",
        "  revenue: much",
    )
    control(page, 'at:["goal", "revenue"]').fill("600000")
    control(page, 'at:["goal", "revenue"]').press("Enter")
    expect(page.locator("#text")).to_have_value(re.compile("revenue: 600000"))
    page.locator(f"#state a[data-line='{line}']").wait_for(state="detached")
    field.locator(".problems").wait_for(state="detached")


def test_an_entry_is_added_and_taken_away_by_the_keyboard(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="contacts"))
    place = json.dumps(["contacts"])
    control(page, f"new:{place}:").fill("پرسش‌ها")
    control(page, f"new:{place}:=").fill("mina")
    control(page, f"new:{place}:=").press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value(re.compile("پرسش‌ها: mina"))
    page.get_by_role("button", name="Remove پرسش‌ها").press("Enter")
    expect(page.locator("#text")).to_have_value(draft.text)


def test_another_part_is_shown_from_the_text_as_it_stands(live, people, draft):
    page = live.page(people.sara, at=address(draft))
    page.locator("#text").fill(draft.text.replace("name: Mina Yılmaz", "name: Mina Y.", 1))
    page.locator("#choose-section").select_option("people")
    name = control(page, "at:" + json.dumps(["people", "mina", "name"]))
    name.wait_for()
    assert name.input_value() == "Mina Y."


def test_two_people_edit_one_draft_and_both_see_the_conflict(live, people, draft):
    live.expect("409")
    omar, sara = (live.page(who, at=address(draft, view="text")) for who in (people.omar, people.sara))
    omar.locator("#text").fill(draft.text.replace("currency: USD", "currency: EUR"))
    omar.get_by_role("button", name="Save", exact=True).click()
    omar.locator("text=Saved.").wait_for()
    sara.locator("#text").fill(draft.text.replace("revenue: 500000", "revenue: 700000", 1))
    sara.get_by_role("button", name="Save", exact=True).click()
    sara.get_by_role("heading", name="Two people changed this draft").wait_for()
    assert "revenue: 700000" in sara.locator("#merged").input_value()
    assert "currency: EUR" in sara.locator("#merged").input_value()
    omar.reload()
    omar.get_by_role("link", name="See both texts and settle it").click()
    omar.get_by_role("heading", name="Two people changed this draft").wait_for()
    sara.get_by_role("button", name="Save this text").click()
    sara.locator("text=Saved.").wait_for()
    now = Draft.objects.get(pk=draft.pk).text
    assert "revenue: 700000" in now
    assert "currency: EUR" in now
    assert Clash.objects.get().settled_at is not None


def test_without_script_the_text_and_each_part_can_be_saved(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="goal"), java_script_enabled=False)
    control(page, 'at:["goal", "revenue"]').fill("800000")
    page.get_by_role("button", name="Save this section").click()
    assert "revenue: 800000" in Draft.objects.get(pk=draft.pk).text
    page.locator("#choose-section").select_option("contacts")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Remove numbers").click()
    assert "numbers: kai" not in Draft.objects.get(pk=draft.pk).text
    page.locator("#text").fill("accord: 1\n")
    page.get_by_role("button", name="Save", exact=True).click()
    assert Draft.objects.get(pk=draft.pk).text == "accord: 1\n"


@pytest.mark.parametrize("section", ["people", "lead_types", "qualification", "general"])
def test_the_editor_shuts_nobody_out_and_fits_a_phone(live, people, draft, section):
    page = live.page(people.sara, at=address(draft, section=section), bypass_csp=True)
    assert shut_out(page) == []
    phone = live.page(
        people.sara, at=address(draft, section=section), width=PHONE, scheme="dark", bypass_csp=True
    )
    assert overflow(phone) == 0
    assert shut_out(phone) == []


def test_history_and_conflict_shut_nobody_out_and_run_from_right_to_left(live, people, draft):
    live.expect("409")
    people.sara.language = "fa"
    people.sara.save()
    first = live.page(people.omar, at=address(draft, view="text"))
    page = live.page(people.sara, at=address(draft, view="text"), bypass_csp=True)
    first.locator("#text").fill(draft.text.replace("revenue: 500000", "revenue: 1", 1))
    first.get_by_role("button", name="Save", exact=True).click()
    first.locator("text=Saved.").wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('#text')).direction") == "ltr"
    assert page.evaluate("document.documentElement.dir") == "rtl"
    page.locator("#text").fill(draft.text.replace("revenue: 500000", "revenue: 2", 1))
    page.locator("button[form=save]").click()
    page.locator("#merged").wait_for()
    assert shut_out(page) == []
    assert overflow(page) == 0
    page.goto(reverse("draft-history", args=[draft.file.slug, draft.number]) + "?saving=2")
    assert shut_out(page) == []
