"""Leads and events through the API: on disk before they are acknowledged, once, each problem in its place.

Every behaviour is asked of both ways in: Django's operation, and the quick way before it.
"""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.api.tokens import revoke_token
from accord.server.desk.models import Contact, Event, Lead
from accord.server.intake import front, reading, settling
from accord.server.intake.models import Arrival
from accord.server.intake.receiving import origin_of
from accord.server.intake.settling import settle_due
from accord.server.intake.shapes import ConsentIn, LeadIn
from api_fixture import Api, is_problem
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ADA: dict[str, Any] = {"email": "ada@buyer.example", "name": "Ada", "company": "Buyer", "role": "director"}
Post = Callable[..., Any]


@dataclass
class Said:
    """An answer of the quick way, with what tests ask of Django's."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@pytest.fixture
def api(people: People) -> Api:
    return Api(people.kai, "leads:read", "leads:write")


@pytest.fixture
def quick() -> Iterator[list[str]]:
    """Who answered, request by request, on the quick way; the connection stays that of the test."""
    front._held.clear()
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield []
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    front._held.clear()


@pytest.fixture(params=["django", "quick"])
def post(request: pytest.FixtureRequest, api: Api, quick: list[str]) -> Post:
    """Post to the API by one of the two ways."""
    if request.param == "django":
        return api.post

    def send(path: str, body: Any = None, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        environ = Client()._base_environ(
            **{
                "REQUEST_METHOD": "POST", "PATH_INFO": f"/api/v1{path}", "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(content)), "HTTP_HOST": "testserver",
                "HTTP_AUTHORIZATION": f"Bearer {api.text}", "wsgi.input": io.BytesIO(content), **named,
            }
        )  # fmt: skip
        return through_front(environ, quick)

    return send


def through_front(environ: dict[str, Any], who: list[str]) -> Said:
    found: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        found.update(status=int(status[:3]), headers=dict(headers))

    def django(environ: dict[str, Any], start_response: Any) -> Any:
        who.append("django")
        return WSGIHandler()(environ, start_response)

    who.append("quick")
    body = b"".join(front.before(django)(environ, start))
    return Said(found["status"], found["headers"], body)


def test_a_lead_is_stored_acknowledged_and_settled_a_moment_later(
    post: Post, api: Api, quick: list[str], in_force: AgreementFile
) -> None:
    answer = post("/leads", {**ADA, "id": "crm-1", "lead_type": "web_form"})
    assert answer.status_code == 202, answer.content
    assert quick in ([], ["quick"])  # a request without a fault does not reach Django
    (item,) = answer.json()["items"]
    assert (item["status"], item["id"]) == ("accepted", "crm-1")
    assert api.get(f"/arrivals/{item['key']}").json()["status"] == "waiting"
    assert settle_due(timezone.now()) == 1, Arrival.objects.values_list("problem")
    lead = Lead.objects.get(key=item["key"])
    assert lead.contact and lead.contact.email == ADA["email"]
    said = api.get(f"/arrivals/{item['key']}").json()
    assert (said["status"], said["became"], said["lead"]) == ("settled", "lead", lead.key)


def test_what_comes_twice_is_stored_once_and_keeps_its_key(post: Post) -> None:
    first = post("/leads", {**ADA, "id": "crm-1"}).json()
    again = post(
        "/leads", {"leads": [{**ADA, "id": "crm-1"}, {**ADA, "id": "crm-2"}, {**ADA, "id": "crm-2"}]}
    )
    statuses = [(item["status"], item["key"]) for item in again.json()["items"]]
    assert [one for one, _ in statuses] == ["duplicate", "accepted", "duplicate"]
    assert statuses[0][1] == first["items"][0]["key"] and statuses[1][1] == statuses[2][1]
    assert (again.json()["accepted"], again.json()["duplicates"]) == (1, 2)
    assert Arrival.objects.count() == 2


def test_without_an_id_the_idempotency_key_and_the_place_tell(post: Post) -> None:
    body = {"leads": [ADA, {**ADA, "email": "bo@buyer.example"}]}
    first = post("/leads", body, Idempotency_Key="k" * 200)
    again = post("/leads", body, Idempotency_Key="k" * 200)
    assert [one["key"] for one in again.json()["items"]] == [one["key"] for one in first.json()["items"]]
    assert again.json()["duplicates"] == 2
    other = post("/leads", ADA)
    assert other.json()["accepted"] == 1 and Arrival.objects.count() == 3


def test_an_idempotency_key_that_comes_with_something_else_is_refused(post: Post) -> None:
    post("/leads", ADA, Idempotency_Key="one")
    other = {**ADA, "email": "bo@buyer.example"}
    refused = post("/leads", other, Idempotency_Key="one")
    assert is_problem(refused, 422, "key-reused") and "came with something else" in refused.json()["detail"]
    both = post("/leads", {"leads": [other, {**ADA, "email": "cem@buyer.example"}]}, Idempotency_Key="one")
    assert both.status_code == 207
    assert [one["status"] for one in both.json()["items"]] == ["refused", "accepted"]
    assert post("/leads", ADA, Idempotency_Key="one").json()["duplicates"] == 1


def test_two_owners_of_tokens_of_one_name_have_ids_of_their_own(
    post: Post, people: People, in_force: AgreementFile
) -> None:
    post("/leads", {**ADA, "id": "1"})
    other = Api(people.mina, "leads:write")
    assert other.post("/leads", {"email": "bo@buyer.example", "id": "1"}).json()["accepted"] == 1
    again = Api(people.mina, "leads:write")  # in the place of the other
    assert again.post("/leads", {"email": "bo@buyer.example", "id": "1"}).json()["duplicates"] == 1


@pytest.mark.any_database
def test_no_name_of_a_token_is_the_origin_of_another(people: People) -> None:
    plain, odd = Api(people.kai, name="x").token, Api(people.kai, name="x:events").token
    origins = {origin_of(token, form) for token in (plain, odd) for form in (reading.LEADS, reading.EVENTS)}
    assert len(origins) == 4


@pytest.mark.any_database
def test_browsers_are_told_of_https_on_the_quick_way_too(
    post: Post, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    assert "Strict-Transport-Security" not in post("/leads", ADA).headers
    monkeypatch.setattr(front, "_came_by_https", lambda _environ: True)
    if not isinstance(answer := post("/leads", ADA), Said):
        return  # of Django's way `test_security.py` knows
    assert answer.headers["Strict-Transport-Security"] == "max-age=60"


def test_what_sales_did_is_not_for_marketing_to_tell(
    post: Post, api: Api, quick: list[str], people: People, in_force: AgreementFile
) -> None:
    post("/leads", {**ADA, "id": "1", "lead_type": "demo"})
    settle_due(timezone.now())
    api.text = Api(people.mina, "leads:write").text
    accepted = {"id": "1", "kind": "accepted", "email": ADA["email"], "actor": "leyla"}
    answer = post("/events", accepted)
    assert answer.status_code == 422 and "for sales to say" in answer.content.decode()
    called = {"id": "2", "kind": "attempted", "channel": "call", "email": ADA["email"]}
    some = post("/events", {"events": [{**accepted, "id": "3"}, called]})
    assert [one["status"] for one in some.json()["items"]] == ["refused", "accepted"]
    api.text = Api(people.leyla, "leads:write").text
    assert post("/events", {**accepted, "id": "4"}).json()["accepted"] == 1
    settle_due(timezone.now())
    told = Event.objects.filter(kind__in=("attempted", "accepted"))
    assert set(told.values_list("kind", "side")) == {("attempted", "marketing"), ("accepted", "sales")}
    assert {one.origin.split(":")[1] for one in told} == {str(people.mina.pk), str(people.leyla.pk)}


def test_a_call_before_the_lead_came_in_keeps_no_promise(api: Api, in_force: AgreementFile) -> None:
    api.post("/leads", {**ADA, "id": "1", "lead_type": "demo"})
    settle_due(timezone.now())
    lead = Lead.objects.get()
    called = {"kind": "attempted", "channel": "call", "email": ADA["email"]}
    moment = {"long": timedelta(days=900), "just": timedelta(seconds=20)}
    for name, ago in moment.items():
        said = (lead.created_at - ago).isoformat()
        api.post("/events", {**called, "id": name, "occurred_at": said})
    settle_due(timezone.now())
    assert "before the lead came in" in Arrival.objects.get(origin_id="long").problem
    assert Event.objects.get(kind="attempted").occurred_at == lead.created_at
    gone = {"id": "gone", "kind": "opted_out", "email": ADA["email"]}
    api.post("/events", {**gone, "occurred_at": (lead.created_at - timedelta(days=9)).isoformat()})
    settle_due(timezone.now())
    lead.refresh_from_db()
    assert lead.standing == "opted_out"


def test_a_lead_and_an_event_of_the_same_id_are_two_things(post: Post) -> None:
    post("/leads", {**ADA, "id": "7"})
    told = post("/events", {"id": "7", "kind": "attempted", "channel": "call", "email": ADA["email"]})
    assert told.json()["accepted"] == 1
    assert Arrival.objects.count() == 2


BAD: list[tuple[Any, str]] = [
    ({}, "nobody can be reached"),
    ({"name": "Ada"}, "nobody can be reached"),
    ({"email": "none"}, "email"),
    ({**ADA, "emial": "x"}, "emial"),
    ({**ADA, "email": 5}, "email"),
    ({**ADA, "name": "x" * 201}, "name"),
    ({**ADA, "name": "a\x00b"}, "U+0000"),
    ({**ADA, "occurred_at": "2026-03-01T10:00:00"}, "occurred_at"),
    ({**ADA, "occurred_at": "9999-12-31T23:59:59Z"}, "occurred_at"),
    ({**ADA, "occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    ({**ADA, "signals": {"visits": 0}}, "signals"),
    ({**ADA, "signals": {"visits": 10**30}}, "signals"),
    ({**ADA, "more": {"employees": 10**400}}, "more"),
    ({**ADA, "more": {"a": {"b": 1}}}, "more"),
    ({**ADA, "country": "Atlantis"}, "is no country; write its two letters"),
    ({**ADA, "zone": "../../etc/passwd"}, "zone"),
    ({**ADA, "consents": [{"channel": "pigeon"}]}, "consents.0.channel"),
    ([], ""),
    ("text", ""),
]


@pytest.mark.parametrize(("body", "place"), BAD)
def test_a_bad_lead_alone_is_refused_with_its_place(post: Post, body: Any, place: str) -> None:
    answer = post("/leads", body)
    assert answer.status_code == 422, answer.content
    problems = answer.json()["problems"]
    assert any(place in f"{one['path']} {one['what']}" for one in problems), problems
    assert all(one["path"].startswith("body") for one in problems)
    assert not Arrival.objects.exists()


def test_of_a_batch_the_good_ones_are_kept_and_each_bad_one_is_told_where(post: Post) -> None:
    bad = [body for body, _ in BAD]
    answer = post("/leads", {"leads": [{**ADA, "id": "first"}, *bad, {**ADA, "id": "last"}]})
    assert answer.status_code == 207
    said = answer.json()
    assert (said["accepted"], said["refused"]) == (2, len(bad))
    statuses = [item["status"] for item in said["items"]]
    assert statuses == ["accepted", *["refused"] * len(bad), "accepted"]
    assert [item["place"] for item in said["items"]] == list(range(len(bad) + 2))
    assert said["items"][3]["problems"][0]["path"].startswith("body.leads.3")
    assert set(Arrival.objects.values_list("origin_id", flat=True)) == {"first", "last"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"email": NaN}', b"[" * 100_000, b'{"more":{"a":' + b"9" * 5_000 + b"}}",
     b'{"email":"a@b.example","name":"\\ud800"}'],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused_in_a_sentence(post: Post, api: Api, body: bytes) -> None:
    if post == api.post:
        head = {"Authorization": f"Bearer {api.text}"}
        answer = Client().generic("POST", "/api/v1/leads", body, "application/json", headers=head)
    else:
        answer = post("/leads", body)
    assert answer.status_code in (400, 422), answer.content
    assert answer.json()["detail"] and not Arrival.objects.exists()


@pytest.mark.parametrize(
    "body", [{"leads": []}, {"leads": [ADA], "more": 1}, {"leads": "x"}, {"leads": [ADA] * 1_001}]
)
def test_a_batch_that_is_none_is_refused_whole(post: Post, body: Any) -> None:
    assert post("/leads", body).status_code == 422
    assert not Arrival.objects.exists()


def test_names_of_any_script_and_what_looks_like_a_formula_are_kept_as_they_are(post: Post) -> None:
    odd = {
        "email": "ada@buyer.example",
        "name": "شیوا 🦄 ไทย",
        "company": "=cmd|' /C calc'!A0",
        "more": {"ü": "İ"},
    }
    assert post("/leads", odd).status_code == 202
    assert Arrival.objects.get().payload == odd


EVENTS = [
    ({"kind": "attempted", "lead": "L-1"}, "needs channel"),
    ({"kind": "signalled", "lead": "L-1"}, "needs signal"),
    ({"kind": "attempted", "channel": "call"}, "whose event"),
    ({"kind": "handed_off", "lead": "L-1"}, "kind"),
    ({"kind": "won", "lead": "L-1", "amount": "-1"}, "amount"),
    ({"kind": "won", "lead": "L-1", "amount": "1e999"}, "amount"),
    ({"kind": "won", "lead": "L-1", "amount": "NaN"}, "amount"),
]


@pytest.mark.parametrize(("body", "place"), EVENTS)
def test_a_bad_event_is_refused_with_its_place(post: Post, body: Any, place: str) -> None:
    answer = post("/events", body)
    assert answer.status_code == 422
    assert any(place in f"{one['path']} {one['what']}" for one in answer.json()["problems"]), answer.content


def test_who_may_not_is_refused_on_both_ways(post: Post, api: Api, people: People, quick: list[str]) -> None:
    reading = Api(people.kai, "leads:read", name="reader")
    viewing = Api(people.vera, name="viewer")
    kept = api.text
    for text, status in ((reading.text, 403), (viewing.text, 403), ("acc_none", 401), ("", 401)):
        api.text = text
        assert post("/leads", ADA).status_code == status
    api.text = kept
    assert not Arrival.objects.exists()


def test_a_revoked_token_hands_in_nothing_two_seconds_later(
    api: Api, quick: list[str], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(front, "monotonic", lambda: now)
    environ = {
        "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "testserver",
        "HTTP_AUTHORIZATION": f"Bearer {api.text}",
    }

    def send() -> int:
        body = json.dumps(ADA).encode()
        more = {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/leads", "CONTENT_LENGTH": str(len(body))}
        made = Client()._base_environ(**environ, **more, **{"wsgi.input": io.BytesIO(body)})
        return through_front(made, quick).status_code

    assert send() == 202
    revoke_token(actor(people.kai), api.token)
    now += front.TOKEN_HOLDS_S
    assert send() == 401


@pytest.mark.parametrize(
    "odd",
    [{"HTTP_HOST": "evil.example"}, {"CONTENT_TYPE": "text/plain"}, {"QUERY_STRING": "a=1"},
     {"CONTENT_LENGTH": ""}, {"HTTP_IDEMPOTENCY_KEY": "a b"}, {"REQUEST_METHOD": "PUT"},
     {"HTTP_AUTHORIZATION": "Basic x"}],
)  # fmt: skip
def test_whatever_is_unusual_about_a_request_is_left_to_django(
    quick: list[str], odd: dict[str, str], api: Api
) -> None:
    body = json.dumps(ADA).encode()
    usual = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/leads", "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "testserver",
        "HTTP_AUTHORIZATION": f"Bearer {api.text}",
    }  # fmt: skip
    answer = through_front(Client()._base_environ(**{**usual, **odd, "wsgi.input": io.BytesIO(body)}), quick)
    assert quick == ["quick", "django"] and answer.status_code >= 400


# What becomes of them ----------------------------------------------------------------------------------


def test_one_that_fails_keeps_its_problem_and_holds_up_nobody(
    api: Api, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = settling.pass_on

    def sometimes(arrival: Arrival, at: Any) -> Any:
        if arrival.origin_id == "bad":
            raise ValueError("the moon")
        return passed(arrival, at)

    monkeypatch.setattr(settling, "pass_on", sometimes)
    api.post("/leads", {"leads": [{**ADA, "id": "bad"}, {"email": "bo@buyer.example", "id": "good"}]})
    at = timezone.now()
    assert settle_due(at) == 1
    bad = Arrival.objects.get(origin_id="bad")
    assert "the moon" in bad.problem and (bad.tries, bad.status) == (1, "in trouble")
    assert bad.next_at and bad.next_at > at
    assert settle_due(at) == 0  # not before its time
    monkeypatch.setattr(settling, "pass_on", passed)
    assert settle_due(bad.next_at) == 1
    assert Arrival.objects.get(origin_id="bad").status == "settled"


def test_after_many_tries_it_waits_for_somebody(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.post("/events", {"kind": "won", "lead": "L-NOBODY"})
    for _ in range(settling.MOST_TRIES):
        due = Arrival.objects.get().next_at
        assert due
        assert settle_due(due) == 0
    left = Arrival.objects.get()
    assert left.next_at is None and "L-NOBODY" in left.problem


def test_an_event_that_comes_before_its_lead_waits_for_it(api: Api, in_force: AgreementFile) -> None:
    key = api.post("/leads", {**ADA, "lead_type": "web_form"}).json()["items"][0]["key"]
    told = {"kind": "attempted", "channel": "email", "outcome": "sent", "automated": True, "lead": key}
    api.post("/events", told)
    lead = Arrival.objects.get(kind="lead")
    Arrival.objects.filter(pk=lead.pk).update(next_at=timezone.now() + timedelta(seconds=1))
    assert settle_due(timezone.now()) == 0
    assert settle_due(timezone.now() + timedelta(seconds=10)) >= 1
    settle_due(timezone.now() + timedelta(minutes=1))
    event = Lead.objects.get(key=key).events.get(kind="attempted")
    assert (event.channel, event.side) == ("email", "machine")


def test_a_hand_raised_again_is_a_signal_and_its_key_stands_for_the_lead(
    api: Api, in_force: AgreementFile
) -> None:
    keys = [api.post("/leads", {**ADA, "id": name}).json()["items"][0]["key"] for name in ("a", "b")]
    settle_due(timezone.now())
    lead = Lead.objects.get()
    assert lead.key == keys[0]
    assert api.get(f"/arrivals/{keys[1]}").json() | {} and Arrival.objects.get(key=keys[1]).became == "signal"
    api.post("/events", {"kind": "connected", "channel": "call", "lead": keys[1]})
    settle_due(timezone.now())
    assert lead.events.filter(kind="connected").exists()


def test_an_unknown_arrival_is_named(api: Api) -> None:
    assert is_problem(api.get("/arrivals/L-NONE"), 404, "page-unknown")


def test_a_signal_of_another_tool_counts_for_interest(api: Api, in_force: AgreementFile) -> None:
    api.post("/leads", ADA)
    api.post("/events", {"kind": "signalled", "signal": "visits", "count": 3, "email": ADA["email"]})
    assert settle_due(timezone.now()) == 2, Arrival.objects.values_list("problem")
    lead = Lead.objects.get()
    assert lead.contact and lead.contact.signals.get(name="visits").count == 3
    assert lead.events.get(kind="signalled").reason == "visits"


def test_a_misspelt_field_is_answered_with_the_fields_there_are(post: Post) -> None:
    [found] = post("/leads", {**ADA, "emial": "x"}).json()["problems"]
    assert found["what"] == "nothing here is called that"
    assert found["allowed"].split(", ") == [*LeadIn.model_fields]
    body = {**ADA, "consents": [{"channel": "call", "alowed": True}]}
    [found] = post("/leads", body).json()["problems"]
    assert found["allowed"].split(", ") == [*ConsentIn.model_fields]


@pytest.mark.parametrize(
    ("said", "code"), [("Turkey", "TR"), ("TÜRKİYE", "TR"), ("uk", "GB"), ("Holland", "NL")]
)
def test_a_country_may_come_by_its_name(post: Post, said: str, code: str) -> None:
    answer = post("/leads", {**ADA, "country": said})
    assert answer.status_code == 202
    settle_due(timezone.now())
    assert Contact.objects.get().country == code
