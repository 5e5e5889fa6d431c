"""From text to an agreement, or to every problem at once.

Three steps, and a problem in one does not hide those of the next: the text as a tree (`text.py`), the parts
by their schema (`terms.py`), the parts against each other (`references.py`). Paths and lines are those of the
text: where a shorthand leaves levels out, so does the path.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from accord.agreement.names import names_in
from accord.agreement.references import Draft, contradictions
from accord.agreement.terms import Agreement
from accord.agreement.text import MOST_CHARACTERS, Flaw, Node, Path, Unreadable, read_tree
from accord.agreement.wording import find, in_words, show_path
from accord.errors import AgreementInvalid, AgreementUnreadable, Problem

MOST_PROBLEMS = 500  # of one kind; more are only counted, for nobody reads them and each takes time
_BY_ENTRY = ("calendars", "people", "lead_types", "contacts", "promises", "escalation")  # judged one by one
_STAND_INS: Mapping[str, object] = {  # for required parts with errors; no rule looks at them
    "accord": "1",
    "name": "draft",
    "term": "2000-01-01",
    "goal": {"customers": "1"},
    "lead_types": {"draft": {}},
}


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
    found = [_of_text(file, flaw) for flaw in flaws]
    bad = [flaw.path for flaw in flaws]
    empty = [path for path in bad if find(tree, path).node.value is None]
    agreement, errors = _by_schema(raw)
    for error in errors[:MOST_PROBLEMS]:
        place, what, allowed = in_words(error, tree, Agreement)
        if not _inside(place.path, empty):  # what was left out is known already
            found.append(Problem(file, place.line, show_path(place.path), what, allowed))
        bad.append(place.path)
    if (more := len(errors) - MOST_PROBLEMS) > 0:
        found.append(
            Problem(file, tree.line, "", f"{more:,} more problems are not shown", "mend the others first")
        )
        raise AgreementInvalid(found)
    draft = Draft(agreement, names_in(raw)) if agreement and not bad else _pruned(raw, bad)
    for finding in contradictions(draft) if draft else ():
        place = find(tree, finding.path)
        found.append(Problem(file, place.line, show_path(place.path), finding.what, finding.allowed))
    if found or agreement is None:
        raise AgreementInvalid(dict.fromkeys(found))
    return Written(agreement, file, tree)


def _of_text(file: str, flaw: Flaw) -> Problem:
    return Problem(file, flaw.line, show_path(flaw.path), flaw.what, flaw.allowed)


def _by_schema(raw: Mapping[str, Any]) -> tuple[Agreement | None, list[Any]]:
    try:
        return Agreement.model_validate(raw, by_alias=True, by_name=False), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _inside(path: Path, others: Iterable[Path]) -> bool:
    """Whether `path` lies at or under one of `others`."""
    return any(path[: len(other)] == other for other in others if other)


def _pruned(raw: Mapping[str, Any], bad: Iterable[Path]) -> Draft | None:
    """What is left when every part with a problem is taken out; None if that still is no agreement."""
    left: dict[str, Any] = dict(raw)
    broken, kept = set[str](), {}
    for path in bad:
        broken.update(str(step) for step in path[:1])
    for section in broken & left.keys():
        gone = {path[1] for path in bad if path[:1] == (section,) and len(path) > 1}
        entries = left.pop(section)
        if section not in _BY_ENTRY or (section,) in bad:
            continue
        if isinstance(entries, dict):
            left[section] = {key: item for key, item in entries.items() if key not in gone}
        elif isinstance(entries, list):
            kept[section] = tuple(at for at in range(len(entries)) if at not in gone)
            left[section] = [entries[at] for at in kept[section]]
    left = {key: item for key, item in left.items() if item != {} or key not in ("calendars", "lead_types")}
    absent = _STAND_INS.keys() - left.keys()
    agreement, errors = _by_schema({**left, **{key: _STAND_INS[key] for key in absent}})
    if agreement is None or errors:
        return None
    return Draft(agreement, names_in(raw), frozenset(broken | absent), kept)
