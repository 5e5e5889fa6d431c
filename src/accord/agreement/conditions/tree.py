"""What a condition is made of, once it is read: frozen, and back to text by `show`.

A field is what is asked about: `contact.role`, `company.employees`, `lead.source`; a bare name is a signal,
`demo_requested`, or one of the score's own words, `grade`, `fit`, `interest`, `score`. What a condition means
for one lead is said in `accord.lead.conditions`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "contains", "known", "unknown"})
PREFIXES = ("contact.", "company.", "lead.")
NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?")
WORD = re.compile(r"[^\s()\[\],<>=!≤≥≠\"'“”]+")  # whatever is no sign, bracket, comma or quotation mark


class Sign(StrEnum):
    IS = "="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True)
class Field:
    name: str  # in lower case, with its prefix: contact.role, demo_requested

    @property
    def is_signal(self) -> bool:
        return "." not in self.name and self.name not in SCORES


SCORES = ("grade", "fit", "interest", "score", "points")  # what the score itself says; points is score


Value = Decimal | str


@dataclass(frozen=True)
class Has:
    """A name alone: the signal came, the field is filled with more than no."""

    field: Field


@dataclass(frozen=True)
class Known:
    field: Field
    known: bool  # `is known`, `is unknown`


@dataclass(frozen=True)
class Compare:
    """The sign stands between a field and a value, or another field. Texts can only be equal."""

    field: Field
    sign: Sign
    value: Value | Field


@dataclass(frozen=True)
class Among:
    """The field is one of some values, or on the list of that name."""

    field: Field
    values: tuple[Value, ...] = ()
    listed: str = ""


@dataclass(frozen=True)
class Contains:
    field: Field
    text: str


@dataclass(frozen=True)
class Not:
    of: "Node"


@dataclass(frozen=True)
class All:
    of: tuple["Node", ...]  # two or more


@dataclass(frozen=True)
class Either:
    of: tuple["Node", ...]  # two or more; one is enough


Node = Has | Known | Compare | Among | Contains | Not | All | Either


def show(node: Node) -> str:
    """The condition as text; reading it again gives the same tree."""
    match node:
        case Not(of):
            text = _negated(of)
        case All(of):
            text = " and ".join(_within(one, All | Either) for one in of)
        case Either(of):
            text = " or ".join(_within(one, Either) for one in of)
        case Has(field):
            text = field.name
        case Known(field, known):
            text = f"{field.name} is {'known' if known else 'unknown'}"
        case Compare(field, sign, value):
            text = f"{field.name} {'is' if sign is Sign.IS else sign} {_value(value)}"
        case Among(field):
            text = f"{field.name} in {_among(node)}"
        case Contains(field, held):
            text = f"{field.name} contains {_text(held)}"
    return text


def _within(node: Node, looser: Any) -> str:
    return f"({show(node)})" if isinstance(node, looser) else show(node)


def _negated(of: Node) -> str:
    match of:
        case Compare(field, Sign.IS, value):
            return f"{field.name} is not {_value(value)}"
        case Among(field):
            return f"{field.name} not in {_among(of)}"
        case All() | Either():
            return f"not ({show(of)})"
        case _:
            return f"not {show(of)}"


def _among(node: Among) -> str:
    return node.listed or f"[{', '.join(map(_value, node.values))}]"


def _value(value: Value | Field) -> str:
    if isinstance(value, Field):
        return value.name
    return f"{value:f}" if isinstance(value, Decimal) else _text(value)


def _text(text: str) -> str:
    """Bare if it can only be read as this text, else in marks that it does not hold."""
    word = WORD.fullmatch(text) and text.casefold() not in KEYWORDS and not NUMBER.fullmatch(text)
    if word and not text.casefold().startswith(PREFIXES):
        return text
    return f'"{text}"' if '"' not in text else f"'{text}'" if "'" not in text else f"“{text}”"


def parts(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    match node:
        case Not(of):
            yield from parts(of)
        case All(of) | Either(of):
            for one in of:
                yield from parts(one)


def fields_of(node: Node) -> tuple[Field, ...]:
    """Every field that it asks about, each once, in order."""
    found: dict[Field, None] = {}
    for part in parts(node):
        if isinstance(part, Has | Known | Compare | Among | Contains):
            found[part.field] = None
            if isinstance(part, Compare) and isinstance(part.value, Field):
                found[part.value] = None
    return tuple(found)
