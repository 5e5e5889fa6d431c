"""What somebody sent from a form of the editor, written into the text: one change at each place."""

from collections.abc import Mapping
from json import JSONDecodeError, loads
from typing import Any

from accord.agreement.reading.text import Path, Unreadable, read_tree
from accord.agreement.writing.change import add_to, remove_at, set_at
from accord.errors import InputError
from accord.server.agreements.editor.fields import Part, build
from accord.server.agreements.editor.kinds import Kind

_MOST_STEPS = 24


def says(text: str) -> dict[str, Any] | None:
    """The plain values of a text; None where it cannot be read, or is no mapping."""
    try:
        plain = read_tree(text)[0].plain()
    except Unreadable as stopped:
        return {} if stopped.flaw.what == "the text is empty" else None
    return plain if isinstance(plain, dict) else None


def applied(text: str, section: str, sent: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with what differs in the section's controls, and a sentence for each refused change.

    `sent` has the values by the names of the controls; `remove` and `add` hold the place of a pressed button.
    """
    plain = says(text)
    if plain is None:
        return text, [
            "the text cannot be read as it stands, so the form cannot change it; mend the text first"
        ]
    refused: list[str] = []
    for part in build(section, plain).controls():
        try:
            text = _changed(text, part, sent)
        except InputError as error:
            refused.append(str(error))
    try:
        if "remove" in sent:
            text = remove_at(text, place_of(sent["remove"]))
        if "add" in sent:
            text = _added(text, section, sent)
    except InputError as error:
        refused.append(str(error))
    return text, refused


def place_of(sent: str) -> Path:
    """A place as buttons send it; InputError for what is none."""
    try:
        path = loads(sent)
    except (JSONDecodeError, RecursionError):
        path = None
    good = isinstance(path, list) and 0 < len(path) <= _MOST_STEPS
    if not good or not all(isinstance(step, str) or type(step) is int for step in path):
        raise InputError("this names no place of the text; load the page again, and use its buttons")
    return tuple(path)


def _changed(text: str, part: Part, sent: Mapping[str, str]) -> str:
    if part.kind is Kind.FLAG:
        if part.switch not in sent:
            return text
        on = part.name in sent
        return text if on is part.is_on else set_at(text, part.path, "true" if on else "false")
    if part.name not in sent:
        return text
    raw = sent[part.name].replace("\r\n", "\n").replace("\r", "\n")
    if raw == part.value or (part.kind is Kind.WORDS and _lines(raw) == _lines(part.value)):
        return text
    if not raw.strip():
        return remove_at(text, part.path) if part.written is not None or part.removable else text
    return set_at(text, part.path, _meant(part, raw))


def _meant(part: Part, raw: str) -> object:
    if part.kind is Kind.WORDS:
        return _lines(raw)
    return in_small_text(part, raw) if part.kind is Kind.BOX else raw


def _lines(raw: str) -> list[str]:
    return [line.strip() for line in raw.split("\n") if line.strip()]


def in_small_text(part: Part, raw: str) -> object:
    """What a small text says; InputError names its line and what is wrong there."""
    try:
        tree, flaws = read_tree(raw)
    except Unreadable as stopped:
        flaws = [stopped.flaw]
    if flaws:
        raise InputError(
            f"{part.shown}, line {flaws[0].line} of its box: {flaws[0].what}; {flaws[0].allowed}"
        )
    return tree.plain()


def _added(text: str, section: str, sent: Mapping[str, str]) -> str:
    """The text with one more entry, from the controls below the entries that are there."""
    path, plain = place_of(sent["add"]), says(text) or {}
    holders = (Kind.NAMED, Kind.LISTED, Kind.PAIRS)
    holder = next(
        (part for part in build(section, plain).all() if part.path == path and part.kind in holders), None
    )
    if holder is None:
        raise InputError("nothing can be added there; load the page again, and use its buttons")
    given = {
        str(part.path[0]): sent.get(f"new:{holder.place}:{part.path[0]}", "").strip()
        for part in holder.wanted
    }
    key = given.pop("", None)
    if key == "":
        raise InputError(f"{holder.label}: a new entry needs a name; write one beside the button")
    if holder.kind is Kind.PAIRS:
        if not given["="]:
            raise InputError(f"{holder.label}: {key} needs a value; write one beside its name")
        return add_to(text, path, key, given["="])
    asked = {part.path[0]: part for part in holder.wanted}
    entry = {name: _meant(asked[name], raw) for name, raw in given.items() if raw}
    if key is None and not entry:
        raise InputError(f"{holder.label}: a new entry says something; fill in what stands beside the button")
    return add_to(text, path, key, entry)
