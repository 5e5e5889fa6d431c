from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from made_up import written_agreements

from accord.agreement.canonical import dump_yaml
from accord.agreement.parse import parse_agreement, read_agreement
from accord.plan.reps.touches import touch_times
from accord.promises.terms import terms_for

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


@given(written_agreements())
@settings(max_examples=60, deadline=None)
def test_reading_what_was_written_gives_the_same_agreement(raw):
    agreement = parse_agreement(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False))
    assert parse_agreement(dump_yaml(agreement)) == agreement


@given(written_agreements())
@settings(max_examples=30, deadline=None)
def test_the_canonical_text_is_its_own_canonical_text(raw):
    text = dump_yaml(parse_agreement(yaml.safe_dump(raw, allow_unicode=True)))
    assert dump_yaml(parse_agreement(text)) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_read_the_same_from_their_canonical_text(path):
    agreement = read_agreement(path)
    assert parse_agreement(dump_yaml(agreement)) == agreement


def test_the_canonical_text_writes_the_defaults_out():
    text = dump_yaml(read_agreement(EXAMPLES[0].parent / "small.yaml"))
    for line in ("accept_within: 24 h", "band: 10%", "reset_review: 2026-07-01", "mql_to_sql: 60%"):
        assert line in text


def test_a_later_version_of_a_calendar_still_says_only_what_changes():
    text = """
        accord: 1
        name: x
        term: 2026-01-01
        goal: 100
        lead_types: {web: {lead_to_customer: 2%}}
        calendars:
          hq:
            zone: Europe/Istanbul
            hours: {mon-sat: "08:00-16:00"}
            versions: [{from: 2026-06-01, hours: {mon-fri: "09:00-17:00"}}]
    """
    agreement = parse_agreement(text)
    again = parse_agreement(dump_yaml(agreement))
    assert again.calendars["hq"].versions[0].model_fields_set == {"start", "hours"}
    assert again.calendar("hq") == agreement.calendar("hq")


def test_a_later_version_of_a_calendar_can_end_the_holidays_of_the_earlier_one():
    text = """
        accord: 1
        name: x
        term: 2026-01-01
        goal: 100
        lead_types: {web: {lead_to_customer: 2%}}
        calendars: {hq: {holidays: DE, versions: [{from: 2026-06-01, holidays: none}]}}
    """
    agreement = parse_agreement(text)
    labour_day, christmas = date(2026, 5, 1), date(2026, 12, 25)
    assert not agreement.calendar("hq").is_working_day(labour_day)
    assert agreement.calendar("hq").is_working_day(christmas)
    again = parse_agreement(dump_yaml(agreement))
    assert "holidays: none" in dump_yaml(agreement)
    assert again == agreement
    assert again.calendar("hq") == agreement.calendar("hq")


def test_a_goal_in_words_is_short_for_one_with_owner_and_date():
    start = "accord: 1\nname: x\nterm: 2026-01-01\nlead_types: {web: {lead_to_customer: 2%}}\n"
    short = parse_agreement(start + "goal: {revenue: 1, others: [customers stay]}")
    assert short == parse_agreement(start + "goal: {revenue: 1, others: [{goal: customers stay}]}")
    full = "{goal: customers stay, from: 87%, to: 90%, by: 2026-12-31, owner: both}"
    agreement = parse_agreement(start + f"goal: {{revenue: 1, others: [{full}]}}")
    assert parse_agreement(dump_yaml(agreement)) == agreement


def test_what_machines_send_for_one_lead_type_is_the_same_after_writing_and_for_plan_and_promises():
    small = (EXAMPLES[0].parent / "small.yaml").read_text(encoding="utf-8")
    rule = "{touches: {automated: email}, lead_types: {web_form: {touches: {call: 4}}}}"
    agreement = parse_agreement(small.replace("{first_touch: 60 min}", rule))
    for read in (agreement, parse_agreement(dump_yaml(agreement))):
        assert [t.channel for t in touch_times(read, "web_form") if t.automated] == ["email"]
        assert terms_for(read, "web_form", read.calendar("office")).automated == {"email"}
