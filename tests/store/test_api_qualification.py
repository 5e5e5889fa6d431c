"""The rules in force tried through the API on a lead that is made up (S3.9)."""

import pytest

from api_fixture import Api
from server_fixture import People


def test_a_made_up_lead_is_scored_and_nothing_is_kept(people, in_force) -> None:
    body = {
        "fields": {"contact.role": "Head of Sales", "company.employees": "11-50"},
        "signals": {"visits": 3},
        "days": 30,
    }
    said = Api(people.vera, "agreements:read").post("/qualification/try", body).json()
    assert (said["fit"], said["interest"], said["grade"], said["ready"]) == (60, 10, "A–", False)
    (visits,) = [one for one in said["criteria"] if one["when"] == "visits >= 3"]
    assert (visits["holds"], visits["points"], visits["full"]) == (True, 10, 20)
    said = Api(people.vera).post("/qualification/try", {"signals": {"demo request": 1}}).json()
    assert said["ready"] and said["by"] == "demo request"
    said = Api(people.vera).post("/qualification/try", {"fields": {"company.country": "kp"}}).json()
    assert (said["ready"], said["ruled_out"]) == (False, "out_of_market")


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"x": "y" * 501}},
        {"signals": {"visits": -1}},
        {"signals": {"visits": 10**7}},
        {"days": 99999},
        {"odd": 1},
        {"fields": {str(number): "" for number in range(101)}},
    ],
)
def test_what_makes_no_sense_is_refused(body, people: People, in_force) -> None:
    answer = Api(people.vera).post("/qualification/try", body)
    assert answer.status_code == 422, answer.json()


def test_without_an_agreement_in_force_there_is_nothing_to_try(people: People) -> None:
    answer = Api(people.vera).post("/qualification/try", {})
    assert answer.status_code == 400
    assert "no agreement is in force" in answer.json()["detail"]
