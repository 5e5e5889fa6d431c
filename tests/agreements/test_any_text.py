"""Whatever somebody hands over is an agreement or AgreementInvalid with its problems, and nothing else.

What could be read goes all the way: checked, rendered, written out and read again, planned.
"""

import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.canonical import dump_yaml
from accord.agreement.parse import parse_agreement, parse_written, read_agreement
from accord.agreement.reading.text import MOST_CHARACTERS
from accord.agreement.rendering.render import render_markdown
from accord.errors import AgreementInvalid, AgreementUnreadable, PlanImpossible, Severity
from accord.plan.funnel import plan
from accord.plan.remarks import check_all
from accord.plan.reps.capacity import capacity_plan
from accord.plan.table import as_table

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
FOOLISH = (Path(__file__).parent / "foolish").glob("*.yaml")
SCALAR = re.compile(
    r"[:\[,]\s+([^\s{}\[\],#\"'][^{}\[\],#\n]*)"
)  # what stands after a colon, a comma or a dash
VALUES = (
    "0%", "100%", "0.000000001%", "1 of 999999999999999", "999999999999999", "1", "0", "0.01",
    "0 h", "1 s", "0.000001 s", "999999999 w", "999999999 h wall", "400 d", "1 month", "999999999 months",
    "0001-01-01", "9999-12-31", "2026-02-28", "1999-12", "9999-12", "2100-01-01", "true", "none", "all",
    "marketing", "sales", "both", "inbound", "omar", "mina", "smb", "mql", "customer", "accepted_leads",
    "plan", "goal", "year", "quarter", "working days", "head", "XX", "DE", "Europe/Berlin", "Pacific/Apia",
    "00:00-24:00", "23:59-24:00", "22:00-06:00", "fit >= 1", "grade in [ ] or (", "پیمان",
    "x" * 300, "\u202e",
)  # fmt: skip
TOKENS = st.sampled_from([*SIGNS, *WORDS.split(), "rates", "_to_"])


def outcome(text: str) -> str:
    """`read`, or what was reported."""
    try:
        written = parse_written(text, "any.yaml")
    except AgreementInvalid as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.what for problem in error.problems)
        return str(error)
    goes_all_the_way(written)
    return "read"


def goes_all_the_way(written) -> None:
    """All that is done with an agreement, without surprises: only a plan may be refused, by name."""
    agreement = written.agreement
    lines = len(written.tree.plain()) and written.tree.line
    for problem in check_all(written, date(2026, 3, 1), {"revenue": 1, "acceptance_rate": 1}):
        assert problem.severity is not Severity.ERROR
        assert problem.what
        assert problem.allowed
        assert problem.line >= lines
    assert render_markdown(agreement)
    assert parse_agreement(dump_yaml(agreement)) == agreement
    try:
        assert as_table(plan(agreement))
        assert capacity_plan(agreement).name == agreement.name
    except PlanImpossible as error:
        assert str(error)


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


DAMAGES = 150  # for each example; more with a longer night


def damaged(text: str, chance: random.Random) -> str:
    """The lines of an agreement after some careless edits: lost, doubled, swapped, mistyped, exchanged."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        how = chance.randrange(6)
        if how == 0 and len(lines) > 1:
            del lines[at]
        elif how == 1:
            lines.insert(other, lines[at])
        elif how == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif how == 3 and lines[at]:
            place = chance.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + chance.choice("0129%:,{}[]-#'x ") + lines[at][place + 1 :]
        else:
            lines[at] = other_value(lines[at], chance)
    return "\n".join(lines)


def other_value(line: str, chance: random.Random) -> str:
    """One scalar of the line replaced by one that is right elsewhere."""
    scalars = list(SCALAR.finditer(line))
    if not scalars:
        return line
    found = chance.choice(scalars)
    return line[: found.start(1)] + chance.choice(VALUES) + line[found.end(1) :]


@pytest.mark.parametrize("name", ["small", "acme"])
@pytest.mark.parametrize("seed", range(3))
def test_an_agreement_edited_carelessly_is_read_or_reported_and_never_surprises(name, seed):
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - the same damage on every run
    text = {"small": SMALL, "acme": ACME}[name]
    said = [outcome(damaged(text, chance)) for _ in range(DAMAGES)]
    assert "read" in said
    assert len(set(said)) > DAMAGES // 4


def scalars_of(text: str) -> list[tuple[int, int]]:
    return [found.span(1) for found in SCALAR.finditer(text)]


@pytest.mark.parametrize("text", [SMALL, ACME], ids=["small", "acme"])
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_an_agreement_with_extreme_values_is_read_or_reported_and_never_surprises(text, data):
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = data.draw(st.sampled_from(scalars_of(text)))
        text = text[:start] + data.draw(st.sampled_from(VALUES)) + text[end:]
    assert outcome(text)


@given(st.sampled_from(sorted(FOOLISH)), st.data())
@settings(max_examples=60, deadline=None)
def test_a_foolish_agreement_with_another_value_never_surprises(path, data):
    text = path.read_text(encoding="utf-8")
    start, end = data.draw(st.sampled_from(scalars_of(text)))
    assert outcome(text[:start] + data.draw(st.sampled_from(VALUES)) + text[end:])


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
