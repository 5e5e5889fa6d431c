"""Whoever changes people and leads waits in one order: nobody waits in a ring, and an erasure stays (8.4)."""

from datetime import timedelta
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from test_desk_races import at_once

from accord.errors import EditConflict, NotAllowed
from accord.server.agreements.models import AgreementFile
from accord.server.desk import acts, matching
from accord.server.desk.arriving import take_in
from accord.server.desk.erasing import erase_person
from accord.server.desk.models import Contact, Lead
from accord.server.intake.accepting import accept
from accord.server.intake.models import Arrival
from accord.server.intake.reading import LEADS, quickly, rows_of
from accord.server.intake.settling import settle, settle_due
from desk_fixture import a_hand, a_person
from server_fixture import People, actor

pytestmark = pytest.mark.django_db(transaction=True)


def must_have_gone_well(came: list[Any]) -> None:
    assert not [one for one in came if isinstance(one, Exception)], came


def test_corrections_hands_merges_and_opt_outs_of_one_person_never_wait_in_a_ring(
    people: People, in_force: AgreementFile
) -> None:
    sara = actor(people.sara)
    for _ in range(6):
        at, who = timezone.now(), a_person()
        first = take_in(a_hand(at, contact=who), at).lead
        other = take_in(a_hand(at, contact={**a_person(), "phone": who["phone"]}), at).lead
        came = at_once(
            lambda at=at, who=who: take_in(a_hand(at, contact={**who, "role": "cto"}), at),
            lambda first=first: acts.correct(sara, first.pk, {"role": "cfo"}, timezone.now()),
            lambda other=other, who=who: acts.correct(
                sara, other.pk, {"phone": who["phone"]}, timezone.now()
            ),
            lambda first=first, other=other: acts.merge(sara, other.pk, first.pk, timezone.now()),
            lambda at=at, who=who: take_in(a_hand(at, contact={**who, "company": "Else"}), at),
            lambda first=first: acts.opt_out(sara, first.pk, None, timezone.now()),
        )
        must_have_gone_well([one for one in came if not isinstance(one, NotAllowed | EditConflict)])


def test_an_erasure_stays_whatever_is_saved_at_the_same_moment(
    people: People, in_force: AgreementFile
) -> None:
    for _ in range(6):
        at, who = timezone.now(), a_person(role="")
        lead = take_in(a_hand(at, contact=who), at).lead
        came = at_once(
            lambda lead=lead: erase_person(actor(people.hedda), lead.pk, timezone.now()),
            lambda at=at, who=who: take_in(a_hand(at, contact={**who, "role": "director"}), at),
            lambda lead=lead: acts.correct(actor(people.sara), lead.pk, {"name": "Ida Late"}, timezone.now()),
        )
        must_have_gone_well([one for one in came if "erased" not in str(one)])
        kept = Contact.objects.get(pk=lead.contact_id)
        assert kept.erased_at and not (kept.email or kept.name or kept.role or kept.company)
        assert not Lead.objects.exclude(pk=lead.pk).filter(contact__email_key=who["email"]).exists()


def test_what_is_being_settled_while_its_person_is_erased_is_kept_of_nobody(
    people: People, in_force: AgreementFile
) -> None:
    for number in range(4):
        at, who = timezone.now(), a_person()
        lead = take_in(a_hand(at, contact=who), at).lead
        body = f'{{"id": "r{number}", "email": "{who["email"]}", "role": "director"}}'.encode()
        found = quickly(body, LEADS, at)
        assert found
        accept(rows_of(found, LEADS, "api:1:leads:race", at), at)
        pk = Arrival.objects.get(origin_id=f"r{number}").pk
        came = at_once(
            lambda lead=lead: erase_person(actor(people.hedda), lead.pk, timezone.now()),
            lambda pk=pk: settle(pk, timezone.now()),
        )
        must_have_gone_well(came)
        settle_due(timezone.now() + timedelta(minutes=1))
        assert Arrival.objects.get(pk=pk).payload == {}


def test_who_waited_for_an_erasure_sees_the_person_as_it_is_now(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The correction has read the person, and saves after the erasure: nothing comes back."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one act at a time")
    at, who = timezone.now(), a_person()
    lead = take_in(a_hand(at, contact=who), at).lead
    read, erased = Signal(), Signal()
    hold_people = matching.hold_people

    def waiting(*args: Any) -> list[Contact]:
        if not erased.is_set():
            read.set()
            erased.wait(30)
        return hold_people(*args)

    def erase() -> None:
        read.wait(30)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(matching, "hold_people", hold_people)
            erase_person(actor(people.hedda), lead.pk, timezone.now())
        erased.set()

    monkeypatch.setattr(matching, "hold_people", waiting)
    at_once(lambda: acts.correct(actor(people.sara), lead.pk, {"role": "cto"}, timezone.now()), erase)
    kept = Contact.objects.get(pk=lead.contact_id)
    assert kept.erased_at and not (kept.email or kept.role)
