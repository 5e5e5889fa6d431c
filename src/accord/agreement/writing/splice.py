"""The signs to put in place of others, for one change at one place of a marked text.

Each function gives one edit. The text that it makes is read again before anybody sees it (`change.py`), so an
odd layout that is not foreseen here is refused, never written wrong.
"""

import re
from dataclasses import dataclass

from accord.agreement.writing.marks import Entry, Mark
from accord.agreement.writing.spelling import fits, lines_of, spell, spell_key

_STEP = 2  # blanks that a block is indented by


@dataclass(frozen=True)
class Edit:
    """`written` in place of `text[start:end]`."""

    start: int
    end: int
    written: str

    def made_in(self, text: str) -> str:
        return text[: self.start] + self.written + text[self.end :]


def replaced(text: str, place: Mark, value: object, *, in_braces: bool) -> Edit:
    """`value` where `place` stands; in one line, in the quotes that stood there."""
    style = place.style if place.style in ("'", '"') else None
    written = spell(value, in_braces=in_braces, style=style)
    if not place.empty:
        return Edit(place.start, place.end, _deeper(text, place) + written)
    before = text[: place.start].rstrip(" ")
    colon = "" if before.endswith((":", "-", "?")) else ":"
    blank = "" if text[: place.start].endswith(" ") and not colon else " "
    return Edit(place.start, place.start, colon + blank + written)


def _deeper(text: str, place: Mark) -> str:
    """Blanks before what takes the place of a list below its key: only dashes may stand in its column."""
    dashes = place.entries is not None and not place.keyed and not place.in_braces
    line_start = text.rfind("\n", 0, place.start) + 1
    return " " * _STEP if dashes and not text[line_start : place.start].strip() else ""


def with_entry(text: str, holder: Mark, key: str | None, value: object, after: int) -> Edit:
    """One more entry behind the entry at `after` (-1: at the front)."""
    if holder.in_braces:
        return _with_entry_in_braces(holder, key, value, after)
    eol = _eol(text)
    lines = _block_lines(holder, key, value)
    entries = holder.entries or []
    if after < 0:
        start = _entry_start(text, holder, 0)
        blanks = " " * holder.column
        written = (eol + blanks).join(_without_indent(lines, holder.column)) + eol + blanks
        return Edit(start, start, written)
    line_end = _line_end(text, entries[after].value.end if entries else holder.end)
    return Edit(line_end, line_end, "".join(eol + line for line in lines))


def without_entry(text: str, holder: Mark, at: int) -> Edit:
    """The entry at `at` taken away; of a holder that then is empty, its braces or brackets are left."""
    entries = holder.entries or []
    entry = entries[at]
    if holder.in_braces:
        return _without_entry_in_braces(text, entries, at)
    if len(entries) == 1:
        return Edit(holder.start, _value_end(entry), "{}" if holder.keyed else "[]")
    start, end = _entry_start(text, holder, at), _value_end(entry)
    line_start = text.rfind("\n", 0, start) + 1
    if not text[line_start:start].strip():
        return Edit(line_start, _next_line(text, end), "")
    following = _entry_start(text, holder, at + 1) if at + 1 < len(entries) else end
    if text[end:following].strip():  # a comment stands between: it stays, and the next entry below it
        return Edit(start, end, "")
    return Edit(start, following, "")


def at_the_end(text: str, key: str, value: object) -> Edit:
    """The first entry of a text that says nothing yet."""
    eol = _eol(text)
    start = "" if not text or text.endswith(("\n", "\r")) else eol
    return Edit(len(text), len(text), start + eol.join(_lines(key, value, 0)) + eol)


def _with_entry_in_braces(holder: Mark, key: str | None, value: object, after: int) -> Edit:
    written = spell(value, in_braces=True)
    if key is not None:
        written = f"{spell_key(key, in_braces=True)}: {written}"
    entries = holder.entries or []
    if not entries:
        return Edit(holder.start + 1, holder.start + 1, written)
    if after < 0:
        return Edit(entries[0].start, entries[0].start, f"{written}, ")
    at = _value_end(entries[after])
    return Edit(at, at, f", {written}")


def _without_entry_in_braces(text: str, entries: list[Entry], at: int) -> Edit:
    start, end = entries[at].start, _value_end(entries[at])
    if at == 0:
        until = entries[1].start if len(entries) > 1 else end
        if "#" in text[end:until]:
            comma = text.find(",", end)
            return Edit(start, comma + 1, text[end:comma])
        return Edit(start, until, "")
    before = _value_end(entries[at - 1])
    if "#" in text[before:start]:
        comma = text.find(",", before)
        return Edit(comma, end, text[comma + 1 : start])
    return Edit(before, end, "")


def _block_lines(holder: Mark, key: str | None, value: object) -> list[str]:
    if key is not None:
        return _lines(key, value, holder.column)
    line = " " * holder.column + "- " + spell(value, in_braces=False)
    below = None if fits(line, 0) else lines_of([value], holder.column)
    return below or [line]


def _lines(key: str, value: object, column: int) -> list[str]:
    line = " " * column + f"{spell_key(key, in_braces=False)}: {spell(value, in_braces=False)}"
    below = None if fits(line, 0) else lines_of({key: value}, column)
    return below or [line]


def _without_indent(lines: list[str], column: int) -> list[str]:
    return [line[column:] for line in lines]


def _value_end(entry: Entry) -> int:
    return max(entry.value.end, entry.key_end)


def _entry_start(text: str, holder: Mark, at: int) -> int:
    """Where an entry begins: at its key, or at its dash, which stands in the column of the list."""
    entries = holder.entries or []
    if holder.keyed:
        return entries[at].start
    if at == 0:
        return holder.start
    for dash in re.finditer(r"^[ ]*(-)", text[: entries[at].start + 1], re.MULTILINE):
        start = dash.start(1)
        if start >= _value_end(entries[at - 1]) and start - dash.start() == holder.column:
            return start
    return entries[at].start


def _line_end(text: str, at: int) -> int:
    """The end of the line on which `at` stands, before its line break."""
    found = re.compile(r"\r\n|\n|\r|\Z").search(text, at)
    return found.start() if found else len(text)


def _next_line(text: str, at: int) -> int:
    found = re.compile(r"\r\n|\n|\r|\Z").search(text, at)
    return found.end() if found else len(text)


def _eol(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)
    return found[0] if found else "\n"
