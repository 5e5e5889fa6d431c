"""How numbers, times and names are written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.report import format as say

NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (say.number(1560), "1,560"),
        (say.number(-160), "−160"),
        (say.number(160, signed=True), "+160"),
        (say.number(0, signed=True), "0"),
        (say.number(-0.4), "0"),
        (say.number(0.5), "1"),
        (say.number(2.5), "3"),
        (say.number(Fraction(2500, 18), 2), "138.89"),
        (say.money(Decimal("499596.50"), "USD"), f"USD{NB}499,597"),
        (say.percent(5 / 7), "71.4%"),
        (say.percent(0.285, 0), "29%"),
        (say.promised_percent(0.9), "90%"),
        (say.promised_percent(0.925), "92.5%"),
        (say.of(5, 7), "5 of 7"),
        (say.amount(1, "leads"), f"1{NB}lead"),
        (say.amount(0.714, "share"), "71.4%"),
        (say.length(45), f"45{NB}s"),
        (say.length(5400), f"1{NB}h{NB}30{NB}min"),
        (say.length(3599.7), f"1{NB}h"),
        (say.length(90_000), f"25{NB}h"),
        (say.length(90_000, wall=True), f"1{NB}d{NB}1{NB}h"),
        (say.length(-60), f"−1{NB}min"),
        (say.day(date(2026, 3, 5)), f"5{NB}March{NB}2026"),
        (say.period(date(2026, 3, 1), date(2026, 3, 31)), f"1–31{NB}March{NB}2026"),
        (say.period(date(2025, 12, 1), date(2026, 1, 31)), f"1{NB}December{NB}2025 – 31{NB}January{NB}2026"),
        (say.instant(datetime(2026, 3, 16, 9, tzinfo=UTC), "Asia/Riyadh"), f"Mon 16{NB}Mar{NB}2026, 12:00"),
    ],
)  # fmt: skip
def test_a_figure_reads_as_people_write_it(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "12", True])
def test_what_is_no_finite_number_is_unknown_and_never_a_figure(value: object) -> None:
    assert say.number(value) is None
    assert say.percent(value) is None
    assert say.length(value) is None
    assert say.money(value, "USD") is None
    assert say.or_dash(say.number(value)) == "–"


def test_a_time_without_a_zone_is_read_as_utc_like_every_time_of_the_log() -> None:
    naive = datetime(2026, 3, 16, 9, 0, tzinfo=UTC).replace(tzinfo=None)
    assert say.instant(naive, "Europe/Istanbul") == f"Mon 16{NB}Mar{NB}2026, 12:00"


def test_a_name_keeps_every_script_and_loses_what_would_turn_the_line_around() -> None:
    assert say.name("نیم‌فاصله ไทย ışık") == "نیم‌فاصله ไทย ışık"
    assert say.name("gpj\u202eexe") == "gpj�exe"
    assert say.name("a\x00b\x1b[31m\nc") == "a�b�[31m c"
    assert say.name("  ") is None


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    text = say.name("start" + "x" * 500 + "end")
    assert text is not None
    assert len(text) <= 121
    assert text.startswith("start")
    assert text.endswith("end")


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_a_name_is_one_line_that_xml_can_carry(text: str) -> None:
    from xml.etree import ElementTree as ET

    shown = say.name(text)
    if shown is not None:
        element = ET.Element("t")
        element.text = shown
        drawn = ET.tostring(element, encoding="unicode")
        assert ET.fromstring(drawn).text == shown  # noqa: S314 - written one line above
        assert "\n" not in shown


@settings(deadline=None, max_examples=300)
@given(st.integers(min_value=0, max_value=10**9), st.booleans())
def test_a_length_is_never_off_by_more_than_half_of_its_last_unit(seconds: int, wall: bool) -> None:
    words = (say.length(seconds, wall=wall) or "").replace(",", "").split(NB)
    units = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
    told = sum(int(count) * units[unit] for count, unit in zip(words[::2], words[1::2], strict=True))
    tolerance = 3600 if "d" in words else 30 if seconds >= 60 else 0
    assert abs(told - seconds) <= tolerance
