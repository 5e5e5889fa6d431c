"""What the page says of the way to a deal: links, coverage, reasons, closing ratios, customers."""

import pytest
from report_fixture import agreement, empty_score, measure, measures, score

from accord.ledger.score import Score
from accord.report.drawing import NARROW, WIDE
from accord.report.sections import conversion, coverage, customers, links, outcomes, winloss
from accord.report.view import Chart, Reader, Section

SECTIONS = {
    "links": links.section,
    "coverage": coverage.section,
    "outcomes": outcomes.section,
    "winloss": winloss.section,
    "customers": customers.section,
}


def shown(name: str, scored: Score | None = None) -> Section:
    return SECTIONS[name](Reader(scored or score(measures=measures())), agreement())


def figures(section: Section) -> dict[str, tuple[str | None, str]]:
    return {one.label: (one.value, one.tone) for part in section.parts for one in part.figures}


def charts(section: Section) -> dict[str, Chart]:
    return {chart.name: chart for part in section.parts for chart in part.charts}


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_has_its_id_and_says_how_it_counts(name: str) -> None:
    section = shown(name)
    assert section.id == name
    assert section.parts
    assert not section.empty
    assert section.counted


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_without_anything_teaches_what_is_missing(name: str) -> None:
    section = shown(name, empty_score())
    assert section.parts == ()
    assert "`" in section.empty, "it names what to write or to record"


@pytest.mark.parametrize("name", ["outcomes", "winloss"])
def test_every_chart_has_its_name_its_words_and_its_table(name: str) -> None:
    found = charts(shown(name))
    assert found
    for chart in found.values():
        assert chart.grid is not None
        assert chart.grid.cells
        assert chart.drawing.alt.endswith(".")
        assert chart.spec["width"] == WIDE or chart.spec["width"] > NARROW
        assert all(value["label"] for value in chart.spec["data"]["values"])


def test_the_first_broken_link_is_named_with_figure_and_target() -> None:
    section = shown("links")
    assert section.question.startswith("The first broken link is speed. Speed: 71.4% first touched in time")
    found = figures(section)
    assert list(found) == ["Volume", "Quality", "Speed", "Depth", "Win rate"]
    assert found["Speed"] == ("71.4%", "broken")
    assert found["Depth"] == ("74.2%", "risk")
    assert found["Quality"] == (None, "")
    [table] = section.parts[0].grids
    assert [row[0] for row in table.cells] == ["volume", "quality", "speed", "depth", "win rate"]
    assert len(table.muted) >= 1, "what is unknown is pale"


def test_coverage_is_told_as_multiples_against_one_over_the_win_rate() -> None:
    found = figures(shown("coverage"))
    assert found["Coverage"] == ("2.50×", "risk")
    assert found["Needed"] == ("4.35×", "")
    assert found["Pipeline needed"][0] == "USD\u00a01,739,130"
    [table] = shown("coverage").parts[0].grids
    assert [column.key for column in table.columns][:2] == ["of", "group"]
    assert {row[table_index(table, "verdict")] for row in table.cells} == {"not enough", None}


def covered(**changes: object) -> dict[str, object]:
    """A row of coverage: 11.9 times what is left, two thirds of it in old deals."""
    row = {
        "by": "all",
        "key": "all",
        "open_deals": 40,
        "pipeline": 1190.0,
        "aged": 802.0,
        "quota_left": 100.0,
    }
    return {**row, "coverage": 11.9, "needed": 4.28, "enough": True, "win_rate": 0.2336, **changes}


def test_coverage_that_only_old_deals_carry_is_not_called_enough() -> None:
    held = score(measures={"coverage": measure("coverage", "Coverage", [covered()])})
    section = shown("coverage", held)
    assert figures(section)["Coverage"] == ("11.90×", "risk")
    hints = {one.label: one.hint for one in section.parts[0].figures}
    assert hints["Coverage"] == "pipeline ÷ quota left; 3.88× without what is old"
    [table] = section.parts[0].grids
    assert [table.cells[0][table_index(table, key)] for key in ("fresh", "verdict")] == [
        "3.88×", "only with old deals",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "only with old deals"),
        ({"aged": 0.0}, "enough"),
        ({"aged": 1190.0 - 428.0}, "enough"),
        ({"enough": False}, "not enough"),
        ({"enough": None, "needed": None}, None),
        ({"coverage": None, "quota_left": 0.0}, "enough"),
    ],
)
def test_a_verdict_on_coverage_by_what_is_left_without_the_old(
    changes: dict[str, object], verdict: str | None
) -> None:
    assert coverage._verdict(covered(**changes)) == verdict


def test_customers_of_several_groups_are_said_to_stand_in_each() -> None:
    [table] = shown("customers").parts[0].grids
    assert "need not add up" in table.note


def table_index(table: object, key: str) -> int:
    return [column.key for column in table.columns].index(key)  # type: ignore[attr-defined]


def test_wins_losses_and_no_decision_are_three_and_reasons_two_charts() -> None:
    section = shown("winloss")
    found = figures(section)
    assert [found[name][0] for name in ("Won", "Lost", "No decision", "Without a reason")] == [
        "12",
        "5",
        "3",
        "4",
    ]
    lost = charts(section)["reasons-lost"]
    assert [(value["name"], value["nobody"]) for value in lost.spec["data"]["values"]] == [
        ("price", False),
        ("went dark", True),
    ]
    assert any("No decision" in key.text for key in lost.legend)
    assert "weak evidence" in section.question


def test_reasons_that_nobody_gave_are_no_chart_but_stay_in_the_table() -> None:
    held = measures()
    rows = held["win_loss"].table
    place = rows.columns.index("reason")
    silent = tuple((*row[:place], None, *row[place + 1 :]) for row in rows.rows)
    held["win_loss"] = type(held["win_loss"])(
        **{**vars(held["win_loss"]), "table": type(rows)(rows.columns, silent)}
    )
    section = shown("winloss", score(measures=held))
    assert charts(section) == {}
    assert section.parts[0].folded


def test_the_largest_deals_are_listed_by_outcome() -> None:
    grids = shown("winloss").parts[1].grids
    assert [grid.id for grid in grids] == ["key-deals-won", "key-deals-lost"]
    assert "Nordwind" in grids[0].cells[0]


def test_the_closing_ratio_has_inbound_first_then_its_sources_then_the_others() -> None:
    chart = charts(shown("outcomes"))["closing-ratio"]
    assert [value["at"] for value in chart.spec["data"]["values"]] == [
        "Inbound, all",
        "Inbound: search",
        "sales",
    ]
    assert [value["low"] for value in chart.spec["data"]["values"]] == [0.2] * 3


def test_time_to_close_is_a_bar_for_all_and_each_type_and_marks_the_few() -> None:
    chart = charts(shown("outcomes"))["time-to-close-handed-off"]
    values = chart.spec["data"]["values"]
    assert [(value["name"], value["median"], value["p90"], value["small"]) for value in values] == [
        ("All", 31.5, 88.0, False),
        ("demo", 31.5, 88.0, True),
    ]


def test_customers_are_told_with_what_they_rest_on() -> None:
    section = shown("customers")
    assert figures(section)["Retention"][0] == "95.0%"
    hints = {one.label: one.hint for one in section.parts[0].figures}
    assert (hints["Retention"], hints["Satisfied"]) == ("38 of 40", "8 of 10")


def test_conversion_is_also_told_by_cell_and_pales_where_few_converted() -> None:
    section = conversion.section(Reader(score(measures=measures())), agreement())
    folded = {grid.id: grid for part in section.parts for grid in part.folded}
    table = folded["conversion-cells"]
    assert [row[1:4] for row in table.cells] == [("all", "smb", "all"), ("demo", "smb", "all")]
    assert table.muted == {1}
