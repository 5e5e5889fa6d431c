"""A reject that an arbitration took back leaves the lead in the depth (5.2, 5.4)."""

from pathlib import Path

from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Lead

CADENCE = {"first_touch": "60 min", "cadence": [{"by": "14 d", "attempts": 3}]}


def test_depth_leaves_out_rejects_that_stood_and_no_others(tmp_path: Path) -> None:
    names = ("overturned", "upheld", "tried")
    events = [event(name, "handed_off", "2026-01-05 10:00") for name in names]
    events += [
        event(name, "rejected", "2026-01-05 10:20", side="sales", reason="duplicate") for name in names[:2]
    ]
    events += [
        event("overturned", "arbitrated", "2026-01-06 10:00", outcome="overturned"),
        event("upheld", "arbitrated", "2026-01-06 10:00", outcome="upheld"),
        event("tried", "attempted", "2026-01-05 10:30", side="sales", channel="call"),
    ]
    terms = agreement(follow_up=CADENCE, handoff={"reject_reasons": ["duplicate"]})
    with ledger(
        tmp_path, [Lead(name) for name in names], events, at("2026-03-01 00:00"), terms=terms
    ) as held:
        row = held.measure("depth").table.dicts()[0]
    assert (row["by"], row["leads"], row["without"], row["mean"]) == ("all", 2, 1, 0.5)
