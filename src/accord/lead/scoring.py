"""What an agreement's rules say of one lead: fit, interest, grade, and whether it is ready (S3.9, S3.10).

Points are whole. A criterion with a half-life gives its points × ½^(age ÷ half-life), rounded to whole
points, half away from zero: so 20 points stay 20 until they would be less than 19.5. Its age is the time
since the latest signal that makes it hold, or since the lead raised a hand where no signal does; working time
by marketing's calendar, unless the half-life says `wall`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import partial

from accord.agreement.clauses.handover import Criterion, Qualification
from accord.agreement.clauses.people import Side
from accord.agreement.conditions.lists import known_lists
from accord.agreement.conditions.reading import read_condition
from accord.agreement.conditions.saying import in_words
from accord.agreement.conditions.tree import SCORES, fields_of
from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.lead.conditions import Facts, Lists, Outcome, evaluated, holds
from accord.lead.texts import key_of
from accord.worktime import Calendar
from accord.worktime.duration import Duration
from accord.worktime.wall import clock_for
from accord.worktime.zones import MICROSECOND

MQL = "mql"
RULED_OUT = "ruled_out"  # the reason where the agreement gives none
_FORGOTTEN = 64  # half-lives after which a 10-digit number of points is nothing
_ONE_AXIS = "–"  # stands for the axis of which a lead has no grade
_Fading = Callable[[Duration, datetime], Fraction]


class Why(StrEnum):
    """What makes a lead ready."""

    NOTHING_ASKED = "nothing asked"  # the agreement has no rule: nothing stands in the way
    RULE = "rule"  # the condition of an MQL, or of the trigger, holds
    ACTION = "action"  # it did what qualifies at once
    AROUND = "around"  # it goes around qualification


@dataclass(frozen=True)
class Part:
    """What one criterion adds. `truth` is None where it is unknown, or is words for people (`prose`)."""

    axis: str  # fit or interest
    when: str  # as the agreement writes it
    full: int
    points: int  # now; 0 where it does not hold
    truth: bool | None
    since: datetime | None = None  # the latest signal that makes it hold
    prose: bool = False

    @property
    def words(self) -> str:
        return in_words(self.when)


@dataclass(frozen=True)
class Score:
    """`grade` is as pages show it: A1, A, A– where interest has none; `grades` are all its names."""

    fit: int
    interest: int
    grade: str
    grades: tuple[str, ...]
    parts: tuple[Part, ...]
    ready: bool
    why: Why | None = None  # of a lead that is ready
    by: str = ""  # the rule, as the agreement writes it, that makes it ready or rules it out
    ruled_out: str = ""  # the reason; such a lead is never ready
    around: str = ""  # the rule by which it goes around qualification

    @property
    def unknown(self) -> tuple[str, ...]:
        """Criteria of which nobody knows whether they hold, as written."""
        return tuple(part.when for part in self.parts if part.truth is None and not part.prose)


def score_of(agreement: Agreement, facts: Facts, at: datetime) -> Score:
    """What the rules of an agreement say of a lead at an instant.

    Rules are asked in this order: what rules out, what goes around, what qualifies at once, the rule itself.
    """
    terms, lists = agreement.qualification, lists_of(agreement)
    fading = partial(ages, at=at, calendar=agreement.calendar_of(Side.MARKETING))
    parts = tuple(
        _part(axis, rule, evaluated(rule.when, facts, lists), facts.raised_at, fading)
        for axis, criteria in (("fit", terms.fit), ("interest", terms.interest))
        for rule in criteria
    )
    fit, interest = (sum(part.points for part in parts if part.axis == axis) for axis in ("fit", "interest"))
    grade, grades = grade_of(terms, fit, interest)
    scored = replace(facts, fields={**facts.fields, **_as_fields(fit, interest, grades)})
    plain = Score(fit, interest, grade, grades, parts, ready=False)
    return _ruled_out(plain, terms, scored, lists) or _readied(plain, agreement, scored, lists)


def lists_of(agreement: Agreement) -> Lists:
    """The lists that its conditions may name."""
    return known_lists(agreement.qualification.lists)


def _as_fields(fit: int, interest: int, grades: tuple[str, ...]) -> Mapping[str, object]:
    return {"fit": fit, "interest": interest, "score": fit + interest, "grade": grades}


def _part(axis: str, rule: Criterion, outcome: Outcome, raised_at: datetime | None, fading: _Fading) -> Part:
    prose = read_condition(rule.when).prose
    if not outcome.truth:
        return Part(axis, rule.when, rule.points, 0, outcome.truth, prose=prose)
    since, points = outcome.since or raised_at, rule.points
    if rule.half_life is not None and since is not None:
        points = faded(points, fading(rule.half_life, since))
    return Part(axis, rule.when, rule.points, points, True, outcome.since)


def ages(half_life: Duration, since: datetime, at: datetime, calendar: Calendar) -> Fraction:
    """How many half-lives have passed; none before it began, or where no calendar reaches."""
    if at <= since:
        return Fraction(0)
    clock = clock_for(half_life, calendar)
    try:
        return Fraction(
            clock.elapsed(since, at) // MICROSECOND, clock.budget(half_life, since) // MICROSECOND
        )
    except InputError:
        return Fraction(0)


def faded(points: int, half_lives: Fraction) -> int:
    """Points × ½^half_lives, rounded to whole points, half away from zero."""
    if half_lives >= _FORGOTTEN:
        return 0
    left = int(abs(points) * 0.5 ** float(half_lives) + 0.5)
    return left if points > 0 else -left


def grade_of(terms: Qualification, fit: int, interest: int) -> tuple[str, tuple[str, ...]]:
    """The grade as it is shown, and every name that it answers to: A1, A and 1."""
    axes = {"fit": fit, "interest": interest}
    reached = {axis: _reached(terms.grades[axis], axes[axis]) for axis in axes if axis in terms.grades}
    names = [name for name in reached.values() if name]
    both = "".join(names) if len(names) == len(axes) else ""
    shown = "".join(name or _ONE_AXIS for name in reached.values()) if names else ""
    return shown, tuple(dict.fromkeys(filter(None, (both, *names))))


def _reached(steps: Mapping[str, int], points: int) -> str:
    """The highest grade whose least points are there; empty if none is."""
    reached = [(least, name) for name, least in steps.items() if points >= least]
    return max(reached, key=lambda step: step[0])[1] if reached else ""


def _ruled_out(score: Score, terms: Qualification, facts: Facts, lists: Lists) -> Score | None:
    rule = next((one for one in terms.disqualify if holds(one.when, facts, lists)), None)
    return None if rule is None else replace(score, ruled_out=rule.reason or RULED_OUT, by=rule.when)


def _readied(score: Score, agreement: Agreement, facts: Facts, lists: Lists) -> Score:
    terms = agreement.qualification
    if around := _first(terms.route_around, facts, lists):
        return replace(score, ready=True, why=Why.AROUND, by=around, around=around)
    if action := _first(terms.auto_qualify, facts, lists, actions=True):
        return replace(score, ready=True, why=Why.ACTION, by=action)
    rule = readying_rule(agreement)
    if rule is None:
        return replace(score, ready=True, why=Why.NOTHING_ASKED)
    return replace(score, ready=True, why=Why.RULE, by=rule) if holds(rule, facts, lists) else score


def readying_rule(agreement: Agreement) -> str | None:
    """The condition by which a lead is ready for sales; None where nothing is asked.

    That is the trigger of the hand-off where it is a condition, else the rule for an MQL. A trigger before
    the MQL, such as `lead`, asks for nothing.
    """
    trigger, stages = agreement.handoff.trigger, [stage.name for stage in agreement.stages]
    if trigger in stages:
        early = MQL in stages and stages.index(trigger) < stages.index(MQL)
        return None if early else agreement.qualification.mql
    is_rule = trigger.casefold() != MQL and not read_condition(trigger).prose
    return trigger if is_rule else agreement.qualification.mql


def said_by_people(agreement: Agreement) -> bool:
    """Whether only a person can say that a lead is ready, because the rule is in words."""
    rule = readying_rule(agreement)
    return rule is not None and read_condition(rule).prose


def _first(rules: Iterable[str], facts: Facts, lists: Lists, *, actions: bool = False) -> str:
    """The first rule that holds; empty if none does."""
    found = (rule for rule in rules if holds(rule, facts, lists) or (actions and _came(rule, facts)))
    return next(found, "")


def _came(action: str, facts: Facts) -> bool:
    """Whether a signal of that name came: `demo request` is `demo_request` and `demo_requested`."""
    name = key_of(action)
    names = {name, f"{name}ed", f"{name}d"}
    return any(seen.count > 0 for signal, seen in facts.signals.items() if signal in names)


def asked_of(agreement: Agreement) -> tuple[str, ...]:
    """Every field and signal that its readable rules ask about, each once: what a form has to hold."""
    terms = agreement.qualification
    rules = [rule.when for rule in (*terms.fit, *terms.interest, *terms.disqualify)]
    rules += [*terms.auto_qualify, *terms.route_around, readying_rule(agreement) or ""]
    trees = (read_condition(rule).tree for rule in rules)
    names = (about.name for tree in trees if tree is not None for about in fields_of(tree))
    return tuple(dict.fromkeys(name for name in names if name not in SCORES))
