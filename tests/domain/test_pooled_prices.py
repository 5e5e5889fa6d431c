"""A price from leads of other personas is no measurement of this one (5.6: small cells are pooled)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Lead
from accord.ledger.book_output import proposal_values, verdict
from accord.ledger.recalibrating import read_measured
from accord.plan.recalculation import recalculate


def test_a_persona_that_is_pooled_with_all_is_said_to_be_and_is_not_advised(tmp_path: Path) -> None:
    """10 leads of CEOs with one customer beside 390 of managers with 39: 40 customers, but not the CEOs'."""
    terms = agreement(
        value={"by": "persona", "prices": {"ceo": "100", "manager": "40"}}, handoff={"trigger": "mql"}
    )
    names = {f"p{n}": "ceo" if n < 10 else "manager" for n in range(400)}
    born = at("2026-01-02 09:00")
    leads = [Lead(name, lead_type="web_form", persona=who, created_at=born) for name, who in names.items()]
    events = [event(name, "handed_off", "2026-01-03 10:00") for name in names]
    events += [
        event(name, "won", "2026-01-05 10:00", amount=Decimal(4000 if name == "p0" else 500))
        for name in list(names)[::10]
    ]
    with ledger(
        tmp_path, leads, events, at("2026-06-20 00:00"), terms=terms, to_on=date(2026, 1, 31)
    ) as held:
        found = {one.path[-1]: one for one in recalculate(terms, read_measured(held)).proposals}
    ceo, manager = found["ceo"], found["manager"]
    assert (ceo.evidence.pooled, ceo.evidence.few, ceo.advised) == (True, True, False)
    assert verdict(ceo) == "measured of others too"
    assert proposal_values(ceo)["pooled"] is True
    assert (manager.evidence.pooled, manager.evidence.few) == (False, False), "39 customers of their own"
