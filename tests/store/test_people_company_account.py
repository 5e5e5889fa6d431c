"""The company's account (OpenID Connect): who comes in that way; the provider answers without a network."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from requests import ConnectionError

from accord.server.audit.models import Entry
from accord.server.people.inviting import Wanted, invite
from accord.server.people.models import Invitation, User
from server_fixture import PASSWORD, People, actor

pytestmark = pytest.mark.django_db
ISSUER = "https://id.acme.example"
PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {"provider_id": "company", "name": "Company account", "client_id": "accord", "secret": "s",
             "settings": {"server_url": ISSUER}}
        ]
    }
}  # fmt: skip
Come = Callable[..., Any]


@pytest.fixture
def come(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Come:
    """`come(email=…, verified=…)`: somebody comes back from the provider with these claims."""
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS
    settings.EMAIL_BACKEND = "accord.server.mail.backend.Outbox"
    cache.clear()
    pages = {
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "issuer": ISSUER,
    }
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", pages)
    monkeypatch.setattr(OAuth2Client, "get_access_token", lambda *_args, **_kw: {"access_token": "t"})

    def come_back(client: Client | None = None, *, state: str = "", back: str = "", **claims: Any) -> Any:
        client = client or Client()
        monkeypatch.setattr(
            OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda *_: {"sub": "subject-1", **claims}
        )
        away = client.get(
            "/account/oidc/company/login/", {"process": "login", **({"next": back} if back else {})}
        )
        assert away.headers["Location"].startswith(f"{ISSUER}/authorize?")
        asked = parse_qs(urlsplit(away.headers["Location"]).query)
        answer = {"code": "c", "state": state or asked["state"][0]}
        return client.get("/account/oidc/company/login/callback/", answer)

    return come_back


def test_the_button_stands_only_where_it_leads_somewhere(settings: Any, people: People) -> None:
    assert "Sign in with" not in Client().get("/account/login/").content.decode()
    assert Client().get("/account/oidc/company/login/").status_code == 404
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS
    page = Client().get("/account/login/?next=/people/").content.decode()
    assert "Sign in with Company account" in page
    assert "/account/oidc/company/login/?process=login&amp;next=%2Fpeople%2F" in page


@pytest.mark.parametrize("email", ["leyla@acme.example", "Leyla@ACME.example"])
@pytest.mark.parametrize("verified", [True, "true"])
def test_somebody_with_an_account_comes_in_by_the_verified_address(
    people: People, come: Come, email: str, verified: Any
) -> None:
    client = Client()
    answer = come(client, email=email, email_verified=verified, back="/people/")
    assert answer.headers["Location"] == "/people/"
    assert "Leyla" in client.get("/profile/").content.decode()
    assert Entry.objects.get().action == "signed in"
    assert User.objects.get(pk=people.leyla.pk).check_password(PASSWORD), "the password stays"
    assert not SocialAccount.objects.exists(), "nothing is linked: the address counts, each time"


@pytest.mark.parametrize("verified", [False, "false", None, 0, "", "yes"])
def test_an_address_that_nobody_verified_counts_for_nothing(
    people: People, come: Come, verified: Any
) -> None:
    client = Client()
    answer = come(client, email="leyla@acme.example", email_verified=verified)
    assert answer.status_code == 403
    assert "no verified e-mail address" in answer.content.decode()
    assert client.get("/profile/").status_code == 302


def test_without_an_address_nobody_comes_in(people: People, come: Come) -> None:
    assert come(email_verified=True).status_code == 403


def test_strangers_do_not_come_in(people: People, come: Come) -> None:
    client = Client()
    answer = come(client, email="eve@acme.example", email_verified=True)
    assert answer.status_code == 403
    assert "Nobody with the address eve@acme.example has an account" in answer.content.decode()
    assert client.get("/profile/").status_code == 302
    assert not User.objects.filter(email="eve@acme.example").exists()


def test_somebody_with_an_open_invitation_joins(people: People, come: Come) -> None:
    invite(actor(people.omar), Wanted("noor@acme.example", "sales", "manager"), lambda token: token)
    client = Client()
    assert come(client, email="noor@acme.example", email_verified=True, name="Noor Aziz").status_code == 302
    user = User.objects.get(email="noor@acme.example")
    assert (user.name, user.side, user.role) == ("Noor Aziz", "sales", "manager")
    assert not user.has_usable_password()
    assert "none: you come in by the company" in client.get("/profile/").content.decode()
    assert set(Entry.objects.values_list("action", flat=True)) == {"invited", "joined", "signed in"}
    assert come(Client(), email="noor@acme.example", email_verified=True).status_code == 302
    assert Invitation.objects.get().accepted_at is not None


def test_an_expired_invitation_lets_nobody_in(people: People, come: Come) -> None:
    invite(actor(people.omar), Wanted("noor@acme.example", "sales", "member"), lambda token: token)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert come(email="noor@acme.example", email_verified=True).status_code == 403


def test_somebody_switched_off_does_not_come_in(people: People, come: Come) -> None:
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    client = Client()
    answer = come(client, email="leyla@acme.example", email_verified=True)
    assert answer.headers["Location"] == "/account/inactive/"
    assert client.get("/profile/").status_code == 302


def test_the_second_factor_is_asked_for_on_this_way_too(people: People, come: Come) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(people.leyla, generate_totp_secret())
    client = Client()
    answer = come(client, email="leyla@acme.example", email_verified=True)
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/profile/").status_code == 302


def test_an_answer_that_nobody_asked_for_signs_nobody_in(people: People, come: Come) -> None:
    client = Client()
    answer = come(client, email="leyla@acme.example", email_verified=True, state="forged")
    assert "Signing in did not work" in answer.content.decode()
    assert client.get("/profile/").status_code == 302


@pytest.mark.parametrize("process", ["connect", "redirect", "x"])
def test_nobody_links_another_account(
    people: People, come: Come, client_of: Callable[..., Client], process: str
) -> None:
    answer = client_of(people.mina).get("/account/oidc/company/login/", {"process": process})
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_provider_that_does_not_answer_is_a_page_and_no_fault(
    people: People, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_self: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", property(silent))
    for path in ("login/", "login/callback/?code=c&state=s"):
        answer = Client().get(f"/account/oidc/company/{path}")
        assert "Signing in did not work" in answer.content.decode(), path


def test_the_setting_reaches_the_provider(tmp_path: Path) -> None:
    """In another process: settings are read once."""
    ask = """
import django; django.setup()
from allauth.socialaccount.adapter import _build_apps_from_settings
app = _build_apps_from_settings()["openid_connect"][0]
print(app.client_id, app.secret, app.settings["server_url"])
"""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "accord.server.settings",
        "ACCORD_DATA": str(tmp_path),
        "ACCORD_OIDC": "https://accord:a%2Fsecret@id.acme.example/realm",
    }
    told = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["accord", "a/secret", "https://id.acme.example/realm"]


def test_nobody_is_led_away(people: People, come: Come) -> None:
    answer = come(email="leyla@acme.example", email_verified=True, back="https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_whoever_says_no_over_there_is_back_at_the_sign_in(people: People, come: Come) -> None:
    client = Client()
    away = client.get("/account/oidc/company/login/", {"process": "login"})
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    answer = client.get(
        "/account/oidc/company/login/callback/",
        {"error": "access_denied", "state": asked["state"][0]},
        follow=True,
    )
    assert "Signing in was cancelled" in answer.content.decode()
