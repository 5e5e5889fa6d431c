"""Where a chain is kept: `NAME.signatures` beside `NAME.yaml`."""

import os
from pathlib import Path

from accord.agreement.signing.chain import MOST_CHARACTERS, Chain, parse_chain
from accord.errors import InputError, SignatureRefused

SUFFIX = ".signatures"


def chain_path(agreement: Path) -> Path:
    """The file of the signatures that belong to an agreement's file."""
    return agreement.with_name(f"{agreement.stem}{SUFFIX}")


def read_chain(path: Path) -> Chain:
    """The chain in a file; an empty one if there is no file. What is wrong with it stands in `flaws`.

    InputError where the file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_CHARACTERS * 4 + 1)  # UTF-8 takes at most four bytes a character
    except FileNotFoundError:
        return Chain(str(path))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); name the file of the signatures"
        ) from None
    return parse_chain(raw.decode("utf-8", "surrogateescape"), str(path))


def append_chain(path: Path, chain: Chain) -> None:
    """Writes a chain that is longer than the one in the file, in one piece or not at all.

    SignatureRefused if the file holds anything but the beginning of `chain`: somebody signed in between.
    """
    there = read_chain(path)
    there.must_be_sound()
    known = [link.hash for link in chain.links[: len(there.links)]]
    if [link.hash for link in there.links] != known:
        raise SignatureRefused(f"{path} has changed in the meantime; nothing was written, so do it again")
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(chain.text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}); sign where you may write beside the agreement"
        ) from None
