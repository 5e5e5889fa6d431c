"""The text in a file that somebody hands in: read here, whichever page it comes through."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from accord.agreement.plain import clean
from accord.errors import InputError


def text_in(upload: "UploadedFile[Any]", most: int) -> str:
    """The text of a file of at most `most` bytes; InputError where it is bigger, not in UTF-8, or no text."""
    name = clean(upload.name or "the file", 100)
    if (upload.size or 0) > most:
        raise InputError(
            f"{name} is too big ({upload.size:,} bytes; at most {most:,} are read); choose the right file"
        )
    raw: bytes = upload.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(f"line {line} of {name} is not in UTF-8; save it as UTF-8") from None
    if "\x00" in text:
        raise InputError(f"{name} holds the sign U+0000; it is no text file: choose the right file")
    return text
