"""What an agreement says when it says little, and what its values hold."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError

from accord.agreement.clauses.funnels import stages_of
from accord.agreement.clauses.goals import Term
from accord.agreement.clauses.quantities import (
    parse_day,
    parse_flag,
    parse_gap,
    parse_money,
    parse_percent,
    parse_points,
    parse_share,
    parse_whole,
    parse_window,
    show_percent,
)
from accord.agreement.measures import PROMISABLE
from accord.agreement.parse import parse_agreement
from accord.agreement.terms import STAGES, Agreement, Side
from accord.errors import CalendarUnknown
from accord.worktime.duration import Duration

LEAST = """
accord: 1
name: Least
term: 2026-01-01
goal: {revenue: 500000, deal_value: 2000}
lead_types: {web_form: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}}
"""


def least(more: str = "") -> Agreement:
    return parse_agreement(LEAST + more)


def test_five_lines_are_an_agreement_with_the_usual_policies():
    agreement = least()
    assert (agreement.term.end, agreement.term.reset_review) == (date(2026, 12, 31), date(2026, 7, 1))
    assert [(point.by, point.attempts) for point in agreement.follow_up.cadence] == [
        (Duration.parse("14 d"), 3),
        (Duration.parse("28 d"), 5),
        (Duration.parse("56 d"), 7),
    ]
    touches = agreement.follow_up.touches
    assert (touches.call, touches.voicemail, touches.email) == (6, 3, 3)
    assert str(agreement.handoff.accept_within) == "24 h"
    assert str(agreement.handoff.feedback_within) == "2 d"
    assert agreement.promises[0].band == Fraction(1, 10)
    assert agreement.goal_line == "calendar days"
    assert agreement.term.refresh == "quarter"


@pytest.mark.parametrize(
    ("lead_type", "window"),
    [("demo", "5 min"), ("web_form", "60 min"), ("content", "24 h"), ("fair", "60 min")],
)
def test_first_touch_is_by_lead_type_where_nothing_is_said(lead_type, window):
    assert least().first_touch(lead_type) == Duration.parse(window)


def test_what_is_said_for_a_lead_type_comes_before_what_is_said_for_all():
    agreement = least("follow_up: {first_touch: {web_form: 30 min, default: 2 h}}")
    assert str(agreement.first_touch("web_form")) == "30 min"
    assert str(agreement.first_touch("demo")) == "2 h"


def test_one_first_touch_is_for_all():
    assert str(least("follow_up: {first_touch: 15 min}").first_touch("demo")) == "15 min"


def promised(agreement: Agreement) -> list[tuple[str, Side, str, str | None]]:
    return [(p.id, p.side, p.measure, p.target or p.source) for p in agreement.promises]


def test_without_promises_the_usual_ones_hold():
    assert promised(least()) == [
        ("M1", Side.MARKETING, "accepted_leads", "plan"),
        ("S1", Side.SALES, "first_touch_in_time", "90%"),
        ("S2", Side.SALES, "cadence_kept", "80%"),
        ("S3", Side.SALES, "decided_in_time", "95%"),
        ("J1", Side.BOTH, "revenue", "goal"),
    ]


def test_alternative_lead_types_are_promised_by_value_for_no_number_follows():
    text = LEAST.replace("lead_types: {", "lead_types: {outbound: {lead_to_customer: 9%}, ")
    assert parse_agreement(text).promises[0].measure == "lead_value"


def test_lead_types_with_a_mix_are_promised_by_number():
    text = LEAST.replace("lead_types: {", "lead_types: {outbound: {mix: 40%, lead_to_customer: 9%}, ")
    text = text.replace("web_form: {", "web_form: {mix: 60%, ")
    assert parse_agreement(text).promises[0].measure == "accepted_leads"


def test_a_goal_of_customers_promises_no_revenue():
    agreement = parse_agreement(LEAST.replace("revenue: 500000", "customers: 250"))
    assert "revenue" not in {promise.measure for promise in agreement.promises}


def test_written_promises_replace_the_usual_ones():
    agreement = least("promises: [{id: S1, side: sales, measure: cadence_kept, target: 70%}]")
    assert promised(agreement) == [("S1", Side.SALES, "cadence_kept", "70%")]


def test_rates_under_a_lead_type_are_those_of_the_one_stream_that_the_goal_names():
    text = LEAST.replace("deal_value: 2000", "streams: {smb: {deal_value: 2000}}")
    assert list(parse_agreement(text).lead_types["web_form"].streams) == ["smb"]


def test_an_agreement_never_changes_once_read():
    with pytest.raises(ValidationError):
        least().name = "other"


def test_an_unknown_calendar_is_named_with_the_nearest():
    with pytest.raises(CalendarUnknown, match="did you mean 'office'"):
        least().calendar("ofice")


@pytest.mark.parametrize(
    ("start", "end", "review"),
    [
        ("2026-01-01", date(2026, 12, 31), date(2026, 7, 1)),
        ("2025-08-31", date(2026, 8, 30), date(2026, 2, 28)),
        ("2024-02-29", date(2025, 2, 28), date(2024, 8, 29)),
    ],
)
def test_a_term_is_twelve_months_reviewed_at_six(start, end, review):
    term = Term.model_validate(start)
    assert (term.end, term.reset_review) == (end, review)


def test_a_term_shorter_than_six_months_is_reviewed_at_its_end():
    term = Term.model_validate({"start": "2026-01-01", "end": "2026-03-31"})
    assert term.reset_review == date(2026, 3, 31)


def test_every_measure_can_be_said_in_a_sentence_and_belongs_to_somebody():
    for name, measure in PROMISABLE.items():
        assert "{target}" in measure.sentence, name
        assert set(measure.sides) <= set(Side), name


@pytest.mark.parametrize(
    ("rate", "places"),
    [
        ("mql_to_sql", (2, 4)),
        ("lead_to_customer", (1, 7)),
        ("sql_to_mql", None),
        ("mql_to_mql", None),
        ("mql_to_nothing", None),
        ("mql", None),
    ],
)
def test_a_rate_joins_an_earlier_stage_to_a_later_one(rate, places):
    assert stages_of(rate, STAGES) == places


def test_stages_may_have_the_joining_word_in_their_names():
    assert stages_of("mql_to_ready_to_buy", ("mql", "ready_to_buy")) == (0, 1)


@pytest.mark.parametrize(
    ("text", "share"), [("34%", "17/50"), (" 2.5 % ", "1/40"), ("0%", "0"), ("100%", "1")]
)
def test_shares_are_exact(text, share):
    assert parse_share(text) == Fraction(share)
    assert parse_percent(show_percent(Fraction(share))) == Fraction(share)


@pytest.mark.parametrize(
    "text", ["34", "0.34", "-1%", "34 percent", "1e2%", "34%%", "", "٣٤%", "34٪", [], {}]
)
def test_a_share_without_its_sign_is_refused(text):
    with pytest.raises(ValueError, match="no percentage"):
        parse_share(text)


@pytest.mark.parametrize("share", ["100.1%", Fraction(-1, 2), Fraction(2)])
def test_a_share_lies_between_nothing_and_all(share):
    with pytest.raises(ValueError, match="between 0% and 100%"):
        parse_share(share)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500000", "500000"),
        ("500,000", "500000"),
        ("1_999.90", "1999.90"),
        ("1,234,567.5", "1234567.5"),
        (7, "7"),
    ],
)
def test_amounts_are_exact_and_may_have_thousands_separators(text, amount):
    assert parse_money(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1,99", "5.000.000", "1,23,456", "-5", "5e3", "$5", "5 k", "NaN", "", None, ["5"]]
)
def test_amounts_that_could_be_two_numbers_are_refused(text):
    with pytest.raises(ValueError, match="no amount"):
        parse_money(text)


@pytest.mark.parametrize("value", [True, 1.5, "1.5", "-1", "one", "", [1]])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(ValueError, match="no whole number"):
        parse_whole(value)


def test_points_may_be_negative():
    assert [parse_points(text) for text in ("20", "-15", "+5", 7)] == [20, -15, 5, 7]


@pytest.mark.parametrize(
    "text", ["01.02.2026", "2026-1-2", "2026-02-30", "20260102", "86400", "tomorrow", 86400]
)
def test_a_date_is_written_year_month_day_and_never_a_timestamp(text):
    with pytest.raises(ValueError, match=r"no date|no calendar has"):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "hint"), [("yes", "write true"), ("NO", "write false"), ("maybe", "true or false")]
)
def test_a_flag_is_true_or_false_and_says_what_was_meant(text, hint):
    with pytest.raises(ValueError, match=hint):
        parse_flag(text)


def test_a_window_is_longer_than_nothing_and_no_month():
    assert parse_gap("0 min").count == 0
    with pytest.raises(ValueError, match="no time at all"):
        parse_window("0 min")
    with pytest.raises(ValueError, match="no fixed length"):
        parse_window("1 month")
