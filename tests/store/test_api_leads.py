"""Leads through the API: found, read, and worked by the same acts as on pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.arriving import take_in
from api_fixture import Api, is_problem
from desk_fixture import a_delivered_lead, a_hand, a_lead
from server_fixture import People


def test_leads_are_found_by_standing_owner_and_when_they_changed(
    people: People, in_force: AgreementFile
) -> None:
    mine, raised = a_delivered_lead(people.leyla), a_lead()
    api = Api(people.leyla, "leads:read")

    def keys(query: str) -> list[str]:
        return [one["key"] for one in api.get(f"/leads?{query}").json()["items"]]

    assert keys("") == [mine.key, raised.key]
    assert keys("owner=me") == keys("standing=assigned") == keys(f"owner={people.leyla.pk}") == [mine.key]
    assert keys("owner=nobody&lead_type=web_form") == [raised.key]
    assert (
        keys(f"changed_since={(timezone.now() + timedelta(hours=1)).isoformat().replace('+', '%2B')}") == []
    )
    assert len(keys("limit=1")) == 1


def test_a_lead_is_worked_from_acceptance_to_a_conversation(people: People, in_force: AgreementFile) -> None:
    lead = take_in(a_hand(timezone.now(), stream="enterprise"), timezone.now()).lead
    api = Api(people.omar)
    said = api.post(f"/leads/{lead.key}/accept", {}).json()
    assert said["standing"] == "accepted"
    said = api.post(f"/leads/{lead.key}/attempts", {"channel": "email", "outcome": "sent"}).json()
    assert said["touched_at"] and said["contact"]["name"] == lead.contact.name
    assert {duty["kind"] for duty in said["duties"]} >= {"first_touch_in_time", "decided_in_time"}
    assert said["handed_off"]["missing"] == [] and said["handed_off"]["why"]
    said = api.post(f"/leads/{lead.key}/commitments", {"what": "proposal"}).json()
    assert any(duty["about"] == "proposal" for duty in said["duties"])
    again = api.post(f"/leads/{lead.key}/accept", {})
    assert is_problem(again, 403, "not-allowed") and "accepted this lead" in again.json()["detail"]
    assert is_problem(api.post("/leads/none/accept", {}), 404, "lead-unknown")


def test_viewers_see_leads_without_people_and_only_operations_export_them(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    assert Api(people.vera, "leads:read").get(f"/leads/{lead.key}").json()["contact"] is None
    assert Api(people.mina).get(f"/leads/{lead.key}/person").status_code == 403
    told = Api(people.kai).get(f"/leads/{lead.key}/person").json()
    assert told["people"][0]["email"] == lead.contact.email
    assert Api(people.kai).post(f"/leads/{lead.key}/erase", {}).json() == {"leads": [lead.key]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("attempts", {"channel": "pigeon", "outcome": "sent"}),
        ("attempts", {"channel": "call", "outcome": "sent"}),
        ("attempts", {"channel": "call", "outcome": "busy", "occurred_at": "9999-12-31T23:59:59Z"}),
        ("pause", {"reason": "prospect_callback", "until": "9999-01-01T00:00:00Z"}),
        ("commitments", {"what": " "}),
        ("win", {"amount": -1}),
        ("reject", {"reason": "bored"}),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    people: People, in_force: AgreementFile, path: str, body: dict[str, Any]
) -> None:
    lead = a_delivered_lead(people.leyla)
    answer = Api(people.leyla).post(f"/leads/{lead.key}/{path}", body)
    assert answer.status_code == 422, answer.content
