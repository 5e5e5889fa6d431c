"""Many places of a text are changed at once as they are one after the other, and the text is read once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_agreement_writing import ACME, PLACES, TEXTS, VALUES, WORDS, says

from accord.agreement.writing import several
from accord.agreement.writing.change import remove_at, set_at
from accord.agreement.writing.several import MOST_ROUNDS, set_all
from accord.errors import InputError

PEOPLE = "people:\n" + "".join(
    f"  p{i}: {{side: sales, name: N{i}, email: p{i}@x.example}}\n" for i in range(120)
)


def one_by_one(text, changes):
    refused = {}
    for at, (path, written) in enumerate(changes):
        try:
            text = remove_at(text, path) if written is None else set_at(text, path, written)
        except InputError as error:
            refused[at] = str(error)
    return text, refused


def at_once(text, changes):
    text, refused = set_all(text, changes)
    return text, {at: str(error) for at, error in refused.items()}


@pytest.fixture
def readings(monkeypatch):
    """How often a text was marked."""
    found, works = [], several.read_marks
    monkeypatch.setattr(several, "read_marks", lambda text: found.append(text) or works(text))
    return found


def changes_of(name):
    places = [path for text, path in PLACES if text == name]
    new = st.tuples(st.sampled_from(places), st.sampled_from(["new", "other", "a key"])).map(
        lambda pair: (*pair[0], pair[1])
    )
    written = st.none() | WORDS | WORDS | VALUES
    return st.lists(st.tuples(st.sampled_from(places) | new, written), max_size=8)


@given(st.sampled_from(sorted(TEXTS)).flatmap(lambda name: st.tuples(st.just(name), changes_of(name))))
@settings(max_examples=60, deadline=None)
def test_many_changes_at_once_are_those_one_after_the_other(case):
    name, changes = case
    assert at_once(TEXTS[name], changes) == one_by_one(TEXTS[name], changes)


def test_every_line_of_a_long_list_of_people_is_changed_in_one_reading(readings):
    changes = [
        change
        for i in range(120)
        for change in (
            (("people", f"p{i}", "name"), f"Other {i}"),
            (("people", f"p{i}", "email"), None),
            (("people", f"p{i}", "team"), "north"),
            (("people", f"p{i}", "desk"), "4"),
        )
    ]
    text, refused = set_all(PEOPLE, changes[:1])
    assert len(readings) == 1 and not refused
    readings.clear()
    text, refused = set_all(PEOPLE, [one for one in changes if one[1] is not None])
    assert len(readings) == 1 and not refused
    assert "  p7: {side: sales, name: Other 7, email: p7@x.example, team: north, desk: 4}\n" in text
    readings.clear()
    assert set_all(PEOPLE, [one for one in changes if one[1] is None])[1] == {} and len(readings) == 1


def test_refusals_stand_by_the_place_of_their_change_and_stop_no_other():
    changes = [(("name",), "Ours"), (("goal", "nothing"), None), (("goal", "revenue"), "a\x00"), ((), "x")]
    text, refused = set_all(ACME, changes)
    assert says(text)["name"] == "Ours" and sorted(refused) == [1, 2, 3]
    assert "nothing can be removed" in str(refused[1])


def test_a_text_that_cannot_be_read_refuses_all():
    text, refused = set_all("a: [", [(("a",), "1"), (("b",), "2")])
    assert text == "a: [" and sorted(refused) == [0, 1] and "mend the text first" in str(refused[0])


def test_changes_that_do_not_read_back_together_are_halved_until_the_odd_one_is_found(monkeypatch, readings):
    works = several._Batch.done
    monkeypatch.setattr(
        several._Batch,
        "done",
        lambda batch: None if any(one.written == "Other 33" for one in batch.edits) else works(batch),
    )
    changes = [(("people", f"p{i}", "name"), f"Other {i}") for i in range(120)]
    text, refused = set_all(PEOPLE, changes[:60])
    assert refused == {} and (text, {}) == one_by_one(PEOPLE, changes[:60])
    assert len(readings) < MOST_ROUNDS


def test_the_work_ends_where_every_change_has_to_do_with_the_one_before(readings):
    changes = [(("list", at), f"w{at}") for at in range(200)]
    text, refused = set_all("list:\n- w\n", changes)
    assert len(readings) <= MOST_ROUNDS and len(refused) > 100
    assert "save, then change this again" in str(refused[199])
    assert says(text)["list"][:3] == ["w0", "w1", "w2"]
