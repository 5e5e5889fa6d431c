"""The language of conditions: what is read, what it says of a lead, and what holds for any text (S3.9)."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accord.agreement.conditions.reading import MOST_CHARACTERS, MOST_DEPTH, read_condition
from accord.agreement.conditions.saying import in_words, said
from accord.agreement.conditions.tree import (
    All,
    Among,
    Compare,
    Contains,
    Either,
    Field,
    Has,
    Known,
    Node,
    Not,
    Sign,
    fields_of,
    show,
)
from accord.lead.conditions import Facts, Seen, evaluate, holds
from accord.lead.texts import alike, has_words, range_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EARLIER = datetime(2026, 2, 1, 9, tzinfo=UTC)
LISTS = {
    "decision_makers": ("ceo", "director", "مدیر فروش", "satış müdürü", "ผู้อำนวยการ"),
    "embargoed": ("KP",),
    "free_mail": ("gmail.com",),
    "empty": (),
}
KNOWN = Facts(
    {
        "contact.role": "Director of Sales",
        "contact.email": "Ada@Mail.Acme.example",
        "contact.phone": "+49 30 1234567",
        "contact.country": "DE",
        "company.country": "DE",
        "company.employees": "11-50",
        "company.revenue": "1,200",
        "company.is_supplier": "no",
        "company.about": "Machines and services",
        "lead.source": "Trade fair",
        "newsletter": "yes",
        "grade": ("A1", "A", "1"),
        "fit": 60,
        "score": 130,
    },
    {"visits": Seen(3, NOW), "demo_requested": Seen(1, EARLIER)},
)
YES, NO, UNKNOWN = True, False, None

TABLE = [
    # signals: how often they came; one that never came counts 0
    ("demo_requested", YES),
    ("visits >= 3", YES),
    ("visits > 3", NO),
    ("price_page_seen", NO),
    ("price_page_seen < 1", YES),
    ("not price_page_seen", YES),
    ("Demo_Requested", YES),
    ("demo-requested", YES),
    # numbers and ranges of them
    ("company.employees > 10", YES),
    ("company.employees >= 11", YES),
    ("company.employees < 11", NO),
    ("company.employees > 50", NO),
    ("company.employees > 20", UNKNOWN),
    ("company.employees <= 50", YES),
    ("company.employees = 30", UNKNOWN),
    ("company.employees = 60", NO),
    ("company.revenue > 1199.5", YES),
    ("company.revenue = 1200", YES),
    ("lead.source > 3", UNKNOWN),
    ("company.employees > company.revenue", NO),
    ("company.employees < company.revenue", YES),
    ("visits >= ۳", YES),
    # texts
    ("contact.country is de", YES),
    ("contact.country = company.country", YES),
    ("contact.country != de", NO),
    ('lead.source is "trade  FAIR"', YES),
    ("lead.source is fair", NO),
    ("lead.source contains fair", YES),
    ("company.about not contains 'services'", NO),
    ("lead.source in [web, trade fair]", YES),
    ("contact.country in [AT, CH]", NO),
    ("contact.country is not in [AT, CH]", YES),
    # roles are compared by words, addresses by their domain
    ("contact.role in decision_makers", YES),
    ("contact.role is sales", YES),
    ("contact.role in [direct, direc]", NO),
    ("contact.email in [acme.example]", YES),
    ("contact.email in [me.example, '@acme.example']", YES),
    ("contact.email in free_mail", NO),
    ("contact.email is ada@mail.acme.example", YES),
    ("company.country in embargoed", NO),
    ("company.country in empty", NO),
    ("company.country in nobody_knows", UNKNOWN),
    # the score's own words
    ("grade in [A1, A2, B1] or demo_requested", YES),
    ("grade is A", YES),
    ("grade in [B, C]", NO),
    ("fit >= 60 and points >= 130", YES),
    ("interest >= 10", UNKNOWN),
    # a name alone: something that is not no
    ("contact.phone", YES),
    ("company.is_supplier", NO),
    ("newsletter", YES),
    ("contact.linkedin", UNKNOWN),
    ("contact.linkedin is unknown", YES),
    ("contact.linkedin is known", NO),
    ("not contact.linkedin is unknown", NO),
    ("contact.phone is known", YES),
    # three values
    ("contact.linkedin and price_page_seen", NO),
    ("contact.linkedin and visits", UNKNOWN),
    ("contact.linkedin or visits", YES),
    ("contact.linkedin or price_page_seen", UNKNOWN),
    ("not contact.linkedin", UNKNOWN),
    ("not (contact.linkedin or visits)", NO),
    ("visits and (price_page_seen or demo_requested)", YES),
    ("price_page_seen and visits or demo_requested", YES),
]


@pytest.mark.parametrize(("text", "truth"), TABLE, ids=[text for text, _ in TABLE])
def test_a_condition_says_yes_no_or_unknown_of_a_lead(text: str, truth: bool | None) -> None:
    tree = read_condition(text).tree
    assert tree is not None, read_condition(text).problem
    assert evaluate(tree, KNOWN, LISTS).truth is truth


@pytest.mark.parametrize("text", [text for text, _ in TABLE])
def test_what_is_shown_reads_as_the_same_condition(text: str) -> None:
    tree = read_condition(text).tree
    assert tree is not None
    assert read_condition(show(tree)).tree == tree


PROSE = [
    "need confirmed and decision within six months",
    "existing customers go to their account manager",
    "inquiries from a dealer's area go to the dealer",
    "free mail",
    "",
    "somebody (usually a head) asks us",
]
SLIPS = {
    "company.employees > 1,200": "without one",
    "demo_requested and (visits >= 3": "bracket",
    "grade in [A1 or demo_requested": "not closed",
    "grade in [A1, ]": "value",
    "company.employees > many": "no number",
    "contact.role in": "list",
    "visits >= ": "nothing",
    "contact.role is ''": "is unknown",
    "demo_requested twice": "`and` or `or`",
    'contact.role is "ceo': "quoted",
    "contact.role not ceo": "neither",
    "not " * (MOST_DEPTH + 1) + "contact.role": "deeper",
    "visits >= 3 and " * 100 + "visits >= 3": "characters",
}


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_for_people_and_no_mistake(text: str) -> None:
    condition = read_condition(text)
    assert condition.prose
    assert not condition.problem
    assert in_words(text) == text


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_of_what_looks_like_a_rule_is_said(text: str) -> None:
    condition = read_condition(text)
    assert condition.prose
    assert SLIPS[text] in condition.problem


@pytest.mark.parametrize("text", ["1" * 16, "1.1234567", "A1", "10%", "3d"])
def test_what_is_too_long_for_a_number_is_a_text(text: str) -> None:
    tree = read_condition(f"company.size is {text}").tree
    assert isinstance(tree, Compare)
    assert tree.value == text


def test_every_condition_of_the_reference_can_be_read() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "qualification.md"
    rows = re.findall(r"^\| `([^`]+)` \| ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 8
    assert not [row for row in rows if read_condition(row).prose]


def test_it_holds_since_the_latest_signal_that_makes_it_hold() -> None:
    def since(text: str) -> datetime | None:
        tree = read_condition(text).tree
        assert tree is not None
        return evaluate(tree, KNOWN, LISTS).since

    assert since("demo_requested") == EARLIER
    assert since("demo_requested and visits >= 3") == NOW
    assert since("demo_requested or visits > 5") == EARLIER
    assert since("demo_requested or visits") == NOW
    assert since("contact.phone and demo_requested") == EARLIER
    assert since("contact.phone") is None
    assert since("not price_page_seen") is None
    assert since("visits > 5") is None


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("Director of Sales", "director"),
        ("SATIŞ MÜDÜRÜ", "satış müdürü"),
        ("Satis Muduru", "satis muduru"),
        ("DİREKTÖR", "direktör"),
        ("مدير فروش", "مدیر فروش"),
        ("مدیر\u200cفروش", "مدیر فروش"),
        ("ผู้อำนวยการฝ่ายขาย", "ผู้อำนวยการ"),
        ("销售总监", "总监"),
        ("Vice-President, Sales", "president"),
        ("Head  of\tSales", "head of sales"),
        ("ＣＥＯ", "ceo"),
        ("Geschäftsführer/CEO", "ceo"),
    ],
)
def test_a_role_is_found_as_a_word_in_any_script(role: str, wanted: str) -> None:
    assert has_words(role, wanted)
    assert has_words(role.upper(), wanted)


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("Directory keeper", "director"),
        ("Subdirector", "director"),
        ("مدیریت", "مدیر"),
        ("ceo", ""),
        ("", "ceo"),
    ],
)
def test_part_of_a_word_is_not_the_word(role: str, wanted: str) -> None:
    assert not has_words(role, wanted)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (12, 12, 12),
        ("12", 12, 12),
        (" 1,200 ", 1200, 1200),
        ("1 200 000", 1200000, 1200000),
        ("12.5", "12.5", "12.5"),
        (12.5, "12.5", "12.5"),
        ("11-50", 11, 50),
        ("11 – 50", 11, 50),
        ("11 to 50", 11, 50),
        ("1,001-5,000", 1001, 5000),
        ("200+", 200, "Infinity"),
        ("more than 500", 500, "Infinity"),
        ("۱۱", 11, 11),
        ("-3", -3, -3),
    ],
)
def test_a_number_or_a_range_is_read_as_forms_write_it(value: object, least: object, most: object) -> None:
    assert range_of(value) == (Decimal(str(least)), Decimal(str(most)))


@pytest.mark.parametrize(
    "value", ["many", "", "50-11", True, "12 people", float("nan"), float("inf"), "1" * 90, None, "1-2-3"]
)
def test_what_is_no_number_is_unknown_as_one(value: object) -> None:
    assert range_of(value) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("company.employees > 10", "employees of the company is above 10"),
        ("contact.role in decision_makers", "role of the contact is one of decision makers"),
        ("grade in [A1, A2, B1] or demo_requested", "grade is A1, A2 or B1, or demo requested"),
        ("not (a and b)", "not (a and b)"),
        ("contact.email not in free_mail", "email of the contact is not one of free mail"),
        ("a and (b or c)", "a and (b or c)"),
        ("lead.source not contains fair", "source of the lead does not contain “fair”"),
        ("contact.phone is unknown", "phone of the contact is not known"),
    ],
)
def test_a_condition_can_be_said_in_words(text: str, words: str) -> None:
    assert in_words(text) == words


# what holds for any condition, and for any text

WORDS = st.sampled_from(["ceo", "two words", "contact.role", "and", "12", "O'Neil", 'a "b"', "ذ", "x y, z"])
NAMES = st.sampled_from(["visits", "demo_requested", "grade", "contact.role", "company.größe", "ผู้.ก"])
FIELDS = NAMES.map(Field)
NUMBERS = st.decimals(-(10**9), 10**9, places=3)
VALUES = WORDS | NUMBERS
TESTS: st.SearchStrategy[Node] = st.one_of(
    st.builds(Has, FIELDS),
    st.builds(Known, FIELDS, st.booleans()),
    st.builds(Compare, FIELDS, st.just(Sign.IS), VALUES | st.just(Field("company.employees"))),
    st.builds(Compare, FIELDS, st.sampled_from(Sign), NUMBERS),
    st.builds(Among, FIELDS, st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Among, FIELDS, listed=st.sampled_from(["free_mail", "liste"])),
    st.builds(Contains, FIELDS, WORDS),
)
CONDITIONS: st.SearchStrategy[Node] = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Either, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
ANYTHING = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.booleans(), st.floats())
FACTS = st.builds(
    Facts,
    st.dictionaries(NAMES, ANYTHING),
    st.dictionaries(NAMES, st.builds(Seen, st.integers(0, 9), st.just(NOW))),
    st.just(EARLIER),
)
PIECES = st.sampled_from(
    ["(", ")", "[", "]", ",", "and", "or", "not", "in", "is", "contains"]
) | st.sampled_from(["visits", "contact.role", "3", "'a'", ">=", "x"])
steps = settings(deadline=None, max_examples=150)


@steps
@given(CONDITIONS)
def test_any_condition_is_read_as_it_is_shown(node: Node) -> None:
    condition = read_condition(show(node))
    if len(show(node)) <= MOST_CHARACTERS:
        assert condition.tree == node, condition.problem


@steps
@given(st.text(max_size=60))
@example("contact.İ is x")
@example("((((")
@example("x is “")
@example("ŉ >= 3")
def test_no_text_is_too_strange_to_be_read_and_said(text: str) -> None:
    condition = read_condition(text)
    in_words(text)
    if condition.tree is not None:
        assert read_condition(show(condition.tree)).tree == condition.tree
        evaluate(condition.tree, KNOWN, LISTS)


@steps
@given(st.lists(PIECES))
def test_no_order_of_its_words_is_too_strange(words: list[str]) -> None:
    condition = read_condition(" ".join(words))
    assert (condition.tree is None) == condition.prose
    if condition.tree is not None:
        assert read_condition(show(condition.tree)).tree == condition.tree


@steps
@given(CONDITIONS, FACTS)
def test_whatever_is_known_a_condition_has_an_answer(node: Node, facts: Facts) -> None:
    outcome = evaluate(node, facts, LISTS)
    assert outcome.truth in (True, False, None)
    assert outcome.since is None or outcome.truth is True
    assert holds(show(node), facts, LISTS) is (outcome.truth is True)
    assert said(node)
    assert fields_of(node)


@steps
@given(CONDITIONS, CONDITIONS, FACTS)
def test_the_laws_of_three_values_hold(one: Node, other: Node, facts: Facts) -> None:
    def truth(node: Node) -> bool | None:
        return evaluate(node, facts, LISTS).truth

    def order(value: bool | None) -> int:
        return {False: 0, None: 1, True: 2}[value]

    assert order(truth(All((one, other)))) == min(order(truth(one)), order(truth(other)))
    assert order(truth(Either((one, other)))) == max(order(truth(one)), order(truth(other)))
    assert order(truth(Not(one))) == 2 - order(truth(one))
    assert truth(Not(Not(one))) is truth(one)
    assert truth(Not(All((one, other)))) is truth(Either((Not(one), Not(other))))
    assert truth(All((one, other))) is truth(All((other, one)))


@steps
@given(CONDITIONS, FACTS, NAMES, ANYTHING)
def test_knowing_more_never_turns_a_yes_into_a_no(node: Node, facts: Facts, name: str, value: object) -> None:
    """Unless the condition asks whether something is known, or the name is a signal that had not come."""
    if any(isinstance(part, Known) for part in _parts(node)) or facts.fields.get(name) or "." not in name:
        return
    before = evaluate(node, facts, LISTS).truth
    after = evaluate(node, Facts({**facts.fields, name: value}, facts.signals), LISTS).truth
    known_before = facts.fields.get(name)
    if known_before in (None, "") and before is not None:
        assert after is before


def _parts(node: Node) -> list[Node]:
    below = [node.of] if isinstance(node, Not) else list(node.of) if isinstance(node, All | Either) else []
    return [node, *(part for one in below for part in _parts(one))]


@steps
@given(st.text(max_size=40))
def test_a_text_is_like_itself_in_any_case_and_like_what_it_is_folded_to(text: str) -> None:
    assert alike(alike(text)) == alike(text)
    assert not alike(text) or has_words(text, text)
