"""Switching somebody off: first the question, with what would stand still."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.people import absences
from accord.server.people.leaving import left_behind
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def test_one_click_switches_nobody_off(people: People, client_of: ClientOf) -> None:
    page = client_of(people.kai).post(f"/people/{people.leyla.pk}/switch", {"to": "off"}).content.decode()
    people.leyla.refresh_from_db()
    assert people.leyla.is_active
    assert "Switch Leyla Şahin off?" in page and "Nothing waits for this person" in page
    client_of(people.kai).post(f"/people/{people.leyla.pk}/switch", {"to": "off", "sure": "yes"})
    people.leyla.refresh_from_db()
    assert not people.leyla.is_active


def test_the_question_says_which_signature_would_wait(
    people: People, proposed: AgreementFile, client_of: ClientOf
) -> None:
    page = client_of(people.kai).post(f"/people/{people.mina.pk}/switch", {"to": "off"}).content.decode()
    assert "waits for the signature of Mina Yılmaz" in page
    assert "Mina Yılmaz is the only head of marketing here" in page
    client_of(people.kai).post(f"/people/{people.mina.pk}/switch", {"to": "off", "sure": "yes"})
    people.mina.refresh_from_db()
    assert not people.mina.is_active, "operations may all the same"


def test_the_question_says_that_the_agreement_in_force_names_the_head(
    people: People, in_force: AgreementFile
) -> None:
    said = " ".join(left_behind(people.omar, timezone.now()))
    assert "names Omar Haddad as a head" in said
    assert "waits for the signature" not in said
    assert left_behind(people.leyla, timezone.now()) == []


def test_the_question_says_whose_absence_would_lose_its_cover(people: People) -> None:
    today = timezone.localdate()
    absences.add(actor(people.ines), people.ines, absences.Away(today, today + timedelta(3), people.leyla))
    (said,) = left_behind(people.leyla, timezone.now())
    assert said.startswith("Leyla Şahin covers for Inês Krause until ")


def test_whoever_may_not_switch_off_is_not_asked(people: People, client_of: ClientOf) -> None:
    assert client_of(people.ines).post(f"/people/{people.omar.pk}/switch", {"to": "off"}).status_code == 403
