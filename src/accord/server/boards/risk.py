"""Who is about to break a promise, who has, and “do not be on it” (DOMAIN 6, sales manager).

The rules of the second have the form lead type, age, least touches. As long as nobody wrote any, they are the
checkpoints of the cadence that both sides agreed on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement
from accord.errors import EntryInvalid, Problem
from accord.lead.standing import IN_SALES, Standing
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.boards.models import RiskRule
from accord.server.desk.models import Duty, Lead

CLOCKS = (
    DutyKind.FIRST_TOUCH,
    DutyKind.DECIDED,
    DutyKind.FEEDBACK,
    DutyKind.CHECKPOINT,
    DutyKind.DISPOSED,
    DutyKind.COMMITMENT,
    DutyKind.TAKEN_OVER,
    DutyKind.CALL_BACK,
)
MOST = 500  # of each list; a board that says more helps nobody
MOST_RULES = 40
LONGEST = timedelta(days=400)
CHASED = (Standing.DELIVERED.value, Standing.ASSIGNED.value, Standing.ACCEPTED.value)
IN_SALES_NOW = [one.value for one in IN_SALES]
Row = tuple[int, int | None, datetime]  # a lead, its owner, the instant


@dataclass(frozen=True)
class Rule:
    """A lead of this type and age that was tried less often breaks it; an empty type is every type."""

    lead_type: str
    age: timedelta
    attempts: int


@dataclass(frozen=True)
class OfOwner:
    """What stands with one person; `owner` is None for what nobody has."""

    owner: int | None
    name: str
    overdue: int
    oldest: datetime | None
    at_risk: int
    on_it: int


@dataclass(frozen=True)
class Urgent:
    """The most urgent of one kind by number, owner and instant; `more` says that it was cut at `MOST`.

    However many there are, no more of them is read: nobody works through a longer list.
    """

    rows: tuple[Row, ...]
    more: bool

    @cached_property
    def by_owner(self) -> Counter[int | None]:
        return Counter(owner for _pk, owner, _at in self.rows)


def overdue(at: datetime) -> Urgent:
    """Leads about which sales owes what is late and can still be done, the oldest first: each once.

    It is what its queue shows as overdue, and its team counts. What broke and is over stands with excuses.
    """
    return _urgent(_read(_held().filter(due_at__lt=at), "due_at"))


def untouched(at: datetime) -> int:
    """How many leads wait for a first touch that is late, as the score lists them, whenever delivered.

    It is a count of its own, never cut as `overdue` is.
    """
    waits = Duty.objects.filter(
        kind=DutyKind.FIRST_TOUCH.value, due_at__lt=at, met_at=None, ended_at=None,
        lead__standing__in=IN_SALES_NOW,
    )  # fmt: skip
    return waits.values("lead").distinct().count()


def at_risk(at: datetime) -> Urgent:
    """Leads of which most of the time for something has gone, as its owner was warned; each once."""
    warned = Duty.objects.filter(
        state=State.PENDING.value, rung__gte=1, met_at=None, ended_at=None, side="sales", due_at__gte=at
    )
    near = warned.filter(
        kind__in=[kind.value for kind in CLOCKS], lead__standing__in=IN_SALES_NOW, lead__due_at__gte=at
    )
    rows = near.order_by("due_at", "pk").values_list("lead", "lead__owner", "due_at")[: MOST * 2]
    once: dict[int, Row] = {}
    for row in rows:
        once.setdefault(row[0], row)
    return _urgent(list(once.values()))


def on_it(rules: Sequence[Rule], at: datetime) -> Urgent:
    """Leads that sales has, has not reached, and has tried less often than a rule asks; the oldest first."""
    broken = Q(pk__in=())
    for rule in rules:
        breaks = Q(delivered_at__lt=at - rule.age, attempts__lt=rule.attempts)
        broken |= breaks & Q(lead_type=rule.lead_type) if rule.lead_type else breaks
    if not rules:
        return Urgent((), more=False)
    youngest = at - min(rule.age for rule in rules)
    chased = Lead.objects.filter(standing__in=CHASED, connected_at=None, delivered_at__lt=youngest)
    return _urgent(_read(chased.filter(broken), "delivered_at"))


def _held() -> QuerySet[Lead]:
    return Lead.objects.filter(standing__in=IN_SALES_NOW)


def next_duties(leads: Sequence[int], at: datetime) -> dict[int, Duty]:
    """What makes a lead stand on the first two lists: what is owed of it first, or is due first of what was
    warned of."""
    open_ = Duty.objects.filter(lead__in=leads, side="sales", met_at=None, ended_at=None)
    late = Q(due_at=F("lead__due_at"), kind=F("lead__due_kind"), due_at__lt=at)
    warned = Q(state=State.PENDING.value, rung__gte=1, due_at__gte=at, lead__due_at__gte=at)
    rows = open_.filter(late | warned, kind__in=[kind.value for kind in CLOCKS]).order_by("-due_at", "-pk")
    return {duty.lead_id: duty for duty in rows.select_related("lead__contact", "lead__owner")}


def _read(rows: QuerySet[Any], instant: str) -> list[Row]:
    return list(rows.order_by(instant, "pk").values_list("pk", "owner_id", instant)[: MOST + 1])


def _urgent(rows: Sequence[Row]) -> Urgent:
    return Urgent(tuple(rows[:MOST]), more=len(rows) > MOST)


def broken_by(lead: Lead, rules: Sequence[Rule], at: datetime) -> Rule | None:
    """The sharpest rule that a lead breaks: the one that asks for most."""
    if lead.delivered_at is None:
        return None
    broken = [
        rule
        for rule in rules
        if rule.lead_type in ("", lead.lead_type)
        and lead.delivered_at < at - rule.age
        and lead.attempts < rule.attempts
    ]
    return max(broken, key=lambda rule: (rule.attempts, -rule.age), default=None)


def rules_in_use(agreement: Agreement | None) -> tuple[tuple[Rule, ...], bool]:
    """The rules, and whether somebody wrote them; else they are those of the agreement."""
    rows = tuple(
        Rule(row.lead_type, row.age, row.attempts) for row in RiskRule.objects.filter(removed_at=None)
    )
    return (rows, True) if rows else (agreed_rules(agreement), False)


def agreed_rules(agreement: Agreement | None) -> tuple[Rule, ...]:
    """The checkpoints of the cadence: of each lead type with its own, and of every other one.

    A type that has its own is asked by those alone, so the others name the types that they are for.
    """
    if agreement is None:
        return ()
    follow_up = agreement.follow_up
    own = {name: rule.cadence for name, rule in follow_up.lead_types.items() if rule.cadence is not None}
    rules = [
        Rule(name, _age(point.by.seconds), point.attempts) for name, points in own.items() for point in points
    ]
    for point in follow_up.cadence:
        others = [name for name in agreement.lead_types if name not in own] if own else [""]
        rules += [Rule(name, _age(point.by.seconds), point.attempts) for name in others]
    return tuple(sorted(rules, key=lambda rule: (rule.lead_type, rule.age)))


@transaction.atomic
def keep_rules(by: Actor, rules: Sequence[Rule], at: datetime) -> None:
    """Write the rules anew; none means that those of the agreement hold. EntryInvalid names what is wrong."""
    if problems := _problems(rules):
        raise EntryInvalid(problems)
    RiskRule.objects.filter(removed_at=None).update(removed_at=at)
    RiskRule.objects.bulk_create(
        RiskRule(lead_type=rule.lead_type, age=rule.age, attempts=rule.attempts, made_at=at, made_by=by.user)
        for rule in rules
    )
    about = _("%(count)s rules") % {"count": len(rules)}
    record(by, Action.RISK_RULES_CHANGED, about, link=reverse("boards-rules"))


def by_owner(late: Urgent, near: Urgent, few: Urgent) -> list[OfOwner]:
    """What stands with whom, by name and never by number: this is no league table (8.7)."""
    oldest: dict[int | None, datetime] = {}
    for _pk, owner, due_at in late.rows:
        oldest.setdefault(owner, due_at)
    owners = {*late.by_owner, *near.by_owner, *few.by_owner}
    names = _names(owners)
    rows = [
        OfOwner(
            owner=one,
            name=names.get(one, "") if one else "",
            overdue=late.by_owner[one],
            oldest=oldest.get(one),
            at_risk=near.by_owner[one],
            on_it=few.by_owner[one],
        )
        for one in owners
    ]
    return sorted(rows, key=lambda row: (row.owner is None, row.name.casefold(), row.owner or 0))


def _names(owners: set[int | None]) -> dict[int, str]:
    from accord.server.people.models import User  # noqa: PLC0415

    known = [one for one in owners if one is not None]
    return dict(User.objects.filter(pk__in=known).values_list("pk", "name")) if known else {}


def _age(seconds: Fraction) -> timedelta:
    return timedelta(seconds=int(seconds))


def _problems(rules: Sequence[Rule]) -> list[Problem]:
    found = []
    if len(rules) > MOST_RULES:
        found.append(_problem("rules", _("at most %(most)s rules; leave some out") % {"most": MOST_RULES}))
    for number, rule in enumerate(rules):
        if not timedelta() < rule.age <= LONGEST:
            found.append(_problem(f"age-{number}", _("an age is from one hour to 400 days")))
        if not 1 <= rule.attempts <= 100:
            found.append(_problem(f"attempts-{number}", _("the least touches are from 1 to 100")))
    if len({(rule.lead_type, rule.age) for rule in rules}) < len(rules):
        found.append(_problem("rules", _("two rules have the same lead type and age; keep one of them")))
    return found


def _problem(field: str, what: str) -> Problem:
    return Problem("", 0, field, what)
