"""Reading a condition. Text that is none is words for people, and no error.

    condition = alternative {"or" alternative}
    alternative = test {"and" test}
    test = "not" test | "(" condition ")" | field | field sign value | field ["is"] ["not"] "in" list
         | field "is" ["not"] value | field "is" ("known" | "unknown") | field ["not"] "contains" text
    list = name | "[" value {"," value} "]"

A value is a number, a text in quotation marks, one word, or a field with a dot; inside a list it may be
several words. Keywords are read in any case.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from accord.agreement.conditions.tree import (
    KEYWORDS,
    NUMBER,
    PREFIXES,
    WORD,
    All,
    Among,
    Compare,
    Contains,
    Either,
    Field,
    Has,
    Known,
    Node,
    Not,
    Sign,
    Value,
)

MOST_CHARACTERS = 1000
MOST_DEPTH = 20
_TOKEN = re.compile(
    rf"""\s*(?:(?P<sign><=|>=|==|!=|<>|[<>=≤≥≠])|(?P<mark>[()\[\],])
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'|“(?P<curly>[^”]*)”|(?P<word>{WORD.pattern}))""",
    re.VERBOSE,
)
_SIGNS = {
    "=": Sign.IS, "==": Sign.IS, "<": Sign.BELOW, "<=": Sign.AT_MOST, "≤": Sign.AT_MOST,
    ">": Sign.ABOVE, ">=": Sign.AT_LEAST, "≥": Sign.AT_LEAST,
}  # fmt: skip
_UNLIKE = ("!=", "<>", "≠")
_MEANT_AS_RULE = re.compile(r"[<>=≤≥≠\[\]]|\b(?:contact|company|lead)\.\w|\w_\w|\bgrade\s+(?:in|is)\b", re.I)


@dataclass(frozen=True)
class Condition:
    """A condition as it was written. `tree` is None where it cannot be read, and so is for people.

    `problem` then says why, where it looks as if it were meant to be read; it is empty for plain prose.
    """

    text: str
    tree: Node | None
    problem: str = ""

    @property
    def prose(self) -> bool:
        return self.tree is None


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Condition:
    """The condition that a text holds; never an error, whatever the text."""
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        why = f"a condition has at most {MOST_CHARACTERS} characters"
        return Condition(text, None, why if _MEANT_AS_RULE.search(text[:MOST_CHARACTERS]) else "")
    try:
        return Condition(text, _Reader(_tokens(text)).whole())
    except _Unreadable as stopped:
        return Condition(text, None, str(stopped) if _MEANT_AS_RULE.search(text) else "")


class _Unreadable(Exception):
    """Why a text is no condition; never leaves this file."""


@dataclass(frozen=True)
class _Token:
    kind: str  # sign, mark, text (in quotation marks), word, end
    text: str

    def says(self, *words: str) -> bool:
        return self.kind == "word" and self.text.casefold() in words


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Unreadable(f"{text[at : at + 20].strip()!r} cannot be read; close what is quoted")
        kind = match.lastgroup or ""
        quoted = kind in ("double", "single", "curly")
        found.append(_Token("text" if quoted else kind, match[kind]))
        at = match.end()
    return [*found, _Token("end", "")]


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.condition()
        if self.is_mark(","):
            raise _Unreadable("a comma stands outside a list; write numbers without one, such as 1200")
        if self.next.kind != "end":
            raise _Unreadable(f"{self.next.text!r} follows where `and` or `or` should stand")
        return node

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def skip(self, *words: str) -> bool:
        """Whether one of the words comes next; it is taken then."""
        if not self.next.says(*words):
            return False
        self.take()
        return True

    def is_mark(self, mark: str) -> bool:
        return self.next == _Token("mark", mark)

    def condition(self) -> Node:
        found = [self.alternative()]
        while self.skip("or"):
            found.append(self.alternative())
        return found[0] if len(found) == 1 else Either(tuple(found))

    def alternative(self) -> Node:
        found = [self.test()]
        while self.skip("and"):
            found.append(self.test())
        return found[0] if len(found) == 1 else All(tuple(found))

    def test(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _Unreadable(f"it is nested deeper than {MOST_DEPTH} levels")
        node = self._test()
        self.depth -= 1
        return node

    def _test(self) -> Node:
        if self.skip("not"):
            return Not(self.test())
        if self.is_mark("("):
            self.take()
            node = self.condition()
            if not self.is_mark(")"):
                raise _Unreadable("a bracket is not closed; add `)`")
            self.take()
            return node
        return self.about(self.field())

    def field(self) -> Field:
        token = self.take()
        if not _is_name(token):
            shown = repr(token.text) if token.text else "nothing"
            raise _Unreadable(f"{shown} stands where a field should, such as contact.role or visits")
        return Field(token.text.lower())

    def about(self, field: Field) -> Node:
        """What is asked about the field, by what follows it."""
        if self.next.kind == "sign":
            return self.compared(field, self.take().text)
        if self.skip("contains"):
            return Contains(field, self.some_text())
        if self.skip("in"):
            return self.among(field)
        if self.skip("not"):
            return Not(self.negated(field))
        if self.skip("is"):
            return self.being(field)
        return Has(field)

    def negated(self, field: Field) -> Node:
        if self.skip("in"):
            return self.among(field)
        if self.skip("contains"):
            return Contains(field, self.some_text())
        raise _Unreadable(f"`{field.name} not` is followed by neither `in` nor `contains`")

    def being(self, field: Field) -> Node:
        if self.skip("not"):
            return Not(self.among(field) if self.skip("in") else Compare(field, Sign.IS, self.value()))
        if self.skip("in"):
            return self.among(field)
        if self.next.says("known", "unknown"):
            return Known(field, self.take().says("known"))
        return Compare(field, Sign.IS, self.value())

    def compared(self, field: Field, sign: str) -> Node:
        value = self.value()
        if sign in _UNLIKE:
            return Not(Compare(field, Sign.IS, value))
        if isinstance(value, str) and _SIGNS[sign] is not Sign.IS:
            raise _Unreadable(f"{value!r} is no number, so nothing is `{sign}` it; write digits such as 1200")
        return Compare(field, _SIGNS[sign], value)

    def value(self) -> Value | Field:
        token = self.take()
        if _is_name(token) and token.text.casefold().startswith(PREFIXES):
            return Field(token.text.lower())
        return _value(token)

    def some_text(self) -> str:
        value = _value(self.take())
        return value if isinstance(value, str) else f"{value:f}"

    def among(self, field: Field) -> Among:
        if self.is_mark("["):
            self.take()
            return Among(field, tuple(self.values()))
        token = self.take()
        if not _is_name(token):
            raise _Unreadable("`in` is followed by the name of a list, or by [several, values]")
        return Among(field, listed=token.text.lower())

    def values(self) -> list[Value]:
        found: list[Value] = []
        while True:
            found.append(self.one_of())
            if self.is_mark("]"):
                self.take()
                return found
            if not self.is_mark(","):
                raise _Unreadable("a list is not closed; add `]`")
            self.take()

    def one_of(self) -> Value:
        """A value inside a list; several words are one text."""
        first = self.take()
        if first.kind != "word":
            return _value(first)
        words = [first.text]
        while self.next.kind == "word":
            words.append(self.take().text)
        return _value(first, allowed=KEYWORDS) if len(words) == 1 else " ".join(words)


def _is_name(token: _Token) -> bool:
    """Whether a token can name a field or a list: letters, digits and _ of any script, with dots."""
    name = token.text.casefold()
    return (
        token.kind == "word"
        and name not in KEYWORDS
        and name[0].isalpha()
        and all(part and all(map(_in_names, part)) for part in name.split("."))
    )


def _in_names(character: str) -> bool:
    return character.isalnum() or character in "_-" or unicodedata.category(character)[0] == "M"


def _value(token: _Token, allowed: frozenset[str] = frozenset()) -> Value:
    keyword = token.text.casefold() in KEYWORDS - allowed
    if token.kind not in ("text", "word") or (token.kind == "word" and keyword):
        shown = repr(token.text) if token.text else "nothing"
        raise _Unreadable(f"{shown} stands where a value should, such as 10, ceo or “two words”")
    if token.kind == "word" and NUMBER.fullmatch(token.text):
        return Decimal(token.text)
    if not token.text.strip():
        raise _Unreadable("a text is empty; write `is unknown` for what nobody knows")
    return token.text
