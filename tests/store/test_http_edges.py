"""What comes to the server at its edges: odd cookies, HEAD, watchers, IPv6, and what browsers are told."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver

from accord.errors import SettingsInvalid
from accord.server.env import host_of, read_environment
from accord.server.running.logs import without_secrets
from server_fixture import People

pytestmark = pytest.mark.django_db


def test_a_cookie_that_is_no_text_counts_as_none(people: People) -> None:
    for name in ("sessionid", "csrftoken", "theme"):
        client = Client()
        client.cookies[name] = "a\x00b"
        answer = client.get("/people/")
        assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/people/")
        assert client.get("/account/login/").status_code == 200


def test_every_page_that_is_read_answers_to_head(people: People) -> None:
    client = Client()
    client.force_login(people.kai)
    refused = [
        path
        for path in _plain_paths()
        if client.get(path).status_code == 200 != client.head(path).status_code
    ]
    assert not refused


def _plain_paths() -> list[str]:
    """Every address without a part to fill in, of our own rooms."""
    routes = [
        str(each.pattern)
        for top in get_resolver().url_patterns
        for each in getattr(top, "url_patterns", [top])
    ]
    return [
        f"/{route}" for route in routes if "<" not in route and "logout" not in route and "(" not in route
    ]


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "accord-7f9c", "[fd00::1]:8000"])
def test_whoever_watches_the_server_asks_by_any_name(host: str) -> None:
    answer = Client(headers={"host": host}).get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert Client(headers={"host": host}).get("/account/login/").status_code == 400


def test_an_address_by_number_is_allowed_as_browsers_say_it() -> None:
    assert host_of("http://[fd00::1]:8000") == "[fd00::1]"
    assert host_of("https://accord.acme.example:8443") == "accord.acme.example"
    assert host_of("") == ""


def test_mail_is_sent_only_where_its_links_have_an_address() -> None:
    mail = {"ACCORD_MAIL_URL": "smtp://mail.acme.example"}
    with pytest.raises(SettingsInvalid, match="links in mail begin with it") as caught:
        read_environment(mail)
    assert [problem.path for problem in caught.value.problems] == ["ACCORD_URL"]
    assert read_environment(mail | {"ACCORD_URL": "http://accord.acme.example"}).mail


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, [31_536_000, False, False]),
        ({"ACCORD_HSTS": "subdomains"}, [31_536_000, True, False]),
        ({"ACCORD_HSTS": "no"}, [0, False, False]),
    ],
)
def test_browsers_are_told_of_https_for_this_name_alone_unless_asked(
    tmp_path: Path, more: dict[str, str], told: list[object]
) -> None:
    code = (
        "import json; from django.conf import settings as s; print(json.dumps("
        "[s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD]))"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DATABASE_"))}
    env |= {"ACCORD_DATA": str(tmp_path), "ACCORD_URL": "https://accord.acme.example", **more}
    env["DJANGO_SETTINGS_MODULE"] = "accord.server.settings"
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == told
    with pytest.raises(SettingsInvalid, match="no, host or subdomains"):
        read_environment({"ACCORD_HSTS": "yes"})


def test_a_long_line_is_scrubbed_in_a_moment() -> None:
    began = time.perf_counter()
    without_secrets("a" * 200_000 + " " + "a." * 100_000 + "@" + "b" * 100_000)
    assert time.perf_counter() - began < 1
    assert without_secrets("to Mina+x@acme.example, kai@a.b-c.example.") == "to [address], [address]."


def test_the_log_of_a_failure_of_the_api_names_no_address(people: People, caplog, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from accord.server.api import problems

    request = Client().get("/api/v1/people/7").wsgi_request
    problems.answer_to(request, ValueError("a bug"))
    (said,) = [record.getMessage() for record in caplog.records if "a bug" in str(record.exc_info)]
    assert re.fullmatch(r"API request failed: GET /\S*<\S+>", said), said
