"""The agreement's page in a real browser: readable by everybody, on every screen, whatever a name holds."""

from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement, read_agreement
from accord.plan.funnel import plan
from accord.report.document import render_html

pytestmark = pytest.mark.browser
EXAMPLES = Path(__file__).parents[2] / "examples"
PAGES = ["full", "small", "hostile", "rtl"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the pages to look at."""
    folder = tmp_path_factory.mktemp("agreements")
    acme, small = (EXAMPLES / f"{name}.yaml" for name in ("acme", "small"))
    full, text = read_agreement(acme), small.read_text(encoding="utf-8")
    name = "\"<script>document.title='run'</script>" + "x" * 400 + '"'
    hostile = parse_agreement(
        text.replace("Acme marketing and sales", name).replace("  web_form:", f"  {name}:")
    )
    pages = {
        "full": render_html(full, plan(full)),
        "small": render_html(parse_agreement(text)),
        "hostile": render_html(hostile, plan(hostile)),
        "rtl": render_html(full, plan(full), lang="fa"),
    }
    for key, page in pages.items():
        (folder / f"{key}.html").write_text(page, encoding="utf-8")
    return {key: (folder / f"{key}.html").as_uri() for key in pages}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_page_never_scrolls_sideways(browser, files: dict[str, str], name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(files[name])
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 0
    page.close()


@pytest.mark.parametrize("name", ["full", "small", "rtl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_that_shuts_people_out(
    browser, files: dict[str, str], name: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=scheme, bypass_csp=True)
    page.goto(files[name])
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_nothing_is_asked_for(browser, files: dict[str, str], name: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(files[name])
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []
    assert complaints == []
    assert page.title() != "run"
    page.close()


def test_the_promises_are_seen_without_scrolling(browser, files: dict[str, str]) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(files["full"])
    bottom = page.locator(".sides").bounding_box()
    assert bottom["y"] + bottom["height"] <= 900
    page.close()


def test_a_name_from_right_to_left_leaves_the_words_around_it_in_their_order(
    browser, files: dict[str, str]
) -> None:
    page = browser.new_page()
    page.goto(files["full"])
    places = page.evaluate(
        """[...document.querySelectorAll('li')].filter(each => each.textContent.startsWith('lead questions'))
        .map(each => [each, each.querySelector('bdi')].map(one => one.getBoundingClientRect().left))[0]"""
    )
    assert places[1] > places[0]  # the name stands after the words, not before them
    page.close()
