"""Why a promise was broken: the one cause, where several would do."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_fixture import at

from accord.promises.causes import Cause, Circumstances, cause_of

START, DUE = at("2026-03-16 09:00"), at("2026-03-16 11:00")
MINUTE = timedelta(minutes=1)


def case(assigned: int | None = 5, **said: bool) -> Circumstances:
    return Circumstances(START, DUE, None if assigned is None else START + assigned * MINUTE, **said)


@pytest.mark.parametrize(
    ("circumstances", "cause"),
    [
        (case(), Cause.REP),
        (case(60), Cause.REP),  # half of the time was left
        (case(61), Cause.SYSTEM),
        (case(500), Cause.SYSTEM),  # assigned after it was due
        (case(None), Cause.CAPACITY),
        (case(over_capacity=True), Cause.CAPACITY),
        (case(absent=True), Cause.ABSENCE),
        (case(incomplete=True), Cause.INFORMATION),
        (case(61, incomplete=True), Cause.INFORMATION),
        (case(61, over_capacity=True, incomplete=True), Cause.CAPACITY),
        (case(61, absent=True, over_capacity=True, incomplete=True), Cause.ABSENCE),
        (case(None, absent=True, incomplete=True), Cause.CAPACITY),
    ],
)
def test_the_cause_is_the_first_that_keeps_a_rep_from_it(circumstances: Circumstances, cause: Cause) -> None:
    assert cause_of(circumstances) is cause


@given(st.none() | st.integers(-600, 600), st.booleans(), st.booleans(), st.booleans())
def test_a_rep_is_named_only_where_nothing_else_stood_in_the_way(
    assigned: int | None, incomplete: bool, absent: bool, over_capacity: bool
) -> None:
    found = cause_of(case(assigned, incomplete=incomplete, absent=absent, over_capacity=over_capacity))
    hindered = assigned is None or assigned > 60 or incomplete or absent or over_capacity
    assert (found is Cause.REP) == (not hindered)
