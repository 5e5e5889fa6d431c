"""Every channel through the same behaviours: it delivers, tells refused from away, keeps the id of a message.

Everything is on loopback: a mail server and a chat that answer what the test says.
"""

import http.server
import json
import smtplib
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import pytest

from accord.channels import Channel, Parcel
from accord.channels.email import Mail
from accord.channels.webhook import BODIES, Webhook, resolve, target
from accord.errors import EntryInvalid, Undelivered

LOCAL = ("127.0.0.1",)


@dataclass
class Other:
    """The other end: what it got, as the id and all text of each, and what it answers, "" for yes."""

    make: Callable[[], Channel]
    to: str
    got: list[tuple[str, str]] = field(default_factory=list)
    answer: str = ""  # "", "no" for good, "later", "away"
    close: Callable[[], None] = lambda: None


class _Mailbox(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        other: Other = self.server.other  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self._take(other)
            elif word == b"RCPT":
                codes = {"no": b"550 nobody here\r\n", "later": b"450 busy\r\n"}
                self.wfile.write(codes.get(other.answer, b"250 fine\r\n"))
            else:
                self.wfile.write(b"250 fine\r\n")

    def _take(self, other: Other) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        mail = message_from_bytes(b"".join(lines))
        text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
        other.got.append((mail["Message-ID"].strip("<>").partition("@")[0], f"{mail['Subject']}\n{text}"))
        self.wfile.write(b"250 taken\r\n")


class _Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        other: Other = self.server.other  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = {"no": 404, "later": 503, "moved": 302, "slow down": 429}.get(other.answer, 200)
        if status == 200:
            other.got.append((self.headers["Idempotency-Key"], json.loads(body)["text"]))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(b"so it is")

    def log_message(self, *_: object) -> None: ...


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True


class _Way:
    """Django's connection to a mail server, as far as a channel uses it, without Django's settings."""

    def __init__(self, port: int) -> None:
        self.port, self.smtp = port, None

    def open(self) -> None:
        self.smtp = self.smtp or smtplib.SMTP("127.0.0.1", self.port, timeout=20)

    def send_messages(self, mails: list[Any]) -> int:
        assert self.smtp
        for mail in mails:
            self.smtp.sendmail(mail.from_email, mail.to, mail.message().as_bytes())
        return len(mails)

    def close(self) -> None:
        if self.smtp:
            self.smtp.close()


def _served(handler: type[socketserver.BaseRequestHandler]) -> tuple[_Server, int]:
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server, server.server_address[1]


@pytest.fixture(params=["email", "slack", "mattermost"])
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    handler = _Mailbox if request.param == "email" else _Chat
    server, port = _served(handler)
    if request.param == "email":
        made = Other(lambda: Mail(_Way(port), "accord@acme.example"), "bob@acme.example")  # type: ignore[arg-type]
    else:
        made = Other(lambda: Webhook(request.param, LOCAL), f"http://127.0.0.1:{port}/hooks/x")
    server.other = made  # type: ignore[attr-defined]
    made.close = lambda: (server.shutdown(), server.server_close())  # type: ignore[func-returns-value, assignment]
    yield made
    made.close()


def a_parcel(other: Other, **more: str) -> Parcel:
    return Parcel(
        **{"id": "accord-7-1", "to": other.to, "subject": "Overdue", "text": "Buyer Ltd waits.", **more}
    )


def deliver(other: Other, **more: str) -> None:
    channel = other.make()
    try:
        channel.deliver(a_parcel(other, **more))
    finally:
        channel.close()


def test_a_parcel_arrives_with_its_words_and_its_id(other: Other) -> None:
    deliver(other)
    [(known_by, text)] = other.got
    assert known_by == "accord-7-1"
    assert "Overdue" in text and "Buyer Ltd waits." in text


def test_the_same_parcel_has_the_same_id_however_often_it_is_tried(other: Other) -> None:
    deliver(other)
    deliver(other)
    assert {known_by for known_by, _ in other.got} == {"accord-7-1"}


def test_any_script_arrives_as_it_was_written(other: Other) -> None:
    deliver(other, text="سارا رضایی · สวัสดี · Şahin")
    assert "سارا رضایی · สวัสดี · Şahin" in other.got[0][1]


def test_what_is_refused_for_good_is_said_so(other: Other) -> None:
    other.answer = "no"
    with pytest.raises(Undelivered) as refused:
        deliver(other)
    assert refused.value.for_good and not refused.value.for_all


def test_what_is_refused_for_now_is_worth_another_try(other: Other) -> None:
    other.answer = "later"
    with pytest.raises(Undelivered) as refused:
        deliver(other)
    assert not refused.value.for_good


def test_another_end_that_is_away_is_worth_another_try(other: Other) -> None:
    other.close()
    with pytest.raises(Undelivered) as away:
        deliver(other)
    assert not away.value.for_good
    other.close = lambda: None


@pytest.fixture
def chat() -> Iterator[Other]:
    server, port = _served(_Chat)
    made = Other(lambda: Webhook("slack", LOCAL), f"http://127.0.0.1:{port}/hooks/x")
    server.other = made  # type: ignore[attr-defined]
    yield made
    server.shutdown()
    server.server_close()


def test_a_redirect_is_not_followed(chat: Other) -> None:
    chat.answer = "moved"
    with pytest.raises(Undelivered, match="302") as refused:
        deliver(chat)
    assert refused.value.for_good and not chat.got


def test_a_chat_that_asks_for_patience_is_given_it(chat: Other) -> None:
    chat.answer = "slow down"
    with pytest.raises(Undelivered) as refused:
        deliver(chat)
    assert (refused.value.for_good, refused.value.wait) == (False, 30.0)


# Where a webhook may lead -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.example/x",
        "https://127.0.0.1/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://0.0.0.0/x",
        "https://100.64.0.1/x",
        "https://localhost/x",
        "https://LOCALHOST./x",
        "https://chat.localhost/x",
        "https://chat.internal/x",
        "https://chat/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://user:password@hooks.example/x",
        "file:///etc/passwd",
        "gopher://hooks.example/x",
        "https://hooks.example:99999/x",
        "https://hooks.example/a b",
        "https://",
        "",
    ],
)
def test_an_address_that_none_of_ours_may_call_is_refused(url: str) -> None:
    with pytest.raises(EntryInvalid):
        target(url)


def test_a_name_that_leads_inside_is_refused_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are looked at when they are called: since they were entered they may lead elsewhere."""
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: answers)
    with pytest.raises(Undelivered, match=r"192\.168\.0\.1, inside a net") as refused:
        resolve(target("https://hooks.example/x"))
    assert refused.value.for_good
    assert resolve(target("https://hooks.example/x"), ("hooks.example",)) == "93.184.216.34"


def test_a_host_of_the_company_is_called_once_the_settings_name_it() -> None:
    assert target("https://10.1.2.3/x", ("10.1.2.3",)).host == "10.1.2.3"
    assert target("https://chat.internal/x", ("chat.internal",)).host == "chat.internal"
    assert target("http://127.0.0.1:8065/hooks/x", LOCAL).port == 8065
    with pytest.raises(EntryInvalid):
        target("http://10.1.2.3/x", ("10.1.2.3",))  # its secret would cross the net readable


# How each chat wants it ---------------------------------------------------------------------------------

HOSTILE = Parcel(
    "accord-1-1", "", "Overdue: <!channel> *x*", "<https://evil.example|Buyer> @all [x](http://evil) \\ _y_",
    link="https://accord.example/leads/1/",
)  # fmt: skip


def test_slack_gets_text_in_which_nothing_is_a_link_or_a_mention() -> None:
    text = BODIES["slack"](HOSTILE)["text"]
    assert "<" not in text and ">" not in text.replace("&gt;", "")
    assert text.endswith("https://accord.example/leads/1/")


def test_mattermost_gets_text_in_which_nothing_is_a_link_or_a_mention() -> None:
    text = BODIES["mattermost"](HOSTILE)["text"]
    assert "@all" not in text and "](http" not in text.replace("\\](", "")
    assert text.endswith("https://accord.example/leads/1/")


def test_teams_gets_an_adaptive_card_with_one_button() -> None:
    [attachment] = BODIES["teams"](HOSTILE)["attachments"]
    card = attachment["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["type"] == "AdaptiveCard" and len(card["body"]) == 2
    assert [action["url"] for action in card["actions"]] == ["https://accord.example/leads/1/"]


def test_links_to_ourselves_in_a_digest_stay_links() -> None:
    digest = Parcel(
        "1",
        "",
        "2 alerts",
        "Buyer_1 waits.\nhttps://accord.example/leads/T_1/",
        link="https://accord.example/alerts/",
    )
    assert "\nhttps://accord.example/leads/T_1/" in BODIES["mattermost"](digest)["text"]
