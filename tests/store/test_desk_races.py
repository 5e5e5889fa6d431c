"""Two at the same moment: one winner, one event each, and nothing is lost (both databases)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accord.errors import NotAllowed
from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.desk import acts
from accord.server.desk.arriving import Incoming, take_in
from accord.server.desk.models import Contact, Event, Lead
from accord.server.desk.recording import Fact, record_facts
from accord.server.desk.ticking import tick
from desk_fixture import a_delivered_lead, a_hand
from server_fixture import People, actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """What comes of each, done at the same moment; an error is its outcome too."""
    ready = Barrier(len(doings))

    def run(doing: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            ready.wait(30)
            return doing()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return [one.result(60) for one in [pool.submit(run, doing) for doing in doings]]


def test_of_two_reps_who_accept_one_wins_and_the_other_hears_who(
    people: People, in_force: AgreementFile
) -> None:
    for _ in range(3):
        lead = a_delivered_lead()
        came = at_once(
            lambda lead=lead: acts.accept(actor(people.leyla), lead.pk, timezone.now()),
            lambda lead=lead: acts.accept(actor(people.omar), lead.pk, timezone.now()),
        )
        (won,) = [one for one in came if isinstance(one, Lead)]
        (lost,) = [one for one in came if isinstance(one, NotAllowed)]
        assert won.owner is not None and f"{won.owner.name} accepted this lead at" in str(lost)
        assert Event.objects.filter(lead=lead, kind="accepted").count() == 1
        assert Event.objects.filter(lead=lead, kind="assigned").count() == 1


def test_a_touch_in_the_moment_of_its_deadline_is_kept_and_nobody_is_blamed_for_good(
    people: People, in_force: AgreementFile
) -> None:
    """The clock and the rep race; whatever the order, the verdict is that of the facts."""
    for late in (timedelta(), timedelta(seconds=1)):
        lead = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(days=5))
        duty = lead.duties.get(kind="first_touch_in_time")
        touch = Fact(
            Kind.ATTEMPTED, duty.due_at + late, actor="leyla", side="sales", channel="call",
            outcome="no_answer", origin="dialler", origin_id=str(lead.pk),
        )  # fmt: skip
        now = timezone.now()
        came = at_once(
            lambda lead=lead, touch=touch, now=now: record_facts(lead.pk, [touch], now),
            lambda now=now: tick(now),
            lambda now=now: tick(now),
        )
        assert not [one for one in came if isinstance(one, Exception)], came
        record_facts(lead.pk, [touch], now)
        tick(now)
        duty.refresh_from_db()
        assert duty.state == ("broken" if late else "kept")
        breaches = Event.objects.filter(lead=lead, kind="breached", outcome="first_touch_in_time").count()
        assert breaches == int(duty.broken_at is not None) <= 1
        assert not late or breaches == 1


def test_one_person_through_two_doors_at_once_is_one_lead(people: People, in_force: AgreementFile) -> None:
    for _ in range(3):
        at = timezone.now()
        one = a_hand(at)
        other = Incoming("api:crm", one.origin_id, at, {**one.contact, "phone": ""}, signals={"visits": 3})
        came = at_once(
            lambda one=one: take_in(one, one.occurred_at), lambda one=other: take_in(one, one.occurred_at)
        )
        assert sorted(taken.new for taken in came) == [False, True], came
        assert Contact.objects.filter(email_key=one.contact["email"]).count() == 1


def test_the_same_fact_through_two_workers_at_once_is_one_fact(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    hand = a_hand(at)
    came = at_once(*(lambda: take_in(hand, at) for _ in range(3)))
    assert sorted(taken.new for taken in came) == [False, False, True], came
    assert Event.objects.filter(origin=hand.origin, origin_id=hand.origin_id).count() == 1


def test_an_import_beside_live_traffic_loses_nothing(people: People, in_force: AgreementFile) -> None:
    """A rep logs calls while an import tells of older ones, of the same lead and of others."""
    lead = a_delivered_lead(people.leyla, delivered_at=timezone.now() - timedelta(hours=2))
    others = [a_hand(timezone.now()) for _ in range(4)]
    facts = [
        Fact(
            Kind.ATTEMPTED, lead.delivered_at + timedelta(minutes=place), side="sales", channel="call",
            origin="upload:1", origin_id=str(place),
        )
        for place in range(6)
    ]  # fmt: skip

    def imported() -> None:
        for fact in facts:
            record_facts(lead.pk, [fact], timezone.now())

    def called() -> None:
        for _ in range(6):
            acts.attempt(actor(people.leyla), lead.pk, "email", "sent", "", timezone.now())

    came = at_once(imported, called, *(lambda hand=hand: take_in(hand, timezone.now()) for hand in others))
    assert not [one for one in came if isinstance(one, Exception)], came
    lead.refresh_from_db()
    assert Event.objects.filter(lead=lead, kind="attempted").count() == 12
    assert lead.touched_at == max(lead.events.filter(kind="attempted").values_list("occurred_at", flat=True))
    assert Lead.objects.count() == 5
