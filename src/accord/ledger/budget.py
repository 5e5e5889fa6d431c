"""The error budget of a promise that is a share: how many misses it can bear, and whether they come too fast.

A promise of 90 % of 240 leads bears 24 misses. That is a number to spend, and whoever has spent 20 of them by
the tenth day needs to know before the month is over.

Numbers are small, so that a rate by itself proves nothing: two misses of three leads are no trend. An early
warning therefore asks two exact questions. Which is the lowest miss rate that still fits the counts? That
is the one-sided lower limit of C. Clopper and E. Pearson ("The use of confidence or fiducial limits
illustrated in the case of the binomial", Biometrika 26, 1934), which is never too sure, however small the
counts. And how likely is it, at that rate, that the leads still to be judged bring more misses than are
left? That is a binomial tail. A warning comes where even the lowest rate uses the budget up almost surely.

As in the multi-window alerts of the Site Reliability Workbook (Google 2018, chapter 5) two windows are
asked: the period so far, which has the larger numbers, and its last days, which see a sudden fall at once.
The period so far warns only while the last days, if they are enough to bear one miss, do not keep what was
promised. Two windows with two questions each: every one may err once in eighty times, so that all together
are 95 % sure (Bonferroni).

Rates are read only from leads whose window has closed. A reject is known at once, acceptance by silence days
later; a touch is known at once, that there was none only when it is due. Among leads whose window is still
open one of the two is always ahead, and a rate over them would be that of the clock, not of the people.

What it takes for granted: misses come one by one. If they come in clusters, ten in the hour in which a line
is down, it is surer than it should be; the counts stand beside it for that reason.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from accord.ledger.wording import MONTHS

SURE = Fraction(95, 100)
RECENT = 7  # days of the short window: every weekday once
FEWEST = 5  # misses below which nothing is said of the pace, however few the leads
_DOUBT = float((1 - SURE) / 4)


@dataclass(frozen=True)
class Window:
    """What was judged of the leads of some days; of a rate, of those alone whose window has closed."""

    kept: int
    broken: int

    @property
    def judged(self) -> int:
        return self.kept + self.broken

    @property
    def miss_rate(self) -> Fraction | None:
        return Fraction(self.broken, self.judged) if self.judged else None

    @property
    def lowest_miss_rate(self) -> float:
        """The lower limit of the miss rate that fits the counts; 0 where too few were missed to say."""
        return clopper_pearson_low(self.broken, self.judged, _DOUBT) if self.broken >= FEWEST else 0.0


@dataclass(frozen=True)
class Progress:
    """How far the period is: days done and to come, and the last day that is known."""

    done: int
    left: int
    known_on: date


@dataclass(frozen=True)
class Budget:
    """Misses that the period can bear at the promised level. `left` is negative once the promise is lost."""

    allowed: int
    spent: int
    expected: int  # leads of the whole period: judged, pending, and to come at the pace so far
    day: int
    days: int
    burning: bool = False  # too fast: 95 % sure that it does not last
    breaks_on: date | None = (
        None  # when it is used up at the pace of the window that warns; None by what is open
    )
    open: int = 0  # of the expected, those that are there and not judged for good: no miss yet

    @property
    def left(self) -> int:
        return self.allowed - self.spent

    @property
    def sentence(self) -> str:
        """What a manager reads."""
        over = self.day >= self.days
        by = "at the end of the period" if over else f"by day {self.day} of {self.days}"
        used = f"{self.spent:,} of {self.allowed:,} misses used {by}"
        if self.left < 0:
            lost = "is broken" if over else "can no longer be kept in this period"
            return f"{used}: the promise {lost}.{self._apart}"
        return f"{used}{self._ahead(over)}"

    def _ahead(self, over: bool) -> str:
        """What is left, and apart from it what is there and not judged for good: an open lead is no miss."""
        pace = f"at this pace ({float(SURE):.0%} sure)"
        if self.breaks_on is not None:
            on = f"{self.breaks_on.day} {MONTHS[self.breaks_on.month - 1]}"
            return f"; {pace} the promise breaks around {on}.{self._apart}"
        if self.burning and self.left:
            return f"; {self.left:,} left, and {pace} the {self.open:,} that can still be missed use them up."
        if not self.left and not over:
            return f": the next one breaks the promise, unless more leads come than expected.{self._apart}"
        return f"; {self.left:,} left.{self._apart}"

    @property
    def _apart(self) -> str:
        are = "is" if self.open == 1 else "are"
        return f" {self.open:,} more {are} still open and not counted as missed." if self.open else ""


def budget_of(
    target: Fraction,
    so_far: Window,
    recent: Window,
    progress: Progress,
    *,
    closed: Window | None = None,
    pending: int = 0,
    to_come: Fraction = Fraction(0),
) -> Budget | None:
    """The budget of a share of `target`; None where nothing is counted yet.

    `closed` is the part of `so_far` whose window has closed, all of it if not given; `recent` the part of
    `closed` that falls on the last RECENT days. `pending` leads are there and not judged for good, `to_come`
    are expected until the period ends. With all else equal, one more kept never takes anything from what is
    left and never brings a warning.
    """
    whole = so_far.judged + pending + to_come
    if not whole:
        return None
    budget = Budget(
        allowed=floor((1 - target) * whole),
        spent=so_far.broken,
        expected=round(whole),
        day=progress.done,
        days=progress.done + progress.left,
        open=pending,
    )
    if budget.left < 0 or not progress.left:
        return budget
    window = _burning(
        target, so_far if closed is None else closed, recent, budget.left, floor(pending + to_come)
    )
    if window is None:
        return budget
    on = _breaks_on(window, budget, progress, pending, to_come)
    return replace(budget, burning=True, breaks_on=on)


def clopper_pearson_low(count: int, of: int, doubt: float) -> float:
    """The lowest chance at which `count` or more of `of` still come about with probability `doubt`."""
    from scipy.special import betaincinv  # type: ignore[import-untyped] # noqa: PLC0415 - statistics, late

    return float(betaincinv(count, of - count + 1, doubt)) if count else 0.0


def at_least(count: int, of: int, chance: float) -> float:
    """The probability of `count` or more of `of`, each with that chance."""
    from scipy.special import betainc  # noqa: PLC0415 - statistics, late

    if count <= 0 or count > of:
        return float(count <= 0)
    return float(betainc(count, of - count + 1, chance))


def _burning(target: Fraction, closed: Window, recent: Window, left: int, rest: int) -> Window | None:
    """The window by which the budget does not last even at its lowest miss rate; the last days first."""

    def runs_out(window: Window) -> bool:
        return at_least(left + 1, rest, window.lowest_miss_rate) >= 1 - _DOUBT

    if runs_out(recent):
        return recent
    bears = (1 - target) * recent.judged
    over = bears >= 1 and recent.broken <= bears  # below one, the last days had no room to show anything
    return closed if not over and runs_out(closed) else None


def _breaks_on(
    window: Window, budget: Budget, progress: Progress, pending: int, to_come: Fraction
) -> date | None:
    """When the first miss too many comes at the window's own rate: first what is pending, then day by day.

    None where what is pending brings it: that falls due when each lead's clock says, on no day named here.
    """
    rate = window.miss_rate or Fraction(0)
    needed = (budget.left + 1) / rate - pending
    if needed <= 0:
        return None
    days = ceil(needed * progress.left / to_come) if to_come else 1
    return progress.known_on + timedelta(days=min(max(days, 1), progress.left))
