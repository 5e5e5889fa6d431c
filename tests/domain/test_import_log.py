"""The log's folder: what opens, what is refused, and how it is written."""

import json
from pathlib import Path

import duckdb
import pytest

from accord.errors import InputError, LogUnreadable
from accord.ledger.log import COLUMNS, LogWriter, Table, empty_sql, open_log


def rows(table: Table, lead: str, seq: int = 1) -> str:
    given = {"lead": f"'{lead}'", "seq": str(seq), "kind": "'won'", "occurred_at": "'2026-01-01'"}
    return "SELECT " + ", ".join(f'{given.get(name, "NULL")} AS "{name}"' for name in COLUMNS[table])


def write(folder: Path, *parts: tuple[Table, str], name: str = "crm", alone: bool = False) -> None:
    with duckdb.connect() as con, LogWriter(folder, name) as writer:
        for table, query in parts:
            assert writer.add(con, table, query, alone=alone) == 1
        writer.commit()


def found(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        return con.execute(f"SELECT lead FROM ({query}) ORDER BY lead").fetchall()


@pytest.mark.parametrize("name", ["plain", "it's [a] *log*?", "günlük لاگ"])
def test_a_log_opens_wherever_it_lies(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    write(folder, ("leads", rows("leads", "L1")), ("events", rows("events", "L1")))
    log = open_log(folder)
    assert found(log.leads_sql) == found(log.events_sql) == [("L1",)]
    assert found(f"FROM '{log.events_glob.replace(chr(39), chr(39) * 2)}'") == [("L1",)]
    assert log.layout == 1
    assert [path.name for path in sorted(folder.iterdir())] == ["events", "leads", "log.json"]


def test_a_log_of_events_alone_has_leads_without_attributes(tmp_path: Path) -> None:
    write(tmp_path, ("events", rows("events", "L1")))
    with duckdb.connect() as con:
        described = con.execute(f"DESCRIBE {open_log(tmp_path).leads_sql}").fetchall()
    assert {name: kind for name, kind, *_ in described} == COLUMNS["leads"]
    assert found(open_log(tmp_path).leads_sql) == [("L1",)]


def test_a_log_of_leads_alone_has_no_events(tmp_path: Path) -> None:
    write(tmp_path, ("leads", rows("leads", "L1")))
    assert found(open_log(tmp_path).events_sql) == []


def test_parts_of_a_stream_are_one_table_and_replace_the_parts_before(tmp_path: Path) -> None:
    write(tmp_path, *[("events", rows("events", f"L{n}", n)) for n in range(3)])
    assert found(open_log(tmp_path).events_sql) == [("L0",), ("L1",), ("L2",)]
    write(tmp_path, ("events", rows("events", "L9")))
    assert [path.name for path in (tmp_path / "events").iterdir()] == ["crm.parquet"]


def test_files_of_other_names_stay_unless_the_writer_stands_alone(tmp_path: Path) -> None:
    write(tmp_path, ("events", rows("events", "L1")), name="one")
    write(tmp_path, ("events", rows("events", "L2")), name="two")
    assert found(open_log(tmp_path).events_sql) == [("L1",), ("L2",)]
    write(tmp_path, ("events", rows("events", "L3")), name="three", alone=True)
    assert found(open_log(tmp_path).events_sql) == [("L3",)]


def test_without_commit_nothing_changes_and_nothing_is_left(tmp_path: Path) -> None:
    with duckdb.connect() as con, LogWriter(tmp_path / "new", "crm") as writer:
        writer.add(con, "events", rows("events", "L1"))
    assert not (tmp_path / "new").exists()


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    digests = []
    for folder, lead in (("a", "L1"), ("b", "L1"), ("c", "L2")):
        write(tmp_path / folder, ("events", rows("events", lead)))
        digests.append(open_log(tmp_path / folder).digest)
    assert digests[0] == digests[1] != digests[2]


def test_what_is_no_log_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadable, match=r"no such folder; `accord import MAP\.yaml --into"):
        open_log(tmp_path / "none")
    with pytest.raises(LogUnreadable, match="neither leads"):
        open_log(tmp_path)
    write(tmp_path, ("events", rows("events", "L1")))
    (tmp_path / "log.json").write_text(json.dumps({"layout": 7}))
    with pytest.raises(LogUnreadable, match="layout 7, but this release reads layout 1"):
        open_log(tmp_path)
    (tmp_path / "log.json").write_text("{")
    with pytest.raises(LogUnreadable, match="is no manifest"):
        open_log(tmp_path)


def test_foreign_and_broken_files_are_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, ("events", rows("events", "L1")))
    other = tmp_path / "events" / "other.parquet"
    other.write_bytes(b"no parquet")
    with pytest.raises(LogUnreadable, match=r"other\.parquet: cannot be read as Parquet"):
        open_log(tmp_path)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT * REPLACE (seq::INTEGER AS seq) FROM ({rows('events', 'x')})) TO '{other}'"
        )
        with pytest.raises(LogUnreadable, match="column seq as BIGINT, this file has it as INTEGER"):
            open_log(tmp_path)
        con.execute(f"COPY (SELECT * EXCLUDE (reason) FROM ({empty_sql('events')})) TO '{other}'")
    with pytest.raises(LogUnreadable, match="column reason as VARCHAR, this file lacks it"):
        open_log(tmp_path)


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a/b"])
def test_names_that_are_no_file_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot name the files of a log"):
        LogWriter(tmp_path, name)
