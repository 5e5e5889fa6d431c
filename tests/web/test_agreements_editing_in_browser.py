"""A draft in a real browser: the form and the text mirror each other, and two people lose nothing."""

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import TimeoutError as TooLate
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
    page.get_by_role("button", name="Save", exact=True).click()
    assert Draft.objects.get(pk=draft.pk).text == draft.text.replace("revenue: 500000", "revenue: 800000", 1)
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
    page.locator("#edit button").first.click()
    page.locator("#merged").wait_for()
    assert shut_out(page) == []
    assert overflow(page) == 0
    page.goto(reverse("draft-history", args=[draft.file.slug, draft.number]) + "?saving=2")
    assert shut_out(page) == []


# Nothing that was typed is lost ------------------------------------------------------------------------

REVENUE = 'at:["goal", "revenue"]'


def saved(draft):
    return Draft.objects.get(pk=draft.pk).text


def until(page, holds, seconds=15):
    """Wait for what the page says of itself; its policy forbids Playwright's own way."""
    for _ in range(seconds * 10):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(holds)


def slowed(page, seconds=1.5):
    """Whatever the editor asks while somebody types takes its time."""
    page.route(
        re.compile("/(form|check)$"), lambda route: (page.wait_for_timeout(seconds * 1000), route.continue_())
    )


@pytest.mark.parametrize("how", ["key", "button"])
def test_saving_takes_what_was_typed_in_the_form_a_moment_ago(live, people, draft, how):
    page = live.page(people.sara, at=address(draft, section="goal"))
    slowed(page)
    control(page, REVENUE).fill("612345")
    if how == "key":
        page.keyboard.press("Control+s")
    else:
        page.get_by_role("button", name="Save", exact=True).click()
    page.locator("text=Saved.").wait_for()
    assert saved(draft) == draft.text.replace("revenue: 500000", "revenue: 612345", 1)
    assert control(page, REVENUE).input_value() == "612345"
    page.unroute_all(behavior="ignoreErrors")


def test_what_is_typed_while_the_server_thinks_is_not_overwritten(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="goal"))
    slowed(page)
    control(page, REVENUE).fill("612345")
    control(page, REVENUE).press("Tab")
    page.locator("#text").press("Control+End")
    page.locator("#text").type("# typed meanwhile")
    expect(page.locator("#text")).to_have_value(re.compile("revenue: 612345"), timeout=20_000)
    assert page.locator("#text").input_value().endswith("# typed meanwhile")
    page.unroute_all(behavior="ignoreErrors")


def test_a_session_that_has_ended_takes_nobodys_text(live, people, draft):
    live.expect("401")
    page = live.page(people.sara, at=address(draft, section="goal"))
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    control(page, REVENUE).fill("612345")
    control(page, REVENUE).press("Tab")
    page.get_by_text("You are signed out").wait_for()
    assert "section=goal" in page.url
    page.context.add_cookies(cookies)  # signed in again, in another tab
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#text")).to_have_value(re.compile("revenue: 612345"))
    page.get_by_text("You are signed out").wait_for(state="detached")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("text=Saved.").wait_for()
    assert "revenue: 612345" in saved(draft)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("gone", ["sessionid", None])
def test_saving_without_a_session_shows_the_text_and_saves_it_later(live, people, draft, gone, script):
    live.expect("40")
    page = live.page(people.sara, at=address(draft, section="goal"), java_script_enabled=script)
    cookies = [each for each in page.context.cookies() if each["name"] == "sessionid"]
    control(page, REVENUE).fill("612345")
    page.context.clear_cookies(**({"name": gone} if gone else {}))
    save, typed = page.get_by_role("button", name="Save", exact=True), page.get_by_label("What you typed")
    save.click()
    try:
        typed.wait_for(timeout=4_000)
    except TooLate:  # the change was sent first, and the notice that one is signed out moved the button
        assert page.get_by_text("You are signed out").is_visible()
        save.click()
    assert "revenue: 612345" in typed.input_value()
    assert "not yours" not in page.content()
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Save it now").click()
    page.locator("text=Saved.").wait_for()
    assert saved(draft) == draft.text.replace("revenue: 500000", "revenue: 612345", 1)


def test_text_that_was_not_saved_is_offered_again_in_its_tab(live, people, draft):
    live.expect("40")
    page = live.page(people.sara, at=address(draft, section="goal"))
    cookies = page.context.cookies()
    control(page, REVENUE).fill("612345")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("What you typed").wait_for()
    page.context.add_cookies(cookies)
    page.goto(address(draft))
    page.get_by_text("was not saved").wait_for()
    assert "revenue: 612345" not in page.locator("#text").input_value()
    page.get_by_role("button", name="Take it up").click()
    page.get_by_text("This text is not saved yet").wait_for()
    assert "revenue: 612345" in page.locator("#text").input_value()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("text=Saved.").wait_for()
    assert page.get_by_role("button", name="Take it up").count() == 0
    page.reload()
    assert page.get_by_role("button", name="Take it up").count() == 0
    assert "revenue: 612345" in saved(draft)


def test_after_saving_one_is_where_one_was(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="people", view="form"))
    name = control(page, "at:" + json.dumps(["people", "kai", "name"]))
    name.scroll_into_view_if_needed()
    name.fill("Kai B.")
    before = page.evaluate("scrollY")
    assert before > 300
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("after=1"))
    assert "view=form&section=people" in page.url
    until(page, f"Math.abs(scrollY - {before}) < 80")
    assert name.input_value() == "Kai B."


def test_a_lost_connection_says_so_and_all_follows_when_it_is_back(live, people, draft):
    live.expect("ERR_FAILED")
    live.expect("htmx:")
    page = live.page(people.sara, at=address(draft, section="goal"))
    page.route(re.compile("/(form|check)$"), lambda route: route.abort())
    control(page, REVENUE).fill("612345")
    control(page, REVENUE).press("Tab")
    page.get_by_text("The server cannot be reached").wait_for()
    assert "was" not in leads(page)
    page.unroute(re.compile("/(form|check)$"))
    expect(page.locator("#text")).to_have_value(re.compile("revenue: 612345"), timeout=15_000)
    page.get_by_text("The server cannot be reached").wait_for(state="hidden")
    assert "was" in leads(page)


@pytest.mark.parametrize("script", [True, False])
def test_another_view_keeps_what_is_typed(live, people, draft, script):
    page = live.page(people.sara, at=address(draft, section="goal"), java_script_enabled=script)
    control(page, REVENUE).fill("612345")
    page.get_by_role("button", name="Text", exact=True).click()
    page.get_by_text("This text is not saved yet").wait_for()
    box = page.locator("#text")
    assert "revenue: 612345" in box.input_value()
    box.fill(box.input_value() + "# more\n")
    page.get_by_role("button", name="Form", exact=True).click()
    assert control(page, REVENUE).input_value() == "612345"
    assert saved(draft) == draft.text
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("text=Saved.").wait_for()
    assert saved(draft) == draft.text.replace("revenue: 500000", "revenue: 612345", 1) + "# more\n"


def test_the_text_shows_the_line_that_the_form_changed(live, people, draft):
    page = live.page(people.sara, at=address(draft, section="meetings"))
    field = page.locator("#form-panel input[type=text]").first
    field.fill("changed here")
    field.press("Tab")
    expect(page.locator("#text")).to_have_value(re.compile("changed here"))
    until(page, "document.querySelector('#text').scrollTop > 200")


def test_the_numbers_of_a_very_long_text_cost_no_element_each(live, people, draft):
    page = live.page(people.sara, at=address(draft, view="text"))
    page.locator("#text").evaluate(
        "box => { box.value = '#\\n'.repeat(60000); box.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    until(page, "document.querySelector('.editor__lines').textContent.endsWith('60001')")
    assert page.locator(".editor__lines > *").count() < 200
