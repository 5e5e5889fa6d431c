"""Who gets a lead: chosen, counted and recorded in one transaction, with the reason."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from fractions import Fraction
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.audit.trail import Actor
from accord.server.desk.acts import accept
from accord.server.desk.models import Account, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, locked, record_facts, refresh
from accord.server.people.models import Absence, User
from accord.server.routing.assigning import (
    Assignment,
    assign,
    backup_of,
    is_over_capacity,
    is_present,
    reassign,
)
from accord.server.routing.models import Pool, Routing, RuleSet
from accord.server.routing.staff import Staff
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
MACHINE = Actor(None, "worker")


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def given(lead: Lead, at: datetime | None = None, **how: object) -> Assignment | None:
    """A lead assigned as the desk does it."""
    at = at or soon()
    with transaction.atomic():
        held = locked(lead.pk)
        done = assign(held, at, **how)  # type: ignore[arg-type]
        refresh(held, at)
    return done


def a_rep(name: str, capacity: int | None = None, **more: object) -> User:
    known = {"side": "sales", "pool": "inbound", "leads_per_month": capacity, "zone": "Europe/Istanbul"}
    return User.objects.create(email=f"{name}@acme.example", name=name.title(), **{**known, **more})


def away(user: User, cover: User | None = None, days: int = 3) -> Absence:
    today = timezone.localdate()
    return Absence.objects.create(
        user=user, from_on=today - timedelta(1), to_on=today + timedelta(days), cover=cover
    )


def passed(lead: Lead) -> dict[int, str]:
    record = Routing.objects.filter(lead=lead).latest("pk")
    return {one["who"]: one["why"] for one in record.considered}


def test_a_lead_goes_to_the_pool_of_the_agreement_and_the_record_says_so(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead()
    done = given(lead)
    assert done is not None and (done.to, done.rule) == (people.leyla, "pool")
    lead.refresh_from_db()
    assert (lead.owner, lead.standing) == (people.leyla, "assigned")
    event = lead.events.get(kind="assigned")
    assert (Routing.objects.get(lead=lead).event, event.reason) == (event, "pool")


def test_what_nobody_of_the_pool_can_take_goes_to_the_catch_all(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead()
    done = given(lead, exclude=frozenset({people.leyla.pk}))
    assert done is not None and (done.to, done.rule) == (people.ines, "catch_all")
    assert passed(lead) == {people.leyla.pk: "excluded"}
    assert people.ines.recipient.notices.filter(what="caught", lead=lead).exists()


def test_the_stream_of_the_agreement_has_a_pool_of_its_own(people: People, in_force: AgreementFile) -> None:
    priya = a_rep("priya", pool="")
    done = given(a_delivered_lead(stream="enterprise"))
    assert done is not None and (done.to, done.routing.about) == (priya, "enterprise")


def test_another_lead_of_the_same_person_goes_to_the_same_owner(
    people: People, in_force: AgreementFile
) -> None:
    a_rep("ada")
    contact = a_contact()
    first = given(a_delivered_lead(contact=contact))
    second = given(a_delivered_lead(contact=contact, cycle=2))
    assert first and second and (second.to, second.rule) == (first.to, "duplicate")


def test_a_lead_of_an_account_goes_to_who_has_the_account(people: People, in_force: AgreementFile) -> None:
    account = Account.objects.create(domain="big.example", owner=people.omar)
    done = given(a_delivered_lead(contact=a_contact(account=account)))
    assert done and (done.to, done.rule) == (people.omar, "account")


def test_a_rule_of_the_page_comes_before_the_pool(people: People, in_force: AgreementFile) -> None:
    rule = {"label": "Japan", "person": people.omar.pk, "pool": None, "countries": ["JP"]}
    RuleSet.objects.create(state="used", rules=[rule], by=people.ines, made_at=timezone.now())
    done = given(a_delivered_lead(contact=a_contact(country="JP")))
    assert done and (done.to, done.rule, done.routing.about) == (people.omar, "rule", "Japan")
    other = given(a_delivered_lead(contact=a_contact(country="DE")))
    assert other and other.rule == "pool"


def test_whoever_is_away_is_passed_over_and_their_cover_gets_what_is_theirs(
    people: People, in_force: AgreementFile
) -> None:
    ada, contact = a_rep("ada"), a_contact()
    first = a_delivered_lead(people.leyla, contact=contact)
    away(people.leyla, cover=ada)
    assert not is_present(people.leyla, soon()) and backup_of(people.leyla, soon()) == ada
    again = a_delivered_lead(contact=contact, cycle=2)
    done = given(again)
    assert done and (done.to, done.rule, done.routing.instead_of) == (ada, "duplicate", people.leyla)
    assert first.owner == people.leyla
    stranger = a_delivered_lead()
    assert given(stranger).to == ada  # type: ignore[union-attr]
    assert passed(stranger)[people.leyla.pk] == "away"


def test_the_agreement_too_says_who_is_away_and_who_covers(people: People, in_force: AgreementFile) -> None:
    """Jonas of the example is away from 3 to 14 August."""
    jonas = a_rep("jonas", pool="")
    year = timezone.now().year
    august = datetime(year, 8, 5, 9, tzinfo=timezone.get_current_timezone())
    staff = Staff(timezone.now())
    staff.learn([jonas])
    assert not staff.is_present(jonas, august)
    assert staff.is_present(jonas, august + timedelta(days=20))


def test_capacity_is_a_fraction_of_the_month_and_never_exceeded(
    people: People, in_force: AgreementFile
) -> None:
    small, large = a_rep("small", 1), a_rep("large", 400)
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    got = [given(a_delivered_lead()) for _ in range(5)]
    who = Counter(one.to for one in got if one)
    assert who[small] <= 1 and who[large] >= 4
    assert is_over_capacity(small, soon()) == (who[small] == 1)
    assert not is_over_capacity(large, soon())


def test_a_capacity_that_nobody_named_follows_from_the_agreement(
    people: People, in_force: AgreementFile
) -> None:
    """Leyla of the example has 5,760 minutes a month, as F12 counts."""
    staff = Staff(timezone.now())
    found = staff.capacity(people.leyla, timezone.localdate())
    assert found is not None and 100 < found < 300 and isinstance(found, Fraction)


def test_a_lead_that_moves_on_before_it_is_accepted_takes_nothing_from_the_month(
    people: People, in_force: AgreementFile
) -> None:
    ada = a_rep("ada", 1)
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    lead = a_delivered_lead()
    assert given(lead).to == ada  # type: ignore[union-attr]
    assert is_over_capacity(ada, soon())
    reassign(actor(people.ines), lead.pk, people.omar, soon() + timedelta(seconds=1), "knows them")
    assert not is_over_capacity(ada, soon())


def test_a_lead_refused_as_misrouted_takes_nothing_from_the_month(
    people: People, in_force: AgreementFile
) -> None:
    ada = a_rep("ada", 1)
    User.objects.filter(pk=people.leyla.pk).update(is_active=False)
    lead = a_delivered_lead()
    given(lead)
    later = soon() + timedelta(seconds=2)
    record_facts(lead.pk, [Fact(Kind.REJECTED, later, actor_text(ada), "sales", reason="misrouted")], later)
    assert not is_over_capacity(ada, later)


# Moving -------------------------------------------------------------------------------------------------


def test_a_manager_moves_a_lead_and_a_rep_does_not(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    moved = reassign(actor(people.ines), lead.pk, people.omar, soon(), "knows them")
    assert moved.owner == people.omar
    record = Routing.objects.get(lead=lead)
    assert (record.by, record.left, record.why, record.rule) == (
        people.ines, people.leyla, "knows them", "hand",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="heads and managers"):
        reassign(actor(people.leyla), lead.pk, people.leyla, soon(), "")
    with pytest.raises(EditConflict, match="already"):
        reassign(actor(people.ines), lead.pk, people.omar, soon(), "")
    with pytest.raises(EntryInvalid, match="somebody of sales"):
        reassign(actor(people.ines), lead.pk, people.mina, soon(), "")


def test_what_has_ended_is_not_moved(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead(people.leyla)
    record_facts(lead.pk, [Fact(Kind.LOST, soon(), actor_text(people.leyla), "sales")], soon())
    with pytest.raises(NotAllowed, match="only what sales works on"):
        reassign(actor(people.ines), lead.pk, people.omar, soon() + timedelta(seconds=1), "")


def test_the_machine_moves_a_lead_twice_and_then_the_manager_decides(
    people: People, in_force: AgreementFile
) -> None:
    a_rep("ada"), a_rep("ben")
    lead, at = a_delivered_lead(people.leyla), soon()
    owners = [lead.owner]
    for number in range(4):
        owners.append(reassign(MACHINE, lead.pk, None, at + timedelta(seconds=number), "breach").owner)
    assert owners[0] != owners[1] != owners[2] and owners[2] == owners[3] == owners[4]
    assert people.ines.recipient.notices.filter(what="moved", lead=lead).count() == 1
    reassign(actor(people.ines), lead.pk, people.omar, at + timedelta(seconds=9), "mine")
    last = reassign(MACHINE, lead.pk, None, at + timedelta(seconds=10), "breach")
    assert last.owner != people.omar


def test_where_nobody_can_take_it_the_lead_stays_and_is_said_once(
    people: People, in_force: AgreementFile
) -> None:
    User.objects.filter(side="sales").exclude(pk=people.omar.pk).update(is_active=False)
    lead = a_delivered_lead()
    for number in range(3):
        assert given(lead, soon() + timedelta(seconds=number)) is None
    record = Routing.objects.get(lead=lead)
    assert record.to is None and record.event is None
    lead.refresh_from_db()
    assert lead.owner is None and lead.standing == "delivered"


# Turns and races ----------------------------------------------------------------------------------------


def test_turns_follow_the_weights_exactly(people: People, in_force: AgreementFile) -> None:
    ada, ben = a_rep("ada", 10_000), a_rep("ben", 10_000)
    User.objects.filter(pk=people.leyla.pk).update(leads_per_month=10_000)
    weights = {str(ada.pk): "3", str(ben.pk): "1.5", str(people.leyla.pk): "1/2"}
    RuleSet.objects.create(state="used", weights=weights, by=people.ines, made_at=timezone.now())
    at = soon()
    got = Counter(given(a_delivered_lead(delivered_at=at), at + timedelta(seconds=1)).to for _ in range(10))  # type: ignore[union-attr]
    assert got == {ada: 6, ben: 3, people.leyla: 1}
    pool = Pool.objects.get(name="inbound")
    assert all(Fraction(owed) == 0 for owed in pool.owed.values())


@pytest.mark.django_db(transaction=True)
def test_leads_that_come_at_once_are_dealt_as_if_one_by_one(people: People, in_force: AgreementFile) -> None:
    reps = [people.leyla, a_rep("ada", 10_000), a_rep("ben", 10_000)]
    User.objects.filter(pk=people.leyla.pk).update(leads_per_month=10_000)
    weights = {str(rep.pk): str(weight) for rep, weight in zip(reps, (1, 2, 3), strict=True)}
    RuleSet.objects.create(state="used", weights=weights, by=people.ines, made_at=timezone.now())
    at = timezone.now()
    ours = [a_delivered_lead(delivered_at=at) for _ in range(18)]
    workers = 6
    ready = Barrier(workers)

    def work(number: int) -> list[int]:
        ready.wait(timeout=60)
        try:
            return [given(lead, at + timedelta(seconds=1)).to.pk for lead in ours[number::workers]]  # type: ignore[union-attr]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as threads:
        got = Counter(number for part in threads.map(work, range(workers)) for number in part)
    assert [got[rep.pk] for rep in reps] == [3, 6, 9]
    assert Routing.objects.count() == 18


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_give_a_person_more_than_the_month_allows(
    people: People, in_force: AgreementFile
) -> None:
    User.objects.filter(pk=people.leyla.pk).update(leads_per_month=1)
    at = timezone.now()
    ours = [a_delivered_lead(delivered_at=at) for _ in range(4)]
    ready = Barrier(len(ours))

    def work(lead: Lead) -> str:
        ready.wait(timeout=60)
        try:
            return given(lead, at + timedelta(seconds=1)).rule  # type: ignore[union-attr]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(ours)) as threads:
        got = Counter(threads.map(work, ours))
    assert got == {"pool": 1, "catch_all": 3}


def test_whoever_takes_a_lead_of_nobodys_has_it_on_record_and_against_the_month(
    people: People, in_force: AgreementFile
) -> None:
    User.objects.filter(pk=people.leyla.pk).update(leads_per_month=1)
    lead = a_delivered_lead()
    accept(actor(people.leyla), lead.pk, soon())
    record = Routing.objects.get(lead=lead)
    assert (record.to, record.by, record.rule) == (people.leyla, people.leyla, "taken")
    people.leyla.refresh_from_db()
    assert is_over_capacity(people.leyla, soon() + timedelta(seconds=1))
