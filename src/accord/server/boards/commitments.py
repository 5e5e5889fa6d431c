"""The register of what prospects were promised, with due times, and kept or broken (S0.40)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.desk.models import Duty, Event

SHOW = ("open", "late", "kept", "broken")


@dataclass(frozen=True)
class Commitment:
    """One promise to a prospect: what, in whose words it is known, and the clock of it."""

    duty: Duty
    what: str
    by: str  # who gave it, as the log names them
    given_at: datetime | None


def commitments(show: str) -> QuerySet[Duty]:
    rows = Duty.objects.filter(kind=DutyKind.COMMITMENT.value)
    rows = rows.select_related("lead__contact", "lead__owner", "owner")
    if show == "kept":
        return rows.filter(state=State.KEPT.value).order_by("-due_at", "-pk")
    if show == "broken":
        return rows.filter(broken_at__isnull=False).order_by("-broken_at", "-pk")
    still = rows.filter(met_at=None, ended_at=None).order_by("due_at", "pk")
    return (
        still.filter(state=State.BROKEN.value) if show == "late" else still.exclude(state=State.EXCUSED.value)
    )


def counts() -> dict[str, int]:
    """How many were kept, were broken, and are open."""
    rows = Duty.objects.filter(kind=DutyKind.COMMITMENT.value).order_by()
    found = dict(rows.values_list("state").annotate(count=Count("pk")))
    return {state.value: found.get(state.value, 0) for state in State}


def told(duties: Sequence[Duty]) -> list[Commitment]:
    """Commitments with their words: one query for all of them."""
    events = Event.objects.in_bulk([duty.number for duty in duties])
    return [_told(duty, events.get(duty.number)) for duty in duties]


def _told(duty: Duty, event: Event | None) -> Commitment:
    if event is None:
        return Commitment(duty, "", "", None)
    return Commitment(duty, event.reason, event.actor, event.occurred_at)
