"""What a duty is: something owed about one lead, by a side, until an instant, with the moments on its way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accord.agreement.terms import Side
from accord.promises.verdict import State

ROUND = 1000  # between the numbers of one round with sales and the next; no cadence has as many steps


class DutyKind(StrEnum):
    FIRST_TOUCH = "first_touch_in_time"
    DECIDED = "decided_in_time"
    FEEDBACK = "feedback_in_time"  # the reason of a reject that gave none
    CADENCE = "cadence_kept"  # all checkpoints together, as the score counts them
    CREDIT = "accepted_leads"  # marketing's; at its end the lead is accepted by silence
    COMPLETE = "complete_handoffs"  # marketing's; decided at hand-off, so it has no moments
    # Beside what the score counts
    DELIVERED = "delivered_in_time"  # marketing's: from qualified to handed off
    CHECKPOINT = "checkpoint"  # one step of the cadence; number is the step, from 1
    DISPOSED = "disposed_in_time"  # from acceptance until it is qualified, given up or returned
    COMMITMENT = "commitment"  # what a prospect was promised; number is the event's `seq`
    TAKEN_OVER = "taken_over"  # the first touch of whoever got it from somebody else; number as a call back's
    CALL_BACK = "call_back"  # a pause that ends at a time; number is the event's `seq`
    RETURN = "return"  # back to marketing by itself, after the agreed attempts
    PULL_BACK = "pull_back"  # back to marketing by itself, because nobody does anything


class What(StrEnum):
    WARN = "warn"  # part of the time has gone; of a call back: its time has come
    BREACH = "breach"  # from this instant on it is broken
    ESCALATE = "escalate"  # some time after the breach
    DO = "do"  # something happens by itself


@dataclass(frozen=True, order=True)
class Moment:
    """An instant at which something happens to a duty that is still open, and whom it is told."""

    at: datetime
    what: What
    tell: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duty:
    """`moments` stand in order of time, also those that lie behind; there are none once the duty was met or
    has ended, and none for the time in which its clock stands still until nobody knows when.

    `about` names a commitment, or says why a clock was paused. `number` tells duties of a kind apart: the
    step of a cadence, the `seq` of what a commitment, a call back or another owner began with, else 0; from
    the second time that a lead is with sales on, `ROUND` more each time.
    """

    kind: DutyKind
    number: int
    side: Side
    state: State
    start_at: datetime
    due_at: datetime
    met_at: datetime | None
    ended_at: datetime | None
    calendar: str
    moments: tuple[Moment, ...] = ()
    about: str = ""
