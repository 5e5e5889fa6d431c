"""What the queue and the card say: in which order, in whose words, and what comes before a pause."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accord.errors import EntryInvalid, InputError
from accord.lead.events import Kind
from accord.server.desk import acts
from accord.server.desk.models import Event, Lead, Note
from accord.server.people.models import User
from accord.server.queue import story
from accord.server.queue.card import read_card
from accord.server.queue.reading import Group, read_row
from accord.server.queue.showing import line
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
Signed = Callable[..., Client]
PRESS = {"HX-Request": "true"}


def told_of(*events: Event) -> list[story.Told]:
    return story.tell(events, (), None, private=True)


def an_event(seq: int, kind: Kind, at: datetime, actor: str = "", side: str = "") -> Event:
    return Event(seq=seq, kind=kind, occurred_at=at, recorded_at=at, actor=actor, side=side)


def test_what_happened_in_the_same_second_is_told_in_the_order_of_the_log() -> None:
    at = timezone.now().replace(microsecond=500_000)
    told = told_of(
        an_event(2, Kind.SCORED, at.replace(microsecond=100_000)),
        an_event(1, Kind.CREATED, at),
        an_event(3, Kind.HANDED_OFF, at),
        an_event(4, Kind.ACCEPTED, at - timedelta(minutes=5)),
    )
    assert [one.words.split()[0] for one in told] == ["handed", "the", "raised", "accepted"]


def test_the_lead_is_scored_and_not_whoever_recorded_it() -> None:
    at = timezone.now()
    told = told_of(
        an_event(1, Kind.SCORED, at, "automation", "machine"), an_event(2, Kind.QUALIFIED, at, "Mina Yılmaz")
    )
    assert [one.who for one in told] == ["", ""]
    assert told[1].words == "the lead was scored"
    assert told[0].words.startswith("the lead is qualified") and "by Mina Yılmaz)" in told[0].words


def paused_lead(owner: User, at: datetime) -> Lead:
    lead = a_delivered_lead(owner, delivered_at=at - timedelta(hours=2))
    acts.accept(actor(owner), lead.pk, at)
    acts.pause(actor(owner), lead.pk, "prospect_callback", at + timedelta(days=20), at)
    return lead


def test_word_given_to_the_prospect_comes_before_a_pause(people: People) -> None:
    now = timezone.now()
    lead = paused_lead(people.leyla, now)
    due_at = now + timedelta(days=1)
    midnight = now + timedelta(hours=9)
    assert read_row(Lead.objects.get(pk=lead.pk), now, midnight).paused
    acts.commit(actor(people.leyla), lead.pk, "call Monday", due_at, "", now)
    row = read_row(Lead.objects.get(pk=lead.pk), now, midnight)
    assert not row.paused and row.kind == "commitment" and row.left and row.left.due_at == due_at
    assert "word given" in line(row, None, acts=False).what
    late = read_row(Lead.objects.get(pk=lead.pk), due_at + timedelta(hours=1), due_at + timedelta(hours=9))
    assert late.group is Group.OVERDUE
    acts.fulfil(actor(people.leyla), lead.pk, "call Monday", now)
    assert read_row(Lead.objects.get(pk=lead.pk), now, midnight).paused


def test_a_promise_in_the_past_is_told_that_its_time_is_over(people: People) -> None:
    now, lead = timezone.now(), a_delivered_lead(people.leyla)
    by = actor(people.leyla)
    for due_at, words in ((now, "already over"), (now + timedelta(days=9999), "too far ahead")):
        with pytest.raises(EntryInvalid, match=words):
            acts.commit(by, lead.pk, "call", due_at, "", now)


def test_sales_is_offered_no_touches_of_a_lead_that_it_rejected(people: People, client_of: Signed) -> None:
    lead = a_delivered_lead(people.leyla)
    acts.reject(actor(people.leyla), lead.pk, None, "", timezone.now())
    offered = ("/attempt/", "/connect/", "/commit/")
    page = client_of(people.leyla).get(f"/leads/{lead.key}/").content.decode()
    assert not [one for one in offered if one in page]
    page = client_of(people.mina).get(f"/leads/{lead.key}/").content.decode()
    assert all(one in page for one in offered)


def closed_zone(at: datetime) -> str:
    return next(
        name
        for name in ("Asia/Tokyo", "America/New_York", "Europe/Berlin")
        if not 8 <= at.astimezone(ZoneInfo(name)).hour < 21
    )


def test_a_press_outside_calling_hours_opens_the_form_that_offers_to_say_it_was_asked_for(
    people: People, client_of: Signed
) -> None:
    contact = a_contact(zone=closed_zone(timezone.now()))
    lead, client = a_delivered_lead(people.leyla, contact=contact), client_of(people.leyla)
    headers = {**PRESS, "HX-Target": f"w{lead.pk}"}
    answer = client.post(f"/leads/{lead.key}/attempt/", {"touch": "call:no_answer"}, headers=headers)
    page = answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#act"
    assert "One thing needs mending" in page and 'name="asked"' in page and "not yours" not in page
    sent = {"touch": "call:no_answer", "asked": "on", "from": "queue"}
    again = client.post(f"/leads/{lead.key}/attempt/", sent, headers={**PRESS, "HX-Target": "act"})
    assert again.status_code == 200 and lead.events.filter(kind="attempted").count() == 1


def test_several_are_returned_for_a_reason_that_somebody_chose(people: People, client_of: Signed) -> None:
    lead, client = a_delivered_lead(people.leyla), client_of(people.leyla)
    page = client.get("/queue/").content.decode()
    assert '<select id="reason" name="reason"><option value="">' in page
    sent = {"do": "return", "reason": "", "lead": lead.key}
    answer = client.post("/queue/acts", sent)
    assert answer.status_code == InputError.http_status and "choose a reason" in answer.content.decode()


def test_checkpoints_say_how_many_touches_by_which_age_and_that_weekends_count(
    people: People, client_of: Signed
) -> None:
    now, lead = timezone.now(), a_delivered_lead(people.leyla)
    card = read_card(lead, people.leyla, now, now + timedelta(hours=9))
    words = [one.words for one in card.owed if one.duty.kind == "checkpoint"]
    assert words and len(set(words)) == len(words) and all(" by " in one for one in words)
    assert {one.clock for one in card.owed if one.duty.kind == "checkpoint" and one.left} == {
        "calendar time, weekends count"
    }
    assert "working time" in client_of(people.leyla).get(f"/leads/{lead.key}/").content.decode()


def test_whoever_recorded_that_somebody_refused_is_named_as_everywhere(
    people: People, client_of: Signed
) -> None:
    lead = a_delivered_lead(people.leyla, contact=a_contact(name="Ada"))
    acts.opt_out(actor(people.leyla), lead.pk, "call", timezone.now())
    card = read_card(Lead.objects.get(pk=lead.pk), people.leyla, timezone.now(), timezone.now())
    assert {one.source for one in card.consents if one.known} == {people.leyla.name}
    assert Note.objects.count() == 0
