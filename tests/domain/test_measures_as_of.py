"""What was not known yet counts nowhere; days end at the local midnight; sums are alike in every run."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Promise
from accord.lead.events import Lead
from accord.ledger.scoring import score_of
from accord.ledger.tally import tally

NOW = "2026-03-16 12:00"


def test_a_lead_created_after_as_of_is_counted_nowhere(tmp_path: Path) -> None:
    leads = [
        Lead("now", created_at=at("2026-03-01 09:00")),
        Lead("later", created_at=at("2026-04-01 09:00")),
        Lead("told later"),  # nobody said when it was created, and all that is told of it comes later
        Lead("untimed"),  # of which nothing is ever told: an export without dates
        Lead("created after its first event", created_at=at("2026-05-01 09:00")),
    ]
    events = [
        event("told later", "handed_off", "2026-03-20 09:00"),
        event("now", "handed_off", "2026-03-02 09:00"),
        event("created after its first event", "attempted", "2026-03-02 09:00", side="sales"),
        event("recorded later", "won", "2026-03-03 09:00", recorded_at=at("2026-03-17 09:00")),
    ]
    with ledger(tmp_path, leads, events, at(NOW)) as opened:
        known = {row[0] for row in opened.query("SELECT lead FROM cycle").rows}
        [logged] = [
            row
            for row in opened.measure("outcomes").table.dicts()
            if (row["basis"], row["by"]) == ("log", "all")
        ]
        result = score_of(opened)
    assert known == {"now", "untimed", "created after its first event"}
    assert logged["leads"] == result.leads == 3
    assert any(text.startswith("2 leads were never handed off") for text in result.warnings)


def test_a_cohort_is_mature_by_the_local_midnight(tmp_path: Path) -> None:
    """At the end of January in Istanbul it is still the evening of the 31st in UTC."""
    istanbul = {"office": {"zone": "Europe/Istanbul", "hours": {"mon-fri": "09:00-17:00"}}}
    leads = [Lead(f"L{n}", lead_type="web_form") for n in range(3)]
    events = [
        fact
        for lead in leads
        for fact in (
            event(lead.lead, "handed_off", "2026-01-05 09:00"),
            event(lead.lead, "sales_qualified", "2026-01-05 10:00"),
        )
    ]
    terms = agreement(calendars=istanbul)
    for moment, mature in (("2026-01-31 21:59:59", False), ("2026-01-31 22:00", True)):
        with ledger(tmp_path / moment[-2:], leads, events, at(moment), terms=terms) as opened:
            rows = opened.measure("conversion").table.dicts()
        found = [row for row in rows if (row["from_stage"], row["to_stage"]) == ("mql", "sql")]
        assert [row["mature"] for row in found if row["lead_type"] is None] == [mature]


def test_sums_of_money_are_exact_whatever_the_order_of_rows(tmp_path: Path) -> None:
    leads = [Lead(f"L{n}", lead_type="web_form") for n in range(30)]
    events = [
        event(lead.lead, "won", "2026-03-02 09:00", seq=n, amount=Decimal("0.10"))
        for n, lead in enumerate(leads)
    ]
    promise = {"id": "J1", "side": "both", "measure": "revenue", "target": "3"}
    terms = agreement(promises=[promise])
    day = date(2026, 3, 2)
    with ledger(tmp_path, leads, events, at(NOW), terms=terms, from_on=day, to_on=day) as opened:
        found = tally(opened, Promise.model_validate(promise))
        [row] = opened.measure("pace_summary").table.dicts()
    assert found.amount == 3.0  # thirty times 0.1 as a float is 2.9999999999999996
    assert row["actual"] == 3.0
