"""Where a lead stands in a queue: what is owed about it next, in which group, and what comes before what.

Works on a few columns of each lead, since all of a queue are put in order to show the first of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from accord.agreement.terms import Side
from accord.lead.cadence import suggested_at
from accord.lead.events import Kind
from accord.lead.standing import IN_SALES, UNDECIDED
from accord.promises.duties import DutyKind
from accord.promises.owed import is_owed
from accord.promises.verdict import State
from accord.server.desk.models import Duty, Lead
from accord.server.desk.terms import terms_of
from accord.server.desk.withdrawn import told
from accord.server.queue.timing import Clocks, Left

SOON = timedelta(hours=1)
UNDECIDED_NOW = frozenset(one.value for one in UNDECIDED)
IN_SALES_NOW = frozenset(one.value for one in IN_SALES)
_PAUSES = [Kind.PAUSED.value, Kind.RESUMED.value]
_BY_ITSELF = frozenset({DutyKind.CADENCE, DutyKind.RETURN, DutyKind.PULL_BACK})  # of nobody to do
_NEVER = datetime.max.replace(tzinfo=UTC)


class Group(StrEnum):
    OVERDUE = "overdue"  # owed, and its time is over
    NOW = "now"  # an hour is left of a clock that runs
    TODAY = "today"  # due before the day ends for whoever looks, or best begun while the team works today
    NEXT = "next"  # due another day, and not decided, never tried, or warned of
    WAITING = "waiting"  # paused, tried and due another day, or nothing is owed


class Brief(NamedTuple):
    """As much of a lead as its place follows from."""

    pk: int
    standing: str
    lead_type: str
    agreement: str
    delivered_at: datetime | None
    touched_at: datetime | None
    attempts: int
    value: Decimal | None
    version: int


class Due(NamedTuple):
    """A duty of sales that is neither done nor over: as much of it as a list needs, since there are many."""

    lead_id: int
    kind: str
    number: int
    state: str
    due_at: datetime
    calendar: str
    rung: int


class Place(NamedTuple):
    """What is owed next about a lead, and its group. `left` is None where nothing is owed."""

    lead: Brief
    group: Group
    kind: str  # accord.promises.duties.DutyKind of what is owed next; empty: nothing
    left: Left | None
    to_make: int  # attempts until the checkpoint that is owed next; 0 where something else is owed
    paused: bool
    paused_until: datetime | None  # may be unknown


class Placing:
    """The places of some leads as of `at`; `midnight` is when the day of whoever looks ends."""

    def __init__(self, leads: Sequence[Brief], at: datetime, midnight: datetime) -> None:
        self.at, self.midnight = at, midnight
        keys = [lead.pk for lead in leads]
        self._duties, self._pauses = _open_duties(keys), _pauses(keys, at)
        self._clocks: dict[str, Clocks | None] = {}
        self.places = [self._place(lead) for lead in leads]

    def in_order(self) -> list[Place]:
        """What is due first, then what is worth most; what waits comes by when it goes on."""
        return sorted(self.places, key=_order)

    def clocks(self, mark: str) -> Clocks | None:
        """The clocks of a version of the agreement; looked up once for all leads under it."""
        if mark not in self._clocks:
            agreement = terms_of(Lead(agreement=mark), self.at)
            self._clocks[mark] = Clocks(agreement, self.at) if agreement else None
        return self._clocks[mark]

    def _place(self, lead: Brief) -> Place:
        paused, until = self._paused(lead)
        duties, clocks = self._duties[lead.pk], self.clocks(lead.agreement)
        if paused and (promised := [one for one in duties if one.kind == DutyKind.COMMITMENT]):
            duties, paused = promised, False  # word given to the prospect does not stand still
        duty = next_owed(duties, lead.standing)
        left = clocks.left(duty.kind, duty.calendar, lead.lead_type, duty.due_at) if duty and clocks else None
        to_make = _to_make(duty, lead, clocks)
        group = (
            Group.WAITING
            if paused or duty is None or clocks is None or left is None
            else self._group(lead, duty, clocks, left, to_make)
        )
        return Place(lead, group, duty.kind if duty else "", left, to_make, paused, until)

    def _group(self, lead: Brief, duty: Due, clocks: Clocks, left: Left, to_make: int) -> Group:
        if left.over:
            return Group.OVERDUE
        if left.span <= SOON and left.runs:
            return Group.NOW
        if left.due_at < self.midnight:
            return Group.TODAY
        if _begins(left, lead, to_make) < self.midnight and clocks.works_until(duty.calendar, self.midnight):
            return Group.TODAY
        warned = bool(duty.rung)  # the first moment on the way is the warning
        seen_to = lead.touched_at and lead.standing not in UNDECIDED_NOW
        return Group.WAITING if seen_to and not warned else Group.NEXT

    def _paused(self, lead: Brief) -> tuple[bool, datetime | None]:
        """Whether its clock stands still; one that sales does not have any more has none."""
        pause = self._pauses.get(lead.pk) if lead.standing in IN_SALES_NOW else None
        if pause is None or (pause[0] is not None and pause[0] <= self.at):
            return False, None
        return True, pause[0]


_GROUPS = {group: number for number, group in enumerate(Group)}


def _order(place: Place) -> tuple[Any, ...]:
    due_at = place.left.due_at if place.left else place.paused_until or _NEVER
    return (_GROUPS[place.group], due_at, -(place.lead.value or Decimal(0)), place.lead.pk)


def _to_make(duty: Due | None, lead: Brief, clocks: Clocks | None) -> int:
    """How many attempts are missing to the checkpoint that is owed next."""
    if duty is None or clocks is None or duty.kind != DutyKind.CHECKPOINT:
        return 0
    step = clocks.step(duty.kind, duty.number, lead.lead_type)
    return max((step[1] if step else 0) - lead.attempts, 1)


def _begins(left: Left, lead: Brief, to_make: int) -> datetime:
    """From when on one should see to it: attempts are spread over the time to their checkpoint."""
    last = lead.touched_at or lead.delivered_at
    return suggested_at(last, left.due_at, to_make) if to_make and last else left.due_at


def _open_duties(leads: Sequence[int]) -> dict[int, list[Due]]:
    """The open duties of each lead, what is due first on top."""
    found: dict[int, list[Due]] = defaultdict(list)
    duties = Duty.objects.filter(lead_id__in=leads, side="sales", met_at=None, ended_at=None)
    wanted = duties.exclude(kind__in=_BY_ITSELF).filter(
        state__in=[State.PENDING, State.BROKEN, State.EXCUSED]
    )
    for values in wanted.order_by("due_at", "kind", "number").values_list(*Due._fields):
        found[values[0]].append(Due(*values))
    return found


def _pauses(leads: Sequence[int], at: datetime) -> dict[int, tuple[datetime | None] | None]:
    """The latest word on the clock of each lead: until when it stands still, None where it goes on."""
    rows = told(leads, _PAUSES, at, "due_at")
    return {lead: (until,) if kind == Kind.PAUSED else None for lead, kind, until in rows}


def next_owed(duties: Iterable[Due], standing: str) -> Due | None:
    """What sales owes next about a lead: a breach that nobody has made good yet comes before what is due."""
    return next((duty for duty in duties if is_owed(duty.kind, Side.SALES, standing)), None)
