"""From the sign-in to an agreement in force, as people do it: in a real browser, on either database.

`live` fails a test in which a page asked another host for anything, or broke the content policy.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accord.server.agreements.models import AgreementFile, Draft
from accord.server.audit.models import Action, Entry
from accord.server.people.models import User
from conftest import PHONE, Live, overflow
from server_fixture import ACME, PASSWORD, People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in_by_keyboard(page: Any, user: User, wanted: str) -> None:
    """Type and tab only; one arrives where one wanted to go."""
    page.goto(wanted)
    page.wait_for_url("**/account/login/**")
    _tab_to(page, "login")
    page.keyboard.type(user.email)
    _tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


def _tab_to(page: Any, name: str) -> None:
    for _ in range(20):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {name}")


def go_through_and_sign(page: Any, user: User, path: str) -> None:
    """Every step of the walk, then who one is, then one's full name."""
    sign_in_by_keyboard(page, user, path)
    page.get_by_role("link", name="Go through it and sign").first.click()
    read = page.get_by_role("button", name="I have read this")
    sign = page.get_by_role("button", name="Sign version 1")
    for _ in range(20):
        expect(read.or_(sign).or_(page.get_by_label("Password"))).to_be_visible()
        if not read.is_visible():
            break
        step = page.locator("h1").inner_text()
        read.click()
        expect(page.locator("h1")).not_to_have_text(step)
    if not sign.is_visible():
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button").last.click()
    page.get_by_label("Your full name").fill(user.name)
    sign.click()
    page.wait_for_load_state("networkidle")


def test_from_the_sign_in_to_an_agreement_in_force(people: People, live: Live) -> None:
    kai = live.page()
    sign_in_by_keyboard(kai, people.kai, "/agreements/new")
    kai.get_by_label("Or its text").fill(ACME.replace("revenue: 500000", "revenue: 50000", 1))
    kai.get_by_role("button", name="Make it a draft").click()
    kai.wait_for_url("**/drafts/1/**")
    text = kai.get_by_label("Text of the agreement")
    text.fill(text.input_value().replace("revenue: 50000", "revenue: 500000", 1))
    kai.get_by_role("button", name="Save", exact=True).click()
    kai.locator("#saved-state", has_text="Saving 2").wait_for()
    assert Draft.objects.get().text == ACME

    kai.get_by_role("link", name="Propose").click()
    kai.get_by_role("button", name="Propose version 1").click()
    kai.wait_for_load_state("networkidle")
    file = AgreementFile.objects.get()
    assert [item["number"] for item in file.course] == [1]

    path = f"/agreements/{file.slug}/"
    mina, omar = live.page(), live.page(width=PHONE)
    go_through_and_sign(mina, people.mina, path)
    go_through_and_sign(omar, people.omar, path)
    assert overflow(omar) <= 0

    vera = live.page(people.vera, at=path)
    assert vera.locator(".badge", has_text="in force").count() >= 1
    assert [kind for kind, *_ in AgreementFile.objects.get().course[-1]["standings"]][2] == "active"
    done = [*Entry.objects.exclude(action=Action.SIGNED_IN).order_by("id").values_list("action", flat=True)]
    assert done == [
        Action.FILE_STARTED,
        Action.DRAFT_STARTED,
        Action.DRAFT_SAVED,
        Action.PROPOSED,
        Action.SIGNED,
        Action.SIGNED,
    ]


def test_somebody_who_only_looks_on_tries_a_what_if_and_changes_nothing(
    people: People, in_force: AgreementFile, live: Live
) -> None:
    vera = live.page(people.vera, at=f"/agreements/{in_force.slug}/calculator")
    vera.get_by_text("Change an input, and the difference stands here.").wait_for()
    revenue = vera.locator("#what-if input[placeholder]").first
    revenue.fill("700000")
    vera.get_by_text("Change an input, and the difference stands here.").wait_for(state="detached")
    assert AgreementFile.objects.get().chain().text == in_force.chain().text


def test_pages_run_from_right_to_left_where_the_language_does(
    people: People, in_force: AgreementFile, live: Live
) -> None:
    page = live.page(people.mina, at="/agreements/", width=PHONE)
    page.context.add_cookies([{"name": "django_language", "value": "fa", "url": live.url}])
    User.objects.filter(pk=people.mina.pk).update(language="fa")
    page.reload()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "fa"
    heading = page.locator("h1").bounding_box()
    assert heading["x"] + heading["width"] > PHONE / 2
    assert overflow(page) <= 0


def test_without_scripts_everything_that_matters_still_works(
    people: People, proposed: AgreementFile, live: Live
) -> None:
    page = live.page(people.omar, at="/agreements/", java_script_enabled=False)
    page.get_by_role("link", name=re.compile("Acme marketing and sales")).first.click()
    assert page.locator("h1").count() == 1
    page.get_by_role("link", name="Go through it and sign").first.click()
    page.get_by_role("button", name="I have read this").click()
    page.get_by_text("Step 2 of").wait_for()
