"""The sliders and the card in a real browser: with script at once, without it as good."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.server.agreements import acts
from accord.server.desk import terms
from accord.server.replay import making as replays
from accord.server.replay.views import trying
from accord.server.score import folding, making
from accord.server.score.models import Fold
from accord.simulate.company import simulate
from conftest import PHONE, overflow
from server_fixture import ACME, YEAR, actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAST = datetime(YEAR, 12, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replays") / "log"
    simulate(parse_agreement(ACME), leads=400, seed=3, into=folder)
    return folder


@pytest.fixture
def tried(simulated: Path, in_force, monkeypatch: pytest.MonkeyPatch):
    """A year of leads with its fold, looked at as a whole whenever the test runs."""
    monkeypatch.setattr(making, "log_folder", lambda: simulated)
    for module in (replays, trying):
        whole = (date(YEAR, 1, 1), date(YEAR, 12, 31))
        monkeypatch.setattr(module, "days_of", lambda _span, _agreement, _at, days=whole: days)
    mark, agreement = terms.in_force(timezone.now())
    row = Fold.objects.create(
        name=f"{mark}-web", agreement=mark, as_of=LAST, log="", used_at=LAST, made_at=LAST, tried_at=LAST
    )
    make_fold(agreement, open_log(simulated), as_of=LAST, into=folding.path_of(row))
    return in_force


def sentence(page) -> str:
    return page.locator("#outcome .replay__sentence strong").inner_text()


def test_a_slider_moves_the_share_at_once_and_its_draft_says_what_was_set(live, people, tried):
    page = live.page(people.kai, at=f"/agreements/{tried.slug}/try")
    before = sentence(page)
    page.evaluate("window.same = true")
    slider = page.locator("#try [name='t.web_form'] + input[type=range]")
    slider.focus()
    page.keyboard.press("Home")
    page.locator("#outcome .replay__sentence", has_text="newly broken").wait_for()
    assert page.locator("#try [name='t.web_form']").input_value() == "1"
    assert sentence(page) != before
    assert page.evaluate("window.same"), "no new page"
    assert "t.web_form=1" in page.url
    hours = page.locator("#try [name='o.hq'] + input[type=range]")
    hours.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#try [name='o.hq']").input_value() == "09:15"
    page.locator("#write [name='o.hq'][value='09:15']").wait_for(state="attached")
    page.get_by_role("button", name="Write this into a draft").click()
    page.wait_for_url("**/drafts/**")
    text = tried.drafts.first().text
    assert "web_form: 1 min" in text
    assert "09:15-12:30" in text


def test_without_script_the_fields_do_and_a_wrong_one_is_told(live, people, tried):
    page = live.page(people.kai, at=f"/agreements/{tried.slug}/try", java_script_enabled=False)
    assert page.locator("input[type=range]").count() == 0
    page.locator("#try [name='t.web_form']").fill("5")
    page.locator("[name='t.demo']").fill("-3")
    page.get_by_role("button", name="Try", exact=True).click()
    assert "newly broken" in page.locator("#outcome").inner_text()
    assert "whole minutes" in page.locator("#try").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_runs_over_the_edge(live, people, tried, scheme):
    page = live.page(people.vera, at=f"/agreements/{tried.slug}/try?t.web_form=5", width=PHONE, scheme=scheme)
    assert overflow(page) == 0
    assert page.locator("svg.curve").count() > 1


def test_the_card_of_a_draft_comes_by_itself_and_leads_to_the_leads(live, people, tried):
    draft = acts.start_draft(actor(people.kai), tried)
    text = draft.text.replace("web_form: 60 min", "web_form: 10 min")
    acts.save_draft(actor(people.kai), draft, text, started_from=1)
    page = live.page(people.kai, at=f"/agreements/{tried.slug}/drafts/{draft.number}/")
    page.locator("#replay-card", has_text="The worker runs the log").wait_for()
    assert replays.make_wanted() == 1
    page.locator("#replay-card", has_text="would have been broken").wait_for()
    page.get_by_role("link", name="Every promise, where, and which leads").click()
    page.get_by_role("link", name="First touch in time").click()
    assert "as it was, by" in page.locator("tbody tr").first.inner_text()
