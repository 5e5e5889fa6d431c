"""Pauses: when the clocks about a lead stand still, and what that does to each promise (5.11)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_fixture import F15, F15_NOW, agreement, at, event, f15

from accord.lead.events import Event, Lead
from accord.promises import PromiseOf, State, Verdict, judge
from accord.promises.pauses import HaltingClock, Span
from accord.worktime import WALL

LEAD = Lead("L", lead_type="web_form")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = agreement().calendar("office")
START = at("2026-03-12 10:00")


def judged(*events: Event, now: str, promise: PromiseOf = PromiseOf.FIRST_TOUCH, **terms: object) -> Verdict:
    found = judge(agreement(**terms), LEAD, events, at(now))
    return next(verdict for verdict in found if verdict.promise is promise)


def delivered(when: str = "2026-03-16 09:00", **said: object) -> Event:
    return event("L", "handed_off", when, **said)


def paused(when: str, until: str | None = None, **said: object) -> Event:
    due_at = at(until) if until else None
    return event("L", "paused", when, **{"reason": "prospect_callback", "due_at": due_at, **said})


def resumed(when: str, **said: object) -> Event:
    return event("L", "resumed", when, **said)


def call(when: str) -> Event:
    return event("L", "attempted", when, side="sales", channel="call")


@pytest.mark.parametrize(
    ("name", "pause", "worked", "state"),
    [
        ("A", ("2026-03-12 10:01", "2026-03-12 10:03"), 2, State.KEPT),
        ("B", ("2026-03-12 18:00", "2026-03-13 08:00"), 30, State.KEPT),  # nobody works then: nothing stands
        ("C", ("2026-03-13 16:45", "2026-03-16 09:15"), 30, State.KEPT),
        ("E", ("2026-03-13 11:30", "2026-03-13 14:30"), 60, State.KEPT),  # broken without the pause
        ("E", ("2026-03-13 11:30", "2026-03-13 14:29"), 61, State.BROKEN),
        ("E", ("2026-03-13 12:30", "2026-03-13 15:00"), 90, State.BROKEN),  # paused after the breach
        ("F", ("2026-03-16 09:30", "2026-03-16 11:00"), 60, State.PENDING),  # to the minute
        ("F", ("2026-03-16 09:40", "2026-03-16 11:00"), 70, State.BROKEN),
        ("F", ("2026-03-16 10:00", "2026-03-18 09:00"), 30, State.PENDING),  # still paused
        ("G", ("2026-03-16 11:00", "2026-03-16 11:45"), 15, State.PENDING),  # begun before the delivery
    ],
)
def test_each_lead_of_the_speed_example_is_judged_without_the_time_its_clock_stood_still(
    name: str, pause: tuple[str, str], worked: int, state: State
) -> None:
    leads, events = f15()
    lead = next(lead for lead in leads if lead.lead == name)
    stop = event(name, "paused", pause[0], reason="prospect_callback", due_at=at(pause[1]))
    found = judge(agreement(), lead, [*events, stop], at(F15_NOW))[0]
    assert (found.worked, found.state) == (worked * MINUTE, state)
    gross = OFFICE.elapsed(at(F15[name][0]), found.met_at or at(F15_NOW))
    assert found.worked + found.paused == gross


def test_a_pause_that_the_response_itself_ends_is_subtracted() -> None:
    answer = [resumed("2026-03-16 15:00"), call("2026-03-16 15:00")]
    found = judged(delivered(), paused("2026-03-16 09:30"), *answer, now="2026-03-16 16:00")
    assert (found.state, found.worked, found.paused) == (State.KEPT, 30 * MINUTE, 5 * HOUR + 30 * MINUTE)
    unsaid = judged(delivered(), paused("2026-03-16 09:30"), answer[1], now="2026-03-16 16:00")
    assert (unsaid.state, unsaid.worked) == (State.KEPT, 30 * MINUTE)


@pytest.mark.parametrize("reason", ["lunch", None, ""])
def test_a_clock_stands_still_for_the_agreed_reasons_only(reason: str | None) -> None:
    stop = paused("2026-03-16 09:10", reason=reason)
    assert judged(delivered(), stop, now="2026-03-16 11:00").state is State.BROKEN
    own = {"clocks": {"pauses": ["lunch"]}}
    agreed = judged(delivered(), stop, now="2026-03-16 11:00", **own)
    assert agreed.state is (State.PENDING if reason == "lunch" else State.BROKEN)


def test_no_pause_makes_time_stand_still_that_has_gone() -> None:
    backdated = paused("2026-03-16 09:30", recorded_at=at("2026-03-16 11:00"))
    found = judged(delivered(), backdated, now="2026-03-16 12:00")
    assert (found.state, found.worked) == (State.BROKEN, 2 * HOUR)
    after = paused("2026-03-16 10:30")
    assert judged(delivered(), after, now="2026-03-16 12:00").state is State.BROKEN


def test_the_time_that_the_prospect_named_moves_the_due_time() -> None:
    stop = paused("2026-03-16 09:30", "2026-03-18 14:00")
    found = judged(delivered(), stop, now="2026-03-16 12:00")
    assert (found.state, found.due_at) == (State.PENDING, at("2026-03-18 14:30"))
    assert judged(delivered(), stop, now="2026-03-18 14:30").state is State.PENDING
    assert judged(delivered(), stop, call("2026-03-18 14:31"), now="2026-03-18 15:00").state is State.BROKEN


def test_a_due_time_frozen_at_hand_off_knows_no_pauses_and_is_moved_by_them() -> None:
    frozen = delivered(due_at=at("2026-03-16 11:00"))
    stop = paused("2026-03-16 10:00", "2026-03-16 12:00")
    assert judged(frozen, now="2026-03-16 11:00").due_at == at("2026-03-16 11:00")
    assert judged(frozen, stop, now="2026-03-16 11:00").due_at == at("2026-03-16 13:00")


def test_pauses_that_overlap_count_once() -> None:
    stops = [
        paused("2026-03-16 09:30", "2026-03-16 12:00"),
        paused("2026-03-16 11:00", "2026-03-16 13:00", reason="system_outage"),
    ]
    found = judged(delivered(), *stops, call("2026-03-16 13:10"), now="2026-03-16 14:00")
    assert (found.state, found.worked, found.paused) == (State.KEPT, 40 * MINUTE, 210 * MINUTE)


def test_a_later_word_on_the_call_back_takes_the_place_of_the_earlier() -> None:
    earlier, later = (
        paused("2026-03-16 09:30", "2026-03-20 12:00"),
        paused("2026-03-16 11:00", "2026-03-16 12:00"),
    )
    found = judged(delivered(), earlier, later, now="2026-03-16 15:00")
    assert (found.state, found.due_at) == (State.BROKEN, at("2026-03-16 12:30"))


@pytest.mark.parametrize(
    ("promise", "due"),
    [
        (PromiseOf.DECIDED, "2026-03-20 11:00"),  # three working days of eight hours, and ten hours
        (PromiseOf.CREDIT, "2026-03-20 11:00"),
        (PromiseOf.CADENCE, "2026-03-31 11:00"),  # 14 days of 24 hours, and 26 hours
    ],
)
def test_decision_window_and_checkpoints_are_moved_too(promise: PromiseOf, due: str) -> None:
    stop = paused("2026-03-17 09:00", "2026-03-18 11:00")
    assert judged(delivered(), stop, now="2026-03-18 12:00", promise=promise).due_at == at(due)


def test_the_reason_of_a_reject_waits_for_no_prospect() -> None:
    stop = paused("2026-03-16 09:10")
    found = judged(
        delivered(), stop, event("L", "rejected", "2026-03-16 10:00"), now="2026-03-19 10:00",
        promise=PromiseOf.FEEDBACK,
    )  # fmt: skip
    assert (found.state, found.paused) == (State.BROKEN, timedelta())


def test_a_time_named_by_a_slip_of_the_pen_holds_the_clock_for_a_year_at_most() -> None:
    stop = paused("2026-03-16 09:30", "2095-03-16 09:30")
    assert judged(delivered(), stop, now="2026-03-16 12:00").due_at < at("2027-03-20 00:00")


SPANS = st.lists(st.integers(0, 20_000), min_size=0, max_size=8, unique=True).map(
    lambda minutes: tuple(
        Span(START + a * MINUTE, START + b * MINUTE)
        for a, b in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
    )
)


@given(SPANS, st.integers(0, 5_000), st.sampled_from([OFFICE, WALL]), st.integers(0, 20_000))
def test_on_a_clock_that_stops_elapsed_and_due_are_each_other_s_inverse(
    stops: tuple[Span, ...], budget: int, clock: object, start: int
) -> None:
    halting, begin = HaltingClock(clock, stops), START + start * MINUTE  # type: ignore[arg-type]
    due = halting.due(begin, budget * MINUTE)
    assert halting.elapsed(begin, due) == budget * MINUTE
    if budget:
        before = due - timedelta(microseconds=1)
        assert halting.elapsed(begin, before) < budget * MINUTE
    assert halting.moment(begin, budget * MINUTE) == due


@given(SPANS, st.integers(0, 20_000), st.integers(0, 20_000), st.sampled_from([OFFICE, WALL]))
def test_a_clock_that_stops_never_runs_back_and_never_faster(
    stops: tuple[Span, ...], first: int, second: int, clock: object
) -> None:
    halting = HaltingClock(clock, stops)  # type: ignore[arg-type]
    a, b = sorted((first, second))
    whole = halting.elapsed(START, START + b * MINUTE)
    part = halting.elapsed(START, START + a * MINUTE)
    assert timedelta() <= part <= whole <= halting.clock.elapsed(START, START + b * MINUTE)


def test_behind_a_pause_without_an_end_nobody_knows_the_moment() -> None:
    halting = HaltingClock(OFFICE, (Span(START + HOUR, START + 2 * HOUR, endless=True),))
    assert halting.moment(START, HOUR) == START + HOUR
    assert halting.moment(START, HOUR + MINUTE) is None
