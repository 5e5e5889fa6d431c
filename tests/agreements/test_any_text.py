"""Whatever somebody hands over is an agreement or AgreementInvalid with its problems, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.text import MOST_CHARACTERS
from accord.errors import AgreementInvalid, AgreementUnreadable

ACME = (Path(__file__).parents[2] / "examples" / "acme.yaml").read_text(encoding="utf-8")
SMALL = (Path(__file__).parents[2] / "examples" / "small.yaml").read_text(encoding="utf-8")
SIGNS = [
    *" \n\t:{}[]%'\"|>",
    "",
    ": ",
    "- ",
    "&a ",
    "*a",
    "<<: *a",
    "!x ",
    "\x00",
    "\ufeff",
    "\ud800",
    "1 month",
]
WORDS = "~ null no -1 0 1e9 0% 101% 2026-02-30 9999-12-31 0001-01-01 ۲ \\U00110000 mon-fri 25:00-26:00 XX all"
TOKENS = st.sampled_from([*SIGNS, *WORDS.split(), "rates", "_to_"])


def outcome(text: str) -> str:
    """`read`, or what was reported."""
    try:
        parse_agreement(text)
    except AgreementInvalid as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.what for problem in error.problems)
        return str(error)
    return "read"


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_reported(text):
    assert outcome(text)


@given(st.lists(TOKENS, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_signs_of_yaml_are_read_or_reported(text):
    assert outcome(text)


@pytest.mark.parametrize("text", [SMALL, ACME], ids=["small", "acme"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_an_agreement_damaged_anywhere_is_read_or_reported(text, data):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 3, 20])))
        text = text[:start] + data.draw(TOKENS) + text[end:]
    assert outcome(text)


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_an_agreement_with_any_value_replaced_is_read_or_reported(data):
    lines = SMALL.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    key, _, _ = lines[at].partition(":")
    lines[at] = f"{key}: {data.draw(TOKENS)}"
    report = outcome("\n".join(lines))
    assert "Input should" not in report


def test_a_text_far_too_long_is_refused_at_once():
    assert f"at most {MOST_CHARACTERS:,}" in outcome("# " + "x" * MOST_CHARACTERS)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AgreementUnreadable, match=r"nowhere\.yaml cannot be read \(No such file"):
        read_agreement(tmp_path / "nowhere.yaml")


def test_a_folder_is_no_agreement(tmp_path):
    with pytest.raises(AgreementUnreadable, match="cannot be read"):
        read_agreement(tmp_path)


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("accord: 1\nname: Grüße\n".encode("latin-1"))
    with pytest.raises(AgreementUnreadable, match=r"latin\.yaml:2: the file is not in UTF-8"):
        read_agreement(path)


def test_a_file_far_too_big_is_not_even_read_as_text(tmp_path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"\xff" * (MOST_CHARACTERS * 4 + 1))
    with pytest.raises(AgreementUnreadable, match="too big"):
        read_agreement(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert read_agreement(path) == parse_agreement(SMALL)
