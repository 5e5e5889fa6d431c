"""The score through the API is the one that the page and the command show."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement
from accord.server.api import score as scores
from accord.server.score import making
from accord.simulate.company import simulate
from api_fixture import Api, is_problem
from server_fixture import ACME

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "log"
    simulate(parse_agreement(ACME), leads=60, seed=3, into=folder)
    monkeypatch.setattr(making, "log_folder", lambda: folder)
    monkeypatch.setattr(scores, "log_folder", lambda: folder)
    scores._kept.cache_clear()
    return folder


def test_without_a_log_there_is_no_score(people, in_force) -> None:
    assert is_problem(Api(people.vera, "score:read").get("/score"), 404, "page-unknown")


def test_the_score_has_both_sides_and_says_as_of_when(people, in_force, log, monkeypatch) -> None:
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
