"""A duplicate counts for nothing: the lead that it went into has the credit (5.9) and the value (5.6)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Lead
from accord.ledger.engine import Ledger
from accord.ledger.scoring import promise_scores

TEN = {"id": "M1", "side": "marketing", "measure": "delivered_leads", "target": "10", "band": "10%"}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Ten hand-offs, of which five were merged, and one win."""
    names = [f"l{number}" for number in range(10)]
    born = at("2026-01-05 09:00")
    leads = [Lead(name, lead_type="web_form", source_owner="marketing", created_at=born) for name in names]
    events = [event(name, "handed_off", "2026-01-05 10:00", value=Decimal(100)) for name in names]
    events += [event(name, "merged", "2026-01-06 10:00") for name in names[:5]]
    events += [event("l0", "won", "2026-01-05 12:00", amount=Decimal(100))]  # the deal went into l9 too
    events += [event("l9", "won", "2026-01-08 10:00", amount=Decimal(100))]
    folder = tmp_path_factory.mktemp("log")
    terms = agreement(handoff={"accept_within": "24 h"}, promises=[TEN])
    with ledger(folder, leads, events, at("2026-03-01 00:00"), terms=terms, to_on=date(2026, 1, 31)) as book:
        yield book


def first(held: Ledger, name: str, **where: object) -> dict[str, object]:
    rows = held.measure(name).table.dicts()
    return next(row for row in rows if all(row[column] == value for column, value in where.items()))


def test_the_book_and_the_conversion_count_each_lead_and_each_deal_once(held: Ledger) -> None:
    cohort, close = (first(held, "book", basis=basis, number=0) for basis in ("cohort", "close"))
    assert (cohort["leads"], cohort["customers"], cohort["conversion"]) == (5, 1, 0.2)
    assert (close["customers"], close["revenue"]) == (1, 100)
    step = first(held, "conversion", from_stage="mql", to_stage="customer", lead_type=None)
    assert (step["entered"], step["reached"]) == (5, 1)


@pytest.mark.parametrize("measure", ["attribution", "outcomes"])
def test_what_came_of_leads_is_told_of_each_once(held: Ledger, measure: str) -> None:
    row = first(held, measure, basis="cohort")
    assert (row["leads"], row["won"], row["revenue"]) == (5, 1, 100)


def test_a_duplicate_brings_no_value_and_no_work(held: Ledger) -> None:
    row = first(held, "delivery", by="all")
    assert (row["delivered"], row["merged"], row["accepted"]) == (10, 5, 5), "as they came, and what counts"
    assert (row["value_delivered"], row["value"]) == (500, 500)
    assert first(held, "closed_loop", by="all")["delivered"] == 5
    assert first(held, "capacity_use", span="month")["leads"] == 5


def test_duplicates_keep_no_promise_of_a_number(held: Ledger) -> None:
    (promise,) = promise_scores(held)
    assert (promise.actual, promise.state.value) == (5, "broken")


def test_clocks_go_by_every_hand_off(held: Ledger) -> None:
    """Each had to be answered until somebody found it out."""
    assert held.query("SELECT count(*) FROM timed WHERE promise = 'first_touch_in_time'").rows == ((10,),)
