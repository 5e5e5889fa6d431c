"""What both sides mean by their words: asked in a form that people can fill in, laid side by side fairly."""

import json
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.clauses.people import Side
from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.survey.compare import Verdict, compare
from accord.agreement.survey.form import Filled, form_text, item_key, parse_form, read_form
from accord.agreement.survey.output import comparison_json, comparison_text
from accord.agreement.survey.questions import COMMON, Form, question_of, questions
from accord.agreement.survey.words import compared, joined, same, words
from accord.errors import FormInvalid, InputError

ACME = read_agreement(Path(__file__).parents[2] / "examples" / "acme.yaml")
OTHER = {Side.MARKETING: Side.SALES, Side.SALES: Side.MARKETING}


def filled(side: str, person: str, agreement: object = ACME, **answers: str) -> Filled:
    """A form as somebody would fill it in, with the text of each answer as typed after its key."""
    text = form_text(agreement, Side(side)).replace("person:  # your name", f"person: {person}")  # type: ignore[arg-type]
    for key, answer in answers.items():
        text, count = re.subn(
            rf"(?m)^  {re.escape(key)}:( \|)?$", lambda _, a=answer, k=key: f"  {k}: {a}", text
        )
        assert count == 1, key
    return parse_form(text, f"{person}.yaml")


def row(key: str, *forms: Filled) -> object:
    return next(row for row in compare(forms).rows if row.question.key == key)


# The form ---------------------------------------------------------------------------------------------------


def test_the_form_asks_the_four_questions_of_s1_15():
    asked = " ".join(question.ask for question in questions(ACME))
    assert "What is a qualified lead" in asked
    assert "rules discard a lead" in asked
    assert "is a lead given up" in asked
    assert "attributes of a company" in asked
    assert "attributes of the person" in asked
    assert "behaviours" in asked


def test_every_stage_is_asked_for_with_its_owner_and_every_other_word_once():
    keys = [question.key for question in questions(ACME)]
    assert len(keys) == len(set(keys))
    assert {"stage.mql.meaning", "stage.mql.owner", "stage.customer.owner", "word.contact"} <= set(keys)
    assert "word.attempt" not in keys
    assert all(question_of(question.key) == question for question in questions(ACME))


def test_the_form_does_not_give_away_what_the_agreement_says():
    text = form_text(ACME, Side.MARKETING)
    assert "fits our market and has shown interest" not in text
    assert "somebody on our site" not in text


@pytest.mark.parametrize("side", ["marketing", "sales"])
def test_an_empty_form_with_a_name_reads_as_no_answers(side):
    form = filled(side, "Ann")
    assert (form.side, form.person, form.answers) == (Side(side), "Ann", {})
    assert form.asked == tuple(question.key for question in questions(ACME))


def test_forms_are_for_marketing_and_sales_only():
    with pytest.raises(InputError, match="marketing or for sales"):
        form_text(ACME, Side.OPERATIONS)


def test_a_form_can_be_filled_in_as_people_write():
    form = filled(
        "sales",
        "Omar",
        qualified_lead='|\n    Fits: our "market" #1,\n    and asked for a price.',
        company_attributes="\n    - more than 10 employees\n    - Türkiye\n    - türkiye\n    -",
        behaviours="[visits, demo]",
        discarded="|\n    students\n    competitors",
        attempts_before_return="۷",
        first_touch_minutes="1,000.5",
        automated_mail="Does not count",
        attempt="one call",
    )
    assert form.answers == {
        "qualified_lead": 'Fits: our "market" #1,\nand asked for a price.',
        "company_attributes": ("more than 10 employees", "Türkiye"),
        "behaviours": ("visits", "demo"),
        "discarded": ("students", "competitors"),
        "attempts_before_return": Decimal(7),
        "first_touch_minutes": Decimal("1000.5"),
        "automated_mail": "does not count",
        "attempt": "one call",
    }


HOSTILE = [
    "mql",
    "no",
    "a: b",
    'x"y',
    "line\nside: sales\nanswers:",
    "# x",
    "سرنخ",
    "ลีด",
    "a.b.meaning",
    "{x}",
    "*a",
    "\u202eabc",
    ".owner",
    "word.x",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_stages_and_words_of_any_name_make_a_form_that_reads_back(name):
    agreement = ACME.model_copy(
        update={
            "name": name,
            "stages": (ACME.stages[0].model_copy(update={"name": name}),),
            "definitions": {name: "x"},
        }
    )
    form = filled("marketing", "Ann", agreement)
    assert form.agreement == name.strip() or "\n" in name
    assert f"stage.{name}.meaning" in form.asked
    assert form.side is Side.MARKETING


BAD = [
    ("", 1, "the text is empty"),
    ("- a\n", 1, "a form is a mapping"),
    ("accord_survey: 2\n", 1, "forms of this kind"),
    ("{head}side: viewer\nperson: x\n", 3, "no side that is asked"),
    ("{head}side: sales\n", 1, "this key is missing"),
    ("{head}side: sales\nperson:\n", 4, "nobody's name is given"),
    ("{head}side: sales\nperson: x\nanswer: y\n", 5, "unknown key"),
    ("{head}side: sales\nperson: x\nanswers: [a]\n", 5, "answers are keys with values"),
    ("{head}side: sales\nperson: x\nanswers:\n  qualified: y\n", 6, "no question goes by this key"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempts_before_return: many\n", 6, "is no number"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempts_before_return: -1\n", 6, "is no number"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempts_before_return: 0,5\n", 6, "is no number"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempts_before_return: [1]\n", 6, "a number is expected"),
    ("{head}side: sales\nperson: x\nanswers:\n  automated_mail: yes\n", 6, "not one of the answers"),
    ("{head}side: sales\nperson: x\nanswers:\n  qualified_lead: [a]\n", 6, "a text is expected"),
    ("{head}side: sales\nperson: x\nanswers:\n  behaviours: {a: b}\n", 6, "a list is expected"),
    ("{head}side: sales\nperson: x\nanswers:\n  behaviours:\n    - a: b\n", 7, "an item is one text"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempt: a: b\n", 6, "a colon stands"),
    ("{head}side: sales\nperson: x\nanswers:\n\tattempt: a\n", 6, "a tab"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempt: !!python/name:os.system a\n", 6, "the tag"),
    ("{head}side: sales\nperson: x\nperson: y\n", 5, "stands twice"),
    ("{head}side: sales\nperson: x\nanswers:\n  attempt: '" + "x" * 5001 + "'\n", 6, "5,001 characters"),
    ("{head}side: sales\nperson: x\nanswers:\n  behaviours: [" + "a, " * 201 + "a]\n", 6, "202 items"),
]


@pytest.mark.parametrize(("text", "line", "what"), BAD)
def test_a_form_with_errors_names_file_line_and_what_is_wrong(text, line, what):
    with pytest.raises(FormInvalid) as caught:
        parse_form(text.replace("{head}", "accord_survey: 1\nagreement: Acme\n"), "form.yaml")
    found = [problem for problem in caught.value.problems if what in problem.what]
    assert [(problem.file, problem.line) for problem in found] == [("form.yaml", line)], caught.value.problems


def test_an_empty_form_is_to_be_filled_in_first():
    empty = form_text(read_agreement(Path(__file__).parents[2] / "examples" / "small.yaml"), Side.SALES)
    with pytest.raises(FormInvalid, match="person: nobody's name is given; fill in the form first"):
        parse_form(empty)


def test_all_problems_are_reported_at_once():
    with pytest.raises(FormInvalid) as caught:
        parse_form(
            "accord_survey: 3\nside: x\nanswers: {attempts_before_return: x, automated_mail: x, y: z}\n"
        )
    assert len(caught.value.problems) == 7


@given(st.text(alphabet="answersid:person \n-|[]{}#'\"&*!x1\t", max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_problems(text):
    for tried in (text, f"accord_survey: 1\nagreement: A\nside: sales\nperson: x\nanswers:\n{text}"):
        try:
            parse_form(tried)
        except FormInvalid as error:
            assert error.problems


def test_a_mark_and_windows_line_ends_change_nothing(tmp_path):
    text = form_text(ACME, Side.SALES).replace("person:  # your name", "person: Ann")
    text = text.replace("  behaviours:", "  behaviours: [demo]").replace(
        "  attempt: |", "  attempt: |\n    a\n    b"
    )
    path = tmp_path / "form.yaml"
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert read_form(path) == replace(parse_form(text), file=str(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_form(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_form(tmp_path / "none.yaml")


# The comparison ------------------------------------------------------------------------------------------


def test_lists_show_what_both_have_and_what_only_one_has():
    found = row(
        "rejected_because",
        filled("marketing", "Mina", rejected_because="[duplicate, Missing_data, too small]"),
        filled("sales", "Omar", rejected_because="[missing data, DUPLICATE, bad fit]"),
    )
    assert found.verdict is Verdict.DIFFER
    assert found.common == ("DUPLICATE", "Missing_data")
    assert found.only == {Side.MARKETING: ("too small",), Side.SALES: ("bad fit",)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Türkiye", unicodedata.normalize("NFD", "türkiye")),
        ("KIRMIZI", "kırmızı"),
        ("İSTANBUL", "istanbul"),
        ("Straße", "STRASSE"),
        ("كتاب علي", "کتاب علی"),
        ("می‌خواهد", "میخواهد"),
        ("ﬁt", "fit"),
        ("ＡＢＣ", "abc"),
        ("เริ่ม", unicodedata.normalize("NFKD", "เริ่ม")),
        ("no_budget", "No  budget."),
    ],
)
def test_items_that_a_reader_takes_for_the_same_are_the_same(one, other):
    assert item_key(one) == item_key(other)


@pytest.mark.parametrize(("one", "other"), [("budget", "budgets"), ("10", "100"), ("لا", "لن"), ("é", "e")])
def test_items_that_a_reader_tells_apart_stay_apart(one, other):
    assert item_key(one) != item_key(other)


def test_numbers_are_compared_as_numbers():
    forms = [
        filled("marketing", "A", attempts_before_return="7.0"),
        filled("sales", "B", attempts_before_return="7"),
    ]
    assert row("attempts_before_return", *forms).verdict is Verdict.AGREE
    forms[1] = filled("sales", "B", attempts_before_return="70")
    assert row("attempts_before_return", *forms).verdict is Verdict.DIFFER


def test_texts_are_shown_side_by_side_with_the_words_that_differ():
    found = row(
        "qualified_lead",
        filled("marketing", "Mina", qualified_lead="Fits our market and has shown interest."),
        filled("sales", "Omar", qualified_lead="fits our market, and asked for a demo"),
    )
    assert [(piece.both, piece.marketing, piece.sales) for piece in found.words] == [
        ("Fits our market and", "", ""),
        ("", "has shown interest.", "asked for a demo"),
    ]


def test_texts_that_differ_only_in_case_blanks_and_punctuation_agree():
    forms = [filled("marketing", "A", connect="A live  talk."), filled("sales", "B", connect="a live talk")]
    assert row("connect", *forms).verdict is Verdict.AGREE


def test_an_answer_of_one_side_only_and_of_nobody_are_told_apart():
    comparison = compare([filled("marketing", "A", connect="x"), filled("sales", "B")])
    verdicts = {row.question.key: row.verdict for row in comparison.rows}
    assert verdicts["connect"] is Verdict.ONE_SIDE
    assert verdicts["stage.mql.meaning"] is Verdict.NOBODY
    assert len(comparison.rows) == len(questions(ACME))
    assert [row.question.key for row in comparison.rows] == [question.key for question in questions(ACME)]


def test_disagreement_within_a_side_is_shown_with_names():
    comparison = compare(
        [
            filled("marketing", "Mina", behaviours="[demo, price]", attempts_before_return="7"),
            filled("marketing", "Sara", behaviours="[demo]", attempts_before_return="5"),
            filled("sales", "Omar", behaviours="[price, demo]", attempts_before_return="7"),
        ]
    )
    lists = next(row for row in comparison.rows if row.question.key == "behaviours")
    assert lists.verdict is Verdict.DIFFER
    assert not lists.sides[Side.MARKETING].of_one_mind
    text = comparison_text(comparison)
    assert "not all of marketing: price (Mina)" in text
    assert "marketing: 7 (Mina)" in text
    assert "marketing: 5 (Sara)" in text


def test_forms_that_do_not_belong_together_are_refused():
    other = parse_agreement("accord: 1\nname: Other\nterm: 2026-01-01\ngoal: 5\nlead_types: {web: {}}\n")
    mina, omar = filled("marketing", "Mina"), filled("sales", "Omar")
    with pytest.raises(FormInvalid, match="another agreement"):
        compare([mina, filled("sales", "Omar", other)])
    with pytest.raises(FormInvalid, match=r"answered for marketing in .* already"):
        compare([mina, filled("marketing", "MINA"), omar])
    with pytest.raises(FormInvalid, match="nobody answered for sales"):
        compare([mina])
    with pytest.raises(FormInvalid, match="nobody answered for marketing"):
        compare([])


TEXTS = st.text(alphabet="ab เริ่มก .,Aßı\u0308", min_size=1, max_size=12).filter(item_key)
ANSWERS = {
    Form.TEXT: TEXTS,
    Form.LIST: st.lists(TEXTS, min_size=1, max_size=4, unique_by=item_key).map(tuple),
    Form.NUMBER: st.integers(0, 3).map(Decimal),
    Form.CHOICE: st.sampled_from(["counts", "does not count"]),
}


@st.composite
def some_forms(draw: st.DrawFn) -> list[Filled]:
    forms = []
    for side in (Side.MARKETING, Side.SALES):
        for number in range(draw(st.integers(1, 3))):
            answers = {
                question.key: draw(ANSWERS[question.form]) for question in COMMON if draw(st.booleans())
            }
            asked = tuple(question.key for question in COMMON)
            forms.append(Filled(f"{side}{number}", "Acme", side, f"P{number}", asked, answers))
    return forms


@given(some_forms())
@settings(max_examples=60, deadline=None)
def test_exchanging_the_sides_exchanges_the_columns_and_nothing_else(forms):
    swapped = compare([replace(form, side=OTHER[form.side]) for form in forms])
    plain = compare(forms)
    for one, other in zip(plain.rows, swapped.rows, strict=True):
        assert (one.question, one.verdict, one.common) == (other.question, other.verdict, other.common)
        for side, across in OTHER.items():
            assert one.sides[side] == other.sides[across]
            assert (one.only or {}).get(side) == (other.only or {}).get(across)
        assert [(piece.both, piece.marketing, piece.sales) for piece in one.words] == [
            (piece.both, piece.sales, piece.marketing) for piece in other.words
        ]


@given(some_forms(), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_forms_does_not_matter_and_outputs_hold_every_answer(forms, dice):
    mixed = list(forms)
    dice.shuffle(mixed)
    comparison = compare(forms)
    assert compare(mixed) == comparison
    value = json.loads(comparison_json(comparison))
    said = {
        (question["key"], person)
        for question in value["questions"]
        for side in ("marketing", "sales")
        for answer in question[side]["said"]
        for person in answer["people"]
    }
    assert said == {(key, form.person) for form in forms for key in form.answers}
    assert sum(value["counts"].values()) == len(comparison.rows)
    assert comparison_text(comparison).endswith("\n")


@given(some_forms())
@settings(max_examples=40, deadline=None)
def test_two_sides_that_give_the_same_answers_agree_on_each(forms):
    mine = [form for form in forms if form.side is Side.MARKETING][:1]
    twins = [*mine, *(replace(form, side=Side.SALES) for form in mine)]
    assert {row.verdict for row in compare(twins).rows} <= {Verdict.AGREE, Verdict.NOBODY}


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_pieces_of_two_texts_give_the_words_of_each_again(one, other):
    pieces = compared(one, other)
    for side, text in (("marketing", one), ("sales", other)):
        back = " ".join(part for piece in pieces if (part := piece.both or getattr(piece, side)))
        assert same(back, joined(words(text)))


def test_a_hostile_answer_cannot_steer_the_terminal_or_the_time():
    import time

    long = " ".join(f"w{n % 7}" for n in range(1600))
    started = time.process_time()
    forms = [
        filled("marketing", "Mina\u202e", qualified_lead=f"|\n    {long}"),
        filled("sales", "Omar", qualified_lead=f"|\n    {long[::-1]}", connect="a\u202eb"),
    ]
    text = comparison_text(compare(forms))
    assert "\u202e" not in text
    assert time.process_time() - started < 20
