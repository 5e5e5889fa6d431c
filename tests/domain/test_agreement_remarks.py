"""Remarks on agreements without errors: each rule speaks where it should, and is silent on the examples."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.check import check
from accord.agreement.measures import PROMISABLE
from accord.agreement.parse import parse_agreement, parse_written, read_agreement, read_written
from accord.agreement.remarks.week import weeks
from accord.errors import Severity
from accord.ledger.tally import NEEDS
from accord.plan.remarks import check_all
from accord.worktime.duration import Duration

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
        (date(2026, 7, 1), "term.reset_review: warning: the reset review is due today, 2026-07-01; go"),
        (date(2026, 11, 21), "term.reset_review: warning: the reset review was due on 2026-07-01; go"),
        (date(2027, 1, 1), "term: warning: the term has ended before 2027-01-01"),
    ],
)
def test_the_term_is_judged_by_the_day_that_is_given(on, said):
    (remark,) = remarks(SMALL, on)
    assert remark.startswith(said)


def test_without_a_calendar_it_is_said_which_hours_count():
    without = "".join(line for line in SMALL.splitlines(True) if not line.startswith("calendars"))
    (remark,) = remarks(without)
    assert remark.startswith(
        "calendars: advice: no calendar is given, so Monday to Friday, 09:00 to 17:00 UTC"
    )
    assert remarks(without + "calendars: {office: {}}\n") == []


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
    text = text.replace("web_form: {", "web_form: {streams: {smb: {").replace(
        "_to_customer: 40%}", "_to_customer: 40%}}}"
    )
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


PROMISED = """promises:
  - {id: M1, side: marketing, measure: accepted_leads, from: plan}
  - {id: M2, side: marketing, measure: lead_value, target: 9000}
  - {id: S1, side: sales, measure: first_touch_in_time, target: 95%}
"""
HISTORY = {"accepted_leads": 12, "lead_value": Decimal(9000), "first_touch_in_time": Fraction(93, 100)}


def test_a_target_better_than_anything_in_the_history_is_named():
    written = parse_written(SMALL + PROMISED, "small.yaml")
    planned, touched = check_all(written, None, HISTORY)
    assert str(planned) == (
        "small.yaml:11: promises[0].from: warning: the plan asks for 17 by M1, but the best so far was 12; "
        "lower the goal, or say what will change"
    )
    assert str(touched).startswith(
        "small.yaml:13: promises[2].target: warning: 95% is promised, but the best so far was 93%"
    )


def test_without_history_no_target_is_compared_and_what_it_does_not_name_is_not_either():
    written = parse_written(SMALL + PROMISED, "small.yaml")
    assert check_all(written) == []
    assert check_all(written, None, {"acceptance_rate": Fraction(1, 10)}) == []


def test_an_improvement_better_than_any_rate_in_the_history_is_named():
    item = "{rate: opportunity_to_customer, from: 40%, to: 45%, by: 2026-06-30}"
    text = SMALL.replace("deal_value: 2000", f"deal_value: 2000, improvements: [{item}]")
    history = {"opportunity_to_customer": Fraction(41, 100)}
    (remark,) = check(parse_agreement(text), None, None, history)
    assert remark.path == "goal.improvements.0.to"
    assert remark.what == "45% is planned, but the best so far was 41%"


def test_the_measures_said_to_be_in_the_log_are_those_that_the_ledger_counts():
    assert {name for name, measure in PROMISABLE.items() if measure.in_log} == set(NEEDS)


@pytest.mark.parametrize(
    ("gap", "age", "count"),
    [
        ("4 h", "14 d", 21),  # ten working days of eight hours: one at once, then one every four hours
        ("24 h", "14 d", 4),
        ("1 d wall", "7 d", 6),  # the sixth waits over the weekend, until the very end
        ("3 d wall", "6 d", 2),
        ("0 h", "1 d", 99),
        ("1 h", "0.000001 s", 1),
        ("500 d wall", "600 d", 99),  # too long to say
    ],
)
def test_so_many_attempts_fit_from_monday_morning_on(gap, age, count):
    (week,) = weeks(parse_agreement(SMALL.replace("Europe/Berlin", "UTC")))
    monday = datetime(2025, 6, 2, 9, tzinfo=UTC)
    assert week.attempts_by(monday, Duration.parse(age), Duration.parse(gap), 99) == count


@given(
    st.integers(0, 13 * 24),
    st.integers(1, 30),
    st.integers(1, 20),
)
@settings(max_examples=60, deadline=None)
def test_attempts_that_fit_are_those_that_can_be_made_one_after_the_other(hour, days, gap):
    (week,) = weeks(parse_agreement(SMALL.replace("Europe/Berlin", "UTC")))
    start = datetime(2025, 6, 2, tzinfo=UTC) + timedelta(hours=hour)
    end, made, at = start + timedelta(days=days), 0, start
    tick = timedelta(microseconds=1)
    at = week.calendar.due(at, tick) - tick
    while at <= end and made < 40:
        made += 1
        at = week.calendar.due(at, timedelta(hours=gap))
    assert week.attempts_by(start, Duration.parse(f"{days} d"), Duration.parse(f"{gap} h"), 40) == made
