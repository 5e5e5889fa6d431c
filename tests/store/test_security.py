"""What strangers and hostile colleagues try: each attempt fails, on every page that could let it through."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client

from accord.server import access
from accord.server.access import TABLE, may
from accord.server.audit.models import Action, Entry
from accord.server.people.models import User
from html_seen import is_page, seen
from server_fixture import PASSWORD, signed_in
from server_world import DOORS, INVITED, World, addresses, make_token

pytestmark = pytest.mark.django_db
POLICY = [  # on every page
    *("default-src 'none'", "script-src 'self'", "connect-src 'self'", "form-action 'self'"),
    *("frame-ancestors 'none'", "base-uri 'none'"),
]
PAGES = [one.name for one in addresses() if one.name and not one.is_api]
SIGN_IN = "/account/login/"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example",
    "/\t/evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
]


def readable(user: User) -> Iterator[str]:
    """The names of all pages that somebody may read."""
    return (name for name in PAGES if may(user, name) and name != "account_logout")


def looked_at(world: World, user: User) -> Iterator[tuple[str, object]]:
    """Every page that somebody may read, with what it answered."""
    client = signed_in(user, confirmed=True)
    client.raise_request_exception = False
    for name in readable(user):
        yield world.path(name), client.get(world.path(name))


# Requests from elsewhere -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [name for name in PAGES if TABLE.get(name) and may(None, name, "POST") and name not in DOORS]
)
def test_a_form_from_elsewhere_is_refused_for_strangers(world: World, name: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(world.path(name), {"email": "x@y.example"})
    assert answer.status_code == 403


def test_a_form_from_elsewhere_is_refused_on_every_page(world: World) -> None:
    let_in = []
    for key in ("mina", "kai"):
        client = signed_in(world.people[key], confirmed=True, enforce_csrf_checks=True)
        before = Entry.objects.count()
        for name in PAGES:
            if name in DOORS or not may(world.people[key], name, "POST"):
                continue
            status = client.post(world.path(name)).status_code
            if status not in (403, 405):
                let_in.append(f"{key} {name}: {status}")
        assert Entry.objects.count() == before
    assert let_in == []


def test_to_look_at_a_page_changes_nothing(world: World) -> None:
    changes = Entry.objects.exclude(action=Action.SIGNED_IN)
    before = changes.count(), world.file.chain().text, world.file.drafts.count()
    for key in ("hedda", "mina", "vera"):
        broken = [name for name, answer in looked_at(world, world.people[key]) if answer.status_code >= 500]
        assert broken == []
    assert (changes.count(), world.file.chain().text, world.file.drafts.count()) == before


def test_a_session_that_somebody_foisted_on_me_is_not_mine_after_signing_in(people) -> None:
    foisted = signed_in(None)
    foisted.get(SIGN_IN)
    session = foisted.session
    session["marked"] = "by a stranger"
    session.save()
    before = session.session_key
    foisted.cookies["sessionid"] = before
    answer = foisted.post(SIGN_IN, {"login": people.mina.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert foisted.cookies["sessionid"].value != before
    assert foisted.get("/profile/").status_code == 200
    stranger = Client()
    stranger.cookies["sessionid"] = before
    assert stranger.get("/profile/").status_code == 302


@pytest.mark.parametrize("place", ELSEWHERE)
def test_nothing_leads_to_another_host(world: World, place: str) -> None:
    people = world.people
    sign_in = {"login": people.mina.email, "password": PASSWORD, "next": place}
    member = signed_in(people.mina, confirmed=True)
    again = signed_in(people.mina)
    answers = {
        "sign in": Client().post(SIGN_IN, sign_in),
        "sign in, by address": Client().post(f"{SIGN_IN}?next={place}", sign_in),
        "signed in already": member.get(SIGN_IN, {"next": place}),
        "language": Client().post("/language", {"language": "fa", "next": place}),
        "theme": member.post("/theme", {"theme": "dark", "next": place}),
        "confirm": again.post("/account/reauthenticate/", {"password": PASSWORD, "next": place}),
        "join": Client().get(f"/join/{INVITED}", {"next": place}),
        "sign out": signed_in(people.omar).post("/account/logout/", {"next": place}),
    }
    for what, answer in answers.items():
        where = answer.headers.get("Location", "/")
        assert "evil" not in where.partition("?")[0], what
        assert re.match(r"/(?![/\\])", where), what
        assert not answer.has_header("HX-Redirect"), what


def test_a_page_asked_for_under_another_name_is_refused(people) -> None:
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "[::2]", "a b"):
        answer = Client(headers={"host": host}).get(SIGN_IN)
        assert answer.status_code == 400, host
        assert b"evil.example" not in answer.content
    trusting = Client(headers={"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"})
    answer = trusting.get(SIGN_IN)
    assert answer.status_code == 200
    assert b"evil.example" not in answer.content


def test_a_mail_names_no_host_that_a_stranger_chose(people) -> None:
    from accord.server.mail.models import Message

    Client(headers={"host": "evil.example"}).post("/account/password/reset/", {"email": people.mina.email})
    Client(headers={"x-forwarded-host": "evil.example"}).post(
        "/account/password/reset/", {"email": people.mina.email}
    )
    texts = [*Message.objects.values_list("text", flat=True), *[one.body for one in mail.outbox]]
    assert not any("evil.example" in text for text in texts)


# Signing in --------------------------------------------------------------------------------------------


def test_whoever_guesses_passwords_is_slowed_down_even_with_the_right_one(people) -> None:
    for count in range(60):
        answer = Client().post(SIGN_IN, {"login": people.mina.email, "password": f"guess {count}"})
        assert "sessionid" not in answer.cookies or answer.status_code != 302
    right = Client().post(SIGN_IN, {"login": people.mina.email, "password": PASSWORD})
    assert right.status_code != 302
    assert "sessionid" not in right.cookies


def test_signing_in_does_not_tell_who_has_an_account(people) -> None:
    answers = [
        Client().post(SIGN_IN, {"login": email, "password": "wrong"}).content.decode()
        for email in ("mina@acme.example", "none@acme.example")
    ]
    known, unknown = (re.sub(r"(none|mina)@acme\.example|\w{64}", "", page) for page in answers)
    assert known == unknown


def test_a_password_is_written_nowhere(people, caplog, capsys) -> None:
    typed = "correct horse battery staple"
    Client().post(SIGN_IN, {"login": people.mina.email, "password": typed})
    client, twice = signed_in(people.mina, confirmed=True), {"password1": typed, "password2": typed}
    client.post("/account/password/change/", {"oldpassword": PASSWORD, **twice})
    kept = str(list(Entry.objects.values_list("detail", "about", "name")))
    printed = capsys.readouterr()
    assert typed not in caplog.text + kept + printed.out + printed.err


def test_cookies_are_for_this_server_alone_and_no_script(people) -> None:
    client = Client()
    answers = [
        client.get(SIGN_IN),
        client.post(SIGN_IN, {"login": people.mina.email, "password": PASSWORD}),
        client.post("/theme", {"theme": "dark"}),
        client.post("/language", {"language": "fa"}),
    ]
    cookies = [cookie for answer in answers for cookie in answer.cookies.values() if cookie.value]
    assert {"sessionid", "csrftoken", "theme"} <= {cookie.key for cookie in cookies}
    assert [cookie.key for cookie in cookies if not cookie["httponly"] or cookie["samesite"] != "Lax"] == []


# Pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["kai", "mina", "vera", None])
def test_every_page_carries_the_headers_that_keep_it_to_itself(world: World, key: str | None) -> None:
    user = world.people[key] if key else None
    for path, answer in looked_at(world, user):
        headers, where = answer.headers, f"{path}: {answer.status_code}"
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert headers["Referrer-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        policy = headers["Content-Security-Policy"]
        assert not re.search(r"https?:|\*|unsafe-eval", policy), where
        if not policy.startswith("sandbox"):  # a file to take along: it runs nowhere near our pages
            assert "unsafe" not in policy, where
            assert [part for part in POLICY if part not in policy] == [], where
        kept_apart = headers.get("Cache-Control", "") + headers.get("Vary", "")
        assert user is None or re.search("no-store|private|Cookie", kept_apart), where


@pytest.mark.parametrize("key", ["kai", "mina", "vera", None])
def test_no_page_has_a_script_or_a_style_within_it(world: World, key: str | None) -> None:
    user = world.people[key] if key else None
    found = {path: seen(answer).inline for path, answer in looked_at(world, user) if is_page(answer)}
    assert len(found) > (5 if user is None else 20)
    assert {path: inline for path, inline in found.items() if inline} == {}


@pytest.mark.parametrize(
    "path", ["/nothing", "/agreements/none/", "/agreements/none/drafts/7/", "/people/987654/"]
)
def test_a_page_that_is_not_there_says_so_and_nothing_about_us(people, path: str) -> None:
    answer = signed_in(people.mina).get(path)
    assert answer.status_code == 404
    _says_nothing(answer)


def test_pages_for_errors_say_nothing_about_us(people, monkeypatch) -> None:
    def break_(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is 42")

    client = signed_in(people.mina, enforce_csrf_checks=True)
    client.raise_request_exception = False
    stale = client.post("/theme", {"theme": "dark"})
    assert stale.status_code == 403
    _says_nothing(stale)
    _says_nothing(Client(headers={"host": "evil.example"}).get("/"), 400)
    monkeypatch.setattr("accord.server.look.views.redirect", break_)
    broken = client.get("/")
    _says_nothing(broken, 500)
    assert b"42" not in broken.content


def _says_nothing(answer, status: int = 0) -> None:
    text = answer.content.decode()
    assert not status or answer.status_code == status
    assert not re.search(r"Traceback|site-packages|\.py\b|urlconf|DEBUG|<code>|csrfmiddleware.*missing", text)
    assert "Content-Security-Policy" in answer.headers
    assert seen(answer).inline == []


# Downloads ---------------------------------------------------------------------------------------------


UP = [
    *("../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd"),
    *("yaml/../../x", "/etc/passwd", "yaml%00.pdf", r"C:\boot.ini"),
]


@pytest.mark.parametrize("up", UP)
def test_no_download_leads_out_of_what_is_offered(world: World, up: str) -> None:
    client = signed_in(world.people.mina)
    version = world.path("agreement-version")
    token = {"Authorization": f"Bearer {make_token(world.people.mina, 'a')[1]}"}
    for path in (
        f"{version}download/{up}",
        f"/score/report/{up}",
        f"/static/{up}",
        f"/static/x/{up}",
        f"/agreements/{up}/",
        f"/agreements/{up}/chain",
    ):
        answer = client.get(path)
        assert answer.status_code in (301, 400, 404), path
        assert b"root:" not in answer.content
    answer = client.get(f"/api/v1/agreements/{up}/chain", headers=token)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("form", ["yaml", "html", "pdf", "signatures"])
def test_a_download_is_a_file_and_not_a_page_of_ours(world: World, form: str) -> None:
    answer = signed_in(world.people.mina).get(world.path("agreement-download", form=form))
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_question_that_holds_no_text_breaks_nothing(world: World) -> None:
    client = signed_in(world.people.kai)
    for name in ("people", "audit", "agreements", "agreement-diff", "outbox"):
        for asked in ("q=%00", "who=%00", "before=%00", "from=%00", "action=a%00b"):
            assert client.get(f"{world.path(name)}?{asked}").status_code in (200, 400, 404, 422)


def test_the_guard_lets_nobody_through_when_the_table_forgets_an_address(world: World, monkeypatch) -> None:
    monkeypatch.setattr(access, "TABLE", {})
    assert signed_in(world.people.hedda).get("/people/").status_code == 404
    assert signed_in(None).get("/people/").status_code == 302
