"""The counts that the plan's certainty rests on come from mature cohorts alone (S4.28, DOMAIN 5.3)."""

from fractions import Fraction
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, write_log

from accord.lead.events import Event, Kind, Lead
from accord.ledger.evidence import best, history
from accord.plan.odds.certainty import certainty

AS_OF = at("2026-06-01 00:00")


def cohort(month: str, handed: int, confirmed: int) -> tuple[list[Lead], list[Event]]:
    """So many leads handed off on the 10th of a month; the first of them confirmed ten days later."""
    names = [f"{month}-{n}" for n in range(handed)]
    leads = [Lead(name, lead_type="web_form") for name in names]
    events = [event(name, Kind.HANDED_OFF, f"2026-{month}-10 10:00") for name in names]
    events += [event(name, Kind.SALES_QUALIFIED, f"2026-{month}-20 10:00") for name in names[:confirmed]]
    return leads, events


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """40 of 100 in February and 20 of 50 in March are old enough; May's 1 of 50 still grows."""
    made = [cohort("02", 100, 40), cohort("03", 50, 20), cohort("05", 50, 1)]
    write_log(
        tmp_path / "log", [x for leads, _ in made for x in leads], [x for _, rows in made for x in rows]
    )
    return tmp_path / "log"


def test_young_cohorts_do_not_count(log: Path) -> None:
    found = history(agreement(), log, AS_OF)
    assert found["all", "web_form"]["mql_to_sql"] == (60, 150)
    assert 61 / 200 != 60 / 150, "the ratio over all leads reads too low"


def test_only_rates_that_the_agreement_names_are_counted(log: Path) -> None:
    assert set(history(agreement(), log, AS_OF)["all", "web_form"]) <= {
        "mql_to_sql",
        "sql_to_opportunity",
        "opportunity_to_customer",
    }
    other = {"demo": {"mql_to_sql": "34%", "sql_to_customer": "20%"}}
    assert history(agreement(lead_types=other, follow_up={}), log, AS_OF) == {}


def test_the_plan_takes_the_counts_as_its_evidence(log: Path) -> None:
    terms = agreement()
    rates = {rate.name: rate for rate in certainty(terms, history=history(terms, log, AS_OF)).rates}
    assert (rates["mql_to_sql"].converted, rates["mql_to_sql"].entered) == (60, 150)


def test_the_best_month_is_that_of_a_mature_cohort_and_of_enough_leads(log: Path) -> None:
    found = best(agreement(), log, AS_OF)
    assert found["mql_to_sql"] == Fraction(40, 100)
    assert "revenue" not in found
    assert found["first_touch_in_time"] == 0, "nobody was ever touched"
