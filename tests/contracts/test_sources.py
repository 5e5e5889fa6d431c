"""What every kind of export must lead to, whatever is in it: the same log, or a reason for each row."""

import csv
import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from accord.errors import AccordError, MapInvalid, SourceUnreadable
from accord.ledger.log import open_log
from accord.sources.importing import run_import
from accord.sources.map import parse_map
from accord.sources.report import ImportReport

LONG = """
import: 1
name: calls
zone: Europe/Berlin
files:
  - read: calls.csv
    lead: lead
    events:
      - kind: {column: type, values: {Call: attempted, Handed over: handed_off, Note: skip}}
        at: when
        actor: rep
        amount: amount
"""
HEADER = "lead,type,when,rep,amount\n"


def run(folder: Path, data: bytes | str, text: str = LONG, name: str = "calls.csv") -> ImportReport:
    content = data.encode() if isinstance(data, str) else data
    (folder / name).write_bytes(content)
    return run_import(parse_map(text, base=folder), folder / "log")


def events(
    folder: Path, columns: str = "lead, kind, occurred_at::VARCHAR, actor, amount::VARCHAR"
) -> list[Any]:
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {columns} FROM ({open_log(folder / 'log').events_sql}) ORDER BY seq"
        ).fetchall()


def leads(folder: Path, columns: str) -> list[Any]:
    with duckdb.connect() as con:
        return con.execute(
            f"SELECT {columns} FROM ({open_log(folder / 'log').leads_sql}) ORDER BY lead"
        ).fetchall()


def rejects(folder: Path) -> list[list[str]]:
    with (folder / "log" / "rejects" / "calls.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted((folder / "log").rglob("*")) if p.is_file()
    }


GOOD = "L1,Call,2026-01-05 10:00,ayse,\n"

# What is wrong with a row → its text, the reason that must be given.
HOSTILE = {
    "too few columns": ("L2,Call", "2 columns where the header has 5"),
    "too many columns": ("L2,Call,2026-01-05 10:00,x,1,2", "6 columns where the header has 5"),
    "an unclosed quote": ('L2,"Call,2026-01-05 10:00,x,', "a quote is opened and never closed"),
    "text after a quote": ('L2,"Call"x,2026-01-05 10:00,x,', "something follows a closing quote"),
    "a NUL byte": ("L2,Call,2026-01-05 10:00,a\0b,", "NUL byte"),
    "no lead": (" ,Call,2026-01-05 10:00,x,", "column 'lead' is empty"),
    "no kind": ("L2,,2026-01-05 10:00,x,", "column 'type' is empty"),
    "an unknown kind": ("L2,Fax,2026-01-05 10:00,x,", "unknown kind of event 'Fax'"),
    "no time": ("L2,Call,,x,", "column 'when' is empty"),
    "no such day": ("L2,Call,2026-02-30 10:00,x,", "no time in the form iso"),
    "no time at all": ("L2,Call,yesterday,x,", "no time in the form iso"),
    "a time without end": ("L2,Call,infinity,x,", "no time in the form iso"),
    "a time far off": ("L2,Call,9999-12-31 00:00,x,", "1970 to 2100"),
    "no amount": ("L2,Call,2026-01-05 10:00,x,12 EUR", "column 'amount': no amount"),
    "an amount in exponents": ("L2,Call,2026-01-05 10:00,x,1e3", "column 'amount': no amount"),
    "a negative amount": ("L2,Call,2026-01-05 10:00,x,-5", "negative amount"),
    "a huge amount": ("L2,Call,2026-01-05 10:00,x,123456789012345678901234567890", "more than 14 digits"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_row_is_rejected_with_line_and_reason_and_its_neighbours_are_not(
    what: str, tmp_path: Path
) -> None:
    row, reason = HOSTILE[what]
    report = run(tmp_path, HEADER + GOOD + row + "\n" + GOOD.replace("L1", "L3"))
    assert (report.rows, report.rejected, report.events_new) == (3, 1, 2)
    assert report.files[0].balanced
    assert [lead for lead, *_ in events(tmp_path)] == ["L1", "L3"]
    [[file, line, given, text]] = rejects(tmp_path)
    assert (file, line, text) == ("calls.csv", "3", row)
    assert reason in given
    assert reason in str(report)


def test_all_hostile_rows_at_once_are_all_reported_each_at_its_line(tmp_path: Path) -> None:
    rows = [row for row, _ in HOSTILE.values()]
    report = run(tmp_path, HEADER + "".join(row + "\n" + GOOD for row in rows))
    assert (report.rows, report.rejected) == (2 * len(rows), len(rows))
    found = rejects(tmp_path)
    assert [int(line) for _, line, _, _ in found] == [2 + 2 * n for n in range(len(rows))]
    assert all(reason in given for (_, _, given, _), (_, reason) in zip(found, HOSTILE.values(), strict=True))


def test_a_row_that_starts_a_formula_is_made_harmless_in_the_rejects(tmp_path: Path) -> None:
    run(tmp_path, HEADER + "=HYPERLINK(1),Call,never,x,\n" + "@x,Call,never,x,\n")
    assert [text for *_, text in rejects(tmp_path)] == ["'=HYPERLINK(1),Call,never,x,", "'@x,Call,never,x,"]


def test_quotes_line_breaks_and_delimiters_inside_values_are_read(tmp_path: Path) -> None:
    report = run(tmp_path, HEADER + 'L1,Call,2026-01-05 10:00,"a ""b"", c\nd",\nL2,Call,bad,"x\ny",\n')
    assert events(tmp_path, "actor") == [('a "b", c\nd',)]
    assert rejects(tmp_path)[0][1] == "4"
    assert report.rejected == 1


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    assert run(tmp_path, HEADER + "\n" + GOOD + "\n\n" + GOOD + "\n").rows == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_read(end: str, tmp_path: Path) -> None:
    report = run(tmp_path, (HEADER + GOOD + "L2,Call,bad,x,\n" + GOOD).replace("\n", end))
    assert (report.events_new, report.rejected) == (2, 1)
    assert rejects(tmp_path)[0][1] == "3"


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    assert run(tmp_path, HEADER + GOOD.replace("\n", "\r\n") + GOOD).events_new == 2


def test_a_file_without_a_byte_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"calls\.csv: is empty, not even a header"):
        run(tmp_path, b"")


def test_a_header_without_rows_is_an_import_of_nothing_that_says_so(tmp_path: Path) -> None:
    report = run(tmp_path, HEADER)
    assert report.rows == 0
    assert "calls.csv has a header and no rows" in str(report)
    assert events(tmp_path) == []


def test_a_column_that_is_not_there_is_named_with_the_nearest_at_the_map_s_line(tmp_path: Path) -> None:
    with pytest.raises(MapInvalid) as caught:
        run(tmp_path, HEADER.replace("rep", "agent").replace("when", "whenn") + GOOD)
    assert [str(problem) for problem in caught.value.problems] == [
        "map.yaml:10: files[0].events[0].at: calls.csv has no column 'when'; did you mean 'whenn'?",
        "map.yaml:11: files[0].events[0].actor: calls.csv has no column 'rep'; "
        "known are agent, amount, lead, type, whenn",
    ]


def test_a_column_that_stands_twice_is_an_error_only_if_it_is_used(tmp_path: Path) -> None:
    assert run(tmp_path, "x,x," + HEADER + "1,2," + GOOD).events_new == 1
    with pytest.raises(MapInvalid, match="column 'rep' stands 2 times"):
        run(tmp_path, "rep," + HEADER + "1," + GOOD)


def test_times_without_a_zone_need_one_and_the_error_says_how(tmp_path: Path) -> None:
    with pytest.raises(
        MapInvalid, match=r"map\.yaml:9: .*column 'when' of calls\.csv have no zone; .*`zone: Eu"
    ):
        run(tmp_path, HEADER + GOOD, LONG.replace("zone: Europe/Berlin\n", ""))


def test_a_file_that_is_not_there_is_an_error_in_the_map(tmp_path: Path) -> None:
    with pytest.raises(MapInvalid, match=r"map\.yaml:6: files\[0\]\.read: no file"):
        run_import(parse_map(LONG, base=tmp_path), tmp_path / "log")
    assert not (tmp_path / "log").exists()


# -- encodings

NAMES = {
    "utf-8": "شیما 😀 İıŞ ไทย \u200fعربي\u200e",
    "utf-8-sig": "شیما",
    "utf-16": "İstanbul ไทย",
    "cp1254": "Işıl Şağıç",
    "cp1252": "Zoë – Müller",
    "latin-1": "Zoë Müller",
    "cp1256": "سلام",
    "tis-620": "ไทย",
}


@pytest.mark.parametrize("encoding", NAMES)
def test_names_in_any_script_come_through(encoding: str, tmp_path: Path) -> None:
    text = (
        HEADER
        + f"{NAMES[encoding]},Call,2026-01-05 10:00,{NAMES[encoding]},\nL2,Call,bad,{NAMES[encoding]},\n"
    )
    known = encoding.startswith("utf-8") or encoding == "utf-16"
    spec = LONG if known else LONG.replace("zone:", f"encoding: {encoding}\nzone:")
    run(tmp_path, text.encode(encoding), spec)
    assert events(tmp_path, "lead, actor") == [(NAMES[encoding], NAMES[encoding])]
    assert rejects(tmp_path)[0][3] == f"L2,Call,bad,{NAMES[encoding]},"


def test_a_wrong_encoding_is_an_error_with_line_byte_and_remedy(tmp_path: Path) -> None:
    data = (HEADER + GOOD + GOOD).encode() + "L9,Call,2026-01-05 10:00,Zoë,\n".encode("cp1252")
    with pytest.raises(SourceUnreadable) as caught:
        run(tmp_path, data)
    at = data.index(b"\xeb") + 1
    remedy = "name the file's encoding in the map, such as `encoding: cp1252`"
    assert str(caught.value).endswith(f"calls.csv:4: byte {at} (0xEB) is not utf-8; {remedy}")
    assert not (tmp_path / "log").exists()


def test_a_spreadsheet_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="save it as CSV"):
        run(tmp_path, b"PK\x03\x04rest")


def test_utf_16_without_a_mark_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="encoding: utf-16-le"):
        run(tmp_path, (HEADER + GOOD).encode("utf-16-le"))


def test_packed_files_are_read_and_broken_ones_refused(tmp_path: Path) -> None:
    packed = gzip.compress((HEADER + GOOD * 1000).encode())
    spec = LONG.replace("calls.csv", "calls.csv.gz")
    assert run(tmp_path, packed, spec, "calls.csv.gz").events_new == 1000
    with pytest.raises(SourceUnreadable, match=r"calls\.csv\.gz"):
        run(tmp_path, packed[:-20], spec, "calls.csv.gz")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(sign: str, tmp_path: Path) -> None:
    run(tmp_path, (HEADER + GOOD * 3).replace(",", sign))
    assert len(events(tmp_path)) == 3


def test_a_delimiter_that_would_break_the_header_is_not_taken_because_pieces_of_values_fit_it(
    tmp_path: Path,
) -> None:
    header = '"lead";"type";"when";"rep";"amount"\n'
    rows = '"L1";"Call";"2026-01-05 10:00";"two\n1,2,3,4,5,6";"1.5"\n' * 3  # six columns if comma parted them
    run(tmp_path, header + rows)
    assert events(tmp_path, "lead, actor") == [("L1", "two\n1,2,3,4,5,6")] * 3


def test_a_header_that_cannot_be_read_is_said_and_never_replaced_by_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"calls\.csv:1: the header cannot be read"):
        run(
            tmp_path,
            HEADER.replace("type", '"type') + GOOD * 3,
            LONG.replace("zone:", 'delimiter: ","\nzone:'),
        )


def test_the_delimiter_can_be_said(tmp_path: Path) -> None:
    run(tmp_path, (HEADER + GOOD).replace(",", "~"), LONG.replace("zone:", 'delimiter: "~"\nzone:'))
    assert len(events(tmp_path)) == 1


# -- the same log from any form


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [
        f"L{n % 40},{kind},2026-0{n % 9 + 1}-1{n % 10} 0{n % 10}:30:0{n % 7},r{n % 3},{n}.5"
        for n, kind in enumerate(["Call", "Handed over"] * 250)
    ]
    (tmp_path / "calls.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_csv_and_parquet_of_the_same_content_give_the_same_log(table: Path) -> None:
    run_import(parse_map(LONG, base=table), table / "log")
    first = content(table)
    with duckdb.connect() as con:
        con.execute(f"""
            COPY (SELECT * REPLACE ("when"::TIMESTAMP AS "when", amount::DECIMAL(12,2) AS amount)
                FROM read_csv('{table}/calls.csv', header=true)) TO '{table}/calls.parquet'
        """)
    run_import(parse_map(LONG.replace("calls.csv", "calls.parquet"), base=table), table / "two" / "log")
    assert content(table / "two") == first


def test_rejected_rows_of_parquet_are_given_by_number(tmp_path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'L1' AS lead, 'Fax' AS type, 'x' AS \"when\", 'r' AS rep, 1 AS amount) "
            f"TO '{tmp_path}/calls.parquet'"
        )
    run_import(parse_map(LONG.replace("calls.csv", "calls.parquet"), base=tmp_path), tmp_path / "log")
    assert rejects(tmp_path) == [["calls.parquet", "1", "unknown kind of event 'Fax'", "L1,Fax,x,r,1"]]


def test_the_order_of_rows_and_of_files_does_not_matter(table: Path) -> None:
    run_import(parse_map(LONG, base=table), table / "log")
    first = content(table)
    head, *rows = (table / "calls.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (table / "b").mkdir()
    (table / "b" / "calls-2.csv").write_text(head + "".join(reversed(rows[:100])), encoding="utf-8")
    (table / "b" / "calls-1.csv").write_text(head + "".join(rows[100:]), encoding="utf-8")
    run_import(parse_map(LONG.replace("calls.csv", "b/*.csv"), base=table), table / "two" / "log")
    assert content(table / "two") == first


# -- again, and on top


def test_the_same_import_again_changes_nothing(table: Path) -> None:
    spec = parse_map(LONG, base=table)
    run_import(spec, table / "log")
    first = content(table)
    times = {path: path.stat().st_mtime_ns for path in (table / "log").rglob("*.parquet")}
    again = run_import(spec, table / "log")
    assert (again.events_new, again.events_known, again.leads_new) == (0, 500, 0)
    assert content(table) == first
    assert {path: path.stat().st_mtime_ns for path in (table / "log").rglob("*.parquet")} == times


def test_a_rolling_export_adds_what_is_new_and_loses_nothing(tmp_path: Path) -> None:
    days = [f"L{n},Call,2026-01-{n:02d} 10:00,r,\n" for n in range(1, 10)]
    run(tmp_path, HEADER + "".join(days[:6]))
    before = events(tmp_path, "seq, lead, recorded_at")
    report = run(tmp_path, HEADER + "".join(days[3:]))
    assert (report.events_new, report.events_known) == (3, 3)
    after = events(tmp_path, "seq, lead, recorded_at")
    assert after[:6] == before
    assert [seq for seq, *_ in after] == list(range(1, 10))
    assert len({lead for _, lead, _ in after}) == 9


def test_identical_rows_are_kept_as_often_as_the_export_that_held_most(tmp_path: Path) -> None:
    for times, total in ((2, 2), (1, 2), (3, 3), (3, 3)):
        run(tmp_path, HEADER + GOOD * times)
        assert len(events(tmp_path)) == total


def test_two_maps_share_a_log_and_its_leads(tmp_path: Path) -> None:
    run(tmp_path, HEADER + GOOD)
    other = LONG.replace("name: calls", "name: more").replace(
        "actor: rep\n", "actor: rep\n        side: sales\n"
    )
    run(tmp_path, HEADER + GOOD + GOOD.replace("L1", "L2"), other)
    assert [seq for (seq,) in events(tmp_path, "seq")] == [1, 2, 3]
    assert leads(tmp_path, "lead") == [("L1",), ("L2",)]


def test_a_failing_import_leaves_the_old_log_as_it_was(tmp_path: Path) -> None:
    run(tmp_path, HEADER + GOOD)
    before = content(tmp_path)
    with pytest.raises(AccordError):
        run(tmp_path, "lead,type\n")
    with pytest.raises(KeyboardInterrupt):
        run_import(parse_map(LONG.replace("type, ", "lead, "), base=tmp_path), tmp_path / "log", _interrupted)
    assert content(tmp_path) == before
    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == ["events", "leads", "log.json"]


def _interrupted(done: int, total: int | None) -> None:
    raise KeyboardInterrupt


def test_progress_grows_to_the_total(table: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    run_import(parse_map(LONG, base=table), table / "log", lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


def test_rejects_of_an_earlier_import_do_not_stay(tmp_path: Path) -> None:
    run(tmp_path, HEADER + "L1,Call,bad,x,\n")
    report = run(tmp_path, HEADER + GOOD)
    assert report.rejects is None
    assert not (tmp_path / "log" / "rejects" / "calls.csv").exists()


# -- what the slow reader and the fast one agree on


def test_a_large_file_with_one_bad_row_gives_the_same_log_as_without_it(tmp_path: Path) -> None:
    rows = [f'L{n},Call,2026-01-05 10:{n % 60:02d},"rep, {n}\n{n % 7}",\n' for n in range(20_000)]
    run(tmp_path, HEADER + "".join(rows))
    first = content(tmp_path)
    (tmp_path / "b").mkdir()
    rows.insert(12_345, "ragged\n")
    report = run(tmp_path / "b", HEADER + "".join(rows))
    assert report.rejected == 1
    assert rejects(tmp_path / "b")[0][1] == str(2 * 12_345 + 2)
    parquet = {name: data for name, data in content(tmp_path / "b").items() if name.endswith(".parquet")}
    assert parquet == {name: data for name, data in first.items() if name.endswith(".parquet")}


def test_a_reason_says_on_which_line_to_look_first(tmp_path: Path) -> None:
    data = HEADER + "1,Call,2026-01-05 10:00,x,\n2,Call,soon,x,\n3,Call,later,x,\n4,Fax,2026-01-05 10:00,x,\n"
    (file,) = run(tmp_path, data).files
    assert [line.rsplit(" (", 1)[1] for line in file.lines() if "rejected" in line[:12]] == [
        "first on line 3)",
        "line 5)",
    ]


def test_an_import_of_which_nothing_could_be_used_says_so(tmp_path: Path) -> None:
    report = run(tmp_path, HEADER + "1,Call,5/1/26 2:05 PM,x,\n")
    assert report.useless
    assert "note: no row of calls.csv could be used; mend the map, then import again" in str(report)
    assert not run(tmp_path, HEADER + "1,Call,soon,x,\n1,Call,2026-01-05 10:00,x,\n").useless
