"""`accord replay` as people type it."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ledger_fixture import f15, write_log
from test_cli import CALENDAR, accord

from accord.ledger.replay.saying import why
from accord.ledger.replay.values import Moved
from accord.promises import PromiseOf, State

T0 = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - naive UTC, as replays hold them


@pytest.fixture
def ours(tmp_path: Path) -> str:
    path = tmp_path / "ours.yaml"
    path.write_text(CALENDAR + "follow_up: {first_touch: 60 min}\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def draft(tmp_path: Path) -> str:
    path = tmp_path / "draft.yaml"
    path.write_text(CALENDAR + "version: 2\nfollow_up: {first_touch: 3 min}\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def log(tmp_path: Path) -> str:
    write_log(tmp_path / "log", *f15())
    return str(tmp_path / "log")


AS_OF = ("--as-of", "2026-03-16T12:00:00Z")


def test_a_draft_is_tried_on_a_log_and_the_sentence_comes_first(ours: str, draft: str, log: str) -> None:
    result = accord("replay", ours, log, "--under", draft, *AS_OF)
    assert result.exit_code == 0, result.output
    first, *rest = result.output.splitlines()
    assert first.startswith("Under F15, version 2")
    assert "would have been broken" in first
    assert any("what the clocks would have said" in line for line in rest)


def test_the_same_agreement_with_one_term_changed_says_the_same_as_a_draft(
    ours: str, draft: str, log: str
) -> None:
    by_draft = json.loads(accord("replay", ours, log, "--under", draft, "--format", "json", *AS_OF).output)
    setting = ("--set", "first_touch=3 min")
    by_setting = json.loads(accord("replay", ours, log, *setting, "--format", "json", *AS_OF).output)
    assert by_draft["judged"] == by_setting["judged"]
    assert by_draft["moved"] == 6, "five that were kept, and the one still pending"


def test_a_changed_term_is_named_beside_the_version_whose_it_is_not(ours: str, draft: str, log: str) -> None:
    setting = ("--set", "first_touch=3 min", "--set", "decide_within=2 h")
    told = accord("replay", ours, log, *setting, *AS_OF).output.splitlines()[0]
    assert " with first_touch=3 min, decide_within=2 h, its promises" in told
    assert " with " not in accord("replay", ours, log, "--under", draft, *AS_OF).output.splitlines()[0]


def test_every_verdict_that_moves_is_listed_with_its_reason(ours: str, draft: str, log: str) -> None:
    listed = ("replay", ours, log, "--under", draft, "--list", *AS_OF)
    rows = list(csv.DictReader(io.StringIO(accord(*listed, "--format", "csv").output)))
    assert len(rows) == 6
    assert all(row["then"] == "broken" and "too late" in row["why"] for row in rows)
    assert len(json.loads(accord(*listed, "--format", "json").output)["verdicts"]) == 6


def test_a_replay_by_a_grouping_has_its_rows(ours: str, draft: str, log: str) -> None:
    told = accord("replay", ours, log, "--under", draft, "--by", "lead_type", *AS_OF).output
    assert "First touch in time, by lead type" in told
    rows = csv.DictReader(
        io.StringIO(
            accord(
                *("replay", ours, log, "--under", draft, "--by", "month", "--format", "csv", *AS_OF)
            ).output
        )
    )
    assert {row["by"] for row in rows} == {"all", "month"}


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ((), "say what to try", 2),
        (("--set", "first_touch=soon"), "is no duration", None),
        (("--set", "frist_touch=5 min"), "did you mean", None),
        (("--under", "/nowhere/draft.yaml"), "/nowhere/draft.yaml", None),
        (("--set", "first_touch=5 min", "--from", "2026-05-01", "--to", "2026-04-01"), "2026-05-01", None),
        (("--set", "first_touch=5 min", "--by", "rep"), "rep", 2),
        (
            ("--set", "first_touch=5 min", "--as-of", "2025-06-01T00:00:00Z"),
            "it is asked as of 2025-06-01",
            None,
        ),
        (("--set", "first_touch=0 min"), "leaves no time at all", None),
        (("--set", "hours.moon=09:00-17:00"), "nothing here is called hours.moon", None),
        (("--set", "hours.office=25:00-26:00"), "is no time of day", None),
        (("--set", "first_touch=5 min", "--from", "2026-13-01"), "is no date", 2),
        (("--set", "first_touch=5 min", "--as-of", "soon"), "is no instant", 2),
    ],
)
def test_what_cannot_be_is_one_clear_sentence(
    ours: str, log: str, arguments: tuple[str, ...], said: str, code: int | None
) -> None:
    result = accord("replay", ours, log, *arguments)
    assert result.exit_code == code if code else result.exit_code > 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_log_that_is_a_file_or_holds_nothing_is_said(ours: str, tmp_path: Path) -> None:
    for name, said in (
        ("a.txt", "a file, and a log is a folder"),
        ("b", "no such folder"),
        ("c", "holds no log"),
    ):
        path = tmp_path / name
        path.touch() if name == "a.txt" else name == "c" and path.mkdir()
        result = accord("replay", ours, str(path), "--set", "first_touch=5 min")
        assert result.exit_code == 7 and said in result.output


def test_days_without_a_hand_off_are_said_first_and_where_there_are_some(ours: str, log: str) -> None:
    setting = ("--set", "first_touch=5 min", "--from", "2031-01-01", "--to", "2031-02-01")
    result = accord("replay", ours, log, *setting)
    assert result.exit_code == 0
    assert result.output.startswith("No lead was handed off from Wed 1 Jan 2031 to Sat 1 Feb 2031")
    assert "The log has hand-offs from" in result.output


def test_a_first_touch_at_its_last_instant_is_exactly_on_time() -> None:
    moved = Moved(
        PromiseOf.FIRST_TOUCH, "L-1", State.BROKEN, State.KEPT, None, None, None, None, "main", None, None,
        T0, T0, T0, T0, None, False, 0, None, None, None, None,
    )  # fmt: skip
    said = why(moved, ZoneInfo("UTC"))
    assert "exactly on time" in said
    assert "no time" not in said
    assert "less than a second too late" in why(
        replace(moved, then=State.BROKEN, beyond_us=3), ZoneInfo("UTC")
    )
