"""The rejection inbox of marketing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accord.agreement.terms import Agreement
from accord.errors import PageUnknown
from accord.lead.standing import Standing
from accord.promises.verdict import State
from accord.server.audit.trail import actor_of
from accord.server.boards import rejects as box
from accord.server.boards.models import Reject
from accord.server.boards.showing import Who, Words, names_of, page_of, reason_word, sees_people, who
from accord.server.boards.views.common import agreement_now
from accord.server.desk import acts
from accord.server.desk.models import Duty, Note
from accord.server.desk.terms import terms_of
from accord.server.look.answering import back, said_on_the_page, viewer_of
from accord.server.look.saving import csv_file
from accord.server.people.models import Side, User
from accord.server.qualify.assessing import missing_of
from accord.server.queue.showing import units_json
from accord.server.queue.timing import Clocks, Left

_LATELY = timedelta(days=90)
FIELDS = (
    ("email", gettext_lazy("E-mail address"), "email"),
    ("phone", gettext_lazy("Phone"), "tel"),
    ("name", gettext_lazy("Name"), "text"),
    ("company", gettext_lazy("Company"), "text"),
    ("role", gettext_lazy("Role"), "text"),
    ("linkedin", gettext_lazy("LinkedIn"), "text"),
)
TABS = (
    ("open", gettext_lazy("Waiting for marketing")),
    ("disputed", gettext_lazy("Disputed")),
    ("settled", gettext_lazy("Settled")),
    ("all", gettext_lazy("All")),
)


@dataclass(frozen=True)
class Line:
    """One reject in the list."""

    row: Reject
    who: Who
    reason: Words
    clock: Duty | None
    left: Left | None  # of the time for the reason, while it runs
    notes: tuple[Note, ...]


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    viewer, agreement, now = viewer_of(request), agreement_now(), timezone.now()
    show = request.GET.get("show", "")
    show = show if show in box.SHOW else box.SHOW[0]
    reason, source = request.GET.get("reason", "")[:120], request.GET.get("source", "")[:120]
    page = page_of(request, box.rejects(show, reason=reason, source=source))
    since = now - _LATELY
    return render(request, "boards/rejects.html", {
        "show": show,
        "tabs": TABS,
        "page": page,
        "lines": _lines(page.rows, agreement, viewer, now),
        **_countdown(),
        "reasons": [
            (name or "none", reason_word(name) if name else _("no reason given"), count)
            for name, count in box.counts("reason", since)
        ],
        "sources": box.counts("source", since),
        "reason": reason,
        "source": source,
        "reason_word": _("no reason given") if reason == "none" else reason_word(reason),
        "asked": request.GET.urlencode(),
        "sees": sees_people(viewer),
        "names": names_of(agreement, box.people_of(page.rows)),
    })  # fmt: skip


@require_safe
def table(request: HttpRequest) -> HttpResponseBase:
    """The rejects that the page lists, as CSV."""
    show = request.GET.get("show", "all")
    rows = box.rejects(
        show if show in box.SHOW else "all",
        reason=request.GET.get("reason", "")[:120],
        source=request.GET.get("source", "")[:120],
    )
    return csv_file("rejects.csv", box.as_csv(rows))


@require_safe
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """One reject with its words, its clock, and what can be done about it."""
    viewer, row, now = viewer_of(request), box.find(pk), timezone.now()
    agreement = terms_of(row.lead, now)
    line = _lines([row], agreement, viewer, now)[0]
    contact = row.lead.contact
    with_marketing = row.settled_at is None and row.lead.standing == Standing.REJECTED
    return render(request, "boards/reject.html", {
        "line": line,
        **_countdown(),
        "row": row,
        "sees": sees_people(viewer),
        "names": names_of(agreement, box.people_of([row])),
        "may_settle": box.may_settle(viewer) and with_marketing,
        "may_dispute": viewer.side == Side.MARKETING and with_marketing and row.disputed_at is None,
        "may_enrol": viewer.side == Side.MARKETING and with_marketing,
        "in_dispute": row.disputed_at is not None and row.decided_at is None,
        "fields": [(*field, getattr(contact, field[0], "") if contact else "") for field in FIELDS],
        "missing": missing_of(agreement, contact) if agreement else (),
        "tracks": acts.choices.tracks(agreement),
        "track": acts.choices.track_for(agreement, row.reason),
    })  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One of the buttons of a reject."""
    row = box.find(pk)
    if act not in _ACTS:
        raise PageUnknown(request.path)
    return said_on_the_page(f"/rejects/{pk}/")(_ACTS[act])(request, row)


def _dispute(request: HttpRequest, row: Reject) -> HttpResponse:
    acts.dispute(actor_of(request), row.lead_id, request.POST.get("note", ""), timezone.now())
    messages.success(request, _("The reject is disputed; it waits for the next arbitration."))
    return back(request, "rejects")


def _send(request: HttpRequest, row: Reject) -> HttpResponse:
    fields = {name: request.POST.get(name, "").strip() for name, _words, _kind in FIELDS}
    lead = box.send_again(actor_of(request), row, fields, timezone.now())
    name = lead.owner.name if lead.owner else _("nobody yet")
    messages.success(
        request, _("%(lead)s was handed off again, to %(name)s.") % {"lead": lead.key, "name": name}
    )
    return redirect("rejects")


def _enrol(request: HttpRequest, row: Reject) -> HttpResponse:
    track = request.POST.get("track", "")
    acts.start_track(actor_of(request), row.lead_id, track, timezone.now())
    messages.success(
        request, _("%(lead)s is in the track %(track)s now.") % {"lead": row.lead.key, "track": track}
    )
    return redirect("rejects")


def _close(request: HttpRequest, row: Reject) -> HttpResponse:
    box.close(actor_of(request), row, timezone.now())
    messages.success(request, _("The reject of %(lead)s is accepted.") % {"lead": row.lead.key})
    return redirect("rejects")


_ACTS = {"dispute": _dispute, "send": _send, "enrol": _enrol, "close": _close}


def _lines(rows: Sequence[Reject], agreement: Agreement | None, viewer: User, at: datetime) -> list[Line]:
    sees, clocks = sees_people(viewer), Clocks(agreement, at) if agreement else None
    return [
        Line(
            row=story.row,
            who=who(story.row.lead, agreement, sees=sees),
            reason=reason_word(story.row.reason) if story.row.reason else "",
            clock=story.feedback,
            left=_left(story.feedback, clocks),
            notes=story.notes if sees else (),
        )
        for story in box.stories(list(rows))
    ]


def _left(duty: Duty | None, clocks: Clocks | None) -> Left | None:
    """What is left of the time for the reason; None where it does not run."""
    if duty is None or clocks is None or duty.state != State.PENDING or duty.met_at or duty.ended_at:
        return None
    return clocks.left(duty.kind, duty.calendar, "", duty.due_at)


def _countdown() -> dict[str, str]:
    """What the script needs that counts the clocks down."""
    return {"units_json": units_json(), "over_words": _("%(time)s over") % {"time": "{}"}}
