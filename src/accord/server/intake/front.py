"""The quick way in, before Django: for requests of the API that hand in leads or events and have no fault.

It answers exactly what the API's own operation answers, by the same rights and the same service, and leaves
out what costs most and does nothing for such a request: sessions, languages, routing, templates. Whatever is
unusual about a request, from a missing token to a single bad item, makes it Django's, which reads it anew and
says what is wrong; so there is no word of refusal here.

A token is looked up at most every `TOKEN_HOLDS_S`: one that is revoked here still hands in leads for so long.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from time import monotonic
from typing import Any, NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from accord.errors import AccordError, KeyReused
from accord.server.access import access_to
from accord.server.api.tokens import mark_used, token_with
from accord.server.intake.reading import EVENTS, LEADS, Form, quickly
from accord.server.intake.receiving import origin_of, store
from accord.server.intake.telling import may_all_be_told
from accord.server.running.logs import logger

TOKEN_HOLDS_S = 2.0
_MOST_TOKENS = 1_000
_PATHS = {"/api/v1/leads": LEADS, "/api/v1/events": EVENTS}
_KEY = re.compile(r"[\x21-\x7e]{1,200}|")
_HEADERS = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
_AGAIN = (
    b'{"type": "about:blank", "title": "Service Unavailable", "status": 503, "instance": "", "problems": [], '
    b'"detail": "the database did not take it; send the same again in a moment"}'
)
_held: dict[tuple[bytes, str], tuple["Door", float]] = {}
log = logger(__name__)


class Door(NamedTuple):
    """Under which name things come in, and the side of whoever sends them; no name: nobody may."""

    origin: str = ""
    side: str = ""


Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]
Answer = tuple[int, str, bytes]


def before(django: Wsgi) -> Wsgi:
    """The application with the quick way before it."""

    def application(environ: Environ, start_response: Start) -> Iterable[bytes]:
        form = _PATHS.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        answer = _answered(environ, form) if form and _is_plain(environ) else None
        if answer is None:
            return django(environ, start_response)
        status, kind, body = answer
        length = [("Content-Type", kind), ("Content-Length", str(len(body)))]
        start_response(f"{status} {HTTPStatus(status).phrase}", [*length, *_HEADERS, *_https_only(environ)])
        return [body]

    return application


def _answered(environ: Environ, form: Form) -> Answer | None:
    """The answer; None if this request is Django's."""
    if not connection.in_atomic_block:  # as it is in tests
        connection.close_if_unusable_or_obsolete()
    try:
        origin, side = _door(environ.get("HTTP_AUTHORIZATION", ""), form)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])) if origin else b""
        environ["wsgi.input"] = BytesIO(body) if origin else environ["wsgi.input"]
        at = timezone.now()
        found = quickly(body, form, at) if origin else None
        if found is None or not may_all_be_told(found, form, side):
            return None
        key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
        received = store(found, form, origin, at, unless_said=key, stands_for_body=True)
    except KeyReused:
        return None
    except Error as error:
        log.error("the database does not answer", problem=str(error).strip())
        return 503, "application/problem+json", _AGAIN
    return received.status, "application/json", received.answer()


def _is_plain(environ: Environ) -> bool:
    """Whether everything about a request that can be seen without its body is as it usually is."""
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        not environ.get("QUERY_STRING")
        and environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == "application/json"
        and length.isdecimal()
        and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        and _KEY.fullmatch(environ.get("HTTP_IDEMPOTENCY_KEY", "")) is not None
        and _is_ours(environ.get("HTTP_HOST", ""))
        and (not settings.SECURE_SSL_REDIRECT or _came_by_https(environ))
    )


@lru_cache(maxsize=256)
def _is_ours(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _came_by_https(environ: Environ) -> bool:
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme", "https")
    return str(environ.get(header, "")).partition(",")[0].strip() == value


def _https_only(environ: Environ) -> list[tuple[str, str]]:
    """What Django says with every answer by https: open this by https alone."""
    seconds = settings.SECURE_HSTS_SECONDS
    if not seconds or not _came_by_https(environ):
        return []
    names = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    return [("Strict-Transport-Security", f"max-age={seconds}{names}")]


def _door(authorization: str, form: Form) -> Door:
    """The door of whoever may do this; none for anybody else, to whom Django says why not."""
    kind, _, text = authorization.partition(" ")
    text = text.strip()
    if kind.lower() != "bearer" or not text:
        return Door()
    known = (sha256(text.encode("utf-8", "replace")).digest(), form.name)
    door, until = _held.get(known, (Door(), 0.0))
    if monotonic() < until:
        return door
    _held.pop(known, None)
    door = _looked_up(text, form)
    if door.origin:
        if len(_held) >= _MOST_TOKENS:
            _held.clear()
        _held[known] = (door, monotonic() + TOKEN_HOLDS_S)
    return door


def _looked_up(text: str, form: Form) -> Door:
    """The same questions that the API's door asks."""
    access, at = access_to(f"api:{form.name}"), timezone.now()
    try:
        token = token_with(text, at)
    except AccordError:
        return Door()
    if access.scope_of("POST") not in token.scopes or not access.of("POST").allows(token.owner):
        return Door()
    mark_used(token, at)
    return Door(origin_of(token, form), token.owner.side)
