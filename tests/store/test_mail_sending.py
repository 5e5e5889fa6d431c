"""The outbox: written with the change, sent once, tried again, given up with a reason."""

import smtplib
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor
from accord.server.mail import sending
from accord.server.mail.backend import Outbox
from accord.server.mail.models import Message
from accord.server.mail.sending import MOST_TRIES, forget_old, send_due, try_again
from server_fixture import People

pytestmark = pytest.mark.django_db
State = Message.State
BY = Actor(None, "page")


class Server:
    """A mail server that answers what the test says, by recipient."""

    def __init__(self, **answers: Exception) -> None:
        self.answers, self.sent = answers, []

    def open(self) -> bool:
        return True

    def close(self) -> None: ...

    def send_messages(self, mails: list[EmailMessage]) -> int:
        for mail in mails:
            if error := self.answers.get(mail.to[0].partition("@")[0]):
                raise error
            self.sent.append(mail)
        return len(mails)


def written(*to: str, subject: str = "An invitation", text: str = "Open /join/abc") -> list[Message]:
    Outbox().send_messages([EmailMessage(subject, text, None, list(to))])
    return list(Message.objects.order_by("pk"))


def refused(code: int, to: str = "alice@acme.example") -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({to: (code, b"not here <alice@acme.example>")})


def later(**span: int) -> None:
    Message.objects.update(due_at=timezone.now() - timedelta(seconds=1), **span)


def test_each_recipient_gets_a_message_of_their_own() -> None:
    mail = EmailMultiAlternatives("Hello", "plain", None, ["alice@acme.example"], bcc=["bob@acme.example"])
    mail.attach_alternative("<p>rich</p>", "text/html")

    Outbox().send_messages([mail])

    assert [(m.to, m.text, m.html) for m in Message.objects.order_by("to")] == [
        ("alice@acme.example", "plain", "<p>rich</p>"),
        ("bob@acme.example", "plain", "<p>rich</p>"),
    ]


def test_a_message_goes_with_its_change_or_not_at_all() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        written("alice@acme.example")
        raise RuntimeError
    assert not Message.objects.exists()


def test_a_line_break_in_a_subject_makes_no_header() -> None:
    [message] = written("alice@acme.example", subject="Hello\r\nBcc: everybody@acme.example")
    server = Server()
    send_due(server)
    [mail] = server.sent
    assert message.subject == "Hello Bcc: everybody@acme.example"
    assert mail.message()["Bcc"] is None


@pytest.mark.parametrize("to", ["alice@acme.example\nBcc: bob@acme.example", "nobody", "a@b\r\n"])
def test_what_is_no_address_is_not_written_down(to: str) -> None:
    with pytest.raises(BadHeaderError):
        written(to)
    assert not Message.objects.exists()


def test_a_sent_message_is_marked_and_its_text_forgotten() -> None:
    written("alice@acme.example")
    server = Server()

    assert send_due(server) == 1
    assert send_due(server) == 0
    [message], [mail] = Message.objects.all(), server.sent
    assert (message.state, message.text, message.tries) == (State.SENT, "", 1)
    assert mail.extra_headers["Message-ID"].startswith(f"<accord-{message.pk}-")
    assert mail.body == "Open /join/abc"


def test_a_leased_message_is_left_to_whoever_holds_it() -> None:
    written("alice@acme.example")
    Message.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert send_due(Server()) == 0


def test_a_message_whose_sender_died_is_sent_by_the_next() -> None:
    written("alice@acme.example")
    Message.objects.update(leased_until=timezone.now() - timedelta(minutes=1), tries=1)
    assert send_due(Server()) == 1


def test_who_lost_the_lease_does_not_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    written("alice@acme.example")

    class Slow(Server):
        def send_messages(self, mails: list[EmailMessage]) -> int:
            Message.objects.update(leased_until=timezone.now() + timedelta(hours=1))  # taken over meanwhile
            return super().send_messages(mails)

    send_due(Slow())
    assert Message.objects.get().state == State.WAITING


def test_a_server_that_is_away_is_tried_again_later_and_later() -> None:
    written("alice@acme.example")
    waits = []
    for _ in range(MOST_TRIES - 1):
        before = timezone.now()
        send_due(Server(alice=ConnectionRefusedError("no")))
        message = Message.objects.get()
        assert message.state == State.WAITING
        waits.append(round((message.due_at - before).total_seconds() / 60))
        later()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]

    send_due(Server(alice=ConnectionRefusedError("no")))
    message = Message.objects.get()
    assert (message.state, message.problem) == (State.FAILED, "ConnectionRefusedError: no")


def test_a_server_that_is_away_ends_the_round() -> None:
    written("alice@acme.example", "bob@acme.example")
    assert send_due(Server(alice=TimeoutError("slow"))) == 0
    assert Message.objects.get(to="bob@acme.example").tries == 0


def test_an_address_refused_for_good_is_given_up_and_the_others_go_out() -> None:
    written("alice@acme.example", "bob@acme.example")
    assert send_due(Server(alice=refused(550))) == 1
    message = Message.objects.get(to="alice@acme.example")
    assert (message.state, message.problem) == (State.FAILED, "550 not here <[address]>")


def test_an_address_refused_for_now_is_tried_again() -> None:
    written("alice@acme.example")
    send_due(Server(alice=refused(450)))
    assert Message.objects.get().state == State.WAITING


def test_wrong_credentials_are_no_fault_of_the_message() -> None:
    written("alice@acme.example")
    send_due(Server(alice=smtplib.SMTPAuthenticationError(535, b"no")))
    assert Message.objects.get().state == State.WAITING


def test_without_a_mail_server_messages_wait() -> None:
    written("alice@acme.example")
    assert send_due() == 0
    assert Message.objects.get().state == State.WAITING


def test_what_waited_for_three_days_is_not_sent_any_more() -> None:
    written("alice@acme.example")
    Message.objects.update(due_at=timezone.now() - timedelta(days=3, minutes=1))
    server = Server()
    assert send_due(server) == 0
    assert Message.objects.get().state == State.FAILED
    assert not server.sent


def test_a_given_up_message_can_be_tried_again_and_a_sent_one_not() -> None:
    [message] = written("alice@acme.example")
    send_due(Server(alice=refused(550)))
    assert try_again(BY, message.pk)
    assert send_due(Server()) == 1
    assert not try_again(BY, message.pk)
    assert Entry.objects.get(action=Action.MAIL_TRIED_AGAIN).about == message.subject


def test_old_messages_are_forgotten_unless_they_wait() -> None:
    for state in State:
        Message.objects.create(
            to="a@acme.example",
            subject="s",
            text="t",
            state=state,
            made_at=timezone.now() - timedelta(days=91),
        )
    assert forget_old() == 2
    assert Message.objects.get().state == State.WAITING


def test_where_no_mail_is_sent_nothing_waits_for_ever_and_no_link_is_kept() -> None:
    """Whoever keeps the outbox could come in by it as somebody else."""
    long_ago = timezone.now() - timedelta(days=4)
    written("alice@acme.example", text="Open https://accord.example/join/abc")
    written("bob@acme.example", text="https://accord.example/account/password/reset/key/1-a/")
    written("carol@acme.example", text="Signed: https://accord.example/agreements/acme/")
    written("dan@acme.example", text="Open https://accord.example/join/def")
    link, reset, plain, fresh = Message.objects.order_by("pk")
    old = Message.objects.filter(pk__in=[link.pk, reset.pk, plain.pk])
    old.update(made_at=long_ago, due_at=long_ago)
    assert forget_old() == 0
    assert set(old.values_list("state", flat=True)) == {State.FAILED}
    kept = dict(Message.objects.values_list("pk", "text"))
    assert kept == {link.pk: "", reset.pk: "", plain.pk: plain.text, fresh.pk: fresh.text}
    assert Message.objects.get(pk=fresh.pk).state == State.WAITING


def test_the_configured_way_sends_files(settings: object, tmp_path: object) -> None:
    written("alice@acme.example", subject="سلام")
    way = {"backend": "django.core.mail.backends.filebased.EmailBackend", "file_path": str(tmp_path)}
    settings.ENV = SimpleNamespace(mail=way)  # type: ignore[attr-defined]
    assert send_due() == 1
    [file] = list(tmp_path.iterdir())  # type: ignore[attr-defined]
    assert "To: alice@acme.example" in file.read_text()


# The page ----------------------------------------------------------------------------------------------


def test_the_outbox_says_that_no_mail_is_sent_and_how_to_change_that(people: People, client_of) -> None:  # type: ignore[no-untyped-def]
    written("alice@acme.example")
    page = client_of(people.kai).get("/outbox/").content.decode()
    assert "No mail is sent from here" in page
    assert "ACCORD_MAIL_URL=smtp+tls://" in page
    assert "Open <a href" not in page  # a path alone is no link
    assert "/join/abc" in page


def test_only_keepers_read_the_outbox(people: People, client_of) -> None:  # type: ignore[no-untyped-def]
    statuses = {key: client_of(people[key]).get("/outbox/").status_code for key in people}
    assert {key for key, status in statuses.items() if status == 200} == {"hedda", "kai"}


def test_a_given_up_message_is_put_back_by_its_button(people: People, client_of) -> None:  # type: ignore[no-untyped-def]
    [message] = written("alice@acme.example")
    send_due(Server(alice=refused(550)))
    client = client_of(people.kai)
    page = client.get("/outbox/?state=failed").content.decode()
    assert "550 not here" in page and f'value="{message.pk}"' in page

    client.post("/outbox/", {"message": message.pk}, follow=True)
    assert Message.objects.get().state == State.WAITING
    assert client.post("/outbox/", {"message": message.pk}).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
def test_a_number_that_is_none_is_no_message(people: People, client_of, number: str) -> None:  # type: ignore[no-untyped-def]
    assert client_of(people.kai).post("/outbox/", {"message": number}).status_code == 404


def test_markup_in_a_message_stays_text(people: People, client_of) -> None:  # type: ignore[no-untyped-def]
    written(
        "alice@acme.example", subject="<script>1</script>", text="<img src=x onerror=1> javascript:alert(1)"
    )
    page = client_of(people.kai).get("/outbox/").content.decode()
    assert "<script>1" not in page and "<img src=x" not in page and 'href="javascript' not in page


def test_the_outbox_asks_the_same_number_of_queries_for_any_number_of_rows(  # type: ignore[no-untyped-def]
    people: People, client_of, django_assert_max_num_queries
) -> None:
    for number in range(120):
        written(f"a{number}@acme.example")
    client = client_of(people.kai)
    with django_assert_max_num_queries(8):
        page = client.get("/outbox/?page=2")
    assert page.content.decode().count("<tr>") == 51


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=99999", "page=9999999", "state=none", "page=-1"])
def test_any_query_gets_a_page(people: People, client_of, query: str) -> None:  # type: ignore[no-untyped-def]
    assert client_of(people.kai).get(f"/outbox/?{query}").status_code == 200


def test_a_round_takes_a_hundred_at_most() -> None:
    for number in range(sending._AT_ONCE + 3):
        written(f"a{number}@acme.example")
    assert send_due(Server()) == 100
    assert send_due(Server()) == 3
