"""The calculator, the start and the survey in a real browser: with script quicker, without it as good."""

import re

import pytest

from accord.server.agreements import surveys
from accord.server.agreements.models import Draft
from conftest import PHONE, overflow, shut_out
from server_fixture import actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(file, query=""):
    return f"/agreements/{file.slug}/calculator{query}"


def row(page, words):
    return page.locator(
        "#outcome tr", has=page.get_by_role("rowheader", name=words, exact=True)
    ).first.inner_text()


def test_a_goal_typed_moves_the_leads_and_the_address_without_a_new_page(live, people, in_force):
    page = live.page(people.vera, at=address(in_force))
    page.evaluate("window.same = true")
    page.get_by_label("Revenue, USD").first.fill("600000")
    page.locator("#outcome th", has_text="What if 1").first.wait_for()
    assert "+" in row(page, "Leads, all together")
    page.wait_for_url(re.compile(r"set=goal\.revenue%3D600000"))
    assert page.evaluate("window.same")
    page.reload()
    assert page.locator("[name='v.goal.revenue']").input_value() == "600000"


def test_a_slide_writes_into_its_input_and_calculates(live, people, in_force):
    page = live.page(people.vera, at=address(in_force))
    slide = page.locator("[name='v.goal.revenue'] + input[type=range]")
    slide.focus()
    page.keyboard.press("End")
    assert page.locator("[name='v.goal.revenue']").input_value() == "1000000"
    page.wait_for_url(re.compile(r"set=goal\.revenue%3D1000000"))


def test_without_script_the_button_calculates_and_gives_the_same_figures(live, people, in_force):
    page = live.page(people.vera, at=address(in_force), java_script_enabled=False)
    assert page.locator("input[type=range]").count() == 0
    page.get_by_label("Revenue, USD").fill("600000")
    page.get_by_role("button", name="Calculate").click()
    assert "set=goal.revenue%3D600000" in page.url
    plain = row(page, "Leads, all together")
    assert "+" in plain
    quick = live.page(people.vera, at=address(in_force, "?set=goal.revenue%3D600000"))
    assert row(quick, "Leads, all together") == plain


def test_an_error_stands_at_its_input_while_typing_and_goes_when_it_is_mended(live, people, in_force):
    page = live.page(people.vera, at=address(in_force))
    goal = page.locator("[name='v.goal.revenue']")
    wrong = page.locator(".errorlist", has_text="is no amount")
    goal.fill("much")
    wrong.wait_for()
    assert goal.input_value() == "much"
    goal.fill("700000")
    wrong.wait_for(state="detached")
    assert "+" in row(page, "Leads, all together")


def test_a_figure_opens_where_it_comes_from(live, people, in_force):
    page = live.page(people.vera, at=address(in_force))
    page.locator("#outcome tr", has_text="Leads, all together").first.get_by_role("link").first.click()
    page.locator("#why h2").wait_for()
    assert "The goal of one month is 500,000 USD" in page.locator("#why").inner_text()


def test_the_chance_is_worked_out_by_itself_once_the_tab_is_open(live, people, in_force):
    page = live.page(people.vera, at=address(in_force, "?view=certainty&set=win_rate%3D30%25"))
    page.locator("#sure table").first.wait_for()
    assert page.locator("#sure table").count() == 2


def test_two_what_ifs_stand_beside_the_agreement_and_one_becomes_a_draft(live, people, in_force):
    page = live.page(people.kai, at=address(in_force, "?set=goal.revenue%3D600000"))
    page.get_by_role("link", name="Another beside it").click()
    page.locator("[name='v.goal.revenue']").fill("700000")
    page.wait_for_url(re.compile("set2=goal.revenue%3D700000"))
    page.get_by_role("link", name="Make “What if 2” a draft").click()
    page.get_by_role("button", name="Make it a draft").click()
    page.wait_for_url(re.compile(r"/drafts/2/"))
    assert "revenue: 700000" in Draft.objects.get(number=2).text.replace("'", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["plan", "months", "capacity"])
def test_it_fits_a_phone_and_shuts_nobody_out(live, people, in_force, view, scheme):
    query = f"?view={view}&explain=leads&set=goal.revenue%3D600000&set2=reps%3D8"
    page = live.page(people.vera, at=address(in_force, query), width=PHONE, scheme=scheme, bypass_csp=True)
    assert overflow(page) == 0
    assert shut_out(page) == []


def test_start_survey_and_audit_fit_a_phone_and_shut_nobody_out(live, people, in_force):
    survey = surveys.open_survey(actor(people.kai), in_force)
    places = ["/agreements/new", f"/agreements/{in_force.slug}/survey", "/audit/"]
    page = live.page(people.mina, width=PHONE, bypass_csp=True)
    for place in places:
        page.goto(f"{live.url}{place}")
        assert overflow(page) == 0, place
        assert shut_out(page) == [], place
    for who, said in (("mina", "a call or a mail"), ("omar", "a call")):
        surveys.answer(actor(people[who]), survey, {"attempt": said, "discarded": f"students\n{who}"})
    surveys.close(actor(people.kai), survey)
    page.goto(f"{live.url}{places[1]}")
    assert overflow(page) == 0
    assert shut_out(page) == []


def test_from_right_to_left_nothing_sticks_out(live, people, in_force):
    people.vera.language = "fa"
    people.vera.save()
    page = live.page(people.vera, at=address(in_force, "?set=goal.revenue%3D600000"), width=PHONE)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert overflow(page) == 0


def test_each_side_answers_apart_in_the_browser_and_both_see_the_difference_after(live, people, in_force):
    survey = surveys.open_survey(actor(people.kai), in_force)
    place = f"/agreements/{in_force.slug}/survey"
    for who, said in (("mina", "somebody marketing likes"), ("omar", "somebody with a budget")):
        page = live.page(people[who], at=place)
        page.get_by_label("What is a qualified lead").fill(said)
        page.get_by_role("button", name="Keep my answers").click()
        page.get_by_role("button", name="Change my answers").wait_for()
    assert "somebody marketing likes" not in live.page(people.omar, at=place).content()
    boss = live.page(people.kai, at=place)
    boss.get_by_role("button", name="Close and compare").click()
    boss.get_by_role("heading", name="They differ").wait_for()
    assert "somebody marketing likes" in live.page(people.omar, at=f"{place}?of={survey.pk}").content()


def test_the_table_beside_the_form_is_not_cut_off_at_1280(live, people, in_force) -> None:
    """It was, beside an empty half of the page."""
    page = live.page(people.mina, at=f"/agreements/{in_force.slug}/calculator?set=reps%3D17", width=1280)
    inner = "each => each.scrollWidth - each.clientWidth"
    assert page.locator("#outcome .table-wrap").first.evaluate(inner) <= 1
    form, outcome = (page.locator(part).bounding_box()["width"] for part in ("#what-if", "#outcome"))
    assert outcome > 1.5 * form
