"""What script adds to pages: asking first, copying, keeping what was typed, lines of the editor; keys."""

import pytest
from django.template import engines
from django.test import RequestFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CONTENT = """
<form method="post" id="sure" action="/theme" data-confirm="Really go dark?">
<button name="theme" value="dark">Go dark</button></form>
<input id="link" value="https://accord.example/join/abc">
<button class="button" id="copy" data-copy="#link" data-done="Copied" hidden>Copy</button>
<form id="guarded" data-guard action="/people/">
<label>Note <input name="note"></label><button>Save</button></form>
<label>Find <input type="search" id="find"></label>
<ul class="problems"><li data-severity="error"><a href="#text" data-line="30">Line 30</a></li></ul>
<textarea class="editor__text" id="text" aria-label="Text">{% for n in lines %}line {{ forloop.counter }}
{% endfor %}</textarea>
"""


@pytest.fixture
def page(live, people):
    """A page of ours in a browser, with one of each thing that script looks after."""
    opened = live.page(people.mina, at="/people/")
    source = '{% extends "look/base.html" %}{% block content %}' + CONTENT + "{% endblock %}"
    request = RequestFactory().get("/people/")
    request.user = people.mina
    html = engines["django"].from_string(source).render({"lines": range(60)}, request)
    opened.route(
        "**/made-up", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
    )
    opened.goto("/made-up")
    return opened


def test_nothing_that_asks_first_is_sent_before_the_answer(page) -> None:
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/theme", lambda route: route.fulfill(body="done", content_type="text/html"))
    page.get_by_role("button", name="Go dark").click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_text("Really go dark?").is_visible()
    dialog.get_by_role("button", name="Cancel").click()
    assert sent == []
    page.get_by_role("button", name="Go dark").click()
    dialog.get_by_role("button", name="Go dark").click()
    page.wait_for_url("**/theme")
    assert len(sent) == 1


def test_a_link_is_copied_and_says_so(page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator("#copy")
    button.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "https://accord.example/join/abc"
    page.get_by_role("button", name="Copy", exact=True).wait_for()


def test_leaving_a_page_with_unsaved_typing_asks_first(page) -> None:
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Note").fill("half a sentence")
    page.goto("/people/")
    assert asked == ["beforeunload"]


def test_saving_by_key_sends_the_form_and_warns_of_nothing(page) -> None:
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Note").fill("a sentence")
    page.keyboard.press("Control+s")
    page.wait_for_url("**/people/?note=a+sentence")
    assert asked == []


def test_the_text_has_numbered_lines_and_a_problem_leads_to_its_own(page) -> None:
    numbers_shown = "document.querySelector('.editor__lines').innerText.trim().split(/\\s+/).length"
    assert page.evaluate(numbers_shown) == 61
    assert page.locator(".editor__lines b").inner_text() == "30"
    page.get_by_role("link", name="Line 30").click()
    text = page.locator("#text")
    chosen = text.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen == "line 30"
    assert page.evaluate("document.activeElement.id") == "text"
    numbers = page.locator(".editor__lines").evaluate("gutter => gutter.scrollTop")
    assert abs(numbers - text.evaluate("field => field.scrollTop")) <= 1
    text.press("Control+End")
    text.type("\nmore\nlines")
    page.wait_for_timeout(300)
    assert page.evaluate(numbers_shown) == 63


def test_a_line_and_its_number_stand_at_the_same_height(page) -> None:
    text = page.locator("#text")
    height = text.evaluate("field => parseFloat(getComputedStyle(field).lineHeight)")
    mark = page.locator(".editor__lines b").bounding_box()["y"]
    top, inner = page.locator(".editor__lines").evaluate(
        "gutter => [gutter.getBoundingClientRect().y - gutter.scrollTop, "
        "parseFloat(getComputedStyle(gutter).paddingTop)]"
    )
    assert mark - top - inner == pytest.approx(29 * height, abs=1.5)
    gutter = page.locator(".editor__lines").evaluate("gutter => gutter.scrollHeight")
    assert gutter == pytest.approx(61 * height + 2 * inner, abs=2)


def test_keys_lead_to_the_content_the_search_and_out_of_the_menu(page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator(".menu > summary").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_theme_and_sign_out_work_without_script(live, people) -> None:
    page = live.page(people.mina, at="/people/", java_script_enabled=False)
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.url.endswith("/account/login/")


def test_the_page_is_mirrored_where_the_language_runs_from_right_to_left(live, people) -> None:
    def ends(page) -> tuple[float, float]:
        mark, menu = (page.locator(which).bounding_box() for which in (".wordmark", ".menu"))
        return mark["x"], menu["x"]

    left, right = ends(live.page(people.omar, at="/people/"))
    assert left < right
    people.omar.language = "fa"
    people.omar.save()
    page = live.page(people.omar, at="/people/")
    assert ends(page)[0] > ends(page)[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chosen_theme_outdoes_the_systems(scheme: str, live, people) -> None:
    other = {"light": "dark", "dark": "light"}[scheme]
    ground = "getComputedStyle(document.body).backgroundColor"
    page = live.page(people.mina, at="/people/", scheme=scheme)
    as_system = page.evaluate(ground)
    page.context.add_cookies([{"name": "theme", "value": other, "url": live.url}])
    page.reload()
    assert page.evaluate(ground) != as_system
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.locator(".masthead").is_visible()


def test_every_target_in_the_shell_is_large_enough_to_hit(live, people) -> None:
    page = live.page(people.mina, at="/people/", width=390)
    page.locator(".menu > summary").click()
    small = page.locator(".masthead :is(a, button, summary)").evaluate_all(
        "all => all.map(each => [each.textContent.trim(), each.getBoundingClientRect()])"
        ".filter(([, box]) => Math.min(box.width, box.height) < 24).map(([words]) => words)"
    )
    assert small == []
