"""Settings from the environment: each bad value is named with what it should be; the reference has all."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accord.errors import SettingsInvalid
from accord.server.env import SETTINGS, read_environment
from accord.server.running.preparing import fit_to_serve

pytestmark = pytest.mark.any_database

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"

BAD = [  # variable, value, a part of what is said
    ("ACCORD_DATA", __file__, "name a folder"),
    ("ACCORD_SECRET_KEY", "short", "at least 50"),
    ("ACCORD_SECRET_KEY", "a" * 60, "random"),
    ("ACCORD_SECRET_KEY_FALLBACKS", "short,shorter", "separated by commas"),
    ("DATABASE_URL", "mysql://a:b@c/d", "postgresql://"),
    ("DATABASE_URL", "postgresql://host", "postgresql://"),
    ("DATABASE_URL", "postgresql://host:99999/name", "port"),
    ("DATABASE_URL", "postgresql://host:x/name", "port"),
    ("ACCORD_HOSTS", "*", "separated by commas"),
    ("ACCORD_HOSTS", "https://accord.example", "without scheme"),
    ("ACCORD_HOSTS", "accord.example:8000", "or port"),
    ("ACCORD_HOSTS", ",", "at least one"),
    ("ACCORD_URL", "accord.example", "https://accord"),
    ("ACCORD_URL", "ftp://accord.example", "https://accord"),
    ("ACCORD_URL", "https://accord.example/sub", "nothing more"),
    ("ACCORD_URL", "https://me@accord.example", "nothing more"),
    ("ACCORD_URL", "https://accord.example:port", "port"),
    ("ACCORD_URL", "https://accord .example", "https://accord"),
    ("ACCORD_MAIL_URL", "mail.example", "smtp+tls://"),
    ("ACCORD_MAIL_URL", "smtps://mail.example", "smtp+ssl://"),
    ("ACCORD_MAIL_URL", "smtp://", "smtp+tls://"),
    ("ACCORD_MAIL_URL", "smtp://mail.example:0x19", "port"),
    ("ACCORD_MAIL_URL", "file://relative/folder", "file:///a/folder"),
    ("ACCORD_MAIL_FROM", "accord", "accord@acme.example"),
    ("ACCORD_MAIL_FROM", "a@b.example\nBcc: c@d.example", "accord@acme.example"),
    ("ACCORD_LANGUAGES", "xx", "en,fa,tr"),
    ("ACCORD_LANGUAGES", ",", "en,fa,tr"),
    ("ACCORD_DEVELOPMENT", "true", "yes or no"),
    ("ACCORD_PROXIES", "many", "0 to 9"),
    ("ACCORD_PROXIES", "10", "0 to 9"),
    ("ACCORD_PROXIES", "²", "0 to 9"),
    ("ACCORD_OIDC", "http://id:secret@issuer.example", "CLIENT_ID:SECRET"),
    ("ACCORD_OIDC", "https://issuer.example", "CLIENT_ID:SECRET"),
    ("ACCORD_CHAT_HOSTS", "https://chat.example", "without scheme"),
]


@pytest.mark.parametrize(
    ("name", "value", "says"), BAD, ids=[f"{name}-{value}"[:40] for name, value, _ in BAD]
)
def test_a_bad_value_is_named_with_what_it_should_be(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read_environment({name: value})
    [problem] = caught.value.problems
    assert problem.path == name
    assert says in problem.allowed


def test_every_bad_value_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        read_environment({"ACCORD_PROXIES": "x", "ACCORD_URL": "x", "ACCORD_HOSTS": "*", "ACCORD_DATA": "x"})
    assert [problem.path for problem in caught.value.problems] == [
        "ACCORD_HOSTS",
        "ACCORD_PROXIES",
        "ACCORD_URL",
    ]


def test_a_secret_in_a_bad_value_is_not_repeated() -> None:
    for name, value in (
        ("DATABASE_URL", "mysql://me:hunter2@host/name"),
        ("ACCORD_SECRET_KEY", "hunter2"),
        ("ACCORD_SECRET_KEY_FALLBACKS", "hunter2"),
        ("ACCORD_MAIL_URL", "smtps://me:hunter2@mail.example"),
        ("ACCORD_OIDC", "http://id:hunter2@issuer.example"),
    ):
        with pytest.raises(SettingsInvalid) as caught:
            read_environment({name: value})
        assert "hunter2" not in str(caught.value)


def test_good_values_are_read(tmp_path: Path) -> None:
    env = read_environment(
        {
            "ACCORD_DATA": str(tmp_path),
            "DATABASE_URL": "postgresql://me:p%40ss@db.example:5433/accord?sslmode=require",
            "ACCORD_HOSTS": "accord.example, 10.0.0.1,[::1]",
            "ACCORD_URL": "https://accord.example/",
            "ACCORD_MAIL_URL": "smtp+tls://me:p%40ss@mail.example",
            "ACCORD_MAIL_FROM": "Accord <accord@acme.example>",
            "ACCORD_LANGUAGES": "fa,en",
            "ACCORD_PROXIES": "1",
            "ACCORD_SECRET_KEY_FALLBACKS": f"{'ab1cd' * 12}, {'ef2gh' * 12}",
            "ACCORD_OIDC": "https://id:s%2Fcret@issuer.example:8443/realm",
            "ACCORD_CHAT_HOSTS": "Chat.example, [::1]",
        }
    )
    assert env.chat_hosts == ("chat.example", "::1")
    assert env.secret_key_fallbacks == ("ab1cd" * 12, "ef2gh" * 12)
    assert env.database["PASSWORD"] == "p@ss"  # noqa: S105
    assert env.database["OPTIONS"] == {"sslmode": "require"}
    assert env.hosts == ("accord.example", "10.0.0.1", "[::1]")
    assert env.url == "https://accord.example"
    assert (env.mail["port"], env.mail["use_tls"], env.mail["password"]) == (587, True, "p@ss")
    assert env.oidc["server_url"] == "https://issuer.example:8443/realm"
    assert env.oidc["secret"] == "s/cret"  # noqa: S105


def test_an_empty_environment_is_enough() -> None:
    env = read_environment({})
    assert env.database["ENGINE"] == "django.db.backends.sqlite3"
    assert not env.development and not env.mail and not env.url


def test_https_without_a_proxy_is_refused_before_it_goes_round_in_circles() -> None:
    with pytest.raises(SettingsInvalid, match="ACCORD_PROXIES"):
        fit_to_serve(read_environment({"ACCORD_URL": "https://accord.example"}))
    fit_to_serve(read_environment({"ACCORD_URL": "https://accord.example", "ACCORD_PROXIES": "1"}))
    fit_to_serve(read_environment({"ACCORD_URL": "http://accord.example"}))


def test_the_reference_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert [(name, default.strip("`")) for name, default, _ in rows] == [
        (setting.name, setting.default or "nothing") for setting in SETTINGS
    ]
    assert [meaning for _, _, meaning in rows] == [setting.meaning for setting in SETTINGS]


def test_django_finds_nothing_to_warn_of_in_production(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "DJANGO_"))}
    env |= {
        "ACCORD_DATA": str(tmp_path),
        "ACCORD_URL": "https://accord.acme.example",
        "ACCORD_HOSTS": "accord.acme.example",
        "ACCORD_PROXIES": "1",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "accord.server", "check", "--deploy", "--fail-level", "WARNING"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "System check identified no issues (2 silenced).\n"), (
        ran.stderr
    )
