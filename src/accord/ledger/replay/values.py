"""What a replay found, as plain frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from accord.ledger.score import PromiseScore
from accord.promises.verdict import PromiseOf, State

GROUPINGS = ("lead_type", "stream", "segment", "pool", "calendar", "month")


@dataclass(frozen=True)
class States:
    """Verdicts under one agreement by their state."""

    kept: int = 0
    broken: int = 0
    pending: int = 0
    excused: int = 0
    void: int = 0

    @property
    def judged(self) -> int:
        return self.kept + self.broken

    @property
    def share(self) -> Fraction | None:
        """Kept ÷ (kept + broken); None where nothing is judged."""
        return Fraction(self.kept, self.judged) if self.judged else None


@dataclass(frozen=True)
class Group:
    """The verdicts of one promise that share a key, such as all of one segment; `key` None is unknown."""

    by: str  # one of GROUPINGS, or `all`
    key: str | None
    was: States
    then: States
    moved: int  # verdicts whose state differs
    newly_broken: int  # broken under the second, and not under the first
    newly_kept: int
    owed_was: int  # broken, and something that the first agreement promises
    owed_then: int
    owed_judged: int  # kept or broken, and something that the second agreement promises
    owed_more: int  # of `owed_then`, those not broken under the first
    owed_less: int  # of `owed_was`, those not broken under the second


@dataclass(frozen=True)
class Judged:
    """One promise that is judged lead by lead, under both agreements."""

    promise: PromiseOf
    title: str
    all: Group
    groups: tuple[Group, ...]  # by every grouping of which the log knows a value, the most moved first

    def by(self, grouping: str) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.by == grouping)


@dataclass(frozen=True)
class Promised:
    """One figure of an agreement's promises under both; None where an agreement does not promise it."""

    was: PromiseScore | None
    then: PromiseScore | None

    @property
    def one(self) -> PromiseScore:
        found = self.then or self.was
        if found is None:
            raise ValueError("a promise of neither agreement")
        return found


@dataclass(frozen=True)
class Most:
    """The group that holds most of what would have been broken."""

    by: str
    key: str
    broken: int


@dataclass(frozen=True)
class Headline:
    """What people ask first: how often the promises would have been broken, and where most of it."""

    was: int
    then: int
    more: int  # of `then`, those not broken as it was
    less: int  # of `was`, those no longer broken
    beside: int  # judged broken under the second, though it promises nothing of it; not in `then`
    most: Most | None  # of `then`; None where no group holds more than half of it
    most_more: Most | None  # of `more`


@dataclass(frozen=True)
class Moved:
    """One verdict that differs. Instants are naive UTC; a state is None where an agreement judges nothing."""

    promise: PromiseOf
    lead: str
    was: State | None
    then: State | None
    lead_type: str | None
    stream: str | None
    segment: str | None
    pool: str | None
    calendar: str
    month: str
    actor: str | None  # who did what the promise asks, if anybody did
    started_at: datetime
    due_was: datetime | None
    due_then: datetime | None
    met_at: datetime | None
    ended_at: datetime | None
    on_wall: bool
    beyond_us: int | None  # how far the clock ran past the second agreement's budget
    done_was: int | None  # attempts, of a cadence
    needed_was: int | None
    done_then: int | None
    needed_then: int | None


@dataclass(frozen=True)
class Replay:
    """One log under two agreements, over the local days `from_on` to `to_on`, as known at `as_of`."""

    was: str  # versions as pages cite them
    then: str
    from_on: date
    to_on: date
    as_of: datetime
    zone: str  # in which days are cut
    currency: str
    leads: int  # handed off in the period
    headline: Headline
    judged: tuple[Judged, ...]
    promises: tuple[Promised, ...]  # every promise of either
    moved: int  # verdicts that differ
    notes: tuple[str, ...]
