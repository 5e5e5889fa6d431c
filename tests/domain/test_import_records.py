"""Records of a CSV text one by one: equal to what was written, and with broken ones in between."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.sources.records import OPEN_QUOTE, records

CELL = st.text(st.sampled_from('ab ,;"\n\r\tü😀'), max_size=6)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6)


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


def read(text: str, delimiter: str = ",") -> list[tuple[int, str, list[str], str | None]]:
    return [(r.line, r.text, r.fields, r.fault) for r in records(io.StringIO(text, newline=""), delimiter)]


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from(",;|\t"))
def test_what_was_written_is_read_with_its_lines(rows: list[list[str]], delimiter: str) -> None:
    text, line = written(rows, delimiter), 1
    found = read(text, delimiter)
    assert [fields for _, _, fields, _ in found] == rows
    for (at, raw, _, fault), row in zip(found, rows, strict=True):
        assert (at, fault) == (line, None)
        one = written([row], delimiter)
        assert raw == one.rstrip("\r\n")
        line += len(io.StringIO(one, newline="").readlines())


@settings(max_examples=200, deadline=None)
@given(ROWS, ROWS)
def test_a_broken_line_costs_itself_and_nothing_else(before: list[list[str]], after: list[list[str]]) -> None:
    text = written(before) + 'x,"y"z\n' + written(after)
    found = read(text)
    assert [fields for _, _, fields, fault in found if fault is None] == before + after
    assert [raw for _, raw, _, fault in found if fault == OPEN_QUOTE] == ['x,"y"z']


def test_a_quote_that_is_never_closed_costs_its_line() -> None:
    assert [(line, fault is None) for line, _, _, fault in read('a,b\n1,"2\n3,4\n5,6\n')] == [
        (1, True),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_a_value_over_more_than_a_thousand_lines_is_a_quote_that_was_never_closed() -> None:
    found = read('a,b\n1,"2' + "\n" * 3000 + '"\n5,6\n')
    assert found[1][3] == OPEN_QUOTE
    assert found[-1][2:] == (["5", "6"], None)


def test_a_huge_value_is_a_fault_of_its_line() -> None:
    found = read("a,b\n1," + "x" * 200_000 + "\n5,6\n")
    assert [fault for *_, fault in found] == [None, "a value of more than 131,072 characters", None]


def test_every_character_of_the_text_is_in_some_record_or_between_them() -> None:
    text = 'a,b\r\n\r\n1,"2\r\n2",\0\n"x'
    found = read(text)
    assert [raw for _, raw, _, _ in found] == ["a,b", '1,"2\r\n2",\0', '"x']
    assert [line for line, *_ in found] == [1, 3, 5]
