"""The score in a real browser: charts in dark and right to left, three clicks to a lead, phones."""

import re

import pytest
from django.conf import settings
from django.utils import timezone

from accord.server.people.models import User
from accord.server.score import reading
from conftest import overflow, shut_out

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("scored"),
]
PAGES = ("/score/", "/score/marketing/", "/score/sales/", "/score/pipeline/", "/score/won-and-lost/")
COLOURS = """() => [...document.querySelectorAll('.chart .wide svg')].map(svg => {
    const marks = [...svg.querySelectorAll('path, line, text, rect')].flatMap(each => {
        const style = getComputedStyle(each);
        return [each.getAttribute('fill') && style.fill, each.getAttribute('stroke') && style.stroke];
    }).filter(colour => colour && colour !== 'none');
    return [...new Set(marks)];
})"""
TOKENS = """names => { const probe = document.createElement('i');
    document.querySelector('#score').append(probe);
    const colour = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
    return names.map(colour); }"""
# Labels of one axis that lie over each other, or beyond their picture
CLASHES = """() => [...document.querySelectorAll('.chart .wide svg')].flatMap(svg => {
    const frame = svg.closest('figure').getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')]
        .map(each => [each.textContent, each.getBoundingClientRect()])
        .filter(([words, box]) => words.trim() && box.width);
    const cut = texts.filter(([, box]) => box.left < frame.left - 8 || box.right > frame.right + 8);
    const over = texts.filter(([, a], i) => texts.some(([, b], j) => j > i && Math.abs(a.y - b.y) < 2
        && a.left < b.right - 1 && b.left < a.right - 1));
    return [...cut, ...over].map(([words]) => words);
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn_in_the_tokens_of_the_page(live, people, scheme):
    page = live.page(people.mina, at="/score/sales/?period=term", scheme=scheme, bypass_csp=True)
    names = ["ink", "soft", "rule", "mark", "goal", "band", "bad", "paper", "pale", "risk", "over", "kept"]
    known = set(page.evaluate(TOKENS, names))
    drawn = page.evaluate(COLOURS)
    assert drawn
    for colours in drawn:
        assert set(colours) <= known | {"rgba(0, 0, 0, 0)"}


def test_dark_charts_are_light_on_dark(live, people):
    inks = {}
    for scheme in ("light", "dark"):
        page = live.page(people.mina, at="/score/sales/?period=term", scheme=scheme)
        text = page.locator(".chart .wide svg text").first
        inks[scheme] = sum(map(int, re.findall(r"\d+", text.evaluate("t => getComputedStyle(t).fill"))[:3]))
    assert inks["dark"] > 380 > inks["light"]


@pytest.mark.skipif("fa" not in dict(settings.LANGUAGES), reason="the tests' server speaks English only")
def test_right_to_left_a_time_axis_still_runs_from_left_to_right_and_nothing_is_mirrored(live, people):
    User.objects.filter(pk=people.sara.pk).update(language="fa")
    page = live.page(people.sara, at="/score/sales/?period=term")
    assert page.locator("html").get_attribute("dir") == "rtl"
    chart = page.locator(".chart").first
    assert chart.evaluate("each => getComputedStyle(each).direction") == "ltr"
    assert chart.locator(".wide svg").evaluate("each => getComputedStyle(each).transform") == "none"
    assert page.evaluate(CLASHES) == []
    assert overflow(page) <= 0
    week = page.locator("#c-speed-speed-by-week .wide svg text").all_text_contents()
    ticks = [text for text in week if re.fullmatch(r"\d+ \w{3}", text.replace("\N{NO-BREAK SPACE}", " "))]
    assert len(ticks) > 2
    places = [
        page.locator("#c-speed-speed-by-week .wide svg text", has_text=tick).first.bounding_box()["x"]
        for tick in ticks
    ]
    assert places == sorted(places), "the earlier week stands to the left"


def test_no_label_of_a_chart_is_cut_or_lies_over_another(live, people):
    for path in PAGES[1:]:
        page = live.page(people.mina, at=f"{path}?period=term")
        assert page.evaluate(CLASHES) == [], path
        page.close()


def test_three_clicks_lead_from_the_first_page_to_a_leads_explanation(live, people):
    page = live.page(people.omar, at="/score/?period=term")
    page.get_by_role("link", name="First touch in time").first.click()
    page.locator("tbody th a").first.click()
    page.get_by_role("heading", name="On record").wait_for()
    assert page.get_by_role("heading", name="First touch").is_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways_and_none_shuts_people_out(live, people, width):
    for path in (*PAGES, "/score/rows/S1/", "/score/measures/speed"):
        page = live.page(people.vera, at=f"{path}?period=term", width=width, bypass_csp=True)
        assert overflow(page) <= 0, path
        assert shut_out(page) == [], path


def test_the_filters_work_without_a_script(live, people):
    page = live.page(people.leyla, at="/score/sales/", java_script_enabled=False)
    page.locator("summary", has_text="Filters").first.click()
    page.get_by_label("Lead type", exact=True).select_option("demo")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**type=demo**")
    page.get_by_text("being counted").first.wait_for()
    assert page.get_by_role("link", name="Load again").is_visible()


def test_a_page_that_waits_stays_as_it_is_until_its_figures_take_its_place(live, people):
    page = live.page(people.leyla, at="/score/sales/?stream=smb&segment=small")
    again = page.get_by_role("link", name="Load again")
    again.focus()
    with page.expect_response(lambda answer: answer.status == 204):
        pass
    assert again.evaluate("link => link === document.activeElement"), "nobody's place is lost"
    while reading.make_wanted(timezone.now()):
        pass
    page.get_by_role("heading", name="Speed of follow-up").wait_for()
    assert "The figures are there" in page.locator("#counted").text_content()
    assert page.locator("#asked").get_by_text("As of").is_visible()


def test_what_is_on_a_long_page_stays_in_sight_where_there_is_room(live, people):
    page = live.page(people.mina, at="/score/sales/?period=term", width=1440)
    page.locator(".toc__wide a", has_text="Capacity").click()
    page.wait_for_function("() => scrollY > 1000")
    bar, heading = page.locator(".toc").bounding_box(), page.locator("#s-capacity").bounding_box()
    assert bar["y"] == 0
    assert heading["y"] >= bar["height"], "what one goes to does not lie under it"
    narrow = live.page(people.mina, at="/score/sales/?period=term", width=390)
    assert narrow.locator(".toc__wide").is_hidden()
    assert narrow.locator(".toc__narrow a").first.is_hidden()
    narrow.locator(".toc__narrow summary").click()
    assert narrow.locator(".toc__narrow a", has_text="Capacity").is_visible()
