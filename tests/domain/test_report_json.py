"""The score as JSON: stable, strict, and every number with its definition."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_fixture import empty_score, measure, measures, promise, score

from accord.ledger.measures import find
from accord.ledger.score import PromiseState, SideScore
from accord.report.as_json import score_json

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "report-json.md"


def strict(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module")
def told() -> Any:
    return strict(score_json(score(measures=measures())))


def test_the_same_score_gives_the_same_text(told: Any) -> None:
    assert strict(score_json(score(measures=measures()))) == told
    assert score_json(score()) == score_json(score())


def test_the_head_says_what_of_when_and_as_of_when(told: Any) -> None:
    assert told["format"] == "accord-score"
    assert told["layout"] == 1
    assert told["period"] == {"from": "2026-03-01", "to": "2026-03-31", "zone": "Europe/Istanbul"}
    assert told["as_of"] == "2026-03-16T09:00:00Z"
    assert told["log"] == {"leads": 1977, "events": 14210}


def test_every_figure_of_a_promise_has_value_unit_definition_measure_and_requirements(told: Any) -> None:
    promises = [each for side in told["sides"] for each in side["promises"]]
    assert len(promises) == 7
    for each in promises:
        for figure in ("actual", "target", "due_by_now", "attainment"):
            assert {"value", "unit", "definition", "measure", "requirements"} <= each[figure].keys()
            assert each[figure]["definition"]
        assert {"numerator", "denominator", "pending"} <= each["actual"].keys()


def test_what_is_unknown_is_null_and_never_zero(told: Any) -> None:
    unmeasured = told["sides"][0]["promises"][2]
    assert unmeasured["state"] == "unmeasured"
    assert unmeasured["actual"]["value"] is None
    assert unmeasured["actual"]["numerator"] is None
    assert unmeasured["attainment"]["value"] is None


def test_a_row_is_an_object_by_column_and_every_column_is_listed(told: Any) -> None:
    for result in told["measures"].values():
        assert result["rows"]
        for row in result["rows"]:
            assert row.keys() == result["columns"].keys()


def test_columns_of_the_ledgers_own_measures_say_what_they_mean(told: Any) -> None:
    assert told["measures"]["speed"]["columns"]["judged"] == "kept + broken"


def test_a_measure_whose_own_name_says_by_keeps_its_columns_and_so_do_its_parts() -> None:
    rows = [{"channel": "call", "touches": 3}]
    found = [measure(name, "Touches", rows) for name in ("touches_by_channel", "touches_by_channel_by_month")]
    told = strict(score_json(replace(score(), measures={one.name: one for one in found})))["measures"]
    whole, part = (told[one.name]["columns"] for one in found)
    assert whole["channel"] == part["channel"] == find("touches_by_channel").columns["channel"] != ""


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
        (True, True),
        (Decimal("1999.9000"), "1999.9000"),
        (Decimal("NaN"), None),
        (Fraction(1, 4), 0.25),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC).replace(tzinfo=None), "2026-03-01T12:00:00Z"),
        (timedelta(minutes=2), 120.0),
        ("a\ud800b", "a?b"),
        ("نام ไทย", "نام ไทย"),
    ],
)
def test_each_kind_of_value_has_one_way_to_be_written(value: object, written: object) -> None:
    found = measure("m", "M", [{"cell": value}])
    assert strict(score_json(score(measures={"m": found})))["measures"]["m"]["rows"] == [{"cell": written}]


@settings(deadline=None, max_examples=100)
@given(st.one_of(st.floats(), st.text(), st.decimals(), st.integers(), st.datetimes(), st.none()))
def test_no_value_breaks_the_json(value: object) -> None:
    odd = promise("S1", "sales", str(value), "speed", PromiseState.BROKEN, note=str(value))
    if isinstance(value, float):
        odd = replace(odd, actual=value, attainment=value)
    text = score_json(
        score(
            measures={"m": measure("m", "M", [{"cell": value}])},
            sides=(SideScore("sales", None, 0, 0, (odd,)),),
        )
    )
    text.encode("utf-8")
    assert strict(text)["measures"]["m"]["rows"]


def test_an_empty_score_is_told_too() -> None:
    told = strict(score_json(empty_score()))
    assert told["measures"] == {}
    assert [side["attainment"]["value"] for side in told["sides"]] == [None, None]


def test_the_reference_describes_every_key(told: Any) -> None:
    reference = REFERENCE.read_text(encoding="utf-8")

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for item in value.values() for key in keys(item)}
        return {key for item in value for key in keys(item)} if isinstance(value, list) else set()

    fixed = {key: value for key, value in told.items() if key not in {"measures", "definitions"}}
    a_measure = dict.fromkeys(told["measures"]["speed"])
    for key in keys(fixed) | set(a_measure) | {"measures", "definitions"}:
        assert f"`{key}`" in reference, key


def test_a_measure_longer_than_a_score_is_cut_and_says_so() -> None:
    rows = measure("m", "M", [{"cell": i} for i in range(2003)])
    told = strict(score_json(score(measures={"m": rows})))["measures"]["m"]
    assert len(told["rows"]) == 2000
    assert told["left_out"] == 3
