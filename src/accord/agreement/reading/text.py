"""YAML text as a tree that remembers its lines, without YAML's traps.

PyYAML only reads the events; what they mean is decided here: every scalar stays the text that was written
(`no`, `1:30`, `0x1F` and dates too), keys stand once, an alias counts with all that it stands for, and tags,
merge keys, several documents and deep nesting are refused. The limits are far above what people write.

PyYAML's parser in C is some twenty times quicker than the one in Python, which says more about errors. So a
text is read in C first, and again in Python where anything is wrong with it or could be read otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import yaml
from yaml import events as ev

from accord.agreement.clauses.clause import quoted

MOST_CHARACTERS = 200_000
MOST_NODES = 20_000  # with aliases counted as often as they are used
MOST_LEVELS = 24
_EMPTY = ("", "~", "null", "Null", "NULL")
_CONTROLS = {code for code in range(32) if chr(code) not in "\t\n"} | set(range(127, 160))
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_SURROGATES = set(range(0xD800, 0xE000))
_BARRED = re.compile("[^\t\n -~\xa0-\ud7ff\ue000-\U0010ffff]")  # controls and surrogates, to see at a glance
# What the two parsers do not read alike: `?` and block headers before a comment, blanks and breaks beyond
# ASCII, lines that start like a directive or a document.
_UNLIKE = re.compile(
    "[?\t\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[|>][-+0-9]*#|^[ ]*(?:%|---|\\.\\.\\.)",
    re.MULTILINE,
)

Path = tuple[str | int, ...]  # keys and positions from the top of the text down


@dataclass(frozen=True)
class Node:
    """One value of the text: text, a mapping or a list of nodes, or None where nothing was written."""

    line: int  # of its first character, from 1
    value: "str | dict[str, Node] | list[Node] | None"
    key_line: int = 0  # of the key before it; 0 in lists and at the top
    size: int = 1  # nodes in it, itself included

    def plain(self) -> object:
        """The same as text, dicts and lists; what was left empty (a flaw already) is an empty dict."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return {} if self.value is None else self.value


@dataclass(frozen=True)
class Flaw:
    """What is wrong with the text itself at one place, and what to write instead."""

    line: int
    path: Path
    what: str
    allowed: str = ""


class Unreadable(Exception):
    """The text ends here for us: nothing after this place can be understood."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.what)


def read_tree(text: str) -> tuple[Node, list[Flaw]]:
    """The tree of `text` and what is wrong with it; the tree leaves out what is wrong.

    Raises Unreadable, with the one flaw that stops reading, where no tree can be had.
    """
    if len(text) > MOST_CHARACTERS:
        what = f"the text has {len(text):,} characters"
        raise Unreadable(Flaw(1, (), what, f"at most {MOST_CHARACTERS:,} are read"))
    if (tree := _read_quickly(text)) is not None:
        return tree, []
    try:
        reader = _Reader(yaml.parse(text, Loader=yaml.SafeLoader))
        return reader.document(), reader.flaws
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(_control(line, (), ord(text[error.position]))) from None
    except yaml.MarkedYAMLError as error:
        raise Unreadable(_plain_words(error)) from None
    except (ValueError, OverflowError):  # PyYAML takes "\U00110000" and the like for a character
        what = "an escape in double quotes names no character"
        raise Unreadable(Flaw(1, (), what, "write the sign itself")) from None


def _read_quickly(text: str) -> Node | None:
    """The tree by the parser in C; None where the text is read better by the other, or C is not there."""
    if not read_alike(text):
        return None
    try:
        reader = _Reader(yaml.parse(text, Loader=yaml.CSafeLoader))
        tree = reader.document()
    except (yaml.YAMLError, ValueError, OverflowError, Unreadable):
        return None
    return None if reader.flaws else tree


def read_alike(text: str) -> bool:
    """Whether the parser in C is there and reads this text as the one in Python does, sign by sign."""
    return bool(yaml.__with_libyaml__) and _UNLIKE.search(text) is None


@dataclass
class _Reader:
    events: Iterator[ev.Event]
    flaws: list[Flaw] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    nodes: int = 0

    def document(self) -> Node:
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), ev.StreamEndEvent):
            raise Unreadable(Flaw(1, (), "the text is empty", "an agreement starts with `accord: 1`"))
        root = self._node(next(self.events), ())
        next(self.events)  # the end of the document
        if not isinstance(after := next(self.events), ev.StreamEndEvent):
            what = "a second document starts here"
            raise Unreadable(Flaw(_line(after), (), what, "a file holds one agreement; drop the line `---`"))
        return root

    def _node(self, event: ev.Event, path: Path, key_line: int = 0) -> Node:
        if len(path) > MOST_LEVELS:
            what = f"nested more than {MOST_LEVELS} levels deep"
            raise Unreadable(Flaw(_line(event), path[:3], what, "an agreement needs no more than ten"))
        if isinstance(event, ev.AliasEvent):
            return self._alias(event, path, key_line)
        self._count(1, event)
        self._refuse_tag(event, path)
        node = self._filled(event, path, key_line)
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = node
        return node

    def _filled(self, event: ev.Event, path: Path, key_line: int) -> Node:
        if isinstance(event, ev.MappingStartEvent):
            entries = self._mapping(path, in_braces=bool(event.flow_style))
            return Node(_line(event), entries, key_line, 1 + sum(item.size for item in entries.values()))
        if isinstance(event, ev.SequenceStartEvent):
            items = self._sequence(path)
            return Node(_line(event), items, key_line, 1 + sum(item.size for item in items))
        scalar = cast(ev.ScalarEvent, event)  # nothing else stands for a value
        text = self._text(scalar, path)
        if not scalar.style and text in _EMPTY:
            self._flaw(event, path, "no value is given", "write one, or drop the key")
            return Node(_line(event), None, key_line)
        return Node(_line(event), text, key_line)

    def _text(self, event: ev.ScalarEvent, path: Path) -> str:
        text = str(event.value)
        if _BARRED.search(text) is None:
            return text
        if bad := sorted(set(map(ord, text)) & (_CONTROLS | _SURROGATES)):
            self.flaws.append(_control(_line(event), path, bad[0]))
            return "".join(sign for sign in text if ord(sign) not in bad)
        return text

    def _sequence(self, path: Path) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self.events), ev.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path, *, in_braces: bool) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        last = ""
        while not isinstance(event := next(self.events), ev.MappingEndEvent):
            key = self._key(event, path)
            value = self._node(given := next(self.events), (*path, key or "?"), _line(event))
            if in_braces and value.value is None and getattr(given, "value", None) == "":
                if self._joined(entries, last, key, path):
                    continue
                self._explain_comma()
            if key in entries:
                earlier = entries[key].key_line
                self._flaw(event, (*path, key), f"the key stands twice, first on line {earlier}", "keep one")
            elif key is not None:
                entries[key], last = value, key
        return entries

    def _joined(self, entries: dict[str, Node], last: str, key: str | None, path: Path) -> bool:
        """Whether a key without a value is only the rest of a number that its comma parted, such as 6,000.

        Then the number is put together again, so that nothing else is said of it.
        """
        start = entries[last].value if last in entries else None
        if not isinstance(start, str) or not _THOUSANDS.fullmatch(whole := f"{start},{key}"):
            return False
        self.flaws.pop()  # that the key has no value
        if self.flaws and self.flaws[-1].path == (*path, last):
            self.flaws.pop()  # the same about the thousands before
        entries[last] = replace(entries[last], value=whole)
        what = f"between braces the comma parts {whole} in two"
        allowed = f"write {whole.replace(',', '')}, or put it in quotes"
        self.flaws.append(Flaw(entries[last].key_line, (*path, last), what, allowed))
        return True

    def _explain_comma(self) -> None:
        """The likeliest reason for a key without a value between braces: a comma that was meant as text."""
        allowed = "write one; or if it is part of the text before the comma, put that whole text in quotes"
        self.flaws[-1] = replace(self.flaws[-1], allowed=allowed)

    def _key(self, event: ev.Event, path: Path) -> str | None:
        """The key as text; None, with a flaw, where it cannot be one."""
        if not isinstance(event, ev.ScalarEvent):
            self._node(event, (*path, "?"))  # one level deeper, for keys can be nested as values can
            what = "a mapping, a list or an alias is used as a key"
            self._flaw(event, path, what, "a key is a plain name")
            return None
        self._count(1, event)
        self._refuse_tag(event, path)
        key = self._text(event, path)
        if not event.style and key == "<<":
            self._flaw(event, path, "merge keys (`<<`) are not read", "write the keys out for people to see")
            return None
        if not key or key != key.strip():
            what = f"the key {quoted(key)} is empty or has blanks around it"
            self._flaw(event, path, what, "a key is a plain name")
            return None
        return key

    def _alias(self, event: ev.AliasEvent, path: Path, key_line: int) -> Node:
        name = str(event.anchor)
        if name not in self.anchors:
            what = f"the alias *{name} stands before or inside its anchor &{name}"
            self._flaw(event, path, what, "write the value out")
            return Node(_line(event), None, key_line)
        node = self.anchors[name]
        self._count(node.size, event)
        return Node(_line(event), node.value, key_line, node.size)

    def _count(self, more: int, event: ev.Event) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            what = f"the text stands for more than {MOST_NODES:,} values, counting what aliases repeat"
            raise Unreadable(Flaw(_line(event), (), what, "write fewer, or use fewer aliases"))

    def _refuse_tag(self, event: ev.Event, path: Path) -> None:
        if tag := getattr(event, "tag", None):
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self._flaw(
                event, path, f"the tag {quoted(shown)} is not read", "drop it; every value is text here"
            )

    def _flaw(self, event: ev.Event, path: Path, what: str, allowed: str) -> None:
        self.flaws.append(Flaw(_line(event), path, what, allowed))


def _line(event: ev.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _control(line: int, path: Path, code: int) -> Flaw:
    return Flaw(line, path, f"the text holds the control character U+{code:04X}", "drop it")


# What PyYAML says → what is wrong, what to write. The first that fits a message is taken.
_SAYINGS = (
    ("'\\t'", "a tab stands where blanks are expected", "indent with blanks"),
    (
        "mapping values are not allowed",
        "a colon stands where none can be, inside a value or after a line without one",
        "put the value in quotes, or add the colon that is missing above",
    ),
    ("could not find expected ':'", "this line is neither `key: value` nor part of a value", "add the colon"),
    ("expected <block end>", "this is indented unlike the keys it belongs to", "give one level one indent"),
    ("expected ',' or ']'", "a list is not closed", "end it with `]`"),
    ("expected ',' or '}'", "a mapping is not closed", "end it with `}`"),
    ("while scanning a quoted scalar", "a text in quotes is not closed", "end it with the same quote"),
    ("unknown escape character", "a backslash stands in double quotes", "use single quotes, or double it"),
    ("undefined tag handle", "a tag is not known", "drop it; every value is text here"),
    ("cannot start any token", "a value begins with a sign of YAML's own", "put the value in quotes"),
    ("while scanning a directive", "a line begins with %", "put the value in quotes"),
    ("expected alphabetic or numeric", "a value begins with & or *", "put the value in quotes"),
    (
        "expected the node content",
        "a value is missing or begins with a sign of YAML's own",
        "write it in quotes",
    ),
    (
        "expected '<document start>'",
        "the text goes on after its end",
        "a file holds one agreement, a mapping",
    ),
)


def _plain_words(error: yaml.MarkedYAMLError) -> Flaw:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    said = f"{error.context or ''} {error.problem or ''}"
    for sign, what, allowed in _SAYINGS:
        if sign in said:
            return Flaw(line, (), what, allowed)
    return Flaw(line, (), "the text cannot be read as YAML here", str(error.problem or "").strip())
