"""Fit, interest, grade and readiness by an agreement's rules; decay worked out by hand (S3.9, S3.10)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.check import check
from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.terms import Agreement
from accord.errors import Severity
from accord.lead.conditions import Facts, Seen
from accord.lead.scoring import Why, ages, asked_of, faded, readying_rule, said_by_people, score_of
from accord.worktime.duration import Duration

ACME = read_agreement(Path(__file__).parents[2] / "examples" / "acme.yaml")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, 12:00 in Istanbul
BUYER = {"contact.role": "Director", "contact.email": "ada@acme.example", "company.employees": "40"}

SMALL = """
accord: 1
name: small
term: 2026-01-01
goal: 100000
calendars: {hq: {zone: UTC, hours: {mon-fri: "09:00-17:00"}}}
lead_types: {web: {rates: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}}}
"""


def an_agreement(text: str) -> Agreement:
    return parse_agreement(SMALL + text)


def seen(days_ago: float = 0, **counts: int) -> dict[str, Seen]:
    return {name: Seen(count, NOW - timedelta(days=days_ago)) for name, count in counts.items()}


def facts(fields: dict[str, Any] | None = None, signals: dict[str, Seen] | None = None) -> Facts:
    return Facts(fields or {}, signals or {}, NOW)


# points × ½^(age ÷ half-life), rounded to whole points, half away from zero
FADING = [
    (20, 0, 20),
    (20, 1, 10),
    (20, 2, 5),
    (20, 3, 3),  # 2.5
    (20, 4, 1),  # 1.25
    (20, 5, 1),  # 0.625
    (20, 6, 0),  # 0.3125
    (60, Fraction(1, 2), 42),  # 60 × 0.7071 = 42.43
    (20, Fraction(1, 28), 20),  # 19.51: half a day of 14
    (20, Fraction(1, 14), 19),  # 19.03: one day of 14
    (1, 1, 1),  # 0.5
    (1, 2, 0),
    (-20, 1, -10),
    (-5, 1, -3),  # −2.5
    (999_999_999, 63, 0),
    (20, 10**9, 0),
    (0, 1, 0),
]


@pytest.mark.parametrize(("points", "half_lives", "left"), FADING)
def test_points_fade_by_half_with_every_half_life(points: int, half_lives: Fraction, left: int) -> None:
    assert faded(points, Fraction(half_lives)) == left


@settings(max_examples=200)
@given(st.integers(-(10**9), 10**9), st.fractions(0, 100), st.fractions(0, 100))
def test_points_never_grow_by_waiting_nor_change_sides(points: int, one: Fraction, more: Fraction) -> None:
    early, late = faded(points, one), faded(points, one + more)
    assert 0 <= late <= early <= points if points >= 0 else points <= early <= late <= 0


@pytest.mark.parametrize(
    ("half_life", "since", "half_lives"),
    [
        ("14 d wall", NOW - timedelta(days=14), 1),
        ("14 d wall", NOW - timedelta(days=7), Fraction(1, 2)),
        ("14 d wall", NOW, 0),
        ("14 d wall", NOW + timedelta(days=3), 0),
        ("1 d", NOW - timedelta(days=1), 0),  # from Sunday to Monday's opening nobody works
        ("1 d", datetime(2026, 2, 27, 9, tzinfo=UTC), 1),  # Friday 09:00 to 17:00
        ("4 h", datetime(2026, 2, 27, 13, tzinfo=UTC), 1),
        ("1 w", datetime(2026, 2, 23, 9, tzinfo=UTC), 1),
        ("14 d wall", datetime(1969, 1, 1, tzinfo=UTC), 0),  # before all calendars: it does not fade
    ],
)
def test_age_is_counted_in_half_lives_of_wall_or_working_time(
    half_life: str, since: datetime, half_lives: Fraction
) -> None:
    assert ages(Duration.parse(half_life), since, NOW, an_agreement("").calendar("hq")) == half_lives


@pytest.mark.parametrize(
    ("days", "interest"),
    [(0, 100), (1, 99), (14, 84), (30, 75), (60, 66)],
)  # 60 stays; visits fade 20, 20 (19.5), 14, 10, 5, the price page 20, 19, 10, 5 (4.5), 1
def test_interest_of_the_example_fades_as_worked_out_by_hand(days: int, interest: int) -> None:
    signals = seen(days, demo_requested=1, visits=3, price_page_seen=2)
    assert score_of(ACME, facts(BUYER, signals), NOW).interest == interest


def test_a_criterion_without_signals_fades_since_the_lead_raised_a_hand() -> None:
    rule = "qualification: {interest: [{when: lead.source is fair, points: 20, half_life: 10 d wall}]}"
    agreement = an_agreement(rule)
    later = NOW + timedelta(days=10)
    assert score_of(agreement, facts({"lead.source": "fair"}), NOW).interest == 20
    assert score_of(agreement, facts({"lead.source": "fair"}), later).interest == 10


# every rule of the example
EXAMPLE: list[tuple[dict[str, Any], dict[str, Seen], tuple[int, int, str]]] = [
    ({}, {}, (0, 0, "")),
    ({"company.employees": "11"}, {}, (20, 0, "C–")),
    ({"company.employees": "10"}, {}, (0, 0, "")),
    ({"contact.role": "Head of Sales, EMEA"}, {}, (40, 0, "B–")),
    ({"contact.role": "Sales rep"}, {}, (0, 0, "")),
    ({"contact.email": "ada@gmail.com"}, {}, (-20, 0, "")),
    ({"contact.email": "ada@gmail.com", "contact.role": "CEO"}, {}, (20, 0, "C–")),
    (BUYER, {}, (60, 0, "A–")),
    ({}, seen(demo_requested=1), (0, 60, "–1")),
    ({}, seen(visits=2), (0, 0, "")),
    ({}, seen(visits=3), (0, 20, "–3")),
    ({}, seen(visits=3, price_page_seen=1), (0, 40, "–2")),
    (BUYER, seen(visits=3, price_page_seen=1), (60, 40, "A2")),
    (BUYER, seen(demo_requested=1, visits=9, price_page_seen=9), (60, 100, "A1")),
]


@pytest.mark.parametrize(("fields", "signals", "said"), EXAMPLE)
def test_each_rule_of_the_example_gives_its_points(
    fields: dict[str, Any], signals: dict[str, Seen], said: tuple[int, int, str]
) -> None:
    score = score_of(ACME, facts(fields, signals), NOW)
    assert (score.fit, score.interest, score.grade) == said
    assert sum(part.points for part in score.parts) == score.fit + score.interest


@pytest.mark.parametrize(
    ("fields", "signals", "why", "by"),
    [
        ({}, {}, None, ""),
        (BUYER, seen(visits=3), None, ""),  # A3
        (BUYER, seen(visits=3, price_page_seen=1), Why.RULE, "grade in [A1, A2, B1] or demo_requested"),
        ({}, seen(demo_requested=1), Why.ACTION, "demo request"),
        ({}, seen(price_requested=1), Why.ACTION, "price request"),
        ({}, seen(price_request=1), Why.ACTION, "price request"),
        ({"contact.role": "CEO"}, seen(price_page_seen=1, visits=3), None, ""),  # B2
    ],
)
def test_the_example_says_who_is_ready_and_why(
    fields: dict[str, Any], signals: dict[str, Seen], why: Why | None, by: str
) -> None:
    score = score_of(ACME, facts(fields, signals), NOW)
    assert (score.ready, score.why, score.by) == (why is not None, why, by)


def test_whoever_is_ruled_out_is_never_ready() -> None:
    score = score_of(ACME, facts({"company.country": "kp"}, seen(demo_requested=1)), NOW)
    assert not score.ready
    assert (score.ruled_out, score.by) == ("out_of_market", "company.country in embargoed")


def test_a_reason_says_what_it_gives_and_since_when() -> None:
    parts = {part.when: part for part in score_of(ACME, facts(BUYER, seen(14, price_page_seen=1)), NOW).parts}
    page = parts["price_page_seen"]
    assert (page.points, page.full, page.since) == (10, 20, NOW - timedelta(days=14))
    assert page.words == "price page seen"
    role = parts["contact.role in decision_makers"]
    assert (role.points, role.truth, role.since) == (40, True, None)
    assert parts["visits >= 3"].truth is False


def test_what_nobody_knows_is_told_apart_from_what_does_not_hold() -> None:
    score = score_of(ACME, facts({"contact.role": "CEO"}), NOW)
    assert score.unknown == ("company.employees > 10", "contact.email in free_mail")


def test_words_for_people_count_for_nobody() -> None:
    agreement = an_agreement("qualification: {fit: [{when: a company like our best, points: 50}]}")
    (part,) = score_of(agreement, facts(BUYER), NOW).parts
    assert (part.points, part.truth, part.prose) == (0, None, True)


def test_a_lead_that_goes_around_is_ready_by_that() -> None:
    agreement = an_agreement("qualification: {mql: a, route_around: [contact.customer, b]}")
    score = score_of(agreement, facts({"contact.customer": "yes"}, seen(a=1)), NOW)
    assert (score.ready, score.why, score.around) == (True, Why.AROUND, "contact.customer")


@pytest.mark.parametrize(
    ("terms", "rule", "people"),
    [
        ("", None, False),
        ("qualification: {mql: visits >= 3}", "visits >= 3", False),
        ("qualification: {mql: who wants to buy}", "who wants to buy", True),
        ("handoff: {trigger: lead}\nqualification: {mql: visits}", None, False),
        ("handoff: {trigger: sql}\nqualification: {mql: visits}", "visits", False),
        ("handoff: {trigger: demo_requested}\nqualification: {mql: visits}", "demo_requested", False),
        ("handoff: {trigger: when they ask us}\nqualification: {mql: visits}", "visits", False),
        ("handoff: {trigger: MQL}\nqualification: {mql: visits}", "visits", False),
    ],
)
def test_the_trigger_says_which_rule_readies_a_lead(terms: str, rule: str | None, people: bool) -> None:
    agreement = an_agreement(terms)
    assert readying_rule(agreement) == rule
    assert said_by_people(agreement) is people
    assert score_of(agreement, facts(), NOW).ready is (rule is None)


@pytest.mark.parametrize(
    ("grades", "fit", "interest", "shown", "names"),
    [
        ("fit: {A: 60, B: 40}, interest: {1: 50}", 60, 50, "A1", ("A1", "A", "1")),
        ("fit: {A: 60, B: 40}, interest: {1: 50}", 59, 50, "B1", ("B1", "B", "1")),
        ("fit: {A: 60, B: 40}, interest: {1: 50}", 39, 50, "–1", ("1",)),
        ("fit: {A: 60, B: 40}, interest: {1: 50}", 60, 49, "A–", ("A",)),
        ("fit: {A: 60, B: 40}, interest: {1: 50}", 0, 0, "", ()),
        ("fit: {B: 40, A: 60}", 99, 0, "A", ("A",)),
        ("interest: {hot: 10}", 0, 10, "hot", ("hot",)),
    ],
)
def test_the_grade_is_the_highest_reached_of_each_axis(
    grades: str, fit: int, interest: int, shown: str, names: tuple[str, ...]
) -> None:
    criteria = f"fit: [{{when: a, points: {fit}}}], interest: [{{when: a, points: {interest}}}]"
    score = score_of(
        an_agreement(f"qualification: {{{criteria}, grades: {{{grades}}}}}"), facts({}, seen(a=1)), NOW
    )
    assert (score.grade, score.grades) == (shown, names)


def test_what_the_rules_of_the_example_ask_for_is_known() -> None:
    assert asked_of(ACME) == (
        "company.employees",
        "contact.role",
        "contact.email",
        "demo_requested",
        "visits",
        "price_page_seen",
        "company.country",
    )


@pytest.mark.parametrize("template", ["agency", "b2b_saas", "manufacturer"])
def test_every_condition_of_the_templates_can_be_read(template: str) -> None:
    text = (
        Path(__file__).parents[2] / "src/accord/agreement/starting/templates" / f"{template}.yaml"
    ).read_text(encoding="utf-8")
    place = text.index("qualification:")
    terms = text[place : text.index("# 5.", place)]
    found = check(an_agreement(terms))
    assert not [
        problem
        for problem in found
        if problem.path.startswith("qualification")
        and problem.severity is Severity.WARNING
        and "reason" not in problem.what
    ]


def test_every_condition_of_the_example_can_be_read() -> None:
    assert not [problem for problem in check(ACME) if problem.path.startswith("qualification")]


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["contact.role", "contact.email", "company.employees"]), st.text()),
    st.dictionaries(st.sampled_from(["demo_requested", "visits", "price_page_seen"]), st.integers(0, 9)),
    st.integers(0, 400),
)
def test_any_lead_has_a_score_and_waiting_never_raises_it(
    fields: dict[str, Any], counts: dict[str, int], days: int
) -> None:
    known = facts(fields, seen(**counts))
    now, later = score_of(ACME, known, NOW), score_of(ACME, known, NOW + timedelta(days=days))
    assert later.fit == now.fit
    assert later.interest <= now.interest
    assert now.ready or not later.ready
