"""Reasons of rejects and completeness of hand-offs, counted from a log where it holds them."""

from datetime import date
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead
from accord.ledger.score import PromiseScore, PromiseState
from accord.ledger.scoring import score_of

PROMISES = [
    {"id": "M1", "side": "marketing", "measure": "complete_handoffs", "target": "75%"},
    {"id": "S1", "side": "sales", "measure": "feedback_in_time", "target": "60%", "measured_by": "a list"},
]
TERMS = agreement(promises=PROMISES, handoff={"feedback_within": "1 d"})


def scored(folder: Path, *events: Event, to_on: date = date(2026, 12, 31)) -> dict[str, PromiseScore]:
    leads = [Lead(name, lead_type="web_form") for name in sorted({item.lead for item in events})]
    with ledger(folder, leads, events, at("2026-03-31 12:00"), terms=TERMS, to_on=to_on) as opened:
        return {promise.id: promise for side in score_of(opened).sides for promise in side.promises}


def handed(lead: str, outcome: str | None = None) -> Event:
    return event(lead, "handed_off", "2026-03-16 09:00", outcome=outcome)


def rejected(lead: str, reason: str | None = None) -> Event:
    return event(lead, "rejected", "2026-03-16 10:00", side="sales", reason=reason)


def feedback(lead: str, when: str) -> Event:
    return event(lead, "feedback", when, side="sales", reason="duplicate")


def test_hand_offs_that_say_nothing_are_in_neither_part_of_the_share(tmp_path: Path) -> None:
    said = [handed("A", "complete"), handed("B", "complete"), handed("C", "incomplete"), handed("D")]
    found = scored(tmp_path, *said)["M1"]
    assert (found.numerator, found.denominator, found.state) == (2, 3, PromiseState.AT_RISK)


def test_a_log_that_never_says_leaves_the_promise_unmeasured(tmp_path: Path) -> None:
    found = scored(tmp_path, handed("A"), handed("B"), rejected("B"))
    assert {promise.state for promise in found.values()} == {PromiseState.UNMEASURED}
    assert found["M1"].note == "no hand-off of the log says whether it was complete"
    assert found["S1"].note == "the log holds no reason of any reject"


def test_a_reason_counts_with_the_reject_or_within_the_time_for_it(tmp_path: Path) -> None:
    facts = [
        *(handed(name) for name in "ABCDE"),
        *(rejected("A", "duplicate"), rejected("B"), rejected("C"), rejected("D")),
        feedback("B", "2026-03-17 10:00"),  # a working day later, to the minute
        feedback("C", "2026-03-17 10:01"),
    ]
    found = scored(tmp_path, *facts)["S1"]
    assert (found.numerator, found.denominator) == (2, 4)


@pytest.mark.parametrize(("to_on", "counted"), [(date(2026, 3, 31), 1), (date(2026, 3, 15), None)])
def test_a_reject_counts_in_the_period_in_which_it_was_rejected(
    to_on: date, counted: int | None, tmp_path: Path
) -> None:
    early = event("A", "handed_off", "2026-03-13 09:00")
    found = scored(tmp_path, early, rejected("A", "duplicate"), to_on=to_on)["S1"]
    assert found.denominator == (counted or 0)
