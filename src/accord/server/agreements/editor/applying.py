"""What somebody sent from a form of the editor, written into the text: one change at each place.

Form and text are sent together, and either may be ahead of the other. So the form says in `drawn` what each
of its controls showed when it was drawn: a control that is sent as it was drawn is left alone, whatever the
text says by now; one that somebody typed in goes into the text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from typing import Any

from accord.agreement.reading.text import Path, Unreadable, read_tree
from accord.agreement.reading.wording import show_path
from accord.agreement.writing.change import add_to, remove_at
from accord.agreement.writing.several import Change, set_all
from accord.errors import InputError
from accord.server.agreements.editor.fields import Part, build, id_of, sealed
from accord.server.agreements.editor.kinds import Kind

_MOST_STEPS = 24
_MOST_NEW = 20
_MOST_SHOWN = 2_000  # characters of what was typed, in a sentence
_HOLDERS = (Kind.NAMED, Kind.LISTED, Kind.PAIRS)


@dataclass
class Taken:
    """A text with what was typed in the form; `refused` says in sentences what could not be taken, and
    `typed` keeps it, by the names of the controls."""

    text: str
    refused: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)


def says(text: str) -> dict[str, Any] | None:
    """The plain values of a text; None where it cannot be read, or is no mapping."""
    try:
        plain = read_tree(text)[0].plain()
    except Unreadable as stopped:
        return {} if stopped.flaw.what == "the text is empty" else None
    return plain if isinstance(plain, dict) else None


def drawn_of(parts: Iterator[Part]) -> str:
    """What the form says in `drawn`: each control's id with the print of its value."""
    return " ".join(f"{part.id}:{part.seal}" for part in parts)


def applied(text: str, section: str, sent: Mapping[str, str], *, with_new: bool = False) -> Taken:
    """The text with what was typed in the section's controls.

    `sent` has the values by the names of the controls; `remove` and `add` hold the place of a pressed button.
    `with_new`: entries that were typed beside their button are added as if it had been pressed.
    """
    taken, plain = Taken(text), says(text)
    touched = _touched(sent)
    if plain is None:
        return _unreadable(taken, sent, touched)
    parts = list(build(section, plain).controls())
    _take(taken, [part for part in parts if part.name in touched], sent)
    known = {part.name for part in parts}
    for name, raw in _fields(sent):
        if name not in known and name in touched:
            taken.refused.append(_lost(name, raw))
    _press(taken, section, sent, with_new)
    return taken


def _touched(sent: Mapping[str, str]) -> Mapping[str, bool]:
    """The names of controls that were sent otherwise than drawn; all of them where nothing says how."""
    drawn = dict(pair.split(":", 1) for pair in sent.get("drawn", "").split() if ":" in pair)
    names = {name: raw for name, raw in sent.items() if name.startswith("at:")}
    names |= {
        f"at:{name[7:]}": sent.get(f"at:{name[7:]}", "false") for name in sent if name.startswith("switch:")
    }
    return {name: True for name, raw in names.items() if drawn.get(id_of(name[3:])) != sealed(raw)}


def _fields(sent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((name, raw) for name, raw in sent.items() if name.startswith("at:"))


def _unreadable(taken: Taken, sent: Mapping[str, str], touched: Mapping[str, bool]) -> Taken:
    typed = [(name, raw) for name, raw in _fields(sent) if name in touched]
    if typed or "add" in sent or "remove" in sent:
        taken.refused.append(
            "the text cannot be read as it stands, so the form cannot change it; mend the text first"
        )
    taken.refused += [_lost(name, raw) for name, raw in typed]
    return taken


def _lost(name: str, raw: str) -> str:
    """What was typed for a place that the text has not: said back, so that it is not gone."""
    try:
        where = show_path(place_of(name[3:]))
    except InputError:
        where = name[3:100]
    return f"what was typed for {where} has no place in the text as it stands: {raw[:_MOST_SHOWN]}"


def _take(taken: Taken, parts: list[Part], sent: Mapping[str, str]) -> None:
    """What was typed in these controls, written at once: the text is read as for one of them."""
    changes: list[tuple[int, Change]] = []
    refused: dict[int, InputError] = {}
    for at, part in enumerate(parts):
        try:
            change = _change(part, sent)
        except InputError as error:
            refused[at] = error
        else:
            changes += [] if change is None else [(at, change)]
    taken.text, wrong = set_all(taken.text, [change for _at, change in changes])
    refused |= {changes[place][0]: error for place, error in wrong.items()}
    for at in sorted(refused):
        taken.refused.append(str(refused[at]))
        taken.typed[parts[at].name] = sent.get(parts[at].name, "")


def _press(taken: Taken, section: str, sent: Mapping[str, str], with_new: bool) -> None:
    """What the buttons do; what was typed beside one that was not pressed is kept."""
    new = {name: raw for name, raw in sent.items() if name.startswith("new:") and raw.strip()}
    add = [sent["add"]] if "add" in sent else []
    if with_new:
        add += sorted({name[4:].rpartition(":")[0] for name in new} - set(add))
    try:
        if len(add) > _MOST_NEW:
            raise InputError(f"at most {_MOST_NEW} new entries are added at once; add some, then save again")
        if "remove" in sent:
            taken.text = remove_at(taken.text, place_of(sent["remove"]))
        for place in add:
            taken.text = _added(taken.text, section, place, sent)
            new = {name: raw for name, raw in new.items() if name[4:].rpartition(":")[0] != place}
    except InputError as error:
        taken.refused.append(str(error))
    taken.typed |= new


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


def _change(part: Part, sent: Mapping[str, str]) -> Change | None:
    """What a control changes in the text, if anything; InputError where a box cannot be read."""
    if part.kind is Kind.FLAG:
        on = part.name in sent
        is_same = part.switch not in sent or on is part.is_on
        return None if is_same else (part.path, "true" if on else "false")
    if part.name not in sent:
        return None
    raw = sent[part.name].replace("\r\n", "\n").replace("\r", "\n")
    if raw == part.value or (part.kind is Kind.WORDS and _lines(raw) == _lines(part.value)):
        return None
    if not raw.strip():
        return (part.path, None) if part.written is not None or part.removable else None
    return part.path, _meant(part, raw)


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


def _added(text: str, section: str, place: str, sent: Mapping[str, str]) -> str:
    """The text with one more entry, from the controls below the entries that are there."""
    path, plain = place_of(place), says(text) or {}
    holder = next(
        (part for part in build(section, plain).all() if part.path == path and part.kind in _HOLDERS), None
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
