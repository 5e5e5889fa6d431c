"""What the page shows of sales: where time goes, causes, touches, capacity, budgets, each with its table."""

import csv
import io
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from ledger_fixture import agreement, at, event, ledger
from report_fixture import empty_score

from accord.lead.events import Event, Lead
from accord.ledger.scoring import score_of
from accord.report.page import render_page
from accord.report.sections import budget, capacity, causes, depth, parts, touches
from accord.report.view import Chart, Figure, Grid, Reader, Section

HOSTILE = "<script>alert(1)</script>\u202eevil"
TERMS = agreement(
    people={"ana": {"side": "sales", "minutes_per_month": 450}},
    promises=[{"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}],
    follow_up={
        "first_touch": "60 min",
        "cadence": [{"by": "14 d", "attempts": 3}, {"by": "28 d", "attempts": 5}],
    },
)


def log() -> tuple[list[Lead], list[Event]]:
    """Thirty leads on ten days of March, every third touched too late; every second of a hostile type."""
    leads, events = [], []
    days = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13]
    for number in range(30):
        lead = f"L{number:02d}"
        start = at(f"2026-03-{days[number % 10]:02d} 10:00")
        leads.append(Lead(lead, lead_type=HOSTILE if number % 2 else "web_form", stream=HOSTILE))
        touched = start + timedelta(minutes=95 if number % 3 == 0 else 40)
        events += [
            event(lead, "created", start - timedelta(hours=2)),
            event(lead, "qualified", start - timedelta(hours=1)),
            event(lead, "handed_off", start, outcome="complete"),
            event(lead, "assigned", start + timedelta(minutes=35 if number % 6 == 0 else 10), actor="ana"),
            event(lead, "attempted", touched, side="sales", actor="ana", channel="call"),
            event(
                lead, "attempted", touched + timedelta(hours=1), side="sales", actor="ana", channel="email"
            ),
        ]
    return leads, events


def reader(
    folder: Path, held: tuple[list[Lead], list[Event]] | None = None, known: str = "2026-03-29"
) -> Reader:
    span = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
    with ledger(folder, *(held or log()), at(f"{known} 00:00"), terms=TERMS, **span) as opened:
        return Reader(score_of(opened))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return reader(tmp_path_factory.mktemp("log"))


def figures(section: Section) -> dict[str, Figure]:
    return {figure.label: figure for part in section.parts for figure in part.figures}


def charts(section: Section) -> dict[str, Chart]:
    return {chart.name: chart for part in section.parts for chart in part.charts}


def saved(grid: Grid | None) -> list[dict[str, str]]:
    assert grid is not None
    return list(csv.DictReader(io.StringIO(unquote(grid.csv_uri.partition(",")[2]))))


def test_the_wait_is_a_bar_of_stations_with_its_table(read: Reader) -> None:
    section = parts.section(read, TERMS)
    chart = charts(section)["wait"]
    values = [value for value in chart.spec["data"]["values"] if value["name"] == "All leads"]
    assert [value["part"] for value in values] == list(parts.STATIONS)
    assert all(a["end"] == b["start"] for a, b in pairwise(values))
    row = saved(chart.grid)[0]
    assert values[-1]["end"] * 3600 == pytest.approx(sum(float(row[part]) for part in parts.STATIONS))
    assert [key.text for key in chart.legend] == [
        "Until qualified", "Until delivered", "In the queue", "With the rep who touched it",
    ]  # fmt: skip
    assert figures(section)["The prospect waits"].value == "2\u00a0h\u00a040\u00a0min"
    assert figures(section)["Touched once and left"].value == "0.0%"


def test_causes_have_words_a_chart_and_their_table(read: Reader) -> None:
    section = causes.section(read, TERMS)
    assert [part.title for part in section.parts] == ["First touch", "Decision"]
    first = section.parts[0]
    shown = {figure.label: (figure.value, figure.hint) for figure in first.figures}
    assert shown["Not in time"] == ("10", "")
    assert shown["With the rep"] == ("50.0%", "of those not in time")
    rows = saved(charts(section)["causes-first-touch-in-time"].grid)
    assert {row["cause"]: row["broken"] for row in rows} == {"rep_delay": "5", "system_delay": "5"}
    assert "Assigned late" in charts(section)["causes-first-touch-in-time"].drawing.alt


def test_touches_stand_before_what_is_owed_and_short_gaps_are_told(read: Reader) -> None:
    section = touches.section(read, TERMS)
    chart = charts(section)["touches"]
    made = {value["name"]: (value["made"], value["owed"]) for value in chart.spec["data"]["values"]}
    assert made == {"Calls": (1, 6), "E-mails": (1, 3), "Voicemails": (0, 3)}
    too_soon = figures(section)["Too soon"]
    assert (too_soon.value, too_soon.hint, too_soon.tone) == ("100.0%", "30 below 4 h", "broken")


def test_capacity_tells_work_against_time_and_what_is_assumed(read: Reader) -> None:
    section = capacity.section(read)
    shown = figures(section)
    # 30 leads × 45 min against 450 min × the 20 of 22 working days that are over
    assert shown["Work ÷ time"].value == "330.0%"
    assert shown["Work ÷ time"].tone == "over"
    assert "Leads" not in shown, "the month still runs"
    assert "usual" in shown["Leads so far this month"].hint
    assert shown["Reps needed"].value == "4"
    [chart] = charts(section).values()
    weeks = saved(chart.grid)
    assert len(weeks) == len(chart.spec["data"]["values"]) == 5
    assert "More work than time" in [key.text for key in chart.legend]


def test_each_budget_is_a_sentence_a_bar_and_a_row(read: Reader) -> None:
    section = budget.section(read)
    [figure] = section.parts[0].figures
    assert figure.label == "S1 · First touch in time"
    assert figure.value == "0 left"
    assert figure.tone == "broken"
    assert "can no longer be kept" in figure.hint
    [row] = saved(charts(section)["error-budget"].grid)
    assert (row["allowed"], row["spent"], row["left"]) == ("3", "10", "-7")
    assert "Clopper" in section.counted[0].text


def test_depth_shows_all_ages_as_a_second_look_only(read: Reader) -> None:
    shown = figures(depth.section(read, TERMS))
    assert shown["Attempts per lead"].hint == "mean, leads never reached"
    assert shown["All ages"].hint.startswith("a second look")


def test_without_leads_every_section_teaches(tmp_path: Path) -> None:
    nothing = Reader(empty_score())
    made = [parts.section(nothing, TERMS), causes.section(nothing, TERMS), touches.section(nothing, TERMS)]
    made += [capacity.section(nothing), budget.section(nothing)]
    assert all(section.empty and not section.parts for section in made)
    calm = reader(tmp_path, ([Lead("L")], [event("L", "handed_off", "2026-03-27 16:30")]))
    assert "nothing to find a cause for" in causes.section(calm, TERMS).empty


def test_owners_stay_off_the_page_and_foreign_names_stay_names(read: Reader) -> None:
    page = render_page(read.score, TERMS)
    told = page.partition('id="overdue"')[0]
    made = [parts.section(read, TERMS), causes.section(read, TERMS), touches.section(read, TERMS)]
    grids = [grid for section in made for part in section.parts for grid in (*part.grids, *part.folded)]
    assert "ana" not in {cell for grid in grids for row in grid.cells for cell in row}
    assert "<script>" not in page
    assert "\u202e" not in page
    for id in ("parts", "causes", "touches", "capacity", "budget"):
        assert f'id="{id}"' in told
