"""Idempotency: a write that comes again with its key changes nothing and gets the answer of the first one.

The answer is kept in the transaction of the change, so that there is never one without the other. It is
encrypted with a key made from the token itself, which is kept nowhere: the table holds nothing to read.
"""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, KeyReused, Problem
from accord.server.api.models import Answer, Token

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(hours=24)
MOST_KEPT = 1_000_000  # bytes of an answer; of a bigger one only that it was given is kept
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_HEADERS = ("Content-Type", "ETag", "Location", "Link")  # of an answer, kept with it

Act = Callable[[], HttpResponse]


@dataclass(frozen=True)
class Caller:
    """The token of a request, and its text, which opens the answers kept for it."""

    token: Token
    text: str


def once(request: HttpRequest, caller: Caller, act: Act) -> HttpResponse:
    """Do `act` in one transaction, or replay its answer where its key has come before.

    A second request with the same key waits for the first. An answer over `MOST_KEPT` is not repeated: the
    second request is refused with KeyReused, and nothing is done twice. Answers from 500 on are not kept, and
    undo what was done: the same key may be tried again.
    """
    key = key_sent(request)
    if not key:
        with transaction.atomic():
            return _undone_if_broken(act())
    with transaction.atomic():
        claimed = _claim(caller.token, key, _digest(request))
        if claimed is None:
            return _replay(request, caller, key)
        response = _undone_if_broken(act())
        if response.status_code < 500:
            _keep(claimed, caller, response)
        return response


def key_sent(request: HttpRequest) -> str:
    """The request's idempotency key; empty where it has none. EntryInvalid for one that cannot be kept."""
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        what = "an idempotency key is 1 to 200 visible signs of ASCII"
        raise EntryInvalid([Problem("", 0, f"header.{HEADER}", what, "send a UUID")])
    return key or ""


def _undone_if_broken(response: HttpResponse) -> HttpResponse:
    if response.status_code >= 500:
        transaction.set_rollback(True)
    return response


def _claim(token: Token, key: str, digest: str) -> Answer | None:
    """A row for this key; None if there is one. PostgreSQL waits here until the other has ended."""
    at = timezone.now()
    Answer.objects.filter(token=token, at__lt=at - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return Answer.objects.create(token=token, key=key, request=digest, status=0, body="", at=at)
    except IntegrityError:
        return None


def _keep(claimed: Answer, caller: Caller, response: HttpResponse) -> None:
    claimed.status = response.status_code
    if len(response.content) <= MOST_KEPT:
        claimed.body = _lock(caller).encrypt(response.content).decode()
    claimed.headers = {name: response[name] for name in _HEADERS if name in response}
    claimed.save()


def _replay(request: HttpRequest, caller: Caller, key: str) -> HttpResponse:
    kept = Answer.objects.filter(token=caller.token, key=key).first()
    if kept is None or not kept.status:
        raise EditConflict("the same request is under way; ask again in a moment")
    if kept.request != _digest(request):
        raise KeyReused(
            f"the key {key[:40]} came with another request before; send a new key with a new request"
        )
    if not kept.body:
        raise KeyReused(
            f"this request was answered before, with {kept.status} and over {MOST_KEPT:,} bytes, which are"
            " not kept; nothing was done again: read what there is now"
        )
    body = _lock(caller).decrypt(kept.body.encode())
    return HttpResponse(body, status=kept.status, headers={**kept.headers, REPLAYED: "true"})


def _digest(request: HttpRequest) -> str:
    """What makes two requests the same: method, address, condition and body."""
    head = "\n".join([request.method or "", request.get_full_path(), request.headers.get("If-Match", "")])
    return hashlib.sha256(head.encode() + b"\n\n" + request.body).hexdigest()


def _lock(caller: Caller):  # type: ignore[no-untyped-def]
    from cryptography.fernet import Fernet  # noqa: PLC0415 - costs 50 ms

    secret = hashlib.sha256(b"accord answers\n" + caller.text.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
