"""What the page shows of marketing: its figures, its charts with their tables, and its empty states."""

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.ledger.scoring import score_of
from accord.report.page import render_page
from accord.report.sections import attribution, band, delivery, handoff
from accord.report.view import Chart, Figure, Grid, Part, Reader, Section

HOSTILE = "<script>alert(1)</script>\u202eevil"
REP = {"side": "sales", "minutes_per_month": 5760}
TOUCHES = {
    "call": 6,
    "voicemail": 3,
    "email": 3,
    "minutes": {"call": "5 min", "voicemail": "1 min", "email": "4 min"},
}
TERMS = agreement(
    promises=[{"id": "M1", "side": "marketing", "measure": "accepted_leads", "target": "100", "band": "10%"}],
    people={"reps": REP},
    follow_up={"first_touch": "60 min", "touches": TOUCHES},
    lead_types={
        "web_form": {"label": "Web form", "mix": "70%", "mql_to_customer": "10%"},
        "demo": {"label": "Demo", "mix": "30%", "mql_to_customer": "20%"},
    },
)


def log(january: int = 112, february: int = 130) -> tuple[list[Lead], list[Event]]:
    """Two months over the band, the second above what one rep can take; some rejects of a hostile reason."""
    leads, events = [], []
    for month, count in ((1, january), (2, february)):
        for n in range(count):
            lead = Lead(
                f"{month}-{n:03}",
                lead_type="demo" if n % 4 == 0 else "web_form",
                source=HOSTILE,
                source_owner="marketing",
            )
            when = f"2026-{month:02}-05 10:00"
            leads.append(lead)
            events += [
                event(lead.lead, "handed_off", when, value="10"),
                event(lead.lead, "accepted", when, actor="rep"),
            ]
    for n in range(3):
        leads.append(Lead(f"refused-{n}", lead_type="demo", source="fair", source_owner="sales"))
        events.append(event(f"refused-{n}", "handed_off", "2026-02-06 10:00"))
        events.append(
            event(f"refused-{n}", "rejected", "2026-02-06 11:00", reason=HOSTILE if n else "duplicate")
        )
    return leads, events


def reader(folder: Path, held: tuple[list[Lead], list[Event]], terms: Agreement = TERMS) -> Reader:
    span = {"from_on": date(2026, 1, 1), "to_on": date(2026, 2, 28)}
    with ledger(folder, *held, at("2026-03-01 00:00"), terms=terms, **span) as opened:
        return Reader(score_of(opened))


def figures(*parts: Part) -> dict[str, Figure]:
    return {figure.label: figure for part in parts for figure in part.figures}


def charts(section: Section) -> dict[str, Chart]:
    return {chart.name: chart for part in section.parts for chart in part.charts}


def saved(grid: Grid | None) -> list[dict[str, str]]:
    assert grid is not None
    return list(csv.DictReader(io.StringIO(unquote(grid.csv_uri.partition(",")[2]))))


def drawn(chart: Chart) -> list[dict[str, object]]:
    values: list[dict[str, object]] = chart.spec["data"]["values"]
    return values


def test_months_over_the_band_are_amber_until_the_reps_cannot_take_them(tmp_path: Path) -> None:
    found = band.section(reader(tmp_path, log()), TERMS)
    bars = drawn(charts(found)["band-M1"])
    assert [(bar["tone"], bar["note"]) for bar in bars] == [("amber", "+12.0%"), ("red", "▲ +30.0%")]
    said = figures(*found.parts)
    assert (said["Over"].value, said["Over"].tone) == ("+30.0%", "broken")
    assert said["In a row"].value == "2 over"
    assert said["In a row"].hint == "both heads are to be told"
    assert said["Of what the reps can take"].value == "103.9%", "133 delivered leads of 128"
    standing = [row["standing"] for row in saved(charts(found)["band-M1"].grid)]
    assert standing == ["over, the reps can take it", "over, more than the reps can take"]


@pytest.mark.parametrize(
    ("actual", "said"),
    [(4290, "+10.0%"), (4291, "+10.03%"), (4289, "+9.97%"), (3509, "\N{MINUS SIGN}10.03%"), (4056, "+4.0%")],
)
def test_a_deviation_at_the_edge_of_its_band_is_told_apart_from_the_edge(actual: int, said: str) -> None:
    row = {"delta": actual / 3900 - 1, "due": 3900.0, "low": 3510.0, "high": 4290.0}
    assert band._delta(row) == said


def test_leads_of_a_month_that_runs_stand_beside_what_the_reps_take_in_the_whole_of_it(
    tmp_path: Path,
) -> None:
    span = {"from_on": date(2026, 2, 1), "to_on": date(2026, 2, 28)}
    with ledger(tmp_path, *log(), at("2026-02-10 00:00"), terms=TERMS, **span) as opened:
        said = figures(*band.section(Reader(score_of(opened)), TERMS).parts)
    hint = said["Of what the reps can take"].hint
    assert hint == "133 so far of 128 leads of the whole month, all reps at full strength"


def test_a_reason_in_time_names_whose_leads_it_is_of(tmp_path: Path) -> None:
    said = figures(*handoff.section(reader(tmp_path, log()), TERMS).parts)
    assert said["Reason in time"].hint.endswith("of leads delivered in the period")


def test_the_table_behind_each_chart_has_its_numbers(tmp_path: Path) -> None:
    held = reader(tmp_path, log())
    months = charts(band.section(held, TERMS))["band-M1"]
    assert [float(row["actual"]) for row in saved(months.grid)] == pytest.approx(
        [bar["actual"] for bar in drawn(months)], rel=1e-11
    ), "the file holds twelve digits"
    mix = charts(delivery.section(held, TERMS))
    shares = {row["type"]: float(row["share"]) for row in saved(mix["mix-by-count"].grid)}
    assert shares == pytest.approx(
        {str(bar["name"]): bar["share"] for bar in drawn(mix["mix-by-count"])}, rel=1e-11
    )
    reasons = charts(handoff.section(held, TERMS))["rejections"]
    assert (
        [int(row["rejected"]) for row in saved(reasons.grid)]
        == [bar["count"] for bar in drawn(reasons)]
        == [2, 1]
    )


def test_delivery_shows_what_counts_beside_what_was_delivered_and_which_price_was_used(
    tmp_path: Path,
) -> None:
    said = figures(*delivery.section(reader(tmp_path, log()), TERMS).parts)
    assert (said["Accepted"].value, said["Delivered"].value) == ("242", "245")
    assert (said["Value"].value, said["Value"].hint) == (
        "USD\N{NO-BREAK SPACE}2,420",
        "as frozen at hand-off",
    )


def test_a_shortfall_is_shown_and_said_to_stay_where_it_fell_or_where_it_goes(tmp_path: Path) -> None:
    said = figures(*band.section(reader(tmp_path / "a", log(80, 100)), TERMS).parts)
    assert (said["Carried over"].value, said["Carried over"].hint) == (
        "nothing", "as agreed: a shortfall stays where it fell",
    )  # fmt: skip
    spread = TERMS.model_copy(update={"delivery": TERMS.delivery.model_copy(update={"carry_over": 2})})
    said = figures(*band.section(reader(tmp_path / "b", log(80, 100), spread), spread).parts)
    assert said["Carried over"].value == "10\N{NO-BREAK SPACE}leads"
    assert said["Carried over"].hint == "spread over 2 months, beside the goal and not in it"


def test_sources_name_the_reading_that_the_agreement_goes_by(tmp_path: Path) -> None:
    found = attribution.section(reader(tmp_path, log()), TERMS)
    assert figures(*found.parts)["Leads"].hint == "98.8% of all"
    [cohort] = (grid for part in found.parts for grid in part.grids if grid.id == "attribution-cohort")
    assert {row["by"] for row in saved(cohort)} == {
        "recorded source (agreed)",
        "first touch",
        "touch before sales",
    }


def test_without_leads_each_section_says_what_it_is_made_from(tmp_path: Path) -> None:
    held = reader(tmp_path, ([], []))
    for made, word in (
        (delivery, "`handed_off`"),
        (handoff, "`rejected`"),
        (attribution, "`source_owner`"),
        (band, "M1"),
    ):
        section = made.section(held, TERMS)
        assert not section.parts
        assert word in section.empty


def test_a_hostile_reason_or_source_stays_a_name(tmp_path: Path) -> None:
    held = reader(tmp_path, log())
    page = render_page(held.score, TERMS)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_a_period_tells_of_no_month_after_it(tmp_path: Path) -> None:
    held = reader(tmp_path, log())
    january = Reader(replace(held.score, to_on=date(2026, 1, 31)))
    [part] = band.section(january, TERMS).parts
    assert len(saved(part.charts[0].grid)) == 1
    assert len(saved(band.section(held, TERMS).parts[0].charts[0].grid)) > 1


def test_revenue_above_its_band_is_over_in_the_picture_as_in_its_figures(tmp_path: Path) -> None:
    held = reader(tmp_path, log())
    row = {**held.rows("band")[0], "state": "over", "alarm": "none", "so_far": False}
    point = band._point(row, "USD", "Jan 2026")
    assert (point.tone, band._kind(point), band._tone(row)) == ("over", "over", "over")
    assert band._KEYS["over"].text == "Over"
