"""Who is asked again who they are, before signing, a token, a password and a second factor."""

from typing import Any

import pytest
from django.test import Client

from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile
from accord.server.api.models import Token
from accord.server.api.tokens import make_token
from accord.server.people.models import User
from server_fixture import PASSWORD, People, actor

pytestmark = pytest.mark.django_db

TOKEN = {"name": "CRM sync", "scopes": ["agreements:write"], "days": 30}
CHOSEN = {"password1": "my-own-evil-pass-9", "password2": "my-own-evil-pass-9"}


@pytest.fixture
def mina(people: People) -> User:
    """A head who comes by the company's account alone."""
    people.mina.set_unusable_password()
    people.mina.save()
    return people.mina


def _signed_in(person: User, *, minutes_ago: float = 0) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session["signed_in_at"] -= minutes_ago * 60
    session.save()
    return client


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/tokens/", TOKEN),
        ("/account/password/set/", CHOSEN),
        ("/account/2fa/totp/activate/", {"code": "123456"}),
        ("/account/2fa/recovery-codes/generate/", {}),
    ],
)
def test_whoever_has_no_password_must_have_signed_in_lately(
    mina: User, address: str, sent: dict[str, Any]
) -> None:
    answer = _signed_in(mina, minutes_ago=6).post(address, sent)
    assert answer.status_code == 401
    assert "sign out, sign in again" in answer.content.decode()
    mina.refresh_from_db()
    assert not mina.has_usable_password()
    assert not Token.objects.exists()


def test_soon_after_signing_in_they_choose_a_password_and_make_a_token(mina: User) -> None:
    client = _signed_in(mina, minutes_ago=4)
    assert client.post("/tokens/", TOKEN).status_code == 200
    assert Token.objects.count() == 1
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    assert client.post("/account/password/set/", CHOSEN).status_code == 302
    mina.refresh_from_db()
    assert mina.check_password(CHOSEN["password1"])


def test_that_somebody_signed_in_elsewhere_opens_nothing_in_an_old_session(
    mina: User, proposed: AgreementFile
) -> None:
    page = f"/agreements/{proposed.slug}/versions/{mark_of(proposed.course[-1]['digest'])}/"
    old = _signed_in(mina, minutes_ago=300)
    for step in range(1, 15):
        old.post(page + "walk", {"step": step})
    _signed_in(mina)
    assert old.post(page + "sign", {"typed": mina.name}).status_code == 401
    proposed.refresh_from_db()
    assert len(proposed.chain().links) == 1


def test_whoever_has_a_password_is_asked_for_it_however_lately_they_signed_in(people: People) -> None:
    client = _signed_in(people.mina)
    for address in ("/tokens/", "/account/2fa/totp/activate/"):
        assert client.post(address, TOKEN)["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get("/account/2fa/totp/activate/").status_code == 200


def test_whoever_became_a_viewer_sees_and_revokes_their_tokens_and_makes_none(people: People) -> None:
    made = make_token(actor(people.ines), name="CRM sync", scopes=["people:read"])
    User.objects.filter(pk=people.ines.pk).update(side="viewer", role="member")
    client = _signed_in(people.ines)
    page = client.get("/tokens/").content.decode()
    assert "CRM sync" in page and "Make the token" not in page
    assert client.post("/tokens/", TOKEN).status_code == 403
    assert client.post(f"/tokens/{made.token.pk}/revoke").status_code == 302
    made.token.refresh_from_db()
    assert made.token.revoked_at


def test_signing_out_everywhere_else_says_which_tokens_go_on(people: People) -> None:
    client = _signed_in(people.ines)
    assert "still work" not in client.post("/profile/sessions", follow=True).content.decode()
    make_token(actor(people.ines), name="CRM sync", scopes=["people:read"])
    assert (
        "1 token of the API still works for you"
        in client.post("/profile/sessions", follow=True).content.decode()
    )
