"""Two people go through a version in a real browser and sign it, until it is in force."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from accord.server.agreements import acts
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile
from conftest import DESK, PHONE, Live, overflow, shut_out
from server_fixture import PASSWORD, People, actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STEPS = 6


@pytest.fixture(autouse=True)
def _outbox() -> Iterator[None]:
    with override_settings(EMAIL_BACKEND="accord.server.mail.backend.Outbox"):
        yield


def go_through(page: Any) -> None:
    """From the list to the last step of the walk."""
    page.goto("/agreements/")
    page.get_by_role("link", name="Go through it and sign").click()
    for step in range(1, STEPS + 1):
        page.get_by_text(f"Step {step} of {STEPS}").wait_for()
        page.get_by_role("button", name="I have read this").click()


def confirm(page: Any) -> None:
    """Who it is, by the password."""
    page.wait_for_url("**/account/reauthenticate/**")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button").last.click()
    page.wait_for_url("**/sign")


def test_two_heads_go_through_it_and_sign_until_it_is_in_force(
    people: People, proposed: AgreementFile, live: Live
) -> None:
    mina = live.page(people.mina)
    go_through(mina)
    confirm(mina)
    live.expect("409")  # what is typed first is not her name
    mina.get_by_label("Your full name").fill("Mina Yilmas")
    mina.get_by_role("button", name="Sign version 1").click()
    mina.get_by_text("This was not done.").wait_for()
    assert mina.get_by_label("Your full name").input_value() == "Mina Yilmas"
    mina.get_by_label("Your full name").fill("Mina Yılmaz")
    mina.get_by_role("button", name="Sign version 1").click()
    mina.get_by_text("You have signed version 1. Still missing: Omar Haddad.").wait_for()

    omar = live.page(people.omar)
    go_through(omar)
    confirm(omar)
    omar.get_by_label("Your full name").fill("Omar Haddad")
    omar.get_by_role("button", name="Sign version 1").click()
    omar.get_by_text("The heads of both sides have signed: in force from").wait_for()

    mina.goto(f"/agreements/{proposed.slug}/")
    mina.get_by_text("you signed version 1 on").wait_for()
    assert mina.locator(".badge", has_text="in force").count() >= 1
    mina.goto(f"/agreements/{proposed.slug}/verify")
    mina.get_by_text("Nothing is wrong").wait_for()


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "versions/",
        "versions/MARK/",
        "versions/MARK/numbers/leads",
        "versions/MARK/walk?step=2",
        "diff",
        "verify",
        "drafts/",
        "drafts/2/propose",
        "withdraw",
    ],
)
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_pages_of_an_agreement_fit_a_phone_and_shut_nobody_out(
    people: People, proposed: AgreementFile, live: Live, rest: str, width: int
) -> None:
    acts.start_draft(actor(people.kai), proposed)
    rest = rest.replace("MARK", mark_of(proposed.course[-1]["digest"]))
    who = people.mina
    page = live.page(who, at=f"/agreements/{proposed.slug}/{rest}", width=width, bypass_csp=True)
    assert overflow(page) == 0
    assert shut_out(page) == []
