"""The first account of an empty installation: by a token from the console, once."""

import re
import threading

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from accord.errors import AccordError
from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor
from accord.server.people.models import SetUp, User
from accord.server.running import setting_up
from accord.server.running.setting_up import fresh_token, set_up

pytestmark = pytest.mark.django_db
BY = Actor(None, "page", "127.0.0.1")
WHO = {
    "name": "Kai Berger",
    "email": "kai@acme.example",
    "password": "a-lamp-in-the-harbour",
}


@pytest.fixture(autouse=True)
def _nobody_met() -> None:
    setting_up.forget_whom_we_met()
    cache.clear()


@pytest.fixture
def token() -> str:
    token = fresh_token()
    assert token
    return token


@pytest.mark.parametrize("address", ["/", "/score/", "/account/login/", "/agreements/", "/people/"])
def test_every_page_leads_to_the_set_up_while_nobody_has_an_account(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/setup")


def test_health_language_and_a_wrong_address_stay_what_they_are(client: Client) -> None:
    assert client.get("/health").status_code == 200
    assert client.get("/no-such-page").status_code == 404


def test_the_page_says_where_the_token_is_and_takes_it_from_the_address(client: Client) -> None:
    page = client.get("/setup?token=from-the-console").content.decode()
    assert "accord serve" in page and "setup_address" in page
    assert 'value="from-the-console"' in page


def test_whoever_has_the_token_makes_the_first_account_and_is_signed_in(client: Client, token: str) -> None:
    answer = client.post("/setup", {**WHO, "token": token, "email": "Kai@Acme.example"})

    assert (answer.status_code, answer["Location"]) == (302, "/setup/next")
    user = User.objects.get()
    assert (user.email, user.side, user.role) == ("kai@acme.example", "operations", "head")
    assert user.check_password(WHO["password"])
    assert Entry.objects.filter(action=Action.SET_UP, who=user).count() == 1
    assert not SetUp.objects.exists()
    page = client.get("/setup/next").content.decode()
    assert "Invite the heads of both sides" in page and "/people/invite" in page and "/agreements/new" in page


def test_after_the_set_up_there_is_no_such_page(client: Client, token: str) -> None:
    client.post("/setup", {**WHO, "token": token})
    for visitor in (client, Client()):
        assert visitor.get("/setup").status_code == 404
        assert visitor.post("/setup", {**WHO, "token": token}).status_code == 404
    assert fresh_token() is None
    assert Client().get("/account/login/").status_code == 200


def test_the_session_before_the_set_up_is_not_the_one_after_it(client: Client, token: str) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.post("/setup", {**WHO, "token": token})
    assert client.session.session_key != before


def test_a_wrong_token_makes_nothing_and_nothing_typed_is_lost(client: Client, token: str) -> None:
    answer = client.post("/setup", {**WHO, "token": f"{token}x"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "not the token on the console" in page and 'value="Kai Berger"' in page
    assert WHO["password"] not in page
    assert not User.objects.exists() and SetUp.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("password", "short", "too short"),
        ("password", "password123", "too common"),
        ("password", "kai@acme.example", "similar"),
        ("email", "kai", "valid email"),
        ("name", " ", "required"),
        ("token", "", "required"),
    ],
)
def test_a_bad_field_is_named_and_the_token_stays(
    client: Client, token: str, field: str, value: str, says: str
) -> None:
    answer = client.post("/setup", {**WHO, "token": token, field: value})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not User.objects.exists() and SetUp.objects.exists()


def test_a_newer_token_replaces_the_older(token: str) -> None:
    newer = fresh_token()
    with pytest.raises(AccordError, match="not the token"):
        set_up(BY, token, **WHO)
    assert newer and set_up(BY, f" {newer}\n", **WHO)


def test_whoever_sets_up_is_always_head_of_operations_whatever_is_sent(client: Client, token: str) -> None:
    assert "head of operations" in client.get("/setup").content.decode()
    client.post("/setup", {**WHO, "token": token, "side": "marketing", "role": "member"})
    user = User.objects.get()
    assert (user.side, user.role) == ("operations", "head")
    assert client.get("/people/invite").status_code == 200
    assert client.get("/agreements/new").status_code == 200


def test_a_wrong_token_in_the_address_is_told_before_anything_is_typed(client: Client, token: str) -> None:
    answer = client.get("/setup?token=bad")
    assert (answer.status_code, "is not the token on the console" in answer.content.decode()) == (422, True)
    assert "is not the token" not in client.get(f"/setup?token={token}").content.decode()
    assert "is not the token" not in client.get("/setup").content.decode()


def test_tokens_in_the_address_are_not_guessed_without_end(client: Client, token: str) -> None:
    statuses = [client.get(f"/setup?token=guess{number}").status_code for number in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert client.get(f"/setup?token={token}").status_code == 200


def test_the_console_makes_a_keeper_where_none_is_left(client: Client) -> None:
    person = User.objects.create_user("mina@acme.example", "x", name="Mina", side="marketing", role="member")
    User.objects.filter(pk=person.pk).update(is_active=False)
    call_command("make_keeper", "Mina@acme.example")
    person.refresh_from_db()
    assert (person.side, person.role, person.is_active) == ("operations", "head", True)
    done = Entry.objects.order_by("id")
    assert [(entry.action, entry.via, entry.who) for entry in done] == [
        (Action.PERSON_CHANGED, "command", None),
        (Action.PERSON_SWITCHED_ON, "command", None),
    ]
    client.force_login(person)
    assert client.get("/people/invite").status_code == 200


def test_the_console_names_who_could_be_the_keeper() -> None:
    with pytest.raises(CommandError, match="setup_address"):
        call_command("make_keeper", "omar@acme.example")
    User.objects.create_user("mina@acme.example", "x", name="Mina", side="marketing", role="member")
    with pytest.raises(CommandError, match=r"these have one: mina@acme\.example"):
        call_command("make_keeper", "omar@acme.example")


def test_only_a_digest_of_the_token_is_kept(token: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", SetUp.objects.get().token_digest)


def test_tries_are_limited(client: Client, token: str) -> None:
    statuses = [client.post("/setup", {**WHO, "token": "guess"}).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert client.post("/setup", {**WHO, "token": token}).status_code == 429


def test_the_page_wants_its_own_form(token: str) -> None:
    assert Client(enforce_csrf_checks=True).post("/setup", {**WHO, "token": token}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_the_token_at_once_one_is_let_in() -> None:
    token, start, ends = fresh_token(), threading.Barrier(2), []
    assert token

    def use(name: str) -> None:
        start.wait()
        try:
            set_up(BY, token, **{**WHO, "name": name, "email": f"{name}@acme.example"})
            ends.append("in")
        except AccordError:
            ends.append("out")
        finally:
            connections.close_all()

    both = [threading.Thread(target=use, args=(name,)) for name in ("alice", "bob")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(ends) == ["in", "out"]
    assert User.objects.count() == 1
