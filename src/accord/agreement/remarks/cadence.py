"""Remarks on the cadence: gaps, touches, returns and verdicts that leave no room for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from accord.agreement.clauses.handover import Checkpoint
from accord.agreement.reading.text import Path
from accord.agreement.remarks.held import Held, always_later, held, tries, wall_time
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.remarks.week import Week, weeks
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration, Unit


@dataclass(frozen=True)
class Misfit:
    """A checkpoint by which a lead may not get its attempts: how many it gets at best, and at worst."""

    rule: Held
    at: int
    point: Checkpoint
    most: int
    least: int
    week: Week
    start: datetime  # of the lead that gets fewest

    @property
    def path(self) -> Path:
        return (*self.rule.cadence_path, self.at)

    @property
    def owed(self) -> str:
        return f"{tries(self.point.attempts)} by {self.point.by}"


def attempts_fit(case: Case) -> Remarks:
    """F13 against the gap: whether so many attempts can be made at all, whenever the lead came."""
    for misfits in _misfits(case.agreement):
        never = next((one for one in misfits if one.most < one.point.attempts), None)
        if never is not None:
            hours = f"the hours of {never.week.name} leave room for {never.most}"
            what = f"{never.owed} cannot be made {never.rule.gap} apart: {hours}"
            yield Remark(never.path, what, _SMALLER_GAP)


def attempts_always_fit(case: Case) -> Remarks:
    for misfits in _misfits(case.agreement):
        first = misfits[0]
        if all(one.most >= one.point.attempts for one in misfits):
            lead = f"a lead that comes on {first.week.local(first.start)} ({first.week.name})"
            what = f"of {first.owed}, {first.rule.gap} apart, {lead} can get only {first.least}"
            yield Remark(first.path, what, _SMALLER_GAP)


_SMALLER_GAP = "shorten minimum_gap, or owe fewer by then"


def _misfits(agreement: Agreement) -> Iterator[list[Misfit]]:
    """For each cadence that does not always fit, the checkpoints in question."""
    every = list(weeks(agreement))
    for rule in held(agreement):
        tried = (_misfit(rule, at, point, every) for at, point in enumerate(rule.cadence))
        if found := [one for one in tried if one is not None]:
            yield found


def _misfit(rule: Held, at: int, point: Checkpoint, every: list[Week]) -> Misfit | None:
    fits = [
        (week.attempts_by(start, point.by, rule.gap, point.attempts), week, start)
        for week in every
        for start in week.starts
    ]
    most = max((count for count, _, _ in fits), default=point.attempts)
    least, week, start = min(fits, key=lambda fit: fit[0]) if fits else (point.attempts, None, None)
    if least >= point.attempts or week is None or start is None:
        return None
    return Misfit(rule, at, point, most, least, week, start)


def touches_are_enough(case: Case) -> Remarks:
    """F14: the touches owed by channel are those that the cadence counts."""
    machines_count = case.agreement.follow_up.automated_email_counts != "never"
    for rule in held(case.agreement):
        owed = {
            "call": rule.touches.call,
            "voicemail": rule.touches.voicemail,
            "email": rule.touches.email,
            "video": rule.touches.video,
        }
        by_machine = rule.touches.automated or case.agreement.follow_up.touches.automated
        automated = set() if machines_count else set(by_machine)
        total = sum(count for channel, count in owed.items() if channel not in automated)
        if rule.cadence and total < rule.cadence[-1].attempts:
            what = f"{total} touches{rule.name} are owed, but {tries(rule.cadence[-1].attempts)} are due"
            yield Remark(rule.touches_path, what, "owe more touches, or fewer attempts")


def cadence_fits_return(case: Case) -> Remarks:
    limit = case.agreement.handoff.return_after.attempts
    for rule in held(case.agreement):
        if rule.cadence and rule.cadence[-1].attempts > limit:
            what = f"{tries(rule.cadence[-1].attempts)} are owed, but leads go back after {limit}"
            yield Remark(rule.cadence_path, what, "raise handoff.return_after.attempts, or owe fewer")


def return_fits_cadence(case: Case) -> Remarks:
    limit = case.agreement.handoff.return_after.attempts
    owed = [rule.cadence[-1].attempts for rule in held(case.agreement) if rule.cadence]
    if owed and max(owed) < limit:
        what = f"leads go back after {limit} attempts, but only {max(owed)} are ever due"
        allowed = f"set handoff.return_after.attempts to {max(owed)}, or owe more"
        yield Remark(("handoff", "return_after", "attempts"), what, allowed)


def cadence_is_there(case: Case) -> Remarks:
    if case.agreement.follow_up.cadence or not any(
        promise.measure == "cadence_kept" for promise in case.agreement.promises
    ):
        return
    what = "a cadence is promised, but it has no checkpoint"
    yield Remark(("follow_up", "cadence"), what, "write one such as {by: 14 d, attempts: 3}")


def pulled_back_after_the_cadence(case: Case) -> Remarks:
    back, every = case.agreement.handoff.pull_back_after, list(weeks(case.agreement))
    for rule in held(case.agreement):
        steps = [Duration.parse("0 d wall"), *(wall_time(point.by) for point in rule.cadence)]
        for earlier, later in pairwise(steps):
            between = Duration(later.seconds - earlier.seconds, Unit.SECOND, wall=True)
            if back is not None and always_later(every, between, back):
                what = f"marketing takes an idle lead back after {back}, while sales may wait until {later}"
                allowed = "take it back later, or owe attempts sooner"
                yield Remark(("handoff", "pull_back_after"), what, allowed)
                return


def disposed_after_the_cadence(case: Case) -> Remarks:
    """A lead cannot be given up as unreachable before all attempts were due."""
    terms, every = case.agreement.follow_up, list(weeks(case.agreement))
    for rule in held(case.agreement):
        own = terms.lead_types.get(rule.lead_type or "")
        within = own.dispose_within if own and own.dispose_within else terms.dispose_within
        if within is None or not rule.cadence:
            continue
        end = rule.cadence[-1].by
        if always_later(every, wall_time(end), within):
            what = f"leads{rule.name} are given up within {within}, before attempts end at {end}"
            is_own = own is not None and own.dispose_within is not None
            base: Path = ("follow_up", "lead_types", rule.lead_type or "") if is_own else ("follow_up",)
            allowed = "allow more time, or end the cadence sooner"
            yield Remark((*base, "dispose_within"), what, allowed)
