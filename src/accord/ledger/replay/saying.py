"""A replay in sentences: how often and where, and why one verdict differs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.terms import Agreement, Side
from accord.errors import CalendarUnknown
from accord.ledger import wording as say
from accord.ledger.replay.values import Headline, Most, Moved, Replay
from accord.promises.verdict import PromiseOf, State

GROUPED = {
    "lead_type": "lead type",
    "stream": "stream",
    "segment": "segment",
    "pool": "pool",
    "calendar": "calendar",
    "month": "month",
}
_SECOND_US = 1_000_000
_DONE = {
    PromiseOf.FIRST_TOUCH: "touched",
    PromiseOf.DECIDED: "decided",
    PromiseOf.FEEDBACK: "explained",
    PromiseOf.CREDIT: "accepted",
}


def sentence(replay: Replay) -> str:
    """`Under …, promises would have been broken 41 times from … to …, 30 of them in segment large; …`"""
    told, days = replay.headline, f"from {say.day(replay.from_on)} to {say.day(replay.to_on)}"
    if not replay.leads:
        return f"No lead was handed off {days}, so there is nothing that {replay.then} could judge."
    broken = f"would have been broken {_times(told.then)} {days}{_mostly(told.most, told.then)}"
    return f"Under {replay.then}, its promises {broken}. {_beside(told)}{_apart(told)}"


def _apart(told: Headline) -> str:
    """What the tables show as broken and the sentence leaves out, such as leads that sales refused."""
    if not told.beside:
        return ""
    counts = say.counted(told.beside, "verdict")
    which = "that no promise of it is about, such as of leads that were refused"
    return f" Not counted here: {counts} broken in the tables {which}."


def _beside(told: Headline) -> str:
    was = f"As it was, they were broken {_times(told.was)}"
    if not told.more and not told.less:
        return f"{was}: no breach comes or goes."
    changes = []
    if told.more:
        changes.append(f"{told.more:,} would be new{_mostly(told.most_more, told.more)}")
    if told.less:
        changes.append(f"{told.less:,} would not have been")
    return f"{was}; {' and '.join(changes)}."


def _mostly(most: Most | None, total: int) -> str:
    if most is None:
        return ""
    place = f"in {GROUPED[most.by]} {most.key}"
    if total == 1:
        return f", {place}"
    number = "all" if most.broken == total else f"{most.broken:,}"
    return f", {number} of them {place}"


def _times(number: int) -> str:
    return say.counted(number, "time")


def why(moved: Moved, zone: ZoneInfo) -> str:
    """Why one verdict differs: when it was due under each, and what happened."""
    if moved.then is None:
        return "The second agreement asks for nothing here."
    tell: Callable[[Moved, ZoneInfo], str] = _cadence if moved.promise is PromiseOf.CADENCE else _timed
    return tell(moved, zone)


def _cadence(moved: Moved, zone: ZoneInfo) -> str:
    then = f"{moved.done_then} of {moved.needed_then} attempts by {_when(moved.due_then, zone)}"
    if moved.was is None:
        return f"{then}; as it was, nothing was asked for."
    was = f"{moved.done_was} of {moved.needed_was} by {_when(moved.due_was, zone)}"
    return f"{then}; as it was, {was}."


def _timed(moved: Moved, zone: ZoneInfo) -> str:
    happened = _happened(moved, zone)
    due = f"due by {_when(moved.due_then, zone)}"
    if moved.due_was is None:
        return f"{happened}: {due}; as it was, nothing was asked for."
    was = "at the same time" if moved.due_was == moved.due_then else f"by {_when(moved.due_was, zone)}"
    return f"{happened}: {due}{_distance(moved)}; as it was, {was}."


def _happened(moved: Moved, zone: ZoneInfo) -> str:
    done = _DONE.get(moved.promise, "done")
    if moved.met_at is not None:
        who = f" by {moved.actor}" if moved.actor else ""
        return f"{done.capitalize()}{who} on {_when(moved.met_at, zone)}"
    if moved.ended_at is not None:
        return f"The duty ended on {_when(moved.ended_at, zone)}"
    return f"Not {done} so far"


def _distance(moved: Moved) -> str:
    if moved.beyond_us is None or moved.then not in (State.BROKEN, State.EXCUSED, State.KEPT):
        return ""
    if abs(moved.beyond_us) < _SECOND_US:
        return ", less than a second too late" if moved.then is not State.KEPT else ", exactly on time"
    span = timedelta(microseconds=abs(moved.beyond_us))
    length = say.wall(span) if moved.on_wall else say.working(span)
    return f", {length} {'too late' if moved.beyond_us > 0 else 'to spare'}"


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return "an unknown time" if at is None else say.instant(at.replace(tzinfo=UTC), zone)


def zone_of(agreement: Agreement, calendar: str, on: date) -> ZoneInfo:
    """The zone by whose clock a verdict is told: that of its calendar, else of sales."""
    try:
        return agreement.calendar(calendar).zone_on(on)
    except CalendarUnknown:
        return agreement.calendar_of(Side.SALES).zone_on(on)
