"""What the server writes of itself: one line an event, and nothing about anybody."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory

from accord.server.running import logs
from server_fixture import People

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to standard error, as where nobody watches."""
    before = logging.getLogger().handlers[:]
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logging.config.dictConfig(logs.config(people_watch=False))
    yield stream
    logging.getLogger().handlers[:] = before


def lines(told: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to alice.b+c@acme.example failed", "mail to [address] failed"),
        ('Key (email)=(a@b.example) already "exists"', 'Key (email)=([address]) already "exists"'),
        ("/join/AbC-12_x and /setup?token=abc&x=1", "/join/[token] and /setup?token=[token]&x=1"),
        ("postgresql://me:hunter2@host/name", "postgresql://me:[password]@host/name"),
        ("/account/password/reset/key/1-abc/", "/account/password/reset/key/[token]/"),
        ("nothing to strike", "nothing to strike"),
    ],
)
def test_addresses_tokens_and_passwords_are_struck_out(text: str, kept: str) -> None:
    assert logs.without_secrets(text) == kept


def test_a_request_is_one_line_with_its_pattern_and_without_who_asked(
    told: io.StringIO, people: People, client: Client
) -> None:
    client.force_login(people.kai)
    client.get("/people/?q=alice@acme.example", headers={"user-agent": "spy"})
    client.get("/join/the-secret-token")
    said = lines(told)
    assert [(event["event"], event["route"]) for event in said] == [
        ("request", "/people/"),
        ("request", "/join/<str:token>"),
    ]
    for word in ("alice", "secret-token", "127.0.0.1", "kai", "spy"):
        assert word not in told.getvalue()


def test_a_page_that_breaks_is_told_with_its_traceback_in_one_line(told: io.StringIO) -> None:
    request = RequestFactory().get("/join/the-secret-token")
    try:
        raise RuntimeError("no row for alice@acme.example\nin two lines")
    except RuntimeError as error:
        logging.getLogger("django.request").error(
            "Internal Server Error: %s",
            request.path,
            exc_info=error,
            extra={"status_code": 500, "request": request},
        )
    [event] = lines(told)
    assert (event["event"], event["status"], event["level"]) == ("request failed", 500, "error")
    assert "RuntimeError: no row for [address]" in str(event["exception"])
    assert "secret-token" not in told.getvalue()


def test_a_form_that_comes_from_elsewhere_is_told(told: io.StringIO) -> None:
    Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"})
    assert {event["event"] for event in lines(told)} == {"request", "request refused"}


def test_health_is_asked_so_often_that_it_is_not_told(told: io.StringIO, client: Client) -> None:
    client.get("/health")
    assert not told.getvalue()


def test_events_of_ours_and_of_libraries_have_one_form(told: io.StringIO) -> None:
    logs.logger("accord.anything").info("sent", messages=3)
    logging.getLogger("some.library").warning("careful with %s", "x")
    for event, level in zip(lines(told), ("info", "warning"), strict=True):
        assert event["level"] == level and event["timestamp"]
    assert lines(told)[0]["messages"] == 3
