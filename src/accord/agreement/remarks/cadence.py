"""Remarks on the cadence: gaps, touches, returns and verdicts that leave no room for it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from accord.agreement.remarks.held import Held, always_later, held, wall_time
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.remarks.week import Week, weeks
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration, Unit


def attempts_fit(case: Case) -> Remarks:
    """F13 against the gap: whether so many attempts can be made at all, whenever the lead came."""
    for rule, at, most, _ in _fits(case.agreement):
        point, where = rule.cadence[at], (*rule.cadence_path, at)
        if most[0] < point.attempts:
            what = (
                f"{point.attempts} attempts by {point.by} cannot be made {rule.gap} apart: "
                f"in the hours of {most[1].name} at most {most[0]} fit"
            )
            yield Remark(where, what, "shorten minimum_gap, or owe fewer by then")


def attempts_always_fit(case: Case) -> Remarks:
    for rule, at, most, least in _fits(case.agreement):
        point, where = rule.cadence[at], (*rule.cadence_path, at)
        count, week, start = least
        if count < point.attempts <= most[0]:
            what = (
                f"of {point.attempts} attempts by {point.by}, {rule.gap} apart, only {count} fit for a lead "
                f"that comes on {week.local(start)} ({week.name})"
            )
            yield Remark(where, what, "shorten minimum_gap, or owe fewer by then")


_Fit = tuple[int, Week, datetime]  # attempts that fit, in which week, for a lead of when


def _fits(agreement: Agreement) -> Iterator[tuple[Held, int, _Fit, _Fit]]:
    """The first checkpoint of each cadence that does not always fit: how many attempts at best, at worst."""
    every = list(weeks(agreement))
    for rule in held(agreement):
        for at, point in enumerate(rule.cadence):
            found: list[_Fit] = [
                (week.attempts_by(start, point.by, rule.gap, point.attempts), week, start)
                for week in every
                for start in week.starts
            ]
            if found and min(found, key=lambda fit: fit[0])[0] < point.attempts:
                best, worst = max(found, key=lambda fit: fit[0]), min(found, key=lambda fit: fit[0])
                yield rule, at, best, worst
                break


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
        automated = set() if machines_count else set(rule.touches.automated)
        total = sum(count for channel, count in owed.items() if channel not in automated)
        if rule.cadence and total < rule.cadence[-1].attempts:
            what = f"{total} touches{rule.name} are owed, but {rule.cadence[-1].attempts} attempts are due"
            yield Remark(rule.touches_path, what, "owe more touches, or fewer attempts")


def cadence_fits_return(case: Case) -> Remarks:
    limit = case.agreement.handoff.return_after.attempts
    for rule in held(case.agreement):
        if rule.cadence and rule.cadence[-1].attempts > limit:
            what = f"{rule.cadence[-1].attempts} attempts are owed, but leads go back after {limit}"
            yield Remark(rule.cadence_path, what, "raise handoff.return_after.attempts, or owe fewer")


def return_fits_cadence(case: Case) -> Remarks:
    limit = case.agreement.handoff.return_after.attempts
    owed = [rule.cadence[-1].attempts for rule in held(case.agreement) if rule.cadence]
    if owed and max(owed) < limit:
        what = f"leads go back after {limit} attempts, but only {max(owed)} are ever due"
        yield Remark(("handoff", "return_after", "attempts"), what, "owe as many, or return sooner")


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
            yield Remark(("follow_up", "dispose_within"), what, "allow more time, or end the cadence sooner")
