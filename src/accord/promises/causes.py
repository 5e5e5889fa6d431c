"""Why a promise was broken: told apart, so that nobody is blamed for another's delay (5.1, 5.11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cause(StrEnum):
    SYSTEM = "system_delay"  # assigned so late that half of the time had gone
    INFORMATION = "missing_information"  # what sales needs was missing
    CAPACITY = "no_capacity"  # nobody could take it: unassigned, or its owner had more than agreed
    ABSENCE = "absence"  # its owner was away
    REP = "rep_delay"  # somebody had it, was there, had room and time


@dataclass(frozen=True)
class Circumstances:
    """What was the case when it broke. `assigned_at` is None if nobody had it."""

    start_at: datetime
    due_at: datetime
    assigned_at: datetime | None
    incomplete: bool = False
    absent: bool = False
    over_capacity: bool = False


def cause_of(case: Circumstances) -> Cause:
    """The one cause: the first that holds of unassigned, absent, over capacity, incomplete, assigned late."""
    if case.assigned_at is None:
        return Cause.CAPACITY
    if case.absent:
        return Cause.ABSENCE
    if case.over_capacity:
        return Cause.CAPACITY
    if case.incomplete:
        return Cause.INFORMATION
    if case.assigned_at - case.start_at > (case.due_at - case.start_at) / 2:
        return Cause.SYSTEM
    return Cause.REP
