"""The score through the API is the one that the page and the command show."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement
from accord.server.api import score as scores
from accord.server.score import folding, making, reading
from accord.server.score.asked import View, presets
from accord.server.score.models import Fold
from accord.simulate.company import simulate
from api_fixture import Api, is_problem
from server_fixture import ACME

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "log"
    simulate(parse_agreement(ACME), leads=60, seed=3, into=folder)
    monkeypatch.setattr(making, "log_folder", lambda: folder)
    monkeypatch.setattr(scores, "log_folder", lambda: folder)
    scores._kept.cache_clear()
    return folder


def test_without_a_log_there_is_no_score(people, in_force) -> None:
    assert is_problem(Api(people.vera, "score:read").get("/score"), 404, "page-unknown")


def test_the_score_has_both_sides_and_says_as_of_when(people, in_force, small_log, monkeypatch) -> None:
    api = Api(people.vera, "score:read")
    found = api.get("/score?span=term").json()
    assert found["format"] == "accord-score" and {one["side"] for one in found["sides"]} >= {
        "marketing",
        "sales",
    }
    as_of = datetime.fromisoformat(found["as_of"])
    assert as_of <= datetime.now(UTC) and as_of.minute % 5 == 0
    monkeypatch.setattr(scores, "score", lambda *_: 1 / 0)  # the second answer is the one that was kept
    assert api.get("/score?span=term").json() == found
    assert is_problem(api.get("/score?span=ever"), 422, "entry-invalid")


@pytest.mark.usefixtures("undrawn")
def test_the_score_has_the_figures_of_the_pages_and_leaves_the_log_alone(people, scored, monkeypatch) -> None:
    monkeypatch.setattr(scores, "score", lambda *_: 1 / 0)
    scores._kept.cache_clear()
    mark, agreement = folding.in_force(scored)
    shown = reading.read(mark, View(presets(agreement, scored)["term"]), scored).score
    found = Api(people.vera, "score:read").get("/score?span=term").json()
    assert datetime.fromisoformat(found["as_of"]) == shown.as_of == folding.newest(mark).as_of
    assert found["log"] == {"leads": shown.leads, "events": shown.events}
    assert [
        [
            (one["id"], one["state"], one["actual"]["numerator"], one["attainment"]["value"])
            for one in side["promises"]
        ]
        for side in found["sides"]
    ] == [
        [(one.id, one.state.value, one.numerator, one.attainment) for one in side.promises]
        for side in shown.sides
    ]


@pytest.mark.usefixtures("undrawn")
def test_a_fold_that_is_gone_is_made_anew_and_the_log_answers_meanwhile(
    people, scored, log, monkeypatch
) -> None:
    scores._kept.cache_clear()
    folding.path_of(Fold.objects.get()).unlink()
    monkeypatch.setattr(scores, "log_folder", making.log_folder)
    found = Api(people.vera, "score:read").get("/score?span=this").json()
    assert datetime.fromisoformat(found["as_of"]).minute % 5 == 0
    assert Fold.objects.get().tried_at is None
