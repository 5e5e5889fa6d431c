"""Routing through the API: what was assigned, and moving a lead."""

import pytest

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Lead
from accord.server.routing.models import Routing
from api_fixture import Api
from desk_fixture import a_delivered_lead
from server_fixture import People

pytestmark = pytest.mark.django_db


def test_a_manager_moves_a_lead_and_the_record_is_in_the_list(
    people: People, in_force: AgreementFile
) -> None:
    lead, api = a_delivered_lead(people.leyla), Api(people.ines)
    answer = api.post(f"/leads/{lead.key}/reassign", {"to": people.omar.pk, "why": "knows them"})
    assert answer.status_code == 200 and answer.json()["owner"]["name"] == people.omar.name
    first = Api(people.vera, "leads:read").get("/routings").json()["items"][0]
    assert (first["lead"], first["rule"], first["why"]) == (lead.key, "hand", "knows them")
    assert first["left"]["id"] == people.leyla.pk and first["passed_over"] == []


def test_to_nobody_named_the_rules_choose_and_say_whom_they_passed_over(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    Api(people.ines).post(f"/leads/{lead.key}/reassign", {})
    assert Lead.objects.get(pk=lead.pk).owner == people.ines  # the catch-all: nobody else is in the pool
    said = Api(people.ines).get("/routings").json()["items"][0]
    assert said["rule"] == "catch_all"
    assert [(one["person"], one["why"]) for one in said["passed_over"]] == [(people.leyla.pk, "excluded")]


@pytest.mark.parametrize(("key", "status"), [("leyla", 403), ("mina", 403), ("vera", 403)])
def test_others_move_nothing(people: People, in_force: AgreementFile, key: str, status: int) -> None:
    lead = a_delivered_lead(people.leyla)
    answer = Api(people[key]).post(f"/leads/{lead.key}/reassign", {"to": people.omar.pk})
    assert answer.status_code == status and not Routing.objects.exists()
