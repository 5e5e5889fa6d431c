"""The key that signs sessions, where the environment names none: made once, kept in the data folder."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

NAME = "secret-key"


def secret_key(data: Path) -> str:
    """The key kept in `data`; made at the first call, readable by the owner only."""
    path = data / NAME
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path)
    return path.read_text("ascii")


def _make(path: Path) -> None:
    """In one piece: of two processes that start at once, one's key stays, and neither reads half of it."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}.")  # readable by the owner only
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(60))
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        Path(part).unlink()
