"""Addresses and numbers that may not be contacted again: kept as keyed digests (8.1).

The key is the installation's secret key. Where that is changed, the former one belongs into
`ACCORD_SECRET_KEY_FALLBACKS`, or who had opted out before would be taken for somebody new.
"""

import hmac
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.utils.encoding import force_bytes

from accord.server.desk.identity import Keys
from accord.server.desk.models import Contact, Suppression

OPTED_OUT, ERASED = "opted out", "erased"
_SALT = b"accord.server.desk.suppression:"
_VEILED = "erased:"


def suppress(contact: Contact, reason: str, at: datetime) -> None:
    """Keep the digests of a person's address and number; a number without an address is theirs alone."""
    alone = "" if contact.email_key else _alone(contact.phone_key)
    for key in (contact.email_key, contact.phone_key, alone):
        if key:
            Suppression.objects.get_or_create(
                digest=_digest(key, settings.SECRET_KEY), defaults={"reason": reason, "at": at}
            )


def is_suppressed(keys: Keys) -> bool:
    """Whether somebody wants no contact, or had their data erased: known as `matching` knows people.

    Who comes with an address is not silenced by somebody else of the same office, who has another.
    """
    wanted = _digests(keys.email, _alone(keys.phone) if keys.email else keys.phone)
    return bool(wanted) and Suppression.objects.filter(digest__in=wanted).exists()


def veiled(origin: str, origin_id: str) -> str:
    """A sender's id as it is kept of somebody erased: known where it comes again, readable to nobody."""
    if not origin_id or origin_id.startswith(_VEILED):
        return origin_id
    return _veiled(origin, origin_id, settings.SECRET_KEY)


def names_of(origin: str, origin_id: str) -> list[str]:
    """An id as it may stand on record: as it is, or veiled under any key that was used."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [origin_id, *(_veiled(origin, origin_id, secret) for secret in secrets)]


def _veiled(origin: str, origin_id: str, secret: str | bytes) -> str:
    return _VEILED + _digest(f"{origin}\x1f{origin_id}", secret)


def _alone(phone: str) -> str:
    """What a number is kept as, besides, of somebody who gave no address."""
    return f"alone:{phone}" if phone else ""


def _digests(*keys: str) -> list[str]:
    """Under every key that was used, now or formerly."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_digest(key, secret) for key in keys if key for secret in secrets]


def _digest(key: str, secret: str | bytes) -> str:
    return hmac.new(force_bytes(secret), _SALT + key.encode(), sha256).hexdigest()
