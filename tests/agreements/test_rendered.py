"""The agreement as a new hire reads it; `ACCORD_REGENERATE=1 pytest tests/agreements` writes it anew."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from made_up import written_agreements

from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.rendering.markdown import escaped
from accord.agreement.rendering.render import render_markdown
from accord.agreement.terms import Agreement

EXAMPLES = Path(__file__).parents[2] / "examples"
RENDERED = Path(__file__).parent / "rendered"
SMALL = (EXAMPLES / "small.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["small", "quota", "packhelp", "acme"])
def test_an_example_reads_exactly_so(name):
    text = render_markdown(read_agreement(EXAMPLES / f"{name}.yaml"))
    if os.environ.get("ACCORD_REGENERATE"):
        (RENDERED / f"{name}.md").write_text(text, encoding="utf-8")
    assert text == (RENDERED / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["small", "acme"])
def test_what_matters_fits_two_screens(name):
    text = render_markdown(read_agreement(EXAMPLES / f"{name}.yaml"))
    before_detail = text[: text.index("## In detail")]
    assert len([line for line in before_detail.splitlines() if line]) <= 80


def test_the_promises_of_both_sides_come_first():
    headings = [
        line for line in render_markdown(parse_agreement(SMALL)).splitlines() if line.startswith("## ")
    ]
    assert headings[0] == "## What we promise each other"
    assert [h for h in headings if not h.startswith("## In detail")][-1] == "## When we work"


def test_signs_of_markdown_in_names_are_shown_as_they_are():
    text = SMALL.replace("Acme marketing and sales", '"<b>*Acme* | [x](y) `z`"')
    head = render_markdown(parse_agreement(text)).splitlines()[0]
    assert head == r"# \<b\>\*Acme\* \| \[x\](y) \`z\`"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("two\nlines", "two lines"),
        ("پیمان", "\u2068پیمان\u2069"),
        ("a\u202eb", "ab"),
    ],
)
def test_a_text_never_becomes_a_list_or_a_line_of_its_own(text, shown):
    assert escaped(text) == shown


@given(written_agreements())
@settings(max_examples=40, deadline=None)
def test_any_agreement_can_be_rendered_and_always_the_same(raw):
    agreement = Agreement.model_validate(raw)
    text = render_markdown(agreement)
    assert text == render_markdown(Agreement.model_validate(raw))
    assert [line for line in text.splitlines() if line.startswith("# ")] == [f"# {escaped(raw['name'])}"]


def test_usual_meanings_stand_where_none_is_given_and_give_way_to_ones_own():
    usual = render_markdown(parse_agreement(SMALL))
    assert "| SQL | a lead that sales has talked to and confirmed as real (usual) |" in usual
    own = "definitions: {sql: the budget is known, Attempt: a call, connect: a talk}\n"
    own += "stages: [lead, mql, sql, won]\n"
    text = render_markdown(
        parse_agreement(
            SMALL.replace("opportunity_to_customer: 40%", "").replace(
                "sql_to_opportunity: 80%", "sql_to_won: 40%"
            )
            + own
            + "# "
        )
    )
    assert "| SQL | the budget is known |" in text
    assert "- **Attempt**: a call\n- **connect**: a talk\n" in text
    assert "| won |  |" in text
    assert "answered or not" not in text


def test_revenue_from_the_plan_and_from_the_goal_are_said_in_words_of_their_own():
    plan, goal = (
        render_markdown(
            parse_agreement(SMALL + f"promises: [{{id: J, side: both, measure: revenue, from: {of}}}]")
        )
        for of in ("plan", "goal")
    )
    assert "**J**: the revenue that marketing's leads should bring by the plan, each month" in plan
    assert "**J**: revenue of 6,000 USD, our whole goal, each month" in goal


def test_a_promise_can_be_bound_to_a_type_and_a_stream():
    promises = """
promises:
  - {id: M1, side: marketing, measure: delivered_leads, target: 1200, lead_type: web_form, stream: all}
  - {id: S1, side: sales, measure: first_touch_in_time, target: 95%, definition: Demos first.}
"""
    text = render_markdown(parse_agreement(SMALL + promises))
    assert "**M1**: 1,200 leads handed off to sales (of the type web form in all only), each month" in text
    assert (
        "**S1**: 95% of the leads are first touched within the time agreed for their type. Demos first."
        in text
    )
