"""The book and the decisions through the API are those of the pages, for each side and for viewers."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accord.server.agreements.models import AgreementFile
from accord.server.book import acts, reading
from accord.server.rituals import deciding
from accord.server.rituals.deciding import Wanted
from accord.server.rituals.models import Decision
from api_fixture import Api, is_problem
from book_fixture import MAY, keep_sheet
from server_fixture import People, actor, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 17)


def a_decision(people: People, text: str = "Ask for the phone") -> Decision:
    return deciding.add(actor(people.mina), Wanted(text, people.sara.pk, TODAY, "review"), TODAY)


def test_without_a_sheet_there_is_no_book(people: People, in_force: AgreementFile) -> None:
    assert is_problem(Api(people.vera, "score:read").get("/book"), 404, "page-unknown")


@pytest.mark.parametrize("who", ["mina", "omar", "kai", "vera"])
def test_the_book_has_the_figures_of_its_page_for_everybody(
    people: People, in_force: AgreementFile, who: str
) -> None:
    keep_sheet(in_force)
    seen = reading.row_of(reading.sheet(), MAY).seen
    acts.confirm(actor(people.mina), MAY, seen=seen)
    acts.confirm(actor(people.ines), MAY, seen=seen)
    keep_sheet(in_force, close_4={"revenue": "12000"})
    found = Api(people[who], "score:read").get("/book").json()
    may = next(one for one in found["intervals"] if one["from"] == MAY)
    assert (may["state"], may["close"]["revenue"], may["cohort"]["customers"]) == ("differs", "10000", 5)
    assert may["confirmed_by"] == ["marketing", "sales"] and may["closed_at"].endswith("Z")
    assert may["goals"][0]["promise"] == "M1" and found["pooled"]["cohort"]["leads"] == 200
    page = signed_in(people[who]).get(reverse("book-month", args=[MAY])).content.decode()
    assert "USD 10,000" in page.replace("\xa0", " ")
    acts.restate(actor(people.mina), MAY, "a file came late", seen=reading.row_of(reading.sheet(), MAY).seen)
    may = next(
        one for one in Api(people[who], "score:read").get("/book").json()["intervals"] if one["from"] == MAY
    )
    assert (may["state"], may["close"]["revenue"]) == ("closed", "12000")
    assert [(one["number"], one["reason"]) for one in may["restatements"]] == [(1, "a file came late")]


@pytest.mark.parametrize("who", ["mina", "omar", "vera"])
def test_decisions_are_listed_the_newest_first_and_by_their_state(people: People, who: str) -> None:
    first, second = a_decision(people), a_decision(people, "Call the fair")
    deciding.finish(actor(people.sara), first.pk, "it is asked", second.made_at)
    api = Api(people[who], "score:read")
    items: list[dict[str, Any]] = api.get("/decisions").json()["items"]
    assert [one["text"] for one in items] == ["Call the fair", "Ask for the phone"]
    assert items[1] | {"made_at": "", "ended_at": ""} == {
        "id": first.pk, "text": "Ask for the phone", "owner": people.sara.pk, "owner_name": people.sara.name,
        "due_on": "2026-03-17", "state": "done", "note": "it is asked", "carried": 0, "meeting": "review",
        "made_at": "", "ended_at": "",
    }  # fmt: skip
    assert [one["id"] for one in api.get("/decisions?state=open").json()["items"]] == [second.pk]
    part = api.get("/decisions?limit=1").json()
    assert len(part["items"]) == 1 and "after=" in part["next"]


@pytest.mark.parametrize("address", ["/score?span=ever", "/decisions?state=late", "/decisions?limit=0",
                                     "/decisions?after=x"])  # fmt: skip
def test_a_parameter_that_is_none_is_named(people: People, in_force: AgreementFile, address: str) -> None:
    answer = Api(people.omar, "score:read").get(address)
    assert is_problem(answer, 422, "entry-invalid")
    name = address.partition("?")[2].partition("=")[0]
    assert name in str(answer.json()["problems"])


@pytest.mark.parametrize("address", ["/score", "/book", "/decisions"])
def test_a_token_of_another_scope_or_none_is_refused(
    people: People, in_force: AgreementFile, address: str
) -> None:
    assert is_problem(Api(people.omar, "leads:read").get(address), 403, "scope-missing")
    api = Api(people.omar, "score:read")
    api.text = "accord_wrong"
    assert api.get(address).status_code == 401
