"""A write that comes twice with its key is done once, whatever happens in between."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accord.server.agreements.models import AgreementFile, Clash
from accord.server.api.models import Answer
from accord.server.people.models import Invitation
from api_fixture import Api, is_problem
from server_fixture import make_people

pytestmark = pytest.mark.django_db
TEXT = {"text": "accord: 1\nname: Ours\n"}


def test_the_same_request_with_the_same_key_is_done_once(people) -> None:
    api = Api(people.kai)
    first = api.post("/agreements", TEXT, Idempotency_Key="a")
    second = api.post("/agreements", TEXT, Idempotency_Key="a")
    assert AgreementFile.objects.count() == 1
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers and second.headers["Idempotency-Replayed"] == "true"


def test_another_request_with_the_same_key_is_refused(people) -> None:
    api = Api(people.kai)
    api.post("/agreements", TEXT, Idempotency_Key="a")
    assert is_problem(api.post("/agreements", {"text": "b"}, Idempotency_Key="a"), 422, "key-reused")
    assert is_problem(api.post("/agreements/x/withdraw", {}, Idempotency_Key="a"), 422, "key-reused")
    assert AgreementFile.objects.count() == 1


def test_keys_of_two_tokens_have_nothing_to_do_with_each_other(people) -> None:
    for _ in range(2):
        Api(people.kai).post("/agreements", TEXT, Idempotency_Key="a")
    assert AgreementFile.objects.count() == 2


def test_a_refusal_is_repeated_too_and_leaves_one_clash(people, draft) -> None:
    api, path = Api(people.kai), f"/agreements/{draft.file.slug}/drafts/1"
    api.put(path, {"text": "theirs: 1", "started_from": 1})
    answers = [api.put(path, {"text": "mine: 1", "started_from": 1}, Idempotency_Key="k") for _ in range(2)]
    assert [one.status_code for one in answers] == [409, 409] and Clash.objects.count() == 1
    assert answers[0].json() == answers[1].json()


def test_what_broke_is_undone_and_may_be_tried_again(people, monkeypatch) -> None:
    from accord.server.api.operations import agreements

    api, works = Api(people.kai), agreements.draft_in_full
    monkeypatch.setattr(agreements, "draft_in_full", lambda *_: 1 / 0)
    assert is_problem(api.post("/agreements", TEXT, Idempotency_Key="a"), 500, "")
    assert not AgreementFile.objects.exists() and not Answer.objects.exists()
    monkeypatch.setattr(agreements, "draft_in_full", works)
    assert api.post("/agreements", TEXT, Idempotency_Key="a").status_code == 201


def test_a_key_is_forgotten_after_a_day(people) -> None:
    api = Api(people.kai)
    api.post("/agreements", TEXT, Idempotency_Key="a")
    Answer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in api.post("/agreements", TEXT, Idempotency_Key="a").headers
    assert AgreementFile.objects.count() == 2 and Answer.objects.count() == 1


def test_what_is_kept_can_be_read_with_the_token_alone(people) -> None:
    api, body = Api(people.mina), {"email": "new@acme.example", "side": "marketing"}
    link = api.post("/invitations", body, Idempotency_Key="a").json()["link"]
    assert link.rpartition("/")[2] not in Answer.objects.get().body
    assert api.post("/invitations", body, Idempotency_Key="a").json()["link"] == link
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "é"])
def test_a_key_that_is_none_is_refused(people, key: str) -> None:
    assert is_problem(Api(people.kai).post("/agreements", TEXT, Idempotency_Key=key), 422, "entry-invalid")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_done_and_all_get_its_answer() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's database of tests belongs to one thread")
    api, start, answers = Api(make_people().kai), threading.Barrier(8), list[Any]()

    def ask() -> None:
        start.wait()
        answers.append(api_of(api).post("/agreements", TEXT, Idempotency_Key="a"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert AgreementFile.objects.count() == 1
    assert {answer.content for answer in answers} == {answers[0].content} and len(answers) == 8
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7


def api_of(other: Api) -> Api:
    """The same token in a client of its own: one client is for one thread."""
    api = Api(None)
    api.text = other.text
    return api
