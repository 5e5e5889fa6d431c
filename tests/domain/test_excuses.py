"""Until when a breach may be excused: one rule for the verdict, the act and the page (C10)."""

from datetime import datetime, timedelta

import pytest
from ledger_fixture import agreement, at, event

from accord.agreement.terms import Side
from accord.lead.events import Lead
from accord.lead.lifecycle import fold
from accord.promises.excuses import excusable_until, is_excused
from accord.worktime.duration import Duration

TERMS = agreement()
OFFICE = TERMS.calendar("office")
DUE = at("2026-03-16 10:00")


@pytest.mark.parametrize("within", ["2 h", "8 h", "1 d", "3 h wall"])
def test_the_verdict_takes_an_excuse_up_to_the_very_instant_that_pages_tell(within: str) -> None:
    length = Duration.parse(within)
    until = excusable_until(length, OFFICE, DUE)
    assert until is not None and until >= DUE

    def excused(when: datetime) -> bool:
        cycle = fold(Lead("A"), [event("A", "excused", when, side="marketing")], when)
        return is_excused(cycle, Side.SALES, ("x",), due_at=DUE, within=length, on=OFFICE)

    assert excused(until) and not excused(until + timedelta(microseconds=1))


def test_without_an_agreed_time_any_time_does() -> None:
    assert excusable_until(None, OFFICE, DUE) is None
