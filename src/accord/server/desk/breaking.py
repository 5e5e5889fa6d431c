"""A promise is found broken: who had it, why, the event in the log, and who is told. Each of them once.

It happens in one of two ways: the clock reaches the instant (`ticking.py`), or a fact arrives from which it
follows before the clock came by (`recording.py`). Both come here, with the lead held, and whoever is second
finds `broken_at` set.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from accord.lead.events import Kind
from accord.promises.causes import Cause, Circumstances, cause_of
from accord.promises.duties import ROUND, DutyKind, What
from accord.promises.owed import is_owed
from accord.promises.verdict import State
from accord.server.alerts.noticing import Matter, write
from accord.server.alerts.whom import zone_of
from accord.server.desk import naming, terms
from accord.server.desk.models import Duty, Event
from accord.server.desk.withdrawn import left
from accord.server.people.models import Absence, User

ORIGIN = "clock"  # of the events that are recorded here: each comes once by its number
OLD_NEWS = timedelta(days=3)
# Verdicts that only sum up what other duties tell one by one: nobody is told of them, and the log not again.
_SUMS = frozenset({DutyKind.CADENCE.value, DutyKind.CREDIT.value, DutyKind.COMPLETE.value})
_FOUND = (State.BROKEN.value, State.EXCUSED.value)
_FIELDS = ("state", "broken_at", "broken_by", "cause", "rung", "next_at")


def found_broken(duty: Duty, at: datetime) -> bool:
    """Note that a duty is broken, once: fields, event, notices; False if it is not, or was noted before.

    Call it with the duty's lead held and the duty saved, in the transaction of what showed it. What broke
    long ago, as a log tells that is read in late, is noted and told nobody.
    """
    if duty.broken_at is not None or duty.state not in _FOUND or duty.kind in _SUMS:
        return False
    told = _breach_of(duty)  # before it is passed
    [then] = mark([duty], at)
    _pass_the_breach(duty)
    duty.save(update_fields=_FIELDS)
    tell = tuple(told["tell"]) if told else _agreed(duty, at)
    if at - then <= OLD_NEWS and is_owed(duty.kind, duty.side, duty.lead.standing):
        write([matter(duty, What.BREACH, tell, then)], at)
    return True


def matter(duty: Duty, what: What, tell: tuple[str, ...], happened_at: datetime) -> Matter:
    """What is told of one moment of a duty: of warning and ladder one notice a step, of the breach one."""
    step = "" if what is What.BREACH else f"{duty.rung}"
    return Matter(what.value, f"duty:{duty.pk}:{what}{step}", happened_at, tell, duty.lead, duty)


def mark(duties: Sequence[Duty], at: datetime) -> list[datetime]:
    """Set state, instant, person and cause of duties that are not marked yet, and append their events.

    Their leads are held. The duties are the caller's to save; their instants are handed back.
    """
    desk, broken = _Witness.of(duties, at), []
    for duty in duties:
        duty.broken_by = desk.holder(duty)
    desk.look_at([duty.broken_by for duty in duties if duty.broken_by is not None])
    for duty in duties:
        told = _breach_of(duty)
        then = datetime.fromisoformat(told["at"]) if told else duty.due_at
        if duty.state == State.PENDING:
            duty.state = State.BROKEN.value
        duty.broken_at = min(then, at)
        duty.cause = desk.cause(duty).value
        broken.append(duty.broken_at)
    rows = [_event(duty, desk, then, at) for duty, then in zip(duties, broken, strict=True)]
    Event.objects.bulk_create(rows, ignore_conflicts=True)
    return broken


def _event(duty: Duty, desk: "_Witness", then: datetime, at: datetime) -> Event:
    """Who had it stands as the actor, as where a lead is assigned; that a machine noted it, as the side."""
    return Event(
        lead=duty.lead,
        kind=Kind.BREACHED.value,
        occurred_at=then,
        recorded_at=at,
        actor=desk.name(duty.broken_by),
        side="machine",
        outcome=duty.kind,
        reason=duty.cause,
        due_at=duty.due_at,
        origin=ORIGIN,
        origin_id=f"{duty.lead.key}:{duty.kind}:{duty.number}",
    )


def _breach_of(duty: Duty) -> Mapping[str, str] | None:
    return next((one for one in duty.moments if one["what"] == What.BREACH.value), None)


def _pass_the_breach(duty: Duty) -> None:
    """What stands before the breach on the ladder, and the breach, need not be reached any more."""
    places = [place for place, one in enumerate(duty.moments) if one["what"] == What.BREACH.value]
    if places and duty.rung <= places[0]:
        duty.rung = places[0] + 1
        left = duty.moments[duty.rung :]
        duty.next_at = datetime.fromisoformat(left[0]["at"]) if left else None


def _agreed(duty: Duty, at: datetime) -> tuple[str, ...]:
    """Whom the agreement wants told of a breach."""
    agreement = terms.terms_of(duty.lead, at)
    ladder = agreement.escalation if agreement else ()
    return tuple(
        dict.fromkeys(name for step in ladder if step.at is not None and step.at >= 1 for name in step.tell)
    )


# Who had it, and why ------------------------------------------------------------------------------------


class _Given(NamedTuple):
    then: datetime
    actor: str
    recorded_at: datetime


@dataclass
class _Witness:
    """What was the case when duties broke, looked up for all of them at once."""

    at: datetime
    assigned: Mapping[int, Sequence["_Given"]]  # by lead, in order
    absences: Sequence[Absence]
    keys: Mapping[str, str]  # of people in the agreement, by their address
    _full: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, duties: Iterable[Duty], at: datetime) -> "_Witness":
        leads = {duty.lead_id for duty in duties}
        days = [duty.due_at.date() for duty in duties]
        assigned: dict[int, list[_Given]] = defaultdict(list)
        events = left(Event.objects.filter(lead__in=leads, kind=Kind.ASSIGNED.value))
        told = events.order_by("occurred_at", "seq").values_list(
            "lead_id", "occurred_at", "actor", "recorded_at"
        )
        for lead, then, actor, recorded_at in told:
            assigned[lead].append(_Given(then, actor, recorded_at))
        away = Absence.objects.filter(removed_at=None, from_on__lte=max(days), to_on__gte=min(days))
        found = terms.in_force(at)
        people = found[1].people.items() if found else ()
        keys = {person.email.lower(): key for key, person in people if person.email}
        return cls(at, assigned, list(away) if days else [], keys)

    def holder(self, duty: Duty) -> User | None:
        """Whose it was when its time was over: a breach stays with them (5.11)."""
        if duty.side != "sales":
            return None
        by_then = self._by_then(duty)
        if not by_then:
            return None
        if by_then[-1] == self.assigned[duty.lead_id][-1] and duty.lead.owner is not None:
            return duty.lead.owner
        number = naming.user_of(by_then[-1].actor, by_then[-1].recorded_at)
        return User.objects.get(pk=number) if number else None

    def _by_then(self, duty: Duty) -> list["_Given"]:
        """To whom the lead went until the time was over, not before it was handed off again."""
        every, lead = self.assigned.get(duty.lead_id, ()), duty.lead
        by_then = [one for one in every if one.then <= duty.due_at]
        again = duty.number >= ROUND and lead.delivered_at is not None and duty.start_at >= lead.delivered_at
        if not again or (by_then and by_then[-1] == every[-1] and lead.owner_id is not None):
            return by_then
        return [one for one in by_then if one.then >= lead.delivered_at]  # type: ignore[operator]

    def cause(self, duty: Duty) -> Cause:
        who = duty.broken_by
        if duty.side != "sales":
            return Cause.INFORMATION if duty.lead.missing else Cause.SYSTEM
        first = next((one.then for one in self._by_then(duty)), None)
        return cause_of(
            Circumstances(
                start_at=duty.start_at,
                due_at=duty.due_at,
                assigned_at=first,
                incomplete=bool(duty.lead.missing),
                absent=who is not None and self._away(who, duty.due_at),
                over_capacity=who is not None and who.pk in self._full,
            )
        )

    def _away(self, who: User, at: datetime) -> bool:
        on = at.astimezone(zone_of(who)).date()
        return any(one.user_id == who.pk and one.from_on <= on <= one.to_on for one in self.absences)

    def look_at(self, people: Sequence[User]) -> None:
        """Learn which of them have more leads than agreed."""
        from accord.server.routing import assigning  # noqa: PLC0415 - it stands on the desk

        self._full = assigning.over_capacity(list({one.pk: one for one in people}.values()), self.at)

    def name(self, who: User | None) -> str:
        """As `naming.actor_text`, for many."""
        return self.keys.get(who.email, who.email)[:120] if who else ""
