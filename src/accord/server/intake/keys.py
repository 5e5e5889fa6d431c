"""Keys that are promised to senders: short enough to be read out, and nobody guesses one.

The second comes first, so that new keys stand together in an index: a batch then writes few of its pages.
"""

import base64
import secrets
from datetime import UTC, datetime

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another; in order
_READABLE = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", _SIGNS.encode())
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_TIME, _RANDOM = 6, 8  # signs of five bits: 34 years of seconds, and a million million within each


def new_keys(letter: str, many: int, at: datetime) -> list[str]:
    """So many keys, as `L-6M2XA04T9K0ZQ7`."""
    seconds = int((at - _BEGAN).total_seconds())
    began = "".join(_SIGNS[seconds >> 5 * place & 31] for place in reversed(range(_TIME)))
    drawn = secrets.token_bytes(-(-many * _RANDOM * 5 // 8))
    signs = base64.b32hexencode(drawn).translate(_READABLE).decode()
    return [f"{letter}-{began}{signs[n : n + _RANDOM]}" for n in range(0, many * _RANDOM, _RANDOM)]
