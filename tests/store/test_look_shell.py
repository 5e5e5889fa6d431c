"""What stands around every page: places, the person's menu, theme, language, direction."""

import re

import pytest
from django.template import engines
from django.test import RequestFactory

from accord.server.audit.models import Action, Entry
from accord.server.look.context import PLACES

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PAGE = '{% extends "look/base.html" %}{% block title %}T{% endblock %}{% block heading %}H{% endblock %}'


def shell(user, at: str = "/people/4/", **cookies: str) -> str:
    factory = RequestFactory()
    factory.cookies.load(cookies)
    request = factory.get(at)
    request.user = user
    return engines["django"].from_string(PAGE).render({}, request)


def test_the_place_where_one_is_is_marked(people) -> None:
    assert '<a href="/people/" aria-current="page">' in shell(people.mina, "/people/")
    below = shell(people.mina, "/people/4/")
    assert '<a href="/people/" aria-current="true">' in below
    assert below.count("aria-current") == 1
    work = ["/leads/", "/boards/", "/score/", "/book/", "/stand-up/"]
    places = [*work, "/agreements/", "/intake/", "/people/", "/audit/"]
    assert re.findall(r'<li><a href="([^"]+)"', below) == places
    assert len(PLACES) == len(places) + 1  # the queue is for sales and operations
    assert '<a href="/boards/" aria-current="true">' in shell(people.mina, "/rejects/")
    assert '<a href="/stand-up/" aria-current="true">' in shell(people.mina, "/pack/")


def test_the_menu_holds_what_its_person_may_do(people) -> None:
    assert 'href="/outbox/"' in shell(people.hedda)
    assert 'href="/outbox/"' not in shell(people.mina)
    assert 'href="/outbox/"' not in shell(people.vera)
    assert "Mina Yılmaz" in shell(people.mina)
    assert '<form method="post" action="/account/logout/">' in shell(people.mina)


def test_a_page_is_ready_for_keyboards_phones_and_screen_readers(people) -> None:
    html = shell(people.mina)
    assert '<a class="skip" href="#main">' in html
    assert '<main id="main"' in html
    assert 'name="viewport"' in html
    assert html.count("<h1>") == 1
    assert "<title>T · Accord</title>" in html
    assert 'role="status"' in html


def test_htmx_may_neither_evaluate_nor_leave(people) -> None:
    html = shell(people.mina)
    assert '"allowEval":false' in html
    assert '"selfRequestsOnly":true' in html
    assert '"includeIndicatorStyles":false' in html
    assert re.findall(r"<script(?! src=\"/static/[^\"]+\" defer>)", html) == []
    assert "X-CSRFToken" in html


@pytest.mark.parametrize(
    ("chosen", "expected"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"')]
)
def test_a_chosen_theme_is_on_the_page(chosen: str, expected: str, people) -> None:
    assert expected in shell(people.mina, theme=chosen)
    assert f'value="{chosen}" aria-pressed="true"' in shell(people.mina, theme=chosen)


@pytest.mark.parametrize("made_up", ["", '"><script>', "auto"])
def test_a_theme_that_nobody_offers_is_the_systems(made_up: str, people) -> None:
    html = shell(people.mina, theme=made_up)
    assert "data-theme" not in html
    assert "<script>" not in html


def test_choosing_a_theme_and_a_language_leads_back_to_the_page(people, client_of) -> None:
    client = client_of(people.mina)
    answer = client.post("/theme", {"theme": "dark", "next": "/people/?q=x"})
    assert (answer.status_code, answer["Location"]) == (302, "/people/?q=x")
    assert answer.cookies["theme"].value == "dark"
    assert client.post("/theme", {"theme": "", "next": "/people/"}).cookies["theme"].value == ""
    client.post("/language", {"language": "fa", "next": "/people/"})
    people.mina.refresh_from_db()
    assert people.mina.language == "fa"
    assert Entry.objects.filter(action=Action.PERSON_CHANGED, who=people.mina).count() == 1


def test_a_clock_that_no_longer_exists_is_utc(people, client_of) -> None:
    people.mina.zone = "Mars/Olympus"
    people.mina.save()
    assert "Times are those of UTC." in client_of(people.mina).get("/no-such-page").content.decode()


@pytest.mark.parametrize(
    "next_", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""]
)
@pytest.mark.parametrize("address", ["/theme", "/language"])
def test_no_choice_leads_to_another_host(address: str, next_: str, client_of) -> None:
    answer = client_of(None).post(address, {"theme": "dark", "language": "fa", "next": next_})
    assert answer["Location"] == "/"


def test_a_language_that_runs_from_right_to_left_turns_the_page_around(people, client_of) -> None:
    people.mina.language = "fa"
    people.mina.save()
    html = client_of(people.mina).get("/no-such-page").content.decode()
    assert '<html lang="fa" dir="rtl"' in html
    assert '<html lang="en" dir="ltr"' in client_of(people.omar).get("/no-such-page").content.decode()


def test_a_stranger_gets_the_language_of_the_browser_and_may_choose_another(client_of) -> None:
    client = client_of(None)
    assert 'lang="fa"' in client.get("/no-such-page", headers={"accept-language": "fa"}).content.decode()
    html = client.get("/no-such-page").content.decode()
    assert 'action="/language"' in html
    assert ">فارسی</button>" in html
    client.post("/language", {"language": "fa", "next": "/"})
    assert 'dir="rtl"' in client.get("/no-such-page").content.decode()


def test_where_one_language_is_offered_there_is_no_choice(people, settings) -> None:
    settings.LANGUAGES = [("en", "English")]
    assert 'action="/language"' not in shell(people.mina)


def test_a_name_that_would_break_the_page_is_shown_as_text(people) -> None:
    people.mina.name = "</bdi><script>x</script>\u202e"
    assert "<script>x" not in shell(people.mina)
    assert "\u202e" not in shell(people.mina)
