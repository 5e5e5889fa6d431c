"""My alerts, how they reach me, and the chats that are told: who may, what is kept, what is never shown."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.channels import Parcel
from accord.errors import Undelivered
from accord.server.agreements.models import AgreementFile
from accord.server.alerts.choosing import Chat, add_chat
from accord.server.alerts.gathering import gather
from accord.server.alerts.models import Notice, Recipient
from accord.server.alerts.noticing import tell
from accord.server.alerts.saying import title
from accord.server.audit.models import Action, Entry
from accord.server.mail import sending
from accord.server.mail.models import Channel, Message
from accord.server.mail.sealing import unseal
from accord.server.mail.sending import MOST_TRIES, send_chats, try_again
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

ClientOf = Callable[..., Client]
URL = "https://hooks.slack.example/services/T0/B0/secret"


def a_chat(people: People, name: str = "#inbound", **more: object) -> Channel:
    return add_chat(actor(people.kai), Chat(name, "slack", URL, **more))  # type: ignore[arg-type]


def test_everybody_who_works_here_has_a_page_of_their_alerts(people: People, client_of: ClientOf) -> None:
    statuses = {key: client_of(people[key]).get("/alerts/").status_code for key in people}
    assert {key for key, status in statuses.items() if status != 200} == {"vera"}


def test_only_keepers_see_and_change_chats(people: People, client_of: ClientOf) -> None:
    pk = a_chat(people).pk
    for path in ("/alerts/chats/", f"/alerts/chats/{pk}/"):
        allowed = {key for key in people if client_of(people[key]).get(path).status_code == 200}
        assert allowed == {"hedda", "kai"}
    for path in (f"/alerts/chats/{pk}/test", f"/alerts/chats/{pk}/remove"):
        assert client_of(people.mina).post(path).status_code == 403
    assert Channel.objects.filter(pk=pk).exists()


def test_what_i_was_told_stands_on_my_page_and_on_nobody_elses(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    tell(["owner"], lead.duties.get(kind="first_touch_in_time"), "breach", timezone.now(), "x")
    assert lead.contact and lead.contact.company in client_of(people.leyla).get("/alerts/").content.decode()
    assert lead.contact.company not in client_of(people.ines).get("/alerts/").content.decode()


def test_how_i_am_told_is_kept_and_stands_in_the_audit(people: People, client_of: ClientOf) -> None:
    sent = {"gather_minutes": "30", "at_any_hour": "on", "quiet": "22:00–07:00"}
    answer = client_of(people.leyla).post("/alerts/", sent)
    assert answer.status_code == 302
    kept = Recipient.objects.get(user=people.leyla)
    assert (kept.by_mail, kept.gather_minutes, kept.at_any_hour, kept.quiet) == (
        False, 30, True, "22:00-07:00",
    )  # fmt: skip
    assert Entry.objects.get(action=Action.ALERTS_CHOSEN).who == people.leyla


@pytest.mark.parametrize("quiet", ["at night", "25:00-08:00", "00:00-24:00"])
def test_hours_that_are_none_are_refused_beside_their_field(
    people: People, client_of: ClientOf, quiet: str
) -> None:
    answer = client_of(people.leyla).post("/alerts/", {"gather_minutes": "10", "quiet": quiet})
    assert answer.status_code == 422 and not Recipient.objects.exists()


def test_a_test_comes_at_once_and_once_a_minute(people: People, client_of: ClientOf) -> None:
    client = client_of(people.leyla)
    for _ in range(2):
        client.post("/alerts/test")
    gather(timezone.now())
    assert [row.to for row in Message.objects.filter(notices__what="test")] == [people.leyla.email]


def test_the_address_of_a_chat_is_kept_encrypted_and_shown_nowhere(
    people: People, client_of: ClientOf
) -> None:
    client = client_of(people.kai)
    sent = {"name": "#inbound", "kind": "slack", "url": URL, "is_active": "on"}
    assert client.post("/alerts/chats/", sent).status_code == 302
    [chat] = Channel.objects.all()
    assert "secret" not in chat.sealed and unseal(chat.sealed) == URL
    for path in ("/alerts/chats/", f"/alerts/chats/{chat.pk}/", "/audit/", "/outbox/"):
        assert "T0/B0" not in client.get(path).content.decode()
    assert "T0/B0" not in str(Entry.objects.get(action=Action.CHANNEL_ADDED).detail)


def test_a_chat_changed_without_an_address_keeps_the_one_it_has(people: People, client_of: ClientOf) -> None:
    chat = a_chat(people)
    client_of(people.kai).post(f"/alerts/chats/{chat.pk}/", {"name": "#new", "kind": "teams", "url": ""})
    chat.refresh_from_db()
    assert (chat.name, chat.kind, chat.is_active, unseal(chat.sealed)) == ("#new", "teams", False, URL)


@pytest.mark.parametrize("url", ["http://hooks.example/x", "https://10.0.0.1/x", "https://localhost.:1/\n"])
def test_an_address_inside_the_net_is_refused_beside_its_field(
    people: People, client_of: ClientOf, url: str
) -> None:
    sent = {"name": "#in", "kind": "slack", "url": url, "is_active": "on"}
    answer = client_of(people.kai).post("/alerts/chats/", sent)
    if answer.status_code == 302:  # a name: it is looked at when it is called
        with pytest.raises(Undelivered):
            sending.Webhook("slack").deliver(Parcel("x", url, "s", "t"))
    else:
        assert answer.status_code == 422 and not Channel.objects.exists()


def test_a_chat_that_is_removed_gets_nothing_any_more(
    people: People, client_of: ClientOf, in_force: AgreementFile
) -> None:
    chat = a_chat(people)
    duty = a_delivered_lead(people.leyla).duties.get(kind="first_touch_in_time")
    tell(["owner"], duty, "breach", timezone.now(), "x")
    gather(timezone.now() + timedelta(days=9))
    client_of(people.kai).post(f"/alerts/chats/{chat.pk}/remove")
    assert not Message.objects.filter(channel__isnull=False).exists()
    assert not Notice.objects.filter(recipient__channel__isnull=False).exists()


class _Answers:
    """A webhook that answers as the test says."""

    def __init__(self, error: Undelivered | None = None) -> None:
        self.error, self.got = error, list[Parcel]()

    def __call__(self, *_: object) -> "_Answers":
        return self

    def deliver(self, parcel: Parcel) -> None:
        if self.error:
            raise self.error
        self.got.append(parcel)

    def close(self) -> None: ...


def _posted(people: People) -> Message:
    channel = a_chat(people)
    return Message.objects.create(channel=channel, to=channel.name, subject="Overdue", text="Buyer waits.")


def test_a_chat_message_is_posted_once_and_its_words_forgotten(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _posted(people)
    monkeypatch.setattr(sending, "Webhook", chat := _Answers())
    for _ in range(2):
        send_chats(timezone.now())
    message.refresh_from_db()
    assert [parcel.to for parcel in chat.got] == [URL]
    assert (message.state, message.text) == (Message.State.SENT, "")


def test_a_chat_that_does_not_answer_is_tried_again_and_given_up_where_operations_see_it(
    people: People, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _posted(people)
    monkeypatch.setattr(sending, "Webhook", _Answers(Undelivered("hooks.slack.example answered 503")))
    for _ in range(MOST_TRIES):
        Message.objects.update(due_at=timezone.now())
        send_chats(timezone.now())
    message.refresh_from_db()
    assert (message.state, message.tries) == (Message.State.FAILED, MOST_TRIES)
    assert "answered 503" in client_of(people.kai).get("/outbox/?state=failed").content.decode()
    assert "given up" in client_of(people.kai).get("/alerts/chats/").content.decode()
    assert try_again(actor(people.kai), message.pk)
    monkeypatch.setattr(sending, "Webhook", chat := _Answers())
    send_chats(timezone.now())
    assert len(chat.got) == 1


def test_a_chat_that_asks_for_patience_is_tried_when_it_said(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _posted(people)
    monkeypatch.setattr(sending, "Webhook", _Answers(Undelivered("429", wait=30)))
    before = timezone.now()
    send_chats(before)
    message.refresh_from_db()
    assert timedelta(seconds=29) < message.due_at - before < timedelta(seconds=60)


def test_a_chat_that_hangs_holds_up_no_other_and_what_waits_for_it_is_put_off(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, answers = a_chat(people, "first"), a_chat(people, "second")
    for chat in (hangs, hangs, answers, answers):
        Message.objects.create(channel=chat, to=chat.name, subject="Overdue", text=chat.name)
    done = threading.Event()
    got: list[str] = []

    class Chatty(_Answers):
        def deliver(self, parcel: Parcel) -> None:
            got.append(parcel.text)
            if parcel.text == "second":
                done.set()
                return
            in_time = done.wait(60)  # the other is posted to while this one hangs
            raise Undelivered("it hangs" if in_time else "the other was held up")

    monkeypatch.setattr(sending, "Webhook", lambda *_: Chatty())
    assert send_chats(timezone.now()) == 2
    assert sorted(got) == ["first", "second", "second"]
    tried, put_off = Message.objects.filter(channel=hangs).order_by("pk")
    assert (tried.tries, put_off.tries, tried.problem) == (1, 0, "it hangs")
    assert put_off.due_at == tried.due_at > timezone.now() + timedelta(seconds=30)
    assert put_off.leased_until is None and send_chats(timezone.now()) == 0


def test_a_chat_whose_address_was_kept_under_another_key_says_so(
    people: People, monkeypatch: pytest.MonkeyPatch, settings: SimpleNamespace
) -> None:
    message = _posted(people)
    settings.SECRET_KEY = "another-key-" * 6
    send_chats(timezone.now())
    message.refresh_from_db()
    assert message.state == Message.State.FAILED and "enter the chat's address anew" in message.problem


def test_the_menu_leads_to_alerts_and_chats_and_counts_the_last_day_without_a_query(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead, now = a_delivered_lead(people.leyla), timezone.now()
    client = client_of(people.leyla)
    Notice.objects.all().delete()
    client.get("/profile/")
    with CaptureQueriesContext(connection) as before:
        assert "in 24 h" not in client.get("/profile/").content.decode()
    tell([people.leyla], lead, "nudge", now, "one")
    tell([people.leyla], lead, "nudge", now, "two")
    tell([people.omar], lead, "nudge", now, "three")
    Notice.objects.filter(dedupe__startswith="two").update(made_at=now - timedelta(days=2))
    with CaptureQueriesContext(connection) as after:
        menu = client.get("/profile/").content.decode()
    assert 'href="/alerts/"' in menu and "1 in 24 h" in menu and 'href="/alerts/chats/"' not in menu
    assert len(after) == len(before)
    assert 'href="/alerts/chats/"' in client_of(people.kai).get("/profile/").content.decode()
    assert 'href="/alerts/"' not in client_of(people.vera).get("/profile/").content.decode()


def test_messages_call_a_lead_by_its_company_before_its_domain(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead(people.leyla)
    lead.account_name = "maker12.example"
    assert lead.contact is not None
    assert title(lead, timezone.now()).startswith(lead.contact.company)
