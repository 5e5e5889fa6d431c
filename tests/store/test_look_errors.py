"""Errors as pages: what is wrong, what to do, a way back; raised in a view or before it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from accord.errors import (
    AgreementInvalid,
    EditConflict,
    EntryInvalid,
    NotAllowed,
    NotSignedIn,
    PageUnknown,
    Problem,
    Severity,
    TooManyTries,
    WrongOrder,
)
from accord.server import access
from accord.server.look import views as look_views
from accord.server.urls import (  # noqa: F401 - this module is the root of addresses in these tests
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from accord.server.urls import urlpatterns as ours

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.usefixtures("people"),
    pytest.mark.any_database,
]
PROBLEMS = [
    Problem("a.yaml", 12, "goal.revenue", "is no amount", "write 500000"),
    Problem("", 0, "name", "looks odd", severity=Severity.WARNING),
]
RAISED = {
    "400": WrongOrder("the end lies before its start"),
    "401": NotSignedIn("nobody is signed in"),
    "403": NotAllowed("this is for Sales; ask one of them"),
    "404": PageUnknown("nowhere"),
    "409": EditConflict("somebody saved in between"),
    "422": AgreementInvalid(PROBLEMS),
    "429": TooManyTries("wait before you try again"),
}


def raising(_request: HttpRequest, what: str) -> HttpResponse:
    if what == "missing":
        raise Http404
    if what == "broken":
        raise RuntimeError("a secret that must not be shown")
    raise RAISED[what]


urlpatterns = [
    path("raising/<str:what>", raising, name="raising"),
    path("unlisted", raising, name="unlisted"),
    *ours,
]


@pytest.fixture(autouse=True)
def _listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(access.TABLE, "raising", access.Access(access.PUBLIC, access.EVERYBODY))
    yield


@pytest.mark.parametrize("status", list(RAISED))
def test_an_error_is_a_page_with_its_status_its_sentence_and_a_way_back(
    status: str, people, client_of
) -> None:
    answer = client_of(people.mina).get(
        f"/raising/{status}", headers={"referer": "http://testserver/people/?q=x"}
    )
    html = answer.content.decode()
    assert answer.status_code == int(status)
    assert html.count("<h1>") == 1
    assert 'href="/people/?q=x"' in html
    if status != "422":
        sentence = str(RAISED[status])
        assert (sentence[0].upper() + sentence[1:]).replace("'", "&#x27;") in html


def test_problems_are_listed_with_their_place_and_remedy(people, client_of) -> None:
    html = client_of(people.mina).get("/raising/422").content.decode()
    assert 'data-line="12"' in html
    assert "goal.revenue" in html
    assert "is no amount; write 500000" in html
    assert 'data-severity="warning"' in html


def test_an_error_that_a_room_raises_before_the_view_is_a_page_too(people, client_of) -> None:
    """Django asks `process_exception` about views only; the guard refuses before them."""
    refused = client_of(people.vera).post("/agreements/new")
    assert refused.status_code == 403
    assert b"not yours to do" in refused.content
    unlisted = client_of(people.mina).get("/unlisted")
    assert unlisted.status_code == 404
    assert b"No page named" in unlisted.content


def test_another_side_or_role_is_advice_only_where_that_is_missing(people, client_of) -> None:
    advice = b"change your side or role"
    by_rights = client_of(people.vera).post("/agreements/new")
    herself = client_of(people.kai).post(f"/people/{people.kai.pk}/switch", {"to": "off"})
    nobody = client_of(people.kai).post("/audit/")
    assert [answer.status_code for answer in (by_rights, herself, nobody)] == [403] * 3
    assert [advice in answer.content for answer in (by_rights, herself, nobody)] == [True, False, False]


def test_whoever_tried_too_often_is_told_when_to_come_back(client_of) -> None:
    answer = client_of(None).get("/raising/429")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("address", ["/no-such-page", "/raising/missing"])
@pytest.mark.parametrize("who", ["mina", None])
def test_an_unknown_address_says_so_to_people_and_strangers(
    address: str, who: str | None, people, client_of
) -> None:
    answer = client_of(people[who] if who else None).get(address)
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content
    assert (b'class="places"' in answer.content) == bool(who)


def test_a_fault_of_ours_is_a_page_that_needs_no_database_and_tells_no_secret(client_of, people) -> None:
    client = client_of(people.mina)
    client.raise_request_exception = False
    answer = client.get("/raising/broken")
    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.content
    assert b"secret" not in answer.content


def test_the_page_of_a_fault_is_drawn_without_middleware_and_without_queries(
    django_assert_num_queries,
) -> None:
    with django_assert_num_queries(0):
        answer = look_views.broken(RequestFactory().get("/"))
    assert b"<h1>" in answer.content


def test_errors_before_any_middleware_are_pages_too() -> None:
    """A host that is not ours is refused before anybody knows who asks."""
    answer = Client().get("/score/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert b"This could not be read" in answer.content


def test_htmx_gets_a_notice_for_its_page_and_nothing_else_of_it_is_replaced(people, client_of) -> None:
    answer = client_of(people.mina).get("/raising/409", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#messages"
    assert b"<html" not in answer.content
    assert b'role="alert"' in answer.content
    assert b"Somebody saved in between" in answer.content


def test_htmx_is_told_that_the_session_has_ended_and_its_page_stays(client_of) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/people/?q=x"}
    answer = client_of(None).get("/people/", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Retarget"] == "#messages"
    assert b"/account/login/?next=/people/" in answer.content
    assert b'target="_blank"' in answer.content
    assert not answer.has_header("HX-Redirect")


def test_a_form_without_its_token_is_told_to_load_the_page_anew(people) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.mina)
    answer = client.post("/theme", {"theme": "dark"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "opened too long ago" in page
    assert "Load the page anew" in page
    assert "not yours" not in page


@pytest.mark.parametrize(
    "came", ["https://elsewhere.example/people/", "javascript:alert(1)", "//elsewhere.example/x", ""]
)
def test_the_way_back_never_leaves_this_server(came: str, client_of) -> None:
    html = client_of(None).get("/raising/404", headers={"referer": came}).content.decode()
    assert "elsewhere" not in html
    assert "javascript:" not in html


def test_text_of_others_in_an_error_is_escaped(client_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RAISED, "422", EntryInvalid([Problem("", 1, "<script>a", "<script>b", "<script>c")]))
    monkeypatch.setitem(RAISED, "404", PageUnknown("<script>d</script>"))
    for status in ("422", "404"):
        assert b"<script>" not in client_of(None).get(f"/raising/{status}").content


def test_a_page_of_an_error_stands_within_the_content_policy(client_of) -> None:
    answer = client_of(None).get("/raising/404")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert settings.CSRF_FAILURE_VIEW.startswith("accord.")
