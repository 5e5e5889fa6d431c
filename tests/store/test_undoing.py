"""What somebody logged by mistake they take back: for ten minutes, their own, while nobody builds on it."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.errors import EntryInvalid, NotAllowed
from accord.lead.events import Kind
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.agreements.models import AgreementFile
from accord.server.boards.models import Enrolment, Reject
from accord.server.desk import acts
from accord.server.desk.acts.undoing import WITHIN, last_act
from accord.server.desk.models import Event, Lead
from accord.server.desk.recording import Fact, cycle_of, record_facts
from accord.server.people.models import User
from accord.server.routing.models import Routing
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def last_seqs(lead: Lead, count: int) -> list[int]:
    return sorted(lead.events.order_by("-seq").values_list("seq", flat=True)[:count])


def kinds(lead: Lead, at: datetime | None = None) -> list[Kind]:
    return [event.kind for event in cycle_of(lead, at or timezone.now()).events]


def called(by: User, lead: Lead, at: datetime, outcome: str = "no_answer") -> Lead:
    return acts.attempt(actor(by), lead.pk, "call", outcome, "", at, asked=True)


@pytest.fixture
def leylas(people: People, in_force: AgreementFile) -> Lead:
    return a_delivered_lead(people.leyla)


def test_a_call_that_went_to_voicemail_is_taken_back_whole_and_the_clock_runs_again(
    people: People, leylas: Lead
) -> None:
    at = timezone.now()
    lead = called(people.leyla, leylas, at, "voicemail")
    touch = lead.duties.get(kind=DutyKind.FIRST_TOUCH)
    assert (lead.attempts, touch.state) == (1, State.KEPT) and touch.next_at is None
    seqs = last_seqs(lead, 2)
    lead = acts.undo(actor(people.leyla), lead.pk, seqs, at + MINUTE)
    touch.refresh_from_db()
    assert (lead.attempts, lead.touched_at, touch.state, touch.met_at) == (0, None, State.PENDING, None)
    assert touch.next_at is not None and lead.due_at == touch.due_at
    back = lead.events.order_by("-seq")[:2]
    assert {int(row.outcome) for row in back} == set(seqs) and {row.kind for row in back} == {"withdrawn"}
    assert Kind.ATTEMPTED in kinds(lead, at + MINUTE / 2), "it was known in between"
    assert Kind.ATTEMPTED not in kinds(lead, at + MINUTE)


def test_half_an_act_is_not_taken_back(people: People, leylas: Lead) -> None:
    at = timezone.now()
    called(people.leyla, leylas, at, "voicemail")
    seqs = last_seqs(leylas, 2)
    with pytest.raises(NotAllowed, match=f"all of it: here that is {seqs[0]}, {seqs[1]}"):
        acts.undo(actor(people.leyla), leylas.pk, seqs[:1], at)


@pytest.mark.parametrize("late", [timedelta(), timedelta(microseconds=1)])
def test_it_is_taken_back_within_ten_minutes(people: People, leylas: Lead, late: timedelta) -> None:
    at = timezone.now()
    called(people.leyla, leylas, at)
    seqs = last_seqs(leylas, 1)
    if not late:
        assert acts.undo(actor(people.leyla), leylas.pk, seqs, at + WITHIN).attempts == 0
        return
    with pytest.raises(NotAllowed, match="can be taken back for 10 minutes"):
        acts.undo(actor(people.leyla), leylas.pk, seqs, at + WITHIN + late)


def test_only_who_logged_it_takes_it_back(people: People, leylas: Lead) -> None:
    at = timezone.now()
    called(people.leyla, leylas, at)
    with pytest.raises(NotAllowed, match="only who logged something"):
        acts.undo(actor(people.ines), leylas.pk, last_seqs(leylas, 1), at)


def test_what_somebody_else_did_since_stands_in_the_way(people: People, leylas: Lead) -> None:
    at = timezone.now()
    acts.reject(actor(people.leyla), leylas.pk, "duplicate", "", at)
    seqs = last_seqs(leylas, 1)
    acts.dispute(actor(people.sara), leylas.pk, "It is none.", at + MINUTE)
    with pytest.raises(NotAllowed, match="the lead has gone on since: disputed"):
        acts.undo(actor(people.leyla), leylas.pk, seqs, at + 2 * MINUTE)
    assert Reject.objects.get().disputed_at


def test_one_takes_back_the_last_first(people: People, leylas: Lead) -> None:
    at, by = timezone.now(), actor(people.leyla)
    called(people.leyla, leylas, at)
    first = last_seqs(leylas, 1)
    acts.accept(by, leylas.pk, at + MINUTE)
    second = last_seqs(leylas, 1)
    with pytest.raises(NotAllowed, match="take that back first"):
        acts.undo(by, leylas.pk, first, at + 2 * MINUTE)
    assert acts.undo(by, leylas.pk, second, at + 2 * MINUTE).standing == "assigned"
    assert acts.undo(by, leylas.pk, first, at + 2 * MINUTE).attempts == 0
    with pytest.raises(NotAllowed, match="taken back already"):
        acts.undo(by, leylas.pk, first, at + 3 * MINUTE)


def test_what_a_tool_tells_or_the_person_does_since_stands_in_nobodys_way(
    people: People, leylas: Lead
) -> None:
    at = timezone.now()
    called(people.leyla, leylas, at)
    seqs = last_seqs(leylas, 1)
    same = Fact(
        Kind.ATTEMPTED, at, actor="leyla", side="sales", channel="call", origin="api:dialer", origin_id="7"
    )
    record_facts(leylas.pk, [same, Fact(Kind.SIGNALLED, at, side="prospect")], at)
    lead = acts.undo(actor(people.leyla), leylas.pk, seqs, at + MINUTE)
    assert lead.attempts == 1
    with pytest.raises(NotAllowed, match="corrected there"):
        told = lead.events.get(origin_id="7").seq
        acts.undo(actor(people.leyla), leylas.pk, [told], at + MINUTE)


@pytest.mark.parametrize("kind", [Kind.CREATED, Kind.HANDED_OFF, Kind.ASSIGNED])
def test_what_others_rely_on_stays(people: People, leylas: Lead, kind: Kind) -> None:
    seq = leylas.events.get(kind=kind).seq
    with pytest.raises(NotAllowed, match=r"cannot be taken back|corrected there"):
        acts.undo(actor(people.leyla), leylas.pk, [seq], timezone.now())


def test_facts_of_another_lead_are_none_of_this_one(people: People, leylas: Lead) -> None:
    other = a_delivered_lead(people.leyla)
    at = timezone.now()
    called(people.leyla, other, at)
    for seqs in ([], last_seqs(other, 1), [2**70, -1]):
        with pytest.raises(EntryInvalid, match="no such facts"):
            acts.undo(actor(people.leyla), leylas.pk, seqs, at)


def test_a_reject_that_is_taken_back_leaves_the_box(people: People, leylas: Lead) -> None:
    at, by = timezone.now(), actor(people.leyla)
    acts.reject(by, leylas.pk, "misrouted", "", at)
    assert Reject.objects.filter(lead=leylas).exists()
    lead = acts.undo(by, leylas.pk, last_seqs(leylas, 1), at + MINUTE)
    assert lead.standing == "assigned" and not Reject.objects.filter(lead=lead).exists()


def test_a_return_that_is_taken_back_leaves_its_track(people: People, leylas: Lead) -> None:
    at, by = timezone.now(), actor(people.leyla)
    called(people.leyla, leylas, at)
    acts.accept(by, leylas.pk, at)
    acts.return_(by, leylas.pk, "no_need", "reengage", "", at + MINUTE)
    assert Enrolment.objects.get(lead=leylas).due_at
    lead = acts.undo(by, leylas.pk, last_seqs(leylas, 2), at + 2 * MINUTE)
    assert lead.standing == "accepted" and not Enrolment.objects.filter(lead=lead).exists()


def test_a_conversation_that_is_taken_back_lets_the_track_go_on(people: People, leylas: Lead) -> None:
    at, by = timezone.now(), actor(people.leyla)
    acts.start_track(actor(people.sara), leylas.pk, "reengage", at)
    acts.connect(by, leylas.pk, "call", "", at + MINUTE)
    assert Enrolment.objects.get(lead=leylas).why == Enrolment.Why.REPLIED
    acts.undo(by, leylas.pk, last_seqs(leylas, 1), at + 2 * MINUTE)
    row = Enrolment.objects.get(lead=leylas)
    assert (row.stopped_at, row.why) == (None, "") and row.next_at


def test_a_lead_that_was_taken_by_mistake_is_nobodys_again(people: People, in_force: AgreementFile) -> None:
    lead, at, by = a_delivered_lead(), timezone.now(), actor(people.leyla)
    acts.accept(by, lead.pk, at)
    lead = acts.undo(by, lead.pk, last_seqs(lead, 2), at + MINUTE)
    assert (lead.owner, lead.standing, lead.assigned_at) == (None, "delivered", None)
    assert not Routing.objects.filter(lead=lead, counts=True).exists()


def test_a_breach_that_was_found_stays_on_record(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla, delivered_at=at - timedelta(days=10))
    lead = called(people.leyla, lead, at)
    touch = lead.duties.get(kind=DutyKind.FIRST_TOUCH)
    assert touch.state == State.BROKEN and touch.broken_at
    seq = lead.events.filter(kind="attempted").get().seq
    acts.undo(actor(people.leyla), lead.pk, [seq], at + MINUTE)
    after = lead.duties.get(kind=DutyKind.FIRST_TOUCH)
    assert (after.state, after.broken_at, after.met_at) == (State.BROKEN, touch.broken_at, None)
    assert Event.objects.filter(lead=lead, kind="breached", outcome=DutyKind.FIRST_TOUCH).count() == 1


def test_what_can_be_taken_back_now_is_the_last_act_of_ones_own(people: People, leylas: Lead) -> None:
    at = timezone.now()
    assert last_act(list(leylas.events.order_by("seq")), people.leyla, at) is None
    called(people.leyla, leylas, at, "connected")
    rows = list(leylas.events.order_by("seq"))
    found = last_act(rows, people.leyla, at + MINUTE)
    assert found and found.seqs == last_seqs(leylas, 2) and found.until == at + WITHIN
    assert last_act(rows, people.ines, at + MINUTE) is None
    assert last_act(rows, people.leyla, at + WITHIN + MINUTE) is None
    acts.undo(actor(people.leyla), leylas.pk, found.seqs, at + MINUTE)
    assert last_act(list(leylas.events.order_by("seq")), people.leyla, at + MINUTE) is None
