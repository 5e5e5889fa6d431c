"""The score: what the report page and `--format json` show, as plain frozen values.

One `Score` holds every number of a period with its definition; nothing that draws it computes anything.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from accord.ledger.budget import Budget


class PromiseState(StrEnum):
    KEPT = "kept"  # at or above what was promised, within the band
    AT_RISK = "at risk"  # below, but the period is not over and the rest can still make it
    BROKEN = "broken"  # below what was promised
    OVER = "over"  # above the band: also a deviation (S4.27)
    UNMEASURED = "unmeasured"  # the log holds nothing to judge it by


@dataclass(frozen=True)
class Table:
    """What a measure returned. Instants are naive UTC datetimes, lengths seconds, rates fractions."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def dicts(self) -> list[dict[str, object]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class PromiseScore:
    """How one promise stands. `attainment` is actual ÷ due by now, 1.0 = as promised; None if unmeasured."""

    id: str
    side: str  # marketing, sales or both
    title: str
    measure: str
    unit: str  # `share`, `leads`, or the currency
    target: float | None  # for the whole period
    due_by_now: float | None  # the goal line on the last day that is over; = target for shares
    actual: float | None
    attainment: float | None
    state: PromiseState
    numerator: int | None
    denominator: int | None
    pending: int | None  # not yet due: neither kept nor broken
    definition: str
    note: str = ""
    final: PromiseState | None = None  # how it ended, once nothing that is still open can change that
    budget: Budget | None = None  # of shares of verdicts: the misses that the period can bear


@dataclass(frozen=True)
class SideScore:
    """Both sides on one scale: mean of the attainments of its measured promises, each capped at 1.0."""

    side: str
    attainment: float | None
    kept: int
    measured: int
    promises: tuple[PromiseScore, ...]


@dataclass(frozen=True)
class MeasureResult:
    """A table with all that is needed to read it."""

    name: str
    title: str
    grain: str
    unit: str
    meaning: str
    requirements: tuple[str, ...]
    table: Table
    left_out: int = 0  # rows beyond the table's, where only the first of them are kept


@dataclass(frozen=True)
class Score:
    agreement: str  # version as pages cite it
    from_on: date  # first day of the period, local to marketing's calendar
    to_on: date  # last day, included
    as_of: datetime  # UTC instant; nothing recorded later counts
    zone: str  # zone in which days are cut
    currency: str
    leads: int  # in the log
    events: int
    sides: tuple[SideScore, ...]  # marketing, sales, both
    measures: dict[str, MeasureResult] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  # small n, unmeasured promises, dirty facts

    @property
    def begun(self) -> bool:
        """Whether the period's first midnight had passed: before it there is nothing to judge."""
        return self.as_of > self._midnight(self.from_on)

    @property
    def over(self) -> bool:
        """Whether the period's last midnight had passed: nothing is due "by now" then, nothing "goes on"."""
        return self.as_of >= self._midnight(self.to_on + timedelta(days=1))

    def _midnight(self, on: date) -> datetime:
        return datetime.combine(on, time(), ZoneInfo(self.zone))
