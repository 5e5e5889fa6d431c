"""The line that offers to take back what was logged last: on the queue, on the card, and through the API."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk import acts
from accord.server.desk.models import Lead
from api_fixture import Api, is_problem
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

Signed = Callable[..., Client]
HTMX = {"HX-Request": "true"}
UNDO = "data-undo"


@pytest.fixture
def ada(people: People, in_force: AgreementFile) -> Lead:
    return a_delivered_lead(people.leyla, contact=a_contact(name="Ada Öztürk"))


def sent_by(text: str) -> list[str]:
    """The facts that the line's form sends."""
    return re.findall(r'name="seq" value="(\d+)"', text)


def mailed(lead: Lead, by: object, **when: int) -> None:
    acts.attempt(actor(by), lead.pk, "email", "sent", "", timezone.now() - timedelta(**when))


def test_without_script_the_queue_offers_it_after_the_act(
    people: People, ada: Lead, client_of: Signed
) -> None:
    client = client_of(people.leyla)
    assert UNDO not in client.get("/queue/").content.decode()
    answer = client.post(f"/leads/{ada.key}/attempt/", {"touch": "email:sent", "from": "queue"}, follow=True)
    text = answer.content.decode()
    assert "Logged: e-mail: sent" in text and UNDO in text
    answer = client.post(f"/leads/{ada.key}/undo/", {"seq": sent_by(text), "from": "queue"}, follow=True)
    assert "Taken back." in answer.content.decode() and UNDO not in answer.content.decode()
    ada.refresh_from_db()
    assert ada.attempts == 0


def test_the_row_brings_the_line_along_and_undoing_empties_it(
    people: People, ada: Lead, client_of: Signed
) -> None:
    client = client_of(people.leyla)
    row = client.post(
        f"/leads/{ada.key}/attempt/",
        {"touch": "email:sent"},
        headers={**HTMX, "HX-Target": f"w{ada.pk}"},
    ).content.decode()
    assert 'hx-swap-oob="true"' in row and 'name="from" value="queue"' in row
    answer = client.post(f"/leads/{ada.key}/undo/", {"seq": sent_by(row), "from": "queue"}, headers=HTMX)
    assert UNDO not in answer.content.decode()
    told = json.loads(answer["HX-Trigger-After-Swap"])
    assert told["accord:undone"]["row"] == f"w{ada.pk}"


def test_the_card_offers_it_to_who_logged_it_for_ten_minutes(
    people: People, ada: Lead, client_of: Signed
) -> None:
    mailed(ada, people.leyla, minutes=9)
    card = f"/leads/{ada.key}/"
    text = client_of(people.leyla).get(card).content.decode()
    assert UNDO in text and UNDO not in client_of(people.ines).get(card).content.decode()
    answer = client_of(people.leyla).post(f"{card}undo/", {"seq": sent_by(text)}, headers=HTMX)
    assert "Taken back." in answer.content.decode() and "(taken back)" in answer.content.decode()
    assert UNDO not in answer.content.decode()
    other = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(hours=1))
    mailed(other, people.leyla, minutes=11)
    assert UNDO not in client_of(people.leyla).get(f"/leads/{other.key}/").content.decode()


@pytest.mark.parametrize("sent", [{}, {"seq": "x"}, {"seq": "9" * 30}, {"seq": "-1"}])
def test_what_names_no_fact_is_refused(
    people: People, ada: Lead, client_of: Signed, sent: dict[str, str]
) -> None:
    assert 400 <= client_of(people.leyla).post(f"/leads/{ada.key}/undo/", sent).status_code < 500


@pytest.mark.parametrize("did", ["none", "%00", "x" * 200])
def test_a_strange_address_of_the_queue_offers_nothing(people: People, client_of: Signed, did: str) -> None:
    answer = client_of(people.leyla).get(f"/queue/?did={did}")
    assert answer.status_code == 200 and UNDO not in answer.content.decode()


def test_the_api_takes_back_all_facts_of_an_act(people: People, ada: Lead) -> None:
    api = Api(people.leyla)
    said = api.post(f"/leads/{ada.key}/attempts", {"channel": "call", "outcome": "voicemail", "asked": True})
    seqs = [event["seq"] for event in said.json()["events"] if event["kind"] == "attempted"]
    assert len(seqs) == 2
    half = api.post(f"/leads/{ada.key}/undo", {"seqs": seqs[:1]})
    assert is_problem(half, 403, "not-allowed") and "all of it" in half.json()["detail"]
    after = api.post(f"/leads/{ada.key}/undo", {"seqs": seqs}).json()
    assert after["attempts"] == 0
    assert [event["outcome"] for event in after["events"] if event["kind"] == "withdrawn"] == list(
        map(str, seqs)
    )
