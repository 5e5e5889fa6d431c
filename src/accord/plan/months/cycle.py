"""A sales cycle over calendar months: when the leads of one month become customers (S4.21, F11).

Plain numbers only; `lag.py` makes the plan of an agreement of them.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor

from accord.agreement.terms import Stream
from accord.errors import PlanImpossible
from accord.plan.rounding import Exact, exact
from accord.worktime.duration import Duration, Unit

_DAYS_A_MONTH = Fraction(487, 16)  # 365.25 ÷ 12
_WORKING = {Unit.DAY: Fraction(7, 5), Unit.WEEK: Fraction(7)}  # calendar days; five working days make a week
_HOURS_A_DAY = 8  # of a working day, where a cycle is written in working hours
_LONGEST = 60  # months; a longer cycle is a slip of the pen


def profile_of(stream: Stream) -> tuple[Fraction, ...]:
    """Share of a cohort's wins in the month of delivery, the month after it, and so on; makes 1.

    `closing_profile` as agreed; else from `cycle`, as if leads came evenly through the month and each won
    deal took exactly that long: `1 month` closes all in the month after.
    """
    if stream.closing_profile:
        return stream.closing_profile
    months = months_of(stream.cycle)
    later, part = floor(months), months - floor(months)
    spread = (1 - part, part) if part else (Fraction(1),)
    return (*(Fraction(0),) * later, *spread)


def months_of(cycle: Duration) -> Fraction:
    """A cycle in months of 365.25 ÷ 12 days; working days count five to the week, working hours eight to
    the day. PlanImpossible beyond five years.
    """
    if cycle.unit is Unit.MONTH:
        months = cycle.count
    elif cycle.wall:
        months = cycle.seconds / 86_400 / _DAYS_A_MONTH
    elif cycle.unit in _WORKING:
        months = cycle.count * _WORKING[cycle.unit] / _DAYS_A_MONTH
    else:
        months = cycle.seconds / 3600 / _HOURS_A_DAY * _WORKING[Unit.DAY] / _DAYS_A_MONTH
    if months > _LONGEST:
        raise PlanImpossible(f"cycle: {cycle} is longer than five years; write the usual time to close")
    return months


def lead_month(quota_month: date, cycle: Duration) -> date:
    """The simple variant: quota month − cycle in months, rounded up; June at one month is May's leads (F11).

    The first day of that month.
    """
    return add_months(quota_month, -ceil(months_of(cycle)))


def closings(cohorts: Sequence[Exact], profile: Sequence[Fraction]) -> list[Fraction]:
    """Customers won in each month from a standing start, until the last cohort has closed (F11).

    `cohorts[i]` customers will ever come of the leads of month i; the result is longer by the profile's tail.
    Nothing is lost: it sums to Σ cohorts × Σ profile.
    """
    won = [Fraction(0)] * (len(cohorts) + max(len(profile) - 1, 0)) if cohorts else []
    for month, cohort in enumerate(cohorts):
        for later, share in enumerate(profile):
            won[month + later] += exact(cohort) * share
    return won


def cohorts_for(
    needs: Sequence[Exact], profile: Sequence[Fraction], most: Exact | None = None
) -> list[Fraction]:
    """The smallest cohorts that close what each month needs, as far as that can be done.

    `most` caps every cohort; without it a cohort never exceeds the greatest need ("full delivery"): more
    would drown the reps. First every cohort is as big as the greatest need that it can still feed; then, from
    the earliest on, each is cut to what the months it feeds cannot do without. So every need that full
    delivery can meet is met, and no cohort could be smaller alone without a month closing less of its need.
    """
    wanted = [max(exact(need), Fraction(0)) for need in needs]
    cap = max(wanted, default=Fraction(0)) if most is None else exact(most)
    fed = [later for later, share in enumerate(profile) if share]
    cohorts = [
        min(
            cap,
            max((wanted[month + later] for later in fed if month + later < len(wanted)), default=Fraction(0)),
        )
        for month in range(len(wanted))
    ]
    won = closings(cohorts, profile)
    _catch_up(cohorts, won, wanted, profile, cap)
    reachable = [min(need, got) for need, got in zip(wanted, won, strict=False)]
    for month, cohort in enumerate(cohorts):
        spare = [
            (won[month + later] - reachable[month + later]) / profile[later]
            for later in fed
            if month + later < len(wanted)
        ]
        cut = min([cohort, *spare]) if spare else cohort
        cohorts[month] -= cut
        for later in fed:
            won[month + later] -= cut * profile[later]
    return cohorts


def _catch_up(
    cohorts: list[Fraction],
    won: list[Fraction],
    wanted: Sequence[Fraction],
    profile: Sequence[Fraction],
    cap: Fraction,
) -> None:
    """Where the cap allows more than full delivery, the latest cohorts that close in a short month grow."""
    for month, need in enumerate(wanted):
        for later, share in enumerate(profile[: month + 1]):
            if share and won[month] < need:
                at = month - later
                more = min(cap - cohorts[at], (need - won[month]) / share)
                cohorts[at] += more
                for after, part in enumerate(profile):
                    won[at + after] += more * part


def add_months(day: date, months: int) -> date:
    """The first day of the month that lies so many months later (or earlier)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
