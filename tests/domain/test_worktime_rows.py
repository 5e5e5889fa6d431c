"""`accord elapsed` and `accord due`: CSV in, the same CSV with an answer out, no bad row stops another."""

import csv
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worktime_calendars import calendar

from accord.errors import SourceUnreadable
from accord.worktime.rows import due_rows, elapsed_rows, instant_text, parse_instant, seconds_text

DUTCH = calendar(zone="Europe/Amsterdam", hours={"mon-fri": "09:00-17:00"})
MONDAY = "2026-03-16T10:00:00Z"


def elapsed(text: str) -> tuple[list[list[str]], list[str]]:
    out = StringIO()
    problems = elapsed_rows(DUTCH, StringIO(text), out)
    return list(csv.reader(StringIO(out.getvalue()))), [str(problem) for problem in problems]


def due(text: str) -> tuple[list[list[str]], list[str]]:
    out = StringIO()
    problems = due_rows(DUTCH, StringIO(text), out)
    return list(csv.reader(StringIO(out.getvalue()))), [str(problem) for problem in problems]


def test_the_answer_is_an_exact_number_of_seconds() -> None:
    rows, problems = elapsed(
        "from,to\n2011-10-06T12:05:21.012+02:00,2011-10-06T13:45:26.217+02:00\n"
        "2011-10-06T18:14:55.809+02:00,2011-10-06T19:17:26.441+02:00\n"
    )
    assert [row[2] for row in rows] == ["elapsed_seconds", "6005.205", "0"]
    assert problems == []


def test_due_is_a_utc_instant_with_the_decimals_of_its_start() -> None:
    rows, problems = due(
        "from,budget\n2011-10-06T12:05:21.012+02:00,4 h\n2011-10-06T18:14:55.809+02:00,4 h\n"
        f"{MONDAY},60 min\n{MONDAY},1 d\n{MONDAY},3600\n{MONDAY},0.5\n{MONDAY},0.000001\n{MONDAY},1 d wall\n"
    )
    assert [row[2] for row in rows[1:]] == [
        "2011-10-06T14:05:21.012Z",
        "2011-10-07T11:00:00.000Z",
        "2026-03-16T11:00:00Z",
        "2026-03-17T10:00:00Z",
        "2026-03-16T11:00:00Z",
        "2026-03-16T10:00:00.500Z",
        "2026-03-16T10:00:00.000001Z",
        "2026-03-17T10:00:00Z",
    ]
    assert problems == []


def test_columns_may_stand_anywhere_under_any_of_their_names_among_others() -> None:
    rows, _ = elapsed(f'\ufeffnote,Stop, START ,x\n"a, ""b""\n日本",{MONDAY},{MONDAY},\n')
    assert rows == [
        ["note", "Stop", " START ", "x", "elapsed_seconds"],
        ['a, "b"\n日本', MONDAY, MONDAY, "", "0"],
    ]


def test_semicolons_and_tabs_are_kept() -> None:
    for mark in ";\t":
        out = StringIO()
        elapsed_rows(DUTCH, StringIO(f"from{mark}to\n{MONDAY}{mark}{MONDAY}\n"), out)
        assert out.getvalue() == f"from{mark}to{mark}elapsed_seconds\n{MONDAY}{mark}{MONDAY}{mark}0\n"


def test_two_columns_need_no_names() -> None:
    assert elapsed(f"{MONDAY},2026-03-16T10:30:00Z\n") == ([[MONDAY, "2026-03-16T10:30:00Z", "1800"]], [])
    assert due(f"{MONDAY},30 min\n") == ([[MONDAY, "30 min", "2026-03-16T10:30:00Z"]], [])


def test_a_bad_row_is_kept_without_an_answer_and_reported_with_its_line() -> None:
    rows, problems = elapsed(
        f"from,to\n{MONDAY},2026-03-16T09:00:00Z\n\nsoon,{MONDAY}\n{MONDAY},{MONDAY}\n2026-03-16T10:00:00,{MONDAY}\n"
        f"{MONDAY}\n{MONDAY},{MONDAY},{MONDAY}\n{MONDAY},\n1969-12-31T23:00:00Z,{MONDAY}\n"
    )
    assert [row[-1] for row in rows] == ["elapsed_seconds", "", "", "0", "", "", "", "", ""]
    assert problems == [
        "standard input:2: 2026-03-16T09:00:00+00:00 is before 2026-03-16T10:00:00+00:00; "
        "give the earlier instant first",
        "standard input:4: 'soon' is no instant; write it as 2026-03-31T17:00:00Z",
        "standard input:6: 2026-03-16T10:00:00 has no zone; add Z or an offset such as +02:00",
        "standard input:7: has 1 cell where the first line has 2; mend the row",
        "standard input:8: has 3 cells where the first line has 2; mend the row",
        "standard input:9: `to` is empty; fill it in",
        "standard input:10: 1969-12-31T23:00:00+00:00 is outside 1970 to 2100, the years a calendar covers",
    ]


@pytest.mark.parametrize(
    "budget", ["soon", "-5", "1e3", "4 hours wall time", "1 month", "999999999 w", "900000 d wall"]
)
def test_a_bad_budget_is_reported(budget: str) -> None:
    rows, problems = due(f"from,budget\n{MONDAY},{budget}\n{MONDAY},4 h\n")
    assert [row[2] for row in rows[1:]] == ["", "2026-03-16T14:00:00Z"]
    assert len(problems) == 1
    assert problems[0].startswith("standard input:2: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "standard input is empty"),
        ("\n\n", "standard input is empty"),
        (
            "when,to\n",
            "has no column 'from' but 'when', 'to'; give CSV whose first line names the columns from and to",
        ),
        ("from\n", "has no column 'to' but 'from'"),
        ("from,until\n", "has no column 'to' but 'from', 'until'"),
        (f"soon,{MONDAY}\n", "has no column 'from'"),
        ("from,to,from\n", "has two columns 'from'; rename one"),
        (f'from,to\n"{"x" * 140_000}",{MONDAY}\n', "standard input:2: is no CSV .*; save it as such"),
    ],
)
def test_input_without_the_columns_is_refused_as_a_whole(text: str, said: str) -> None:
    with pytest.raises(SourceUnreadable, match=said):
        elapsed(text)


def test_bytes_that_are_no_utf8_are_refused_with_a_remedy() -> None:
    latin = TextIOWrapper(
        BytesIO(f"from,to,who\n{MONDAY},{MONDAY},Zoë\n".encode("latin-1")), encoding="utf-8"
    )
    with pytest.raises(SourceUnreadable, match=r"bytes that are no UTF-8; save it as CSV in UTF-8"):
        elapsed_rows(DUTCH, latin, StringIO())


def test_bytes_that_came_through_undecoded_are_called_so_and_not_shown_as_signs() -> None:
    rows, problems = elapsed(f"from,to\n2026\udcff,{MONDAY}\n{MONDAY},{MONDAY}\n")
    assert [row[-1] for row in rows] == ["elapsed_seconds", "", "0"]
    assert problems == ["standard input:2: `from` holds bytes that are no UTF-8; save the rows as UTF-8"]
    with pytest.raises(SourceUnreadable, match="bytes that are no UTF-8; save it as CSV in UTF-8"):
        elapsed(f"fr\udcffm,to\n{MONDAY},{MONDAY}\n")


def test_names_without_rows_are_answered_by_names() -> None:
    assert elapsed("from,to\n") == ([["from", "to", "elapsed_seconds"]], [])


@given(st.integers(0, 10**15))
def test_seconds_are_written_exactly_and_without_needless_digits(count: int) -> None:
    text = seconds_text(timedelta(microseconds=count))
    whole, _, rest = text.partition(".")
    assert int(whole) * 1_000_000 + int(rest.ljust(6, "0") or 0) == count
    assert not text.endswith(".")
    assert "." not in text or not text.endswith("0")


@given(
    st.integers(0, 131 * 365 * 86_400_000_000).map(
        lambda count: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=count)
    )
)
def test_an_instant_is_read_as_it_was_written(at: datetime) -> None:
    assert parse_instant(instant_text(at)) == at
    assert parse_instant(instant_text(at, like="12:00:00.123456")) == at
