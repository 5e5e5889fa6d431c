"""How a value is spelt in a text, so that our reader gives back exactly what was meant.

Quotes stand only where the reader would take the bare text for something else. A value is text, a list or a
mapping of values; lists and mappings are written on one line while they fit there.
"""

import re

from accord.agreement.clauses.clause import quoted
from accord.errors import InputError

Plain = "str | list[Plain] | dict[str, Plain]"  # a value as `Node.plain` gives it

MOST_ON_A_LINE = 110
_MOST_IN_A_KEY = 500  # YAML takes at most 1,024 signs for a key on one line
_EMPTY = ("", "~", "null", "Null", "NULL", "<<", "=")
_NO_SIGN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\u2028": "\\L",
    "\u2029": "\\P",
    "\ufeff": "\\uFEFF",
    "\ufffe": "\\uFFFE",
    "\uffff": "\\uFFFF",
}
_TO_ESCAPE = re.compile('[\\\\"\n\t\u2028\u2029\ufeff\ufffe\uffff]')
_NEVER_BARE = re.compile(
    "[\n\t\u2028\u2029\ufeff\ufffe\uffff]|: | #|:$|^[,\\[\\]{}#&*!|>'\"%@`]|^[-?:]([ ,]|$)|^(---|\\.\\.\\.)"
)
_NEVER_BARE_IN_BRACES = re.compile("[,\\[\\]{}?]|:[,\\[\\]{}]|^[-:]")


def spell(value: object, *, in_braces: bool, style: str | None = None) -> str:
    """A value on one line. `style` is the quote that stood there before, which is then kept.

    InputError for signs that no text holds: control characters and halves of a pair.
    """
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(
                f"{spell_key(key, in_braces=True)}: {spell(item, in_braces=True)}"
                for key, item in value.items()
            )
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(spell(item, in_braces=True) for item in value) + "]"
    text = _checked(str(value))
    if style == "'" and not _TO_ESCAPE.search(text.replace("\\", "").replace('"', "")):
        return "'" + text.replace("'", "''") + "'"
    return text if style not in ("'", '"') and _bare(text, in_braces) else _in_quotes(text)


def spell_key(key: str, *, in_braces: bool) -> str:
    """A key; InputError for one that our reader would refuse: empty, with blanks around it, or endless."""
    if not key or key != key.strip():
        raise InputError(f"the key {quoted(key)} is empty or has blanks around it; a key is a plain name")
    if len(key) > _MOST_IN_A_KEY:
        raise InputError(f"the key {quoted(key)} has {len(key):,} signs; a key has at most {_MOST_IN_A_KEY}")
    return _checked(key) if _bare(key, in_braces) else _in_quotes(_checked(key))


def fits(line: str, column: int) -> bool:
    """Whether something fits on the line where it begins at `column`, counted from 0."""
    return column + len(line) <= MOST_ON_A_LINE


def lines_of(value: object, column: int) -> list[str] | None:
    """A mapping or a list over several lines that begin at `column`; None for what has no such form."""
    blanks = " " * column
    if isinstance(value, dict) and value:
        return [
            line
            for key, item in value.items()
            for line in _entry(blanks + spell_key(key, in_braces=False) + ":", item, column)
        ]
    if isinstance(value, list) and value:
        return [line for item in value for line in _entry(blanks + "-", item, column)]
    return None


def _entry(head: str, value: object, column: int) -> list[str]:
    line = f"{head} {spell(value, in_braces=False)}"
    below = None if fits(line, 0) else lines_of(value, column + 2)
    return [line] if below is None else [head, *below]


def _bare(text: str, in_braces: bool) -> bool:
    if text in _EMPTY or text != text.strip() or _NEVER_BARE.search(text):
        return False
    return not (in_braces and _NEVER_BARE_IN_BRACES.search(text))


def _in_quotes(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text) + '"'


def _checked(text: str) -> str:
    if bad := _NO_SIGN.search(text):
        raise InputError(f"{quoted(text)} holds the control character U+{ord(bad[0]):04X}; drop it")
    return text
