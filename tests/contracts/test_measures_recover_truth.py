"""The measures find again what is true of a simulated company, also in a log that ends in mid-term.

A share is held against the true one by Wilson's interval at z = 3.3, two-sided 1 in 1,000, for the forty or
so shares compared; the seed is fixed. A log known only up to an instant holds censored leads: there the
measure has to find the truth and the naive ratio has to miss it, or the test would show nothing.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from math import sqrt
from typing import Any

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
            "smb": {"share": "10%", "deal_value": 2000, "closing_profile": ["50%", "37.5%", "12.5%"]},
            "enterprise": {"share": "90%", "deal_value": 20000, "cycle": "3 months"},
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
    "follow_up": {
        "first_touch": {"demo": "5 min", "web_form": "60 min"},
        "automated_email_counts": "never",
    },
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


@cache
def table(ledger: Ledger, measure: str) -> list[dict[str, Any]]:
    return ledger.measure(measure).table.dicts()


def rows(ledger: Ledger, measure: str, **where: object) -> list[dict[str, Any]]:
    return [row for row in table(ledger, measure) if all(row[name] == value for name, value in where.items())]


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


STEPS = {
    ("mql", "sql"): "mql_to_sql",
    ("sql", "opportunity"): "sql_to_opportunity",
    ("opportunity", "customer"): "opportunity_to_customer",
    ("mql", "customer"): "mql_to_customer",
}


def test_cohorts_old_enough_convert_as_often_as_they_truly_do(
    whole: Ledger, report: SimulationReport
) -> None:
    for (lead_type, _), truth in report.truth.stages.items():
        for (start, end), rate in STEPS.items():
            months = rows(whole, "conversion", from_stage=start, to_stage=end, lead_type=lead_type)
            assert all(month["mature"] for month in months)
            entered, reached = (sum(month[name] for month in months) for name in ("entered", "reached"))
            assert entered > 1_000
            assert holds(reached, entered, getattr(truth, rate)), (lead_type, rate)


def test_each_month_of_a_whole_log_has_an_interval_around_the_truth(
    whole: Ledger, report: SimulationReport
) -> None:
    truth = report.truth.stages["web_form", "smb"].mql_to_customer
    months = rows(whole, "conversion", from_stage="mql", to_stage="customer", lead_type="web_form")
    inside = [month["low"] <= truth <= month["high"] for month in months if month["in_period"]]
    assert len(inside) == 12
    assert sum(inside) >= 10  # each holds it nineteen times in twenty


def test_the_estimate_finds_the_conversion_of_young_cohorts_and_the_naive_ratio_misses_it(
    cut_off: Ledger, report: SimulationReport
) -> None:
    truth = report.truth.stages["web_form", "smb"].mql_to_customer
    (row,) = rows(cut_off, "conversion_estimate", from_stage="mql", to_stage="customer", lead_type="web_form")
    assert estimated(row, truth)
    assert row["high"] - row["low"] < 0.02
    entered = sum(
        month["entered"]
        for month in rows(cut_off, "conversion", from_stage="mql", to_stage="customer", lead_type="web_form")
    )
    for naive in (row["to_date_ratio"], row["in_period_ratio"]):
        assert wilson(round(naive * entered), entered)[1] < truth, "it should miss, or this log shows nothing"


def test_the_estimate_finds_quick_steps_too_whether_the_log_is_whole_or_not(
    whole: Ledger, cut_off: Ledger, report: SimulationReport
) -> None:
    for ledger in (whole, cut_off):
        for (lead_type, _), truth in report.truth.stages.items():
            for (start, end), rate in STEPS.items():
                if ledger is cut_off and end == "customer" and lead_type == "demo":
                    continue  # closes within nine months; nobody has watched that long
                (row,) = rows(
                    ledger, "conversion_estimate", from_stage=start, to_stage=end, lead_type=lead_type
                )
                assert estimated(row, getattr(truth, rate)), (lead_type, rate)


def estimated(row: dict[str, Any], truth: float) -> bool:
    """Whether the measure's interval of 95 %, widened to Z, holds the truth."""
    wider = Z / 1.959963984540054
    low = row["estimate"] - wider * (row["estimate"] - row["low"])
    high = row["estimate"] + wider * (row["high"] - row["estimate"])
    return bool(low <= truth <= high)


def test_depth_finds_how_often_leads_never_reached_are_tried(whole: Ledger, report: SimulationReport) -> None:
    truth = report.truth
    (row,) = rows(whole, "depth", by="all")
    mean = sum(tries * share for tries, share in enumerate(truth.tries))
    spread = sqrt(sum((tries - mean) ** 2 * share for tries, share in enumerate(truth.tries)))
    # A touch before delivery is one attempt more, in 4 leads of 1,000.
    assert abs(row["mean"] - mean) <= Z * spread / sqrt(row["leads"]) + 0.004
    assert holds(row["without"], row["leads"], truth.tries[0])
    assert row["calls"] + row["voicemails"] + row["emails"] == pytest.approx(truth.touches, abs=0.1)


def test_attempts_show_that_who_is_reached_is_reached_early(whole: Ledger) -> None:
    found = rows(whole, "attempts")
    assert sum(row["leads"] for row in found) == rows(whole, "speed", by="all")[0]["delivered"] + void(whole)
    reached = {row["attempts"]: row["connected"] for row in found}
    assert reached[1] > reached[3] > reached[5] > 0
    assert found[-1]["share_of_wins"] == 1.0


def void(ledger: Ledger) -> int:
    """Leads whose duty to be touched ended by itself."""
    return sum(row["state"] == "void" for row in rows(ledger, "first_touch"))


def test_outcomes_find_the_win_rate_and_the_mean_deal(whole: Ledger, report: SimulationReport) -> None:
    for (lead_type, _), truth in report.truth.stages.items():
        (row,) = rows(whole, "outcomes", basis="cohort", by="lead_type", key=lead_type)
        assert holds(row["won"], round(truth.leads), truth.mql_to_customer, allowance=0.001)
        assert float(row["average_deal"]) == pytest.approx(truth.deal_value, rel=0.05)
