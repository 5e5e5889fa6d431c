"""What an account knows from the agreement in force: the clock of a newcomer, calendars and pools."""

from collections.abc import Callable

import pytest
from django.test import Client

from accord.server.agreements.models import AgreementFile
from accord.server.people.inviting import Wanted, accept, invite
from accord.server.people.models import User
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def _joined(people: People, zone: str, email: str = "noor@acme.example", side: str = "sales") -> User:
    User.objects.filter(pk=people.hedda.pk).update(zone=zone)
    people.hedda.refresh_from_db()
    invited = invite(actor(people.hedda), Wanted(email, side, "member"), lambda token: f"http://x/{token}")
    return accept(invited.invitation, "Noor Aziz", "a-lantern-on-the-pier")


def test_a_newcomer_sees_times_as_who_invited_them(people: People, in_force: AgreementFile) -> None:
    assert _joined(people, "America/New_York").zone == "America/New_York"


@pytest.mark.parametrize("side", ["sales", "marketing", "operations", "viewer"])
def test_else_in_the_zone_of_the_agreement_in_force(
    people: People, in_force: AgreementFile, side: str
) -> None:
    assert _joined(people, "", side=side).zone == "Europe/Istanbul"


def test_else_in_utc_and_the_profile_asks(people: People, client_of: ClientOf) -> None:
    somebody = _joined(people, "")
    assert somebody.zone == ""
    assert "Where do you work?" in client_of(somebody).get("/profile/").content.decode()
    assert "Where do you work?" not in client_of(people.mina).get("/profile/").content.decode()


def test_a_calendar_is_chosen_from_the_agreement_in_force(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    User.objects.filter(pk=people.leyla.pk).update(pool="moon")
    client, path = client_of(people.omar), f"/people/{people.leyla.pk}/"
    page = client.get(path).content.decode()
    assert '<select name="calendar"' in page
    assert '<option value="moon" selected>moon (not in the agreement in force)</option>' in page
    sent = {"side": "sales", "role": "member", "calendar": "hq", "pool": "moon"}
    assert client.post(path, sent).status_code == 302, "what is kept may stay"
    assert client.post(path, {**sent, "calendar": "moon"}).status_code == 422
    saved = User.objects.get(pk=people.leyla.pk)
    assert (saved.calendar, saved.pool) == ("hq", "moon")


def test_where_none_is_in_force_any_name_will_do(people: People, client_of: ClientOf) -> None:
    page = client_of(people.omar).get(f"/people/{people.leyla.pk}/").content.decode()
    assert '<input type="text" name="calendar"' in page
