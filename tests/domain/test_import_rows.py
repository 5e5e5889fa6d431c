"""What rows can tell of: wide files, joins, conditions, sides, attributes, counts, and ids made up."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from accord.errors import MapInvalid, SourceUnreadable
from accord.ledger.log import open_log
from accord.sources.importing import run_import
from accord.sources.map import parse_map
from accord.sources.report import ImportReport


def run(folder: Path, text: str, **files: str) -> ImportReport:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return run_import(parse_map(text, base=folder, name="test"), folder / "log")


def table(folder: Path, which: str, columns: str) -> list[Any]:
    log = open_log(folder / "log")
    query, order = (log.leads_sql, "lead") if which == "leads" else (log.events_sql, "seq")
    with duckdb.connect() as con:
        return con.execute(f"SELECT {columns} FROM ({query}) ORDER BY {order}").fetchall()


WIDE = """
import: 1
zone: Europe/Berlin
decimal: ","
empty: ["-", n/a]
files:
  - read: deals.csv
    times: "%d.%m.%Y"
    lead: id
    attributes: {stream: product, created_at: made}
    events:
      - {kind: opportunity, at: {column: made, date_only: "09:00"}}
      - {kind: won, when: {state: [Won, Gewonnen]}, at: closed, amount: value}
      - {kind: lost, when: {state: {not: [Won, Gewonnen, ""]}}, at: closed, reason: {constant: unknown}}
"""


def test_a_wide_row_tells_of_an_event_for_each_date_it_has(tmp_path: Path) -> None:
    report = run(
        tmp_path,
        WIDE,
        deals="id;product;made;state;closed;value\n"
        "A;x;02.01.2026;Gewonnen;01.02.2026;1.000,50\n"
        "B;-;03.01.2026;;;\n"
        "C;y;n/a;Lost;05.02.2026;\n"
        "D;y;;;;\n",
    )
    assert table(tmp_path, "events", "lead, kind, occurred_at::VARCHAR, amount::VARCHAR, reason") == [
        ("A", "opportunity", "2026-01-02 08:00:00", None, None),
        ("B", "opportunity", "2026-01-03 08:00:00", None, None),
        ("A", "won", "2026-01-31 23:00:00", "1000.5000", None),
        ("C", "lost", "2026-02-04 23:00:00", None, "unknown"),
    ]
    assert table(tmp_path, "leads", "lead, stream, created_at::VARCHAR") == [
        ("A", "x", "2026-01-01 23:00:00"),
        ("B", None, "2026-01-02 23:00:00"),
        ("C", "y", None),
        ("D", "y", None),
    ]
    assert (report.rows, report.files[0].used, report.leads_new) == (4, 4, 4)


def test_a_row_that_says_won_must_say_when(tmp_path: Path) -> None:
    report = run(tmp_path, WIDE, deals="id;product;made;state;closed;value\nA;x;02.01.2026;Won;;5\n")
    assert dict(report.files[0].rejected) == {"column 'closed' is empty: no time of the event": 1}
    assert table(tmp_path, "leads", "lead") == []
    lenient = WIDE.replace("at: closed, amount", "at: closed, if_empty: skip, amount")
    assert run(tmp_path, lenient, deals="id;product;made;state;closed;value\nA;x;;Won;;5\n").rejected == 0


JOINED = """
import: 1
zone: UTC
files:
  - read: deals.csv
    join:
      - {read: teams.csv, on: {agent: name}, take: {team: unit}}
      - {read: goods.csv, on: product, take: series}
    translate: {product: {GTXPro: GTX Pro}, team: {Nord: North}}
    lead: id
    attributes: {segment: team, persona: series}
    events: [{kind: won, at: day, when: {team: {empty: no}}}]
"""
DEALS = "id,agent,product,day\n1,ana,GTXPro,2026-01-01\n2,bob,GTX Pro,2026-01-02\n3,eve,Other,2026-01-03\n"
TEAMS = "name,unit\nana,Nord\nbob,South\n,nobody\n"
GOODS = "product,series\nGTX Pro,GTX\n"


def test_joined_columns_are_translated_and_tested_like_others(tmp_path: Path) -> None:
    report = run(tmp_path, JOINED, deals=DEALS, teams=TEAMS, goods=GOODS)
    assert table(tmp_path, "leads", "lead, segment, persona") == [
        ("1", "North", "GTX"),
        ("2", "South", "GTX"),
        ("3", None, None),
    ]
    assert table(tmp_path, "events", "lead") == [("1",), ("2",)]
    assert [(file.file, file.rows, dict(file.filtered)) for file in report.files] == [
        ("teams.csv", 3, {"no key": 1}),
        ("goods.csv", 1, {}),
        ("deals.csv", 3, {}),
    ]


def test_a_key_that_stands_twice_is_refused_because_it_would_double_rows(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match=r"teams\.csv: 'ana' stands in column 'name' more than once"):
        run(tmp_path, JOINED, deals=DEALS, teams=TEAMS + "ana,West\n", goods=GOODS)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name}, take", "nme}, take", "teams.csv has no columns 'nme'; did you mean 'name'?"),
        ("take: series", "take: serie", "goods.csv has no columns 'serie'; did you mean 'series'?"),
        ("take: series", "take: {day: series}", "column 'day' is in deals.csv too"),
        ("on: product", "on: team", "column 'team' comes from a join itself"),
        ("translate: {product:", "translate: {produkt:", "deals.csv has no column 'produkt'"),
    ],
)
def test_wrong_names_in_joins_are_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = JOINED.replace(old, new)
    goods = GOODS.replace("product,", "team,") if "on: team" in new else GOODS
    with pytest.raises(MapInvalid, match=expected.replace("?", r"\?")):
        run(tmp_path, text, deals=DEALS, teams=TEAMS, goods=goods)


def test_rows_are_filtered_by_what_their_columns_hold_and_counted(tmp_path: Path) -> None:
    text = """
import: 1
files:
  - read: calls.csv
    where: {kind: [call, mail], test: {empty: yes}, who: {not: bot}}
    lead: id
    events: [{kind: attempted, at: at}]
"""
    report = run(
        tmp_path,
        text,
        calls="id,kind,test,who,at\n"
        + "".join(
            f"{n},{rest},2026-01-01T00:00Z\n"
            for n, rest in enumerate(("call,,ana", "mail,,", "fax,,ana", "call,x,ana", "call,,bot"))
        ),
    )
    assert table(tmp_path, "events", "lead") == [("0",), ("1",)]
    assert dict(report.files[0].filtered) == {"left out by `where`": 3}


def test_a_row_left_out_is_not_read_any_further(tmp_path: Path) -> None:
    text = "import: 1\nfiles: [{read: a.csv, where: {x: y}, lead: id, events: [{kind: won, at: at}]}]"
    report = run(tmp_path, text, a="x,id,at\nn,,garbage\ny,1,2026-01-01T00:00Z\n")
    assert (report.filtered, report.rejected, report.events_new) == (1, 0, 1)


SIDES = """
import: 1
sides: {sales: [ana, "rep_*"], marketing: ["*@mkt"], machine: ["bot*"]}
files:
  - read: a.csv
    lead: id
    events:
      - {kind: attempted, at: at, actor: who}
      - {kind: connected, at: at, actor: who, side: {column: who, values: {ana: prospect}, otherwise: sales}}
"""


def test_sides_follow_from_who_acted_unless_the_rule_says_it(tmp_path: Path) -> None:
    run(
        tmp_path,
        SIDES,
        a="id,at,who\n"
        + "".join(f"1,2026-01-01T00:00Z,{who}\n" for who in ("ana", "rep_7", "repx7", "a@mkt", "bot1", "")),
    )
    found = table(tmp_path, "events", "kind, actor, side")
    assert {actor: side for kind, actor, side in found if kind == "attempted"} == {
        "ana": "sales", "rep_7": "sales", "repx7": None, "a@mkt": "marketing", "bot1": "machine", None: None
    }  # fmt: skip
    assert {side for kind, actor, side in found if kind == "connected" and actor == "ana"} == {"prospect"}
    assert {side for kind, actor, side in found if kind == "connected" and actor is None} == {None}


def test_an_unknown_side_or_channel_rejects_the_row(tmp_path: Path) -> None:
    rule = "{kind: attempted, at: at, side: s, channel: c}"
    text = f"import: 1\nfiles: [{{read: a.csv, lead: id, events: [{rule}]}}]"
    report = run(
        tmp_path, text, a="id,at,s,c\n1,2026-01-01T00:00Z,seller,call\n1,2026-01-01T00:00Z,sales,fax\n"
    )
    assert dict(report.files[0].rejected) == {"unknown side 'seller'": 1, "unknown channel 'fax'": 1}


def test_the_first_row_of_each_group_can_tell_of_more(tmp_path: Path) -> None:
    text = """
import: 1
files:
  - read: "items*.csv"
    lead: case
    events:
      - {kind: handed_off, at: at, first_per: case}
      - {kind: attempted, at: at, when: {what: call}}
"""
    head = "case,what,at\n"
    report = run(
        tmp_path,
        text,
        items1=head + "a,call,2026-01-03T00:00Z\nb,note,2026-01-01T00:00Z\nb,note,bad\n",
        items2=head + "a,note,2026-01-02T00:00Z\na,note,2026-01-02T00:00Z\n",
    )
    assert table(tmp_path, "events", "lead, kind, occurred_at::DATE::VARCHAR") == [
        ("b", "handed_off", "2026-01-01"),
        ("a", "handed_off", "2026-01-02"),
        ("a", "attempted", "2026-01-03"),
    ]
    assert [(file.used, file.filtered, len(file.rejected)) for file in report.files] == [
        (2, {}, 1),
        (1, {"tells of no event": 1}, 0),
    ]


def test_a_count_becomes_as_many_events_and_ids_can_be_made_up(tmp_path: Path) -> None:
    text = """
import: 1
files:
  - read: c.csv
    lead: {generate: "{file}-{row}"}
    events:
      - {kind: attempted, at: {constant: 2026-01-01T09:00:00+03:00}, repeat: calls}
      - {kind: won, at: {constant: 2026-01-01T09:00:00Z}, when: {y: "yes"}}
"""
    report = run(tmp_path, text, c="calls,y\n3,yes\nmany,no\n0,no\n2,no\n")
    assert table(tmp_path, "events", "lead, kind") == [
        *[("c-1", "attempted")] * 3,
        *[("c-4", "attempted")] * 2,
        ("c-1", "won"),
    ]
    assert dict(report.files[0].rejected) == {"column 'calls': no whole number from 0 to 10,000": 1}
    assert dict(report.files[0].filtered) == {"tells of no event": 1}


ABOUT = """
import: 1
files: [{read: "l*.csv", lead: id, attributes: {stream: s, segment: g, source: {constant: crm}}}]
"""


def test_of_a_lead_the_newest_value_that_says_anything_wins(tmp_path: Path) -> None:
    run(tmp_path, ABOUT, l1="id,s,g\n1,old,kept\n2,x,\n", l2="id,s,g\n1,new,\n")
    assert table(tmp_path, "leads", "lead, stream, segment, source") == [
        ("1", "new", "kept", "crm"),
        ("2", "x", None, "crm"),
    ]
    (tmp_path / "l1.csv").unlink()
    run(tmp_path, ABOUT, l2="id,s,g\n3,z,\n1,newer,\n")
    assert table(tmp_path, "leads", "lead, stream, segment") == [
        ("1", "newer", "kept"),
        ("2", "x", None),
        ("3", "z", None),
    ]
    again = run(tmp_path, ABOUT)
    assert (again.leads_new, again.leads_total) == (0, 3)


def test_what_was_recorded_later_is_said_so_and_is_else_known_at_once(tmp_path: Path) -> None:
    text = "import: 1\nfiles: [{read: a.csv, lead: id, events: [{kind: won, at: at, recorded_at: known}]}]"
    run(tmp_path, text, a="id,at,known\n1,2026-01-01T00:00Z,2026-01-05T00:00Z\n2,2026-01-02T00:00Z,\n")
    assert table(tmp_path, "events", "occurred_at::DATE::VARCHAR, recorded_at::DATE::VARCHAR") == [
        ("2026-01-01", "2026-01-05"),
        ("2026-01-02", "2026-01-02"),
    ]


def test_a_log_of_events_alone_knows_its_leads(tmp_path: Path) -> None:
    text = "import: 1\nfiles: [{read: a.csv, lead: id, events: [{kind: won, at: at}]}]"
    run(tmp_path, text, a="id,at\n1,2026-01-01T00:00Z\n")
    (tmp_path / "log" / "leads" / "leads.parquet").unlink()
    (tmp_path / "log" / "leads").rmdir()
    assert table(tmp_path, "leads", "lead, stream") == [("1", None)]
