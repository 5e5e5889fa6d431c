"""Remarks on agreements without errors: each rule speaks where it should, and is silent on the examples."""

from datetime import date
from pathlib import Path

import pytest

from accord.agreement.check import check
from accord.agreement.parse import parse_agreement, parse_written, read_agreement, read_written
from accord.errors import Severity

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = (EXAMPLES / "small.yaml").read_text(encoding="utf-8")
RECEIVED = "handoff: {receive: {pool: inbound}}\n"


def remarks(text: str, on: date | None = None) -> list[str]:
    return [str(problem) for problem in check(parse_agreement(text), on)]


@pytest.mark.parametrize("name", ["small", "acme"])
def test_the_examples_are_sound_while_they_hold(name):
    assert check(read_agreement(EXAMPLES / f"{name}.yaml"), date(2026, 3, 1)) == []


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2025, 12, 31), "term: warning: the term has not begun on 2025-12-31; it holds from 2026-01-01"),
        (date(2026, 7, 1), "term.reset_review: warning: the reset review of 2026-07-01 is due by 2026-07-01"),
        (date(2027, 1, 1), "term: warning: the term has ended before 2027-01-01"),
    ],
)
def test_the_term_is_judged_by_the_day_that_is_given(on, said):
    (remark,) = remarks(SMALL, on)
    assert remark.startswith(said)


def test_without_a_day_nothing_is_said_about_time():
    assert remarks(SMALL) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            SMALL + "promises: [{id: M1, side: marketing, measure: accepted_leads, from: plan}]",
            "promises: warning: sales promises nothing of its own",
        ),
        (SMALL.replace(", deal_value: 2000", ""), "goal.streams.all: warning: no deal value is given"),
        (
            SMALL.replace("40%", "0%"),
            "lead_types.web_form.streams.all.rates.opportunity_to_customer: warning: at a rate of 0%",
        ),
        (
            SMALL.replace("first_touch: 60 min", "first_touch: {web_form: 60 min, demo: 5 min}"),
            "follow_up.first_touch.demo: warning: a first touch is promised for demo",
        ),
        (
            SMALL + "handoff: {accept_within: 30 min}",
            "handoff.accept_within: warning: web_form is accepted by silence",
        ),
        (
            SMALL.replace("60 min}", "60 min, decide_within: 48 h}"),
            "follow_up.decide_within: warning: sales has 48 h",
        ),
        (
            SMALL + "handoff: {return_after: {attempts: 5}}",
            "follow_up.cadence: warning: 7 attempts are owed, but leads go back after 5",
        ),
        (
            SMALL + "goal_line: working days",
            "goal_line: warning: the goal line follows marketing's working days",
        ),
        (
            SMALL.replace("follow_up: {first_touch: 60 min}", ""),
            "lead_types.web_form: advice: no first touch is said for web_form, so 60 min holds",
        ),
        (
            SMALL.replace("omar: {", "reps: {side: sales, pool: inbound}, omar: {") + RECEIVED,
            "handoff.receive: advice: nobody gets the leads that nobody in the pool can take",
        ),
        (
            SMALL.replace("omar: {side: sales, role: head}", "omar: sales"),
            "people: advice: nobody can sign for sales",
        ),
    ],
)
def test_each_rule_speaks_once_where_it_should(changed, said):
    (remark, *more) = [line for line in remarks(changed) if line.startswith(said)]
    assert not more, remark


def test_a_lead_type_without_rates_gives_no_plan():
    text = SMALL.replace("lead_types:\n", "lead_types:\n  fair: {label: Trade fair}\n")
    assert any(line.startswith("lead_types.fair: warning: no rates are given") for line in remarks(text))


def test_a_stream_that_no_lead_type_feeds_is_named():
    text = SMALL.replace(
        "deal_value: 2000", "streams: {smb: {deal_value: 2000, share: 60%}, big: {share: 40%}}"
    )
    text = text.replace("web_form: {", "web_form: {streams: {smb: {").replace("_to_customer: 40%}", "_to_customer: 40%}}}")
    assert any(line.startswith("goal.streams.big: warning: no lead type feeds") for line in remarks(text))


def test_remarks_name_the_line_where_the_text_is_known():
    written = parse_written(SMALL + "handoff: {accept_within: 30 min}\n", "small.yaml")
    undecided, remark = check(written.agreement, None, written)
    assert str(undecided).startswith("small.yaml:9: follow_up: warning: sales has 24 h to decide")
    assert str(remark).startswith("small.yaml:10: handoff.accept_within: warning: ")
    assert remark.severity is Severity.WARNING


def test_remarks_follow_the_lines_of_the_file():
    written = read_written(EXAMPLES / "packhelp.yaml")
    lines = [problem.line for problem in check(written.agreement, date(2027, 1, 1), written)]
    assert lines == sorted(lines)
    assert all(lines)
