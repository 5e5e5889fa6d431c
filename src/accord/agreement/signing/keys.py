"""Keys to sign with: Ed25519, kept by each person as a PEM file that nobody else can read."""

import base64
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from accord.agreement.clauses.people import is_public_key
from accord.errors import KeyUnusable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PREFIX = "ed25519:"


@dataclass(frozen=True)
class SigningKey:
    """A private key. It is shown by its public half, so that no log or traceback can spill it."""

    public: str  # `ed25519:` and 32 bytes in base64
    _private: "Ed25519PrivateKey" = field(repr=False, compare=False)

    def sign(self, message: bytes) -> str:
        """The signature of `message`: 64 bytes in base64. The same key and message give the same one."""
        return base64.b64encode(self._private.sign(message)).decode()

    def pem(self, passphrase: str | None = None) -> bytes:
        """The key as PKCS 8 in PEM, encrypted where there is a passphrase."""
        from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - costs 50 ms

        lock: form.KeySerializationEncryption = form.NoEncryption()
        if passphrase:
            lock = form.BestAvailableEncryption(passphrase.encode())
        return self._private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock)


def new_key() -> SigningKey:
    """A key that nobody has had before, from the system's random numbers."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    return _wrapped(Ed25519PrivateKey.generate())


def key_from_pem(pem: bytes, passphrase: str | None = None, file: str = "<key>") -> SigningKey:
    """The key that `pem` holds; KeyUnusable if it is none, is locked, or is of another kind."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError:  # a passphrase where none is needed, or none where one is
        remedy = "it needs none" if passphrase else "say its passphrase"
        raise KeyUnusable(f"{file}: the key does not open; {remedy}") from None
    except (ValueError, UnsupportedAlgorithm):
        hint = "the passphrase is wrong, or the file is damaged" if passphrase else "make one: accord keygen"
        raise KeyUnusable(f"{file}: no key can be read here; {hint}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{file}: this is a key of another kind; make one with accord keygen")
    return _wrapped(key)


def is_signature(signature: str | None, public: str | None, message: bytes) -> bool:
    """Whether `signature` is that of `message` by the key `public`; False for whatever is neither."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    if signature is None or public is None or not is_public_key(public):
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
        if base64.b64encode(raw).decode() != signature:  # another spelling of the same bytes
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix(_PREFIX)))
        key.verify(raw, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def write_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """Makes a key and writes it where only its owner can read it; KeyUnusable if the file exists already."""
    key = new_key()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.pem(passphrase))
    except FileExistsError:
        raise KeyUnusable(
            f"{path} exists already; a key is never overwritten, so name another file"
        ) from None
    except OSError as error:
        raise KeyUnusable(
            f"{path} cannot be written ({error.strerror}); name a file in your folder"
        ) from None
    return key


def read_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """The key in a file; KeyUnusable too where others may read the file, as then it may be theirs as well."""
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyUnusable(
                f"{path}: others can read this key; chmod 600 it, and if they did, make a new one"
            )
        return key_from_pem(path.read_bytes(), passphrase, str(path))
    except OSError as error:
        raise KeyUnusable(
            f"{path} cannot be read ({error.strerror}); make a key with accord keygen"
        ) from None


def _wrapped(key: "Ed25519PrivateKey") -> SigningKey:
    raw = key.public_key().public_bytes_raw()
    return SigningKey(_PREFIX + base64.b64encode(raw).decode(), key)
