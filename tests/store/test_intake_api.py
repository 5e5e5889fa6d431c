"""Leads and events through the API: stored before they are acknowledged, once, and each problem in its place."""

from typing import Any

import pytest
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Lead
from accord.server.intake.models import Arrival
from accord.server.intake.settling import settle_due
from api_fixture import Api
from server_fixture import People

ADA: dict[str, Any] = {"email": "ada@buyer.example", "name": "Ada", "company": "Buyer Ltd", "role": "director"}


@pytest.fixture
def api(people: People) -> Api:
    return Api(people.kai, "leads:read", "leads:write")


def test_a_lead_is_stored_acknowledged_and_settled_a_moment_later(api: Api, in_force: AgreementFile) -> None:
    answer = api.post("/leads", {**ADA, "id": "crm-1", "lead_type": "web_form"})
    assert answer.status_code == 202, answer.content
    (item,) = answer.json()["items"]
    assert (item["status"], item["id"]) == ("accepted", "crm-1")
    assert api.get(f"/arrivals/{item['key']}").json()["status"] == "waiting"
    assert settle_due(timezone.now()) == 1, Arrival.objects.values_list("problem")
    lead = Lead.objects.get(key=item["key"])
    assert lead.contact and lead.contact.email == ADA["email"]
    said = api.get(f"/arrivals/{item['key']}").json()
    assert (said["status"], said["became"], said["lead"]) == ("settled", "lead", lead.key)
