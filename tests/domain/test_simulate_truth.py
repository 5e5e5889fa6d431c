"""The truth that a simulation reports is what its log shows: counted by plain SQL, away from the measures.

Each observed share is held against the true one by Wilson's interval, wide enough that about one in a
thousand of all the shares compared here would miss by chance; the seed is fixed, so that none does or always
does.
"""

from math import sqrt
from pathlib import Path

import duckdb
import numpy as np
import pytest

from accord.agreement.terms import Agreement
from accord.simulate.company import SimulationReport, simulate

Z = 4.0  # two-sided 6 in 100,000; some 60 shares are compared
LEADS = 40_000
TERMS = {
    "accord": 1,
    "name": "Known",
    "term": {"start": "2026-01-01", "end": "2026-12-31"},
    "calendars": {"hq": {"zone": "Europe/Berlin", "hours": {"mon-fri": "09:00-17:00"}, "holidays": "DE"}},
    "goal": {
        "revenue": 400000,
        "streams": {
            "smb": {"share": "60%", "deal_value": 2000, "closing_profile": ["50%", "37.5%", "12.5%"]},
            "enterprise": {"share": "40%", "deal_value": 20000, "cycle": "3 months"},
        },
    },
    "lead_types": {
        "demo": {
            "streams": {
                "smb": {"mql_to_sql": "60%", "sql_to_opportunity": "85%", "opportunity_to_customer": "30%"},
                "enterprise": {
                    "mql_to_sql": "40%",
                    "sql_to_opportunity": "60%",
                    "opportunity_to_customer": "25%",
                },
            }
        },
        "web_form": {
            "streams": {
                "smb": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
            }
        },
    },
    "follow_up": {"first_touch": {"demo": "5 min", "web_form": "60 min"}},
}
PER_LEAD = """
    CREATE TABLE cycle AS
    SELECT
        lead, lead_type, stream,
        min(occurred_at) FILTER (kind = 'handed_off') AS delivered,
        any_value(due_at) FILTER (kind = 'handed_off') AS due,
        min(occurred_at) FILTER (by_sales) AS touched,
        min(occurred_at) FILTER (kind = 'rejected') AS rejected,
        min(occurred_at) FILTER (kind = 'connected') AS connected,
        bool_or(kind IN ('sales_qualified', 'opportunity')) AS is_sql,
        bool_or(kind = 'opportunity') AS is_opportunity,
        bool_or(kind = 'proposal') AS is_proposal,
        min(occurred_at) FILTER (kind = 'won') AS won,
        max(amount) FILTER (kind = 'won') AS amount,
        bool_or(kind = 'opted_out') AS opted_out,
        count(DISTINCT occurred_at) FILTER (by_sales AND channel <> 'voicemail') AS tries,
        count(DISTINCT (occurred_at, channel)) FILTER (by_sales) AS touches
    FROM lead JOIN (SELECT *, kind = 'attempted' AND side = 'sales' AS by_sales FROM event) USING (lead)
    GROUP BY lead, lead_type, stream
    HAVING delivered IS NOT NULL"""


def wilson(kept: int, of: int, z: float = Z) -> tuple[float, float]:
    share = kept / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def holds(kept: int, of: int, true: float) -> bool:
    low, high = wilson(kept, of)
    return low <= true <= high


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    into = tmp_path_factory.mktemp("truth") / "log"
    return simulate(Agreement.model_validate(TERMS), leads=LEADS, seed=20260101, into=into)


@pytest.fixture(scope="module")
def con(report: SimulationReport) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in ("lead", "event"):
        path: Path = report.into / f"{table}s"
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{path}/*.parquet'")
    connection.execute(PER_LEAD)
    return connection


def counts(con: duckdb.DuckDBPyConnection, columns: str, where: str = "TRUE") -> tuple[int, ...]:
    return con.execute(f"SELECT {columns} FROM cycle WHERE {where}").fetchone() or ()


def test_first_touches_are_as_fast_as_they_truly_are(
    con: duckdb.DuckDBPyConnection, report: SimulationReport
) -> None:
    for lead_type, truth in report.truth.first_touch.items():
        kept, broken, leads = counts(
            con,
            "count(*) FILTER (touched <= due),"
            " count(*) FILTER (NOT coalesce(touched <= due, FALSE) AND NOT coalesce(rejected <= due, FALSE)),"
            " count(*)",
            f"lead_type = '{lead_type}'",
        )
        assert leads == truth.leads
        assert truth.share_in_time is not None
        assert holds(kept, kept + broken, truth.share_in_time), lead_type
        assert holds(broken, leads, truth.broken / truth.leads), lead_type


def test_stages_convert_as_they_truly_do(con: duckdb.DuckDBPyConnection, report: SimulationReport) -> None:
    for (lead_type, stream), truth in report.truth.stages.items():
        delivered, qualified, opened, offered, won = counts(
            con,
            "count(*), count(*) FILTER (is_sql), count(*) FILTER (is_opportunity),"
            " count(*) FILTER (is_proposal), count(won)",
            f"lead_type = '{lead_type}' AND stream = '{stream}'",
        )
        assert holds(qualified, delivered, truth.mql_to_sql), (lead_type, stream)
        assert holds(opened, qualified, truth.sql_to_opportunity), (lead_type, stream)
        assert holds(offered, opened, truth.opportunity_to_proposal), (lead_type, stream)
        assert holds(won, opened, truth.opportunity_to_customer), (lead_type, stream)
        assert holds(won, delivered, truth.mql_to_customer), (lead_type, stream)


def test_deals_close_by_the_month_of_age_that_they_truly_do(
    con: duckdb.DuckDBPyConnection, report: SimulationReport
) -> None:
    for (lead_type, stream), truth in report.truth.stages.items():
        where = f"won IS NOT NULL AND lead_type = '{lead_type}' AND stream = '{stream}'"
        ages = con.execute(f"SELECT epoch(won - delivered) // 2592000 FROM cycle WHERE {where}").fetchnumpy()
        month = np.asarray(next(iter(ages.values()))).astype(int)
        assert month.max() < len(truth.profile)
        for number, share in enumerate(truth.profile):
            assert holds(int((month == number).sum()), len(month), share), (lead_type, stream, number)


def test_a_deal_is_worth_on_average_what_it_truly_is(
    con: duckdb.DuckDBPyConnection, report: SimulationReport
) -> None:
    for (lead_type, stream), truth in report.truth.stages.items():
        mean, spread, deals = counts(
            con,
            "avg(amount), stddev(amount), count(amount)",
            f"lead_type = '{lead_type}' AND stream = '{stream}'",
        )
        assert abs(mean - truth.deal_value) <= Z * spread / sqrt(deals)


def test_sales_rejects_as_much_as_it_truly_does(
    con: duckdb.DuckDBPyConnection, report: SimulationReport
) -> None:
    for lead_type, share in report.truth.rejected.items():
        rejected, leads = counts(con, "count(rejected), count(*)", f"lead_type = '{lead_type}'")
        assert holds(rejected, leads, share), lead_type


def test_leads_never_reached_are_tried_as_often_as_they_truly_are(
    con: duckdb.DuckDBPyConnection, report: SimulationReport
) -> None:
    where = "connected IS NULL AND rejected IS NULL AND NOT opted_out"
    rows = con.execute(f"SELECT tries, count(*) FROM cycle WHERE {where} GROUP BY tries").fetchall()
    seen = dict(rows)
    total = sum(seen.values())
    for tries, share in enumerate(report.truth.tries):
        # A touch before delivery is one try more, in 4 of 1,000 leads: an allowance of that size.
        low, high = wilson(seen.get(tries, 0), total)
        assert low - 0.004 <= share <= high + 0.004, tries
    mean, spread = counts(con, "avg(touches), stddev(touches)", where)
    assert abs(mean - report.truth.touches) <= Z * spread / sqrt(total) + 0.004


def test_the_sooner_a_lead_is_touched_the_more_often_it_qualifies(con: duckdb.DuckDBPyConnection) -> None:
    waited = "epoch(touched - delivered) / 60"
    fast, slow = counts(
        con,
        f"avg(CAST(is_sql AS INT)) FILTER ({waited} < 5), avg(CAST(is_sql AS INT)) FILTER ({waited} >= 30)",
        "lead_type = 'web_form'",
    )
    assert fast > slow + 0.1


def test_reps_differ_by_their_habits(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "SELECT avg(CAST(touched <= due AS INT)) FROM cycle JOIN"
        " (SELECT lead, any_value(actor) AS rep FROM event WHERE kind = 'assigned' GROUP BY 1) USING (lead)"
        " WHERE lead_type = 'web_form' AND rep IS NOT NULL GROUP BY rep HAVING count(*) > 200"
    ).fetchall()
    shares = [share for (share,) in found]
    assert len(shares) > 10
    assert max(shares) - min(shares) > 0.1
