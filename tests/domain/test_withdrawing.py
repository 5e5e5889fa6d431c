"""What was logged by mistake is taken back: it counts no more from then on, and did in between."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_fixture import agreement, write_log

from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import fold
from accord.lead.standing import Standing, standing
from accord.lead.withdrawing import STAYS
from accord.ledger.why import explain

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEAD = Lead("L-1", created_at=START)
TAKES = st.sampled_from(sorted(set(Kind) - STAYS))


def fact(seq: int, kind: Kind, minute: int, **said: object) -> Event:
    at = START + timedelta(minutes=minute)
    return Event(seq, "L-1", kind, at, **{"recorded_at": at, **said})  # type: ignore[arg-type]


def taken_back(seq: int, which: int, minute: int) -> Event:
    return fact(seq, Kind.WITHDRAWN, minute, outcome=str(which))


STORY = [fact(1, Kind.CREATED, 0), fact(2, Kind.HANDED_OFF, 1), fact(3, Kind.ACCEPTED, 5)]


def seqs(events: list[Event], minute: int) -> list[int]:
    return [event.seq for event in fold(LEAD, events, START + timedelta(minutes=minute)).events]


def test_what_was_taken_back_counts_no_more_and_was_known_in_between() -> None:
    events = [*STORY, taken_back(4, 3, 8)]
    assert seqs(events, 7) == [1, 2, 3]
    assert seqs(events, 8) == [1, 2]
    assert standing(fold(LEAD, events, START + timedelta(minutes=7))) is Standing.ACCEPTED
    after = fold(LEAD, events, START + timedelta(minutes=8))
    assert standing(after) is Standing.DELIVERED and after.taken_back == {STORY[2]}


def test_a_withdrawal_that_nobody_knew_of_yet_takes_nothing_back() -> None:
    late = replace(taken_back(4, 3, 8), recorded_at=START + timedelta(minutes=30))
    assert seqs([*STORY, late], 29) == [1, 2, 3]
    assert seqs([*STORY, late], 30) == [1, 2]


@pytest.mark.parametrize("kind", sorted(STAYS))
def test_what_others_rely_on_is_not_taken_back(kind: Kind) -> None:
    events = [fact(1, kind, 0, outcome="5"), taken_back(2, 1, 1)]
    assert fold(LEAD, events, START + timedelta(hours=1)).taken_back == frozenset()


@pytest.mark.parametrize("named", [None, "", "03", " 3", "three", "33", "3.0"])
def test_only_the_fact_that_is_named_by_its_number_goes(named: str | None) -> None:
    events = [*STORY, replace(taken_back(4, 3, 8), outcome=named)]
    assert seqs(events, 9) == [1, 2, 3]


def test_a_fact_of_another_lead_with_the_same_number_stays() -> None:
    other = replace(taken_back(4, 3, 8), lead="L-2")
    assert seqs([*STORY, other], 9) == [1, 2, 3]


@given(st.lists(st.tuples(TAKES, st.booleans()), min_size=1, max_size=8), st.randoms())
def test_whatever_is_taken_back_leaves_what_would_be_without_it(
    facts: list[tuple[Kind, bool]], chance: random.Random
) -> None:
    """In any order and repeated: the same as if it had never been logged."""
    logged = [fact(10 + place, kind, 10 + place) for place, (kind, _) in enumerate(facts)]
    gone = {event.seq for event, (_, back) in zip(logged, facts, strict=True) if back}
    undone = [taken_back(100 + seq, seq, 60 + seq) for seq in gone]
    everything = [*STORY[:2], *logged, *undone, *undone]
    chance.shuffle(everything)
    at = START + timedelta(hours=5)
    kept = [*STORY[:2], *(event for event in logged if event.seq not in gone)]
    assert fold(LEAD, everything, at).events == fold(LEAD, kept, at).events


def test_why_says_that_something_was_taken_back(tmp_path: Path) -> None:
    log = write_log(tmp_path, [LEAD], [*STORY, taken_back(4, 3, 8)])
    told = explain(agreement(), log.folder, "L-1", START + timedelta(hours=1))
    assert "1 fact taken back: not counted." in told
    assert "accepted" not in told.split("On record")[-1]
