"""The monthly ledger read from a log: lines on both bases, goals, and what must be said about them (5.7)."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.ledger.period import period_of
from accord.plan.periods import MONTHS
from accord.plan.recalculation import FEW, Sums

COHORT, CLOSE = "cohort", "close"
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Line:
    """One interval on one basis, or with `number` None all that are pooled."""

    basis: str
    number: int | None
    from_on: date
    to_on: date
    sums: Sums
    low: float | None  # 95 % interval of the conversion
    high: float | None
    median_cycle: float | None  # days
    mean_cycle: float | None
    starts: str  # where the cycle starts: hand-off or creation
    accepted: int | None
    by_silence: int | None
    rejected: int | None
    undecided: int | None
    value: Fraction | None  # of the accepted leads
    complete: bool
    mature: bool | None
    unrecorded: int
    pooled: bool

    @property
    def acceptance(self) -> Fraction | None:
        """Accepted ÷ (accepted + rejected); None on the close basis and where nothing is decided."""
        decided = (self.accepted or 0) + (self.rejected or 0)
        return Fraction(self.accepted or 0, decided) if decided else None


@dataclass(frozen=True)
class Goal:
    """What one promise asked of an interval, its band and what came."""

    number: int
    promise: str
    measure: str
    lead_type: str | None
    stream: str | None
    goal: float
    low: float
    high: float
    actual: float
    deviation: float | None
    state: str | None  # under, within, over; None before the interval is over


@dataclass(frozen=True)
class Book:
    """The ledger of one agreement and log; the cohort basis comes first, each basis ends in its pool."""

    name: str
    interval: str
    currency: str
    as_of: datetime
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]

    def line(self, basis: str, number: int | None) -> Line | None:
        return next((one for one in self.lines if (one.basis, one.number) == (basis, number)), None)

    def goals_of(self, number: int) -> tuple[Goal, ...]:
        return tuple(goal for goal in self.goals if goal.number == number)


def book_of(
    agreement: Agreement,
    log: Path,
    from_on: date | None = None,
    to_on: date | None = None,
    as_of: datetime | None = None,
) -> Book:
    """The ledger of a log; what is left out comes from the term and the log. Raises as `period_of` does."""
    of = period_of(agreement, log, from_on, to_on, as_of)
    with Ledger(agreement, open_log(log), from_on=of.from_on, to_on=of.to_on, as_of=of.as_of) as ledger:
        return read_book(ledger)


def read_book(ledger: Ledger) -> Book:
    """The ledger of an open one, for its period."""
    agreement = ledger.agreement
    return Book(
        name=agreement.name,
        interval=agreement.term.interval.value,
        currency=agreement.currency,
        as_of=ledger.as_of,
        lines=tuple(map(_line, ledger.measure("book").table.dicts())),
        goals=tuple(_goal(row) for row in ledger.measure("book_goals").table.dicts()),
    )


_OF_LINE = ("basis", "number", "from_on", "to_on", "low", "high", "median_cycle", "mean_cycle", "starts",
            "accepted", "by_silence", "rejected", "undecided", "complete", "mature", "unrecorded",
            "pooled")  # fmt: skip


def _line(row: dict[str, Any]) -> Line:
    sums = Sums(
        row["leads"], row["customers"], _money(row["revenue"]), _money(row["total_revenue"]), row["unpriced"]
    )
    return Line(sums=sums, value=_money(row["value"]), **{name: row[name] for name in _OF_LINE})


def _goal(row: dict[str, Any]) -> Goal:
    return Goal(**row)


def _money(value: object) -> Fraction | None:
    return None if value is None else Fraction(str(value))


def warnings(book: Book) -> tuple[str, ...]:
    """What has to be known before anybody plans on this book."""
    found = []
    whole = book.line(COHORT, None)
    for line in (whole, book.line(CLOSE, None)):
        days = line.median_cycle if line else None
        length = _DAYS_A_MONTH * MONTHS[_interval(book.interval)]
        if days is not None and days > length:
            found.append(
                f"half of the wins take {days:.0f} days or more, longer than a {book.interval}; read "
                f"by {book.interval}, conversion comes out too low until a cohort is old: agree on a longer "
                "interval, or wait for the mature cohorts"
            )
            break
    if whole is None:
        found.append("no interval is old enough yet to be pooled; what there is so far reads too low")
    elif whole.sums.customers < FEW:
        found.append(
            f"only {whole.sums.customers} customers stand behind the pooled rates; fewer than {FEW} are as "
            "much luck as anything"
        )
    cohorts = [line for line in book.lines if line.basis == COHORT and line.number is not None]
    if unrecorded := sum(line.unrecorded for line in cohorts):
        found.append(
            f"{unrecorded:,} leads have no recorded source; they count as marketing's because they were "
            "handed off"
        )
    if unpriced := sum(line.sums.unpriced for line in cohorts):
        found.append(f"{unpriced:,} customers have no amount; the average deal leaves them out")
    return tuple(found)


def _interval(name: str) -> Any:
    return next(one for one in MONTHS if one.value == name)
