"""Values of the terms as people read them in a sentence."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accord.agreement.canonical import as_written
from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.handover import Checkpoint, Step
from accord.agreement.clauses.people import Person
from accord.agreement.clauses.promised import Promise
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.measures import PROMISABLE
from accord.agreement.rendering.markdown import listed
from accord.agreement.terms import Agreement


def plain(step: str) -> str:
    """A key as words: `reject_reasons` is `reject reasons`."""
    return step.replace("_", " ")


def show(value: object, agreement: Agreement) -> str:
    """A value of the terms as people read it; empty for nothing."""
    if value is None or value == "":
        return ""
    return next((say(value, agreement) for kind, say in _SHOWN if isinstance(value, kind)), str(value))


def _mapping(value: Mapping[object, object], agreement: Agreement) -> str:
    return ", ".join(f"{key} {show(item, agreement)}".strip() for key, item in value.items())


def _clause(value: Clause, _: Agreement) -> str:
    return _flat(as_written(value))


def _flat(value: object) -> str:
    """Plain text, lists and mappings in one line; the outermost without brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(str(key))} {_bracketed(item)}".strip() for key, item in value.items())
    return listed(map(_bracketed, value)) if isinstance(value, list) else str(value)


def _bracketed(value: object) -> str:
    return f"({_flat(value)})" if isinstance(value, Mapping) else _flat(value)


def _given(value: Promise, _: Agreement) -> str:
    measure = PROMISABLE.get(value.measure)
    goal = value.target or (f"from the {value.source}" if value.source else "")
    return f"{value.side}: {measure.title.lower() if measure else value.measure} {goal}".strip()


def _listed_person(value: Person, _: Agreement) -> str:
    parts = [str(value.side), str(value.role), f"{value.count} people" if value.count > 1 else ""]
    return ", ".join(part for part in (*parts, f"pool {value.pool}" if value.pool else "") if part)


def _sequence(value: tuple[object, ...], agreement: Agreement) -> str:
    return listed(show(item, agreement) for item in value)


_SHOWN: tuple[tuple[type, Callable[..., str]], ...] = (
    (bool, lambda flag, _: "yes" if flag else "no"),
    (Fraction, lambda share, _: show_percent(share)),
    (Decimal, lambda amount, agreement: f"{amount:,} {agreement.currency}"),
    (int, lambda count, _: f"{count:,}"),
    (date, lambda day, _: day.isoformat()),
    (Checkpoint, lambda point, _: f"{point.attempts} by {point.by}"),
    (Step, lambda step, _: f"{step.asset} after {step.after}"),
    (Promise, _given),
    (Person, _listed_person),
    (Clause, _clause),
    (tuple, _sequence),
    (Mapping, _mapping),
)
