"""A first agreement from eight answers: always valid, always the answers, never over somebody's file."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accord.agreement.check import check
from accord.agreement.parse import parse_agreement
from accord.agreement.starting.init import (
    TEMPLATES,
    accept_window,
    ask_all,
    default_answers,
    draft,
    find_template,
    write_new,
)
from accord.agreement.starting.interview import (
    RATES,
    Question,
    answers,
    as_texts,
    questions,
    read_goal,
    read_heads,
    read_hours,
    read_rates,
)
from accord.agreement.terms import Agreement
from accord.errors import InputError, Severity, TemplateUnknown
from accord.plan.funnel import plan
from accord.plan.reps.capacity import capacity_plan
from accord.worktime.duration import Duration

ON = date(2026, 11, 21)
NAMES = list(TEMPLATES)
SAID = {  # what a whole agreement says (Appendix A); the rest has defaults that do
    "term", "currency", "calendars", "people", "goal", "stages", "definitions", "lead_types", "profiles",
    "qualification", "handoff", "nurture", "follow_up", "commitments", "promises", "kpis", "capacity",
    "escalation", "contacts", "meetings", "assumptions", "calculation",
}  # fmt: skip

words = st.text(
    st.one_of(
        st.sampled_from("abz 0:#-'\"{}[],&*!|>%@`~<=?.\\/$"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")),
    ),
    max_size=30,
).map(lambda text: text.replace("\ufeff", ""))
named = words.map(lambda text: " ".join(text.split()) or "x")
heads = named.map(lambda text: text.translate({ord(sign): "x" for sign in ",;،؛、"}).strip() or "x")
percents = st.integers(1, 10_000).map(lambda n: f"{n / 100:g}%")
counts = st.integers(1, 5000).flatmap(
    lambda whole: st.integers(1, whole).map(lambda part: f"{part} of {whole}")
)
rates = st.one_of(
    st.just("don't know"),
    st.lists(st.one_of(percents, counts), min_size=3, max_size=3).map(", ".join),
)
hours = st.sampled_from(
    [
        "UTC, 09:00-17:00, no holidays",
        "Asia/Tehran, sat-wed, 08:00-16:00, IR",
        "Europe/Berlin, 09:00-12:30, 13:30-18:00, DE",
        "Asia/Riyadh, sun-thu, 09:00-17:00, SA",
        "America/New_York, 22:00-06:00",
        "GB, Europe/London, mon, wed, fri, 09:00-17:00",
    ]
)
windows = st.tuples(
    st.integers(1, 400), st.sampled_from(["s", "min", "h", "d", "w"]), st.sampled_from(["", " wall"])
).map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]}")
everything = st.fixed_dictionaries(
    {
        "company": named,
        "goal": st.tuples(st.sampled_from(["EUR", "usd", "TRY"]), st.integers(1, 10**12)).map(
            lambda goal: f"{goal[0]} {goal[1]:,}"
        ),
        "deal_value": st.decimals(min_value=1, max_value=10**9, places=2).map(str),
        "from_marketing": percents,
        "rates": rates,
        "hours": hours,
        "heads": st.tuples(heads, heads).map(", ".join),
        "first_touch": windows,
    }
)


def drafted(template: str, **changed: str) -> Agreement:
    given = answers({**TEMPLATES[template].defaults, **changed})
    return parse_agreement(draft(given, template, ON))


@given(st.sampled_from(NAMES), everything)
@example("b2b_saas", {**TEMPLATES["b2b_saas"].defaults, "company": '"}\n- $name ${x} # <<: *a'})
@settings(max_examples=60, deadline=None)
def test_any_answers_give_an_agreement_without_errors_that_plans(template, texts):
    given = answers(texts)
    agreement = parse_agreement(draft(given, template, ON))
    assert not [one for one in check(agreement, ON) if one.severity is Severity.ERROR]
    assert plan(agreement).leads is not None
    assert agreement.name == f"Marketing and sales at {given.company}"
    assert tuple(agreement.people[f"{side}_head"].name for side in ("marketing", "sales")) == given.heads
    assert agreement.currency == given.currency


@given(everything)
@settings(max_examples=60, deadline=None)
def test_answers_written_and_read_again_are_the_same(texts):
    given = answers(texts)
    assert answers(as_texts(given)) == given


@pytest.mark.parametrize("template", NAMES)
def test_a_template_is_complete_and_nothing_about_it_is_foolish(template):
    agreement = drafted(template)
    assert check(agreement, ON) == []
    assert agreement.model_fields_set >= SAID
    assert {promise.side.value for promise in agreement.promises} == {"marketing", "sales", "both"}
    assert all(stage.definition and stage.owner for stage in agreement.stages)


@pytest.mark.parametrize("template", NAMES)
def test_the_people_of_a_template_can_do_what_it_plans(template):
    for pool in capacity_plan(drafted(template)).pools:
        assert pool.missing is not None
        assert pool.missing <= 0


@pytest.mark.parametrize("template", NAMES)
def test_the_draft_explains_itself_in_comments(template):
    text = draft(default_answers(template), template, ON)
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert len(comments) >= 20
    assert "$" not in text
    assert "accord check" in text


def test_the_answers_stand_where_they_belong():
    agreement = drafted(
        "b2b_saas",
        company="شرکت نمونه",
        goal="500,000 TRY",
        deal_value="2,000",
        from_marketing="55%",
        rates="34%, 82%, 23%",
        hours="Asia/Tehran, sat-wed, 08:00-12:00, 13:00-17:00, IR",
        heads="Mina Yılmaz، سارا رضایی",
        first_touch="30 min",
    )
    assert agreement.name == "Marketing and sales at شرکت نمونه"
    assert (agreement.goal.revenue, agreement.currency) == (Decimal(500000), "TRY")
    (stream,) = agreement.goal.streams.values()
    assert (stream.deal_value, stream.from_marketing) == (Decimal(2000), Fraction(55, 100))
    chains = {
        tuple(funnel.rates.items())
        for kind in agreement.lead_types.values()
        for funnel in kind.streams.values()
    }
    assert chains == {
        tuple(zip(RATES, (Fraction(34, 100), Fraction(82, 100), Fraction(23, 100)), strict=True))
    }
    calendar = agreement.calendars["office"]
    assert calendar.hours == {"sat-wed": ("08:00-12:00", "13:00-17:00")}
    assert calendar.holidays is not None
    assert calendar.holidays.country == "IR"
    assert agreement.people["sales_head"].name == "سارا رضایی"
    assert agreement.first_touch("trial") == Duration.parse("30 min")
    assert agreement.term.start == date(2026, 11, 1)


def test_the_agency_plans_by_the_quarter_so_the_goal_of_a_month_counts_three_times():
    agreement = drafted("agency", goal="EUR 100,000")
    assert (agreement.term.interval, agreement.goal.revenue) == ("quarter", Decimal(300000))


def test_rates_that_were_counted_keep_their_counts():
    (funnel,) = (
        drafted("agency", rates="68 of 200, 56 of 68, 13 of 56").lead_types["inquiry"].streams.values()
    )
    assert funnel.evidence == {"mql_to_sql": 200, "sql_to_opportunity": 68, "opportunity_to_customer": 56}


@pytest.mark.parametrize("unknown", ["don't know", "Don’t know", "?", "-", "unknown"])
def test_who_does_not_know_the_rates_gets_those_of_the_template_and_is_told_so(unknown):
    text = draft(answers({**TEMPLATES["b2b_saas"].defaults, "rates": unknown}), "b2b_saas", ON)
    assert "mql_to_sql: 60%" in text
    assert parse_agreement(text).assumptions[0] == "The rates are a template's, not measured yet."


@pytest.mark.parametrize(
    ("window", "accepted"),
    [
        ("5 min", "24 h"),
        ("30 h", "30 h"),
        ("2 d", "24 h"),
        ("4 d", "4 d"),
        ("1 w", "1 w"),
        ("2 d wall", "2 d wall"),
    ],
)
def test_a_lead_is_never_accepted_by_silence_before_it_must_be_touched(window, accepted):
    assert accept_window(Duration.parse(window)) == Duration.parse(accepted)


def test_a_bad_answer_is_asked_for_again_with_the_reason():
    script = {
        "goal": ["a lot", "EUR 500.000", "EUR 500,000"],
        "from_marketing": ["60", "0%", "60%"],
        "rates": ["34%, 82%", "34%, 0%, 23%", "34%, 82%, 23%"],
        "hours": [
            "Berlin, 09:00-17:00", "09:00-17:00", "Europe/Berlin, 09:00-17:00, XX",
            "Europe/Berlin, 09:00-17:00, DE",
        ],
        "heads": ["Mina", "Mina, Omar"],
        "first_touch": ["soon", "0 min", "1 month", "60 min"],
    }  # fmt: skip
    reasons: list[tuple[str, str]] = []

    def ask(question: Question, refused: str) -> str:
        if refused:
            reasons.append((question.key, refused))
        return script.get(question.key, [""]).pop(0) if script.get(question.key) else ""

    found = ask_all(ask, "b2b_saas")
    assert found.heads == ("Mina", "Omar")
    assert [key for key, _ in reasons] == [
        "goal", "goal", "from_marketing", "from_marketing", "rates", "rates", "hours", "hours", "hours",
        "heads", "first_touch", "first_touch", "first_touch",
    ]  # fmt: skip
    told = dict(reversed(reasons))
    assert "write currency and amount" in told["goal"]
    assert "did you mean 'Europe/Berlin'" in told["hours"]
    assert "write it with its sign" in told["from_marketing"]


def test_an_amount_that_can_be_read_in_two_ways_is_refused():
    with pytest.raises(ValueError, match="500,000"):
        read_goal("EUR 500.000")


def test_an_empty_answer_takes_the_default():
    assert ask_all(lambda *_: "", "agency") == default_answers("agency")


def test_there_are_eight_questions():
    assert len(questions(TEMPLATES["agency"].defaults)) == 8


@pytest.mark.parametrize("bad", ["", "x" * 501, "a\x00b", "a\ufeffb"])
def test_a_name_that_cannot_be_shown_is_refused(bad):
    with pytest.raises(ValueError, match=r"name of the head of marketing|not two names"):
        read_heads(f"{bad}, Omar")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Europe/Berlin, 17:00-09:00-12:00", "are no hours"),
        ("Europe/Berlin, 09:00-12:00, 11:00-13:00", "begins before"),
        ("Europe/Berlin, Paris, 09:00-12:00", "neither hours nor a country"),
        ("Europe/Berlin, DE", "missing"),
        ("Europe/Berlin, 09:00-25:00", "no time of day"),
    ],
)
def test_hours_that_make_no_calendar_are_refused_with_the_reason(text, told):
    with pytest.raises(ValueError, match=told):
        read_hours(text)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_a_reason(text):
    for reader in (read_goal, read_heads, read_hours, read_rates):
        try:
            reader(text)
        except ValueError as error:
            assert str(error)


def test_an_unknown_template_names_the_nearest():
    with pytest.raises(TemplateUnknown, match="did you mean 'b2b_saas'"):
        find_template("b2bsaas")


def test_a_file_that_exists_is_never_overwritten_unless_told(tmp_path):
    file = tmp_path / "accord.yaml"
    write_new("one", file)
    with pytest.raises(InputError, match=r"exists already; .* pass replace=True \(--replace\)"):
        write_new("two", file)
    assert file.read_text() == "one"
    write_new("two", file, replace=True)
    assert file.read_text() == "two"
    with pytest.raises(InputError, match="cannot be written"):
        write_new("one", tmp_path / "no" / "folder.yaml")


@pytest.mark.parametrize("template", NAMES)
def test_any_yaml_reader_can_read_the_draft(template):
    assert yaml.safe_load(draft(default_answers(template), template, ON))["accord"] == 1
