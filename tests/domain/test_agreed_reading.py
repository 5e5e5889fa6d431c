"""What the agreement picks as the reading of "sourced" is marketing's everywhere (5.9: pick one, lock it)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead

READINGS = {  # reading → leads that are marketing's by it
    "recorded source": ("m",),
    "first touch": ("m", "f"),
    "touch before sales": ("m", "f", "b"),
}


def told() -> tuple[list[Lead], list[Event]]:
    """Recorded as marketing's; sales' by record, but marketing's touch first; one that sales opened,
    and that asked again before sales followed up; one that was sales' all along.
    """
    owners = {"m": "marketing", "f": "sales", "b": "sales", "s": "sales"}
    born = at("2026-01-05 09:00")
    leads = [Lead(name, source_owner=owner, created_at=born) for name, owner in owners.items()]
    events = [
        event("m", "created", "2026-01-05 09:00", side="marketing"),
        event("f", "created", "2026-01-05 09:00", side="marketing"),
        event("b", "created", "2026-01-05 09:00", side="sales"),
        event("b", "signalled", "2026-01-05 09:30", side="prospect"),
        event("s", "created", "2026-01-05 09:00", side="sales"),
    ]
    for name in owners:
        events += [
            event(name, "handed_off", "2026-01-05 10:00"),
            event(name, "attempted", "2026-01-05 11:00", side="sales", channel="call"),
            event(name, "won", "2026-01-08 10:00", amount=Decimal(100)),
        ]
    return leads, events


@pytest.mark.parametrize("reading", READINGS)
def test_the_agreed_reading_decides_what_is_marketing_s_in_every_measure(
    tmp_path: Path, reading: str
) -> None:
    terms, n = agreement(attribution=reading), len(READINGS[reading])
    with ledger(tmp_path, *told(), at("2026-06-01 00:00"), terms=terms, to_on=date(2026, 1, 31)) as held:
        tables = {
            name: held.measure(name).table.dicts()
            for name in ("attribution", "book", "deal_evidence", "closed_loop", "outcomes")
        }
    [agreed] = [
        row
        for row in tables["attribution"]
        if (row["basis"], row["reading"], row["owner"]) == ("cohort", reading, "marketing")
    ]
    book = next(row for row in tables["book"] if row["basis"] == "cohort")
    [deals] = tables["deal_evidence"]
    [loop] = [
        row for row in tables["closed_loop"] if (row["by"], row["key"]) == ("source_owner", "marketing")
    ]
    inbound = next(row for row in tables["outcomes"] if (row["by"], row["key"]) == ("origin", "inbound"))
    assert {agreed["leads"], book["leads"], deals["leads"], loop["delivered"], inbound["leads"]} == {n}
    assert {book["share"], deals["share"]} == {n / 4}
