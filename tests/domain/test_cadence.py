"""The plan of touches of one lead: what is owed, through which channel, and not before when."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_fixture import agreement, at, event

from accord.lead.cadence import (
    CallingHours,
    Rules,
    attempts_made,
    next_send,
    plan_of,
    rules_for,
    track_of,
)
from accord.lead.chasing import chase_of
from accord.lead.events import Channel, Event, Kind, Lead
from accord.lead.lifecycle import Cycle, fold
from accord.promises.judge import judge
from accord.promises.verdict import PromiseOf
from accord.worktime.duration import Duration

TERMS = agreement(
    follow_up={
        "first_touch": "60 min",
        "minimum_gap": "4 h",
        "cadence": [{"by": f"{d} d", "attempts": n} for d, n in ((14, 3), (28, 5), (56, 7))],
        "lead_types": {"demo": {"cadence": [{"by": "3 d", "attempts": 4}], "minimum_gap": "1 h"}},
    }
)  # fmt: skip
OFFICE = TERMS.calendar("office")
RULES = rules_for(TERMS, "web_form")
DELIVERED = at("2026-03-16 10:00")  # a Monday


def cycle(now: str | datetime, *events: Event) -> Cycle:
    moment = at(now) if isinstance(now, str) else now
    return fold(Lead("A", lead_type="web_form"), [event("A", "handed_off", DELIVERED), *events], moment)


def tried(when: str | datetime, channel: str = "call", **said: object) -> Event:
    return event("A", "attempted", when, **{"side": "sales", "channel": channel, **said})


def mailed(rules: Rules) -> Rules:
    return Rules(rules.checkpoints, rules.owed, rules.gap, rules.minimum, frozenset({"email"}), True)


def test_a_fresh_lead_owes_every_step_and_a_call_at_once() -> None:
    plan = plan_of(RULES, cycle("2026-03-16 10:05"), OFFICE)
    assert plan is not None
    assert [step.number for step in plan.steps] == [1, 2, 3, 4, 5, 6, 7]
    assert plan.steps[0].due_at == DELIVERED + timedelta(days=14)
    assert plan.steps[3].due_at == DELIVERED + timedelta(days=28)
    assert plan.channel is Channel.CALL and plan.earliest_at == at("2026-03-16 10:05")


def test_a_call_that_ends_in_voicemail_counts_for_both_and_the_mail_is_next() -> None:
    when = "2026-03-16 10:10"
    plan = plan_of(RULES, cycle("2026-03-16 10:15", tried(when), tried(when, "voicemail")), OFFICE)
    assert plan is not None
    assert {one.channel.value: (one.done, one.owed) for one in plan.counts} == {
        "call": (1, 6), "voicemail": (1, 3), "email": (0, 3),
    }  # fmt: skip
    assert plan.done == 1, "two channels at one instant are one attempt"
    assert plan.channel is Channel.EMAIL


def test_the_gap_is_working_time_and_holds_over_the_night() -> None:
    plan = plan_of(RULES, cycle("2026-03-16 15:00", tried("2026-03-16 15:00")), OFFICE)
    assert plan is not None and plan.earliest_at == at("2026-03-17 11:00")


def test_a_lead_type_has_its_own_gap_and_checkpoints() -> None:
    demo = rules_for(TERMS, "demo")
    assert demo.checkpoints == ((timedelta(days=3), 4),) and demo.gap == Duration.parse("1 h")
    assert rules_for(TERMS, None) == rules_for(TERMS, "nobody_knows") == RULES


def test_nobody_is_called_before_eight_where_they_are() -> None:
    calling = CallingHours(ZoneInfo("America/New_York"))  # 10:05 UTC is 06:05 there
    plan = plan_of(RULES, cycle("2026-03-16 10:05"), OFFICE, calling=calling)
    assert plan is not None and plan.earliest_at == at("2026-03-16 12:00")


def test_where_both_hours_never_meet_those_of_the_person_hold() -> None:
    calling = CallingHours(ZoneInfo("Pacific/Auckland"), time(9), time(10))  # 20:00 to 21:00 UTC
    plan = plan_of(RULES, cycle("2026-03-16 10:05"), OFFICE, calling=calling)
    assert plan is not None and plan.earliest_at == at("2026-03-16 20:00")


def test_a_channel_without_consent_is_not_suggested() -> None:
    now = cycle("2026-03-16 10:05")
    plan = plan_of(RULES, now, OFFICE, blocked=frozenset({Channel.CALL, Channel.VOICEMAIL}))
    assert plan is not None and plan.channel is Channel.EMAIL
    none = plan_of(RULES, now, OFFICE, blocked=frozenset(Channel))
    assert none is not None and none.channel is None and none.earliest_at is None


def test_a_named_call_back_is_waited_for() -> None:
    pause = event(
        "A", "paused", "2026-03-16 11:00", reason="prospect_callback", due_at=at("2026-03-19 14:00")
    )
    plan = plan_of(RULES, cycle("2026-03-16 12:00", pause), OFFICE)
    assert plan is not None and plan.earliest_at == at("2026-03-19 14:00")
    back = event("A", "resumed", "2026-03-16 11:30")
    plan = plan_of(RULES, cycle("2026-03-16 12:00", pause, back), OFFICE)
    assert plan is not None and plan.earliest_at == at("2026-03-16 12:00")


@pytest.mark.parametrize("kind", ["connected", "opted_out", "rejected", "returned", "won", "merged"])
def test_nothing_is_owed_or_sent_once_the_chase_is_over(kind: str) -> None:
    over = cycle("2026-05-16 12:00", event("A", kind, "2026-03-17 12:00", side="sales"))
    assert plan_of(RULES, over, OFFICE) is None
    assert next_send(mailed(RULES), over, OFFICE) is None


def test_machine_mails_are_spread_over_the_cadence_and_each_is_sent_once() -> None:
    rules = mailed(RULES)
    first = next_send(rules, cycle("2026-03-16 10:05"), OFFICE)
    assert first is not None and (first.number, first.due_at) == (1, DELIVERED + timedelta(days=14))
    sent = tried(first.due_at, "email", side="machine")
    second = next_send(rules, cycle(first.due_at, sent), OFFICE)
    assert second is not None and (second.number, second.due_at) == (2, DELIVERED + timedelta(days=28))
    all_sent = [tried(DELIVERED + timedelta(days=n), "email", side="machine") for n in (1, 2, 3)]
    assert next_send(rules, cycle("2026-04-16 10:05", *all_sent), OFFICE) is None
    assert next_send(RULES, cycle("2026-03-16 10:05"), OFFICE) is None, "nothing was agreed for machines"


def test_a_track_follows_from_the_reason() -> None:
    terms = agreement(
        handoff={"return_after": {"attempts": 7, "to": "reengage", "reasons": {"no_budget": "long_term"}}},
        nurture={"tracks": {"reengage": {}, "long_term": {}}},
    )
    assert track_of(terms, "no_budget") == "long_term" and track_of(terms, None) == "reengage"
    assert track_of(agreement(), "no_budget") is None


MINUTES = st.integers(0, 80 * 24 * 60)
FACTS = st.lists(
    st.tuples(
        MINUTES,
        st.sampled_from(["attempted", "attempted", "attempted", "connected", "paused", "returned"]),
        st.sampled_from(["call", "email", "voicemail"]),
        st.sampled_from(["sales", "machine", "marketing"]),
    ),
    max_size=12,
)


def made_up(facts: list[tuple[int, str, str, str]]) -> list[Event]:
    return [
        event("A", Kind(kind), DELIVERED + timedelta(minutes=minute), channel=channel, side=side, seq=number)
        for number, (minute, kind, channel, side) in enumerate(facts)
    ]


@given(FACTS, MINUTES, st.randoms())
def test_order_and_repetition_of_facts_change_no_plan(
    facts: list[tuple[int, str, str, str]], now: int, chance: object
) -> None:
    events, moment = made_up(facts), DELIVERED + timedelta(minutes=now)
    mixed = [*events, *events[:3]]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    rules = mailed(RULES)
    assert plan_of(rules, cycle(moment, *events), OFFICE) == plan_of(rules, cycle(moment, *mixed), OFFICE)
    assert next_send(rules, cycle(moment, *events), OFFICE) == next_send(rules, cycle(moment, *mixed), OFFICE)


@given(FACTS, MINUTES)
def test_the_next_attempt_keeps_the_gap_and_lies_in_working_hours(
    facts: list[tuple[int, str, str, str]], now: int
) -> None:
    known = cycle(DELIVERED + timedelta(minutes=now), *made_up(facts))
    plan = plan_of(RULES, known, OFFICE)
    if plan is None:
        assert chase_of(known).ended_at is not None
        return
    assert plan.earliest_at is not None and plan.earliest_at >= known.at
    assert OFFICE.elapsed(plan.earliest_at, plan.earliest_at + timedelta(microseconds=1))
    made = attempts_made(known, RULES)
    if made:
        last = max(made[-1], DELIVERED)
        assert OFFICE.elapsed(last, max(plan.earliest_at, last)) >= timedelta(hours=4) - timedelta(seconds=1)
    assert [step.number for step in plan.steps] == list(range(plan.done + 1, max(7, plan.done) + 1))


@given(FACTS, MINUTES)
@example([(0, "returned", "call", "sales"), (0, "attempted", "call", "sales")], 0)
def test_what_counts_as_an_attempt_is_what_the_verdict_counts(
    facts: list[tuple[int, str, str, str]], now: int
) -> None:
    moment = DELIVERED + timedelta(minutes=now)
    events = [event("A", "handed_off", DELIVERED), *made_up(facts)]
    lead = Lead("A", lead_type="web_form")
    verdict = next(v for v in judge(TERMS, lead, events, moment) if v.promise is PromiseOf.CADENCE)
    made = attempts_made(fold(lead, events, moment), rules_for(TERMS, "web_form"))
    assert verdict.done == sum(instant <= verdict.due_at for instant in made)


ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Australia/Lord_Howe")


@given(st.integers(0, 300 * 24 * 60), st.sampled_from(ZONES))
def test_a_suggested_call_never_lies_outside_calling_hours(minutes: int, zone: str) -> None:
    calling = CallingHours(ZoneInfo(zone))
    plan = plan_of(RULES, cycle(DELIVERED + timedelta(minutes=minutes)), OFFICE, calling=calling)
    assert plan is not None and plan.earliest_at is not None
    local = plan.earliest_at.astimezone(calling.zone).time()
    assert calling.opens <= local < calling.closes


def test_a_lead_that_was_sent_again_is_chased_anew() -> None:
    story = [
        tried("2026-03-16 11:00"),
        event("A", "rejected", "2026-03-17 10:00", reason="missing_data"),
        event("A", "handed_off", "2026-03-18 10:00"),
    ]
    plan = plan_of(RULES, cycle("2026-03-18 10:05", *story), OFFICE)
    assert plan is not None and (plan.done, plan.steps[0].due_at) == (0, at("2026-04-01 10:00"))
    assert plan_of(RULES, cycle("2026-03-17 11:00", *story), OFFICE) is None


def test_a_reject_that_was_overturned_ended_nothing() -> None:
    story = [
        event("A", "rejected", "2026-03-17 10:00", reason="out_of_market"),
        event("A", "arbitrated", "2026-03-18 10:00", outcome="overturned"),
    ]
    assert plan_of(RULES, cycle("2026-03-18 10:05", *story), OFFICE) is not None


def test_no_mail_goes_out_by_itself_while_the_clock_stands_still() -> None:
    pause = event("A", "paused", "2026-03-16 11:00", reason="system_outage")
    assert next_send(mailed(RULES), cycle("2026-03-20 10:00", pause), OFFICE) is None
