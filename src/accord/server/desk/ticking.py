"""The clock: duties whose next moment has come move on by themselves.

Two lines of the worker share the work, so that neither waits for the other. `tell_due` takes what warns or
breaks, many duties in one short transaction: it moves each on, marks what is broken by now, and writes the
notices. `act_due` does what happens by itself, lead by lead, for each is an act with all that follows from
it; a lead that is accepted by silence a minute late is accepted as of the same instant. Sending is no work of
theirs.

**Locks.** Whoever records a fact holds the lead's row first and then writes its duties. The clock does the
same: it holds the leads and touches a duty only under its lead, and it reads the duties again once it has
them. It never waits for a lead: one that is held by somebody else is left for the next tick, a quarter of a
second later, so no circle of waiting can go through here, and several workers take different leads. What it
writes besides, events and notices, are new rows. SQLite has one writer at a time, from `BEGIN IMMEDIATE` on.

**Once.** Before the commit nothing has happened; after it the moment lies behind `rung`. So a process may die
at any instant and the next tick goes on where the last commit stood.

**After a downtime** several moments of one duty lie behind one another. They are passed in one step, and one
notice says the last of them to everybody whom any of them names.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import QuerySet

from accord.lead.events import Kind
from accord.lead.lifecycle import BY_SILENCE
from accord.promises.duties import DutyKind, What
from accord.promises.owed import is_owed
from accord.server.alerts.noticing import Matter, write
from accord.server.desk import cadence, owing, terms
from accord.server.desk.breaking import ORIGIN, mark, matter
from accord.server.desk.models import Duty, Lead
from accord.server.desk.naming import MACHINE
from accord.server.desk.recording import Fact, record_facts
from accord.server.desk.writing import update_rows
from accord.server.running.logs import logger
from accord.server.running.turns import in_turn

AT_ONCE = 200
ACTS_AT_ONCE = 20  # then the line looks whether it is asked to stop
PUT_OFF = timedelta(minutes=1)  # a duty whose turn fails: the others do not wait for it
log = logger(__name__)


def tick(at: datetime, limit: int = AT_ONCE) -> int:
    """Both of it: tell what is due at or before `at`, then do what is due; how many duties moved on."""
    return tell_due(at, limit) + act_due(at, limit)


def tell_due(at: datetime, limit: int = AT_ONCE) -> int:
    """Move on the duties that warn or break by `at`, at most `limit` in one transaction; how many were.

    Where they cannot be moved on together each goes alone. One that cannot be moved on at all is logged and
    put off for a minute; it keeps nobody else waiting.
    """
    if not _telling(at).exists():
        return 0
    with terms.held_still():
        try:
            with in_turn(), transaction.atomic():
                return _move(_held(at, limit), at)
        except Error:
            raise
        except Exception:
            log.exception("duties could not be moved on together; one by one")
        return _one_by_one(_telling(at), at, limit)


def act_due(at: datetime, limit: int = ACTS_AT_ONCE) -> int:
    """Do what is due to happen by itself, at most `limit`, each in its own transaction; how many were."""
    if not _acting(at).exists():
        return 0
    with terms.held_still():
        return _one_by_one(_acting(at), at, limit)


def _one_by_one(due: QuerySet[Duty], at: datetime, limit: int) -> int:
    return sum(_alone(pk, at) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _due(at: datetime) -> QuerySet[Duty]:
    return Duty.objects.filter(next_at__lte=at).order_by("next_at", "pk")


def _telling(at: datetime) -> QuerySet[Duty]:
    return _due(at).exclude(kind__in=BY_ITSELF)


def _acting(at: datetime) -> QuerySet[Duty]:
    return _due(at).filter(kind__in=BY_ITSELF)


def _held(at: datetime, limit: int) -> list[Duty]:
    """Duties that are due, of leads that are ours until the transaction ends, as they are now."""
    free = _telling(at).select_related("lead").select_for_update(of=("lead",), skip_locked=True)
    return _as_they_are(at, [duty.pk for duty in free[:limit]])


def _as_they_are(at: datetime, numbers: list[int]) -> list[Duty]:
    """Read once their leads are held: before, somebody may have been writing them."""
    return list(_due(at).filter(pk__in=numbers).select_related("lead__owner", "owner"))


def _alone(pk: int, at: datetime) -> bool:
    """Move one duty on, or put it off; False where somebody else has its lead, or has moved it."""
    try:
        with in_turn(), transaction.atomic():
            lead = Lead.objects.select_for_update(of=("self",), skip_locked=True).filter(duties=pk)
            return bool(lead and _move(_as_they_are(at, [pk]), at))
    except Error:
        raise
    except Exception:
        log.exception("a duty could not be moved on", duty=pk)
        Duty.objects.filter(pk=pk, next_at__lte=at).update(next_at=at + PUT_OFF)
        return False


@dataclass(frozen=True)
class _Turn:
    """One duty, and the moments of it that have come."""

    duty: Duty
    passed: Sequence[Mapping[str, object]]

    def has(self, what: What) -> bool:
        return any(one["what"] == what.value for one in self.passed)

    def told(self) -> Matter | None:
        """One notice for all that has come: the last of it, to everybody whom any of it names."""
        said = [one for one in self.passed if one["what"] != What.DO.value]
        if not said or not is_owed(self.duty.kind, self.duty.side, self.duty.lead.standing):
            return None
        names = dict.fromkeys(name for one in said for name in one["tell"])  # type: ignore[attr-defined]
        last = said[-1]
        return matter(self.duty, What(str(last["what"])), tuple(names), _instant(last))


def _move(duties: Sequence[Duty], at: datetime) -> int:
    if not duties:
        return 0
    turns = [_step(duty, at) for duty in duties]
    broken = [turn.duty for turn in turns if turn.has(What.BREACH) and turn.duty.broken_at is None]
    if broken:
        mark(broken, at)
    update_rows(duties, ["rung", "next_at"])
    if broken:
        update_rows(broken, ["state", "broken_at", "broken_by", "cause"])
        _sum_up({duty.lead_id: duty.lead for duty in broken}.values(), at)
    write([told for turn in turns if (told := turn.told()) is not None], at)
    for turn in turns:
        if turn.has(What.DO) and (act := BY_ITSELF.get(DutyKind(turn.duty.kind))):
            act(turn.duty, at)
    return len(turns)


def _step(duty: Duty, at: datetime) -> _Turn:
    """Pass every moment that has come."""
    passed = []
    while duty.rung < len(duty.moments) and _instant(duty.moments[duty.rung]) <= at:
        passed.append(duty.moments[duty.rung])
        duty.rung += 1
    left = duty.moments[duty.rung :]
    duty.next_at = _instant(left[0]) if left else None
    return _Turn(duty, passed)


def _instant(moment: Mapping[str, object]) -> datetime:
    return datetime.fromisoformat(str(moment["at"]))


def _sum_up(leads: Iterable[Lead], at: datetime) -> None:
    """What sales owes next, and what is broken, on the rows of leads."""
    held = {lead.pk: lead for lead in leads}
    owed: dict[int, list[Duty]] = {pk: [] for pk in held}
    for duty in Duty.objects.filter(lead__in=held, side="sales").only(*owing.SUMMED):
        owed[duty.lead_id].append(duty)
    for pk, lead in held.items():
        owing.sum_up(lead, owed[pk], at)
    update_rows(held.values(), ["due_at", "due_kind", "broken", "version", "changed_at"])


# What happens by itself ---------------------------------------------------------------------------------


def _accept_by_silence(duty: Duty, at: datetime) -> None:
    """The window to decide has closed and nobody has decided: sales has the lead (C16)."""
    fact = Fact(
        Kind.ACCEPTED,
        occurred_at=duty.due_at,
        actor=MACHINE,
        side="machine",
        outcome=BY_SILENCE,
        origin=ORIGIN,
        origin_id=f"{duty.lead.key}:{BY_SILENCE}" + (f":{duty.number}" if duty.number else ""),
    )
    record_facts(duty.lead_id, [fact], at)


BY_ITSELF: dict[DutyKind, Callable[[Duty, datetime], None]] = {
    DutyKind.CREDIT: _accept_by_silence,
    DutyKind.RETURN: cadence.return_by_itself,
    DutyKind.PULL_BACK: cadence.pull_back,
}
