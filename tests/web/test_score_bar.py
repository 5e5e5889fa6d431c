"""The server's bar over a report page: the menu of the other pages, on a desk and on a phone."""

import gzip
from datetime import timedelta

import pytest
from django.utils import timezone
from report_fixture import agreement, empty_score

from accord.report.page import render_page
from accord.server.people.models import User
from accord.server.score.making import ABOVE
from accord.server.score.models import Page
from conftest import overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept(people):
    """A page as one is kept, in the style of an older release."""
    html = render_page(empty_score(), agreement(), above=ABOVE).replace("</style>", "/* older */</style>", 1)
    today = timezone.localdate()
    for number, span in enumerate(Page.Span):
        Page.objects.create(
            span=span,
            from_on=today - timedelta(days=40 * (number + 1)),
            to_on=today,
            as_of=timezone.now(),
            made_at=timezone.now(),
            tried_at=timezone.now(),
            agreement="x",
            body=gzip.compress(html.encode()),
        )


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menu_over_the_score_is_that_of_the_other_pages(live, people, kept, width):
    User.objects.filter(pk=people.kai.pk).update(name="Kai Maximilian Freiherr von und zu Berger-Hohenstein")
    page = live.page(people.kai, at="/score/report/this", width=width)
    assert overflow(page) <= 0
    assert page.locator(".house summary").bounding_box()["height"] < 60, "a long name is cut, not wrapped"
    page.locator(".house summary").click()
    for words in ("Your profile", "Tokens of the API", "Outbox"):
        assert page.get_by_role("link", name=words).is_visible()
    assert overflow(page) <= 0
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/score/report/this")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".house summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")


def test_a_page_is_asked_for_anew_from_the_bar(live, people, kept):
    page = live.page(people.kai, at="/score/report/this")
    page.get_by_role("button", name="Make anew").click()
    page.get_by_text("The worker makes the pages anew").wait_for()
    assert Page.objects.filter(wanted=True).count() == len(Page.Span)
