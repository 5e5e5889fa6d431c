"""Clocks that move on by themselves: each moment once, whoever ticks and wherever a worker dies."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accord.lead.events import Kind
from accord.lead.standing import Standing
from accord.server.agreements.models import AgreementFile
from accord.server.alerts import noticing
from accord.server.alerts.models import Notice
from accord.server.desk import breaking, ticking
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.desk.ticking import tick
from accord.server.people.models import Absence, User
from desk_fixture import a_delivered_lead
from server_fixture import People

FIRST_TOUCH = "first_touch_in_time"
A_SECOND = timedelta(seconds=1)


def the_duty(lead: Lead, kind: str = FIRST_TOUCH) -> Duty:
    return Duty.objects.get(lead=lead, kind=kind)


def moment(duty: Duty, place: int) -> datetime:
    return datetime.fromisoformat(duty.moments[place]["at"])


def told(lead: Lead, kind: str = FIRST_TOUCH) -> list[tuple[str, str]]:
    """What was written down about a duty of a lead: what, and to whom by their key, in order."""
    rows = Notice.objects.filter(lead=lead, duty__kind=kind).order_by("id").select_related("recipient__user")
    return [(row.what, row.recipient.user.email.partition("@")[0]) for row in rows if row.recipient.user]


def touch(lead: Lead, by: User, at: datetime) -> Fact:
    return Fact(Kind.ATTEMPTED, at, actor=actor_text(by), side="sales", channel="call", outcome="no_answer")


def only(duty: Duty) -> None:
    """Let nothing else move."""
    Duty.objects.exclude(pk=duty.pk).update(next_at=None)


def test_the_ladder_is_climbed_step_by_step_and_each_step_tells_whom_it_names(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    only(duty)
    ladder = [moment(duty, place) for place in range(4)]
    seen = []
    for at in ladder:
        assert tick(at - timedelta(microseconds=1)) == 0
        assert tick(at) == 1
        seen.append(told(lead)[sum(map(len, seen)) :])
    warned, broken, managers, heads = seen
    assert warned == [("warn", "leyla")]
    assert broken == [("breach", "leyla")]  # nobody stands in for Leyla, so nobody else is meant
    assert managers == [("escalate", "ines")]
    assert set(heads) == {("escalate", "mina"), ("escalate", "omar")}
    duty.refresh_from_db()
    assert (duty.rung, duty.next_at) == (4, None)


def test_the_backup_is_told_of_a_breach_beside_the_owner(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.ines)
    duty = the_duty(lead)
    only(duty)
    tick(moment(duty, 0))
    tick(moment(duty, 1))
    assert told(lead) == [("warn", "ines"), ("breach", "ines"), ("breach", "omar")]


def test_a_breach_is_marked_with_who_had_it_and_why_and_stands_in_the_log_once(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    at = moment(duty, 1)
    for _ in range(2):
        tick(at + A_SECOND)
    duty.refresh_from_db()
    lead.refresh_from_db()
    assert (duty.state, duty.broken_by, duty.cause, duty.broken_at) == (
        "broken", people.leyla, "rep_delay", at,
    )  # fmt: skip
    [event] = Event.objects.filter(kind="breached")
    assert (event.occurred_at, event.recorded_at) == (at, at + A_SECOND)
    assert (event.actor, event.side, event.outcome, event.reason) == (
        actor_text(people.leyla), "machine", FIRST_TOUCH, "rep_delay",
    )  # fmt: skip
    assert lead.broken == 1 and lead.due_kind == FIRST_TOUCH, "it is late, and still what is owed first"
    assert record_facts(lead.pk, [], at + A_SECOND).broken == 1  # worked out anew it is the same


def test_what_piled_up_in_a_downtime_is_told_in_one_notice_to_everybody_it_names(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    only(duty)
    tick(moment(duty, 3) + timedelta(hours=1))
    assert sorted(told(lead)) == [("escalate", one) for one in ("ines", "leyla", "mina", "omar")]
    assert Event.objects.filter(kind="breached").count() == 1


def test_a_late_touch_finds_the_breach_before_the_clock_does_and_it_happens_once(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    at = moment(duty, 1) + timedelta(minutes=1)
    record_facts(lead.pk, [touch(lead, people.leyla, at)], at)
    for _ in range(2):
        tick(at + A_SECOND)
    duty.refresh_from_db()
    assert (duty.state, duty.broken_by, duty.met_at) == ("broken", people.leyla, at)
    assert told(lead) == [("breach", "leyla")]
    assert Event.objects.filter(kind="breached").count() == 1


def test_a_touch_that_comes_to_light_later_turns_the_verdict_and_the_breach_stays_history(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    broken_at = moment(duty, 1)
    tick(broken_at)
    in_time = lead.delivered_at + A_SECOND
    lead = record_facts(lead.pk, [touch(lead, people.leyla, in_time)], broken_at + A_SECOND)
    duty.refresh_from_db()
    assert (duty.state, duty.broken_at, lead.broken) == ("kept", broken_at, 0)


def test_a_breach_stays_with_whoever_had_the_lead_when_its_time_was_over(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    later = moment(duty, 1) + timedelta(minutes=5)
    given = Fact(Kind.ASSIGNED, later, actor=actor_text(people.ines), side="machine")
    record_facts(lead.pk, [given], later)
    tick(later + A_SECOND)
    duty.refresh_from_db()
    assert (duty.owner, duty.broken_by) == (people.ines, people.leyla)


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        ("nobody has it", "no_capacity"),
        ("away", "absence"),
        ("information is missing", "missing_information"),
        ("assigned late", "system_delay"),
        ("had it in time", "rep_delay"),
    ],
)
def test_a_breach_carries_its_cause(people: People, in_force: AgreementFile, case: str, cause: str) -> None:
    lead = a_delivered_lead(None if case in ("nobody has it", "assigned late") else people.leyla)
    duty = the_duty(lead)
    if case == "away":
        days = {"from_on": duty.due_at.date(), "to_on": duty.due_at.date() + timedelta(days=1)}
        Absence.objects.create(user=people.leyla, **days)
    if case == "information is missing":
        Lead.objects.update(missing=["phone or linkedin"])
    if case == "assigned late":
        late = duty.due_at - A_SECOND
        record_facts(
            lead.pk, [Fact(Kind.ASSIGNED, late, actor=actor_text(people.leyla), side="machine")], late
        )
    tick(moment(duty, 1))
    duty.refresh_from_db()
    assert duty.cause == cause


def test_nobody_decides_and_the_lead_is_accepted_by_silence_as_of_the_close_of_the_window(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    credit = the_duty(lead, "accepted_leads")
    for _ in range(3):
        tick(moment(credit, 0) + timedelta(hours=2))
    lead.refresh_from_db()
    assert lead.standing == Standing.ACCEPTED
    [event] = Event.objects.filter(kind="accepted")
    assert (event.occurred_at, event.outcome, event.side) == (credit.due_at, "by silence", "machine")


def test_a_rejected_lead_is_not_accepted_by_silence(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    credit = the_duty(lead, "accepted_leads")
    said = Fact(
        Kind.REJECTED, timezone.now(), actor=actor_text(people.leyla), side="sales", reason="duplicate"
    )
    record_facts(lead.pk, [said], timezone.now())
    tick(moment(credit, 0) + timedelta(hours=2))
    assert not Event.objects.filter(kind="accepted").exists()


def test_a_duty_that_cannot_be_moved_on_keeps_nobody_waiting(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = a_delivered_lead(people.leyla), a_delivered_lead(people.leyla)
    at = moment(the_duty(good), 1)
    told_of = ticking.matter

    def stumbles(duty: Duty, *rest: object) -> object:
        if duty.lead_id == bad.pk:
            raise ValueError("no way")
        return told_of(duty, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ticking, "matter", stumbles)
    tick(at)
    assert the_duty(good).state == "broken"
    assert the_duty(bad).state == "pending" and the_duty(bad).next_at == at + ticking.PUT_OFF
    monkeypatch.setattr(ticking, "matter", told_of)
    tick(at + ticking.PUT_OFF)
    assert the_duty(bad).state == "broken" and ("breach", "leyla") in told(bad)


def test_what_happens_by_itself_keeps_no_alert_waiting(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    credit, first = the_duty(lead, "accepted_leads"), the_duty(lead)
    Duty.objects.exclude(pk__in=[credit.pk, first.pk]).update(next_at=None)
    at = max(moment(credit, 0), moment(first, 3)) + A_SECOND
    assert ticking.tell_due(at) == 1  # however long the other line takes for its work
    assert told(lead) and the_duty(lead, "accepted_leads").rung == 0
    assert (ticking.act_due(at), ticking.act_due(at)) == (1, 0)
    assert Event.objects.filter(kind="accepted").count() == 1


def test_the_clock_and_the_desk_say_alike_what_is_owed_next(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    only(duty)  # nothing else is to move; it is owed all the same
    tick(moment(duty, 1))
    lead.refresh_from_db()
    found = (lead.due_at, lead.due_kind, lead.broken, lead.changed_at)
    again = record_facts(lead.pk, [], moment(duty, 1))
    assert found == (again.due_at, again.due_kind, again.broken, moment(duty, 1))


def test_two_steps_that_tell_the_same_people_are_two(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    only(duty)
    at = moment(duty, 2)
    twice = {**duty.moments[2], "at": (at + timedelta(hours=1)).isoformat()}
    Duty.objects.filter(pk=duty.pk).update(moments=[*duty.moments[:3], twice])
    tick(at)
    tick(at + timedelta(hours=1))
    assert told(lead)[-2:] == [("escalate", "ines")] * 2


_STEPS: list[tuple[object, str]] = [
    (breaking.Event.objects, "bulk_create"),
    (ticking, "update_rows"),
    (ticking, "_sum_up"),
    (ticking, "write"),
    (noticing.Notice.objects, "bulk_create"),
]


@pytest.mark.parametrize("step", range(len(_STEPS)), ids=[name for _, name in _STEPS])
@pytest.mark.parametrize("before", [True, False], ids=["before it", "after it"])
def test_a_worker_that_dies_at_any_step_loses_nothing_and_doubles_nothing(
    people: People,
    in_force: AgreementFile,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    before: bool,
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    only(duty)
    at = moment(duty, 1)
    owner, name = _STEPS[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, _dies(getattr(owner, name), before=before))
        with pytest.raises(KeyboardInterrupt):
            tick(at)
    assert (told(lead), Event.objects.filter(kind="breached").count()) == ([], 0)
    assert the_duty(lead).rung == 0
    tick(at)
    assert told(lead) == [("breach", "leyla")]
    assert Event.objects.filter(kind="breached").count() == 1


def _dies(real: Callable[..., object], *, before: bool) -> Callable[..., object]:
    def dies(*args: object, **more: object) -> object:
        if not before:
            real(*args, **more)
        raise KeyboardInterrupt  # nothing catches it, as nothing catches a kill

    return dies


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_tick_the_same_clock_one_moves_it(
    people: People, in_force: AgreementFile
) -> None:
    leads = [a_delivered_lead(people.leyla) for _ in range(6)]
    at = max(moment(the_duty(lead), 1) for lead in leads) + A_SECOND
    Duty.objects.exclude(kind=FIRST_TOUCH).update(next_at=None)
    _at_once([lambda: tick(at)] * 3)
    tick(at)  # what a worker left, since another held it
    assert Event.objects.filter(kind="breached").count() == len(leads)
    assert [told(lead) for lead in leads] == [[("breach", "leyla")]] * len(leads)


@pytest.mark.django_db(transaction=True)
def test_a_touch_in_the_moment_of_its_deadline_is_either_in_time_or_late_and_the_log_agrees(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = the_duty(lead)
    at = moment(duty, 1)
    said = touch(lead, people.leyla, duty.due_at)
    _at_once([lambda: tick(at), lambda: record_facts(lead.pk, [said], at)])
    tick(at)
    duty.refresh_from_db()
    assert duty.state == "kept"  # it came within the time, whoever was first
    found = Event.objects.filter(kind="breached", outcome=FIRST_TOUCH).count()
    assert found == (duty.broken_at is not None) == len(told(lead))


def _at_once(works: list[Callable[[], object]]) -> None:
    start, problems = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait()
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not problems
