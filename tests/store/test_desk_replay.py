"""The live desk and the replay of its log say the same of every lead of a year (DESIGN 1, issue 5).

`ACCORD_WHOLE_YEAR=1` takes as many leads as the agreement's goal asks for in a year.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement
from accord.server.desk import naming, recording
from accord.server.desk.models import Duty, Event
from desk_replay import live, lived, replayed, simulated
from server_fixture import ACME, YEAR

LEADS, ONE_BY_ONE = (None, 20) if os.environ.get("ACCORD_WHOLE_YEAR") else (300, 10)


@pytest.mark.django_db
def test_live_verdicts_of_a_simulated_year_equal_those_of_its_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement, as_of = parse_agreement(ACME), datetime(YEAR, 10, 20, 9, 30, tzinfo=UTC)
    monkeypatch.setattr(recording, "terms_of", lambda _lead, _at: agreement)  # signed in no chain here
    monkeypatch.setattr(naming, "_keys", lambda _at: {})
    log = simulated(agreement, LEADS, tmp_path / "log")
    events = live(log, as_of, ONE_BY_ONE)
    here, there = lived(), replayed(agreement, log, as_of)
    assert here == there, sorted(here ^ there)[:10]
    assert len(here) > (LEADS or 0) and events > (LEADS or 0)
    found = Duty.objects.filter(kind="first_touch_in_time", state="broken")
    assert found.exists() and not found.filter(broken_at=None).exists()
    told = Event.objects.filter(kind="breached").values_list("lead", "outcome", "origin_id")
    assert len(set(told)) == len(told)  # each breach once, in whatever order its facts came
