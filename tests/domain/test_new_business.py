"""What existing customers bring is no new business: the plan asks marketing for a share of the new alone."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead
from accord.ledger.engine import Ledger
from accord.ledger.recalibrating import read_measured
from accord.plan.recalculation import recalculate

GOAL = {"revenue": "100000", "deal_value": "2000", "retention_share": "20%", "from_marketing": "60%"}


def won(owner: str, deals: int) -> tuple[list[Lead], list[Event]]:
    names = [f"{owner}{number}" for number in range(deals)]
    leads = [
        Lead(name, lead_type="web_form", source_owner=owner, created_at=at("2026-01-02 09:00"))
        for name in names
    ]
    events = [event(name, "handed_off", "2026-01-03 10:00") for name in names]
    return leads, events + [event(name, "won", "2026-01-05 10:00", amount=Decimal(1000)) for name in names]


def opened(folder: Path, *more: tuple[list[Lead], list[Event]]) -> Ledger:
    told = [won("marketing", 48), won("sales", 32), won("retention", 20), *more]
    leads, events = ([one for part in told for one in part[side]] for side in (0, 1))
    return ledger(
        folder, leads, events, at("2026-06-20 00:00"), terms=agreement(goal=GOAL), to_on=date(2026, 1, 31)
    )


def test_marketing_s_share_is_measured_of_what_the_plan_applies_it_to(tmp_path: Path) -> None:
    """48 of 80 are the 60 % agreed; 48 of 100 would take off again what existing customers bring."""
    with opened(tmp_path) as held:
        (row,) = held.measure("deal_evidence").table.dicts()
        assert (row["all_customers"], row["total_revenue"], row["share"]) == (80, 80_000, 0.6)
        proposed = {one.key for one in recalculate(held.agreement, read_measured(held)).proposals}
    assert not {key for key in proposed if key.endswith("from_marketing")}


def test_the_ledger_s_total_revenue_is_of_all_customers(tmp_path: Path) -> None:
    """S0.18 (e) and S0.22 are of the total, whoever brought it."""
    with opened(tmp_path) as held:
        closed = [row for row in held.measure("book").table.dicts() if row["basis"] == "close"]
    assert {(row["total_revenue"], row["share"]) for row in closed} == {(100_000, 0.48)}


def test_deals_of_existing_customers_neither_fill_nor_cover_the_quota_of_new_business(tmp_path: Path) -> None:
    lead = Lead("R", lead_type="web_form", source_owner="retention", created_at=at("2026-01-02 09:00"))
    with opened(tmp_path, ([lead], [event("R", "opportunity", "2026-01-20 10:00", amount=5000)])) as held:
        row = held.measure("coverage").table.dicts()[0]
    assert (row["by"], row["won"], row["quota"] - row["quota_left"]) == ("all", 80_000, 80_000)
    assert (row["open_deals"], row["pipeline"], row["later"]) == (0, 0, 0)
