"""People through the API: by the same services as on pages, with the same rights."""

import pytest

from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor, record
from accord.server.people.models import Invitation
from api_fixture import Api, is_problem

pytestmark = pytest.mark.django_db


def test_people_are_listed_for_everybody_with_the_scope(people) -> None:
    found = Api(people.vera, "people:read").get("/people").json()["items"]
    assert {one["email"] for one in found} == {user.email for user in people.values()}
    one = Api(people.vera, "people:read").get(f"/people/{people.omar.pk}").json()
    assert (one["name"], one["side"], one["role"], one["leads_per_month"]) == (
        "Omar Haddad",
        "sales",
        "head",
        None,
    )
    assert is_problem(Api(people.vera).get("/people/999999"), 404, "page-unknown")


def test_a_change_says_only_what_changes(people) -> None:
    path = f"/people/{people.leyla.pk}"
    said = Api(people.omar)("PATCH", path, {"pool": "inbound", "leads_per_month": 40}).json()
    assert (said["pool"], said["leads_per_month"], said["role"]) == ("inbound", 40, "member")
    assert Api(people.omar)("PATCH", path, {"leads_per_month": None}).json()["leads_per_month"] is None
    assert Entry.objects.filter(action=Action.PERSON_CHANGED, via="api:crm").count() == 2
    assert is_problem(Api(people.mina)("PATCH", path, {"pool": "x"}), 403, "not-allowed")
    assert is_problem(Api(people.omar)("PATCH", path, {"side": "moon"}), 422, "entry-invalid")


def test_somebody_is_switched_off_and_on(people) -> None:
    theirs, path = Api(people.leyla), f"/people/{people.leyla.pk}"
    assert Api(people.kai).post(f"{path}/switch-off").json()["active"] is False
    assert theirs.get("/token").status_code == 401
    assert Api(people.kai).post(f"{path}/switch-on").json()["active"] is True
    assert is_problem(Api(people.kai).post(f"/people/{people.kai.pk}/switch-off"), 403, "not-allowed")


def test_an_invitation_shows_its_link_once(people) -> None:
    made = Api(people.mina).post("/invitations", {"email": "new@acme.example", "side": "marketing"})
    assert made.status_code == 201 and "/join/" in made.json()["link"], made.content
    listed = Api(people.mina).get("/invitations").json()["items"]
    assert [(one["email"], one["standing"]) for one in listed] == [("new@acme.example", "open")]
    assert "link" not in listed[0]
    path = f"/invitations/{made.json()['id']}/withdraw"
    assert Api(people.mina).post(path).json()["standing"] == "withdrawn"
    assert is_problem(Api(people.mina).post(path), 409, "edit-conflict")
    refused = Api(people.mina).post("/invitations", {"email": "b@acme.example", "side": "sales"})
    assert is_problem(refused, 403, "not-allowed")
    nonsense = Api(people.mina).post("/invitations", {"email": "nobody", "side": "marketing"})
    assert is_problem(nonsense, 422, "entry-invalid")
    assert Invitation.objects.count() == 1


def test_absences_are_entered_and_taken_back(people) -> None:
    path = f"/people/{people.leyla.pk}/absences"
    days = {"from_on": "2027-03-01", "to_on": "2027-03-05", "cover": people.ines.pk, "note": "leave"}
    made = Api(people.leyla).post(path, days)
    assert made.status_code == 201, made.content
    assert made.json()["cover"] == {"id": people.ines.pk, "name": "Inês Krause"}
    assert [one["from_on"] for one in Api(people.vera).get(path).json()["items"]] == ["2027-03-01"]
    again = Api(people.leyla).post(path, days)
    assert is_problem(again, 422, "entry-invalid") and again.json()["problems"][0]["path"] == "from_on"
    assert Api(people.leyla).post(f"/absences/{made.json()['id']}/remove").status_code == 200
    assert Api(people.vera).get(path).json()["items"] == []


def test_the_audit_tells_addresses_and_failed_sign_ins_to_operations_only(people) -> None:
    record(Actor(people.mina, "page", "10.0.0.7"), Action.INVITED, "omar@acme.example")
    record(Actor(None, "page", "10.0.0.8"), Action.SIGN_IN_FAILED, "my-password-in-the-wrong-field")
    seen = Api(people.omar, "audit:read").get("/audit").json()["items"]
    assert "my-password-in-the-wrong-field" not in str(seen)
    assert {row["address"] for row in seen} == {""}
    kept = Api(people.kai, "audit:read").get("/audit").json()["items"]
    assert {"10.0.0.7", "10.0.0.8"} <= {row["address"] for row in kept}


def test_the_audit_is_read_newest_first_by_action_or_person(people) -> None:
    Api(people.mina).post("/invitations", {"email": "new@acme.example", "side": "marketing"})
    api = Api(people.vera, "audit:read")
    found = api.get("/audit").json()["items"]
    assert found[0]["action"] == "token made" and found[0]["at"].endswith("Z")
    only = api.get(f"/audit?action=invited&person={people.mina.pk}").json()["items"]
    assert [(one["name"], one["via"], one["about"]) for one in only] == [
        ("Mina Yılmaz", "api:crm", "new@acme.example")
    ]
    assert is_problem(api.get("/audit?action=danced"), 422, "entry-invalid")
