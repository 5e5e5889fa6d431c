"""The page in a real browser: no request leaves it, everybody can read it, it fits every screen."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from report_fixture import agreement, empty_score, measures, promise, score

from accord.agreement.parse import read_agreement
from accord.ledger.score import PromiseState, SideScore
from accord.ledger.scoring import score as make_score
from accord.plan.funnel import plan
from accord.report.page import render_page
from accord.simulate.company import simulate

pytestmark = pytest.mark.browser
CLIPPED = """[...document.querySelectorAll('table')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.caption.textContent)"""
ACME = Path(__file__).parents[2] / "examples" / "acme.yaml"
WIDTHS = {"desk": 1440, "phone": 390, "smallest": 320}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the pages to look at."""
    folder = tmp_path_factory.mktemp("pages")
    long = "x" * 500
    odd = promise("S1", "sales", long, "first_touch_in_time", PromiseState.BROKEN, actual=0.5, note=long)
    pages = {
        "full": render_page(score(measures=measures()), agreement(), plan(agreement())),
        "empty": render_page(empty_score(), agreement()),
        "hostile": render_page(
            score(agreement=long, warnings=(long,), sides=(SideScore("sales", 0.5, 0, 1, (odd,)),)),
            agreement(name="<script>document.title='run'</script>" + long),
        ),
        "rtl": render_page(score(measures=measures()), agreement(), lang="fa", direction="rtl"),
    }
    acme = read_agreement(ACME)
    simulate(acme, leads=600, seed=3, into=folder / "log")
    as_of = datetime(2026, 6, 30, 17, tzinfo=UTC)
    made = make_score(acme, folder / "log", date(2026, 1, 1), date(2026, 6, 30), as_of)
    pages["acme"] = render_page(made, acme, plan(acme))
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in pages}


def opened(browser, address: str, *, width: int = 1440, scheme: str = "light", **options):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
    page.goto(address)
    return page


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("name", ["full", "empty", "hostile"])
def test_no_request_leaves_the_page_and_nothing_runs_on_it(browser, files: dict[str, str], name: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.route("**/*", lambda route: route.continue_() if route.request.url == files[name] else route.abort())
    page.goto(files[name])
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []
    assert complaints == []
    assert page.title() != "run"
    page.close()


@pytest.mark.parametrize("name", ["full", "empty", "hostile", "rtl", "acme"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_page_never_scrolls_sideways(browser, files: dict[str, str], name: str, width: int) -> None:
    page = opened(browser, files[name], width=width)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert overflow(page) <= 0
    page.close()


@pytest.mark.parametrize("name", ["full", "empty", "rtl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390], ids=["desk", "phone"])
def test_axe_finds_nothing_that_shuts_people_out(
    browser, files: dict[str, str], name: str, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, files[name], width=width, scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_the_keyboard_reaches_every_detail_and_opens_it(browser, files: dict[str, str]) -> None:
    page = opened(browser, files["full"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    count = page.locator("summary").count()
    reached = 0
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open")
            reached += 1
        if reached == count:
            break
    assert reached == count > 5
    page.close()


def test_focus_is_seen(browser, files: dict[str, str]) -> None:
    page = opened(browser, files["full"])
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(style) == "solid"
    page.close()


def test_phone_and_desk_get_their_own_drawing(browser, files: dict[str, str]) -> None:
    for width, shown in ((1440, "wide"), (390, "narrow")):
        page = opened(browser, files["full"], width=width)
        for kind in ("wide", "narrow"):
            drawing = page.locator(f".chart .{kind}").first
            assert drawing.is_visible() == (kind == shown)
        page.close()


def test_charts_change_colour_with_the_page(browser, files: dict[str, str]) -> None:
    script = "getComputedStyle(document.querySelector('.chart .wide [fill=\"var(--mark)\"]')).fill"
    colours = set()
    for scheme in ("light", "dark"):
        page = opened(browser, files["full"], scheme=scheme)
        colours.add(page.evaluate(script))
        page.close()
    assert len(colours) == 2


@pytest.mark.parametrize("name", ["full", "acme"])
def test_paper_is_white_even_at_night_and_cuts_no_table(browser, files: dict[str, str], name: str) -> None:
    page = opened(browser, files[name], width=688, scheme="dark")  # A4 within its margins
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("nav").is_hidden()
    assert page.evaluate(CLIPPED) == []
    page.close()


def test_paper_shows_what_the_reader_has_opened_and_nothing_to_click(browser, files: dict[str, str]) -> None:
    page = opened(browser, files["full"], width=688)
    first, second = page.locator("figure + details").nth(0), page.locator("figure + details").nth(1)
    first.locator("summary").click()
    page.emulate_media(media="print")
    assert first.locator("table").bounding_box()["height"] > 50
    assert second.is_hidden()
    page.close()


def test_the_tab_is_named_in_plain_words(browser, files: dict[str, str]) -> None:
    page = opened(browser, files["full"])
    assert page.title().replace("\N{NO-BREAK SPACE}", " ") == "Acme marketing and sales · 1–31 March 2026"
    page.close()


def test_a_table_can_be_taken_along_without_a_network(browser, files: dict[str, str], tmp_path: Path) -> None:
    page = opened(browser, files["full"])
    with page.expect_download() as waiting:
        page.locator("#overdue ~ .card a.download").click()
    target = tmp_path / "leads.csv"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename == "overdue-leads.csv"
    head = target.read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith("lead,lead_type,") and "owner" not in head
    page.close()
