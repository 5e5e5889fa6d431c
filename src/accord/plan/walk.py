"""What a person goes through before signing: the goal, the numbers and where they come from, both sides'
promises, and what follows if one is missed (S4.9; S0.40: promise nothing that you have not read).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accord.agreement.clauses.goals import FurtherGoal
from accord.agreement.clauses.handover import Escalation
from accord.agreement.clauses.people import Side
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.plain import clean
from accord.agreement.terms import Agreement, Promise
from accord.errors import PlanImpossible, SignatureRefused, nearest
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.layout import money
from accord.plan.table import as_table
from accord.plan.targets import promise_target
from accord.plan.walk_meaning import for_person, meaning

_SIDES = (Side.MARKETING, Side.SALES)


@dataclass(frozen=True)
class Style:
    """How a walk writes money (amount and currency) and days: each output may have its own way."""

    money: Callable[[Fraction, str], str]
    day: Callable[[date], str]


PLAIN = Style(lambda amount, currency: f"{money(amount)} {currency}", str)  # that of the text that is signed


@dataclass(frozen=True)
class Step:
    """One page of the walk: a title, and the text that the person must have read."""

    title: str
    text: str
    meanings: tuple[tuple[str, ...], ...] = ()  # behind each item of a text of promises: its terms in figures
    mine: tuple[str, ...] = ()  # what the step means for the person who goes through it

    @property
    def whole(self) -> str:
        """The text with what stands behind each promise below it, for outputs that show all as one."""
        lines, behind = [], iter(self.meanings)
        for line in self.text.splitlines():
            lines.append(line)
            if self.meanings and line.startswith("- "):
                lines += [f"  - {one}" for one in next(behind, ())]
        if self.mine:
            lines += ["", "What it means for you:", *(f"- {one}" for one in self.mine)]
        return "\n".join(lines) + "\n"


def calculation(agreement: Agreement) -> str:
    """The numbers that a version rests on, as one text: the plan with its chain, and each promise's number.

    The same agreement always gives the same text, and its digest is part of every signature. Where no plan
    follows from the numbers, the text says so and why: promises with a target of their own can still be made.
    """
    needed, why = _plan_of(agreement)
    plan_text = why if needed is None else as_table(needed)
    promises = "".join(f"- {_promise(agreement, promise, needed)}\n" for promise in agreement.promises)
    return f"{plan_text}\nPromises\n{promises}"


def walk(agreement: Agreement, person: str, style: Style = PLAIN) -> tuple[Step, ...]:
    """The steps for one person, by key: their own side's promises come before the other's.

    Show each step in full before asking for a signature. SignatureRefused for a person it does not know.
    """
    if person not in agreement.people:
        raise SignatureRefused(f"{clean(person)} is not among the people{nearest(person, agreement.people)}")
    side = agreement.people[person].side
    needed, why = _plan_of(agreement)
    sides = sorted(_SIDES, key=lambda one: one is not side)
    steps = [
        Step("What we want", _goal(agreement, style)),
        Step("Where the numbers come from", why if needed is None else as_table(needed)),
    ]
    for one in (*sides, Side.BOTH):
        mine = for_person(agreement, person) if one is side else ()
        behind = tuple(meaning(agreement, each, needed) for each in agreement.promises if each.side is one)
        steps.append(
            Step(_title(agreement, one, side), _promises_of(agreement, one, needed, style), behind, mine)
        )
    steps.append(Step("If a promise is missed", _missed(agreement, style)))
    return tuple(steps)


def _plan_of(agreement: Agreement) -> tuple[Plan | None, str]:
    try:
        return work_back(agreement), ""
    except PlanImpossible as error:
        return None, f"No plan follows from these numbers: {error}\n"


def _goal(agreement: Agreement, style: Style) -> str:
    goal, term = agreement.goal, agreement.term
    whole = f"{goal.customers:,} new customers" if goal.customers is not None else ""
    if goal.revenue is not None:
        whole = style.money(Fraction(goal.revenue), agreement.currency)
    lines = [f"{whole} each {term.interval}, from {style.day(term.start)} to {style.day(term.end)}."]
    if goal.retention_share:
        lines.append(f"{show_percent(goal.retention_share)} of it comes from existing customers.")
    for item in goal.improvements:
        change = f"from {show_percent(item.source)} to {show_percent(item.target)}"
        whose = [clean(part).replace("_", " ") for part in (item.lead_type, item.stream) if part]
        only = f" ({', '.join(whose)} only)" if whose else ""
        rate = clean(item.rate).replace("_", " ")
        lines.append(f"{rate[:1].upper()}{rate[1:]}{only} shall go {change} by {style.day(item.by)}.")
    lines += [_further(item, style) for item in goal.others]
    return "\n".join(lines) + "\n"


def _further(item: FurtherGoal, style: Style) -> str:
    """A goal beside the revenue, with how far and by when."""
    way = [
        f"from {clean(item.source)}" if item.source else "",
        f"to {clean(item.target)}" if item.target else "",
    ]
    parts = [clean(item.goal), *way, f"by {style.day(item.by)}" if item.by else ""]
    counted = f" (counted: {clean(item.counted)})" if item.counted else ""
    said = " ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}{counted}."


def _title(agreement: Agreement, promising: Side, mine: Side) -> str:
    if promising is Side.BOTH:
        return "What both sides promise together"
    name = clean(getattr(agreement.parties, promising), 80)
    return f"What my side promises: {name}" if promising is mine else f"What {name} promises"


def _promises_of(agreement: Agreement, side: Side, needed: Plan | None, style: Style) -> str:
    mine = [promise for promise in agreement.promises if promise.side is side]
    if not mine:
        return "Nothing.\n"
    return "".join(f"- {_promise(agreement, promise, needed, style)}\n" for promise in mine)


def _promise(agreement: Agreement, promise: Promise, needed: Plan | None, style: Style = PLAIN) -> str:
    """One promise with its number and how far it may be missed."""
    measure = PROMISABLE.get(promise.measure)
    unit = MeasureUnit.SHARE if measure is None else measure.unit
    sentence = promise.measure + " {target}" if measure is None else measure.sentence
    words = sentence.format(target=_number(agreement, promise, needed, style))
    only = [clean(part) for part in (promise.lead_type, promise.stream) if part]
    scope = f" ({', '.join(only)} only)" if only else ""
    each = "" if unit is MeasureUnit.SHARE else f" each {agreement.term.interval}"
    band = "" if unit is MeasureUnit.SHARE else f", within {show_percent(promise.band)} either way"
    own = f" In our words: {clean(promise.definition, 1000)}" if promise.definition else ""
    return f"{clean(promise.id)}: {words}{each}{scope}{band}.{own}"


def _number(agreement: Agreement, promise: Promise, needed: Plan | None, style: Style) -> str:
    measure = PROMISABLE.get(promise.measure)
    if measure is None or measure.unit is MeasureUnit.SHARE:
        return clean(promise.target or "a share that is not said")
    try:
        target = promise_target(agreement, promise, needed)
    except PlanImpossible:
        target = None
    if target is None:
        return "a number that the plan cannot tell"
    return style.money(target, agreement.currency) if measure.unit is MeasureUnit.MONEY else money(target)


def _missed(agreement: Agreement, style: Style) -> str:
    rules: tuple[Callable[[Agreement], Iterator[str]], ...] = (_told, _excused, _returned, _shortfall)
    said = [sentence for rule in rules for sentence in rule(agreement)]
    said.append(f"The agreement is gone through start to finish on {style.day(agreement.term.reset_review)}.")
    return "".join(f"- {sentence}\n" for sentence in said)


def _told(agreement: Agreement) -> Iterator[str]:
    yield "A breach is shown to both sides and stays on record."
    for step in agreement.escalation:
        yield f"Told {_moment(step)}: {', '.join(map(clean, step.tell))}."


def _moment(step: Escalation) -> str:
    if step.after is not None:
        return f"{step.after} after a breach"
    return f"when {show_percent(step.at or Fraction(0))} of a window has passed"


def _excused(agreement: Agreement) -> Iterator[str]:
    clocks = agreement.clocks
    within = f", within {clocks.excuse_within}" if clocks.excuse_within else ""
    yield f"Only a manager of the {clocks.excused_by} may excuse one{within}."
    if clocks.reassign_after is not None:
        yield f"{clocks.reassign_after} after a breach the lead goes to somebody else."


def _returned(agreement: Agreement) -> Iterator[str]:
    handoff = agreement.handoff
    yield f"A lead that sales neither accepts nor rejects within {handoff.accept_within} counts as accepted."
    if handoff.pull_back_after is not None:
        yield f"A lead without activity for {handoff.pull_back_after} goes back to marketing."


def _shortfall(agreement: Agreement) -> Iterator[str]:
    flow, each = agreement.delivery, agreement.term.interval
    if flow.carry_over:
        yield f"Leads that are missing at the end of a {each} are spread over the next {flow.carry_over}."
    else:
        yield f"Leads that are missing at the end of a {each} are not carried over."
