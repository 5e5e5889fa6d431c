"""The meetings' papers as people see them: on a projector, on a phone, on paper, in a mail program."""

import base64
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from report_fixture import agreement, measures, score

from accord.channels import Enclosure as Enclosed
from accord.channels import Parcel
from accord.channels.email import Mail
from accord.server.rituals import saying
from accord.server.rituals.nightly import night, picture
from conftest import PHONE, overflow, shut_out
from desk_fixture import a_delivered_lead
from rituals_fixture import MONTH, a_pack, a_sheet, an_announcement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("/stand-up/", "/decisions/", "/pack/", "/announcements/")


@pytest.fixture
def papers(people: Any, in_force: Any) -> Any:
    a_sheet(a_delivered_lead(people.leyla), people.leyla, people.ines)
    a_pack()
    an_announcement()
    return people


def test_the_sheet_fits_a_projector_without_scrolling(papers: Any, live: Any) -> None:
    page = live.page(papers.mina, at="/stand-up/", width=1280)
    page.set_viewport_size({"width": 1280, "height": 720})
    bottom = page.evaluate("document.querySelector('.standup').getBoundingClientRect().bottom")
    assert bottom <= 720
    assert overflow(page) == 0


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_no_page_is_wider_than_its_window(papers: Any, live: Any, width: int) -> None:
    for path in PAGES:
        assert overflow(live.page(papers.mina, at=path, width=width)) == 0, path


def test_no_page_shuts_anybody_out(papers: Any, live: Any) -> None:
    for path in PAGES:
        for scheme in ("light", "dark"):
            assert shut_out(live.page(papers.mina, at=path, scheme=scheme, bypass_csp=True)) == [], path


def test_a_decision_is_noted_done_and_opened_again(papers: Any, live: Any) -> None:
    page = live.page(papers.mina, at="/decisions/")
    page.fill("#text", "Answer demos before lunch")
    page.fill("#due_on", f"{datetime.now(UTC).date().replace(year=datetime.now(UTC).year + 1):%Y-%m-%d}")
    page.click("text=Note it")
    page.click("summary:has-text('Done, dropped, later, or somebody else')")
    page.click("button:text-is('Done')")
    page.goto("/decisions/?show=done")
    page.click("button:has-text('Open again')")
    page.goto("/decisions/")
    assert page.locator("h2:has-text('Answer demos before lunch')").count() == 1


def test_the_pack_prints_on_few_pages_without_cut_charts(papers: Any, live: Any) -> None:
    page = live.page(papers.mina, at=f"/pack/{MONTH:%Y-%m}/")
    page.emulate_media(media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('.pack__chart')].filter(one => "
        "getComputedStyle(one).breakInside !== 'avoid' || one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0
    assert page.locator(".pack__chart").count() > 2
    printed = page.pdf(format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))
    assert 3 <= pages <= 20


def test_the_nightly_mail_shows_its_pictures_without_a_network(browser: Any) -> None:
    """As a mail program does it: the parts take the place of `cid:`, and nothing may be fetched."""
    found = night(score(measures=measures()), agreement(), date(2026, 3, 16))
    letter = saying.night(found, None)  # type: ignore[arg-type]
    pictures = tuple(
        Enclosed(f"{one.chart.name}.png", "image/png", picture(one.chart), one.cid)
        for one in found.blocks
        if one.chart
    )
    parcel = Parcel("1", "mina@acme.example", letter.subject, letter.text, letter.html, enclosures=pictures)
    sent = Mail(None, "accord@acme.example")._as_mail(parcel).message()  # type: ignore[arg-type]
    parts = {part["Content-ID"].strip("<>"): part for part in sent.walk() if part["Content-ID"]}
    html = next(part for part in sent.walk() if part.get_content_type() == "text/html")
    text = html.get_payload(decode=True).decode()
    for cid, part in parts.items():
        data = base64.b64encode(part.get_payload(decode=True)).decode()
        text = text.replace(f"cid:{cid}", f"data:image/png;base64,{data}")
    for scheme, width in (("light", 390), ("dark", 800)):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            offline=True,
            java_script_enabled=True,
        )
        asked: list[str] = []
        context.on("request", lambda request, asked=asked: asked.append(request.url))
        page = context.new_page()
        page.set_content(text)
        sizes = page.evaluate("[...document.images].map(one => [one.naturalWidth, one.clientWidth])")
        assert len(sizes) == 2
        assert all(natural > 500 and 300 < shown <= 640 for natural, shown in sizes)
        assert [url for url in asked if not url.startswith("data:")] == []
        assert overflow(page) == 0
        context.close()
