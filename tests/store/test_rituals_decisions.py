"""Decisions: noted by everybody, ended by their owner or who leads, never lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.audit.models import Action, Entry
from accord.server.rituals import deciding
from accord.server.rituals.deciding import Wanted
from accord.server.rituals.models import Decision
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
TODAY = date(2026, 3, 17)


def a_decision(people: People, owner: str = "sara", days: int = 7) -> Decision:
    wanted = Wanted("Ask for the phone number", people[owner].pk, TODAY + timedelta(days=days), "review")
    return deciding.add(actor(people.leyla), wanted, TODAY)


def test_everybody_of_both_sides_notes_a_decision_and_viewers_do_not(
    people: People, client_of: ClientOf
) -> None:
    due = timezone.localdate() + timedelta(days=3)
    sent = {"text": "Call the fair", "owner": people.omar.pk, "due_on": f"{due}", "meeting": "stand-up"}
    for key in people:
        client_of(people[key]).post("/decisions/add", {**sent, "text": f"by {key}"})
    assert set(Decision.objects.values_list("text", flat=True)) == {
        f"by {key}" for key in people if key != "vera"
    }
    assert Entry.objects.filter(action=Action.DECISION_ADDED).count() == len(people) - 1


@pytest.mark.parametrize(
    ("text", "owner", "due_on"),
    [
        ("", "sara", TODAY),
        ("x" * 301, "sara", TODAY),
        ("Ask", "vera", TODAY),  # a viewer does nothing
        ("Ask", None, TODAY),
        ("Ask", "sara", None),
        ("Ask", "sara", TODAY - timedelta(days=1)),
        ("Ask", "sara", TODAY + timedelta(days=401)),
    ],
)
def test_a_decision_has_words_an_owner_and_a_day_to_come(
    people: People, text: str, owner: str | None, due_on: date | None
) -> None:
    with pytest.raises(EntryInvalid):
        deciding.add(actor(people.mina), Wanted(text, people[owner].pk if owner else None, due_on), TODAY)
    assert not Decision.objects.exists()


def test_what_cannot_be_noted_stands_in_the_form_still(people: People, client_of: ClientOf) -> None:
    sent = {
        "text": "Call <b>the</b> fair",
        "owner": people.omar.pk,
        "due_on": "2020-01-01",
        "meeting": "review",
    }
    answer = client_of(people.mina).post("/decisions/add", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Decision.objects.exists()
    assert 'value="Call &lt;b&gt;the&lt;/b&gt; fair"' in page and 'value="2020-01-01"' in page
    assert f'<option value="{people.omar.pk}" selected>' in page
    assert '<option value="review" selected>' in page
    assert "choose a day from today on" in page.lower()


def test_everything_that_a_decision_lacks_is_told_at_once(people: People, client_of: ClientOf) -> None:
    for sent in ({}, dict.fromkeys(("text", "owner", "due_on", "meeting"), "")):
        page = client_of(people.mina).post("/decisions/add", sent).content.decode()
        for said in (
            "Choose a day by which it is done",
            "Choose somebody who does it",
            "Write what is to be done",
        ):
            assert page.count(said) == 1
    assert not Decision.objects.exists()


def test_its_owner_and_who_leads_end_it_and_nobody_else(people: People) -> None:
    now = timezone.now()
    for key in ("tomas", "leyla", "vera", "runa"):
        with pytest.raises(NotAllowed):
            deciding.finish(actor(people[key]), a_decision(people).pk, "", now)
    for key in ("sara", "mina", "omar", "ines", "kai"):
        assert deciding.finish(actor(people[key]), a_decision(people).pk, "", now)


def test_whoever_is_second_is_told_so(people: People) -> None:
    one, now = a_decision(people), timezone.now()
    deciding.finish(actor(people.sara), one.pk, "It is asked", now)
    with pytest.raises(EditConflict):
        deciding.drop(actor(people.mina), one.pk, "no use", now)
    with pytest.raises(EditConflict):
        deciding.carry(actor(people.mina), one.pk, TODAY + timedelta(days=20), TODAY)
    kept = Decision.objects.get()
    assert (kept.state, kept.note) == ("done", "It is asked")


def test_dropping_wants_a_reason_and_can_be_taken_back(people: People) -> None:
    one, now = a_decision(people), timezone.now()
    with pytest.raises(EntryInvalid):
        deciding.drop(actor(people.sara), one.pk, "  ", now)
    deciding.drop(actor(people.sara), one.pk, "no use", now)
    deciding.reopen(actor(people.mina), one.pk)
    kept = Decision.objects.get()
    assert (kept.state, kept.ended_at) == ("open", None)
    with pytest.raises(EditConflict):
        deciding.reopen(actor(people.mina), one.pk)
    acts = list(
        Entry.objects.filter(action__startswith="decision").order_by("id").values_list("action", flat=True)
    )
    assert acts == ["decision added", "decision dropped", "decision reopened"]


def test_carrying_over_gives_a_later_day_and_is_counted(people: People) -> None:
    one = a_decision(people)
    with pytest.raises(EntryInvalid):
        deciding.carry(actor(people.sara), one.pk, one.due_on, TODAY)
    for week in (2, 3):
        deciding.carry(actor(people.sara), one.pk, TODAY + timedelta(weeks=week), TODAY)
    kept = Decision.objects.get()
    assert (kept.due_on, kept.carried) == (TODAY + timedelta(weeks=3), 2)


def test_handing_on_gives_another_owner_who_then_may_end_it(people: People) -> None:
    one, now = a_decision(people, owner="tomas"), timezone.now()
    with pytest.raises(NotAllowed):
        deciding.hand(actor(people.leyla), one.pk, people.leyla.pk)
    for nobody in (None, people.tomas.pk, people.vera.pk, 10**8):
        with pytest.raises(EntryInvalid):
            deciding.hand(actor(people.tomas), one.pk, nobody)
    deciding.hand(actor(people.tomas), one.pk, people.leyla.pk)
    with pytest.raises(NotAllowed):
        deciding.finish(actor(people.tomas), one.pk, "", now)
    detail = Entry.objects.get(action="decision handed on").detail
    assert (detail["was"], detail["owner"]) == (people.tomas.name, people.leyla.name)
    deciding.finish(actor(people.leyla), one.pk, "", now)
    with pytest.raises(EditConflict):
        deciding.hand(actor(people.leyla), one.pk, people.sara.pk)


def test_what_is_due_or_late_stands_on_the_sheet_the_oldest_first(people: People) -> None:
    for days in (7, 0, 2):
        a_decision(people, days=days)
    found = deciding.due_by(TODAY + timedelta(days=2))
    assert [one["due_on"] for one in found] == ["2026-03-17", "2026-03-19"]


def test_a_months_review_checks_what_is_open_and_what_ended_in_it(people: People) -> None:
    done, later, _open = (a_decision(people) for _ in range(3))
    deciding.finish(actor(people.sara), done.pk, "", timezone.now())
    Decision.objects.filter(pk=done.pk).update(ended_at=datetime(2026, 3, 20, tzinfo=UTC))
    Decision.objects.update(made_at=datetime(2026, 3, 2, tzinfo=UTC))
    Decision.objects.filter(pk=later.pk).update(made_at=datetime(2026, 4, 2, tzinfo=UTC))
    found = deciding.of_month(date(2026, 3, 1), date(2026, 3, 31))
    assert [one["state"] for one in found] == ["open", "done"]


def test_the_page_shows_one_state_and_hides_acts_from_who_may_not(
    people: People, client_of: ClientOf
) -> None:
    one = a_decision(people)
    Decision.objects.filter(pk=one.pk).update(text="<b>Ask</b>")
    page = client_of(people.tomas).get("/decisions/").content.decode()
    assert "&lt;b&gt;Ask&lt;/b&gt;" in page
    assert f"/decisions/{one.pk}/done" not in page
    assert f"/decisions/{one.pk}/done" in client_of(people.sara).get("/decisions/").content.decode()
    assert "&lt;b&gt;Ask" not in client_of(people.sara).get("/decisions/?show=done").content.decode()
    client = client_of(people.sara)
    assert client.post(f"/decisions/{one.pk}/burn").status_code == 404
    assert client.post("/decisions/99999/done").status_code == 404
