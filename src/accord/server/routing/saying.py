"""Why somebody got a lead, and why others did not, in the words of whoever reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.agreement.terms import Agreement
from accord.lead.routing import By, Choice, Skip
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.routing.models import Move, Routing
from accord.server.routing.rules import CONDITIONS, Rule

STEPS: Mapping[str, str | Promise] = {
    By.DUPLICATE: gettext_lazy("another lead of the same person"),
    By.ACCOUNT: gettext_lazy("owner of the account"),
    By.RULE: gettext_lazy("rule"),
    By.RECEIVER: gettext_lazy("receives all leads"),
    By.POOL: gettext_lazy("turns of the pool"),
    By.CATCH_ALL: gettext_lazy("catches what nobody took"),
    By.COVER: gettext_lazy("covers"),
    By.HAND: gettext_lazy("moved by hand"),
    By.TAKEN: gettext_lazy("taken"),
}
_SKIPPED: Mapping[str, str | Promise] = {
    Skip.OFF: gettext_lazy("the account is off, or not of sales"),
    Skip.AWAY: gettext_lazy("away"),
    Skip.EXCLUDED: gettext_lazy("had it before"),
    Skip.FULL: gettext_lazy("the month's capacity is used: %(used)s of %(allowed)s"),
    Skip.AHEAD: gettext_lazy("ahead of the capacity up to today: %(used)s of %(allowed)s"),
    Skip.HOURS: gettext_lazy("does not work at this hour, and others do"),
    Skip.TURN: gettext_lazy("it was not their turn"),
}
_WHY: Mapping[str, str | Promise] = {
    "breach": gettext_lazy("after a broken promise"),
    Move.Why.AWAY: gettext_lazy("away"),
    Move.Why.OFF: gettext_lazy("account switched off"),
    Move.Why.HAND: gettext_lazy("moved by hand"),
    Move.Why.BACK: gettext_lazy("moved back"),
}
_FIELDS: Mapping[str, str | Promise] = {
    "lead_types": gettext_lazy("type"),
    "streams": gettext_lazy("stream"),
    "segments": gettext_lazy("segment"),
    "countries": gettext_lazy("country"),
    "regions": gettext_lazy("region"),
}


@dataclass(frozen=True)
class Skipped:
    """Somebody who was passed over, and why."""

    who: str
    why: str


def reason(record: Routing) -> str:
    """Why a lead went where it went, in one sentence."""
    if record.to is None:
        return _("Nobody could take it.")
    text = _because(record.rule, record.about)
    if record.instead_of is not None:
        text += " " + _("In place of %(name)s, who is away.") % {"name": say.name(record.instead_of.name)}
    if record.by is not None and record.rule != By.TAKEN:
        text = _("%(name)s decided so.") % {"name": say.name(record.by.name)}
    return text


def because(choice: Choice) -> str:
    """The same of a choice that nobody recorded."""
    return _because(choice.by.value, choice.about) if choice.who else _("Nobody could take it.")


def _because(rule: str, about: str) -> str:
    name = say.name(about, 80)
    return {
        By.DUPLICATE: _("Has or had another lead of the same person."),
        By.ACCOUNT: _("Has the account."),
        By.RULE: _("The rule “%(name)s” says so.") % {"name": name},
        By.RECEIVER: _("Receives all leads by the agreement."),
        By.POOL: _("Next in turn in “%(name)s”.") % {"name": name} if name else _("Next in turn."),
        By.CATCH_ALL: _("Nobody of the pool could take it, and this person catches what is left."),
        By.COVER: _("Covers for whoever had it."),
        By.HAND: _("Moved by hand."),
        By.TAKEN: _("Took it, when it was nobody's."),
    }.get(By(rule), rule)


def moved_because(record: Routing) -> str:
    """What made a lead move, where it was somebody's; empty for a first assignment."""
    if not record.why:
        return ""
    return str(_WHY.get(record.why) or say.name(record.why, 200) or "")


def skipped(considered: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> list[Skipped]:
    """Everybody who was passed over, in words; those whose turn it was not come last, as one."""
    turns = [one for one in considered if one["why"] == Skip.TURN]
    found = [Skipped(_name(one["who"], names), _why(one)) for one in considered if one["why"] != Skip.TURN]
    if turns:
        together = ", ".join(sorted({_name(one["who"], names) for one in turns}))
        found.append(Skipped(together, str(_SKIPPED[Skip.TURN])))
    return found


def skipped_of(choice: Choice) -> list[dict[str, Any]]:
    """The same of a choice that was not recorded."""
    return [
        {"who": int(one.who), "why": one.why.value, "used": one.used, "allowed": str(one.allowed or 0)}
        for one in choice.passed
    ]


def _name(number: int, names: Mapping[int, str]) -> str:
    return say.name(names.get(number, ""), 80) or _("somebody")


def _why(one: Mapping[str, Any]) -> str:
    text = str(_SKIPPED.get(one["why"], one["why"]))
    if "used" not in one or one["used"] is None:
        return text
    allowed = say.or_dash(say.number(Fraction(one["allowed"]), 1))
    return text % {"used": one["used"], "allowed": allowed}


# Rules in words -----------------------------------------------------------------------------------------


def leads_of(rule: Rule) -> str:
    """Which leads a rule is for: `stream smb or enterprise; country TR`."""
    parts = []
    for field in CONDITIONS:
        if wanted := getattr(rule, field):
            either = _(" or ").join(say.name(one, 80) or "" for one in wanted)
            parts.append(f"{_FIELDS[field]} {either}")
    return "; ".join(parts)


def goes_to(rule: Rule, names: Mapping[int, str]) -> str:
    if rule.person is not None:
        return _name(rule.person, names)
    return _("the pool “%(name)s”") % {"name": say.name(rule.pool, 80)} if rule.pool else _("all reps")


def by_agreement(agreement: Agreement | None) -> list[str]:
    """What the agreement in force says about who receives leads, in sentences."""
    if agreement is None:
        return []
    receive, said = agreement.handoff.receive, []
    for stream, pool in receive.streams.items():
        said.append(
            _("Leads of the stream “%(stream)s” go to the pool “%(pool)s”.")
            % {"stream": stream, "pool": pool}
        )
    if receive.person:
        said.append(
            _("All leads go to %(name)s, who assigns them.") % {"name": _who(receive.person, agreement)}
        )
    elif receive.pool:
        said.append(_("All others go to the pool “%(pool)s”.") % {"pool": receive.pool})
    else:
        said.append(_("All others go to the reps of sales."))
    if receive.catch_all:
        name = _who(receive.catch_all, agreement)
        said.append(_("What nobody of the pool can take goes to %(name)s, with an alarm.") % {"name": name})
    else:
        said.append(_("What nobody of the pool can take stays nobody's, with an alarm."))
    return said


def _who(key: str, agreement: Agreement) -> str:
    person = agreement.people.get(key)
    return say.name((person.name if person else None) or key, 80) or key


def names_of(numbers: Iterable[int | None]) -> dict[int, str]:
    """Names of accounts by their number, in one query."""
    wanted = {number for number in numbers if number}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
