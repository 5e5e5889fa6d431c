"""Nobody's leads wait for whoever is away, has left, or let the first promise break."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accord.agreement.terms import Agreement
from accord.errors import NotAllowed
from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.desk import terms
from accord.server.desk.models import Duty, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.people.models import Absence, User
from accord.server.routing import moving, standing_in
from accord.server.routing.models import Move, Routing
from accord.server.routing.moving import move_leads, undo
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db


def a_rep(name: str, **more: object) -> User:
    known = {"side": "sales", "pool": "inbound", "leads_per_month": 10_000, "zone": "Europe/Istanbul"}
    return User.objects.create(email=f"{name}@acme.example", name=name.title(), **{**known, **more})


def away(user: User, cover: User | None = None, days: int = 3) -> Absence:
    today = timezone.localdate()
    return Absence.objects.create(user=user, from_on=today, to_on=today + timedelta(days), cover=cover)


def owners() -> list[User | None]:
    return [lead.owner for lead in Lead.objects.order_by("pk")]


def test_what_cannot_wait_goes_to_the_cover_when_an_absence_begins_once(
    people: People, in_force: AgreementFile
) -> None:
    a_rep("ada")
    a_delivered_lead(people.leyla), a_delivered_lead(people.leyla)
    absence = away(people.leyla, cover=people.omar)
    at = timezone.now() + timedelta(seconds=1)
    assert standing_in.look_after(at) == 2
    assert owners() == [people.omar, people.omar]
    record = Routing.objects.first()
    assert record is not None
    assert (record.rule, record.left, record.by, record.move) == ("cover", people.leyla, None, absence.move)
    assert standing_in.look_after(at + timedelta(seconds=1)) == 0
    told = people.omar.recipient.notices
    assert told.filter(what="assigned").count() == 2 and told.filter(what="leads_moved").count() == 1


def test_without_cover_the_rules_choose(people: People, in_force: AgreementFile) -> None:
    ada = a_rep("ada")
    a_delivered_lead(people.leyla)
    away(people.leyla)
    assert standing_in.look_after(timezone.now() + timedelta(seconds=1)) == 1
    assert owners() == [ada]


def test_what_can_wait_until_somebody_is_back_stays_with_them(
    people: People, in_force: AgreementFile
) -> None:
    a_rep("ada")
    lead, now = a_delivered_lead(people.leyla), timezone.now() + timedelta(seconds=1)
    who = actor_text(people.leyla)
    facts = [Fact(Kind.ACCEPTED, now, who, "sales"), Fact(Kind.CONNECTED, now, who, "sales", channel="call")]
    record_facts(lead.pk, [*facts, Fact(Kind.SALES_QUALIFIED, now, who, "sales")], now)
    later = timezone.now() + timedelta(seconds=2)
    Lead.objects.filter(pk=lead.pk).update(due_at=later + timedelta(days=30))
    away(people.leyla, days=1)
    assert standing_in.look_after(later) == 0 and owners() == [people.leyla]


def test_an_absence_that_lies_ahead_moves_nothing_yet(people: People, in_force: AgreementFile) -> None:
    a_delivered_lead(people.leyla)
    tomorrow = timezone.localdate() + timedelta(2)
    Absence.objects.create(user=people.leyla, from_on=tomorrow, to_on=tomorrow, cover=people.omar)
    assert standing_in.look_after(timezone.now()) == 0 and owners() == [people.leyla]


def test_where_the_agreement_says_so_leads_stay_and_the_absence_is_noted(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_delivered_lead(people.leyla)
    absence = away(people.leyla, cover=people.omar)
    _agreed(monkeypatch, on_leave="pause")
    assert standing_in.begun_absences(timezone.now()) == 0
    assert owners() == [people.leyla] and Move.objects.get().absence == absence


def _agreed(monkeypatch: pytest.MonkeyPatch, **clocks: object) -> None:
    found = terms.in_force(timezone.now())
    assert found is not None
    other: Agreement = found[1].model_copy(update={"clocks": found[1].clocks.model_copy(update=clocks)})
    monkeypatch.setattr(terms, "in_force", lambda _at: (found[0], other))


def test_leads_of_an_account_that_was_switched_off_go_to_others(
    people: People, in_force: AgreementFile
) -> None:
    ada = a_rep("ada")
    a_delivered_lead(people.leyla)
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    assert standing_in.look_after(timezone.now() + timedelta(seconds=1)) == 1 and owners() == [ada]


def test_leads_that_nobody_can_take_stay_and_are_not_tried_all_the_time(
    people: People, in_force: AgreementFile
) -> None:
    a_delivered_lead(people.leyla)
    User.objects.filter(side="sales").update(is_active=False)
    now = timezone.now() + timedelta(seconds=1)
    for second in range(3):
        assert standing_in.look_after(now + timedelta(seconds=second)) == 0
    assert Move.objects.count() == 1


def test_a_lead_that_nobody_has_is_given_as_soon_as_somebody_is_there(
    people: People, in_force: AgreementFile
) -> None:
    a_delivered_lead()
    User.objects.filter(side="sales").update(is_active=False)
    assert standing_in.look_after(timezone.now()) == 0 and owners() == [None]
    User.objects.filter(pk=people.leyla.pk).update(is_active=True)
    assert standing_in.look_after(timezone.now() + timedelta(seconds=1)) == 1 and owners() == [people.leyla]


def broken(lead: Lead, owner: User, at: datetime) -> Duty:
    """The first touch of a lead as the worker leaves it once it is found broken."""
    duty = Duty.objects.get(lead=lead, kind="first_touch_in_time")
    duty.state, duty.broken_at, duty.broken_by = "broken", at, owner
    duty.save()
    return duty


def test_a_lead_whose_promise_is_broken_for_long_goes_to_somebody_else_and_the_breach_stays(
    people: People, in_force: AgreementFile
) -> None:
    """The example says four working hours."""
    ada = a_rep("ada")
    lead, now = a_delivered_lead(people.leyla), timezone.now()
    duty = broken(lead, people.leyla, now + timedelta(seconds=1))
    assert standing_in.broken_too_long(now + timedelta(seconds=2)) == 0
    assert standing_in.broken_too_long(now + timedelta(days=10)) == 1
    duty.refresh_from_db()
    assert owners() == [ada] and duty.broken_by == people.leyla
    assert standing_in.broken_too_long(now + timedelta(days=11)) == 0


def test_a_lead_moves_back_only_within_the_hour_and_only_from_whom_it_went_to(
    people: People, in_force: AgreementFile
) -> None:
    by, at = actor(people.ines), timezone.now() + timedelta(seconds=1)
    a_delivered_lead(people.leyla), a_delivered_lead(people.leyla)
    outcome = move_leads(by, people.leyla, at, to=people.omar)
    second = Lead.objects.order_by("pk").last()
    assert outcome.moved == 2 and second is not None
    ada = a_rep("ada")
    move_leads(by, people.omar, at + timedelta(minutes=1), leads=[second.pk], to=ada)
    with pytest.raises(NotAllowed, match="within the hour"):
        undo(by, outcome.move, at + timedelta(hours=2))
    assert undo(by, outcome.move, at + timedelta(minutes=5)).moved == 1
    assert owners() == [people.leyla, ada]


def test_an_absence_that_was_half_dealt_with_is_finished(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine was switched off after the first lead, or there were more than go at once."""
    a_delivered_lead(people.leyla), a_delivered_lead(people.leyla), a_delivered_lead(people.leyla)
    absence = away(people.leyla, cover=people.omar)
    at = timezone.now() + timedelta(seconds=1)
    monkeypatch.setattr(moving, "MOST_AT_ONCE", 1)
    assert [standing_in.begun_absences(at + timedelta(seconds=n)) for n in range(5)] == [1, 1, 1, 0, 0]
    assert owners() == [people.omar] * 3
    assert Move.objects.get(absence=absence).done_at == at + timedelta(seconds=3)


def test_what_nobody_can_take_keeps_nothing_behind_it_waiting(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(standing_in, "_MOST", 2)
    monkeypatch.setattr(standing_in, "_reached", {})
    monkeypatch.setattr(standing_in, "once_more", lambda number, _at: asked.append(number) or False)
    leads = [a_delivered_lead().pk for _ in range(5)]
    at = timezone.now()
    for _ in range(3):
        standing_in.nobodys(at)
    assert set(asked) == set(leads)
