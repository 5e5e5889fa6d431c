"""People in a real browser: signing in, coming in by a link, the second factor, absences."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accord.server.people.models import User
from conftest import overflow, shut_out
from server_fixture import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of the app of the tests


def test_somebody_is_invited_joins_and_signs_in_again(live, people):
    page = live.page(people.omar, at="/people/")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill("noor@acme.example")
    page.get_by_label("Full name").fill("Noor Aziz")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link").input_value()
    page.get_by_role("link", name="To the people").click()
    assert page.get_by_text("noor@acme.example").count()

    noor = live.page(width=390, at=link.replace(live.url, ""))
    assert noor.get_by_label("Full name").input_value() == "Noor Aziz"
    noor.get_by_label("Password").fill("a-lantern-on-the-pier")
    noor.get_by_role("button", name="Join").click()
    noor.wait_for_url(lambda url: "/join/" not in url)
    noor.goto("/profile/")
    assert "noor@acme.example" in noor.content()

    again = live.page(at="/people/")
    again.get_by_label("E-mail address").fill("Noor@acme.example")
    again.get_by_label("Password").fill("a-lantern-on-the-pier")
    again.get_by_role("button", name="Sign in").click()
    again.wait_for_url("**/people/")
    assert User.objects.get(email="noor@acme.example").role == "member"


def test_a_link_is_copied_with_one_press(live, people):
    page = live.page(people.omar, at="/people/invite", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("E-mail address").fill("noor@acme.example")
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Link").input_value()


def test_the_second_factor_is_asked_for(live, people):
    TOTP.activate(people.omar, SECRET)
    page = live.page(at="/account/login/")
    page.keyboard.type("omar@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    page.keyboard.type(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto("/profile/")
    assert "omar@acme.example" in page.content()


def test_an_absence_is_entered_and_taken_back_by_keyboard(live, people):
    page = live.page(people.leyla, at="/profile/")
    page.get_by_text("Enter an absence").focus()
    page.keyboard.press("Enter")
    page.get_by_label("First day away").fill("2031-03-10")
    page.get_by_label("Last day away").fill("2031-03-12")
    page.get_by_label("Cover").select_option(label="Inês Krause")
    page.get_by_role("button", name="Enter it").press("Enter")
    page.get_by_text("The absence has been entered.").wait_for()
    page.get_by_role("button", name="Take back").press("Enter")
    page.get_by_text("The absence has been taken back.").wait_for()


def test_what_is_wrong_gets_the_focus_and_keeps_what_was_typed(live, people):
    live.expect("422")
    page = live.page(people.omar, at=f"/people/{people.leyla.pk}/")
    page.get_by_text("Enter an absence").click()
    page.get_by_label("First day away").fill("2031-03-12")
    page.get_by_label("Last day away").fill("2031-03-10")
    page.get_by_label("Note").fill("a wedding")
    page.get_by_role("button", name="Enter it").click()
    page.get_by_role("alert").wait_for()
    assert "The last day lies before the first." in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Note").input_value() == "a wedding"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(live, people, in_force, scheme):
    User.objects.filter(side="viewer").update(is_active=False)
    pages = {
        people.omar: (
            "/people/",
            f"/people/{people.leyla.pk}/",
            "/profile/",
            "/people/invite",
            "/account/2fa/",
        )
    }
    pages[None] = ("/account/login/", "/account/password/reset/")
    for user, places in pages.items():
        for place in places:
            page = live.page(user, at=place, scheme=scheme, bypass_csp=True)
            assert shut_out(page) == [], place
            page.context.close()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_page_fits_a_phone_in_both_directions(live, people, in_force, language):
    User.objects.update(language=language)
    for place in (
        "/people/",
        f"/people/{people.leyla.pk}/",
        "/profile/",
        "/people/invite",
        "/account/password/change/",
    ):
        page = live.page(people.omar, at=place, width=390)
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
        assert overflow(page) <= 0, place
        page.context.close()
