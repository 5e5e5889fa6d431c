"""What an agreement asks for that its own numbers do not bear out: remarks that need the plan.

`check_all` is what `accord check` says: the rules of `agreement/check.py` and those of the table below.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

from accord.agreement.check import History, check, place_remark
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.parse import Written
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Remark, Remarks
from accord.agreement.terms import Agreement, Promise
from accord.errors import InputError, PlanImpossible, Problem, Severity
from accord.plan.demand import Plan, Split
from accord.plan.funnel import plan as work_back
from accord.plan.layout import money
from accord.plan.periods import MONTHS
from accord.plan.reps.capacity import EVERYBODY, CapacityPlan, PoolCapacity, capacity_plan
from accord.plan.targets import promise_target

_IDLE = Fraction(1, 4)  # load below which reps are said to be idle; work on deals is not in it


@dataclass(frozen=True)
class Numbers:
    """What the rules may look at: the agreement, its plan, its reps, the best that was ever reached."""

    agreement: Agreement
    plan: Plan
    capacity: CapacityPlan
    best: dict[str, Fraction]


@dataclass(frozen=True)
class PlanRule:
    """One row of the table, as `agreement.remarks.remark.Rule`."""

    severity: Severity
    finds: str
    find: Callable[[Numbers], Remarks]


def check_all(written: Written, on: date | None = None, history: History | None = None) -> list[Problem]:
    """Every warning and all advice on an agreement without errors, in the order of the text.

    `on` and `history` as in `agreement.check.check`. Where no plan follows, that is one warning more, at the
    place that prevents it, unless a remark already stands there.
    """
    found = check(written.agreement, on, written, history)
    remarks = [
        place_remark(severity, remark, written)
        for severity, remark in _planned(written.agreement, history or {}, written)
    ]
    said = {(problem.line, problem.path) for problem in found}
    for problem in remarks:
        if problem.what.startswith(_NO_PLAN) and any(_related(problem.path, path) for _, path in said):
            continue
        found.append(problem)
    return sorted(found, key=lambda problem: problem.line)


_NO_PLAN = "no plan follows: "


def _related(path: str, other: str) -> bool:
    return bool(path and other) and (path.startswith(other) or other.startswith(path))


def _planned(agreement: Agreement, history: History, written: Written) -> Iterator[tuple[Severity, Remark]]:
    try:
        plan = work_back(agreement)
        capacity = capacity_plan(agreement, plan)
    except PlanImpossible as error:
        yield Severity.WARNING, _impossible(error, written)
        return
    numbers = Numbers(agreement, plan, capacity, {name: Fraction(best) for name, best in history.items()})
    for rule in RULES:
        yield from ((rule.severity, remark) for remark in rule.find(numbers))


def _impossible(error: PlanImpossible, written: Written) -> Remark:
    """The error as a remark: its message is `place: what; remedy`, the place as far as the text has it."""
    place, _, said = str(error).partition(": ")
    what, _, allowed = (said or place).partition("; ")
    return Remark(_place(place, written.agreement), f"{_NO_PLAN}{what}", allowed)


def _place(place: str, agreement: Agreement) -> Path:
    """The path that a message names, keys with dots in them included; the top where it names none."""
    names = {*agreement.lead_types, *agreement.goal.streams}
    path: Path = ()
    rest = place
    while rest:
        key = next((name for name in sorted(names, key=len, reverse=True) if _begins(rest, name)), None)
        key = rest.partition(".")[0] if key is None or not path else key
        path, rest = (*path, key), rest[len(key) + 1 :]
    return path if path and path[0] in type(agreement).model_fields else ()


def _begins(text: str, name: str) -> bool:
    return text == name or text.startswith(f"{name}.")


def reps_are_enough(numbers: Numbers) -> Remarks:
    """F12, S4.27: the plan's leads against what each pool can follow up at full strength."""
    for pool in numbers.capacity.pools:
        if pool.missing is not None and pool.missing > 0 and pool.leads is not None:
            most = "" if pool.most_leads is None else f", who can follow up {pool.most_leads:,}"
            sent = f"the plan sends {_name(pool)}{ceil(pool.leads):,} leads a month"
            what = f"{sent}, which takes {_reps(pool.reps_needed or 0)}; there are {pool.reps:,}{most}"
            allowed = f"add {pool.missing}, grant more minutes, automate touches, or ask for fewer leads"
            yield Remark(_pool_path(numbers.agreement, pool), what, allowed)


def a_rep_manages_a_lead(numbers: Numbers) -> Remarks:
    for pool in numbers.capacity.pools:
        for load in pool.loads:
            if load.per_rep == 0 and pool.minutes_each is not None:
                each = f"{money(load.minutes_each)} minutes"
                what = f"a lead of {load.lead_type} takes {each}, and a rep has {money(pool.minutes_each)}"
                allowed = "grant more minutes a month, or owe fewer touches"
                yield Remark(_pool_path(numbers.agreement, pool), what, allowed)


def reps_are_not_idle(numbers: Numbers) -> Remarks:
    for pool in numbers.capacity.pools:
        if pool.load is not None and pool.load < _IDLE and pool.missing is not None and pool.missing < 0:
            load = show_percent(round(pool.load, 3))
            what = f"the plan's leads fill {load} of the time of {_reps(pool.reps)}{_in(pool)}"
            allowed = "plan more leads, or grant their time to other work"
            yield Remark(_pool_path(numbers.agreement, pool), what, allowed)


def _name(pool: PoolCapacity) -> str:
    return "" if pool.pool == EVERYBODY else f"{pool.pool} "


def _in(pool: PoolCapacity) -> str:
    return "" if pool.pool == EVERYBODY else f" in {pool.pool}"


def _reps(count: int) -> str:
    return f"{count:,} rep{'' if count == 1 else 's'}"


def _pool_path(agreement: Agreement, pool: PoolCapacity) -> Path:
    """Where the first rep of the pool stands: that is what can be changed."""
    members = (key for key, who in agreement.people.items() if who.pool == pool.pool)
    first = next(members, None)
    return ("people",) if first is None else ("people", first)


def promised_leads_can_be_followed_up(numbers: Numbers) -> Remarks:
    """F18: a number of leads that is promised in figures, against what all reps together can do."""
    most = numbers.capacity.most_leads
    for at, promise, target in _counts(numbers):
        if most is None or promise.stream is not None or promise.lead_type is not None:
            continue
        capacity = most * MONTHS[numbers.plan.interval]
        if target > capacity:
            what = f"{promise.id} promises {floor(target):,} leads, but the reps can follow up {capacity:,}"
            yield Remark(("promises", at, "target"), what, "promise fewer, or add reps or their time")


def promised_leads_are_enough(numbers: Numbers) -> Remarks:
    """A promise below what the plan needs, band included, is kept while the goal is missed."""
    for at, promise, target in _counts(numbers):
        as_planned = promise.model_copy(update={"target": None, "source": "plan"})
        needed = promise_target(numbers.agreement, as_planned, numbers.plan)
        if needed is not None and target < needed * (1 - promise.band):
            what = f"{promise.id} promises {floor(target):,} leads, but the goal needs {ceil(needed):,}"
            yield Remark(("promises", at, "target"), what, "write from: plan, or lower the goal")


def _counts(numbers: Numbers) -> Iterator[tuple[int, Promise, Fraction]]:
    """Promises of a number of leads that is written out."""
    for at, promise in enumerate(numbers.agreement.promises):
        measure = PROMISABLE.get(promise.measure)
        if measure is not None and measure.unit is MeasureUnit.LEADS and promise.target is not None:
            target = _target(numbers, promise)
            if target is not None:
                yield at, promise, target


def _target(numbers: Numbers, promise: Promise) -> Fraction | None:
    try:
        return promise_target(numbers.agreement, promise, numbers.plan)
    except InputError:
        return None


def promises_from_the_plan_have_numbers(numbers: Numbers) -> Remarks:
    """S4.23: alternatives do not add up, so no number of leads follows from them."""
    undecided = any(stream.split is Split.ALTERNATIVES for stream in numbers.plan.streams)
    for at, promise in enumerate(numbers.agreement.promises):
        if promise.source is not None and _target(numbers, promise) is None:
            why = "the lead types are alternatives" if undecided else "the agreement does not say enough"
            what = f"{promise.id} comes from the {promise.source}, which gives no number: {why}"
            yield Remark(("promises", at, "from"), what, "give every lead type a mix, or write a target")


def planned_targets_were_reached_before(numbers: Numbers) -> Remarks:
    for at, promise in enumerate(numbers.agreement.promises):
        best = numbers.best.get(promise.measure)
        if best is None or promise.source is None:
            continue
        target = _target(numbers, promise)
        if target is not None and target > best:
            what = (
                f"the {promise.source} asks for {money(target)} by {promise.id}, "
                f"but the best so far was {money(best)}"
            )
            yield Remark(("promises", at, "from"), what, "lower the goal, or say what will change")


def limits_leave_room_for_the_plan(numbers: Numbers) -> Remarks:
    """`at_least` and `at_most` are for the best mix; a mix that is agreed must keep them too."""
    lead_types = numbers.agreement.lead_types
    for demand in numbers.plan.demands():
        funnel = lead_types[demand.lead_type].streams[demand.stream]
        path: Path = ("lead_types", demand.lead_type, "streams", demand.stream)
        for key, bound in (("at_least", funnel.at_least), ("at_most", funnel.at_most)):
            share = isinstance(bound, Fraction)
            planned = demand.mix if share else Fraction(demand.leads)
            if bound is None or planned is None:
                continue
            if planned < bound if key == "at_least" else planned > bound:
                said = [show_percent(x) if share else f"{int(x):,} leads" for x in (planned, Fraction(bound))]
                what = f"the agreed mix takes {said[0]} of {demand.lead_type}, but {key} says {said[1]}"
                yield Remark((*path, key), what, "change the mix, or the limit")


_W, _A = Severity.WARNING, Severity.ADVICE
RULES: tuple[PlanRule, ...] = (
    PlanRule(_W, "The plan sends more leads than the reps can follow up (F12).", reps_are_enough),
    PlanRule(_W, "One lead takes more time than a rep has in a month.", a_rep_manages_a_lead),
    PlanRule(_W, "More leads are promised than the reps can follow up.", promised_leads_can_be_followed_up),
    PlanRule(_W, "Fewer leads are promised than the goal needs.", promised_leads_are_enough),
    PlanRule(_W, "A promise comes from a plan that gives no number.", promises_from_the_plan_have_numbers),
    PlanRule(_W, "The plan asks for more than was ever reached.", planned_targets_were_reached_before),
    PlanRule(_W, "The agreed mix breaks a limit of a lead type.", limits_leave_room_for_the_plan),
    PlanRule(_A, "The plan's leads fill less than a quarter of the reps' time.", reps_are_not_idle),
)
NO_PLAN = "No plan follows at all; the remark names the place that prevents it."
