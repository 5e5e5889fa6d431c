"""The lifecycle holds whatever comes: facts twice, in any order, or late (DESIGN 7.12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.parse import parse_agreement
from accord.lead.acting import POSSIBLE, Act, may, open_commitments, paused
from accord.lead.depth import attempts_that_count
from accord.lead.events import Channel, Event, Kind, Lead
from accord.lead.lifecycle import BY_SILENCE, WORKED, fold
from accord.lead.repeats import Again, raised_again
from accord.lead.rounds import ENDS, last_round, rounds_of
from accord.lead.standing import IN_SALES, UNDECIDED, Standing, standing
from accord.lead.withdrawing import STAYS
from accord.promises.duties import DutyKind, duties_of
from accord.promises.judge import judge

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATEST = START + timedelta(days=90)
LEAD = Lead("L-1", created_at=START, lead_type="web_form", stream="smb", segment="services")
SMALL = """
accord: 1
name: Acme
term: 2026-01-01
goal: {revenue: 10000, streams: {smb: {deal_value: 1000}}}
lead_types: {web_form: {lead_to_customer: 10%}}
handoff: {deliver_within: 1 h, pull_back_after: 30 d wall}
follow_up: {dispose_within: 20 d wall}
commitments: {proposal: 3 d}
"""
MAKES = {
    Standing.QUALIFIED: (Kind.QUALIFIED,),
    Standing.DELIVERED: (Kind.HANDED_OFF,),
    Standing.ASSIGNED: (Kind.ASSIGNED,),
    Standing.ACCEPTED: (Kind.ACCEPTED,),
    Standing.SALES_QUALIFIED: (Kind.SALES_QUALIFIED,),
    Standing.OPPORTUNITY: (Kind.OPPORTUNITY,),
    Standing.PROPOSAL: (Kind.PROPOSAL,),
    Standing.WON: (Kind.WON,),
    Standing.LOST: (Kind.LOST,),
    Standing.REJECTED: (Kind.REJECTED,),
    Standing.DISQUALIFIED: (Kind.DISQUALIFIED,),
    Standing.RETURNED: (Kind.RETURNED,),
    Standing.MERGED: (Kind.MERGED,),
    Standing.OPTED_OUT: (Kind.OPTED_OUT,),
    Standing.ERASED: (Kind.ERASED,),
}
minutes = st.integers(0, 60 * 24 * 60).map(lambda n: START + timedelta(minutes=n))


@st.composite
def facts(draw: st.DrawFn) -> list[Event]:
    """Any facts at all, most of them about a lead that was handed off; several may occur at one instant."""
    found = []
    kinds = [Kind.HANDED_OFF] if draw(st.integers(0, 9)) else []
    kinds += draw(st.lists(st.sampled_from(Kind), max_size=12))
    for seq, kind in enumerate(kinds, start=1):
        occurred = draw(minutes)
        late = timedelta(minutes=draw(st.sampled_from((0, 0, 0, 1, 600, 20_000))))
        outcomes = {
            Kind.ACCEPTED: ("", BY_SILENCE), Kind.ARBITRATED: ("upheld", "overturned"),
            Kind.EXCUSED: ("", "first_touch_in_time"), Kind.WITHDRAWN: ("", *map(str, range(1, 13))),
        }.get(kind, ("",))  # fmt: skip
        reasons = {
            Kind.REJECTED: ("", "misrouted"), Kind.DISQUALIFIED: ("no_need", "unable_to_reach"),
            Kind.PAUSED: ("prospect_callback", "lunch"), Kind.COMMITTED: ("proposal",),
            Kind.FULFILLED: ("proposal",),
        }.get(kind, ("",))  # fmt: skip
        found.append(
            Event(
                seq, LEAD.lead, kind, occurred, occurred + late,
                actor=draw(st.sampled_from(("leyla", "ines", None))),
                side=draw(st.sampled_from(("sales", "marketing", "prospect", "machine", None))),
                channel=draw(st.sampled_from((None, *Channel))) if kind is Kind.ATTEMPTED else None,
                outcome=draw(st.sampled_from(outcomes)) or None,
                reason=draw(st.sampled_from(reasons)) or None,
            )
        )  # fmt: skip
    return found


@given(facts(), st.randoms(use_true_random=False), minutes)
@settings(max_examples=300, deadline=None)
def test_neither_order_nor_repetition_changes_what_is_so(
    events: list[Event], dice: object, at: datetime
) -> None:
    again = [*events, *events[: len(events) // 2]]
    dice.shuffle(again)  # type: ignore[attr-defined]
    one, other = fold(LEAD, events, at), fold(LEAD, again, at)
    assert [_said(event) for event in one.events] == [_said(event) for event in other.events]
    assert standing(one) is standing(other)
    assert raised_again(one, at) is raised_again(other, at)
    assert [may(act, one) for act in Act] == [may(act, other) for act in Act]
    assert one.stages == other.stages


@given(facts(), minutes)
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_and_nothing_stands_that_did_not_happen(events: list[Event], at: datetime) -> None:
    cycle = fold(LEAD, events, at)
    known = [event for event in events if event.occurred_at <= at and event.recorded_at <= at]
    back = {event.outcome for event in known if event.kind is Kind.WITHDRAWN}
    left = [event for event in known if event.kind in STAYS or str(event.seq) not in back]
    counted = [event.seq for event in left if event.kind is not Kind.WITHDRAWN]
    assert sorted(event.seq for event in cycle.events) == sorted(counted)
    now, kinds = standing(cycle), {event.kind for event in cycle.events}
    assert now is Standing.RAISED or kinds & set(MAKES[now])
    for kind, final in ((Kind.ERASED, Standing.ERASED), (Kind.MERGED, Standing.MERGED)):
        if kind in kinds:
            assert now is final
            break
    if Kind.OPTED_OUT in kinds:
        assert now in (Standing.OPTED_OUT, Standing.MERGED, Standing.ERASED)
        assert may(Act.ATTEMPT, cycle) and raised_again(cycle, at) is not Again.SIGNAL
    if now in IN_SALES:
        assert raised_again(cycle, at) is Again.SIGNAL
    for act in Act:
        assert now in POSSIBLE[act] or may(act, cycle)


@given(facts(), minutes, minutes)
@settings(max_examples=200, deadline=None)
def test_a_late_fact_ends_where_it_would_have_come_in_time(
    events: list[Event], one: datetime, other: datetime
) -> None:
    """What was known earlier is found again, and once all is recorded lateness makes no difference.

    Of two facts of one instant the one recorded first comes first; so here no two share an instant.
    """
    events = [_apart(event) for event in events]
    early, late = min(one, other), max(one, other)
    events = list(
        {event.occurred_at: event for event in events}.values()
    )  # of one instant, recording decides
    events = [event for event in events if event.kind is not Kind.WITHDRAWN]  # it takes away what was known
    then, now = fold(LEAD, events, early), fold(LEAD, events, late)
    assert {event.seq for event in then.events} <= {event.seq for event in now.events}
    in_time = [_in_time(event) for event in events]
    assert standing(fold(LEAD, events, LATEST)) is standing(fold(LEAD, in_time, LATEST))


@given(facts(), st.randoms(use_true_random=False), minutes)
@settings(max_examples=150, deadline=None)
def test_duties_and_verdicts_follow_from_the_facts_alone(
    events: list[Event], dice: object, at: datetime
) -> None:
    agreement = parse_agreement(SMALL)
    again = [*events, *events]
    dice.shuffle(again)  # type: ignore[attr-defined]
    duties = duties_of(agreement, LEAD, events, at)
    assert duties == duties_of(agreement, LEAD, again, at)
    names = [(duty.kind, duty.number) for duty in duties]
    assert len(names) == len(set(names))
    judged = {(DutyKind(one.promise), one.state) for one in judge(agreement, LEAD, events, at)}
    if len(rounds_of(fold(LEAD, events, at))) == 1:  # the score judges the first round alone
        assert judged <= {(duty.kind, duty.state) for duty in duties}
    for duty in duties:
        assert list(duty.moments) == sorted(duty.moments, key=lambda moment: moment.at)
        assert not duty.moments or (duty.met_at is None and duty.ended_at is None)


@given(facts(), minutes)
@settings(max_examples=150, deadline=None)
def test_attempts_are_counted_at_most_once_each(events: list[Event], at: datetime) -> None:
    cycle = fold(LEAD, events, at)
    everyone = attempts_that_count(cycle.events, automated=frozenset(), machines=True)
    by_hand = attempts_that_count(cycle.events, automated=frozenset({"email"}), machines=False)
    tried = [event for event in cycle.events if event.kind is Kind.ATTEMPTED]
    assert len(by_hand) <= len(everyone) <= len(tried)
    assert everyone == sorted(everyone)
    assert {event.kind for event in open_commitments(cycle)} <= {Kind.COMMITTED}
    assert not paused(cycle) or Kind.PAUSED in {event.kind for event in cycle.events}


@given(facts(), minutes)
@settings(max_examples=300, deadline=None)
def test_a_lead_with_sales_always_has_something_that_comes(events: list[Event], at: datetime) -> None:
    """Nothing is owed to nobody: as long as nobody has decided a clock runs, also the second time."""
    events = [_apart(event) for event in events]
    cycle = fold(LEAD, events, at)
    now = standing(cycle)
    if now not in IN_SALES or paused(cycle) or cycle.delivered is None:
        return
    began = last_round(cycle)
    assert began.delivered is not None
    mine = [duty for duty in duties_of(parse_agreement(SMALL), LEAD, events, at) if duty.side == "sales"]
    if any(duty.moments for duty in mine):
        return
    assert now not in UNDECIDED
    kinds = {event.kind for event in began.cycle.events}
    reached = kinds & {Kind.CONNECTED, *WORKED}
    assert reached or kinds & ENDS, "finished only where it was reached, or sales went on after an end"


def _said(event: Event) -> tuple[object, ...]:
    return tuple(value for name, value in vars(event).items() if name != "seq")


def _apart(event: Event) -> Event:
    """The same fact at an instant of its own."""
    later = timedelta(seconds=event.seq)
    return replace(event, occurred_at=event.occurred_at + later, recorded_at=event.recorded_at + later)


def _in_time(event: Event) -> Event:
    return Event(**{**vars(event), "recorded_at": event.occurred_at})
