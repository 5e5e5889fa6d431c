"""Tokens: whom they act for, what they may do, until when; and the door that every request passes."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from accord.errors import EntryInvalid
from accord.server.access import NOBODY, TABLE
from accord.server.api.building import API, operations
from accord.server.api.models import Token
from accord.server.api.tokens import MOST_DAYS, SCOPES, make_token
from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor
from api_fixture import Api, is_problem

pytestmark = pytest.mark.django_db


def test_a_token_acts_as_its_owner_and_says_so(people) -> None:
    api = Api(people.kai, "agreements:read", name="warehouse")
    said = api.get("/token").json()
    assert said["owner"] == {"id": people.kai.pk, "name": "Kai Berger"}
    assert (said["side"], said["scopes"]) == ("operations", ["agreements:read"])
    assert said["expires_at"].endswith("Z")


def test_only_a_digest_of_a_token_is_kept(people) -> None:
    api = Api(people.kai)
    kept = Token.objects.values().get()
    assert api.text.startswith("acc_") and len(api.text) >= 47
    assert api.text not in str(kept) and kept["hint"] == api.text[:8]


def test_what_a_token_does_stands_in_the_audit_with_its_name(people, acme_text) -> None:
    Api(people.kai, name="warehouse").post("/agreements", {"text": acme_text})
    entry = Entry.objects.get(action=Action.FILE_STARTED)
    assert (entry.who, entry.via, entry.address) == (people.kai, "api:warehouse", "127.0.0.1")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer acc_wrong", "Basic a2FpOmE=", "Bearer \x7f"])
def test_without_a_token_that_holds_nothing_is_answered(people, header: str) -> None:
    answer = Api(None).get("/agreements", **({"Authorization": header} if header else {}))
    assert is_problem(answer, 401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_ends_when_it_expires_is_revoked_or_its_owner_is_switched_off(people) -> None:
    one, two, three = Api(people.kai), Api(people.kai), Api(people.mina)
    Token.objects.filter(pk=one.token.pk).update(expires_at=timezone.now())
    Token.objects.filter(pk=two.token.pk).update(revoked_at=timezone.now())
    type(people.mina).objects.filter(pk=people.mina.pk).update(is_active=False)
    assert [api.get("/token").status_code for api in (one, two, three)] == [401, 401, 401]


def test_a_session_is_no_token(people, client_of) -> None:
    assert client_of(people.kai).get("/api/v1/agreements").status_code == 401


def test_a_missing_scope_is_named(people) -> None:
    answer = Api(people.kai, "agreements:read").post("/agreements", {"text": "accord: 1"})
    assert is_problem(answer, 403, "scope-missing")
    assert "agreements:write" in answer.json()["detail"]
    assert 'scope="agreements:write"' in answer.headers["WWW-Authenticate"]


def test_a_token_may_no_more_than_its_owner(people) -> None:
    answer = Api(people.tomas).post("/agreements", {"text": "accord: 1"})
    assert is_problem(answer, 403, "not-allowed")
    assert not Entry.objects.filter(action=Action.FILE_STARTED).exists()


def test_use_is_noted_once_a_minute(people, django_assert_num_queries) -> None:
    api = Api(people.kai)
    api.get("/token")
    first = Token.objects.get().used_at
    with django_assert_num_queries(1):
        api.get("/token")
    assert Token.objects.get().used_at == first
    Token.objects.update(used_at=first - timedelta(minutes=2))
    api.get("/token")
    assert Token.objects.get().used_at >= first


@pytest.mark.parametrize(
    ("name", "scopes", "days", "path"),
    [
        ("", ["score:read"], 90, "name"),
        ("crm", [], 90, "scopes"),
        ("crm", ["everything"], 90, "scopes"),
        ("crm", ["score:read"], 0, "days"),
        ("crm", ["score:read"], MOST_DAYS + 1, "days"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused_with_the_field(people, name, scopes, days, path) -> None:
    with pytest.raises(EntryInvalid) as caught:
        make_token(Actor(people.kai, "page"), name=name, scopes=scopes, days=days)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_every_address_of_the_api_stands_in_the_table_with_a_rule_for_each_method() -> None:
    for _, operation in operations(API):
        access = TABLE[f"api:{operation.url_name}"]
        for method in operation.methods:
            assert access.of(method) is not NOBODY, operation.url_name
            assert access.scope_of(method) in {*SCOPES, ""}
    names = {
        f"api:{name}"
        for name in get_resolver().namespace_dict["api"][1].reverse_dict
        if isinstance(name, str)
    }
    assert names == {name for name in TABLE if name.startswith("api:")}


def test_every_scope_is_needed_somewhere() -> None:
    needed = {
        TABLE[f"api:{one.url_name}"].scope_of(method) for _, one in operations(API) for method in one.methods
    }
    assert needed - {""} == set(SCOPES)


# The door -----------------------------------------------------------------------------------------------


def test_what_http_refuses_comes_as_a_problem_too(people) -> None:
    api = Api(people.kai)
    assert is_problem(api.get("/nothing/here"), 404, "page-unknown")
    assert is_problem(api.get("/"), 404, "page-unknown")
    wrong = api("DELETE", "/agreements")
    assert is_problem(wrong, 405, "") and wrong.headers["Allow"] == "GET, POST"
    typed = {"Authorization": f"Bearer {api.text}"}
    answer = Client().post("/api/v1/agreements", {"text": "a"}, headers=typed)
    assert is_problem(answer, 415, "")
    answer = Client().post("/api/v1/agreements", "{", content_type="application/json", headers=typed)
    assert is_problem(answer, 400, "input-error")
    answer = Client().post(
        "/api/v1/agreements", "x" * 3_000_000, content_type="application/json", headers=typed
    )
    assert is_problem(answer, 413, "")


@pytest.mark.parametrize(
    "body", [b'{"text": "a\\u0000"}', b'{"text": "\\ud800"}', b'{"text": NaN}', b"\xff", b"[" * 9000]
)
def test_a_body_that_no_database_keeps_is_refused(people, body: bytes) -> None:
    typed = {"Authorization": f"Bearer {Api(people.kai).text}"}
    answer = Client().post("/api/v1/agreements", body, content_type="application/json", headers=typed)
    assert is_problem(answer, 400, "input-error")


def test_wrong_fields_are_named_by_their_paths(people) -> None:
    answer = Api(people.kai).post("/agreements", {"txt": 1})
    assert is_problem(answer, 422, "entry-invalid")
    (said,) = answer.json()["problems"]
    assert said["path"] == "body.txt" and "did you mean 'text'" in said["what"]
    missing = Api(people.kai).post("/agreements", {}).json()["problems"]
    assert [one["path"] for one in missing] == ["body.text"]
    answer = Api(people.kai).get("/agreements?limit=0")
    assert [one["path"] for one in answer.json()["problems"]] == ["query.limit"]


def test_signs_that_are_no_text_in_an_address_find_nothing(people) -> None:
    assert Api(people.kai).get("/agreements/a%00b").status_code == 404
    assert Api(people.kai).get("/agreements?after=%00").status_code == 400


def test_what_breaks_is_told_without_its_insides(people, monkeypatch) -> None:
    from accord.server.api.operations import agreements

    monkeypatch.setattr(agreements, "find_file", lambda _: 1 / 0)
    answer = Api(people.kai).get("/agreements/acme")
    assert is_problem(answer, 500, "") and b"ZeroDivision" not in answer.content


def test_head_answers_where_get_does(people) -> None:
    answer = Api(people.kai)("HEAD", "/agreements")
    assert answer.status_code == 200 and answer.content == b""


def test_whoever_has_the_shell_makes_a_token_for_somebody(people) -> None:
    printed = StringIO()
    call_command("api_token", "kai@acme.example", "--scope", "score:read", "--days", "7", stdout=printed)
    api = Api(None)
    api.text = printed.getvalue().strip()
    assert api.get("/token").json()["owner"]["name"] == "Kai Berger"
    assert Entry.objects.get(action=Action.TOKEN_MADE).via == "command"
    with pytest.raises(CommandError, match="nobody with the address"):
        call_command("api_token", "nobody@acme.example")
