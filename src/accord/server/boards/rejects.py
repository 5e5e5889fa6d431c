"""The inbox of rejects: what sales sent back, why, and what marketing does about each (5.8, S1.26)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import EditConflict, NotAllowed, PageUnknown
from accord.lead.standing import Standing
from accord.promises.duties import DutyKind
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.boards.models import Reject
from accord.server.desk import acts
from accord.server.desk.handing_off import hand_off
from accord.server.desk.models import Duty, Lead, Note
from accord.server.desk.recording import locked
from accord.server.look.saving import csv_lines
from accord.server.people.models import Side, User

SHOW = ("open", "disputed", "settled", "all")
COLUMNS = ("lead", "rejected_at", "rejected_by", "reason", "reason_given_at", "feedback_due_at", "feedback",
           "lead_type", "source", "disputed_at", "overturned", "settled_at", "how")  # fmt: skip
_AT_ONCE = 500


@dataclass(frozen=True)
class Story:
    """One reject with what belongs to it: the clock for the reason, and the words of both sides."""

    row: Reject
    feedback: Duty | None
    notes: tuple[Note, ...]


def rejects(show: str, *, reason: str = "", source: str = "") -> QuerySet[Reject]:
    """Rejects of one kind; those that wait stand the oldest first, all others the newest."""
    rows = Reject.objects.select_related("lead__contact", "lead__owner")
    if show == "open":
        rows = rows.filter(settled_at=None).order_by("at", "pk")
    elif show == "disputed":
        rows = rows.filter(disputed_at__isnull=False, decided_at=None).order_by("disputed_at", "pk")
    elif show == "settled":
        rows = rows.filter(settled_at__isnull=False).order_by("-at", "-pk")
    else:
        rows = rows.order_by("-at", "-pk")
    if reason:
        rows = rows.filter(reason="" if reason == "none" else reason)
    return rows.filter(source=source) if source else rows


def counts(field: str, since: datetime) -> list[tuple[str, int]]:
    """How many leads were rejected since then, by reason or by source; the most first."""
    rows = Reject.objects.filter(at__gte=since).order_by().values_list(field).annotate(count=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def stories(rows: Sequence[Reject]) -> list[Story]:
    """Rejects with their clocks and words: two queries for all of them."""
    leads = [row.lead_id for row in rows]
    clocks = {
        duty.lead_id: duty for duty in Duty.objects.filter(lead__in=leads, kind=DutyKind.FEEDBACK.value)
    }
    notes: dict[int, list[Note]] = {}
    told = Note.objects.filter(lead__in=leads, event__isnull=False).select_related("by").order_by("at")
    for note in told.filter(event__kind__in=("rejected", "feedback", "disputed", "arbitrated")):
        notes.setdefault(note.lead_id, []).append(note)
    return [
        Story(
            row,
            clocks.get(row.lead_id),
            tuple(note for note in notes.get(row.lead_id, ()) if note.at >= row.at),
        )
        for row in rows
    ]


def people_of(rows: Iterable[Reject]) -> list[str]:
    """Those whom rejects name, as the log calls them."""
    return [actor for row in rows for actor in (row.by, row.disputed_by, row.decided_by) if actor]


def find(pk: int) -> Reject:
    found = Reject.objects.select_related("lead__contact", "lead__owner").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(_("reject %(number)s") % {"number": pk})
    return found


@transaction.atomic
def close(by: Actor, row: Reject, at: datetime) -> None:
    """Marketing takes a reject as right and does no more about it. EditConflict where it was settled."""
    must_be_marketing(by)
    held = locked(row.lead_id)
    open_ = Reject.objects.filter(pk=row.pk, settled_at=None)
    if open_.filter(disputed_at__isnull=False, decided_at=None).exists():
        raise EditConflict(_("this reject is disputed; the arbitration settles it"))
    if not open_.update(settled_at=at, settled_by=by.user, how=Reject.How.CLOSED):
        raise EditConflict(_("this reject has been settled already; look at the page again"))
    record(by, Action.REJECT_CLOSED, held, link=reverse("reject", args=[row.pk]))


@transaction.atomic
def send_again(by: Actor, row: Reject, fields: Mapping[str, str], at: datetime) -> Lead:
    """Write what was missing or wrong, and hand the lead off anew; it goes to sales if nothing is missing."""
    must_be_marketing(by)
    locked(row.lead_id)
    if row.lead.standing != Standing.REJECTED:
        raise EditConflict(_("this lead is not with marketing any more; look at the page again"))
    known = {name: value for name, value in fields.items() if value}
    if known:
        acts.correct(by, row.lead_id, known, at)
    held = hand_off(locked(row.lead_id), at, by, why=(_("mended after a reject"),))
    if held.missing:
        missing = ", ".join(held.missing)
        raise NotAllowed(
            _("it was not sent: %(missing)s is still missing; fill that in too") % {"missing": missing}
        )
    return held


def must_be_marketing(by: Actor) -> None:
    if by.user is None or by.user.side not in (Side.MARKETING, Side.OPERATIONS):
        raise NotAllowed(_("rejects are settled by marketing; ask somebody of that side"), by_rights=True)


def may_settle(user: User) -> bool:
    return user.side in (Side.MARKETING, Side.OPERATIONS)


def as_csv(rows: QuerySet[Reject]) -> Iterator[str]:
    """Rejects, one a row, without personal data; times in UTC. No cell is run by a spreadsheet."""
    return csv_lines(chain([COLUMNS], _rows(rows)))


def _rows(rows: QuerySet[Reject]) -> Iterator[tuple[str, ...]]:
    found = rows.iterator(chunk_size=_AT_ONCE)
    while chunk := [row for row, _n in zip(found, range(_AT_ONCE), strict=False)]:
        clocks = dict(
            Duty.objects.filter(lead__in=[row.lead_id for row in chunk], kind=DutyKind.FEEDBACK.value)
            .values_list("lead_id", "pk")
        )  # fmt: skip
        duties = Duty.objects.in_bulk(list(clocks.values()))
        for row in chunk:
            yield _cells(row, duties.get(clocks.get(row.lead_id, 0)))


def _cells(row: Reject, clock: Duty | None) -> tuple[str, ...]:
    overturned = "" if row.overturned is None else "yes" if row.overturned else "no"
    return (
        row.lead.key, _utc(row.at), row.by, row.reason, _utc(row.feedback_at),
        _utc(clock.due_at if clock else None), clock.state if clock else "", row.lead.lead_type, row.source,
        _utc(row.disputed_at), overturned, _utc(row.settled_at), row.how,
    )  # fmt: skip


def _utc(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""
