"""The key that signs sessions, where the environment names none: made once, kept in the data folder."""

import os
import secrets
from pathlib import Path

NAME = "secret-key"


def secret_key(data: Path) -> str:
    """The key kept in `data`; made at the first call, readable by the owner only."""
    path = data / NAME
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(60))
    except FileExistsError:
        pass
    return path.read_text("ascii")
