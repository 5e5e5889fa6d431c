"""Signing in: password, second factor, confirming, forgetting; what is counted, told and kept."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accord.server.access import TABLE
from accord.server.audit.models import Entry
from accord.server.mail.models import Message
from accord.server.people.models import User
from server_fixture import PASSWORD, People

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of the app of the tests


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "accord.server.mail.backend.Outbox"
    cache.clear()


def _sign_in(client: Client, email: str = "leyla@acme.example", typed: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": typed, **more})


def _code(offset: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + offset))


def _with_app(user: User) -> list[str]:
    """Give somebody an authenticator app and recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    found = []
    for item in resolver.url_patterns:
        found.extend(_patterns(item) if isinstance(item, URLResolver) else [item])
    return found


def test_every_address_of_signing_in_stands_in_the_table() -> None:
    (allauth,) = (
        item
        for item in get_resolver().url_patterns
        if isinstance(item, URLResolver)
        and getattr(item.urlconf_module, "__name__", "").endswith("people.urls")
    )
    names = {pattern.name for pattern in _patterns(allauth)}
    assert len(names) > 40
    assert names - {None} <= set(TABLE)


@pytest.mark.parametrize("path", ["social/login/cancelled/", "social/signup/", "social/connections/"])
def test_addresses_without_a_name_lead_nowhere(people: People, client_of: ClientOf, path: str) -> None:
    assert client_of(people.kai).get(f"/account/{path}").status_code == 404
    assert client_of(None).get(f"/account/{path}").headers["Location"].startswith("/account/login/")


CLOSED = (
    "signup/", "email/", "confirm-email/", "confirm-email/x/", "3rdparty/", "3rdparty/signup/",
    "3rdparty/login/error/", "login/code/confirm/",
)  # fmt: skip


@pytest.mark.parametrize("path", CLOSED)
def test_nobody_signs_up_or_links_accounts(people: People, client_of: ClientOf, path: str) -> None:
    for method in ("get", "post"):
        assert getattr(client_of(people.kai), method)(f"/account/{path}").status_code == 403
        assert (
            getattr(client_of(None), method)(f"/account/{path}")
            .headers["Location"]
            .startswith("/account/login/")
        )


def test_signing_in_and_out_stands_in_the_audit(people: People) -> None:
    client = Client()
    assert _sign_in(client, " Leyla@ACME.example ").status_code == 302
    client.post("/account/logout/")
    told = list(Entry.objects.values_list("action", "about", "who__email").order_by("id"))
    assert told == [
        ("signed in", "Leyla Şahin", "leyla@acme.example"),
        ("signed out", "Leyla Şahin", "leyla@acme.example"),
    ]
    assert client.get("/profile/").status_code == 302


def test_a_failed_try_is_kept_without_the_password(people: People) -> None:
    _sign_in(Client(), "leyla@acme.example", "not-her-password")
    entry = Entry.objects.get()
    assert (entry.action, entry.about, entry.who) == ("sign-in failed", "leyla@acme.example", None)
    assert "not-her-password" not in str(list(Entry.objects.values()))


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(people: People) -> None:
    pages = []
    for email in ("leyla@acme.example", "nobody@acme.example"):
        answer = _sign_in(Client(), email, "wrong-password")
        assert answer.status_code == 200
        pages.append(re.sub(r'csrf[^>]*|[\w.]+@acme.example|X-CSRFToken": "\w+', "", answer.content.decode()))
    assert pages[0] == pages[1]
    assert "is wrong" in pages[0]


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(people: People) -> None:
    answers = [
        Client().post("/account/password/reset/", {"email": email})
        for email in ("leyla@acme.example", "nobody@acme.example")
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert [message.to for message in Message.objects.all()] == ["leyla@acme.example"]


def test_the_mail_goes_to_the_account_and_never_to_a_lookalike(people: People) -> None:
    for email in (
        "ley\u217ca@acme.example",
        "leyla@acme.e\uff58ample",
        "LEYLA@ACME.example",
        "\u212aai@acme.example",
    ):
        Client().post("/account/password/reset/", {"email": email})
    assert {message.to for message in Message.objects.all()} <= {"leyla@acme.example", "kai@acme.example"}


def test_a_new_password_by_mail_ends_every_session(people: People, client_of: ClientOf) -> None:
    elsewhere, client = client_of(people.leyla), Client()
    client.post("/account/password/reset/", {"email": "leyla@acme.example"})
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", Message.objects.get().text)
    assert link is not None
    form = client.get(link[1]).headers["Location"]
    new = {"password1": "a-lantern-on-the-pier", "password2": "a-lantern-on-the-pier"}
    assert client.get(form).status_code == 200
    assert client.post(form, new).status_code == 302
    assert elsewhere.get("/profile/").status_code == 302
    assert _sign_in(Client(), typed=PASSWORD).status_code == 200
    assert _sign_in(Client(), typed="a-lantern-on-the-pier").status_code == 302
    assert "no longer good" in Client().get(link[1]).content.decode()
    assert Entry.objects.get(action="password changed").detail == {"by_mail": True}
    assert Message.objects.count() == 2, "the mailbox is told"


def test_a_changed_password_ends_every_other_session(people: People, client_of: ClientOf) -> None:
    here, there = client_of(people.leyla), client_of(people.leyla)
    new = {
        "oldpassword": PASSWORD,
        "password1": "a-lantern-on-the-pier",
        "password2": "a-lantern-on-the-pier",
    }
    assert here.post("/account/password/change/", new).status_code == 302
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302
    assert Entry.objects.get(action="password changed").who == people.leyla
    assert "not your present password" in here.post("/account/password/change/", new).content.decode()


def test_somebody_switched_off_is_told_only_with_the_right_password(people: People) -> None:
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    assert _sign_in(Client()).headers["Location"] == "/account/inactive/"
    assert "is wrong" in _sign_in(Client(), typed="wrong").content.decode()
    assert "switched off" in Client().get("/account/inactive/").content.decode()
    Client().post("/account/password/reset/", {"email": "leyla@acme.example"})
    assert not Message.objects.exists()


def test_signing_in_gives_the_session_a_new_key(people: People) -> None:
    client = Client()
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key or ""
    _sign_in(client)
    assert client.session.session_key not in ("", before)
    assert Client(headers={"cookie": f"sessionid={before}"}).get("/profile/").status_code == 302


@pytest.mark.parametrize(
    "away",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_nobody_is_led_away_after_signing_in_or_out(people: People, away: str) -> None:
    client = Client()
    assert _sign_in(client, next=away).headers["Location"] == "/"
    for path in ("/account/login/", "/account/logout/"):
        answer = client.post(path, {"next": away})
        assert "evil" not in answer.headers["Location"]
        assert not answer.headers["Location"].startswith("javascript")


def test_one_comes_back_to_the_page_that_asked(people: People) -> None:
    client = Client()
    page = client.get("/people/?q=x")
    assert page.headers["Location"] == "/account/login/?next=/people/%3Fq%3Dx"
    assert 'value="/people/?q=x"' in client.get(page.headers["Location"]).content.decode()
    assert _sign_in(client, next="/people/?q=x").headers["Location"] == "/people/?q=x"


FORMS = (
    "/account/login/", "/account/logout/", "/account/password/reset/", "/account/password/change/",
    "/account/reauthenticate/", "/account/2fa/totp/activate/", "/account/2fa/totp/deactivate/",
    "/account/2fa/recovery-codes/generate/", "/people/invite", "/people/1/", "/people/1/switch",
    "/people/1/absences/add", "/people/absences/1/remove", "/people/invitations/1/withdraw", "/profile/",
    "/profile/sessions", "/join/token",
)  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_a_form_from_elsewhere_is_refused(people: People, client_of: ClientOf, path: str) -> None:
    client = client_of(people.kai, enforce_csrf_checks=True)
    assert client.post(path, {}).status_code == 403


def test_too_many_wrong_passwords_for_an_address_have_to_wait(people: People) -> None:
    for number in range(5):
        assert _sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), typed="wrong").status_code == 200
    for spelling in ("leyla@acme.example", "LEYLA@acme.example "):
        answer = _sign_in(Client(REMOTE_ADDR="203.0.113.99"), spelling)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) == 300
        assert "wait 5 minutes" in answer.content.decode().lower()
    assert _sign_in(Client(REMOTE_ADDR="203.0.113.99"), "omar@acme.example").status_code == 302


def test_a_new_password_by_mail_ends_the_waiting(people: People) -> None:
    for _ in range(5):
        _sign_in(Client(), typed="wrong")
    client = Client(REMOTE_ADDR="203.0.113.5")
    client.post("/account/password/reset/", {"email": "leyla@acme.example"})
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", Message.objects.get().text)
    assert link is not None
    form = client.get(link[1]).headers["Location"]
    client.post(form, {"password1": "a-lantern-on-the-pier", "password2": "a-lantern-on-the-pier"})
    assert _sign_in(client, typed="a-lantern-on-the-pier").status_code == 302


def test_right_passwords_are_not_counted(people: People) -> None:
    for _ in range(12):
        assert _sign_in(Client()).status_code == 302


def test_an_address_of_the_net_that_guesses_has_to_wait(people: People) -> None:
    answers = [_sign_in(Client(), f"guess{number}@acme.example", "x").status_code for number in range(25)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_what_a_stranger_says_of_proxies_does_not_count(people: People, settings: Any) -> None:
    def statuses(count: int) -> list[int]:
        return [
            _sign_in(
                Client(headers={"x-forwarded-for": f"198.51.100.{n}"}), f"g{n}@acme.example", "x"
            ).status_code
            for n in range(count)
        ]

    assert statuses(25)[-1] == 429


def test_behind_a_proxy_its_word_counts(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings

    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, proxies=1))
    for number in range(25):
        client = Client(headers={"x-forwarded-for": f"1.2.3.4, 198.51.100.{number}"})
        assert _sign_in(client, f"g{number}@acme.example", "x").status_code == 200
    assert Entry.objects.filter(address="198.51.100.7").exists()
    assert _sign_in(Client(), "direct@acme.example", "x").status_code == 200, (
        "nobody stands before the server"
    )


def test_asking_for_mail_again_and_again_has_to_wait(people: People) -> None:
    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{n}").post("/account/password/reset/", {"email": "leyla@acme.example"})
        for n in range(5)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert answers[-1].headers["Retry-After"]
    assert Message.objects.count() == 3


def test_confirming_is_counted(people: People, client_of: ClientOf) -> None:
    client = client_of(people.leyla)
    answers = [client.post("/account/reauthenticate/", {"password": "x"}).status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_confirming_with_the_password_leads_on(people: People, client_of: ClientOf) -> None:
    client = client_of(people.leyla)
    answer = client.get("/account/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/account/reauthenticate/?next=")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Confirm that it is you" in page
    assert "not your password" in client.post("/account/reauthenticate/", {"password": "x"}).content.decode()
    answer = client.post(
        "/account/reauthenticate/", {"password": PASSWORD, "next": "/account/2fa/totp/activate/"}
    )
    assert answer.headers["Location"] == "/account/2fa/totp/activate/"
    assert client.get("/account/2fa/totp/activate/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_asked_for(
    people: People, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.generate_totp_secret", lambda: SECRET)
    client = client_of(people.leyla)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert SECRET in client.get("/account/2fa/totp/activate/").content.decode()
    assert "code is wrong" in client.post("/account/2fa/totp/activate/", {"code": "000000"}).content.decode()
    client.get("/account/2fa/totp/activate/")
    answer = client.post("/account/2fa/totp/activate/", {"code": _code()})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    codes = re.findall(r"<li>(\d{8})</li>", client.get("/account/2fa/recovery-codes/").content.decode())
    assert len(codes) == 10
    assert Entry.objects.filter(action="second factor changed", who=people.leyla).count() == 2
    assert Message.objects.get().subject == "Authenticator App Activated"
    assert "on" in client.get("/profile/").content.decode()
    assert (
        client.get("/account/2fa/recovery-codes/download/").headers["Content-Type"].startswith("text/plain")
    )


def test_with_an_app_the_password_alone_does_not_sign_in(people: People) -> None:
    _with_app(people.leyla)
    client = Client()
    assert _sign_in(client, next="/people/").headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/profile/").status_code == 302
    assert not Entry.objects.filter(action="signed in").exists()
    assert "Enter the code" in client.get("/account/2fa/authenticate/").content.decode()
    assert "code is wrong" in client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert Entry.objects.filter(action="sign-in failed", detail={"factor": "code"}).count() == 1
    answer = client.post("/account/2fa/authenticate/", {"code": _code()})
    assert answer.headers["Location"] == "/people/"
    assert client.get("/profile/").status_code == 200
    assert Entry.objects.filter(action="signed in").count() == 1


def test_a_code_works_once(people: People) -> None:
    _with_app(people.leyla)
    code = _code()
    for expected in (302, 200):
        client = Client()
        _sign_in(client)
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == expected


def test_codes_are_not_guessed(people: People) -> None:
    _with_app(people.leyla)
    client = Client()
    _sign_in(client)
    answers = [client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert client.post("/account/2fa/authenticate/", {"code": _code()}).status_code == 429


def test_a_recovery_code_lets_in_once(people: People) -> None:
    code = _with_app(people.leyla)[0]
    for expected in (302, 200):
        client = Client()
        _sign_in(client)
        assert client.post("/account/2fa/authenticate/", {"code": code}).status_code == expected


def test_the_app_is_switched_off_only_after_confirming(people: People, client_of: ClientOf) -> None:
    _with_app(people.leyla)
    client = client_of(people.leyla)
    answer = client.post("/account/2fa/totp/deactivate/")
    assert "/account/reauthenticate/" in answer.headers["Location"]
    assert Authenticator.objects.count() == 2
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(action="second factor changed").exists()


def test_an_app_that_is_off_already_is_not_switched_off(people: People, client_of: ClientOf) -> None:
    for method in ("get", "post"):
        answer = getattr(client_of(people.leyla), method)("/account/2fa/totp/deactivate/")
        assert answer.headers["Location"] == "/account/2fa/"


def test_without_the_second_step_nobody_sees_it(people: People) -> None:
    assert Client().get("/account/2fa/authenticate/").headers["Location"] == reverse("account_login")


def test_the_pages_of_signing_in_wear_our_look(people: People, client_of: ClientOf) -> None:
    _with_app(people.leyla)
    leyla, stranger = client_of(people.leyla), Client()
    leyla.post("/account/reauthenticate/", {"password": PASSWORD})
    paths = {
        stranger: ("login/", "password/reset/", "password/reset/done/", "password/reset/key/done/",
                   "inactive/", "logout/", "3rdparty/login/cancelled/"),
        leyla: ("logout/", "password/change/", "reauthenticate/", "2fa/reauthenticate/", "2fa/",
                "2fa/totp/deactivate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/"),
    }  # fmt: skip
    for client, places in paths.items():
        for place in places:
            page = client.get(f"/account/{place}", follow=True).content.decode()
            assert page.count("<h1>") == 1, place
            assert "wordmark" in page, place
            assert "<script>" not in page, place
            assert " style=" not in page, place


def test_the_account_address_leads_to_the_profile(people: People, client_of: ClientOf) -> None:
    assert client_of(people.leyla).get("/account/").headers["Location"] == "/profile/"
