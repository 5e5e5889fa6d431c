"""What a condition says of one lead: yes, no, or unknown, which never counts as yes (S3.9).

Unknown follows the usual logic of three values: `a and b` is no as soon as one is no, `a or b` is yes as soon
as one is yes, and what else rests on something unknown is unknown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from accord.agreement.conditions.reading import Condition, read_condition
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
from accord.lead.texts import alike, domains_of, has_words, key_of, range_of

__all__ = [
    "Condition",
    "Facts",
    "Lists",
    "Outcome",
    "Seen",
    "evaluate",
    "evaluated",
    "holds",
    "read_condition",
]

Lists = Mapping[str, tuple[str, ...]]  # by their names in lower case
_ADDRESSES = frozenset({"contact.email", "company.domain"})  # compared by their domain
_TITLES = frozenset({"contact.role", "contact.title", "contact.job_title", "contact.position"})  # by words
_NO = frozenset({"no", "false", "off", "0", "none", "n", "f"})


@dataclass(frozen=True)
class Seen:
    """A signal: how often it came, and when last."""

    count: int
    latest: datetime


@dataclass(frozen=True)
class Facts:
    """What is known of a lead. Names are those of `key_of`, with their prefix: `contact.job_title`.

    A field that is unknown is absent, None or empty. A signal that is absent never came. A field that holds
    several values, such as the grade of both axes, is each of them.
    `raised_at` is when the lead raised a hand.
    """

    fields: Mapping[str, object] = field(default_factory=dict)
    signals: Mapping[str, Seen] = field(default_factory=dict)
    raised_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """`since` is the latest signal that makes it hold; None where no signal does, or it does not hold."""

    truth: bool | None
    since: datetime | None = None


UNKNOWN = Outcome(None)


def holds(text: str, facts: Facts, lists: Lists) -> bool:
    """Whether a condition is certainly true of a lead; prose never is."""
    return evaluated(text, facts, lists).truth is True


def evaluated(text: str, facts: Facts, lists: Lists) -> Outcome:
    """What a condition says of a lead; prose says nothing."""
    tree = read_condition(text).tree
    return UNKNOWN if tree is None else evaluate(tree, facts, lists)


def evaluate(node: Node, facts: Facts, lists: Lists) -> Outcome:
    """The truth of a condition for a lead, and since when."""
    match node:
        case Not(of):
            truth = evaluate(of, facts, lists).truth
            return Outcome(None if truth is None else not truth)
        case All(of):
            return _all(evaluate(one, facts, lists) for one in of)
        case Either(of):
            return _either(evaluate(one, facts, lists) for one in of)
        case _:
            return _test(node, facts, lists)


def _all(found: Iterable[Outcome]) -> Outcome:
    every = list(found)
    if any(one.truth is False for one in every):
        return Outcome(False)
    return UNKNOWN if any(one.truth is None for one in every) else Outcome(True, _latest(every))


def _either(found: Iterable[Outcome]) -> Outcome:
    every = list(found)
    if true := [one for one in every if one.truth]:
        return Outcome(True, _latest(true))
    return UNKNOWN if any(one.truth is None for one in every) else Outcome(False)


def _latest(outcomes: Iterable[Outcome]) -> datetime | None:
    return max((one.since for one in outcomes if one.since is not None), default=None)


def _test(node: Has | Known | Compare | Among | Contains, facts: Facts, lists: Lists) -> Outcome:
    value = value_of(node.field, facts)
    seen = facts.signals.get(key_of(node.field.name)) if node.field.is_signal else None
    if isinstance(node, Known):
        truth: bool | None = (value is not None) is node.known
    elif value is None:
        truth = None
    else:
        truth = _truth(node, value, facts, lists)
    return Outcome(truth, seen.latest if truth and seen and seen.count else None)


def value_of(about: Field, facts: Facts) -> object | None:
    """What is known of a field; None where nothing is. A signal that never came counts 0."""
    name = "score" if about.name == "points" else key_of(about.name)
    if about.is_signal and name in facts.signals:
        return facts.signals[name].count
    value = facts.fields.get(name)
    known = value is not None and not (isinstance(value, str) and not value.strip())
    return value if known else 0 if about.is_signal else None


def _truth(node: Has | Compare | Among | Contains, value: object, facts: Facts, lists: Lists) -> bool | None:
    match node:
        case Has():
            return _is_something(value)
        case Contains(_, text):
            return any(alike(text) in alike(str(one)) for one in _each(value))
        case Among(about, values, listed):
            wanted = lists.get(listed.casefold()) if listed else values
            return None if wanted is None else _any_is(about, value, wanted)
        case Compare(about, Sign.IS, other):
            meant = value_of(other, facts) if isinstance(other, Field) else other
            return None if meant is None else _any_is(about, value, [_plain(meant)])
        case Compare(_, sign, other):
            meant = value_of(other, facts) if isinstance(other, Field) else other
            return _compared(sign, value, meant)


def _is_something(value: object) -> bool:
    if (numbers := range_of(value)) is not None:
        return numbers[1] > 0
    return bool(value) and alike(str(value)) not in _NO


def _each(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _plain(value: object) -> Value:
    return value if isinstance(value, Decimal) else str(value)


def _any_is(about: Field, value: object, wanted: Iterable[Value]) -> bool | None:
    """Whether any of what is known is any of what is wanted; unknown where a range only may be."""
    name, meant, unsure = key_of(about.name), tuple(wanted), False
    for one in _each(value):
        if _text_is(name, str(one), meant):
            return True
        if (known := range_of(one)) is None:
            continue
        for other in filter(None, map(range_of, meant)):
            if known == other:
                return True
            unsure = unsure or (known[1] >= other[0] and known[0] <= other[1])
    return None if unsure else False


def _text_is(name: str, text: str, wanted: tuple[Value, ...]) -> bool:
    """Roles are compared by words, addresses by their domain and those above it, all else as a whole."""
    if name in _TITLES:
        return any(has_words(text, str(one)) for one in wanted)
    among = _folded(wanted)
    if name in _ADDRESSES:
        return not among.isdisjoint(domains_of(text))
    return alike(text) in among


@lru_cache(maxsize=500)
def _folded(wanted: tuple[Value, ...]) -> frozenset[str]:
    return frozenset(alike(str(one)).removeprefix("@") for one in wanted)


def _compared(sign: Sign, value: object, other: object) -> bool | None:
    """Numbers against numbers; a range is above what its least is above, and unknown where it lies across."""
    known, meant = range_of(value), range_of(other)
    if known is None or meant is None:
        return None
    if sign in (Sign.BELOW, Sign.AT_MOST):
        known, meant = meant, known
    (low, high), (least, most) = known, meant
    if sign in (Sign.ABOVE, Sign.BELOW):
        return True if low > most else False if high <= least else None
    return True if low >= most else False if high < least else None
