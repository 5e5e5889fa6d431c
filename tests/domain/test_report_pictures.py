"""Charts as files of their own: real colours, title and legend inside, exactly the numbers that are drawn."""

import csv
import io
import re
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from report_fixture import agreement, measures, score

from accord.report.drawing import _straightened
from accord.report.pictures import numbers_file, png_file, svg_file
from accord.report.sections import sections
from accord.report.theme import LIGHT
from accord.report.view import Chart, Reader


@pytest.fixture(scope="module")
def charts() -> list[Chart]:
    made = sections(Reader(score(measures=measures())), agreement(), None)
    return [chart for section in made for part in section.parts for chart in part.charts]


def test_every_chart_has_a_name_of_its_own(charts: list[Chart]) -> None:
    assert len({chart.name for chart in charts}) == len(charts) > 3


def test_a_picture_alone_has_its_title_its_legend_and_no_token_of_a_page(charts: list[Chart]) -> None:
    for chart in charts:
        text = svg_file(chart)
        words = " ".join(ET.fromstring(text).itertext())  # noqa: S314 - our own
        assert "var(--" not in text
        assert not re.search("#0[0-9]0[0-9]0[0-9]", text), "a sentinel is no colour"
        assert chart.title in words
        assert all(key.text in words for key in chart.legend)


def test_a_line_keeps_each_bend_and_drops_the_points_between() -> None:
    straight = "".join(f"L{at},{at / 2:.2f}" for at in range(1, 100))
    assert _straightened(f"M0,0{straight}") == "M0.0,0.0L99.0,49.5"
    assert _straightened(f"M0,0{straight}L100,0L200,0") == "M0.0,0.0L99.0,49.5L100.0,0.0L200.0,0.0"
    assert _straightened("M0,0L10,0L5,0L5,9Z") == "M0.0,0.0L10.0,0.0L5.0,0.0L5.0,9.0Z"


def test_a_picture_for_a_mail_is_a_png(charts: list[Chart]) -> None:
    assert png_file(charts[0], scale=1).startswith(b"\x89PNG")


def test_the_file_of_numbers_has_each_mark_that_is_drawn_and_what_was_promised(charts: list[Chart]) -> None:
    drawn = 0
    for chart in charts:
        rows = list(csv.DictReader(io.StringIO(numbers_file(chart))))
        told = {row.get("label") for row in rows}
        marks = set(re.findall("<title>([^<]+)</title>", chart.drawing.wide))
        assert marks and marks <= told
        drawn += len(marks)
        if chart.name == "speed-by-week":
            assert {row["promised"] for row in rows} == {"0.9"}
    assert drawn > 20


def test_the_light_colours_are_those_of_the_page() -> None:
    style = files("accord.report").joinpath("templates", "style.css").read_text("utf-8")
    tokens = dict(re.findall(r"--(\w+): light-dark\((#\w+),", style))
    assert {name: tokens[name] for name in LIGHT} == LIGHT
