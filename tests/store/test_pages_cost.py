"""What a page asks of the database: few queries, and no more of them when there is more to show.

How long a page takes is `benchmarks/pages.py`; a timed test would only tell how busy the machine is.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.server.access import may
from accord.server.agreements import acts as agreements
from accord.server.agreements.models import AgreementFile, Clash, Survey, SurveyAnswer
from accord.server.audit.models import Action
from accord.server.audit.trail import record
from accord.server.desk import acts
from accord.server.desk.models import Duty
from accord.server.intake.models import Arrival, Source
from accord.server.intake.sources import make_source
from accord.server.intake.uploads import hand_in
from accord.server.mail.models import Message
from accord.server.people.models import Absence, User
from desk_fixture import a_delivered_lead, a_waiting_lead
from server_fixture import ACME, actor, sign_by_heads, signed_in
from server_world import World, addresses, invite, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_templates")]
MOST_QUERIES = 20
PAGES = [one.name for one in addresses() if one.name and not one.is_api and one.name != "account_logout"]
CALLS = [one.name for one in addresses() if one.is_api]


def more(world: World, count: int, start: int = 0) -> None:
    """So many more of everything that grows."""
    people, file, by, now = world.people, world.file, actor(world.people.kai), timezone.now()
    draft = file.drafts.order_by("number").last()
    for number in range(start, start + count):
        user = User.objects.create(email=f"p{number}@acme.example", name=f"Person {number}", side="sales")
        for who in (user, people.kai, people.mina, people.tomas):
            days = {"from_on": now.date() + timedelta(number), "to_on": now.date() + timedelta(number)}
            Absence.objects.create(user=who, cover=people.ines, **days)
            make_token(who, f"integration {number}")
            record(actor(who), Action.PERSON_CHANGED, who.name, link="/people/", field=number)
        invite(people, f"new{number}@acme.example", f"invited {number}")
        draft = agreements.save_draft(by, draft, f"{draft.text}# {number}\n", started_from=draft.saved)
        Clash.objects.create(draft=draft, started_from=1, text=f"# {number}\n", by=user)
        agreements.start_draft(actor(user), file, ACME)
        other = agreements.start_file(actor(user), ACME)
        if number % 3 == 0:
            agreements.propose(by, other, saved=1)
            sign_by_heads(
                people, other.file, AgreementFile.objects.get(pk=other.file_id).course[-1]["digest"]
            )
        survey = Survey.objects.create(file=file, text=ACME, opened_by=user, closed_at=now)
        for asked in (survey, Survey.objects.filter(closed_at=None).get()):
            SurveyAnswer.objects.create(survey=asked, user=user, side="sales", answers={"mql": "x"})
        Message.objects.create(to=user.email, subject=f"Mail {number}", text="text")
        if number % 3 == 0:
            _more_of_the_desk(world, number)
            _another_version(world)


def _more_of_the_desk(world: World, number: int) -> None:
    """One more row of the queue, of each board and of the intake; each on a lead of its own."""
    people, now = world.people, timezone.now()
    leyla, sara = actor(people.leyla), actor(people.sara)
    waits, refused, late = (a_delivered_lead(who) for who in (people.hedda, people.leyla, people.leyla))
    a_waiting_lead()
    a_delivered_lead()
    acts.reject(leyla, refused.pk, "duplicate" if number % 2 else None, "we know them", now)
    if number % 2:
        acts.dispute(sara, refused.pk, "we do not", now)
    acts.attempt(actor(people.ines), waits.pk, "email", "sent", "hello", now)
    acts.commit(leyla, late.pk, f"answer {number}", now + timedelta(hours=1), "", now)
    acts.start_track(sara, late.pk, "reengage", now)
    Duty.objects.filter(lead=late, kind="first_touch_in_time").update(
        state="broken", broken_at=now, broken_by=people.leyla, cause="rep_delay"
    )
    Duty.objects.filter(lead=late, kind="decided_in_time").update(rung=1)
    Duty.objects.filter(lead=waits).update(owner=people.hedda)
    make_source(sara, Source.Kind.FORM, {"name": f"Page {number}"})
    hand_in(sara, f"fair{number}.csv", b"name,email\nAda,ada@buyer.example\n", now)
    Arrival.objects.create(
        key=f"E-{number:014}", kind="event", origin="api:crm", origin_id=f"more {number}", received_at=now,
        payload={"kind": "won", "lead": "L-NONE"}, problem="no lead named 'L-NONE'", tries=1,
    )  # fmt: skip


def _another_version(world: World) -> None:
    """One more version in the chain, proposed and taken back."""
    draft = agreements.start_draft(actor(world.people.kai), AgreementFile.objects.get(pk=world.file.pk))
    agreements.propose(actor(world.people.kai), draft, saved=1, reason="once more")
    agreements.withdraw(
        actor(world.people.kai), AgreementFile.objects.get(pk=world.file.pk), reason="not yet"
    )
    agreements.discard_draft(actor(world.people.kai), world.file.drafts.get(pk=draft.pk))


def queries(world: World) -> dict[str, int]:
    """How many queries each page and each reading call takes, after a first look that fills caches."""
    found = {}
    for key in ("hedda", "mina"):
        client = signed_in(world.people[key], confirmed=True)
        for name in PAGES:
            if may(world.people[key], name):
                found |= _queries(f"{key}: {name}", client, world.path(name))
    client = Client(headers={"Authorization": f"Bearer {world.token}"})
    for name in CALLS:
        found |= _queries(name, client, world.path(name))
    return found


def _queries(what: str, client: Client, path: str) -> dict[str, int]:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    return {what: len(asked)} if answer.status_code < 400 else {}


def test_no_page_takes_many_queries_or_more_of_them_when_there_is_more(world: World) -> None:
    more(world, 3)
    few = queries(world)
    assert len(few) > 70, sorted(few)
    more(world, 27, start=3)
    many = queries(world)
    assert {what: count for what, count in many.items() if count >= MOST_QUERIES} == {}
    assert {what: (few[what], many[what]) for what in few if many[what] > few[what]} == {}
