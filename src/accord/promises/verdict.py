"""Verdicts: what became of one promise about one lead, as known at an instant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    KEPT = "kept"  # done within the budget
    BROKEN = "broken"  # not done within the budget, whether done later or never
    PENDING = "pending"  # not done, and still time
    EXCUSED = "excused"  # broken, and excused by the other side; the breach stays on record
    VOID = "void"  # the duty ended in time by itself: opted out, merged, rejected …


class PromiseOf(StrEnum):
    """What is judged lead by lead. The names are those an agreement promises by."""

    FIRST_TOUCH = "first_touch_in_time"
    DECIDED = "decided_in_time"
    FEEDBACK = "feedback_in_time"  # only of a lead that was rejected
    CADENCE = "cadence_kept"
    CREDIT = "accepted_leads"  # marketing's: is the lead credited, by hand or by silence
    COMPLETE = "complete_handoffs"  # marketing's: only where the hand-off says whether it was complete


@dataclass(frozen=True)
class Verdict:
    """One verdict. Instants are UTC; lengths are exact to the microsecond.

    `worked` and `wall` run from `started_at` to `met_at`, else to `ended_at`, else to the instant asked
    about, without the time in which the clock stood still, and are 0 where that lies before the start.
    `budget` is judged against `wall` if `on_wall`, else against `worked`; `paused` is what stood still on
    that clock. `due_at` is the earliest instant at which the budget is used up, where a pause without an end
    ends at the instant asked about. For a cadence, `done` attempts stand against `needed` at the checkpoint
    `due_at`; both are None elsewhere.
    """

    promise: PromiseOf
    lead: str
    lead_type: str | None
    state: State
    delivered_at: datetime
    started_at: datetime  # when the clock began: at delivery, for feedback at the reject
    due_at: datetime
    met_at: datetime | None
    ended_at: datetime | None
    actor: str | None
    channel: str | None
    worked: timedelta
    wall: timedelta
    budget: timedelta
    on_wall: bool
    calendar: str
    agreement: str | None  # version frozen at hand-off; None if the log does not say
    before_delivery: bool = False  # met before the clock began, as a touch before delivery: elapsed 0
    paused: timedelta = timedelta()
    by_silence: bool = False  # accepted because the window closed
    done: int | None = None
    needed: int | None = None

    @property
    def elapsed(self) -> timedelta:
        """The length that the budget is held against."""
        return self.wall if self.on_wall else self.worked
