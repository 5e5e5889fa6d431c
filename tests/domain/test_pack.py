"""The pack of the review: what a review starts with, problems first, and the same on paper."""

import json
import re
from typing import Any

import pytest
from report_fixture import agreement, measure, measures, score
from test_standup import a_score, promise

from accord.ledger.score import PromiseState
from accord.report.pack import opening, plain, problems
from accord.report.pack_pdf import _data, _pieces, pack_pdf
from accord.report.view import Reader


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    actions = [
        {"text": "<b>Ask</b> #panic() \u202eevil", "owner": "سارا", "due_on": "2026-02-12", "state": "done",
         "note": "", "carried": 0}
    ]  # fmt: skip
    return plain(score(measures=measures()), agreement(), actions=actions)


def test_a_review_starts_with_leads_passed_on_and_the_average_follow_up(values: dict[str, Any]) -> None:
    delivered = measure("delivery", "What marketing delivered", [{"by": "all", "delivered": 1823}])
    found = opening(Reader(score(measures={**measures(), "delivery": delivered})))
    assert [one.label for one in found][:2] == [
        "Leads handed to sales",
        "Average time to the first touch",
    ]  # S1.31
    assert found[0].value == "1,823"  # all that came, and not only what the first touch judges
    assert values["opening"][0]["value"] is not None


def test_what_the_log_does_not_know_is_left_out_and_no_nought() -> None:
    assert opening(Reader(a_score())) == ()


def test_problems_stand_by_weight_and_then_along_the_chain() -> None:
    found = problems(
        a_score(
            promise("S2", "cadence_kept", side="sales", state=PromiseState.BROKEN),
            promise("M2", "lead_value", state=PromiseState.OVER),
            promise("M1", "accepted_leads", state=PromiseState.BROKEN),
            promise("S3", "decided_in_time", side="sales", state=PromiseState.KEPT),
            promise("S1", "first_touch_in_time", side="sales", state=PromiseState.AT_RISK),
        )
    )
    assert [one.id for one in found] == ["M1", "S2", "M2", "S1"]


def test_it_is_json_with_charts_and_without_single_leads(values: dict[str, Any]) -> None:
    again = json.loads(json.dumps(values))
    assert again["opening"] == values["opening"]
    charts = [one for section in values["sections"] for part in section["parts"] for one in part["charts"]]
    assert len(charts) > 2
    assert all(one["alt"] and one["wide"].startswith("<svg") for one in charts)
    assert "overdue" not in [section["id"] for section in values["sections"]]


def test_charts_that_stand_in_pairs_are_all_there_with_the_last_link_of_the_chain() -> None:
    held = measures()
    steps = [("mql", "sql"), ("sql", "opportunity"), ("opportunity", "customer"), ("mql", "customer")]
    [first, *_] = held["conversion"].table.dicts()
    rows = [{**first, "from_stage": a, "to_stage": b} for a, b in steps]
    held["conversion"] = measure("conversion", "Conversion", rows)
    found = plain(score(measures=held), agreement())["sections"]
    [told] = [one for one in found if one["id"] == "conversion"]
    titles = [chart["title"] for chart in told["parts"][0]["charts"]]
    assert len(titles) == 4
    assert any(title.startswith("Opportunity to customer") for title in titles)


def test_a_table_too_wide_for_the_sheet_goes_on_in_a_second_and_loses_no_column() -> None:
    head = [{"title": f"column {at}", "numeric": at > 0} for at in range(13)]
    wide = {"caption": "Wide", "head": head, "rows": [list(range(13))], "left_out": 2}
    first, second = _pieces(wide)
    assert [one["title"] for one in second["head"]] == ["column 0", *(f"column {at}" for at in range(7, 13))]
    assert first["rows"] == [[0, 1, 2, 3, 4, 5, 6]]
    assert (first["caption"], second["caption"]) == ("Wide (1 of 2)", "Wide (2 of 2)")
    assert (first["left_out"], second["left_out"]) == (0, 2)
    assert next(_pieces({**wide, "head": head[:8], "rows": []}))["caption"] == "Wide"


def test_paper_has_the_legends_of_its_charts_and_isolates_only_what_runs_from_the_right(
    values: dict[str, Any],
) -> None:
    data = _data(values)
    charts = [one for section in data["sections"] for part in section["parts"] for one in part["charts"]]
    signs = [key["sign"] for one in charts for key in one["legend"]]
    assert signs and all("<symbol" in sign and "var(" not in sign for sign in signs)
    assert "\u2069" not in data["title"] + data["foot"]
    assert "\u2068سارا\u2069" in data["lists"][1]["rows"][0]


def test_its_pdf_has_a_few_pages_and_takes_text_as_text(values: dict[str, Any]) -> None:
    pdf = pack_pdf(values)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) < 2_000_000
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 20
    assert pack_pdf(values) == pdf
