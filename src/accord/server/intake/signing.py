"""Signed webhooks after Standard Webhooks: who sent a body, that nobody changed it, and that it is new.

The secret is needed in clear to check a signature, so it is kept encrypted with a key made from the
installation's own (ACCORD_SECRET_KEY): the database alone, or a backup of it, signs nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accord.errors import NotSignedIn

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
_ID = re.compile(r"[\x21-\x7e]{1,150}")


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def locked(secret: str) -> str:
    return str(_lock(settings.SECRET_KEY).encrypt(secret.encode()).decode())


def opened(kept: str) -> str:
    """The secret in clear; empty where it was kept under a key that nobody knows any more."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - costs 50 ms

    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        with suppress(InvalidToken):
            return str(_lock(key).decrypt(kept.encode()).decode())
    return ""


def sign(secret: str, name: str, timestamp: str, body: bytes) -> str:
    """The signature of a message as its header has it: `v1,` and base64."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX))
    except binascii.Error:
        raise NotSignedIn("this webhook's secret cannot be read; rotate it") from None
    digest = hmac.new(key, f"{name}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def must_be_signed(
    secret: str, *, name: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> None:
    """NotSignedIn unless one of the signatures is ours and the message is of these minutes."""
    if not secret:
        raise NotSignedIn("this webhook's secret can no longer be read; rotate it under Intake")
    if not _ID.fullmatch(name) or not signatures:
        raise NotSignedIn(
            "the headers webhook-id, webhook-timestamp and webhook-signature are needed; send them"
        )
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise NotSignedIn("webhook-timestamp is no number of seconds since 1970; send one")
    if abs(at.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise NotSignedIn("webhook-timestamp is more than five minutes off; set the sender's clock")
    ours = sign(secret, name, timestamp, body).encode()
    given = [one.encode("utf-8", "replace") for one in signatures.split(" ")[:10]]
    if not any([hmac.compare_digest(ours, one) for one in given]):  # noqa: C419 - each is compared: no clock tells
        raise NotSignedIn(
            "the signature does not fit the body; sign webhook-id.timestamp.body with the secret"
        )


def _lock(key: str) -> Any:
    from cryptography.fernet import Fernet  # noqa: PLC0415

    digest = hashlib.sha256(b"accord webhooks\n" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
