"""The monthly arbitration, and excuses: where both sides look at what the other did (2.6, 5.11).

About twenty disputes in thirty minutes, the oldest first, each with both sides' words. An excuse is the other
side's, within the agreed time; the breach stays on record, and every count is shown with and without.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accord.errors import CalendarUnknown, EntryInvalid, PageUnknown, Problem
from accord.promises.excuses import excusable_until
from accord.promises.verdict import State
from accord.server.audit.trail import Actor
from accord.server.boards.models import Reject
from accord.server.desk import acts
from accord.server.desk.models import Duty, Lead, Note
from accord.server.desk.terms import held_still, terms_of
from accord.server.people.models import Role, Side, User

A_MEETING = 20  # disputes that thirty minutes have room for
_LEADING = (Role.HEAD, Role.MANAGER)
_MOST_BREACHES = 200


@dataclass(frozen=True)
class Rate:
    """Disputes that were decided, and how many of them overturned a reject."""

    decided: int
    overturned: int

    @property
    def share(self) -> float | None:
        return self.overturned / self.decided if self.decided else None


@dataclass(frozen=True)
class Breach:
    """A broken promise that the viewer's side may excuse, and until when; None: at any time."""

    duty: Duty
    until: datetime | None


@dataclass(frozen=True)
class WithAndWithout:
    """Broken promises since an instant: all of them, and those that nobody excused."""

    side: str
    all: int
    left: int


def waiting() -> QuerySet[Reject]:
    """Disputes that wait for the arbitration, the oldest first."""
    rows = Reject.objects.filter(disputed_at__isnull=False, decided_at=None)
    return rows.select_related("lead__contact", "lead__owner").order_by("disputed_at", "pk")


def decided() -> QuerySet[Reject]:
    rows = Reject.objects.filter(decided_at__isnull=False)
    return rows.select_related("lead__contact", "lead__owner").order_by("-decided_at", "-pk")


def rate(since: datetime) -> Rate:
    found = Reject.objects.filter(decided_at__gte=since).aggregate(
        decided=Count("pk"), overturned=Count("pk", filter=Q(overturned=True))
    )
    return Rate(found["decided"], found["overturned"])


@transaction.atomic
def settle(
    by: Actor, row: Reject, *, overturned: bool, with_whom: User | None, note: str, at: datetime
) -> Lead:
    """Write down what both sides decided: by one of them, with somebody who leads the other side."""
    if by.user is None or with_whom is None or not could_sit_with(by.user, with_whom):
        what = _("name the head or manager of the other side with whom you decided")
        raise EntryInvalid([Problem("", 0, "with_whom", what)])
    said = _("Decided by %(one)s and %(other)s.") % {"one": by.user.name, "other": with_whom.name}
    return acts.arbitrate(by, row.lead_id, overturned, f"{said} {note.strip()}".strip(), at)


def could_sit_with(one: User, other: User) -> bool:
    """Whether two people are those who settle a dispute: each leads a side, and the sides differ."""
    sides = {one.side, other.side}
    return sides == {Side.MARKETING, Side.SALES} and one.role in _LEADING and other.role in _LEADING


def others_of(viewer: User) -> list[User]:
    """Who of the other side could have decided with the viewer."""
    if viewer.side not in (Side.MARKETING, Side.SALES) or viewer.role not in _LEADING:
        return []
    other = Side.SALES if viewer.side == Side.MARKETING else Side.MARKETING
    return list(User.objects.filter(side=other, role__in=_LEADING, is_active=True))


def may_excuse(viewer: User) -> str:
    """The side whose breaches somebody may excuse; empty if none."""
    if viewer.role not in _LEADING:
        return ""
    return {Side.MARKETING.value: Side.SALES.value, Side.SALES.value: Side.MARKETING.value}.get(
        viewer.side, ""
    )


def excusable(side: str, at: datetime) -> list[Breach]:
    """Broken promises of a side that can still be excused, the newest first."""
    rows = Duty.objects.filter(broken_at__isnull=False, state=State.BROKEN.value, side=side)
    found = rows.select_related("lead__contact", "lead__owner", "broken_by").order_by("-broken_at")
    with held_still():
        breaches = [Breach(duty, _until(duty, at)) for duty in found[:_MOST_BREACHES]]
    return [one for one in breaches if one.until is None or one.until >= at]


def _until(duty: Duty, at: datetime) -> datetime | None:
    """Until when the act takes an excuse: by the version that holds for the lead, on the duty's hours."""
    agreement = terms_of(duty.lead, at)
    if agreement is None:
        return None
    try:
        on = agreement.calendar(duty.calendar)
    except CalendarUnknown:
        return None
    return excusable_until(agreement.clocks.excuse_within, on, duty.due_at)


def with_and_without(since: datetime) -> list[WithAndWithout]:
    """How many promises each side broke since then, and how many of them nobody excused."""
    rows = (
        Duty.objects.filter(broken_at__gte=since)
        .order_by()
        .values_list("side")
        .annotate(all=Count("pk"), left=Count("pk", filter=Q(state=State.BROKEN.value)))
    )
    counted = {side: (number, left) for side, number, left in rows}
    return [
        WithAndWithout(side, *counted.get(side, (0, 0))) for side in (Side.MARKETING.value, Side.SALES.value)
    ]


def find_breach(pk: int) -> Duty:
    found = Duty.objects.select_related("lead").filter(pk=pk, broken_at__isnull=False).first()
    if found is None:
        raise PageUnknown(_("broken promise %(number)s") % {"number": pk})
    return found


def words_of(rows: Sequence[Reject]) -> dict[int, list[Note]]:
    """What was written about each lead's reject, by lead."""
    found: dict[int, list[Note]] = {}
    notes = Note.objects.filter(
        lead__in=[row.lead_id for row in rows],
        event__kind__in=("rejected", "feedback", "disputed", "arbitrated"),
    )
    for note in notes.select_related("by", "event").order_by("at", "pk"):
        found.setdefault(note.lead_id, []).append(note)
    return found
