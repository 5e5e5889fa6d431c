"""One thing to think about, and what the rules that find it are given."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from accord.agreement.reading.text import Path
from accord.agreement.terms import Agreement
from accord.errors import Severity


@dataclass(frozen=True)
class Remark:
    """Where, what, and what to do about it."""

    path: Path
    what: str
    allowed: str


Remarks = Iterator[Remark]


@dataclass(frozen=True)
class Case:
    """What a rule may look at.

    `on` is the day by which time is judged, None to say nothing about time. `best` is the best that was ever
    reached, by measure (shares as Fractions, counts, amounts) or by rate such as opportunity_to_customer.
    """

    agreement: Agreement
    on: date | None = None
    best: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One row of the table: how much it weighs, what it finds in one sentence, and how."""

    severity: Severity
    finds: str
    find: Callable[[Case], Remarks]
