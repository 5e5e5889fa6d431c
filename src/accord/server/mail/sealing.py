"""Addresses of chats, encrypted with the installation's key: whoever reads the database alone cannot post."""

import base64
import hashlib
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from accord.errors import Undelivered

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(text: str) -> str:
    """A secret, encrypted."""
    return _lock(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again; Undelivered where the key of the installation is another one by now."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415

    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        with suppress(InvalidToken):
            return _lock(key).decrypt(sealed.encode()).decode()
    raise Undelivered(
        "the address was kept under another secret key; enter the chat's address anew", for_good=True
    )


@lru_cache(maxsize=8)
def _lock(key: str) -> "Fernet":
    from cryptography.fernet import Fernet  # noqa: PLC0415 - costs 50 ms

    secret = hashlib.sha256(b"accord addresses of chats\n" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
