"""Wins and misses: both sides alike, nothing undecided, no person's name (S0.10, S0.11)."""

from dataclasses import asdict
from datetime import date

from test_standup import a_score, promise

from accord.ledger.score import PromiseState
from accord.report.announcing import closing, early

KEPT = {"state": PromiseState.KEPT, "final": PromiseState.KEPT}
BROKEN = {"state": PromiseState.BROKEN, "final": PromiseState.BROKEN}
SALES = {"side": "sales", "title": "First touch in time", "unit": "share"}


def test_both_sides_are_told_of_alike() -> None:
    found = closing(
        a_score(
            promise("M1", **KEPT),
            promise("M2", "lead_value", **BROKEN),
            promise("S1", "first_touch_in_time", **SALES, **KEPT),
            promise("S2", "cadence_kept", **SALES, **BROKEN),
        )
    )
    assert [(one.side, one.promise) for one in found.wins] == [("marketing", "M1"), ("sales", "S1")]
    assert [(one.side, one.promise) for one in found.misses] == [("marketing", "M2"), ("sales", "S2")]


def test_what_is_not_decided_or_not_measured_is_neither_won_nor_missed() -> None:
    found = closing(
        a_score(
            promise("M1", state=PromiseState.AT_RISK),
            promise("M2", state=PromiseState.UNMEASURED),
            promise("M3", state=PromiseState.OVER, final=PromiseState.OVER),
        )
    )
    assert (found.wins, found.misses) == ((), ())
    assert [one.promise for one in found.undecided] == ["M1"]
    assert [one.promise for one in found.over] == ["M3"]  # more than agreed is no win (S4.27)
    assert found.tells
    assert not closing(a_score(promise("M2", state=PromiseState.UNMEASURED))).tells


def test_a_goal_counts_as_early_only_before_the_last_day_and_only_where_it_is_whole() -> None:
    reached = promise("M1", actual=3900.0, state=PromiseState.OVER)
    near = promise("M2", "lead_value", actual=3899.0)
    share = promise("S1", "first_touch_in_time", **SALES, target=0.9, actual=0.99)
    score = a_score(reached, near, share)
    assert [one.promise for one in early(score, date(2026, 3, 20))] == ["M1"]
    assert early(score, date(2026, 3, 31)) == ()


def test_nothing_in_it_names_a_person() -> None:
    told = asdict(closing(a_score(promise("M1", **BROKEN))).misses[0])
    assert set(told) == {
        "promise",
        "title",
        "side",
        "unit",
        "actual",
        "promised",
        "kept",
        "of",
        "pending",
        "few",
    }
