"""What viewers see: leads and companies, but nobody's name and nothing that people wrote about somebody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk import acts
from accord.server.desk.arriving import take_in
from accord.server.people.rights import sees_people
from api_fixture import Api
from desk_fixture import a_hand, a_person
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
WORDS = ("Mrs Secret has no budget", "flowers for Mrs Secret")


def test_viewers_see_the_company_and_no_words_about_people(
    people: People, in_force: AgreementFile, client_of: Callable[[Any], Any]
) -> None:
    at = timezone.now()
    who = a_person(email="ada@secret.example", name="Ada Secret", company="Secret Ltd")
    lead = take_in(a_hand(at, contact=who), at).lead
    owner = actor(lead.owner)
    soon = timezone.now() + timedelta(hours=2)
    acts.commit(owner, lead.pk, WORDS[1], soon, "", timezone.now())
    acts.open_opportunity(owner, lead.pk, None, "", timezone.now())
    vera, omar = client_of(people.vera), client_of(people.omar)
    path = "/commitments/"
    assert WORDS[1] in omar.get(path).content.decode()
    seen = vera.get(path).content.decode()
    assert "secret.example" in seen and WORDS[1] not in seen and "Ada Secret" not in seen
    acts.lose(owner, lead.pk, WORDS[0], "", timezone.now())
    card = f"/leads/{lead.key}/"
    assert WORDS[0] in omar.get(card).content.decode()
    seen = vera.get(card).content.decode()
    assert not [text for text in (*WORDS, "Ada Secret") if text in seen]
    told = Api(people.vera, "leads:read").get(card.rstrip("/"))
    assert not [text for text in (*WORDS, "Ada Secret") if text in told.content.decode()]
    assert WORDS[0] in Api(people.omar, "leads:read").get(card.rstrip("/")).content.decode()


def test_viewers_do_not_read_what_came_in(people: People) -> None:
    key = Api(people.kai, "leads:write").post("/leads", {"email": "ada@secret.example"}).json()["items"][0]
    assert Api(people.kai, "leads:read").get(f"/arrivals/{key['key']}").status_code == 200
    assert Api(people.vera, "leads:read").get(f"/arrivals/{key['key']}").status_code == 403


@pytest.mark.any_database
def test_everybody_but_viewers_sees_people(people: People) -> None:
    assert [key for key, user in people.items() if not sees_people(user)] == ["vera"]
