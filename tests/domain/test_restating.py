"""What ripens after an interval is closed, and what only a correction can have moved (5.7)."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ledger_fixture import at, event, ledger

from accord.lead.events import Lead
from accord.ledger.restating import HELD, differences, differs, digest, intervals, was_seen


def figures(**changed: Any) -> dict[str, Any]:
    """One interval's figures; `cohort_customers=7` changes one."""
    line: dict[str, Any] = {
        "leads": 100, "customers": 5, "revenue": "10000", "total_revenue": "16000", "unpriced": 0,
    }  # fmt: skip
    cohort = {**line, "accepted": 90, "rejected": 10, "undecided": 0, "value": "7500"}
    found = {"cohort": cohort, "close": dict(line), "goals": []}
    for name, value in changed.items():
        basis, _, which = name.partition("_")
        found[basis][which] = value
    return found


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({"close_revenue": "12000"}, True),
        ({"close_customers": 6}, True),
        ({"close_total_revenue": None}, True),
        ({"cohort_leads": 99}, True),
        ({"cohort_customers": 6}, False),
        ({"cohort_customers": 4}, True),
        ({"cohort_revenue": "9000"}, True),
        ({"cohort_revenue": None}, True),
        ({"cohort_accepted": 89}, True),
    ],
)
def test_a_figure_that_can_only_be_corrected_differs_and_one_that_grows_ripens(
    change: dict[str, Any], held: bool
) -> None:
    (found,) = differences(figures(), figures(**change))
    assert found.held is held is differs(figures(), figures(**change))


def test_acceptance_ripens_while_anything_was_undecided() -> None:
    before = figures(cohort_undecided=3)
    assert not differs(before, figures(cohort_accepted=93))
    assert differs(figures(), figures(cohort_accepted=93))


def test_a_hand_off_that_follows_its_deal_ripens_what_was_accepted_and_moves_no_lead(tmp_path: Path) -> None:
    leads = [Lead(name, source_owner="marketing", created_at=at("2026-01-02 00:00")) for name in "ab"]
    then = [event("a", "handed_off", "2026-01-03 10:00"), event("b", "opportunity", "2026-01-10 10:00")]
    later = [*then, event("b", "handed_off", "2026-02-10 10:00"), event("b", "accepted", "2026-02-10 11:00")]
    january = []
    for name, events, now in (("then", then, "2026-02-05 00:00"), ("later", later, "2026-03-01 00:00")):
        with ledger(tmp_path / name, leads, events, at(now), to_on=date(2026, 2, 28)) as held:
            lines = [row for row in held.measure("book").table.dicts() if row["number"] == 0]
        january.append({row["basis"]: row for row in lines})
    assert [each["cohort"]["leads"] for each in january] == [2, 2]
    assert [each["cohort"]["accepted"] for each in january] == [1, 2]
    assert not differs(*january), "nothing was recorded anew"


def goal(**said: Any) -> dict[str, Any]:
    return {
        "promise": "M1", "measure": "accepted_leads", "lead_type": None, "stream": None, "goal": 100.0,
        "low": 90.0, "high": 110.0, "actual": 90.0, "deviation": -0.1, "state": "within", **said,
    }  # fmt: skip


def moved(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, object, object, bool, bool]]:
    return [
        (one.name, one.before, one.after, one.held, one.agreed)
        for one in differences(figures() | {"goals": [before]}, figures() | {"goals": [after]})
    ]


def test_what_came_towards_a_goal_differs_after_a_correction() -> None:
    assert moved(goal(), goal(actual=88.0)) == [("actual", 90.0, 88.0, True, False)]
    won = goal(measure="revenue", promise="J1", actual=10_000.0)
    assert moved(won, won | {"actual": 12_000.0}) == [("actual", 10_000.0, 12_000.0, True, False)]
    assert not moved(goal(), goal(deviation=None, state=None)), "what follows is told once"


def test_what_came_ripens_while_leads_were_undecided() -> None:
    then = figures(cohort_undecided=3) | {"goals": [goal()]}
    now = figures(cohort_undecided=3) | {"goals": [goal(actual=92.0)]}
    assert [one.held for one in differences(then, now)] == [False] and not differs(then, now)


def test_a_goal_that_a_later_version_states_otherwise_is_agreed_anew_and_no_correction() -> None:
    later = goal(goal=120.0, low=108.0, high=132.0)
    assert moved(goal(), later) == [
        ("goal", 100.0, 120.0, False, True), ("low", 90.0, 108.0, False, True),
        ("high", 110.0, 132.0, False, True),
    ]  # fmt: skip
    assert not differs(figures() | {"goals": [goal()]}, figures() | {"goals": [later]})
    assert moved(goal(), goal(promise="M9")) == [
        ("goal", 100.0, None, False, True), ("goal", None, 100.0, False, True),
    ]  # fmt: skip


def test_what_follows_from_other_prices_was_agreed_anew_and_the_rest_is_held_still() -> None:
    worth = goal(promise="M2", measure="lead_value", actual=7_500.0)
    then = figures() | {"goals": [worth]}
    now = figures(cohort_value="9000", close_customers=6) | {"goals": [worth | {"actual": 9_000.0}]}
    assert [one.held for one in differences(then, now)] == [True, True, True]
    found = {(one.basis, one.name): (one.held, one.agreed) for one in differences(then, now, revalued=True)}
    assert found == {
        ("close", "customers"): (True, False),
        ("cohort", "value"): (False, True),
        ("goals", "actual"): (False, True),
    }
    leads = goal(), goal(actual=88.0)
    before, after = (figures() | {"goals": [one]} for one in leads)
    assert [one.held for one in differences(before, after, revalued=True)] == [True], "a count has no price"


def test_a_confirmation_from_before_goals_counted_holds_for_the_same_held_figures() -> None:
    now = figures() | {"goals": [goal()]}
    told = {basis: {name: now[basis][name] for name in names} for basis, names in HELD.items()}
    before = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    assert was_seen(before, now) and was_seen(digest(now), now)
    assert not was_seen(before, figures(close_revenue="12000") | {"goals": [goal()]})
    assert not was_seen(digest(figures() | {"goals": [goal(goal=120.0)]}), now)


def test_two_people_have_to_have_seen_the_same_goals() -> None:
    then = figures() | {"goals": [goal()]}
    assert digest(then) != digest(figures() | {"goals": [goal(goal=120.0)]})
    assert digest(then) == digest(figures() | {"goals": [goal(actual=92.0, state="over")]})


def test_the_same_amount_written_otherwise_is_the_same() -> None:
    assert not differences(figures(), figures(close_revenue="10000.00"))


def test_two_people_have_seen_the_same_where_what_is_held_is_the_same() -> None:
    assert digest(figures()) == digest(figures(cohort_customers=6))
    assert digest(figures()) != digest(figures(close_revenue="12000"))


def test_intervals_are_the_lines_of_both_bases_without_the_pool() -> None:
    lines = [
        {"basis": basis, "interval": number, "from": f"2026-0{(number or 0) + 1}-01", "to": "x"}
        for basis in ("cohort", "close")
        for number in (1, 0, None)
    ]
    goals = [{"number": 1, "promise": "M1"}]
    found = list(intervals({"lines": lines, "goals": goals}))
    assert [one["from"] for one in found] == ["2026-01-01", "2026-02-01"]
    assert [len(one["goals"]) for one in found] == [0, 1]
