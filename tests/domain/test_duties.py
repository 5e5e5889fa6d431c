"""Duties: what is owed about one lead, and the moments at which somebody is told or something happens."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ledger_fixture import agreement, at, event

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import fold
from accord.lead.rounds import rounds_of
from accord.promises import State, judge
from accord.promises.duties import Duty, DutyKind, Moment, What, duties_of

LEAD = Lead("L", lead_type="web_form")
TICK, MINUTE, DAY = timedelta(microseconds=1), timedelta(minutes=1), timedelta(days=1)
PEOPLE = {
    "mina": {"side": "marketing", "role": "head", "email": "mina@acme.example"},
    "omar": {"side": "sales", "role": "head", "email": "omar@acme.example"},
}
LADDER = [
    {"at": "75%", "tell": "owner"},
    {"at": "100%", "tell": ["owner", "backup"]},
    {"after": "1 h", "tell": "manager"},
    {"after": "8 h", "tell": "heads"},
]
TERMS = agreement(
    people=PEOPLE,
    handoff={
        "accept_within": "1 d",
        "feedback_within": "4 h",
        "deliver_within": "30 min",
        "pull_back_after": "10 d",
        "return_after": {"attempts": 3},
    },
    follow_up={
        "first_touch": "60 min",
        "decide_within": "6 h",
        "dispose_within": "3 d",
        "cadence": [{"by": "2 d", "attempts": 1}, {"by": "6 d", "attempts": 3}],
    },
    commitments={"rfp": {"within": "2 d", "owner": "marketing"}, "proposal": "1 d"},
    escalation=LADDER,
)


def owed(*events: Event, now: str | datetime, terms: Agreement = TERMS) -> dict[tuple[DutyKind, int], Duty]:
    instant = at(now) if isinstance(now, str) else now
    return {(duty.kind, duty.number): duty for duty in duties_of(terms, LEAD, events, instant)}


def fact(kind: Kind | str, when: str, **said: object) -> Event:
    return event("L", kind, when, **said)


def call(when: str) -> Event:
    return fact("attempted", when, side="sales", channel="call")


def ladder_of(duty: Duty) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each moment as when, what, whom."""
    return [(f"{m.at:%a %H:%M:%S.%f}".rstrip("0").rstrip("."), m.what.value, m.tell) for m in duty.moments]


DELIVERED = fact("handed_off", "2026-03-16 09:00", side="marketing")  # a Monday


def test_the_ladder_warns_at_the_agreed_share_breaks_after_the_deadline_and_climbs() -> None:
    duty = owed(DELIVERED, now="2026-03-16 09:00")[DutyKind.FIRST_TOUCH, 0]
    assert ladder_of(duty) == [
        ("Mon 09:45:00", "warn", ("owner",)),
        ("Mon 10:00:00.000001", "breach", ("owner", "backup")),
        ("Mon 11:00:00.000001", "escalate", ("manager",)),
        ("Tue 10:00:00.000001", "escalate", ("heads",)),  # eight working hours later
    ]


def test_an_agreement_that_says_nothing_of_escalation_warns_at_three_quarters() -> None:
    duty = owed(DELIVERED, now="2026-03-16 09:00", terms=agreement())[DutyKind.FIRST_TOUCH, 0]
    assert [(m.what, m.tell) for m in duty.moments] == [
        (What.WARN, ("owner",)),
        (What.BREACH, ("owner", "backup")),
    ]
    assert duty.moments[0].at == at("2026-03-16 09:45")


def test_a_breach_is_noted_even_where_nobody_is_told_of_it() -> None:
    terms = agreement(escalation=[{"at": "50%", "tell": "owner"}, {"after": "1 h", "tell": "manager"}])
    duty = owed(DELIVERED, now="2026-03-16 09:00", terms=terms)[DutyKind.FIRST_TOUCH, 0]
    assert [(m.what, m.tell) for m in duty.moments] == [
        (What.WARN, ("owner",)),
        (What.BREACH, ()),
        (What.ESCALATE, ("manager",)),
    ]


def test_steps_at_the_breach_are_one_moment_and_a_share_above_it_comes_after() -> None:
    steps = [
        {"at": "100%", "tell": "owner"},
        {"at": "100%", "tell": "manager"},
        {"at": "150%", "tell": "heads"},
    ]
    terms = agreement(escalation=steps)
    duty = owed(DELIVERED, now="2026-03-16 09:00", terms=terms)[DutyKind.FIRST_TOUCH, 0]
    assert duty.moments[0].tell == ("owner", "manager")
    assert duty.moments[1] == Moment(at("2026-03-16 10:30"), What.ESCALATE, ("heads",))


def test_what_was_done_has_no_moments_left() -> None:
    duty = owed(DELIVERED, call("2026-03-16 09:30"), now="2026-03-16 09:30")[DutyKind.FIRST_TOUCH, 0]
    assert (duty.state, duty.moments) == (State.KEPT, ())


def test_while_a_clock_stands_still_nobody_is_warned_and_nothing_breaks() -> None:
    stop = fact("paused", "2026-03-16 09:50", reason="prospect_callback")
    duty = owed(DELIVERED, stop, now="2026-03-16 09:50")[DutyKind.FIRST_TOUCH, 0]
    assert ladder_of(duty) == [("Mon 09:45:00", "warn", ("owner",))]
    named = fact("paused", "2026-03-16 09:50", reason="prospect_callback", due_at=at("2026-03-18 14:00"))
    duty = owed(DELIVERED, named, now="2026-03-16 09:50")[DutyKind.FIRST_TOUCH, 0]
    assert ladder_of(duty)[1] == ("Wed 14:10:00.000001", "breach", ("owner", "backup"))


def test_marketing_owes_a_qualified_lead_to_sales_before_it_is_delivered() -> None:
    ready = fact("qualified", "2026-03-16 16:45", side="marketing")
    duty = owed(ready, now="2026-03-16 16:45")[DutyKind.DELIVERED, 0]
    assert (duty.side, duty.state, duty.due_at) == (Side.MARKETING, State.PENDING, at("2026-03-17 09:15"))
    assert owed(ready, now="2026-03-17 10:00")[DutyKind.DELIVERED, 0].state is State.BROKEN
    in_time = owed(ready, fact("handed_off", "2026-03-17 09:15"), now="2026-03-17 10:00")
    assert in_time[DutyKind.DELIVERED, 0].state is State.KEPT


@pytest.mark.parametrize(
    ("side", "outcome", "state"),
    [
        ("sales", "delivered_in_time", State.EXCUSED),
        ("sales", None, State.EXCUSED),
        ("marketing", "delivered_in_time", State.BROKEN),  # nobody excuses themselves
        ("sales", "first_touch_in_time", State.BROKEN),
    ],
)
def test_only_sales_excuses_marketing_s_delay(side: str, outcome: str | None, state: State) -> None:
    ready = fact("qualified", "2026-03-16 09:00")
    excuse = fact("excused", "2026-03-17 12:00", side=side, outcome=outcome)
    assert owed(ready, excuse, now="2026-03-18 09:00")[DutyKind.DELIVERED, 0].state is state


def test_a_reject_without_a_reason_owes_it_and_one_with_a_reason_does_not() -> None:
    bare = fact("rejected", "2026-03-16 10:00", side="sales")
    duty = owed(DELIVERED, bare, now="2026-03-16 10:00")[DutyKind.FEEDBACK, 0]
    assert (duty.side, duty.state, duty.due_at) == (Side.SALES, State.PENDING, at("2026-03-16 14:00"))
    assert [m.what for m in duty.moments[:2]] == [What.WARN, What.BREACH]
    told = fact("feedback", "2026-03-16 14:00", reason="duplicate")
    assert owed(DELIVERED, bare, told, now="2026-03-16 15:00")[DutyKind.FEEDBACK, 0].state is State.KEPT
    said = fact("rejected", "2026-03-16 10:00", reason="duplicate")
    assert owed(DELIVERED, said, now="2026-03-16 10:00")[DutyKind.FEEDBACK, 0].state is State.KEPT
    assert (DutyKind.FEEDBACK, 0) not in owed(DELIVERED, now="2026-03-16 10:00")


@pytest.mark.parametrize(
    ("number", "days", "state"),
    [  # F13: thirty days old with four attempts fails the check at 28 days by one
        (1, 14, State.KEPT),
        (2, 28, State.BROKEN),
        (3, 56, State.PENDING),
    ],
)
def test_each_checkpoint_of_the_cadence_is_a_duty_of_its_own(number: int, days: int, state: State) -> None:
    calls = [call(f"2026-03-{day} 10:00") for day in (17, 18, 19, 20)]
    found = owed(DELIVERED, *calls, now="2026-04-15 09:00", terms=agreement())
    duty = found[DutyKind.CHECKPOINT, number]
    assert duty.state is state
    assert duty.due_at == at("2026-03-16 09:00") + days * DAY
    assert [name for name in found if name[0] is DutyKind.CHECKPOINT] == [
        (DutyKind.CHECKPOINT, 1), (DutyKind.CHECKPOINT, 2), (DutyKind.CHECKPOINT, 3),
    ]  # fmt: skip


def test_a_checkpoint_warns_within_its_own_step_and_breaks_right_after_its_age() -> None:
    duty = owed(DELIVERED, now="2026-03-16 09:00")[DutyKind.CHECKPOINT, 2]
    start, due = at("2026-03-18 09:00"), at("2026-03-22 09:00")
    assert (duty.start_at, duty.due_at) == (start, due)
    assert duty.moments[:2] == (
        Moment(start + 3 * DAY, What.WARN, ("owner",)),
        Moment(due + TICK, What.BREACH, ("owner", "backup")),
    )


def test_an_accepted_lead_has_to_be_disposed_of() -> None:
    accepted = fact("accepted", "2026-03-16 10:00", side="sales")
    duty = owed(DELIVERED, accepted, now="2026-03-16 10:00")[DutyKind.DISPOSED, 0]
    assert (duty.state, duty.due_at) == (State.PENDING, at("2026-03-19 10:00"))
    done = fact("returned", "2026-03-19 10:00", side="sales")
    assert owed(DELIVERED, accepted, done, now="2026-03-20 10:00")[DutyKind.DISPOSED, 0].state is State.KEPT
    assert owed(DELIVERED, accepted, now="2026-03-19 10:01")[DutyKind.DISPOSED, 0].state is State.BROKEN
    assert (DutyKind.DISPOSED, 0) not in owed(DELIVERED, now="2026-03-16 10:00")
    early = fact("accepted", "2026-03-12 10:00", side="sales")  # before it was delivered: the clock waits
    duty = owed(DELIVERED, early, now="2026-03-16 10:00")[DutyKind.DISPOSED, 0]
    assert duty.start_at == at("2026-03-16 09:00")


def test_a_lead_that_nobody_decides_on_is_accepted_by_silence_when_the_window_closes() -> None:
    duty = owed(DELIVERED, now="2026-03-16 10:00")[DutyKind.CREDIT, 0]
    assert duty.due_at == at("2026-03-16 17:00")  # of the time agreed nothing passes until the morning
    assert duty.moments == (Moment(at("2026-03-17 09:00") + TICK, What.DO),)
    assert owed(DELIVERED, now=duty.moments[0].at)[DutyKind.CREDIT, 0].state is State.KEPT
    assert owed(DELIVERED, now=duty.moments[0].at - TICK)[DutyKind.CREDIT, 0].state is State.PENDING


def committed(when: str, reason: str, seq: int, due: str | None = None) -> Event:
    return fact("committed", when, seq=seq, reason=reason, due_at=at(due) if due else None)


def test_a_commitment_is_due_at_the_time_it_names_else_after_the_time_agreed_for_its_kind() -> None:
    found = owed(
        committed("2026-03-16 09:00", "rfp", 1),
        committed("2026-03-16 09:00", "call", 2, "2026-03-23 09:00"),
        committed("2026-03-16 09:00", "proposal", 3),
        committed("2026-03-16 09:00", "whatever", 4),
        committed("2026-03-16 09:00", "call", 5, "2626-03-23 09:00"),  # no calendar reaches that far
        now="2026-03-16 12:00",
    )
    assert {number: (duty.side, duty.due_at, duty.about) for (_, number), duty in found.items()} == {
        1: (Side.MARKETING, at("2026-03-17 17:00"), "rfp"),
        2: (Side.SALES, at("2026-03-23 09:00"), "call"),
        3: (Side.SALES, at("2026-03-16 17:00"), "proposal"),
    }


def test_a_word_that_one_is_kept_closes_the_earliest_open_commitment_of_its_kind() -> None:
    facts = [
        fact("fulfilled", "2026-03-15 09:00", reason="call"),  # before any was made: it keeps none
        committed("2026-03-16 09:00", "call", 1, "2026-03-17 09:00"),
        committed("2026-03-16 10:00", "call", 2, "2026-03-16 12:00"),
        committed("2026-03-16 11:00", "rfp", 3),
        fact("fulfilled", "2026-03-17 09:00", reason="call"),
    ]
    found = owed(*facts, now="2026-03-17 10:00")
    states = {number: duty.state for (_, number), duty in found.items()}
    assert states == {1: State.KEPT, 2: State.BROKEN, 3: State.PENDING}


def test_a_prospect_s_call_back_is_told_when_its_time_comes_and_met_by_calling() -> None:
    stop = fact(
        "paused", "2026-03-16 09:30", seq=7, reason="prospect_callback", due_at=at("2026-03-18 14:00")
    )
    duty = owed(DELIVERED, stop, now="2026-03-19 09:00")[DutyKind.CALL_BACK, 7]
    assert duty.moments == (Moment(at("2026-03-18 14:00"), What.WARN, ("owner",)),)
    called = owed(DELIVERED, stop, call("2026-03-18 14:00"), now="2026-03-19 09:00")
    assert called[DutyKind.CALL_BACK, 7].state is State.KEPT
    early = fact("resumed", "2026-03-17 09:00")
    assert owed(DELIVERED, stop, early, now="2026-03-19 09:00")[DutyKind.CALL_BACK, 7].state is State.VOID


def test_after_the_agreed_attempts_a_lead_goes_back_by_itself_once_the_gap_has_passed() -> None:
    calls = [call("2026-03-16 10:00"), call("2026-03-17 10:00")]
    assert (DutyKind.RETURN, 0) not in owed(DELIVERED, *calls, now="2026-03-17 12:00")
    calls.append(call("2026-03-18 10:00"))
    duty = owed(DELIVERED, *calls, now="2026-03-18 12:00")[DutyKind.RETURN, 0]
    assert duty.moments == (Moment(at("2026-03-18 14:00"), What.DO),)
    reached = fact("connected", "2026-03-18 13:00")
    assert owed(DELIVERED, *calls, reached, now="2026-03-18 15:00")[DutyKind.RETURN, 0].state is State.VOID
    back = fact("returned", "2026-03-18 14:00", side="machine")
    assert owed(DELIVERED, *calls, back, now="2026-03-18 15:00")[DutyKind.RETURN, 0].state is State.KEPT


def test_a_lead_about_which_nobody_does_anything_is_pulled_back() -> None:
    duty = owed(DELIVERED, call("2026-03-17 09:00"), now="2026-03-18 12:00")[DutyKind.PULL_BACK, 0]
    assert duty.moments == (Moment(at("2026-03-30 17:00"), What.DO),)  # ten working days later


def test_an_excuse_for_the_cadence_is_one_for_its_checkpoints() -> None:
    excuse = fact("excused", "2026-03-19 09:00", side="marketing", outcome="cadence_kept")
    found = owed(DELIVERED, excuse, now="2026-03-20 09:00")
    assert found[DutyKind.CHECKPOINT, 1].state is State.EXCUSED
    assert found[DutyKind.FIRST_TOUCH, 0].state is State.BROKEN


def test_an_excuse_after_the_time_for_it_excuses_nothing() -> None:
    terms = agreement(clocks={"excuse_within": "1 d"})
    late, timely = (
        fact("excused", when, side="marketing", outcome="first_touch_in_time")
        for when in ("2026-03-17 10:01", "2026-03-17 10:00")
    )
    first = (DutyKind.FIRST_TOUCH, 0)
    assert owed(DELIVERED, timely, now="2026-03-20 09:00", terms=terms)[first].state is State.EXCUSED
    assert owed(DELIVERED, late, now="2026-03-20 09:00", terms=terms)[first].state is State.BROKEN


# Properties on any history ------------------------------------------------------------------------------

KINDS = (
    *(Kind.ATTEMPTED,) * 4,
    *(Kind.PAUSED, Kind.COMMITTED, Kind.QUALIFIED, Kind.HANDED_OFF) * 2,
    *(
        Kind.RESUMED,
        Kind.FULFILLED,
        Kind.ACCEPTED,
        Kind.REJECTED,
        Kind.FEEDBACK,
        Kind.RETURNED,
        Kind.CONNECTED,
    ),
)
REASONS = ("prospect_callback", "system_outage", "rfp", "call", "duplicate", None)
WHEN = st.integers(0, 12 * 24 * 4).map(lambda n: at("2026-03-13 08:00") + n * 15 * MINUTE)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    facts = draw(st.lists(st.tuples(st.sampled_from(KINDS), WHEN, st.sampled_from(REASONS)), max_size=14))
    return [
        Event(
            seq=seq,
            lead="L",
            kind=kind,
            occurred_at=when,
            recorded_at=when,
            side=draw(st.sampled_from(("sales", "sales", "marketing", "machine"))),
            channel="call" if kind is Kind.ATTEMPTED else None,
            reason=reason,
            due_at=draw(st.none() | WHEN) if kind in (Kind.PAUSED, Kind.COMMITTED) else None,
        )
        for seq, (kind, when, reason) in enumerate(facts)
    ]


def state_of(duty: Duty, events: list[Event], now: datetime) -> State:
    return owed(*events, now=now)[duty.kind, duty.number].state


@given(histories(), WHEN)
@settings(max_examples=300, deadline=None)
def test_a_breach_is_the_first_instant_at_which_the_duty_is_broken(
    events: list[Event], now: datetime
) -> None:
    known = [event for event in events if event.occurred_at <= now]
    for duty in owed(*known, now=now).values():
        for moment in duty.moments:
            if moment.what is What.BREACH:
                assert state_of(duty, known, moment.at) is State.BROKEN, duty
                assert state_of(duty, known, moment.at - TICK) is State.PENDING, duty


@given(histories(), WHEN)
@settings(max_examples=200, deadline=None)
def test_a_duty_is_broken_from_its_breach_on_and_warned_of_before(events: list[Event], now: datetime) -> None:
    known = [event for event in events if event.occurred_at <= now]
    for duty in owed(*known, now=now).values():
        assert list(duty.moments) == sorted(duty.moments)
        breach = next((m.at for m in duty.moments if m.what is What.BREACH), None)
        if breach is not None:
            assert (duty.state in (State.BROKEN, State.EXCUSED)) == (now >= breach), duty
            assert all(m.at <= breach for m in duty.moments if m.what is What.WARN), duty
            assert all(m.at >= breach for m in duty.moments if m.what is What.ESCALATE), duty
        assert not (duty.moments and (duty.met_at or duty.ended_at)), duty


@given(histories(), WHEN, st.randoms())
@settings(max_examples=150, deadline=None)
def test_order_and_repetition_of_facts_change_no_duty(
    events: list[Event], now: datetime, chance: object
) -> None:
    again = [*events, *events[::2]]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert duties_of(TERMS, LEAD, again, now) == duties_of(TERMS, LEAD, events, now)


@given(histories(), WHEN)
@settings(max_examples=150, deadline=None)
def test_the_duties_that_the_score_counts_are_its_verdicts(events: list[Event], now: datetime) -> None:
    assume(any(event.kind is Kind.HANDED_OFF for event in events))
    assume(len(rounds_of(fold(LEAD, events, now))) == 1)  # the score judges the first round alone
    verdicts = {verdict.promise.value: verdict for verdict in judge(TERMS, LEAD, events, now)}
    duties = {duty.kind.value: duty for duty in duties_of(TERMS, LEAD, events, now) if duty.number == 0}
    for name, verdict in verdicts.items():
        duty = duties[name]
        assert (duty.state, duty.due_at, duty.met_at) == (verdict.state, verdict.due_at, verdict.met_at)
