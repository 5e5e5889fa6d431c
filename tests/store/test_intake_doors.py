"""Doors for strangers: forms, Web-to-Lead and signed webhooks, and what hostile senders try there."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Consent, Contact
from accord.server.desk.people import consents_of
from accord.server.intake import doors
from accord.server.intake.limits import BY_ADDRESS, BY_SOURCE
from accord.server.intake.models import Arrival, Source
from accord.server.intake.settling import settle_due
from accord.server.intake.signing import sign
from accord.server.intake.sources import make_source, rotate_secret, switch_source
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor, signed_in

ADA = {"first_name": "Ada", "last_name": "Buyer", "email": "ada@buyer.example", "company": "Buyer Ltd"}

NIGHT = datetime.combine(
    timezone.now().date() - timedelta(days=1),
    datetime.min.time().replace(hour=3, minute=15),
    ZoneInfo("Pacific/Auckland"),
)


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    yield
    BY_ADDRESS.forget()
    BY_SOURCE.forget()


@pytest.fixture
def form(people: People) -> Source:
    told = {
        "name": "Demo page",
        "lead_type": "web_form",
        "signal": "demo_requested",
        "return_hosts": "www.acme.example",
    }
    return make_source(actor(people.sara), Source.Kind.FORM, told)[0]


@pytest.fixture
def hook(people: People) -> tuple[Source, str]:
    return make_source(actor(people.sara), Source.Kind.HOOK, {"name": "Event tool", "lead_type": "web_form"})


def posted(source: Source, fields: dict[str, str], **headers: str) -> Any:
    return Client(enforce_csrf_checks=True).post(f"/in/{source.key}", fields, headers=headers)


def called(
    hook: tuple[Source, str], body: Any, *, name: str = "msg_1", shift: int = 0, **headers: str
) -> Any:
    source, secret = hook
    content = json.dumps(body).encode()
    stamp = str(int(timezone.now().timestamp()) + shift)
    said = {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(secret, name, stamp, content),
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/{source.key}", content, content_type="application/json", headers=said)


# Forms -------------------------------------------------------------------------------------------------


def test_a_plain_form_becomes_a_lead_with_what_its_source_says(form: Source, in_force: AgreementFile) -> None:
    answer = posted(
        form, {**ADA, "Job Title": "Director", "country": "Türkiye", "00N5g00000ABC": "via a friend"}
    )
    assert answer.status_code == 200 and b"Thank you" in answer.content
    assert not answer.cookies
    assert settle_due(timezone.now()) == 1, Arrival.objects.get().problem
    arrival = Arrival.objects.select_related("lead__contact").get()
    lead, contact = arrival.lead, arrival.lead.contact  # type: ignore[union-attr]
    assert lead and contact and (lead.lead_type, lead.source) == ("web_form", "Demo page")
    assert (contact.name, contact.role, contact.country) == ("Ada Buyer", "Director", "TR")
    assert contact.more["00N5g00000ABC"] == "via a friend"
    assert contact.signals.get().name == "demo_requested"


def test_a_salesforce_form_can_be_pointed_here_unchanged(form: Source) -> None:
    fields = {
        **ADA,
        "oid": form.key,
        "retURL": "https://www.acme.example/thanks",
        "lead_source": "Web",
        "mobile": "+90 532 000 00 00",
    }
    answer = Client(enforce_csrf_checks=True).post("/servlet/servlet.WebToLead?encoding=UTF-8", fields)
    assert (answer.status_code, answer["Location"]) == (303, "https://www.acme.example/thanks")
    payload = Arrival.objects.get().payload
    assert (payload["source"], payload["phone"]) == ("Web", "+90 532 000 00 00")
    assert "oid" not in payload.get("more", {})


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/in/x", "https://www.acme.example@evil.example",
     "https://www.acme.example.evil.example/", "ftp://www.acme.example/", "https:\\\\evil.example", "\thttps://evil.example"],
)  # fmt: skip
def test_nobody_is_led_elsewhere_than_the_source_allows(form: Source, back: str) -> None:
    answer = posted(form, {**ADA, "retURL": back})
    assert answer.status_code == 200 and "Location" not in answer


def test_a_form_sent_twice_is_one_and_a_machine_that_fills_everything_in_is_none(form: Source) -> None:
    for _ in range(2):
        assert posted(form, ADA).status_code == 200
    assert (
        posted(form, {**ADA, "email": "bot@spam.example", "website2": "https://spam.example"}).status_code
        == 200
    )
    assert Arrival.objects.count() == 1


def test_a_form_sent_twice_over_a_mark_of_the_clock_is_one(
    form: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("UTC"))
    for seconds, many in ((-1, 1), (1, 1), (590, 1), (1300, 2)):
        clock = SimpleNamespace(now=lambda s=seconds: mark + timedelta(seconds=s))
        monkeypatch.setattr(doors, "timezone", clock)
        posted(form, ADA)
        assert Arrival.objects.count() == many, seconds


def test_no_form_ends_a_refusal_in_the_name_of_somebody_else(form: Source, in_force: AgreementFile) -> None:
    posted(form, {**ADA, "emailOptOut": "1"})
    settle_due(timezone.now())
    posted(form, {**ADA, "consent": "on", "consent_wording": "You may write to me."})
    settle_due(timezone.now())
    held = consents_of(Contact.objects.get())
    assert not held["email"].allowed and held["call"].allowed


def test_consent_is_kept_with_the_words_that_were_shown(form: Source, in_force: AgreementFile) -> None:
    posted(form, {**ADA, "consent": "on", "consent_wording": "You may call me.", "emailOptOut": "1"})
    assert settle_due(timezone.now()) == 1, Arrival.objects.get().problem
    said = {(one.channel, one.allowed): one.wording for one in Consent.objects.filter(allowed=True)}
    assert said == {("email", True): "You may call me.", ("call", True): "You may call me."}
    assert Consent.objects.filter(channel="email", allowed=False).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"first_name": "Ada"},
        {"email": "none"},
        {},
        {"email": "\x00"},
        {"first_name": "\u202e"},
    ],
)
def test_whom_nobody_can_reach_is_refused_in_a_sentence(form: Source, fields: dict[str, str]) -> None:
    answer = posted(form, fields)
    assert answer.status_code == 422
    assert "Nobody can be reached" in answer.content.decode()
    assert not Arrival.objects.exists()


def test_what_cannot_be_read_is_kept_beside_a_lead_that_can_be_reached(form: Source) -> None:
    odd = {
        "phone": "+90 212",
        "email": "not an address",
        "country": "Atlantis",
        "company": "=cmd|' /C calc'!A0",
        "name": "A\x00b\u202e",
    }
    assert posted(form, odd).status_code == 200
    payload = Arrival.objects.get().payload
    assert payload["more"] == {"email": "not an address", "country as told": "Atlantis"}
    assert (payload["name"], payload["company"]) == ("A b", "=cmd|' /C calc'!A0")


def test_too_much_too_often_and_forms_of_nobody_are_refused(form: Source, people: People) -> None:
    assert posted(form, {**ADA, "description": "x" * 100_001}).status_code == 413
    assert posted(form, {f"f{number}": "x" for number in range(101)}).status_code == 413
    statuses = [posted(form, {**ADA, "email": f"a{number}@b.example"}).status_code for number in range(31)]
    assert statuses[:30] == [200] * 30 and statuses[30] == 429
    switch_source(actor(people.sara), form.pk, on=False)
    assert posted(form, ADA).status_code == 404
    assert Client().post("/in/nothing", ADA).status_code == 404
    assert Client().post("/servlet/servlet.WebToLead", ADA).status_code == 404
    assert Client().get(f"/in/{form.key}").status_code == 405


# Signed webhooks ---------------------------------------------------------------------------------------


def test_a_signed_webhook_brings_leads_and_events_and_a_replay_the_same_answer(
    hook: tuple[Source, str], in_force: AgreementFile
) -> None:
    first = called(hook, {"leads": [{"email": "ada@buyer.example"}, {"email": "bo@buyer.example"}]})
    assert first.status_code == 202, first.content
    again = called(hook, {"leads": [{"email": "ada@buyer.example"}, {"email": "bo@buyer.example"}]})
    assert again.content == first.content and Arrival.objects.count() == 2
    event = {"kind": "attempted", "channel": "call", "outcome": "voicemail", "email": "ada@buyer.example"}
    assert called(hook, event, name="msg_2").status_code == 202
    assert settle_due(timezone.now()) == 3, list(Arrival.objects.values_list("problem"))
    lead = Contact.objects.get(email="ada@buyer.example").leads.get()
    assert lead.lead_type == "web_form"
    assert sorted(lead.events.filter(kind="attempted").values_list("channel", flat=True)) == [
        "call",
        "voicemail",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook_signature": "v1,AAAA"}, {"webhook_signature": ""}, {"webhook_timestamp": "soon"},
        {"webhook_id": "other"},
        {"shift": -301}, {"shift": 301}, {"webhook_signature": "v2,é"},
    ],
)  # fmt: skip
def test_a_webhook_that_is_not_signed_or_not_of_now_is_refused(
    hook: tuple[Source, str], wrong: dict[str, Any]
) -> None:
    answer = called(hook, {"email": "ada@buyer.example"}, **wrong)
    assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"
    assert not Arrival.objects.exists()


def test_a_rotated_secret_ends_the_old_one_and_is_kept_unreadable(
    hook: tuple[Source, str], people: People
) -> None:
    source, old = hook
    _, new = rotate_secret(actor(people.sara), source.pk)
    assert called((source, old), {"email": "a@b.example"}).status_code == 401
    assert called((source, new), {"email": "a@b.example"}).status_code == 202
    source.refresh_from_db()
    assert new not in source.secret and old not in source.secret


def test_a_lead_of_a_type_that_nobody_agreed_on_waits_in_trouble_until_it_is_mended(
    people: People, in_force: AgreementFile, hook: tuple[Source, str]
) -> None:
    mail = {"email": "ada@buyer.example"}
    called(
        hook,
        {"leads": [{**mail, "lead_type": "zzz"}, {"email": "bo@buyer.example", "lead_type": "Web form"}]},
    )
    settle_due(timezone.now())
    arrival = Arrival.objects.get(settled_at=None)
    assert arrival.problem == (
        "lead_type: the agreement has no lead type “zzz”; "
        "make it one of these: demo, web_form, content, outbound"
    )
    assert Arrival.objects.exclude(settled_at=None).get().lead.lead_type == "web_form"  # type: ignore[union-attr]
    kai = signed_in(people.kai, confirmed=True)
    page = f"/intake/arrivals/{arrival.pk}/"
    assert '<option value="demo">' in kai.get(page).content.decode()
    assert kai.post(page, {"what": "mend", "lead_type": "demo", "country": "Turkey"}).status_code == 302
    assert settle_due(timezone.now()) == 1
    arrival.refresh_from_db()
    assert arrival.lead and arrival.lead.lead_type == "demo" and arrival.lead.contact.country == "TR"  # type: ignore[union-attr]


def test_a_source_offers_the_words_of_the_agreement_and_says_what_prices_go_by(
    people: People, in_force: AgreementFile, form: Source
) -> None:
    kai = signed_in(people.kai, confirmed=True)
    page = kai.get(f"/intake/sources/{form.pk}/").content.decode()
    assert '<option value="web_form" selected>' in page and '<option value="enterprise">' in page
    assert '<option value="demo_requested">' in page  # of the list beside the field of signals
    assert "ceo, director, manager" in page
    told = {"name": "Demo page", "lead_type": "zzz"}
    assert kai.post(f"/intake/sources/{form.pk}/", told).status_code == 422


def test_the_secret_of_a_webhook_stands_beside_its_address(people: People, hook: tuple[Source, str]) -> None:
    kai = signed_in(people.kai, confirmed=True)
    answer = kai.post(f"/intake/sources/{hook[0].pk}/secret").content.decode()
    assert f"/hooks/{hook[0].key}" in answer and "whsec_" in answer


def test_a_call_that_another_tool_made_at_night_is_kept_and_marked_on_the_card(
    people: People, in_force: AgreementFile, hook: tuple[Source, str]
) -> None:
    there = a_contact(zone="Pacific/Auckland", phone="+64 21 123 456")
    lead = a_delivered_lead(people.leyla, contact=there, delivered_at=NIGHT - timedelta(days=1))
    call = {"kind": "attempted", "channel": "call", "outcome": "no_answer", "lead": lead.key}
    by_day = (NIGHT - timedelta(hours=8)).isoformat()
    told = [{**call, "occurred_at": at} for at in (by_day, NIGHT.isoformat())]
    assert called(hook, {"events": told}).status_code == 202
    settle_due(timezone.now())
    page = signed_in(people.leyla, confirmed=True).get(f"/leads/{lead.key}/").content.decode()
    assert page.count("outside calling hours") == 1 and "outside calling hours, at 03:15 there" in page
