"""The score through the API is the one that the pages show, for any days and leads."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from accord.ledger.score import Table
from accord.server.api import score as scores
from accord.server.score import folding, keeping, reading
from accord.server.score.asked import View, asked_or_why, presets
from accord.server.score.models import Fold, Reading
from api_fixture import Api, is_problem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("undrawn")]


@pytest.fixture
def api(people) -> Api:
    return Api(people.vera, "score:read")


def told(side: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (one["id"], one["state"], one["actual"]["numerator"], one["attainment"]["value"])
        for one in side["promises"]
    ]


def is_shown(found: dict[str, Any], shown: Any) -> bool:
    return [told(side) for side in found["sides"]] == [
        [(one.id, one.state.value, one.numerator, one.attainment) for one in side.promises]
        for side in shown.sides
    ]


def test_without_a_log_there_is_no_score(api, in_force) -> None:
    assert is_problem(api.get("/score"), 404, "page-unknown")
    assert is_problem(api.get("/score/measures/speed"), 404, "page-unknown")


@pytest.mark.parametrize("period", ["this", "last", "term"])
def test_the_score_has_the_figures_of_the_pages(api, scored, period: str) -> None:
    mark, agreement = folding.in_force(scored)
    shown = reading.read(mark, View(presets(agreement, scored)[period]), scored).score
    found = api.get(f"/score?period={period}").json()
    assert found["format"] == "accord-score"
    assert datetime.fromisoformat(found["as_of"]) == shown.as_of == folding.newest(mark).as_of
    assert found["log"] == {"leads": shown.leads, "events": shown.events}
    assert is_shown(found, shown)


def test_what_nobody_asked_for_yet_is_counted_by_the_worker_and_not_by_the_request(api, scored) -> None:
    address = "/score?from=2026-02-02&to=2026-03-15&type=demo&type=web_form"
    waits = api.get(address)
    assert is_problem(waits, 503, "not-ready") and int(waits["Retry-After"]) > 0
    assert reading.make_wanted(scored) == 1
    found = api.get(address).json()
    assert found["period"] | {"zone": ""} == {"from": "2026-02-02", "to": "2026-03-15", "zone": ""}
    mark, agreement = folding.in_force(scored)
    asked, problems = asked_or_why(QueryDict(address.partition("?")[2]), agreement, scored, {})
    shown = reading.read(mark, asked.view, scored).score
    assert not problems and is_shown(found, shown)
    assert Reading.objects.filter(standing=False).count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period=ever", "period"),
        ("from=2026-03-01", "to"),
        ("from=soon&to=2026-03-01", "from"),
        ("type=no-such-type", "type"),
        ("as_of=never", "as_of"),
    ],
)
@pytest.mark.parametrize("address", ["/score", "/score/measures/speed"])
def test_what_cannot_be_read_of_an_address_is_refused_by_its_name(
    api, scored, address: str, query: str, field: str
) -> None:
    answer = api.get(f"{address}?{query}")
    assert is_problem(answer, 400, "address-invalid")
    assert f"query.{field}" in [one["path"] for one in answer.json()["problems"]]


def test_what_only_pages_can_be_asked_is_refused(api, scored) -> None:
    for query in ("owner=rep01", "compare=previous", "page=2"):
        assert is_problem(api.get(f"/score?{query}"), 422, "entry-invalid")


def test_the_rows_of_a_fold_whose_file_is_gone_are_waited_for_and_it_is_made_anew(api, scored) -> None:
    folding.path_of(Fold.objects.get()).unlink()
    assert is_problem(api.get("/score/measures/pace?period=term"), 503, "not-ready")
    assert Fold.objects.get().tried_at is None  # the worker makes it as soon as it looks
    assert api.get("/score?period=term").status_code == 200


def test_of_a_former_instant_too_it_is_made_anew(api, scored) -> None:
    mark, _agreement = folding.in_force(scored)
    back = folding.as_of(mark, scored - timedelta(days=3), scored)
    Fold.objects.filter(pk=back.pk).update(made_at=scored)
    back.refresh_from_db()
    folding.gone(back)
    assert Fold.objects.get(pk=back.pk).made_at is None


def test_what_cannot_be_counted_is_not_asked_for_every_two_seconds(api, scored) -> None:
    address = "/score?from=2026-02-02&to=2026-03-15"
    soon = int(api.get(address)["Retry-After"])
    Reading.objects.filter(size=0).update(problem="the log cannot be read")
    answer = api.get(address)
    assert is_problem(answer, 503, "not-ready") and "cannot be read" in answer.json()["detail"]
    assert int(answer["Retry-After"]) > 10 * soon


def test_a_program_that_asks_for_hundreds_is_held_back_and_a_page_waits(
    api, scored, monkeypatch, people, client_of
) -> None:
    monkeypatch.setattr(reading, "MOST_WANTED", 3)
    for day in range(1, 7):
        answer = api.get(f"/score?from=2026-02-0{day}&to=2026-02-20")
        assert is_problem(answer, 503, "not-ready")
    assert "Many scores wait" in answer.json()["detail"] and int(answer["Retry-After"]) == 60
    assert Reading.objects.filter(size=0).count() == 3
    page = client_of(people.vera).get("/score/?from=2026-02-06&to=2026-02-20").content.decode()
    assert "being counted" in page and "every 2s" in page  # asks again by itself, and has its turn
    monkeypatch.setattr(folding, "MOST_BACK", 2)
    for day in (1, 2, 3):
        answer = api.get(f"/score?as_of=2026-02-0{day}")
    assert "Many scores wait" in answer.json()["detail"]
    assert Fold.objects.filter(asked_for=True).count() == 2
    assert is_problem(api.get("/score?as_of=2026-02-01"), 503, "not-ready")  # what was asked for stays so


# One measure ---------------------------------------------------------------------------------------------


def test_a_measure_has_all_its_rows_and_what_they_mean(api, scored) -> None:
    mark, agreement = folding.in_force(scored)
    shown = reading.read(mark, View(presets(agreement, scored)["term"]), scored).score
    found = api.get("/score/measures/pace?period=term").json()
    table = shown.measures["pace"].table
    assert len(found["rows"]) == len(table.rows) > 0 and found["left_out"] == 0
    assert list(found["columns"]) == list(table.columns) and all(found["columns"].values())
    assert found["requirements"] == list(shown.measures["pace"].requirements)


def test_what_is_told_of_owners_stays_in_the_house(api, scored) -> None:
    parts = [name for name in _names(scored) if name.endswith("_by_owner")]
    assert parts
    assert is_problem(api.get(f"/score/measures/{parts[0]}?period=term"), 404, "page-unknown")
    found = api.get("/score/measures/overdue?period=term").json()
    assert found["rows"] and {row["owner"] for row in found["rows"]} == {None}


def test_a_measure_that_is_not_there_is_told_by_name(api, scored) -> None:
    answer = api.get("/score/measures/sped")
    assert is_problem(answer, 404, "measure-unknown") and "speed" in answer.json()["detail"]


def forget() -> None:
    scores._text.cache_clear()
    reading.kept_score.cache_clear()


def test_of_a_long_list_the_score_says_how_much_it_left_out(api, scored, monkeypatch) -> None:
    mark, agreement = folding.in_force(scored)
    shown = reading.read(mark, View(presets(agreement, scored)["term"]), scored).score
    rows = tuple((f"l{number}",) for number in range(keeping.LISTED + 7))
    overdue = replace(shown.measures["overdue"], table=Table(("lead",), rows))
    body = keeping.pack(replace(shown, measures={**shown.measures, "overdue": overdue}))
    kept = keeping.unpack(body).measures["overdue"]
    assert len(kept.table.rows) == keeping.LISTED and kept.left_out == 7
    Reading.objects.update(body=body)
    forget()
    told = api.get("/score?period=term").json()["measures"]["overdue"]
    assert len(told["rows"]) == keeping.LISTED and told["left_out"] == 7
    forget()


def _names(scored: datetime) -> list[str]:
    mark, agreement = folding.in_force(scored)
    return list(reading.read(mark, View(presets(agreement, scored)["term"]), scored).score.measures)
