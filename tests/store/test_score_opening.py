"""Every figure opens: to its leads, its definition and SQL, a lead's explanation, and files."""

import csv
import io
import json
import re
from urllib.parse import quote

import pytest
from django.urls import reverse

from accord.ledger.links import CLOSED, MATURE, chain
from accord.ledger.measures import MEASURES
from accord.report.view import Chart, Section
from accord.server.score import folding, reading
from accord.server.score.asked import View, presets
from accord.server.score.places import ELSEWHERE, PLACES, on, page_of
from server_fixture import People, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("undrawn", "scored")]
PAGES = ["/score/", *(f"/score/{name}/" for name in ("marketing", "sales", "pipeline", "won-and-lost"))]


SIDES = {  # of promises that are not kept and broken, the words of what counts and what does not
    "win_rate": ("won", "lost"),
    "retention": ("stayed", "left"),
    "satisfaction": ("satisfied", "not-satisfied"),
}


def whole_term(at) -> tuple[Section, ...]:
    mark, agreement = folding.in_force(at)
    answer = reading.read(mark, View(presets(agreement, at)["term"]), at)
    return reading.sections_of(answer, mark)


def charts(made: tuple[Section, ...]) -> list[tuple[Section, Chart]]:
    return [(section, chart) for section in made for part in section.parts for chart in part.charts]


def test_every_page_shows_every_chart_with_its_table_and_its_files(people: People, scored) -> None:
    client = signed_in(people.leyla)
    told = {path: client.get(f"{path}?period=term").content.decode() for path in PAGES}
    assert all("</main>" in text and "being counted" not in text for text in told.values())
    found = charts(whole_term(scored))
    assert len(found) > 8
    for section, chart in found:
        text = told[reverse(page_of(section.id))]
        for kind in ("svg", "png", "csv"):
            address = reverse(f"score-chart-{kind}", args=[section.id, chart.name])
            assert f'href="{address}?period=term"' in text
        assert chart.grid is None or f'id="t-{chart.grid.id}"' in text


def test_the_csv_of_every_chart_has_exactly_its_numbers(people: People, scored) -> None:
    client = signed_in(people.vera)
    for section, chart in charts(whole_term(scored)):
        answer = client.get(f"/score/charts/{section.id}/{quote(chart.name)}.csv?period=term")
        assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        drawn = [
            row for spec in every_spec(chart.spec) for row in spec.get("data", {}).get("values", []) if row
        ]
        assert len(rows) == len(drawn) > 0, (section.id, chart.name)
        for row, mark in zip(rows, drawn, strict=True):
            figures = {name: value for name, value in mark.items() if is_figure(value)}
            assert {name: float(row[name]) for name in figures} == figures, (section.id, chart.name)


def every_spec(spec: dict) -> list[dict]:
    parts = [part for name in ("layer", "hconcat", "vconcat", "concat") for part in spec.get(name, ())]
    return [spec, *(each for part in parts for each in every_spec(part))]


def is_figure(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_from_the_first_page_to_a_leads_explanation_it_is_three_clicks(people: People) -> None:
    client = signed_in(people.omar)
    first = client.get("/score/?period=term").content.decode()
    promise = re.search(r'href="(/score/rows/S1/[^"]*)"', first)[1]
    rows = client.get(promise).content.decode()
    lead = re.search(r'href="(/score/leads/[^"]+)"', rows)[1].replace("&amp;", "&")
    told = client.get(lead).content.decode()
    assert "First touch" in told and "On record" in told


def test_as_many_leads_stand_behind_a_share_as_it_counts(people: People, scored) -> None:
    mark, agreement = folding.in_force(scored)
    score = reading.read(mark, View(presets(agreement, scored)["term"]), scored).score
    client = signed_in(people.mina)
    for promise in (one for side in score.sides for one in side.promises if one.numerator is not None):
        kept, lost = SIDES.get(promise.measure, ("kept", "broken"))
        for state, count in ((kept, promise.numerator), (lost, promise.denominator - promise.numerator)):
            answer = client.get(f"/score/rows/{promise.id}/{state}.csv?period=term")
            lines = b"".join(answer.streaming_content).decode().splitlines()
            assert len(lines) - 1 == count, (promise.id, state)


def test_behind_a_win_rate_that_nobody_promised_stand_its_leads_too(people: People, scored) -> None:
    mark, agreement = folding.in_force(scored)
    score = reading.read(mark, View(presets(agreement, scored)["term"]), scored).score
    link = chain(score, agreement).links[-1]
    client = signed_in(people.mina)
    first = client.get("/score/?period=term").content.decode()
    assert not link.promise and f'href="/score/rows/{link.behind}/?period=term"' in first

    def leads(basis: str, state: str) -> int:
        answer = client.get(f"/score/rows/{basis}/{state}.csv?period=term")
        return len(b"".join(answer.streaming_content).decode().splitlines()) - 1

    counts = [leads(MATURE, state) for state in ("won", "lost", "open")]
    row = next(
        row
        for row in score.measures["conversion_estimate"].table.dicts()
        if (row["from_stage"], row["to_stage"]) == ("opportunity", "customer")
    )
    assert (counts[0], sum(counts)) == (row["mature_reached"], row["mature_entered"])
    closed = score.measures["outcomes"].table.dicts()[0]
    assert (leads(CLOSED, "won"), leads(CLOSED, "lost")) == (closed["won"], closed["lost"])
    text = client.get(f"/score/rows/{link.behind}/?period=term").content.decode()
    assert "<bdi>Win rate</bdi>" in text


def test_every_measure_is_told_with_its_columns_its_sql_and_its_rows(people: People) -> None:
    client = signed_in(people.runa)
    for name in MEASURES:
        text = client.get(f"/score/measures/{name}").content.decode()
        assert "SELECT" in text and name in text, name
        file = client.get(f"/score/measures/{name}.csv")
        assert file.status_code == 200 and file["Content-Type"].startswith("text/csv")
    assert client.get("/score/measures/nonsense").status_code == 404


def test_viewers_see_what_was_judged_of_a_lead_and_no_word_or_name(people: People) -> None:
    rows = signed_in(people.vera).get("/score/rows/S1/kept?period=term").content.decode()
    lead = re.search(r'href="(/score/leads/[^"]+)"', rows)[1]
    seen = signed_in(people.vera).get(lead).content.decode()
    assert "First touch" in seen and "On record" not in seen
    assert "On record" in signed_in(people.omar).get(lead).content.decode()


def test_a_lead_that_nobody_knows_is_not_found(people: People) -> None:
    assert signed_in(people.omar).get("/score/leads/nobody").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=2026-01-01",
        "from=2026-02-30&to=2026-03-01",
        "from=2026-03-02&to=2026-03-01",
        "from=0001-01-01&to=9999-12-31",
        "from=1990-01-01&to=2020-01-01",
        "period=decade",
        "as_of=soon",
        "as_of=9999-12-31",
        "compare=yesterday",
        "compare=2026-01-01..",
        "compare=2026-02-01..2026-01-01",
        "type=" + "x" * 300,
        "&".join(f"stream=a{n}" for n in range(30)),
        "from=%00&to=%00",
        "from='%20OR%201=1--&to=2026-01-01",
        "type=%3Cscript%3Ealert(1)%3C/script%3E",
        "source='%3B%20DROP%20TABLE%20lead",
    ],
)
def test_a_hostile_address_gets_a_clear_answer_and_nothing_breaks(people: People, query: str) -> None:
    client = signed_in(people.leyla)
    for path in (*PAGES, "/score/rows/S1/", "/score/measures/speed", "/score/charts/pace/pace-M1.csv"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400, path
        assert "This could not be read" in answer.content.decode() or "%00" in query
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "utm=1",
        "%3Cscript%3Ealert(1)%3C/script%3E=1",
        "type=content",
        "stream=-",
        "page=9",
    ],
)
def test_what_can_be_asked_for_is_answered_whatever_it_is_called(people: People, query: str) -> None:
    for path in (*PAGES, "/score/rows/S1/"):
        answer = signed_in(people.leyla).get(f"{path}?{query}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_a_figure_says_what_it_was_and_whether_the_change_is_more_than_chance(people: People) -> None:
    text = signed_in(people.leyla).get("/score/").content.decode()
    assert " points" in text and "against" in text
    assert "against" not in signed_in(people.leyla).get("/score/?compare=none").content.decode()


def test_every_section_has_its_place_and_a_new_one_is_shown_too(scored) -> None:
    made = whole_term(scored)
    assert {section.id for section in made} <= {name for place in PLACES for name in place.sections}
    new = Section("new", "New", "Is it new?")
    page = next(place for place in PLACES if place.name == ELSEWHERE)
    assert on(page, (*made, new))[-1] is new


def test_a_file_of_what_is_not_counted_yet_is_asked_for_again(people: People) -> None:
    answer = signed_in(people.leyla).get("/score/charts/pace/pace-M1.csv?stream=smb")
    assert answer.status_code == 503


def test_the_fields_of_the_form_are_those_of_the_leads(people: People, scored) -> None:
    choices = folding.newest(folding.in_force(scored)[0]).choices
    assert {"demo", "web_form"} <= set(choices["type"]) and json.dumps(choices)
    text = signed_in(people.leyla).get("/score/").content.decode()
    assert '<option value="demo">' in text
