"""The list of people, one person, one's own page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Entry
from accord.server.people import absences
from accord.server.people.models import Absence, Invitation, Side, User
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


def _count(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def _crowd(people: People, size: int) -> None:
    """So many more people, each with an absence and an invitation beside them."""
    today = timezone.localdate()
    for number in range(size):
        user = User.objects.create(
            email=f"p{number}@acme.example", name=f"Person {number}", side=Side.values[number % 4]
        )
        Absence.objects.create(user=user, from_on=today, to_on=today, cover=people.mina)
        Invitation.objects.create(
            email=f"i{number}@acme.example",
            side="sales",
            token_digest=str(number),
            invited_by=user,
            expires_at=timezone.now() + timedelta(days=1),
        )


def test_everybody_sees_everybody_by_side(people: People, client_of: ClientOf) -> None:
    page = client_of(people.vera).get("/people/").content.decode()
    for user in people.values():
        assert user.name in page
    assert "Invite somebody" not in page


def test_queries_of_the_list_do_not_grow_with_people(people: People, client_of: ClientOf) -> None:
    client = client_of(people.kai)
    _count(client, "/people/")
    before = _count(client, "/people/")
    _crowd(people, 40)
    assert _count(client, "/people/") == before <= 12


def test_queries_of_a_person_and_of_the_profile_do_not_grow(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    client, path = client_of(people.kai), f"/people/{people.leyla.pk}/"
    before = _count(client, path), _count(client, "/profile/")
    _crowd(people, 40)
    after = _count(client, path), _count(client, "/profile/")
    assert after == before
    assert max(after) <= 20


@pytest.mark.parametrize("words", ["şahin", "LEYLA", "leyla@"])
def test_people_are_found_by_part_of_name_or_address(people: People, client_of: ClientOf, words: str) -> None:
    page = client_of(people.vera).get("/people/", {"q": words}).content.decode()
    assert "Leyla Şahin" in page
    assert "Omar Haddad" not in page


def test_who_is_not_found_is_said(people: People, client_of: ClientOf) -> None:
    page = client_of(people.vera).get("/people/", {"q": "<b>nobody</b>"}).content.decode()
    assert "Nobody is called" in page
    assert "<b>nobody" not in page


def test_an_empty_side_says_whom_to_invite(people: People, client_of: ClientOf) -> None:
    User.objects.filter(side="sales").update(side="viewer")
    page = client_of(people.kai).get("/people/").content.decode()
    assert "Nobody from Sales is here yet" in page
    assert "?side=sales&amp;role=head" in page
    assert "?side=sales&amp;role=head" not in client_of(people.mina).get("/people/").content.decode()


def test_who_is_away_today_is_marked_with_who_covers(people: People, client_of: ClientOf) -> None:
    today = timezone.localdate()
    absences.add(
        actor(people.leyla), people.leyla, absences.Away(today, today + timedelta(days=1), people.ines)
    )
    page = client_of(people.vera).get("/people/").content.decode()
    assert "away until" in page
    assert "Inês Krause covers" in page


def test_a_head_changes_a_record_on_the_page(people: People, client_of: ClientOf) -> None:
    sent = {"side": "sales", "role": "manager", "calendar": "hq", "pool": "inbound", "leads_per_month": "150"}
    answer = client_of(people.omar).post(f"/people/{people.leyla.pk}/", sent)
    assert answer.status_code == 302
    saved = User.objects.get(pk=people.leyla.pk)
    assert (saved.role, saved.calendar, saved.pool, saved.leads_per_month) == (
        "manager",
        "hq",
        "inbound",
        150,
    )


def test_a_head_changes_their_own_work_but_not_their_place(people: People, client_of: ClientOf) -> None:
    client, path = client_of(people.omar), f"/people/{people.omar.pk}/"
    assert 'name="role"' not in client.get(path).content.decode()
    client.post(path, {"role": "member", "side": "viewer", "pool": "inbound"})
    saved = User.objects.get(pk=people.omar.pk)
    assert (saved.role, saved.side, saved.pool) == ("head", "sales", "inbound")


@pytest.mark.parametrize(("who", "status"), [("ines", 403), ("mina", 403), ("leyla", 403), ("vera", 403)])
def test_others_do_not_change_a_record(people: People, client_of: ClientOf, who: str, status: int) -> None:
    client, path = client_of(people[who]), f"/people/{people.leyla.pk}/"
    assert 'id="edit"' not in client.get(path).content.decode()
    assert client.post(path, {"side": "sales", "role": "manager"}).status_code == status
    assert User.objects.get(pk=people.leyla.pk).role == "member"


def test_what_was_typed_stays_where_it_cannot_be_used(people: People, client_of: ClientOf) -> None:
    sent = {"side": "sales", "role": "member", "pool": "a pool of mine", "leads_per_month": "-3"}
    answer = client_of(people.omar).post(f"/people/{people.leyla.pk}/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "a pool of mine" in page
    assert 'value="-3"' in page


def test_calendars_and_pools_of_the_agreement_in_force_are_offered(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    User.objects.filter(pk=people.leyla.pk).update(calendar="moon")
    page = client_of(people.omar).get(f"/people/{people.leyla.pk}/").content.decode()
    assert '<option value="hq">' in page
    assert '<option value="inbound">' in page
    assert "does not know “moon”" in page


def test_where_account_and_agreement_differ_it_is_said(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    User.objects.filter(pk=people.ines.pk).update(role="member")
    page = client_of(people.vera).get(f"/people/{people.ines.pk}/").content.decode()
    assert "role: manager in the agreement, member here" in page


def test_switching_off_signs_out_at_once_and_everywhere(people: People, client_of: ClientOf) -> None:
    leyla, phone = client_of(people.leyla), client_of(people.leyla)
    assert leyla.get("/profile/").status_code == 200
    client_of(people.omar).post(f"/people/{people.leyla.pk}/switch", {"to": "off", "sure": "yes"})
    for client in (leyla, phone):
        assert client.get("/profile/").status_code == 302
    client_of(people.omar).post(f"/people/{people.leyla.pk}/switch", {"to": "on"})
    assert leyla.get("/profile/").status_code == 302, "an old session does not come back"
    actions = list(
        Entry.objects.filter(action__startswith="person switched").values_list("action", flat=True)
    )
    assert actions == ["person switched on", "person switched off"]


def test_a_person_who_does_not_exist_is_no_page(people: People, client_of: ClientOf) -> None:
    assert client_of(people.kai).get("/people/999999/").status_code == 404
    assert client_of(people.kai).post("/people/999999/switch").status_code == 404
    assert client_of(people.kai).post("/people/absences/999999/remove").status_code == 404
    assert client_of(people.kai).post("/people/invitations/999999/withdraw").status_code == 404


def test_one_changes_name_language_zone_and_appearance(people: People, client_of: ClientOf) -> None:
    client = client_of(people.leyla)
    sent = {"name": "  Leyla \u202e Aydın ", "language": "fa", "zone": "europe/berlin", "theme": "dark"}
    answer = client.post("/profile/", sent)
    assert answer.status_code == 302
    saved = User.objects.get(pk=people.leyla.pk)
    assert (saved.name, saved.language, saved.zone) == ("Leyla Aydın", "fa", "Europe/Berlin")
    assert answer.cookies["theme"].value == "dark"
    page = client.get("/profile/").content.decode()
    assert 'dir="rtl"' in page
    assert 'data-theme="dark"' in page


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe/Berlin\x00"])
def test_a_zone_that_is_none_is_refused_with_a_hint(people: People, client_of: ClientOf, zone: str) -> None:
    answer = client_of(people.leyla).post("/profile/", {"name": "L", "language": "en", "zone": zone})
    assert answer.status_code == 422
    assert User.objects.get(pk=people.leyla.pk).zone == "Europe/Istanbul"


def test_signing_out_everywhere_else_keeps_this_session(people: People, client_of: ClientOf) -> None:
    here, there = client_of(people.leyla), client_of(people.leyla)
    assert there.get("/profile/").status_code == 200
    assert here.post("/profile/sessions").status_code == 302
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202eevil\u202c",
    "a" * 10_000,
    "{{ 7|add:7 }}",
    "'\"><img src=x onerror=1>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_or_refused(people: People, client_of: ClientOf, name: str) -> None:
    client = client_of(people.leyla)
    answer = client.post("/profile/", {"name": name, "language": "en", "zone": ""})
    assert answer.status_code in (302, 422)
    for path in ("/people/", f"/people/{people.leyla.pk}/", "/profile/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "\u202e" not in page
        assert "<img src=x" not in page
        assert len(page) < 200_000


@pytest.mark.parametrize("field", ["calendar", "pool"])
@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_in_a_record_are_text_or_refused(
    people: People, client_of: ClientOf, field: str, words: str
) -> None:
    sent = {"side": "sales", "role": "member", field: words}
    client, path = client_of(people.kai), f"/people/{people.leyla.pk}/"
    assert client.post(path, sent).status_code in (302, 422)
    assert "<script>alert" not in client.get(path).content.decode()
    assert "<img src=x" not in client.get("/people/").content.decode()
