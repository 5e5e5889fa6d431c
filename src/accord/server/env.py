"""Settings from the environment, and nothing else: each with its name, what it should be, and a default.

A bad value stops the start, and all bad values are named at once. `docs/reference/settings.md` lists them.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import environ

from accord.errors import Problem, SettingsInvalid

Read = Callable[[str], Any]
_SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


@dataclass(frozen=True)
class Setting:
    """One variable: how its text is read (ValueError says what it should be), and what holds without it."""

    name: str
    default: str
    meaning: str
    read: Read
    secret: bool = False  # its value is never repeated, not even where it is wrong


@dataclass(frozen=True)
class Environment:
    """The settings as read; `docs/reference/settings.md` says what each means."""

    data: Path
    secret_key: str  # empty: one is made and kept in the data folder
    database: Mapping[str, Any]
    hosts: tuple[str, ...]
    url: str
    mail: Mapping[str, Any]
    mail_from: str
    languages: tuple[str, ...]
    development: bool
    proxies: int
    oidc: Mapping[str, str]
    hsts: str = "host"  # how much of the name browsers keep to https: no, host or subdomains
    chat_hosts: tuple[str, ...] = ()  # hosts of chats inside the company's own net
    secret_key_fallbacks: tuple[str, ...] = ()  # former keys: what was kept under them stays readable


def read_environment(source: Mapping[str, str] = os.environ) -> Environment:
    """What the environment says; SettingsInvalid names every value that cannot be used."""
    values: dict[str, Any] = {}
    problems = []
    for setting in SETTINGS:
        text = source.get(setting.name, "") or setting.default
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            said = "its value" if setting.secret else repr(text)
            problems.append(Problem("", 0, setting.name, f"{said} cannot be used", str(error)))
    if values.get("ACCORD_MAIL_URL") and values.get("ACCORD_URL") == "":
        how = (
            "write the address that people open, as https://accord.acme.example: links in mail begin with it"
        )
        problems.append(Problem("", 0, "ACCORD_URL", "is not said, and ACCORD_MAIL_URL is", how))
    if problems:
        raise SettingsInvalid(problems)
    data = values["ACCORD_DATA"]
    return Environment(
        data=data,
        secret_key=values["ACCORD_SECRET_KEY"],
        database=values["DATABASE_URL"] or _sqlite(data),
        hosts=values["ACCORD_HOSTS"],
        url=values["ACCORD_URL"],
        mail=values["ACCORD_MAIL_URL"],
        mail_from=values["ACCORD_MAIL_FROM"],
        languages=values["ACCORD_LANGUAGES"],
        development=values["ACCORD_DEVELOPMENT"],
        proxies=values["ACCORD_PROXIES"],
        oidc=values["ACCORD_OIDC"],
        hsts=values["ACCORD_HSTS"],
        chat_hosts=values["ACCORD_CHAT_HOSTS"],
        secret_key_fallbacks=values["ACCORD_SECRET_KEY_FALLBACKS"],
    )


def _sqlite(data: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": data / "accord.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was acknowledged, a lead or a signature, is on disk whatever happens to the machine.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("name a folder, which is made if it does not exist")
    return path


def _secret(text: str) -> str:
    if text and (len(text) < 50 or len(set(text)) < 5):  # what Django's own check asks for
        raise ValueError("give at least 50 random characters, or nothing: then one is made and kept")
    return text


def _former_secrets(text: str) -> tuple[str, ...]:
    try:
        return tuple(_secret(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("give former secret keys, separated by commas, the latest first") from None


def _database(text: str) -> dict[str, Any]:
    if not text:
        return {}
    parts = urlsplit(text)
    if parts.scheme not in ("postgres", "postgresql") or len(parts.path) < 2:
        raise ValueError("write postgresql://user:password@host:5432/name, or nothing for SQLite")
    _port(parts)
    return {**environ.Env.db_url_config(text), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip() for part in text.split(",") if part.strip())
    if not hosts:
        raise ValueError("write at least one name, such as accord.acme.example")
    if bad := next((host for host in hosts if not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:]+\]", host)), None):
        raise ValueError(f"write names without scheme or port, separated by commas; {bad!r} is none")
    return hosts


def _chat_hosts(text: str) -> tuple[str, ...]:
    return tuple(one.strip("[]").lower() for one in _hosts(text)) if text else ()


def _url(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    named = re.fullmatch(r"[\w.-]+|[0-9a-fA-F:]+", parts.hostname or "")
    if parts.scheme not in ("http", "https") or not named or more:
        raise ValueError(
            "write the address that people open and nothing more, as https://accord.acme.example"
        )
    _port(parts)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(url: str) -> str:
    """The name in an address as a Host header says it: an IPv6 address in brackets."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def _mail(text: str) -> dict[str, Any]:
    if not text:
        return {}
    parts = urlsplit(text)
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return {"backend": "django.core.mail.backends.filebased.EmailBackend", "file_path": parts.path}
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(
            "write smtp+tls://user:password@host:587, smtp+ssl://user:password@host:465, smtp://host:25 or "
            "file:///a/folder, with signs such as @ or / in the password as %40 or %2F"
        )
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": _port(parts) or _SMTP_PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtp+ssl",
        "timeout": 20,  # seconds: the worker has other chores
    }


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("write a port between 1 and 65535, or none") from None


def _address(text: str) -> str:
    if not re.fullmatch(r"(?:[^<>@\r\n,;:\"]+ <[^@\s<>,;]+@[^@\s<>,;]+>|[^@\s<>,;]+@[^@\s<>,;]+)", text):
        raise ValueError("write an address such as accord@acme.example, or Accord <accord@acme.example>")
    return text


def _languages(text: str) -> tuple[str, ...]:
    from django.conf.global_settings import LANGUAGES  # noqa: PLC0415 - a list, no settings needed

    codes = tuple(part.strip() for part in text.split(",") if part.strip())
    known = {code for code, _ in LANGUAGES}
    if not codes or (bad := next((code for code in codes if code not in known), None)):
        raise ValueError(f"write codes such as en,fa,tr; {bad if codes else text!r} is none")
    return codes


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("write yes or no")
    return text == "yes"


def _few(text: str) -> int:
    if not re.fullmatch(r"[0-9]", text):
        raise ValueError("write how many proxies stand before the server, 0 to 9")
    return int(text)


def _hsts(text: str) -> str:
    if text not in ("no", "host", "subdomains"):
        raise ValueError("write no, host or subdomains")
    return text


def _oidc(text: str) -> dict[str, str]:
    if not text:
        return {}
    parts = urlsplit(text)
    if parts.scheme != "https" or not (parts.username and parts.password and parts.hostname):
        raise ValueError("write https://CLIENT_ID:SECRET@issuer.example/path")
    port = f":{_port(parts)}" if _port(parts) else ""
    return {
        "client_id": unquote(parts.username),
        "secret": unquote(parts.password),
        "server_url": f"https://{parts.hostname}{port}{parts.path}",
    }


SETTINGS = (
    Setting("ACCORD_DATA", "accord-data", "Folder of the database, the log and the made pages", _folder),
    Setting(
        "ACCORD_SECRET_KEY", "", "Signs sessions; made and kept in the data folder if not said", _secret, True
    ),
    Setting(
        "ACCORD_SECRET_KEY_FALLBACKS",
        "",
        "Former secret keys: what was kept under them stays readable",
        _former_secrets,
        True,
    ),
    Setting("DATABASE_URL", "", "PostgreSQL; SQLite in the data folder if not said", _database, True),
    Setting("ACCORD_HOSTS", "localhost,127.0.0.1,[::1]", "Names by which browsers may call", _hosts),
    Setting("ACCORD_URL", "", "The address that people open; https switches on secure cookies", _url),
    Setting("ACCORD_MAIL_URL", "", "Where mail is handed over; none is sent if not said", _mail, True),
    Setting("ACCORD_MAIL_FROM", "accord@localhost", "Sender of mail", _address),
    Setting("ACCORD_LANGUAGES", "en", "Languages to choose from, the first by default", _languages),
    Setting(
        "ACCORD_DEVELOPMENT",
        "no",
        "Pages with tracebacks, templates read anew: never in production",
        _yes_or_no,
    ),
    Setting("ACCORD_PROXIES", "0", "Proxies before the server whose X-Forwarded-For counts", _few),
    Setting("ACCORD_HSTS", "host", "What browsers are told to open by https only", _hsts),
    Setting("ACCORD_CHAT_HOSTS", "", "Hosts of chats inside your own net that may be posted to", _chat_hosts),
    Setting("ACCORD_OIDC", "", "OpenID Connect sign-in by the company's accounts", _oidc, True),
)
