"""From text to an agreement, or to every problem at once.

Three steps, and a problem in one does not hide those of the next: the text as a tree (`text.py`), the parts
by their schema (`terms.py`), the parts against each other (`references.py`). Paths and lines are those of the
text: where a shorthand leaves levels out, so does the path.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from accord.agreement.reading.references import contradictions
from accord.agreement.reading.text import MOST_CHARACTERS, Flaw, Node, Path, Unreadable, read_tree
from accord.agreement.reading.wording import find, in_words, show_path
from accord.agreement.starting.draft import sound_part
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, AgreementUnreadable, Problem

MOST_PROBLEMS = 500  # of one kind; more are only counted, for nobody reads them and each takes time


@dataclass(frozen=True)
class Written:
    """An agreement together with the text it was read from, so that remarks can name the line."""

    agreement: Agreement
    file: str
    tree: Node

    def place(self, path: Path) -> tuple[int, str]:
        """Line and path in the text of what the model has at `path`."""
        place = find(self.tree, path)
        return place.line, show_path(place.path)


def read_agreement(path: str | FilePath) -> Agreement:
    """The agreement in a file: the only reading of files in this room.

    Raises AgreementUnreadable where the file cannot be read as text, AgreementInvalid with all its problems.
    """
    return read_written(path).agreement


def parse_agreement(text: str, file: str = "<text>") -> Agreement:
    """The agreement that `text` holds; AgreementInvalid carries every problem, each with line and path."""
    return parse_written(text, file).agreement


def read_written(path: str | FilePath) -> Written:
    """As `read_agreement`, with the lines."""
    try:
        raw = FilePath(path).read_bytes()
        if len(raw) > MOST_CHARACTERS * 4:  # UTF-8 takes at most four bytes a character
            raise AgreementUnreadable(
                f"{path} is too big for an agreement ({len(raw):,} bytes); name its file"
            )
        return parse_written(raw.decode("utf-8-sig"), str(path))
    except OSError as error:
        raise AgreementUnreadable(
            f"{path} cannot be read ({error.strerror}); name the agreement's file"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AgreementUnreadable(f"{path}:{line}: the file is not in UTF-8; save it as UTF-8") from None


def parse_written(text: str, file: str = "<text>") -> Written:
    """As `parse_agreement`, with the lines."""
    try:
        tree, flaws = read_tree(text)
    except Unreadable as stopped:
        raise AgreementInvalid([_of_text(file, stopped.flaw)]) from None
    raw = tree.plain()
    if not isinstance(raw, dict):
        flaw = Flaw(
            tree.line, (), "an agreement is a mapping of keys to values", "it starts with `accord: 1`"
        )
        raise AgreementInvalid([_of_text(file, flaw)])
    if other := _something_else(raw, tree.line):
        raise AgreementInvalid([_of_text(file, other)])
    found = [_of_text(file, flaw) for flaw in flaws]
    bad = [flaw.path for flaw in flaws if flaw.path and find(tree, flaw.path).node.value is None]
    agreement, errors = _by_schema(raw)
    for error in errors[:MOST_PROBLEMS]:
        place, what, allowed = in_words(error, tree, Agreement)
        if not any(place.path[: len(path)] == path for path in bad):  # else it was left out: known already
            found.append(Problem(file, place.line, show_path(place.path), what, allowed))
    if (more := len(errors) - MOST_PROBLEMS) > 0:
        what = f"{more:,} more problems are not shown"
        raise AgreementInvalid([*found, Problem(file, tree.line, "", what, "mend the others first")])
    bad += [find(tree, error["loc"]).path for error in errors]
    draft = sound_part(raw, bad, _by_schema)
    for finding in contradictions(draft, lambda path: find(tree, path).path) if draft else ():
        place = find(tree, finding.path)
        found.append(Problem(file, place.line, show_path(place.path), finding.what, finding.allowed))
    if found or agreement is None:
        raise AgreementInvalid(dict.fromkeys(found))
    return Written(agreement, file, tree)


_OTHER_FILES = {"import": "an import map", "accord_survey": "a form of the definitions survey"}


def _something_else(raw: Mapping[str, Any], line: int) -> Flaw | None:
    """Another of our files, by its first key: one sentence instead of a report on every key of it."""
    other = next((what for key, what in _OTHER_FILES.items() if key in raw and "accord" not in raw), None)
    return Flaw(line, (), f"this is {other}, not an agreement", "name the agreement here") if other else None


def _of_text(file: str, flaw: Flaw) -> Problem:
    return Problem(file, flaw.line, show_path(flaw.path), flaw.what, flaw.allowed)


def _by_schema(raw: Mapping[str, Any]) -> tuple[Agreement | None, list[Any]]:
    try:
        return Agreement.model_validate(raw, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, error.errors(include_url=False)
