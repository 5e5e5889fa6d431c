"""Import maps: what can be said, and what is said back when it cannot."""

from pathlib import Path

import pytest

from accord.errors import MapInvalid
from accord.sources.map import parse_map, read_map

SMALL = """
import: 1
files:
  - read: calls.csv
    lead: id
    events:
      - {kind: attempted, at: when}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(MapInvalid) as caught:
        parse_map(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_map_of_six_lines_is_complete() -> None:
    found = parse_map(SMALL, name="calls")
    assert found.name == "calls"
    [part] = found.files
    assert (part.read, part.lead.column) == (("calls.csv",), "id")
    [rule] = part.events
    assert (rule.kind.constant, rule.at.column) == ("attempted", "when")


def test_every_problem_is_reported_at_once_with_its_place_and_what_is_allowed() -> None:
    assert problems("""
import: 1
zone: Europe/Istanbull
files:
  - read: a.csv
    lead: {column: id, generate: "{row}"}
    encoding: klingon
    delimiter: ",,"
    events:
      - {kind: {column: t, values: {Call: attemptd}}, at: when, chanel: call}
      - {kind: won, at: {column: d, formats: "%Q"}, amount: {column: a, decimal: x}}
      - {kind: lost}
    where: {a: {empty: perhaps}, b: {}}
    date_only: 9 o'clock
""") == [
        "map.yaml:3: zone: no time zone named 'Europe/Istanbull'; did you mean 'Europe/Istanbul'?",
        "map.yaml:6: files[0].lead: says not where the id comes from; give either `column` or `generate`",
        "map.yaml:7: files[0].encoding: no encoding named 'klingon'; write such as utf-8, utf-16, cp1252",
        "map.yaml:8: files[0].delimiter: ',,' cannot part columns; write one sign such as ; or the word tab",
        "map.yaml:10: files[0].events[0].chanel: unknown key; did you mean 'channel'?",
        "map.yaml:10: files[0].events[0].kind: 'attemptd' is not in the closed list; "
        "did you mean 'attempted'?",
        "map.yaml:11: files[0].events[1].amount.decimal: 'x' is no decimal sign; write . or ,",
        "map.yaml:11: files[0].events[1].at.formats[0]: %Q in '%Q' is unknown; "
        "write it such as %d.%m.%Y %H:%M, or iso, unix, unix_ms",
        "map.yaml:12: files[0].events[2].at: is missing; name the column of the time",
        "map.yaml:13: files[0].where.a: 'perhaps' is neither yes nor no",
        "map.yaml:13: files[0].where.b: tests nothing; write a value, a list of values, `not:` or `empty:`",
        'map.yaml:14: files[0].date_only: "9 o\'clock" is no time of day; write it as 09:00',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the text is empty"),
        ("- a\n- b\n", "is no map"),
        ("import: 1\nimport: 1\n", "stands twice"),
        ("import: 2\nfiles: []\n", "reads maps of version 1, not '2'"),
        ("import: 1\nfiles:\n  - read: [\n", "map.yaml:4: "),
        ("import: 1\n", "files: is missing; list the exports to read"),
        ("import: 1\nfiles: [{read: a, lead: x}]\n", "makes neither events nor attributes"),
        ("import: 1\nfiles: [{read: a, lead: {generate: x}, attributes: {contact: c}}]", "put {row} in it"),
        (
            "import: 1\nname: ../x\nfiles: [{read: a, lead: b, attributes: {contact: c}}]",
            "cannot name a file",
        ),
        (SMALL.replace("at: when", "at: {constant: 2026-01-01}"), "has no zone"),
        (SMALL.replace("at: when", "at: {constant: soon}"), "is no time"),
        (SMALL.replace("at: when", "at: when, value: {constant: -3}"), "is no amount"),
        (SMALL.replace("at: when", "at: when, actor: {}"), "give either `column` or `constant`"),
        (SMALL.replace("at: when", "at: when, actor: {column: a, otherwise: b}"), "needs `values`"),
        (SMALL.replace("at: when", "at: when, if_empty: keep"), "write skip or reject"),
        (SMALL + "sides: {seller: [a]}", "marketing"),
    ],
)
def test_each_mistake_has_its_own_sentence(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


def test_bare_words_of_closed_lists_are_meant_and_others_are_columns() -> None:
    text = SMALL.replace("at: when", "at: when, channel: call, side: team")
    [rule] = parse_map(text).files[0].events
    assert rule.channel is not None
    assert rule.side is not None
    assert (rule.channel.constant, rule.side.column) == ("call", "team")


def test_yaml_guesses_nothing() -> None:
    text = SMALL + "    where: {open: no, code: 010, at: 1:30}\n"
    where = parse_map(text).files[0].where
    assert {name: condition.among for name, condition in where.items()} == {
        "open": ("no",),
        "code": ("010",),
        "at": ("1:30",),
    }


def test_a_map_that_cannot_be_opened_or_decoded_says_so(tmp_path: Path) -> None:
    with pytest.raises(MapInvalid, match="cannot be read: No such file"):
        read_map(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"import: \xff")
    with pytest.raises(MapInvalid, match="save it as UTF-8"):
        read_map(tmp_path / "bad.yaml")


def test_names_default_to_the_file_s_and_paths_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "crm.yaml").write_text(SMALL, encoding="utf-8")
    found = read_map(tmp_path / "crm.yaml")
    assert (found.name, found.base) == ("crm", tmp_path)


def test_an_agreement_in_the_place_of_a_map_is_named_as_such() -> None:
    with pytest.raises(MapInvalid) as caught:
        parse_map("accord: 1\nname: ours\ngoal: 1\n", file="ours.yaml")
    assert str(caught.value) == "ours.yaml:1: is an agreement, not an import map; name the map here"
