"""Whether customers stay and are content, where the log has it (S4.4, C12)."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead
from accord.ledger.score import PromiseScore, PromiseState
from accord.ledger.scoring import score_of

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
END = "2026-04-15 00:00"


def customers(
    folder: Path, leads: Iterable[Lead], events: Iterable[Event], as_of: str = END
) -> dict[tuple[object, object], dict[str, object]]:
    with ledger(folder, leads, events, at(as_of), **MARCH) as book:
        return {(row["by"], row["key"]): row for row in book.measure("customers").table.dicts()}


def whole(folder: Path, events: Iterable[Event], *names: str, as_of: str = END) -> dict[str, object]:
    return customers(folder, [Lead(name) for name in names], events, as_of)["all", "all"]


def won(*names: str, on: str = "2026-01-10") -> list[Event]:
    return [event(name, "won", f"{on} 10:00") for name in names]


def rated(name: str, word: str | None, on: str = "2026-03-10", **said: object) -> Event:
    return event(name, "rated", f"{on} 10:00", outcome=word, side="prospect", **said)


def test_retention_is_of_the_customers_at_the_start_who_are_customers_at_the_end(tmp_path: Path) -> None:
    events = [
        *won("A", "B", "C", "D"),
        event("D", "churned", "2026-03-20 10:00", reason="went out of business"),
        *won("E", on="2026-03-05"),
    ]
    row = whole(tmp_path, events, *"ABCDE")
    assert (row["at_start"], row["stayed"], row["left"], row["retention"]) == (4, 3, 1, 0.75)
    assert (row["joined"], row["at_end"]) == (1, 4)
    assert row["retention"] != 4 / 5, "who came in the period is in neither"
    assert row["retention"] != 4 / 4, "as many at the end as at the start is no retention of all"
    assert row["small"] is True


def test_who_left_before_the_period_is_no_customer_and_who_came_back_is(tmp_path: Path) -> None:
    events = [
        *won("A", "B"),
        event("A", "churned", "2026-02-10 10:00"),
        event("B", "churned", "2026-02-10 10:00"),
        event("B", "renewed", "2026-02-20 10:00"),
    ]
    row = whole(tmp_path, events, "A", "B")
    assert (row["at_start"], row["stayed"], row["retention"]) == (1, 1, 1)


def test_who_leaves_and_comes_back_within_the_period_stayed(tmp_path: Path) -> None:
    events = [
        *won("A"),
        event("A", "churned", "2026-03-05 10:00"),
        event("A", "renewed", "2026-03-25 10:00"),
    ]
    row = whole(tmp_path, events, "A")
    assert (row["stayed"], row["renewed"]) == (1, 1)


def test_leads_of_one_account_are_one_customer(tmp_path: Path) -> None:
    leads = [Lead("A1", account="Acme"), Lead("A2", account="Acme"), Lead("Acme")]
    events = [*won("A1", "A2", "Acme"), event("A2", "churned", "2026-03-20 10:00")]
    row = customers(tmp_path, leads, events)["all", "all"]
    assert (row["at_start"], row["stayed"]) == (2, 1), "the lead that is called like the account is another"


def test_a_log_without_renewals_or_leavers_cannot_tell_who_stayed(tmp_path: Path) -> None:
    row = whole(tmp_path, won("A", "B"), "A", "B")
    assert row["at_start"] == 2
    assert (row["stayed"], row["left"], row["retention"], row["retention_low"]) == (None, None, None, None)


def test_what_happens_after_as_of_or_is_taken_back_is_not_known(tmp_path: Path) -> None:
    events = [
        *won("A"),
        event("A", "churned", "2026-03-20 10:00", seq=7),
        event("A", "withdrawn", "2026-03-22 10:00", outcome="7", seq=8),
        event("B", "renewed", "2026-01-20 10:00"),
    ]
    assert whole(tmp_path / "a", events, "A", "B", as_of="2026-03-19 00:00")["left"] == 0
    assert whole(tmp_path / "b", events, "A", "B", as_of="2026-03-21 00:00")["left"] == 1
    assert whole(tmp_path / "c", events, "A", "B")["left"] == 0


def test_satisfaction_is_of_those_who_said_and_the_last_word_counts(tmp_path: Path) -> None:
    events = [
        *won(*"ABCDE"),
        rated("A", "satisfied"),
        rated("B", "not satisfied"),
        rated("C", "not_satisfied"),
        rated("C", "Satisfied", on="2026-03-11"),
        rated("D", "so so"),
        rated("E", None),
        rated("A", "not satisfied", on="2026-02-10"),
    ]
    row = whole(tmp_path, events, *"ABCDE")
    assert (row["asked"], row["answered"], row["satisfied"]) == (5, 3, 2)
    assert row["satisfaction"] == pytest.approx(2 / 3)
    assert row["satisfaction"] != 2 / 5, "another word is no answer, nor a no"
    assert row["satisfaction_low"] == pytest.approx(0.2077, abs=1e-4)
    assert row["satisfaction_high"] == pytest.approx(0.9385, abs=1e-4)
    assert row["few_answers"] is True


@pytest.mark.parametrize("words", [("satisfied", "not satisfied"), ("not satisfied", "satisfied")])
def test_of_two_ratings_at_one_instant_the_worse_counts_whatever_their_order(
    tmp_path: Path, words: tuple[str, str]
) -> None:
    found = whole(tmp_path, [*won("A"), *(rated("A", word) for word in words)], "A")
    assert (found["answered"], found["satisfied"]) == (1, 0)


@pytest.mark.parametrize("word", [None, "satisfied", "not satisfied"])
@pytest.mark.parametrize("kinds", [("renewed", "churned"), ("churned", "renewed")])
def test_who_renews_and_leaves_at_one_instant_stays_whatever_the_order_and_the_words(
    tmp_path: Path, kinds: tuple[str, str], word: str | None
) -> None:
    said = [event("A", kind, "2026-03-20 10:00", outcome=word) for kind in kinds]
    assert whole(tmp_path, [*won("A"), *said], "A")["stayed"] == 1


def test_customers_are_told_by_stream_segment_and_type(tmp_path: Path) -> None:
    leads = [Lead("A", stream="smb"), Lead("B", stream="big")]
    rows = customers(tmp_path, leads, [*won("A", "B"), event("B", "churned", "2026-03-20 10:00")])
    assert (rows["stream", "smb"]["retention"], rows["stream", "big"]["retention"]) == (1, 0)


def test_a_log_without_customers_has_no_rows(tmp_path: Path) -> None:
    assert customers(tmp_path, [Lead("A")], [event("A", "handed_off", "2026-03-02 10:00")]) == {}


PROMISED = agreement(
    promises=[
        {"id": "R", "side": "both", "measure": "retention", "target": "90%"},
        {"id": "S", "side": "sales", "measure": "satisfaction", "target": "60%"},
        {"id": "A", "side": "sales", "measure": "accounts_managed", "target": "60%"},
    ]
)


def promised(folder: Path, events: Iterable[Event], as_of: str = END) -> dict[str, PromiseScore]:
    leads = [Lead(name) for name in "ABCD"]
    with ledger(folder, leads, events, at(as_of), terms=PROMISED, **MARCH) as book:
        return {one.id: one for side in score_of(book).sides for one in side.promises}


def test_promises_of_retention_and_satisfaction_are_judged_where_the_log_has_them(tmp_path: Path) -> None:
    events = [*won(*"ABCD"), event("D", "churned", "2026-03-20 10:00"), rated("A", "satisfied")]
    found = promised(tmp_path, events)
    assert (found["R"].state, found["R"].numerator, found["R"].denominator) == (PromiseState.BROKEN, 3, 4)
    assert (found["S"].state, found["S"].actual) == (PromiseState.KEPT, 1)
    assert found["A"].state is PromiseState.UNMEASURED


def test_a_promise_of_retention_is_broken_as_soon_as_too_many_left(tmp_path: Path) -> None:
    """No new customers come to those at the start, so nothing to come can mend it."""
    events = [*won(*"ABCD"), event("D", "churned", "2026-03-02 10:00")]
    assert promised(tmp_path, events, "2026-03-03 00:00")["R"].state is PromiseState.BROKEN


def test_what_the_log_does_not_have_is_not_measured_and_says_so(tmp_path: Path) -> None:
    found = promised(tmp_path, won(*"ABCD"))
    assert {one.state for one in found.values()} == {PromiseState.UNMEASURED}
    assert found["R"].note == "the log holds no event renewed or churned"
    assert found["S"].note == "the log holds no event rated"
    assert found["A"].note == "the log does not hold what this is counted from"
    assert {one.actual for one in found.values()} == {None}
