import hashlib
from dataclasses import replace
from datetime import UTC, date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.ledger.log import open_log
from accord.simulate import company
from accord.simulate.company import simulate
from accord.simulate.market import CORE, DEFAULT, core_rates

FULL = {
    "accord": 1,
    "name": "Two streams",
    "term": {"start": "2026-01-01", "end": "2026-12-31"},
    "calendars": {
        "hq": {
            "zone": "Europe/Istanbul",
            "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
            "holidays": "TR",
        },
        "west": {"zone": "America/New_York", "hours": {"mon-fri": "08:00-16:00"}},
    },
    "people": {
        "mina": {"side": "marketing", "role": "head"},
        "omar": {"side": "sales", "role": "head"},
        "سارا": {"side": "sales", "calendar": "hq"},
        "reps": {"side": "sales", "calendar": "hq", "count": 3},
        "boston": {"side": "sales", "calendar": "west"},
    },
    "goal": {
        "revenue": 100000,
        "streams": {
            "smb": {"share": "60%", "deal_value": 2000, "cycle": "1 month"},
            "enterprise": {"share": "40%", "deal_value": 20000, "cycle": "3 months"},
        },
    },
    "lead_types": {
        "web_form": {
            "streams": {
                "smb": {
                    "mix": "70%",
                    "mql_to_sql": "34%",
                    "sql_to_opportunity": "82%",
                    "opportunity_to_customer": "23%",
                },
                "enterprise": {
                    "mix": "100%",
                    "mql_to_sql": "25%",
                    "sql_to_opportunity": "60%",
                    "opportunity_to_customer": "20%",
                },
            }
        },
        "outbound": {
            "streams": {
                "smb": {
                    "mix": "30%",
                    "mql_to_sql": "55%",
                    "sql_to_opportunity": "85%",
                    "opportunity_to_customer": "20%",
                }
            }
        },
    },
    "value": {"by": "persona", "prices": {"ceo": 100, "director": 50, "manager": 40}},
}
SMALL = {
    "accord": 1,
    "name": "Small",
    "term": "2026-01-01",
    "goal": 500000,
    "lead_types": {"web_form": {"mql_to_sql": "34%"}},
}


def agreement(terms: dict[str, Any], **changes: Any) -> Agreement:
    return Agreement.model_validate({**terms, **changes})


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "log"
    simulate(agreement(FULL), leads=3000, seed=7, into=folder)
    return folder


@pytest.fixture(scope="module")
def con(log: Path) -> duckdb.DuckDBPyConnection:
    opened = open_log(log)
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW lead AS {opened.leads_sql}")
    connection.execute(f"CREATE TABLE event AS {opened.events_sql}")
    return connection


def one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.parquet"))
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(agreement(FULL), leads=300, seed=seed, into=tmp_path / name)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_every_lead_is_there_once_and_every_event_belongs_to_one(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "SELECT (count(*), count(DISTINCT lead)) FROM lead") == (3000, 3000)
    assert one(con, "SELECT count(*) FROM event ANTI JOIN lead USING (lead)") == 0
    assert one(con, "SELECT (count(*), count(DISTINCT seq), min(seq), max(seq)) FROM event")[1:] == (
        one(con, "SELECT count(*) FROM event"),
        1,
        one(con, "SELECT count(*) FROM event"),
    )


def test_nothing_is_recorded_before_it_occurred_and_some_of_it_days_later(
    con: duckdb.DuckDBPyConnection,
) -> None:
    early, late = one(
        con,
        "SELECT count(*) FILTER (recorded_at < occurred_at),"
        " count(*) FILTER (recorded_at > occurred_at + INTERVAL 1 DAY) FROM event",
    )
    assert early == 0
    assert late > 50


def test_events_stand_in_order_of_recording_which_is_not_the_order_in_which_they_occurred(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = con.execute("SELECT recorded_at, occurred_at FROM event ORDER BY seq").fetchall()
    assert all(a[0] <= b[0] for a, b in pairwise(rows))
    assert sum(b[1] < a[1] for a, b in pairwise(rows)) > 100


def test_the_stages_of_a_deal_follow_each_other(con: duckdb.DuckDBPyConnection) -> None:
    firsts = ", ".join(
        f"min(occurred_at) FILTER (kind = '{kind}') AS {kind}"
        for kind in ("handed_off", "connected", "sales_qualified", "opportunity", "proposal", "won", "lost")
    )
    con.execute(f"CREATE OR REPLACE TABLE deal AS SELECT lead, {firsts} FROM event GROUP BY lead")
    for earlier, later in pairwise(("handed_off", "connected", "sales_qualified", "opportunity", "proposal")):
        assert one(con, f"SELECT count(*) FROM deal WHERE {later} < {earlier}") == 0, later
    assert one(con, "SELECT count(*) FROM deal WHERE won < proposal OR lost < opportunity") == 0
    assert one(con, "SELECT count(*) FROM deal WHERE won IS NOT NULL AND lost IS NOT NULL") == 0
    assert one(con, "SELECT count(*) FROM deal WHERE won IS NOT NULL") > 30


def test_leads_come_over_the_whole_term_and_mostly_in_working_hours(con: duckdb.DuckDBPyConnection) -> None:
    first, last, inside = one(
        con,
        "SELECT min(occurred_at), max(occurred_at), avg(CAST(extract(hour FROM occurred_at) BETWEEN 6 AND 14"
        " AND isodow(occurred_at) < 6 AS INT)) FROM event WHERE kind = 'handed_off'",
    )
    assert first.date() <= date(2026, 1, 4)
    assert last.date() >= date(2026, 12, 28)
    assert 0.5 < inside < 0.85
    assert (
        one(con, "SELECT count(DISTINCT extract(hour FROM occurred_at)) FROM event WHERE kind = 'created'")
        == 24
    )


def test_what_is_fixed_at_hand_off_is_written_at_hand_off(con: duckdb.DuckDBPyConnection) -> None:
    terms = agreement(FULL)
    rows = con.execute(
        "SELECT lead_type, occurred_at, due_at, calendar, agreement, value, persona"
        " FROM event JOIN lead USING (lead) WHERE kind = 'handed_off'"
    ).fetchall()
    prices = {"ceo": 100, "director": 50, "manager": 40}
    for lead_type, delivered, due, calendar, cited, value, persona in rows[:400]:
        clock = terms.calendar("hq")
        start = delivered.replace(tzinfo=UTC)
        budget = clock.budget(terms.first_touch(lead_type or ""), start)
        assert due.replace(tzinfo=UTC) == clock.due(start, budget)
        assert calendar == "hq"
        assert cited == terms.in_force_label
        assert persona is None or value == prices[persona]


def test_a_call_that_ends_in_a_voicemail_is_two_touches(con: duckdb.DuckDBPyConnection) -> None:
    calls, voicemails = one(
        con,
        "SELECT count(*) FILTER (channel = 'call' AND outcome = 'voicemail'),"
        " count(*) FILTER (channel = 'voicemail')"
        " FROM (SELECT DISTINCT lead, channel, outcome, occurred_at FROM event"
        " WHERE kind = 'attempted')",
    )
    assert calls == voicemails > 500


def test_leads_are_rejected_with_a_reason_before_contact_or_accepted_by_hand_or_by_silence(
    con: duckdb.DuckDBPyConnection,
) -> None:
    reasons = {
        row[0] for row in con.execute("SELECT DISTINCT reason FROM event WHERE kind = 'rejected'").fetchall()
    }
    assert reasons - {None} == set(agreement(FULL).handoff.reject_reasons)
    bare, told = con.execute(
        "SELECT count(DISTINCT lead) FILTER (kind = 'rejected' AND reason IS NULL), "
        "count(DISTINCT lead) FILTER (kind = 'feedback' AND reason IS NOT NULL) FROM event"
    ).fetchall()[0]
    assert 0 < told <= bare, "a reject without its reason is mostly told why later"
    both = "kind = 'rejected') > 0 AND count(*) FILTER (kind IN ('accepted', 'connected')"
    assert (
        one(
            con,
            f"SELECT count(*) FROM (SELECT lead FROM event GROUP BY 1 HAVING count(*) FILTER ({both}) > 0)",
        )
        == 0
    )
    silent, by_hand = one(
        con,
        "SELECT count(*) FILTER (outcome = 'by silence'), count(*) FILTER (outcome IS NULL)"
        " FROM event WHERE kind = 'accepted'",
    )
    assert by_hand > silent > 100


def test_returned_leads_are_enrolled_in_a_track_some_after_too_few_tries(
    con: duckdb.DuckDBPyConnection,
) -> None:
    kinds = "count(*) FILTER (kind = 'returned') > 0 AND count(*) FILTER (kind = 'enrolled') = 0"
    assert one(con, f"SELECT count(*) FROM (SELECT lead FROM event GROUP BY lead HAVING {kinds})") == 0
    few, enough = one(
        con,
        "SELECT count(*) FILTER (tries < 7), count(*) FILTER (tries >= 7) FROM (SELECT lead, count(DISTINCT"
        " occurred_at) FILTER (kind = 'attempted' AND side = 'sales') AS tries FROM event GROUP BY lead"
        " HAVING count(*) FILTER (kind = 'returned') > 0)",
    )
    assert few > 50 < enough


def test_the_log_has_the_dirty_facts_that_real_ones_have(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "SELECT count(*) FROM lead WHERE lead_type IS NULL") > 0
    assert one(con, "SELECT count(*) FROM lead WHERE account IS NULL") > 0
    assert one(con, "SELECT count(*) FROM event WHERE kind = 'assigned' AND actor IS NULL") > 0
    assert one(con, "SELECT count(*) FROM event WHERE actor = 'crm-sync'") > 0
    assert one(con, "SELECT count(*) FROM event WHERE kind = 'attempted' AND side = 'machine'") > 500
    columns = "lead, kind, occurred_at, recorded_at, actor, side, channel, outcome, reason, amount, due_at"
    assert one(con, f"SELECT count(*) - count(DISTINCT ({columns})) FROM event") > 20
    touched = "SELECT lead, min(occurred_at) FILTER (kind = 'attempted' AND side = 'sales') AS touch,"
    both = f"{touched} min(occurred_at) FILTER (kind = 'handed_off') AS delivered FROM event GROUP BY lead"
    assert 0 < one(con, f"SELECT count(*) FROM ({both}) WHERE touch < delivered") < 60


def test_names_are_in_several_scripts_and_people_are_those_of_the_agreement(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert (
        one(
            con,
            "SELECT count(DISTINCT account) FROM lead WHERE regexp_matches(account, '\\p{Thai}|\\p{Arabic}')",
        )
        > 50
    )
    reps = {
        row[0]
        for row in con.execute(
            "SELECT DISTINCT actor FROM event WHERE side = 'sales' AND kind = 'accepted'"
        ).fetchall()
    }
    assert reps >= {"سارا", "reps-1", "reps-2", "reps-3", "boston"}


@pytest.mark.parametrize("leads", [0, 1, 2])
def test_very_few_leads_make_a_log_that_opens(leads: int, tmp_path: Path) -> None:
    report = simulate(agreement(SMALL), leads=leads, seed=3, into=tmp_path / "log")
    log = open_log(tmp_path / "log")
    rows = duckdb.connect().execute(f"SELECT count(*) FROM ({log.leads_sql})").fetchone()
    assert rows == (leads,)
    assert report.leads == leads
    assert (report.events > 0) == (leads > 0)
    assert report.truth.first_touch["web_form"].share_in_time is None or leads > 0


def test_an_agreement_of_almost_nothing_gets_invented_reps_and_default_rates(tmp_path: Path) -> None:
    report = simulate(agreement(SMALL), leads=2000, seed=3, into=tmp_path / "log")
    stage = report.truth.stages["web_form", "all"]
    assert stage.mql_to_sql == pytest.approx(0.34, rel=0.101)
    assert stage.sql_to_opportunity == pytest.approx(0.82, rel=0.101)
    assert stage.profile == (0.5, 0.375, 0.125)
    events = f"SELECT DISTINCT actor, side FROM '{tmp_path}/log/events/*.parquet' WHERE kind = 'accepted'"
    actors = {actor for actor, side in duckdb.connect().execute(events).fetchall() if side == "sales"}
    assert actors >= {"rep-1", "rep-2"}


def test_a_term_of_one_day_takes_all_its_leads_on_that_day(tmp_path: Path) -> None:
    terms = agreement(SMALL, term={"start": "2026-03-02", "end": "2026-03-02", "reset_review": "2026-03-02"})
    simulate(terms, leads=500, seed=1, into=tmp_path / "log")
    events = f"SELECT occurred_at FROM '{tmp_path}/log/events/*.parquet' WHERE kind = 'handed_off'"
    days = {at.date() for (at,) in duckdb.connect().execute(events).fetchall()}
    assert days == {date(2026, 3, 2)}


def test_every_rate_may_be_nought_or_one_hundred_percent(tmp_path: Path) -> None:
    for percent, share in (("0%", 0.0), ("100%", 1.0)):
        rates = {"mql_to_sql": percent, "sql_to_opportunity": percent, "opportunity_to_customer": percent}
        into = tmp_path / percent.strip("%")
        report = simulate(agreement(SMALL, lead_types={"web_form": rates}), leads=400, seed=1, into=into)
        stage = report.truth.stages["web_form", "all"]
        assert stage.mql_to_sql == pytest.approx(share, abs=0.1)
        won = f"SELECT count(DISTINCT lead) FROM '{into}/events/*.parquet' WHERE kind = 'won'"
        counted = (duckdb.connect().execute(won).fetchone() or (0,))[0]
        assert counted == 0 if share == 0 else counted > 200


def test_many_chunks_follow_each_other_without_a_seam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "CHUNK", 100)
    seen: list[tuple[int, int]] = []
    simulate(
        agreement(FULL), leads=450, seed=5, into=tmp_path / "log", progress=lambda *done: seen.append(done)
    )
    assert seen == [(100, 450), (200, 450), (300, 450), (400, 450), (450, 450)]
    names = sorted(file.name for file in (tmp_path / "log" / "events").iterdir())
    assert names == [f"simulated-{n:04d}.parquet" for n in range(1, 6)]
    events = f"SELECT count(DISTINCT lead), count(*), max(seq) FROM '{tmp_path}/log/events/*.parquet'"
    leads, count, last = duckdb.connect().execute(events).fetchone() or (0, 0, 0)
    assert leads == 450
    assert count == last


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"leads": -1}, "leads"), ({"leads": 10**12}, "leads"), ({"seed": -1}, "seed")],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, int], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        simulate(agreement(SMALL), **{"leads": 1, "seed": 1, **wrong}, into=tmp_path / "log")
    assert not (tmp_path / "log").exists()


def test_a_term_that_no_calendar_covers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="term"):
        simulate(agreement(SMALL, term="2098-01-01"), leads=1, seed=1, into=tmp_path / "log")


def test_a_log_that_is_there_is_only_replaced_if_asked_and_a_foreign_one_never(tmp_path: Path) -> None:
    into = tmp_path / "log"
    simulate(agreement(SMALL), leads=5, seed=1, into=into)
    with pytest.raises(InputError, match=r"pass replace=True \(--replace\)"):
        simulate(agreement(SMALL), leads=5, seed=1, into=into)
    simulate(agreement(SMALL), leads=7, seed=1, into=into, replace=True)
    assert (duckdb.connect().execute(f"SELECT count(*) FROM '{into}/leads/*.parquet'").fetchone() or ())[
        0
    ] == 7
    (into / "leads" / "simulated.parquet").rename(into / "leads" / "crm.parquet")
    with pytest.raises(InputError, match=r"crm\.parquet"):
        simulate(agreement(SMALL), leads=5, seed=1, into=into, replace=True)


@pytest.mark.parametrize(("leads", "said"), [(10, "less than 1%"), (0, "0%"), (449, "1%"), (44_807, "100%")])
def test_few_of_the_leads_asked_for_are_not_called_none_of_them(
    leads: int, said: str, tmp_path: Path
) -> None:
    report = simulate(agreement(SMALL), leads=0, seed=1, into=tmp_path / "log")
    assert f", {said} of the 44,807 that" in str(replace(report, leads=leads, planned=44_807))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("mine")
    with pytest.raises(InputError, match="file"):
        simulate(agreement(SMALL), leads=5, seed=1, into=tmp_path / "log")
    assert (tmp_path / "log").read_text() == "mine"


def test_the_report_says_in_one_line_what_was_made(tmp_path: Path) -> None:
    text = str(simulate(agreement(SMALL), leads=10, seed=1, into=tmp_path / "log"))
    assert "10 invented leads" in text
    assert "2026-01-01 to 2026-12-31" in text
    assert "\n" not in text


def rates(**said: str) -> dict[str, Fraction]:
    return {name: Fraction(value) for name, value in said.items()}


def test_rates_are_read_over_whatever_stages_lie_between() -> None:
    chain = core_rates(
        rates(mql_to_sal="4/5", sal_to_sql="1/2", opportunity_to_proposal="1/2", proposal_to_customer="1/4")
    )
    assert chain["mql", "sql"] == pytest.approx(0.4)
    assert chain["opportunity", "customer"] == pytest.approx(0.125)
    assert chain["sql", "opportunity"] == DEFAULT["sql", "opportunity"]


@pytest.mark.parametrize("name", ["lead_to_customer", "mql_to_customer"])
def test_one_rate_for_the_whole_way_is_shared_out_and_multiplies_to_itself(name: str) -> None:
    chain = core_rates(rates(**{name: "1/50"}))
    assert np.prod([chain[pair] for pair in pairwise(CORE)]) == pytest.approx(0.02)
    assert all(0 < rate <= 1 for rate in chain.values())


def test_a_rate_over_two_steps_fills_only_the_unknown_one() -> None:
    chain = core_rates(rates(mql_to_sql="1/2", mql_to_opportunity="1/4"))
    assert chain["mql", "sql"] == pytest.approx(0.5)
    assert chain["sql", "opportunity"] == pytest.approx(0.5)
