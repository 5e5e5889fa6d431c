"""A cohort is mature once its youngest lead is older than nine in ten wins took, in every measure (5.3)."""

from datetime import date
from pathlib import Path

from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead

STEP = {"from_stage": "mql", "to_stage": "customer"}


def test_one_slow_win_makes_no_cohort_young_in_one_measure_and_mature_in_another(tmp_path: Path) -> None:
    """Nine wins in ten hours, one in 70 days: by the slowest March is young, by nine in ten it is mature."""
    names = [f"{month}-{n}" for month in (1, 2, 3) for n in range(10)]
    leads = [Lead(name, lead_type="web_form", stream="all", segment="one") for name in names]
    events: list[Event] = []
    for name in names:
        events.append(event(name, "handed_off", f"2026-0{name[0]}-02 08:00"))
        slow = name == "1-9"
        events += [event(name, "won", "2026-03-13 08:00" if slow else f"2026-0{name[0]}-02 18:00")]
    with ledger(
        tmp_path, leads, events, at("2026-04-01 10:30"), terms=agreement(), to_on=date(2026, 3, 31)
    ) as held:
        tables = {
            name: [
                row
                for row in held.measure(name).table.dicts()
                if all(row[key] == value for key, value in STEP.items())
            ]
            for name in ("conversion", "conversion_estimate", "conversion_cells")
        }
    mature = sum(row["entered"] for row in tables["conversion"] if row["mature"] and row["lead_type"] is None)
    together = next(row for row in tables["conversion_estimate"] if row["lead_type"] is None)
    cell = next(row for row in tables["conversion_cells"] if row["by"] == "stream")
    assert (mature, together["mature_entered"], cell["entered"]) == (30, 30, 30)
