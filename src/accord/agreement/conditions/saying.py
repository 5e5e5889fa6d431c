"""A condition in words, for whoever reads the agreement and not its notation."""

from accord.agreement.conditions.reading import read_condition
from accord.agreement.conditions.tree import (
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

_SIGNS = {
    Sign.IS: "is", Sign.BELOW: "is below", Sign.AT_MOST: "is at most", Sign.ABOVE: "is above",
    Sign.AT_LEAST: "is at least",
}  # fmt: skip


def in_words(text: str) -> str:
    """What a condition says: `visits >= 3` is “visits at least 3”. Prose says it already."""
    tree = read_condition(text).tree
    return text.strip() if tree is None else said(tree)


def said(node: Node) -> str:
    """The words of a condition that was read."""
    return _said_of_several(node) if isinstance(node, All | Either) else _said_of_one(node)


def _said_of_one(node: Has | Known | Compare | Among | Contains | Not) -> str:
    match node:
        case Not(of):
            words = _negated(of)
        case Has(field):
            words = named(field)
        case Known(field, known):
            words = f"{named(field)} is {'known' if known else 'not known'}"
        case Compare(field, sign, value):
            sign_words = _SIGNS[sign].removeprefix("is ") if field.is_signal else _SIGNS[sign]
            words = f"{named(field)} {sign_words} {_value(value)}"
        case Among(field):
            words = f"{named(field)} is {_among(node)}"
        case Contains(field, text):
            words = f"{named(field)} contains “{text}”"
    return words


def _said_of_several(node: All | Either) -> str:
    word = "and" if isinstance(node, All) else "or"
    long = any(isinstance(one, Among) and len(one.values) > 1 for one in node.of)
    return f"{',' if long else ''} {word} ".join(map(_inner, node.of))


def _negated(of: Node) -> str:
    match of:
        case Compare(field, Sign.IS, value):
            return f"{named(field)} is not {_value(value)}"
        case Among(field):
            return f"{named(field)} is not {_among(of)}"
        case Contains(field, text):
            return f"{named(field)} does not contain “{text}”"
        case Has(field):
            return f"not {named(field)}"
        case _:
            return f"not ({said(of)})"


def _inner(node: Node) -> str:
    return f"({said(node)})" if isinstance(node, All | Either) else said(node)


def _among(node: Among) -> str:
    if node.listed:
        return f"one of {node.listed.replace('_', ' ')}"
    *first, last = map(_value, node.values)
    return f"{', '.join(first)} or {last}" if first else last


def named(field: Field) -> str:
    """A field as people call it: `contact.role` is “role of the contact”."""
    whose, dot, what = field.name.partition(".")
    if not dot:
        return whose.replace("_", " ")
    return f"{what.replace('_', ' ').replace('.', ' ')} of the {whose}"


def _value(value: Value | Field) -> str:
    if isinstance(value, Field):
        return named(value)
    return value if isinstance(value, str) else f"{value:f}"
