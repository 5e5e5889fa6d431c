"""One request makes bounded work, however it is made: counted in calls, findings and bytes, never in time."""

import io

import pytest
from django.db import connection
from django.test import Client

from accord.agreement.signing.chain import HEADER, MOST_FLAWS
from accord.agreement.writing import several
from accord.server.agreements.editor.applying import applied, says
from accord.server.agreements.editor.fields import build
from accord.server.agreements.models import AgreementFile
from accord.server.agreements.views.checking import MOST_CHAIN
from accord.server.api import answers, preparing
from accord.server.api.models import Answer
from api_fixture import Api, is_problem
from server_fixture import ACME

pytestmark = pytest.mark.django_db
RUBBISH = HEADER + "\n" + "{}\n" * 500_000


def compare(client: Client, file: AgreementFile, text: str) -> tuple[int, bytes]:
    upload = io.BytesIO(text.encode())
    upload.name = "copy.signatures"
    answer = client.post(f"/agreements/{file.slug}/verify", {"signatures": upload})
    return answer.status_code, answer.content


# Chains --------------------------------------------------------------------------------------------------


def test_a_copy_of_malformed_lines_is_answered_on_one_page(people, in_force, client_of) -> None:
    status, page = compare(client_of(people.vera), in_force, RUBBISH)
    assert status == 200 and len(page) < 100_000
    assert page.count(b"this line is no entry") + page.count(b"no entry is of the kind") == MOST_FLAWS
    assert b"One more is not shown." in page and b"cannot be trusted" in page


def test_a_copy_that_no_real_chain_is_as_big_as_is_not_read(people, in_force, client_of) -> None:
    status, page = compare(client_of(people.vera), in_force, "x" * (MOST_CHAIN + 1))
    assert status == 422 and b"at most 4,000,000 are read" in page


def test_the_api_refuses_malformed_lines_in_a_short_answer(people, in_force) -> None:
    answer = Api(people.leyla).post(f"/agreements/{in_force.slug}/chain", {"text": RUBBISH})
    assert is_problem(answer, 422, "chain-invalid")
    assert len(answer.json()["problems"]) == MOST_FLAWS + 1 and len(answer.content) < 50_000


@pytest.mark.django_db(transaction=True)
def test_a_chain_is_read_before_others_are_kept_waiting(people, in_force, monkeypatch) -> None:
    locked, works = list[bool](), preparing.parse_chain

    def watched(text: str, name: str):
        locked.append(connection.in_atomic_block)
        return works(text, name)

    monkeypatch.setattr(preparing, "parse_chain", watched)
    for text in (RUBBISH, in_force.chain().text):
        Api(people.mina).post(f"/agreements/{in_force.slug}/chain", {"text": text}, Idempotency_Key="k")
    assert locked == [False, False]


def test_what_comes_as_no_chain_at_all_is_refused_as_ever(people, in_force) -> None:
    api, path = Api(people.mina), f"/agreements/{in_force.slug}/chain"
    for body in ({}, {"text": 1}, []):
        assert is_problem(api.post(path, body), 422, "entry-invalid")
    assert is_problem(api.post(path), 400, "input-error")
    assert is_problem(api.post("/agreements/none/chain", {"text": RUBBISH}), 404, "page-unknown")


def test_a_crowd_of_entries_is_not_looked_through_one_by_one(people, in_force) -> None:
    chain = in_force.chain()
    for _ in range(21):
        chain = chain.plus(chain.links[-1].entry)
    refused = Api(people.mina).post(f"/agreements/{in_force.slug}/chain", {"text": chain.text})
    assert is_problem(refused, 409, "signature-refused")
    assert "at most 20 signatures" in refused.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_checking_a_text_opens_no_transaction_and_keeps_no_answer(people, monkeypatch) -> None:
    from accord.server.api.operations import working_out

    locked, works = list[bool](), working_out.checked

    def watched(*given: object):
        locked.append(connection.in_atomic_block)
        return works(*given)

    monkeypatch.setattr(working_out, "checked", watched)
    for _ in range(2):
        found = Api(people.vera).post("/check", {"text": "accord: 1\n"}, Idempotency_Key="same")
        assert found.status_code == 200
    assert locked == [False, False] and not Answer.objects.exists()


def test_a_big_answer_is_not_kept_and_its_request_is_not_done_again(people, monkeypatch) -> None:
    monkeypatch.setattr(answers, "MOST_KEPT", 10)
    api, text = Api(people.kai), {"text": "accord: 1\nname: Ours\n"}
    assert api.post("/agreements", text, Idempotency_Key="a").status_code == 201
    assert Answer.objects.get().body == ""
    again = api.post("/agreements", text, Idempotency_Key="a")
    assert is_problem(again, 422, "key-reused") and "read what there is now" in again.json()["detail"]
    assert AgreementFile.objects.count() == 1


# The editor's form ---------------------------------------------------------------------------------------


def test_a_form_with_many_changed_controls_reads_the_text_as_for_one(monkeypatch) -> None:
    people = "".join(f"  p{i}: {{side: sales, name: N{i}, email: p{i}@x.example}}\n" for i in range(80))
    text = ACME.replace("people:\n", f"people:\n{people}", 1)
    parts = [part for part in build("people", says(text)).controls() if part.path[-1] in ("name", "email")]
    sent = {part.name: f"other{at}@x.example" for at, part in enumerate(parts)}
    marked, works = list[str](), several.read_marks
    monkeypatch.setattr(several, "read_marks", lambda one: marked.append(one) or works(one))
    taken = applied(text, "people", sent)
    assert len(sent) > 160 and taken.refused == [] and len(marked) <= 3
    said = says(taken.text)["people"]
    assert {said[f"p{i}"][key] for i in range(80) for key in ("name", "email")} <= set(sent.values())
