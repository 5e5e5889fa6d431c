"""Keys that are promised to senders: short enough to be read out, and nobody guesses one."""

import base64
import secrets

_SIGNS = 12  # of five bits each
_READABLE = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def new_keys(letter: str, many: int) -> list[str]:
    """So many keys, as `L-4T9K0ZQ7M2XA`, without letters that are mistaken for others."""
    signs = base64.b32hexencode(secrets.token_bytes(-(-many * _SIGNS * 5 // 8))).translate(_READABLE).decode()
    return [f"{letter}-{signs[n : n + _SIGNS]}" for n in range(0, many * _SIGNS, _SIGNS)]
