"""Verdicts on one lead: the row form, on the figures of DOMAIN and on the cases that people argue about."""

from datetime import timedelta

import pytest
from ledger_fixture import F15, F15_NOW, agreement, at, event, f15

from accord.lead.events import Event, Lead
from accord.lead.lifecycle import Stage, fold
from accord.promises import PromiseOf, State, Verdict, judge

LEAD = Lead("L", lead_type="web_form")
MINUTE = timedelta(minutes=1)


def verdicts(
    *events: Event, now: str = "2026-03-16 12:00", lead: Lead = LEAD, **terms: object
) -> dict[PromiseOf, Verdict]:
    return {v.promise: v for v in judge(agreement(**terms), lead, events, at(now))}


def first_touch(*events: Event, now: str = "2026-03-16 12:00", **terms: object) -> Verdict:
    return verdicts(*events, now=now, **terms)[PromiseOf.FIRST_TOUCH]


def delivered(when: str, **said: object) -> Event:
    return event("L", "handed_off", when, **said)


def call(when: str, **said: object) -> Event:
    return event("L", "attempted", when, **{"side": "sales", "channel": "call", **said})


@pytest.mark.parametrize(
    ("name", "wall", "worked", "state"),
    [
        ("A", 4, 4, State.KEPT),
        ("B", 990, 30, State.KEPT),
        ("C", 3900, 60, State.KEPT),  # exactly on time
        ("D", 2820, 60, State.KEPT),
        ("E", 240, 240, State.BROKEN),
        ("F", 150, 150, State.BROKEN),  # open: no touch at all
        ("G", 30, 30, State.PENDING),
        ("H", 20, 20, State.KEPT),
    ],
)
def test_each_lead_of_the_speed_example_is_judged_as_the_domain_says(
    name: str, wall: int, worked: int, state: State
) -> None:
    leads, events = f15()
    lead = next(lead for lead in leads if lead.lead == name)
    found = judge(agreement(), lead, events, at(F15_NOW))[0]
    assert (found.wall, found.worked, found.state) == (wall * MINUTE, worked * MINUTE, state)
    assert found.met_at == (at(F15[name][1]) if F15[name][1] else None)


def test_a_deadline_is_inclusive_to_the_microsecond() -> None:
    due = at("2026-03-16 10:30")
    assert first_touch(delivered("2026-03-16 09:30"), now="2026-03-16 10:30").state is State.PENDING
    late = first_touch(
        delivered("2026-03-16 09:30"), event("L", "attempted", due + timedelta(microseconds=1))
    )
    assert late.state is State.BROKEN
    assert first_touch(delivered("2026-03-16 09:30"), event("L", "attempted", due)).state is State.KEPT


def test_the_first_touch_is_the_earliest_that_occurred_not_the_first_that_arrived() -> None:
    arrived_late = call("2026-03-16 09:40", recorded_at=at("2026-03-16 11:59"))
    found = first_touch(delivered("2026-03-16 09:30"), call("2026-03-16 11:00"), arrived_late)
    assert (found.state, found.met_at) == (State.KEPT, at("2026-03-16 09:40"))


def test_before_a_touch_is_on_record_nobody_knows_of_it() -> None:
    unknown = call("2026-03-16 09:40", recorded_at=at("2026-03-16 12:01"))
    assert first_touch(delivered("2026-03-16 09:30"), unknown).state is State.BROKEN


@pytest.mark.parametrize(
    "no_touch",
    [
        {"kind": "attempted", "side": "machine", "channel": "email"},
        {"kind": "attempted", "side": "marketing", "channel": "call"},
        {"kind": "attempted", "side": "prospect", "channel": "email"},
        {"kind": "attempted", "side": "sales", "channel": "sms"},  # automated by the agreement
        {"kind": "connected", "side": "machine"},
        {"kind": "assigned", "side": "sales"},
        {"kind": "accepted", "side": "sales"},
        {"kind": "enrolled", "side": "sales"},
    ],
)
def test_only_a_person_of_sales_or_a_live_contact_stops_the_speed_clock(no_touch: dict[str, str]) -> None:
    kind = no_touch.pop("kind")
    follow_up = {"first_touch": "60 min", "touches": {"automated": ["sms"]}}
    event_ = event("L", kind, "2026-03-16 09:40", **no_touch)
    assert first_touch(delivered("2026-03-16 09:30"), event_, follow_up=follow_up).state is State.BROKEN


def test_an_inbound_call_that_connects_stops_the_clock_whoever_began_it() -> None:
    inbound = event("L", "connected", "2026-03-16 09:50", side="prospect")
    assert first_touch(delivered("2026-03-16 09:30"), inbound).state is State.KEPT


def test_a_touch_before_delivery_is_kept_with_nothing_elapsed_and_marked() -> None:
    found = first_touch(delivered("2026-03-16 09:30"), call("2026-03-13 10:00"))
    assert (found.state, found.worked, found.wall) == (State.KEPT, timedelta(), timedelta())
    assert found.before_delivery


def test_a_change_of_owner_does_not_stop_the_clock() -> None:
    moved = event("L", "assigned", "2026-03-16 09:50", actor="bo")
    assert first_touch(delivered("2026-03-16 09:30"), moved).state is State.BROKEN


@pytest.mark.parametrize("kind", ["opted_out", "merged", "erased", "rejected"])
def test_a_duty_that_ends_in_time_is_void_and_one_that_ends_late_is_broken(kind: str) -> None:
    hand_off = delivered("2026-03-16 09:30")
    in_time = first_touch(hand_off, event("L", kind, "2026-03-16 10:30"))
    late = first_touch(hand_off, event("L", kind, "2026-03-16 10:31"))
    assert (in_time.state, late.state) == (State.VOID, State.BROKEN)


def test_a_touch_after_opting_out_keeps_nothing() -> None:
    gone = event("L", "opted_out", "2026-03-16 10:45")
    assert first_touch(delivered("2026-03-16 09:30"), gone, call("2026-03-16 10:50")).met_at is None


def test_a_wall_time_promise_is_judged_by_the_wall() -> None:
    events = delivered("2026-03-13 16:30"), call("2026-03-16 09:00")  # 30 working minutes over a weekend
    assert first_touch(*events, follow_up={"first_touch": "60 min"}).state is State.KEPT
    found = first_touch(*events, follow_up={"first_touch": "60 min wall"})
    assert (found.state, found.due_at) == (State.BROKEN, at("2026-03-13 17:30"))


def test_what_was_frozen_at_hand_off_wins_over_the_agreement_of_today() -> None:
    calendars = {
        "office": {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}},
        "always": {"zone": "UTC", "hours": {"mon-sun": "00:00-24:00"}},
    }
    weekend = delivered("2026-03-14 11:00", calendar="always", agreement="v1")
    found = first_touch(weekend, calendars=calendars)
    assert (found.calendar, found.agreement, found.due_at) == ("always", "v1", at("2026-03-14 12:00"))
    generous = delivered("2026-03-16 09:30", due_at=at("2026-03-16 11:30"))
    found = first_touch(generous, call("2026-03-16 11:30"))
    assert (found.state, found.budget, found.due_at) == (State.KEPT, 120 * MINUTE, at("2026-03-16 11:30"))


def test_the_other_side_excuses_a_breach_and_nobody_else_does() -> None:
    late = delivered("2026-03-16 09:30")
    excuse = event("L", "excused", "2026-03-16 11:00", side="marketing", outcome="first_touch_in_time")
    own = event("L", "excused", "2026-03-16 11:00", side="sales")
    other = event("L", "excused", "2026-03-16 11:00", side="marketing", outcome="cadence_kept")
    assert first_touch(late, excuse).state is State.EXCUSED
    assert first_touch(late, own).state is State.BROKEN
    assert first_touch(late, other).state is State.BROKEN
    assert first_touch(late, excuse, call("2026-03-16 09:31")).state is State.KEPT


def test_a_lead_that_was_never_delivered_has_no_verdict() -> None:
    assert verdicts(event("L", "created", "2026-03-16 09:30"), call("2026-03-16 09:40")) == {}


WEEK = "2026-03-09 09:00"  # a Monday; the window of 24 working hours ends on Wednesday at 17:00


@pytest.mark.parametrize(
    ("events", "now", "state"),
    [
        ([("accepted", "2026-03-11 17:00", None)], "2026-03-12 12:00", State.KEPT),
        ([("accepted", "2026-03-12 09:01", None)], "2026-03-12 12:00", State.BROKEN),
        ([("rejected", "2026-03-10 09:00", None)], "2026-03-12 12:00", State.KEPT),
        ([("accepted", "2026-03-10 09:00", "by silence")], "2026-03-12 12:00", State.BROKEN),
        ([("accepted", "2026-03-10 09:00", "by silence")], "2026-03-11 12:00", State.PENDING),
        ([("sales_qualified", "2026-03-10 09:00", None)], "2026-03-12 12:00", State.KEPT),
        ([], "2026-03-11 17:00", State.PENDING),
        ([], "2026-03-12 09:01", State.BROKEN),
        ([("opted_out", "2026-03-10 09:00", None)], "2026-03-12 12:00", State.VOID),
    ],
)
def test_a_decision_is_a_person_s_and_silence_is_none(
    events: list[tuple[str, str, str | None]], now: str, state: State
) -> None:
    said = [event("L", kind, when, outcome=outcome) for kind, when, outcome in events]
    assert verdicts(delivered(WEEK), *said, now=now)[PromiseOf.DECIDED].state is state


@pytest.mark.parametrize(
    ("events", "now", "state", "silent"),
    [
        ([("accepted", "2026-03-10 09:00")], "2026-03-10 12:00", State.KEPT, False),
        ([], "2026-03-11 17:00", State.PENDING, False),
        ([], "2026-03-12 09:01", State.KEPT, True),
        ([("rejected", "2026-03-10 09:00")], "2026-03-20 12:00", State.BROKEN, False),
        ([("rejected", "2026-03-11 17:00")], "2026-03-20 12:00", State.BROKEN, False),
        ([("rejected", "2026-03-12 09:01")], "2026-03-20 12:00", State.KEPT, True),  # too late to refuse
        (
            [("accepted", "2026-03-10 09:00"), ("rejected", "2026-03-10 10:00")],
            "2026-03-20 12:00",
            State.KEPT,
            False,
        ),
        (
            [("rejected", "2026-03-10 09:00"), ("accepted", "2026-03-10 10:00")],
            "2026-03-20 12:00",
            State.BROKEN,
            False,
        ),
        ([("opportunity", "2026-03-10 09:00")], "2026-03-10 12:00", State.KEPT, False),
        (
            [("accepted", "2026-03-10 09:00"), ("merged", "2026-03-15 10:00")],
            "2026-03-20 12:00",
            State.VOID,
            False,
        ),
        ([("opted_out", "2026-03-10 09:00")], "2026-03-20 12:00", State.KEPT, True),
    ],
)
def test_marketing_is_credited_unless_sales_rejects_within_the_window(
    events: list[tuple[str, str]], now: str, state: State, silent: bool
) -> None:
    said = [event("L", kind, when) for kind, when in events]
    found = verdicts(delivered(WEEK), *said, now=now)[PromiseOf.CREDIT]
    assert (found.state, found.by_silence) == (state, silent)
    assert found.delivered_at == at(WEEK), "a credit counts on the day of delivery"


def days_old(days: float, tries: list[float], *more: Event) -> Verdict:
    """A lead of that age, tried at those ages in days since delivery."""
    start = at("2026-01-05 09:00")
    calls = [event("L", "attempted", start + timedelta(days=age), side="sales") for age in tries]
    events = [delivered("2026-01-05 09:00"), *calls, *more]
    return {v.promise: v for v in judge(agreement(), LEAD, events, start + timedelta(days=days))}[
        PromiseOf.CADENCE
    ]


def after(days: float, kind: str, **said: object) -> Event:
    return event("L", kind, at("2026-01-05 09:00") + timedelta(days=days), **said)


def test_thirty_days_old_with_four_attempts_fails_the_second_check_by_one() -> None:
    found = days_old(30, [1, 3, 8, 20])
    assert (found.state, found.done, found.needed) == (State.BROKEN, 4, 5)
    assert found.due_at == at("2026-02-02 09:00")


def test_an_attempt_after_the_checkpoint_is_late_not_met() -> None:
    assert days_old(40, [1, 3, 8, 20, 31]).state is State.BROKEN
    assert days_old(40, [1, 3, 8, 20, 28]).state is State.KEPT


@pytest.mark.parametrize(
    ("days", "tries", "state"),
    [
        (13, [], State.PENDING),
        (14, [], State.PENDING),  # the deadline is inclusive
        (14.001, [1, 2], State.BROKEN),
        (15, [1, 2, 3], State.KEPT),
        (60, [1, 2, 3, 15, 16, 30, 31], State.KEPT),
        (60, [1, 2, 3, 15, 16, 30], State.BROKEN),
    ],
)
def test_the_cadence_is_checked_at_fourteen_twenty_eight_and_fifty_six_days(
    days: float, tries: list[float], state: State
) -> None:
    assert days_old(days, tries).state is state


def test_a_lead_reached_before_the_first_checkpoint_owes_nothing_more() -> None:
    assert days_old(60, [1], after(1, "connected", side="sales")).state is State.VOID
    assert days_old(60, [1], after(2, "won")).state is State.VOID


def test_reaching_a_lead_later_does_not_undo_a_checkpoint_missed() -> None:
    assert days_old(60, [1], after(20, "connected", side="sales")).state is State.BROKEN
    assert days_old(60, [1, 2, 3], after(20, "connected", side="sales")).state is State.KEPT


def test_a_lead_may_be_given_back_only_after_the_agreed_minimum_of_attempts() -> None:
    seven = [1, 2, 3, 4, 5, 6, 7]
    assert days_old(60, seven, after(8, "returned")).state is State.VOID
    assert days_old(60, seven[:3], after(8, "returned")).state is State.BROKEN
    unreached = {"reason": "unable_to_reach"}
    assert days_old(60, seven[:3], after(8, "disqualified", **unreached)).state is State.BROKEN
    assert days_old(60, seven[:3], after(8, "disqualified", reason="no_budget")).state is State.VOID


def test_a_call_that_ends_in_a_voicemail_is_one_attempt_of_two_touches() -> None:
    twice = [after(day, "attempted", side="sales", channel="voicemail") for day in (1, 2)]
    found = days_old(15, [1, 2], *twice)
    assert (found.state, found.done) == (State.BROKEN, 2)


def test_a_fact_read_twice_is_one_attempt_and_a_row_that_an_export_repeats_is_two() -> None:
    tries = [after(day, "attempted", side="sales", channel="call", seq=day) for day in (1, 2)]
    assert days_old(15, [], *tries, *tries).done == 2
    again = after(2, "attempted", side="sales", channel="call", seq=99)
    assert days_old(15, [], *tries, again).done == 3


def test_an_automated_mail_counts_for_depth_only_if_the_agreement_says_so() -> None:
    start = at("2026-01-05 09:00")
    mails = [
        event("L", "attempted", start + timedelta(days=d), side="machine", channel="email") for d in (1, 2, 3)
    ]
    for counts, state in (("depth only", State.KEPT), ("never", State.BROKEN)):
        terms = agreement(follow_up={"first_touch": "60 min", "automated_email_counts": counts})
        found = judge(terms, LEAD, [delivered("2026-01-05 09:00"), *mails], start + timedelta(days=15))
        assert {v.promise: v.state for v in found}[PromiseOf.CADENCE] is state
        assert found[0].state is State.BROKEN, "never for speed"


def test_a_later_stage_implies_the_earlier_ones_at_its_time() -> None:
    events = [event("L", "handed_off", "2026-03-02 09:00"), event("L", "won", "2026-03-20 09:00")]
    events.append(event("L", "sales_qualified", "2026-03-25 09:00"))  # entered after the fact
    stages = fold(LEAD, events, at("2026-04-01 00:00")).stages
    assert stages[Stage.LEAD] == stages[Stage.MQL] == at("2026-03-02 09:00")
    assert {stages[s] for s in (Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.CUSTOMER)} == {
        at("2026-03-20 09:00")
    }
