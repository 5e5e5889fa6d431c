"""No page promises a mail that nobody sends: without ACCORD_MAIL_URL the link is handed over."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils.translation import get_language

from accord.server.agreements.models import Draft
from accord.server.mail.models import Message
from accord.server.people.models import User
from server_fixture import People

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
NOOR = {"email": "noor@acme.example", "name": "Noor Aziz", "side": "sales", "role": "member"}
NO_MAIL = "No mail is sent from this installation"


@pytest.fixture(params=[False, True], ids=["without a mail server", "with one"])
def mails(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    way = {"host": "mail.example"} if request.param else {}
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, mail=way))
    cache.clear()
    return bool(request.param)


def test_an_invitation_is_on_its_way_only_where_mail_is_sent(
    people: People, client_of: ClientOf, mails: bool
) -> None:
    form = client_of(people.omar).get("/people/invite").content.decode()
    page = client_of(people.omar).post("/people/invite", NOOR).content.decode()
    assert (NO_MAIL in form, NO_MAIL in page) == (not mails, not mails)
    assert ("on its way by mail" in page) == mails
    assert "/join/" in page


def test_a_forgotten_password_names_whom_to_ask_where_no_mail_is_sent(
    people: People, client_of: ClientOf, mails: bool
) -> None:
    asked = client_of(None).get("/account/password/reset/").content.decode()
    sent = {"email": people.omar.email}
    done = client_of(None).post("/account/password/reset/", sent, follow=True).content.decode()
    for page in (asked, done):
        assert (NO_MAIL in page) == ("operations" in page) == (not mails)
    assert ("on its way" in done) == mails


def test_a_proposal_says_how_the_heads_hear_of_it(
    people: People, draft: Draft, client_of: ClientOf, mails: bool
) -> None:
    address = f"/agreements/{draft.file.slug}/drafts/{draft.number}/propose"
    page = client_of(people.kai).post(address, {"saved": draft.saved}, follow=True).content.decode()
    assert ("A mail asks for the signatures of" in page) == mails
    assert (NO_MAIL in page) == (not mails)
    assert mails or "http://testserver/agreements/" in page, "the link to hand on"


def test_mail_is_in_the_language_of_whoever_reads_it(
    people: People, draft: Draft, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "accord.server.mail.backend.Outbox")
    User.objects.filter(pk=people.mina.pk).update(language="fa")
    address = f"/agreements/{draft.file.slug}/drafts/{draft.number}/propose"
    client_of(people.kai).post(address, {"saved": draft.saved})
    texts = dict(Message.objects.values_list("to", "text"))
    assert "دسامبر" in texts[people.mina.email], "December, as it is written there"
    assert "December" in texts[people.omar.email]


def test_a_new_password_is_mailed_in_the_language_of_the_account(
    people: People, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    monkeypatch.setattr(
        "accord.server.people.adapters.DefaultAccountAdapter.send_mail",
        lambda *_: said.append(get_language()),
    )
    User.objects.filter(pk=people.omar.pk).update(language="fa")
    for who in (people.omar, people.mina):
        asked = {"email": who.email}
        client_of(None).post("/account/password/reset/", asked, headers={"accept-language": "en"})
    assert said == ["fa", "en"]
