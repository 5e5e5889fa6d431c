"""Absences with cover."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.audit.models import Entry
from accord.server.people import absences
from accord.server.people.absences import Away
from accord.server.people.models import Absence, User
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
DAYS = "10–12\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2031"


def on(number: int) -> date:
    """A day of a month that is not yet."""
    return date(2031, 3, number)


def _problem(people: People, who: str, away: Away) -> tuple[str, str]:
    with pytest.raises(EntryInvalid) as caught:
        absences.add(actor(people[who]), people[who], away)
    (problem,) = caught.value.problems
    return problem.path, problem.what


def test_both_days_are_included(people: People) -> None:
    absences.add(actor(people.leyla), people.leyla, Away(on(10), on(12)))
    found = {day: absences.during(on(day), on(day)).exists() for day in range(8, 15)}
    assert [day for day, away in found.items() if away] == [10, 11, 12]


@pytest.mark.parametrize(("first", "last"), [(12, 13), (9, 10), (11, 11), (1, 30), (10, 12)])
def test_days_that_overlap_ones_own_are_refused(people: People, first: int, last: int) -> None:
    absences.add(actor(people.leyla), people.leyla, Away(on(10), on(12)))
    path, what = _problem(people, "leyla", Away(on(first), on(last)))
    assert path == "from_on"
    assert DAYS in what


def test_days_beside_ones_own_are_not(people: People) -> None:
    for first, last in ((10, 12), (13, 13), (9, 9)):
        absences.add(actor(people.leyla), people.leyla, Away(on(first), on(last)))


def test_a_cover_who_is_away_is_refused_with_who_else_could(people: People) -> None:
    absences.add(actor(people.ines), people.ines, Away(on(12), on(20)))
    path, what = _problem(people, "leyla", Away(on(10), on(12), people.ines))
    assert path == "cover"
    assert "Inês Krause is away" in what
    assert "Omar Haddad" in what
    assert "Mina" not in what


def test_where_nobody_else_is_there_it_is_said(people: People) -> None:
    for key in ("ines", "omar"):
        absences.add(actor(people[key]), people[key], Away(on(12), on(20)))
    _, what = _problem(people, "leyla", Away(on(10), on(12), people.ines))
    assert "nobody else of this side" in what


@pytest.mark.parametrize("key", ["mina", "vera", "leyla"])
def test_cover_comes_from_somebody_else_of_the_same_side(people: People, key: str) -> None:
    path, what = _problem(people, "leyla", Away(on(10), on(12), people[key]))
    assert path == "cover"
    assert "Inês Krause" in what


def test_somebody_switched_off_covers_nobody(people: People) -> None:
    User.objects.filter(pk=people.ines.pk).update(is_active=False)
    people.ines.refresh_from_db()
    assert _problem(people, "leyla", Away(on(10), on(12), people.ines))[0] == "cover"


def test_days_the_wrong_way_round_or_without_end_are_refused(people: People) -> None:
    assert _problem(people, "leyla", Away(on(12), on(10)))[0] == "to_on"
    assert _problem(people, "leyla", Away(on(1), on(1) + timedelta(days=500)))[0] == "to_on"


def test_an_absence_is_taken_back_once_and_stays_in_the_record(people: People) -> None:
    absence = absences.add(actor(people.leyla), people.leyla, Away(on(10), on(12), people.ines))
    with pytest.raises(NotAllowed):
        absences.remove(actor(people.mina), absence)
    absences.remove(actor(people.ines), absence)
    with pytest.raises(EditConflict):
        absences.remove(actor(people.leyla), absence)
    assert Absence.objects.get().removed_at is not None
    absences.add(actor(people.leyla), people.leyla, Away(on(10), on(12)))
    entry = Entry.objects.get(action="absence added", detail__cover="Inês Krause")
    assert entry.detail == {"from": "2031-03-10", "to": "2031-03-12", "cover": "Inês Krause"}
    assert Entry.objects.get(action="absence removed").who == people.ines


def test_an_absence_is_entered_on_ones_profile(people: People, client_of: ClientOf) -> None:
    client = client_of(people.leyla)
    sent = {
        "from_on": "2031-03-10",
        "to_on": "2031-03-12",
        "cover": people.ines.pk,
        "note": "",
        "back": "profile",
    }
    answer = client.post(f"/people/{people.leyla.pk}/absences/add", sent)
    assert answer.headers["Location"] == "/profile/"
    page = client.get("/profile/").content.decode()
    assert DAYS in page
    client.post(f"/people/absences/{Absence.objects.get().pk}/remove", {"back": "https://evil.example"})
    assert DAYS not in client.get("/profile/").content.decode()


def test_what_was_typed_stays_where_an_absence_is_refused(people: People, client_of: ClientOf) -> None:
    sent = {"from_on": "2031-03-12", "to_on": "2031-03-10", "note": "a wedding"}
    answer = client_of(people.leyla).post(f"/people/{people.leyla.pk}/absences/add", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2031-03-12"' in page
    assert "a wedding" in page
    assert "The last day lies before the first." in page


@pytest.mark.parametrize("text", ["12/03/2031", "2031-02-30", "yesterday", "", "0000-00-00", "99999-01-01"])
def test_what_is_no_day_is_refused(people: People, client_of: ClientOf, text: str) -> None:
    answer = client_of(people.leyla).post(
        f"/people/{people.leyla.pk}/absences/add", {"from_on": text, "to_on": "2031-03-10"}
    )
    assert answer.status_code == 422


def test_whose_cover_goes_away_is_told(people: People, client_of: ClientOf) -> None:
    absences.add(actor(people.leyla), people.leyla, Away(on(10), on(12), people.ines))
    sent = {"from_on": "2031-03-12", "to_on": "2031-03-12"}
    answer = client_of(people.ines).post(f"/people/{people.ines.pk}/absences/add", sent, follow=True)
    assert "was to cover for Leyla Şahin" in answer.content.decode()


@pytest.mark.parametrize(("who", "whose"), [("leyla", "ines"), ("mina", "leyla"), ("runa", "leyla")])
def test_absences_of_others_are_not_entered(
    people: People, client_of: ClientOf, who: str, whose: str
) -> None:
    sent = {"from_on": "2031-03-12", "to_on": "2031-03-12"}
    assert client_of(people[who]).post(f"/people/{people[whose].pk}/absences/add", sent).status_code == 403
    assert not Absence.objects.exists()


def test_the_list_says_who_is_away_in_the_next_30_days(people: People, client_of: ClientOf) -> None:
    today = timezone.localdate()
    absences.add(actor(people.leyla), people.leyla, Away(today + timedelta(29), today + timedelta(29)))
    absences.add(actor(people.tomas), people.tomas, Away(today + timedelta(40), today + timedelta(41)))
    away = client_of(people.vera).get("/people/").content.decode().partition('id="away"')[2]
    assert "Leyla Şahin" in away
    assert "nobody covers" in away
    assert "Tomás" not in away


def test_an_absence_that_nobody_covers_is_warned_of_everywhere(people: People, client_of: ClientOf) -> None:
    today = timezone.localdate().isoformat()
    days = {"from_on": today, "to_on": today}
    client, path = client_of(people.ines), f"/people/{people.leyla.pk}/"
    said = client.post(f"{path}absences/add", days, follow=True).content.decode()
    assert "Nobody covers for Leyla Şahin in these days." in said
    assert said.count("nobody covers") == 1, "in the list of the person's absences"
    side, away = client.get("/people/").content.decode().split('id="away"')
    assert "nobody covers" in side
    assert "nobody covers" in away


def test_a_note_is_not_the_word_by_which_django_warns(people: People, client_of: ClientOf) -> None:
    """In Persian, Django's own catalogue has "Note" as "attention"."""
    User.objects.filter(pk=people.leyla.pk).update(language="fa")
    page = client_of(User.objects.get(pk=people.leyla.pk)).get("/profile/").content.decode()
    assert "Note" in page
    assert "توجه" not in page
