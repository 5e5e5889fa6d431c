"""The queue, the card and the list: their order, who sees what, hostile text, and what they cost."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.server.desk import acts
from accord.server.desk.models import Consent, Duty, Lead, Signal
from accord.server.desk.recording import record_facts
from accord.server.desk.terms import terms_of
from accord.server.people.models import User
from accord.server.queue import listing, reading
from accord.server.queue.reading import Group, first_touches, read_queue, read_row, version_of
from accord.server.queue.rights import Whose
from desk_fixture import a_contact, a_delivered_lead, a_lead
from html_seen import seen
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
Signed = Callable[..., Client]
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> \u202egnp.exe'


def queue_of(user: User, at: datetime | None = None) -> list[tuple[str, Group]]:
    at = at or timezone.now()
    found = read_queue(Whose(user=user), at, at + timedelta(hours=12))
    return [(row.lead.contact.name if row.lead.contact else "", row.group) for row in found.rows]


def test_what_is_due_first_comes_first_and_of_equals_what_is_worth_most(people: People) -> None:
    now = timezone.now()
    for name, hours, worth in (("old", 400, 10), ("older", 500, 10), ("cheap", 0, 10), ("dear", 0, 100)):
        lead = a_delivered_lead(
            people.leyla, contact=a_contact(name=name), delivered_at=now - timedelta(hours=hours)
        )
        record_facts(lead.pk, [], now)
        Lead.objects.filter(pk=lead.pk).update(value=Decimal(worth))
    names = [name for name, _group in queue_of(people.leyla, now)]
    assert names == ["older", "old", "dear", "cheap"]
    assert [group for _name, group in queue_of(people.leyla, now)][:2] == [Group.OVERDUE] * 2


def only_owed(lead: Lead, kind: str, due_at: datetime, rung: int = 0, number: int = 0) -> None:
    """Leave one duty of sales about a lead, and set when it is due and whether it was warned of."""
    lead.duties.filter(side="sales").delete()
    calendar = lead.events.exclude(calendar="").values_list("calendar", flat=True)[0]
    Duty.objects.create(
        lead=lead, kind=kind, number=number, side="sales", start_at=lead.created_at, due_at=due_at,
        rung=rung, calendar=calendar,
    )  # fmt: skip


def group_of(lead: Lead, at: datetime, midnight: datetime) -> Group:
    return read_row(Lead.objects.get(pk=lead.pk), at, midnight).group


def test_the_groups_are_what_their_names_say(people: People) -> None:
    now, day = timezone.now(), timedelta(days=1)
    lead = a_delivered_lead(people.leyla, delivered_at=now - timedelta(minutes=1))
    acts.accept(actor(people.leyla), lead.pk, now)
    tonight = now + timedelta(hours=12)

    def group(due_in: timedelta, rung: int = 0) -> Group:
        only_owed(lead, "disposed_in_time", now + due_in, rung)
        return group_of(lead, now, tonight)

    assert group(-day) is Group.OVERDUE
    assert group(timedelta(minutes=40)) is Group.NOW
    assert group(timedelta(hours=2)) is group(timedelta(hours=2), rung=1) is Group.TODAY
    assert group(3 * day) is group(3 * day, rung=1) is Group.NEXT
    acts.attempt(actor(people.leyla), lead.pk, "email", "sent", "", now)
    assert group(3 * day) is Group.WAITING
    assert group(3 * day, rung=1) is Group.NEXT, "a warning is not hidden among what waits"


def test_nothing_is_due_now_or_today_while_nobody_works(people: People) -> None:
    now = timezone.now()
    sunday = (now - timedelta(days=now.isoweekday())).replace(hour=20, minute=30)
    lead = a_delivered_lead(people.leyla, delivered_at=sunday - timedelta(days=2))
    agreement = terms_of(lead, now)
    assert agreement
    calendar = agreement.calendar(lead.events.exclude(calendar="").values_list("calendar", flat=True)[0])
    due_at, midnight = calendar.due(sunday, timedelta(minutes=30)), sunday + timedelta(hours=2)
    only_owed(lead, "first_touch_in_time", due_at)
    assert group_of(lead, sunday, midnight) is Group.NEXT
    early = due_at - timedelta(minutes=20)
    assert group_of(lead, early, early + timedelta(hours=9)) is Group.NOW
    only_owed(lead, "checkpoint", sunday + timedelta(days=1, hours=20), number=1)
    assert group_of(lead, sunday, midnight) is Group.NEXT
    assert group_of(lead, early, early + timedelta(hours=9)) is Group.TODAY


def test_what_waits_can_be_acted_on_too(people: People, client_of: Signed) -> None:
    now, lead = timezone.now(), a_delivered_lead(people.leyla)
    acts.accept(actor(people.leyla), lead.pk, now)
    acts.pause(actor(people.leyla), lead.pk, "prospect_callback", now + timedelta(days=1), now)
    text = client_of(people.leyla).get("/queue/").content.decode()
    assert "work--waits" in text and all(f'data-key="{key}"' in text for key in "cvten")


def test_a_long_queue_shows_its_first_part_and_all_of_it_when_asked(
    people: People, client_of: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SHOWN", 3)
    for _number in range(5):
        a_delivered_lead(people.leyla)
    client = client_of(people.leyla)
    first, every = (client.get(path).content.decode() for path in ("/queue/", "/queue/?every=yes"))
    assert (first.count('class="work"'), every.count('class="work"')) == (3, 5)
    assert "Show 2 more" in first and "Show" not in every.partition('id="list"')[2].partition("</section>")[2]


def test_what_is_paused_waits_and_nobody_elses_is_there(people: People) -> None:
    for who in (people.leyla, people.ines):
        a_delivered_lead(who, contact=a_contact(name=who.name))
    now, lead = timezone.now(), Lead.objects.get(owner=people.leyla)
    acts.accept(actor(people.leyla), lead.pk, now)
    acts.pause(actor(people.leyla), lead.pk, "prospect_callback", now + timedelta(days=1), now)
    assert queue_of(people.leyla) == [(people.leyla.name, Group.WAITING)]
    assert [name for name, _group in queue_of(people.ines)] == [people.ines.name]


def test_a_call_says_what_to_try_next_and_what_was_refused_is_never_offered(people: People) -> None:
    now = timezone.now()
    contact = a_contact(name="Ada", phone="+90 532 123 45 67")
    lead = a_delivered_lead(people.leyla, contact=contact)
    found = read_queue(Whose(user=people.leyla), now, now)
    assert found.rows[0].channel == "call"
    Consent.objects.create(contact=contact, channel="call", allowed=False, basis="none", at=now)
    row = read_queue(Whose(user=people.leyla), now, now).rows[0]
    assert row.channel not in ("call", "voicemail") and row.barred == {"call"}
    del lead


def test_the_version_changes_with_every_fact_and_is_one_query(people: People) -> None:
    now, whose = timezone.now(), Whose(user=people.leyla)
    lead = a_delivered_lead(people.leyla)
    before = read_queue(whose, now, now).version
    with CaptureQueriesContext(connection) as asked:
        assert version_of(whose, now) == before
    assert len(asked) == 1
    acts.accept(actor(people.leyla), lead.pk, now)
    assert version_of(whose, now) != before


def test_the_list_answers_that_nothing_has_changed(people: People, client_of: Signed) -> None:
    a_delivered_lead(people.leyla)
    client = client_of(people.leyla)
    for _try in range(3):  # a minute may have ended in between
        version = read_queue(Whose(user=people.leyla), timezone.now(), timezone.now()).version
        answer = client.get(f"/queue/list?since={version}")
        if answer.status_code == 204:
            break
    assert answer.status_code == 204
    assert b"work__name" in client.get("/queue/list?since=x").content


def test_a_queue_costs_the_same_however_long_it_is(people: People, client_of: Signed) -> None:
    client = client_of(people.leyla)

    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    lead = a_delivered_lead(people.leyla)
    few = [cost(path) for path in ("/queue/", f"/leads/{lead.key}/", "/leads/")]
    for number in range(12):
        other = a_delivered_lead(people.leyla, contact=lead.contact if number % 2 else None)
        acts.attempt(actor(people.leyla), other.pk, "email", "sent", "hello", timezone.now())
    many = [cost(path) for path in ("/queue/", f"/leads/{lead.key}/", "/leads/")]
    assert many == few and max(many) < 20


def test_others_queues_are_for_whoever_leads_sales(people: People, client_of: Signed) -> None:
    a_delivered_lead(people.leyla, contact=a_contact(name="Ada Öztürk"))
    asked = f"/queue/?of={people.leyla.pk}"
    for key in ("ines", "omar", "kai"):
        assert "Ada Öztürk" in client_of(people[key]).get(asked).content.decode()
    assert client_of(people.leyla).get(asked).status_code == 200
    assert client_of(people.leyla).get(f"/queue/?of={people.omar.pk}").status_code == 403
    assert client_of(people.leyla).get("/queue/?of=pool:inbound").status_code == 403
    assert client_of(people.mina).get("/queue/").status_code == 403
    for strange in ("999999", "x", "-1", "\u0661", "9" * 40):
        assert client_of(people.ines).get("/queue/", {"of": strange}).status_code == 404


def test_a_viewer_sees_leads_and_nothing_that_says_who_they_are(people: People, client_of: Signed) -> None:
    secret = {"name": "Secret Person", "email": "secret@who.example", "phone": "+90 532 999 88 77"}
    contact = a_contact(
        **secret, email_key=secret["email"], role="a secret role", more={"hobby": "secret hobby"}
    )
    lead = a_delivered_lead(people.leyla, contact=contact, account_name="Known Ltd")
    acts.note(actor(people.leyla), lead.pk, "secret words", timezone.now())
    vera = client_of(people.vera)
    for path in (f"/leads/{lead.key}/", "/leads/", "/leads/?form=csv"):
        text = b"".join(vera.get(path)).decode()
        known = (*secret.values(), "secret hobby", "secret words", "a secret role")
        assert [word for word in known if word in text] == [], path
    assert lead.key not in vera.get("/leads/?q=secret@who.example").content.decode()
    assert lead.key in vera.get("/leads/").content.decode()
    assert "/accept/" not in vera.get(f"/leads/{lead.key}/").content.decode()
    assert vera.get(f"/leads/{lead.key}/note/").status_code == 403


def test_text_of_strangers_is_text(people: People, client_of: Signed) -> None:
    known = dict.fromkeys(("name", "company", "role", "linkedin"), HOSTILE)
    contact = a_contact(
        **known, phone="javascript:alert(1)", email='x" onclick="alert(1)@y.example', more={HOSTILE: HOSTILE}
    )
    lead = a_delivered_lead(
        people.leyla, contact=contact, source=HOSTILE, reasons=[{"words": HOSTILE, "points": 1}]
    )
    Signal.objects.create(
        contact=contact, name=HOSTILE, occurred_at=timezone.now(), recorded_at=timezone.now()
    )
    acts.note(actor(people.leyla), lead.pk, HOSTILE, timezone.now())
    client = client_of(people.leyla)
    for path in ("/queue/", f"/leads/{lead.key}/", "/leads/", f"/leads/{lead.key}/reject/"):
        answer = client.get(path)
        text = answer.content.decode()
        assert answer.status_code == 200 and "<script>alert" not in text and "<img src=x" not in text, path
        assert 'href="tel:javascript' not in text and 'href="javascript' not in text
        assert seen(answer).inline == []


def test_the_csv_runs_no_formula_and_names_people_to_staff_alone(people: People, client_of: Signed) -> None:
    a_delivered_lead(
        people.leyla, contact=a_contact(name="=1+2", company="@evil", role="+x", phone="-1 555 12")
    )
    rows = list(
        csv.DictReader(io.StringIO(b"".join(client_of(people.mina).get("/leads/?form=csv")).decode()))
    )
    assert rows[0]["standing"] == "assigned" and rows[0]["owner"] == "leyla@acme.example"
    assert not [value for value in rows[0].values() if value[:1] in ("=", "+", "-", "@")]
    strangers = list(
        csv.reader(io.StringIO(b"".join(client_of(people.vera).get("/leads/?form=csv")).decode()))
    )
    assert "email" not in strangers[0]


@pytest.mark.parametrize(
    "asked",
    [
        "ada@nimbus.example",
        "ADA@Nimbus.example",
        "+90 532 123 45 67",
        "öztürk",
        "ÖZTÜRK",
        "nimbus",
        "T-KEY",
        "t-k",
        "+9053",
        "0090 532 1",
        "ada@n",
        "Ada Ö",
        "Nimb",
    ],
)
def test_a_lead_is_found_by_what_people_know_of_it(people: People, client_of: Signed, asked: str) -> None:
    contact = a_contact(
        name="Ada Öztürk", name_key="ada öztürk", company="Nimbus", email="ada@nimbus.example",
        email_key="ada@nimbus.example", phone="0532 123 45 67", phone_key="+905321234567",
    )  # fmt: skip
    lead = a_delivered_lead(people.leyla, contact=contact)
    Lead.objects.filter(pk=lead.pk).update(key="T-KEY")
    a_delivered_lead(people.leyla, contact=a_contact(name="Somebody Else"))
    text = client_of(people.mina).get("/leads/", {"q": asked}).content.decode()
    assert "/leads/T-KEY/" in text and "Somebody Else" not in text


def test_a_search_finds_beginnings_alone_and_never_more_than_its_share(
    people: People, client_of: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        a_lead(contact=a_contact(name=f"Ada {number}", name_key=f"ada {number}", company="100%_Sure"))
    client = client_of(people.mina)

    def found(words: str) -> int:
        return client.get("/leads/", {"q": words}).content.decode().count('<th scope="row">')

    assert found("ada") == found("100%_s") == 5
    assert found("da") == found("%") == found("_00") == found("100_") == 0
    monkeypatch.setattr(listing, "MOST_FOUND", 3)
    assert found("ada") == 3


def test_the_list_is_narrowed_down_and_turned_page_by_page(people: People, client_of: Signed) -> None:
    for number in range(55):
        a_lead(contact=a_contact(name=f"Person {number:02}"), lead_type="demo" if number == 7 else "web_form")
    client = client_of(people.mina)
    demo = client.get("/leads/?type=demo&standing=raised&owner=none").content.decode()
    assert "Person 07" in demo and "Person 08" not in demo
    first = client.get("/leads/").content.decode()
    after = first.partition("?after=")[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(f"/leads/?after={after}").content.decode()
    names = [f"Person {number:02}" for number in range(55)]
    assert all((name in first) != (name in second) for name in names)
    for strange in (
        "x",
        "2026-13-99~1",
        "9999-12-31T00:00:00Z~",
        "~",
        "2026-01-01T00:00:00~\u0661",
        "a" * 500,
    ):
        assert client.get("/leads/", {"after": strange}).status_code == 200
    for wrong in ("?standing=nothing", "?owner=x", "?owner=999999"):
        assert client.get(f"/leads/{wrong}").status_code == 422


def test_only_what_can_be_done_is_offered(people: People, client_of: Signed) -> None:
    lead = a_delivered_lead(people.leyla)
    own = client_of(people.leyla).get(f"/leads/{lead.key}/").content.decode()
    assert "/reject/" in own and "/accept/" in own and "/won/" not in own and "/dispute/" not in own
    others = client_of(people.tomas).get(f"/leads/{lead.key}/").content.decode()
    assert "/accept/" not in others and "/note/" in others
    acts.reject(actor(people.leyla), lead.pk, None, "", timezone.now())
    assert "/dispute/" in client_of(people.tomas).get(f"/leads/{lead.key}/").content.decode()
    assert "/feedback/" in client_of(people.leyla).get(f"/leads/{lead.key}/").content.decode()


def test_unable_to_reach_cannot_be_taken_before_the_minimum_and_the_card_says_why(
    people: People, client_of: Signed
) -> None:
    lead = a_delivered_lead(people.leyla)
    by, now = actor(people.leyla), timezone.now()
    acts.accept(by, lead.pk, now)
    acts.attempt(by, lead.pk, "email", "sent", "", now)
    client = client_of(people.leyla)
    page = client.get(f"/leads/{lead.key}/disqualify/").content.decode()
    option = page.partition('value="unable_to_reach"')[2].partition(">")[0]
    assert "disabled" in option and "only after 7 attempts" in page
    answer = client.post(
        f"/leads/{lead.key}/disqualify/", {"reason": "unable_to_reach", "note": "kept words"}
    )
    assert answer.status_code == 403
    assert "only after 7 attempts" in answer.content.decode() and "kept words" in answer.content.decode()


def test_a_press_changes_the_lead_and_the_answer_is_its_row(people: People, client_of: Signed) -> None:
    lead = a_delivered_lead(people.leyla, contact=a_contact(name="Ada"))
    client = client_of(people.leyla)
    headers = {"HX-Request": "true", "HX-Target": f"w{lead.pk}"}
    answer = client.post(f"/leads/{lead.key}/attempt/", {"touch": "call:voicemail"}, headers=headers)
    assert answer.status_code == 200 and f'id="w{lead.pk}"' in answer.content.decode()
    assert "accord:logged" in answer.headers["HX-Trigger"]
    assert set(lead.events.filter(kind="attempted").values_list("channel", flat=True)) == {
        "call",
        "voicemail",
    }
    again = client.post(f"/leads/{lead.key}/reject/", {"reason": "duplicate"}, headers=headers)
    assert again.status_code == 403 and "disqualify it or return it" in again.content.decode()
    assert client.post(f"/leads/{lead.key}/nothing/").status_code == 404
    assert client.post("/leads/nobody/accept/").status_code == 404


def test_the_same_is_done_to_several_and_each_says_what_became_of_it(
    people: People, client_of: Signed
) -> None:
    leads = [a_delivered_lead(people.leyla) for _number in range(3)]
    acts.accept(actor(people.leyla), leads[0].pk, timezone.now())
    client, keys = client_of(people.leyla), [lead.key for lead in leads]
    page = client.post("/queue/acts", {"do": "accept", "lead": [*keys, "nobody", keys[0]]}).content.decode()
    assert "Done for 2 leads" in page and page.count('data-tone="warn"') == 1
    assert set(Lead.objects.values_list("standing", flat=True)) == {"accepted"}
    assert client.post("/queue/acts", {"do": "accept"}).status_code == 400
    assert (
        client.post("/queue/acts", {"do": "reassign", "to": str(people.ines.pk), "lead": keys}).status_code
        == 403
    )
    assert client.post("/queue/acts", {"do": "delete", "lead": keys}).status_code == 404


def test_one_sees_ones_own_share_of_first_touches(people: People) -> None:
    now = timezone.now()
    start = now - timedelta(days=400)
    for _number in range(2):
        a_delivered_lead(people.leyla, delivered_at=now - timedelta(days=9))
    kept = a_delivered_lead(people.leyla)
    acts.attempt(actor(people.leyla), kept.pk, "call", "no_answer", "", timezone.now())
    for lead in Lead.objects.all():
        record_facts(lead.pk, [], timezone.now())
    share = first_touches(Whose(user=people.leyla), start, now + timedelta(days=20))
    assert share is not None and (share.in_time, share.settled) == (1, 3)
    assert first_touches(Whose(pool="inbound"), start, now) is None


def test_a_rep_starts_on_the_queue_and_everybody_else_on_the_score(people: People, client_of: Signed) -> None:
    assert client_of(people.leyla).get("/").headers["Location"] == "/queue/"
    for key in ("ines", "mina", "kai", "vera"):
        assert client_of(people[key]).get("/").headers["Location"] == "/score/"
