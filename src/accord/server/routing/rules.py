"""The rules that a company sets beside its agreement: which leads go to which person or pool.

They are written as one set: a draft is changed, tried on the leads of last month, and then used. What was in
force before stays on record. Rules of the page are asked before the agreement's rule by stream.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.agreement.plain import clean
from accord.agreement.terms import Agreement
from accord.errors import EditConflict, EntryInvalid, NotAllowed, Problem
from accord.lead import routing as domain
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import Side, User
from accord.server.people.rights import leads
from accord.server.routing.models import RuleSet

MOST_RULES = 200
_MOST_VALUES = 50
_LONGEST = 80
CONDITIONS = ("lead_types", "streams", "segments", "countries", "regions")
_MOST_WEIGHT = 1_000_000


@dataclass(frozen=True)
class Rule:
    """One rule as it is kept. `person` is the number of an account; exactly one of person and pool is set."""

    label: str
    person: int | None = None
    pool: str | None = None
    lead_types: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def as_domain(self) -> domain.Rule:
        said = {name: getattr(self, name) for name in CONDITIONS}
        return domain.Rule(self.label, str(self.person or ""), self.pool, **said)


def read(rows: list[dict[str, Any]]) -> tuple[Rule, ...]:
    """Rules as they are kept in a rule set; what this release does not know is left out."""
    known = {field.name for field in fields(Rule)}
    kept: list[dict[str, Any]] = [{key: row[key] for key in row if key in known} for row in rows]
    lists: list[dict[str, Any]] = [{k: tuple(row[k]) for k in CONDITIONS if k in row} for row in kept]
    return tuple(Rule(**{**row, **said}) for row, said in zip(kept, lists, strict=True))


def in_force() -> RuleSet | None:
    return RuleSet.objects.filter(state=RuleSet.State.USED).first()


def drafted() -> RuleSet | None:
    return RuleSet.objects.filter(state=RuleSet.State.DRAFT).first()


def of_agreement(agreement: Agreement | None) -> tuple[domain.Rule, ...]:
    """The agreement's rule by stream: another pool for the leads of one stream."""
    streams = agreement.handoff.receive.streams if agreement else {}
    return tuple(domain.Rule("", pool=pool, streams=(stream,)) for stream, pool in streams.items())


# Writing them -------------------------------------------------------------------------------------------


def may_set(user: User | None) -> bool:
    """Whether somebody sets the rules: heads and managers of sales and of operations."""
    return user is not None and leads(user, Side.SALES)


def must_set(by: Actor) -> User:
    if by.user is None or not may_set(by.user):
        raise NotAllowed(_("rules are set by heads and managers of sales and of operations; ask one of them"))
    return by.user


@transaction.atomic
def begin(by: Actor, at: datetime) -> RuleSet:
    """Begin a draft from what is in force, or go on with the one that is there."""
    return draft(by, at)


def draft(by: Actor, at: datetime) -> RuleSet:
    """The draft, begun from what is in force where there is none; held until the transaction ends."""
    user, used = must_set(by), in_force()
    made = {"rules": used.rules if used else [], "weights": used.weights if used else {}}
    RuleSet.objects.get_or_create(
        state=RuleSet.State.DRAFT, defaults={**made, "by": user, "made_at": at}
    )  # fmt: skip
    return RuleSet.objects.select_for_update().get(state=RuleSet.State.DRAFT)


@transaction.atomic
def add(by: Actor, rule: Rule, saved: int, at: datetime) -> RuleSet:
    """Put a rule at the end of the draft. EntryInvalid names what does not fit."""
    held = _held(by, saved, at)
    if len(held.rules) >= MOST_RULES:
        raise EntryInvalid([problem("label", _("that is rule number 201; take others out first"))])
    held.rules = [*held.rules, _kept(must_fit(rule))]
    return _save(by, held, added=rule.label)


@transaction.atomic
def remove(by: Actor, place: int, saved: int, at: datetime) -> RuleSet:
    held = _held(by, saved, at)
    gone = _at(held, place)
    held.rules = [*held.rules[:place], *held.rules[place + 1 :]]
    return _save(by, held, removed=gone["label"])


@transaction.atomic
def shift(by: Actor, place: int, to: int, saved: int, at: datetime) -> RuleSet:
    """Put a rule at another place; beyond an end is the end."""
    held = _held(by, saved, at)
    moved = _at(held, place)
    others = [*held.rules[:place], *held.rules[place + 1 :]]
    to = min(max(to, 0), len(others))
    held.rules = [*others[:to], moved, *others[to:]]
    return _save(by, held, moved=moved["label"], to=to + 1)


@transaction.atomic
def weigh(by: Actor, weights: dict[int, str], saved: int, at: datetime) -> RuleSet:
    """Set how many turns people have; empty means by capacity. EntryInvalid names what is none."""
    held = _held(by, saved, at)
    read_ = {number: _weight(number, text) for number, text in weights.items()}
    if problems := [one for one in read_.values() if isinstance(one, Problem)]:
        raise EntryInvalid(problems)
    said = {str(number): str(one) for number, one in read_.items() if one}
    kept = {number: one for number, one in held.weights.items() if int(number) not in weights}
    held.weights = {**kept, **said}
    return _save(by, held, weights=held.weights)


@transaction.atomic
def discard(by: Actor, saved: int, at: datetime) -> None:
    held = _held(by, saved, at)
    record(by, Action.ROUTING_CHANGED, _("the draft"), link=reverse("routing"), discarded=len(held.rules))
    held.delete()


@transaction.atomic
def use(by: Actor, saved: int, at: datetime) -> RuleSet:
    """Put the draft in force from now on; what was in force before stays on record."""
    held = _held(by, saved, at)
    for row in held.rules:
        must_fit(read([row])[0])
    RuleSet.objects.filter(state=RuleSet.State.USED).update(state=RuleSet.State.FORMER)
    held.state, held.used_at, held.by = RuleSet.State.USED, at, must_set(by)
    held.save()
    told = {"rules": [row["label"] for row in held.rules], "weights": held.weights}
    record(
        by, Action.ROUTING_USED, _("set %(number)s") % {"number": held.pk}, link=reverse("routing"), **told
    )
    return held


def must_fit(rule: Rule) -> Rule:
    """EntryInvalid names every field of a rule that cannot be kept."""
    problems = [
        problem(name, _("at most 50 values, each of at most 80 characters"))
        for name in CONDITIONS
        if len(getattr(rule, name)) > _MOST_VALUES or any(len(one) > _LONGEST for one in getattr(rule, name))
    ]
    if any(len(one) != 2 for one in rule.countries):
        problems.append(problem("countries", _("write countries with two letters, such as TR or DE")))
    if not rule.label or len(rule.label) > _LONGEST:
        problems.append(problem("label", _("give the rule a name of at most 80 characters")))
    if (rule.person is None) == (rule.pool is None):
        problems.append(problem("to", _("choose one person or one pool")))
    elif rule.person is not None and not User.objects.filter(
        pk=rule.person, side=Side.SALES, is_active=True
    ).exists():  # fmt: skip
        problems.append(problem("to", _("only somebody of sales whose account is on can get leads")))
    if not any(getattr(rule, name) for name in CONDITIONS):
        problems.append(problem("streams", _("say which leads this is for: at least one of these fields")))
    if problems:
        raise EntryInvalid(problems)
    return rule


def values(text: str) -> tuple[str, ...]:
    """What somebody typed into one field, separated by commas, without repetition."""
    parts = (clean(part, most=_LONGEST + 1).strip() for part in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _weight(number: int, text: str) -> Fraction | Problem | None:
    try:
        found = Fraction(Decimal(text.strip().replace(",", "."))) if text.strip() else None
    except (InvalidOperation, ValueError, OverflowError):
        found = Fraction(-1)
    if found is None or 0 < found <= _MOST_WEIGHT:
        return found
    return problem(f"weight-{number}", _("write how many turns as a number above 0, such as 1 or 0.5"))


def _held(by: Actor, saved: int, at: datetime) -> RuleSet:
    held = draft(by, at)
    if held.saved != saved:
        raise EditConflict(_("somebody changed the draft meanwhile; look at it again"))
    return held


def _at(held: RuleSet, place: int) -> dict[str, Any]:
    if not 0 <= place < len(held.rules):
        raise EditConflict(_("this rule is no longer in the draft; look at it again"))
    found: dict[str, Any] = held.rules[place]
    return found


def _kept(rule: Rule) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(rule).items()}


def _save(by: Actor, held: RuleSet, **detail: Any) -> RuleSet:
    held.saved += 1
    held.save()
    record(by, Action.ROUTING_CHANGED, _("the draft"), link=reverse("routing"), **detail)
    return held


def problem(field: str, what: str) -> Problem:
    return Problem("", 0, field, what)
