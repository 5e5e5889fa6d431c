"""One place of an agreement's text is changed, and every other sign of it stays as people wrote it."""

import copy
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.clauses.clause import Clause
from accord.agreement.parse import parse_agreement
from accord.agreement.reading import text as reading
from accord.agreement.reading.text import read_tree
from accord.agreement.reading.wording import model_of
from accord.agreement.writing.change import add_to, remove_at, set_at
from accord.agreement.writing.shorthands import SHORTHANDS
from accord.errors import InputError

EXAMPLES = Path(__file__).parents[2] / "examples"
ACME = (EXAMPLES / "acme.yaml").read_text(encoding="utf-8")
SMALL = (EXAMPLES / "small.yaml").read_text(encoding="utf-8")
LAYOUTS = """# a heading   \r
accord: 1   # the format\r
"quoted key": 'it''s'\r
plain: two words   # a remark\r
\r
list:\r
- one\r
# between\r
- two   # after two\r
-   three\r
- {a: b, "c d": [e, f]}\r
- x: 1\r
  # inside\r
  y: 2\r
- - deep\r
  - deeper\r
flow: {a: 1, # why a\r
  b: [x,\r
    y], c: {}}\r
فارسی: {نام: "سارا، رضایی", شهر: 'تهران'}\r
block:\r
    wide: |\r
      line one\r
      line two\r
\r
    folded: >-\r
      some\r
      words\r
    last: مقدار\r
end: here""".replace("\r\n", "\n")
TEXTS = {"acme": ACME, "small": SMALL, "layouts": LAYOUTS, "layouts by CRLF": LAYOUTS.replace("\n", "\r\n")}


def says(text):
    tree, flaws = read_tree(text)
    assert flaws == []
    return tree.plain()


def places(value, path=()):
    """Every path in a tree."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield (*path, step)
        yield from places(item, (*path, step))


def at(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def put(tree, path, value):
    tree = copy.deepcopy(tree)
    at(tree, path[:-1])[path[-1]] = value
    return tree


PLACES = [(name, path) for name, text in TEXTS.items() for path in places(says(text))]
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.text(st.sampled_from("ab1 :#-,[]{}'\"&*!|>%@`?~=<\\\n\t."), max_size=8),
    st.sampled_from(
        ["", "null", "~", "<<", "34%", "no", "1:30", "--- x", "- a", "a: b", "x #y", "فارسی، متن"]
    ),
)
VALUES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            WORDS.filter(lambda key: key and key == key.strip() and len(key) < 20), inner, max_size=3
        )
    ),
    max_leaves=5,
)


@given(st.sampled_from(PLACES), VALUES)
@settings(max_examples=150)
def test_after_a_change_the_text_says_the_same_but_for_this_place(place, value):
    text, path = TEXTS[place[0]], place[1]
    assert says(set_at(text, path, value)) == put(says(text), path, value)


@given(st.sampled_from(PLACES))
@settings(max_examples=100)
def test_setting_what_stands_there_already_changes_no_sign(place):
    text, path = TEXTS[place[0]], place[1]
    assert set_at(text, path, at(says(text), path)) == text


@given(
    st.sampled_from([(name, path) for name, path in PLACES if isinstance(at(says(TEXTS[name]), path), str)]),
    WORDS,
)
@settings(max_examples=120)
def test_a_changed_word_leaves_every_sign_before_and_after_it(place, value):
    text, path = TEXTS[place[0]], place[1]
    new = set_at(text, path, value)
    same = next(
        (i for i, (a, b) in enumerate(zip(text, new, strict=False)) if a != b), min(len(text), len(new))
    )
    old = at(says(text), path)
    rest = next(
        i
        for i in range(len(text))
        if i == len(text) - same or text[len(text) - 1 - i] != new[len(new) - 1 - i]
    )
    assert (
        len(text) - same - rest <= 3 * len(old) + 40
    )  # all that changed lies within the word and its quotes


@given(st.sampled_from(PLACES))
@settings(max_examples=120)
def test_what_is_removed_and_added_again_stands_as_before(place):
    text, path = TEXTS[place[0]], place[1]
    tree = says(text)
    without = remove_at(text, path)
    held = at(tree, path[:-1])
    assert says(without) == (
        put(tree, path[:-1], [x for i, x in enumerate(held) if i != path[-1]] if isinstance(held, list)
            else {k: v for k, v in held.items() if k != path[-1]})
        if path[:-1] else {k: v for k, v in held.items() if k != path[-1]}
    )  # fmt: skip
    if isinstance(path[-1], str) or path[-1] == len(held) - 1:
        key = path[-1] if isinstance(path[-1], str) else None
        assert says(add_to(without, path[:-1], key, at(tree, path))) == tree


@given(st.sampled_from(PLACES))
@settings(max_examples=100)
def test_removing_a_line_leaves_every_other_line(place):
    text, path = TEXTS[place[0]], place[1]
    kept = remove_at(text, path).splitlines()
    left = iter(text.splitlines())
    changed = [line for line in kept if line not in text.splitlines()]
    assert len(changed) <= 2
    assert all(any(line == other for other in left) for line in kept if line not in changed)


def test_comments_order_and_quotes_of_the_full_example_survive_a_changed_rate():
    path = ("lead_types", "web_form", "streams", "smb", "mql_to_sql")
    new = set_at(ACME, path, "40%")
    different = [(a, b) for a, b in zip(ACME.splitlines(), new.splitlines(), strict=True) if a != b]
    assert len(different) == 1
    assert different[0][1] == different[0][0].replace("34% of 1000", "40%")


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("scope", "regions"), ["Iran"], "scope: {about: new business, regions: [Iran]}"),
        (("term", "end"), "2026-06-30", "term: {start: 2026-01-01, end: 2026-06-30}"),
        (("goal", "deal_value"), "2000", "goal: {revenue: 500000, deal_value: 2000}"),
        (("people", "mina", "role"), "head", "people: {mina: {side: marketing, role: head}}"),
        (("follow_up", "first_touch", "demo"), "5 min",
         "follow_up: {first_touch: {default: 60 min, demo: 5 min}}"),
        (("assumptions", 1), "more", "assumptions: [one, more]"),
    ],
)  # fmt: skip
def test_a_bare_value_that_stands_for_a_clause_is_written_out(path, value, line):
    text = (
        "accord: 1\nscope: new business\nterm: 2026-01-01\npeople: {mina: marketing}\ngoal: 500000\n"
        "follow_up: {first_touch: 60 min}\nassumptions: one\n"
    )
    assert line in set_at(text, path, value).splitlines()


def test_bare_text_without_parts_is_refused_with_a_remedy():
    with pytest.raises(InputError, match="bare text and has no parts"):
        set_at("accord: 1\nname: Acme\n", ("name", "first"), "x")


def test_what_is_missing_on_the_way_is_added_where_the_terms_have_it():
    new = set_at(SMALL, ("handoff", "return_after", "attempts"), "9")
    lines = new.splitlines()
    assert (
        lines.index("handoff: {return_after: {attempts: 9}}")
        == lines.index("follow_up: {first_touch: 60 min}") - 1
    )
    assert parse_agreement(new).handoff.return_after.attempts == 9


def test_an_empty_text_gets_its_first_key():
    assert set_at("", ("name",), "Acme") == "name: Acme\n"
    assert set_at("# only words\n", ("goal", "revenue"), "5") == "# only words\ngoal: {revenue: 5}\n"


def test_a_key_without_a_value_gets_one():
    assert set_at("accord: 1\nname:\nterm: x\n", ("name",), "Acme") == "accord: 1\nname: Acme\nterm: x\n"
    assert set_at("goal: {revenue: , x: 1}", ("goal", "revenue"), "5") == "goal: {revenue: 5, x: 1}"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &n {b: 1}\nc: *n\n", ("a", "b")),
        ("a: &n {b: 1}\nc: *n\n", ("c", "b")),
        ("a: &n {b: 1}\nc: *n\n", ("c",)),
        ("a: {b: &n 1}\nc: *n\n", ("a",)),
    ],
)
def test_a_value_that_is_shared_under_a_name_is_not_changed(text, path):
    with pytest.raises(InputError, match="name"):
        set_at(text, path, "2")
    with pytest.raises(InputError, match="name"):
        remove_at(text, path)


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a: [1\n", ("a", 0), "2"),
        ("a: [1]\n", ("a", 5), "2"),
        ("a: [1]\n", ("a", -1), "2"),
        ("a: {b: 1}\n", ("a", 0), "2"),
        ("a: 1\n", (), "2"),
        ("a: 1\n", (0,), "2"),
        ("a: 1\n", ("b", 3), "2"),
        ("a: 1\n", ("a",), "\x00"),
        ("a: 1\n", ("a",), "\ud800"),
        ("a: 1\n", (" b",), "x"),
        ("a: 1\n", ("k" * 5000,), "x"),
        ("a: 1\n", tuple("abcdefghijklmnopqrstuvwxyz" * 3), "x"),
        ("a: 1\n", ("b",), "x" * 300_000),
        ("- a\n", ("b",), "x"),
        ("a: 1\n---\nb: 2\n", ("a",), "x"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(text, path, value):
    with pytest.raises(InputError) as refused:
        set_at(text, path, value)
    assert str(refused.value)


def test_what_is_not_there_cannot_be_removed():
    for path in (("x",), ("goal", "x"), (), ("name", "x"), ("goal", 0)):
        with pytest.raises(InputError):
            remove_at(SMALL, path)


def test_a_key_that_is_there_is_not_added_again():
    with pytest.raises(InputError, match="is there already"):
        add_to(SMALL, ("people",), "mina", "sales")


SIGNS = st.sampled_from(
    [*" \n:-{}[]'\"|>&*#!%?~,", "- ", ": ", "a", "\t", "\r", "\ufeff", "\x85", "---", "<<"]
)


@pytest.mark.parametrize("text", ["? " * 3000, "- " * 3000, "[" * 3000, "{? " * 3000, "? - " * 2000])
def test_keys_and_values_nested_without_end_are_refused(text):
    with pytest.raises(reading.Unreadable):
        read_tree(text)


ODD = st.lists(SIGNS, max_size=25).map("".join)
DAMAGED = st.builds(lambda cut, sign: SMALL[:cut] + sign + SMALL[cut:], st.integers(0, 900), SIGNS)


@given(ODD | DAMAGED)
@settings(max_examples=200)
def test_both_parsers_of_yaml_read_a_text_alike_or_the_slower_one_is_taken(text):
    quick = reading._read_quickly(text)
    if quick is None:
        return
    reader = reading._Reader(yaml.parse(text, Loader=yaml.SafeLoader))
    assert (reader.document(), reader.flaws) == (quick, [])


def shorthands(annotation, metadata=()):
    """Every clause that a bare value may stand for, with the key it stands for."""
    for said in metadata:
        func = getattr(said, "func", None)
        if getattr(func, "__qualname__", "") == "shorthand.<locals>.expand" and model_of(annotation):
            yield model_of(annotation), func.__closure__[0].cell_contents
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from shorthands(inner, more)
    else:
        for inner in get_args(annotation):
            yield from shorthands(inner)


def test_every_shorthand_of_the_terms_can_be_written_out():
    found = {
        pair
        for model in all_clauses(Clause)
        if model.__module__.startswith("accord.agreement.")  # import maps are clauses too, elsewhere
        for info in model.model_fields.values()
        for pair in shorthands(info.annotation, info.metadata)
    }
    assert len(found) >= 8
    assert {model: SHORTHANDS[model][0] for model, _ in found} == dict(found)


def all_clauses(model):
    for below in model.__subclasses__():
        yield below
        yield from all_clauses(below)


def test_a_list_whose_dashes_stand_below_its_key_can_be_emptied_and_become_a_word():
    text = "list:\n- one\n# between\n- two\nend: here\n"
    assert set_at(text, ("list",), []) == "list:\n  []\nend: here\n"
    assert says(set_at(text, ("list",), "word")) == {"list": "word", "end": "here"}
