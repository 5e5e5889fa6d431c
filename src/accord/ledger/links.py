"""The chain from lead to deal, link by link, and the first that gives way (DOMAIN 6, CRO; S4.35).

Volume → quality → speed → depth → win rate: a link further up explains those below it, so the first broken
one is where to look. The win rate is the only link that nobody holds in hand, and it rests on few deals: it
counts as broken only where its whole 95 % interval lies below what was promised or planned, over cohorts that
are mature or whose open deals could not help; by the day of the close it never does (5.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.ledger.score import PromiseScore, PromiseState, Score
from accord.ledger.warnings import FEW
from accord.plan.coverage import planned_win_rate
from accord.plan.funnel import plan

CHAIN = {  # link → the promises that speak for it
    "volume": ("accepted_leads", "delivered_leads", "lead_value"),
    "quality": ("complete_handoffs", "acceptance_rate"),
    "speed": ("first_touch_in_time",),
    "depth": ("cadence_kept",),
    "win rate": ("win_rate",),
}
_DONE = {
    "complete_handoffs": "handed off complete",
    "acceptance_rate": "accepted",
    "first_touch_in_time": "first touched in time",
    "cadence_kept": "followed up as agreed",
}
MATURE = "win-rate-mature"  # opportunities of all mature months, as `conversion` has them
CLOSED = "win-rate-closed"  # deals won or lost in the period, whenever they began
_Z = 1.959963984540054  # of a 95 % interval


class LinkState(StrEnum):
    OK = "ok"  # as promised or better
    AT_RISK = "at risk"  # below, but it may still be made, or chance alone may explain it
    BROKEN = "broken"  # below what was promised
    UNKNOWN = "unknown"  # nothing promised, or nothing measured


_WORST = (LinkState.BROKEN, LinkState.AT_RISK, LinkState.OK, LinkState.UNKNOWN)
_STATES = {
    PromiseState.KEPT: LinkState.OK,
    PromiseState.OVER: LinkState.OK,  # too much is another trouble than a broken link (S4.27)
    PromiseState.AT_RISK: LinkState.AT_RISK,
    PromiseState.BROKEN: LinkState.BROKEN,
    PromiseState.UNMEASURED: LinkState.UNKNOWN,
}


@dataclass(frozen=True)
class Link:
    """One link. `figure` and `target` are in `unit`: `share`, `leads` or a currency; None where unknown.

    `numerator` of `denominator` stand behind a share, `low` to `high` is its 95 % interval where one is used.
    `small` says that fewer than ten cases do. `promise` is the id of what speaks for the link, if one does.
    """

    name: str
    state: LinkState
    sentence: str
    figure: float | None = None
    target: float | None = None
    unit: str = "share"
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None
    promise: str = ""
    small: bool = False
    basis: str = ""  # of a win rate: which deals are divided by which
    behind: str = ""  # of a win rate that no promise speaks for: whose leads it is, MATURE or CLOSED

    @property
    def brief(self) -> str:
        """The sentence as it stands under the link's own name."""
        said = self.sentence.removeprefix(f"{self.name.capitalize()}: ")
        return said[:1].upper() + said[1:]


@dataclass(frozen=True)
class Chain:
    links: tuple[Link, ...]

    @property
    def broken(self) -> Link | None:
        """The first broken link; None while none is."""
        return next((link for link in self.links if link.state is LinkState.BROKEN), None)

    @property
    def first(self) -> Link | None:
        """The first broken link, else the first at risk; None where all that is known holds."""
        risky = (link for link in self.links if link.state is LinkState.AT_RISK)
        return self.broken or next(risky, None)

    @property
    def sentence(self) -> str:
        """One sentence on the whole chain."""
        if self.first is None:
            known = any(link.state is LinkState.OK for link in self.links)
            return "Every link that could be measured holds." if known else "No link could be measured yet."
        start = "The first broken link is" if self.broken else "No link is broken; at risk is"
        return f"{start} {self.first.name}. {self.first.sentence}"


def chain(score: Score, agreement: Agreement) -> Chain:
    """The five links in order. Only what the score holds is used; the plan's win rate comes from the
    agreement.
    """
    promises = [promise for side in score.sides for promise in side.promises]
    spoken = [_spoken(name, _of(promises, CHAIN[name]), score.over) for name in CHAIN if name != "win rate"]
    return Chain((*spoken, _win_rate(score, agreement, _of(promises, CHAIN["win rate"]))))


def wilson(kept: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share of at least one case (E. B. Wilson, 1927): 8 of 100 is 4.1 % to 15.0 %."""
    share, z2 = kept / judged, _Z * _Z
    middle = share + z2 / (2 * judged)
    reach = _Z * (share * (1 - share) / judged + z2 / (4 * judged * judged)) ** 0.5
    whole = 1 + z2 / judged
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def _of(promises: Iterable[PromiseScore], measures: tuple[str, ...]) -> list[PromiseScore]:
    """The promises of a link, what speaks loudest first: the worst state, then what attains least."""
    found = [promise for promise in promises if promise.measure in measures]
    return sorted(found, key=lambda one: (_WORST.index(_STATES[one.state]), one.attainment or 0.0))


def _spoken(name: str, promises: list[PromiseScore], over: bool) -> Link:
    if not promises:
        return Link(name, LinkState.UNKNOWN, f"{name.capitalize()}: nothing is promised.")
    worst = promises[0]
    state = _STATES[worst.state]
    if state is LinkState.UNKNOWN:
        why = f": {worst.note}" if worst.note else ""
        return Link(
            name, state, f"{name.capitalize()} is not measured{why}.", promise=worst.id, unit=worst.unit
        )
    small = worst.denominator is not None and worst.denominator < FEW
    return Link(
        name,
        state,
        f"{name.capitalize()}: {_said(worst, over)}{_few(worst.denominator) if small else ''}.",
        figure=worst.actual,
        target=worst.due_by_now,
        unit=worst.unit,
        numerator=worst.numerator,
        denominator=worst.denominator,
        promise=worst.id,
        small=small,
    )


def _said(promise: PromiseScore, over: bool) -> str:
    if promise.unit == "share":
        done = _DONE.get(promise.measure, "reached")
        return f"{percent(promise.actual)} {done} of the {percent(promise.target)} promised"
    noun = f" {promise.title.lower()}" if promise.unit == "leads" else ""
    actual, due = (_amount(value, promise.unit) for value in (promise.actual, promise.due_by_now))
    return f"{actual}{noun} of the {due} due{'' if over else ' by now'}"


def _win_rate(score: Score, agreement: Agreement, promises: list[PromiseScore]) -> Link:
    promise = promises[0] if promises else None
    promised = promise is not None and promise.target is not None
    target = promise.target if promise and promised else _planned(agreement)
    counted = _counted(score, promise)
    if target is None:
        return Link("win rate", LinkState.UNKNOWN, "Win rate: none is promised or planned.")
    if not score.begun:
        said = "Win rate is not measured: the period has not begun."
        return Link("win rate", LinkState.UNKNOWN, said, target=target)
    if counted is None:
        return Link("win rate", LinkState.UNKNOWN, "Win rate: no deal was decided yet.", target=target)
    won, decided, rate = counted.won, counted.decided, counted.won / counted.decided
    low, high = wilson(won, decided) if counted.settled else (None, None)
    state = _state(counted, target)
    few = _few(decided) if decided < FEW else ""
    return Link(
        "win rate",
        state,
        f"Win rate: {percent(rate)} ({won:,} of {decided:,} {counted.what}) of the {percent(target)} "
        f"{'promised' if promised else 'planned'}{_caveat(counted, state)}{few}.",
        figure=rate,
        target=target,
        numerator=won,
        denominator=decided,
        low=low,
        high=high,
        promise=promise.id if promise else "",
        small=decided < FEW,
        basis=f"{won:,} of {decided:,} {counted.what}",
        behind=counted.behind,
    )


@dataclass(frozen=True)
class _Counted:
    """Deals won of deals decided. Only where none is left out that may still be won do they tell the rate: of
    the young, losses are known first; by the day of the close, deals of other cohorts are mixed in.
    """

    won: int
    decided: int
    what: str
    open: int = 0  # opportunities of the same cohort that are neither won nor lost
    by_cohort: bool = True  # as the plan means it (5.3), not by the day of the close
    behind: str = ""  # whose leads these are, where no promise speaks for them

    @property
    def settled(self) -> bool:
        return self.by_cohort and not self.open


def _state(counted: _Counted, target: float) -> LinkState:
    """Broken only if chance does not explain it even where every open deal is won."""
    if counted.won / counted.decided >= target:
        return LinkState.OK
    _, best = wilson(counted.won + counted.open, counted.decided + counted.open)
    return LinkState.BROKEN if counted.by_cohort and best < target else LinkState.AT_RISK


def _caveat(counted: _Counted, state: LinkState) -> str:
    if not counted.by_cohort:
        return "; by the day of the close, a quick look that is not the rate of the plan"
    if counted.open:
        more = "" if state is LinkState.BROKEN else ", and losses are known before wins"
        return f"; {counted.open:,} {'is' if counted.open == 1 else 'are'} still open{more}"
    low, high = wilson(counted.won, counted.decided)
    chance = ", which chance alone may explain" if state is LinkState.AT_RISK else ""
    return f"; its 95% interval is {percent(low)} to {percent(high)}{chance}"


def _counted(score: Score, promise: PromiseScore | None) -> _Counted | None:
    """From what tells most: the promise itself, mature cohorts, deals closed in the period."""
    if promise and promise.denominator:
        won, decided = promise.numerator or 0, promise.denominator
        return _Counted(won, decided, "opportunities decided", open=promise.pending or 0)
    for row in _rows(score, "conversion_estimate"):
        step = (row["from_stage"], row["to_stage"], row.get("lead_type"))
        if step == ("opportunity", "customer", None) and row.get("mature_entered"):
            won, entered = _int(row["mature_reached"]), _int(row["mature_entered"])
            return _Counted(won, entered, "opportunities of mature months", behind=MATURE)
    for row in _rows(score, "outcomes"):
        decided = _int(row.get("won")) + _int(row.get("lost"))
        if (row.get("basis"), row.get("by")) == ("closed", "all") and decided:
            return _Counted(_int(row["won"]), decided, "deals closed", by_cohort=False, behind=CLOSED)
    return None


def _rows(score: Score, measure: str) -> list[dict[str, object]]:
    result = score.measures.get(measure)
    return result.table.dicts() if result else []


def _planned(agreement: Agreement) -> float | None:
    try:
        rate = planned_win_rate(plan(agreement))
    except PlanImpossible:
        return None
    return None if rate is None else float(rate)


def _int(value: object) -> int:
    return int(str(value)) if value is not None else 0


def _few(cases: int | None) -> str:
    return f"; only {cases} {'case' if cases == 1 else 'cases'}, so an anecdote"


def percent(share: float | None) -> str:
    """A share with one digit at most, rounded half up as all figures are (R3): one figure has one value."""
    if share is None:
        return "unknown"
    rounded = (Decimal(repr(share)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.normalize():f}%"


def _amount(value: float | None, unit: str) -> str:
    text = "unknown" if value is None else f"{Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP):,f}"
    return f"{unit} {text}" if unit.isupper() else text
