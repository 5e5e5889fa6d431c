"""The measures find again what is true of a simulated company, also in a log that ends in mid-term.

A share is held against the true one by Wilson's interval at z = 3.3, two-sided 1 in 1,000, for the forty or
so shares compared; the seed is fixed. A log known only up to an instant holds censored leads: there the
measure has to find the truth and the naive ratio has to miss it, or the test would show nothing.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from math import sqrt
from typing import Any

import numpy as np
import pytest

from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.simulate.company import SimulationReport, simulate

Z = 3.3
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MIDDLE_ON = date(2026, 6, 30)
AFTER_ALL = datetime(2028, 6, 30, tzinfo=UTC)
MIDDLE = datetime(2026, 6, 30, 18, tzinfo=UTC)
TERMS = {
    "accord": 1,
    "name": "Known",
    "term": {"start": FIRST, "end": LAST},
    "calendars": {
        "hq": {
            "zone": "Europe/Istanbul",
            "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
            "holidays": "TR",
        }
    },
    "people": {"reps": {"side": "sales", "calendar": "hq", "count": 4}},
    "goal": {
        "revenue": 400000,
        "streams": {
            "smb": {"share": "70%", "deal_value": 2000, "closing_profile": ["50%", "37.5%", "12.5%"]},
            "enterprise": {"share": "30%", "deal_value": 20000, "cycle": "3 months"},
        },
    },
    "lead_types": {
        "web_form": {
            "streams": {
                "smb": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
            }
        },
        "demo": {
            "streams": {
                "enterprise": {
                    "mql_to_sql": "40%",
                    "sql_to_opportunity": "60%",
                    "opportunity_to_customer": "25%",
                }
            }
        },
    },
    "follow_up": {"first_touch": {"demo": "5 min", "web_form": "60 min"}},
}
AGREEMENT = Agreement.model_validate(TERMS)


def wilson(kept: int, of: int) -> tuple[float, float]:
    share, z = kept / of, Z
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def holds(kept: int, of: int, true: float, allowance: float = 0.0) -> bool:
    low, high = wilson(kept, of)
    return low - allowance <= true <= high + allowance


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    into = tmp_path_factory.mktemp("company") / "log"
    return simulate(AGREEMENT, leads=40_000, seed=41, into=into)


@pytest.fixture(scope="module")
def whole(report: SimulationReport) -> Iterator[Ledger]:
    log = open_log(report.into)
    with Ledger(AGREEMENT, log, from_on=FIRST, to_on=LAST, as_of=AFTER_ALL, threads=1) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def cut_off(report: SimulationReport) -> Iterator[Ledger]:
    log = open_log(report.into)
    with Ledger(AGREEMENT, log, from_on=FIRST, to_on=MIDDLE_ON, as_of=MIDDLE, threads=1) as ledger:
        yield ledger


def rows(ledger: Ledger, measure: str, **where: object) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = ledger.measure(measure).table.dicts()
    return [row for row in table if all(row[name] == value for name, value in where.items())]


def test_speed_finds_the_share_in_time(whole: Ledger, report: SimulationReport) -> None:
    for lead_type, truth in report.truth.first_touch.items():
        (row,) = rows(whole, "speed", by="lead_type", key=lead_type)
        assert truth.share_in_time is not None
        assert row["pending"] == 0
        assert holds(row["kept"], row["judged"], truth.share_in_time), lead_type
    (every,) = rows(whole, "speed", by="all")
    assert report.truth.all_first_touch.share_in_time is not None
    assert holds(every["kept"], every["judged"], report.truth.all_first_touch.share_in_time)
    assert every["delivered"] > 0.9 * report.truth.delivered


def test_speed_counts_the_unanswered_that_a_look_at_responders_leaves_out(
    whole: Ledger, report: SimulationReport
) -> None:
    (row,) = rows(whole, "speed", by="all")
    assert row["open_overdue"] > 0
    assert row["judged"] - row["responded"] <= row["broken"]
    assert row["kept"] / row["responded"] > row["share_in_time"]


def test_speed_finds_it_in_a_log_cut_off_in_mid_term_too(cut_off: Ledger, report: SimulationReport) -> None:
    for lead_type, truth in report.truth.first_touch.items():
        (row,) = rows(cut_off, "speed", by="lead_type", key=lead_type)
        assert truth.share_in_time is not None
        # The truth is of the whole year: other absences and campaigns fall into its other half.
        assert holds(row["kept"], row["judged"], truth.share_in_time, allowance=0.015), lead_type


def cohorts(ledger: Ledger, lead_type: str, end: str) -> tuple[np.ndarray, np.ndarray]:
    """Ages in days: at the stage `end` (NaN where not reached), and up to as-of, of each delivered lead."""
    found = ledger.con.execute(
        "SELECT epoch(e.entered_at - c.delivered_at) / 86400 AS reached,"
        " epoch(p.as_of - c.delivered_at) / 86400 AS age"
        f" FROM cycle c CROSS JOIN params p LEFT JOIN stage_entry e ON e.lead = c.lead AND e.stage = '{end}'"
        f" WHERE c.delivered_at IS NOT NULL AND c.lead_type = '{lead_type}'"
    ).fetchnumpy()
    reached = np.ma.filled(np.ma.asarray(found["reached"], dtype=float), np.nan)
    return reached, np.asarray(found["age"], dtype=float)


def test_stages_are_entered_as_often_as_they_truly_are(whole: Ledger, report: SimulationReport) -> None:
    for (lead_type, _), truth in report.truth.stages.items():
        entered = {
            stage: int(np.isfinite(cohorts(whole, lead_type, stage)[0]).sum())
            for stage in ("mql", "sql", "opportunity", "proposal", "customer")
        }
        assert holds(entered["sql"], entered["mql"], truth.mql_to_sql)
        assert holds(entered["opportunity"], entered["sql"], truth.sql_to_opportunity)
        assert holds(entered["proposal"], entered["opportunity"], truth.opportunity_to_proposal)
        assert holds(entered["customer"], entered["opportunity"], truth.opportunity_to_customer)


def test_a_life_table_finds_the_conversion_of_young_cohorts_and_the_naive_ratio_misses_it(
    cut_off: Ledger, report: SimulationReport
) -> None:
    truth = report.truth.stages["web_form", "smb"].mql_to_customer
    reached, age = cohorts(cut_off, "web_form", "customer")
    won, delivered = int(np.isfinite(reached).sum()), len(age)
    assert wilson(won, delivered)[1] < truth, "the naive ratio should miss, or this log shows nothing"
    staying, variance = 1.0, 0.0
    for month in range(3):  # ages by month of 30 days, as the closing profile has them
        at_risk = age >= (month + 1) * 30
        at_risk &= ~(reached < month * 30)
        wins = int((at_risk & (reached < (month + 1) * 30)).sum())
        staying *= 1 - wins / at_risk.sum()
        variance += wins / (at_risk.sum() * (at_risk.sum() - wins))  # Greenwood
    assert abs(1 - staying - truth) <= Z * staying * sqrt(variance)


def test_revenue_and_wins_are_in_the_log_as_often_as_the_funnel_says(
    whole: Ledger, report: SimulationReport
) -> None:
    for (lead_type, _), truth in report.truth.stages.items():
        found = whole.con.execute(
            f"SELECT count(amount), avg(amount), stddev(amount) FROM cycle WHERE lead_type = '{lead_type}'"
        ).fetchone()
        assert found is not None
        deals, mean, spread = found[0], float(found[1]), float(found[2])
        assert abs(mean - truth.deal_value) <= Z * spread / sqrt(deals)
