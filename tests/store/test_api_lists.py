"""Lists come a page at a time, in an order that stays, and cost no more queries with more rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accord.server.agreements import acts
from accord.server.api.building import API, operations
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from api_fixture import Api, is_problem

pytestmark = pytest.mark.django_db


def walked(api: Api, path: str) -> list[list[int]]:
    """The numbers of all items, page by page, by the links that the answers give."""
    pages, following = [], path
    while following:
        answer = api.get(following)
        said = answer.json()
        pages.append([one.get("id", one.get("number")) for one in said["items"]])
        link = answer.headers.get("Link", "")
        following = said["next"] or ""
        assert link == (f'<{following}>; rel="next"' if following else "")
    return pages


def test_a_list_is_walked_by_its_links_though_rows_come_in_between(people) -> None:
    by = Actor(people.kai, "page")
    for number in range(5):
        record(by, Action.INVITED, number)
    api = Api(people.kai)
    first = api.get("/audit?limit=2").json()
    record(by, Action.INVITED, "later")
    rest = walked(api, first["next"])
    seen = [one["id"] for one in first["items"]] + [number for page in rest for number in page]
    assert len(seen) == 6 and seen == sorted(set(seen), reverse=True)


def test_a_limit_is_kept_and_the_last_page_has_no_next(people) -> None:
    assert [len(page) for page in walked(Api(people.kai), "/people?limit=4")] == [4, 4, 2]
    assert is_problem(Api(people.kai).get("/people?limit=201"), 422, "entry-invalid")


@pytest.mark.parametrize("cursor", ["x", "MTIz", "YXBpOmF1ZGl0OjE", "%FF", "🦊"])
def test_a_cursor_of_another_list_is_refused(people, cursor: str) -> None:
    answer = Api(people.kai).get(f"/people?after={cursor}")
    assert is_problem(answer, 422, "entry-invalid") and answer.json()["problems"][0]["path"] == "query.after"


LISTS = sorted(
    route
    for route, one in operations(API)
    if "GET" in one.methods and "Page[" in str(getattr(one.response_models[200], "model_fields", ""))
)


def test_every_list_is_asked_here() -> None:
    assert len(LISTS) == 14


@pytest.mark.parametrize("route", LISTS)
def test_queries_do_not_grow_with_rows(people, in_force, acme_text, route: str) -> None:
    api, by = Api(people.kai), Actor(people.kai, "page")
    path = (
        route.replace("{slug}", in_force.slug)
        .replace("{int:number}", "1")
        .replace("{int:person}", str(people.leyla.pk))
    )

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert api.get(path).status_code == 200
        return len(caught)

    _one_more(people, in_force, acme_text, by, 0)
    cost()
    before = cost()
    for number in range(1, 4):
        _one_more(people, in_force, acme_text, by, number)
    assert cost() == before <= 8


def _one_more(people, in_force, text: str, by: Actor, number: int) -> None:
    from datetime import date

    from accord.server.agreements.models import Clash, Survey
    from accord.server.people import absences, inviting

    acts.start_file(by, text)
    draft = acts.start_draft(by, in_force, text)
    first = in_force.drafts.get(number=1)
    first.savings.create(number=first.savings.count() + 1, text="a", by=people.ines)
    Clash.objects.create(draft=first, started_from=1, text="b", by=people.omar)
    Survey.objects.create(file=in_force, text=text, opened_by=people.ines, closed_at=draft.saved_at)
    day = date(2027, 1, 1 + number)
    absences.add(by, people.leyla, absences.Away(day, day, people.ines))
    inviting.invite(by, inviting.Wanted(f"p{number}@acme.example", "sales", "member"), lambda token: token)
