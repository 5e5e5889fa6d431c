"""The monthly arbitration, and excuses."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EntryInvalid, Problem
from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.boards import disputes as table
from accord.server.boards import rejects as box
from accord.server.boards.rejects import find
from accord.server.boards.showing import CAUSES, DUTIES, names_of, page_of, reason_word, sees_people, who
from accord.server.boards.views.common import agreement_now
from accord.server.desk import acts
from accord.server.look.answering import back, said_on_the_page, viewer_of
from accord.server.people.models import User

_YEAR, _QUARTER = timedelta(days=365), timedelta(days=90)


@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """What waits for the meeting, about twenty of it, or with `show=settled` what was decided."""
    viewer, agreement, now = viewer_of(request), agreement_now(), timezone.now()
    settled = request.GET.get("show") == "settled"
    page = page_of(request, table.decided() if settled else table.waiting())
    rows = page.rows if settled else page.rows[: table.A_MEETING]
    sees = sees_people(viewer)
    words = table.words_of(rows) if sees else {}
    lines = [
        (row, who(row.lead, agreement, sees=sees), reason_word(row.reason) if row.reason else "",
         words.get(row.lead_id, ()))
        for row in rows
    ]  # fmt: skip
    return render(request, "boards/disputes.html", {
        "show": "settled" if settled else "open",
        "page": page,
        "lines": lines,
        "more": not settled and len(page.rows) > table.A_MEETING,
        "rate": table.rate(now - _YEAR),
        "others": table.others_of(viewer) if may(viewer, "dispute-settle", "POST") else [],
        "sees": sees,
        "names": names_of(agreement, box.people_of(rows)),
    })  # fmt: skip


@require_POST
@said_on_the_page("disputes")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Upheld or overturned, with whom, and why."""
    verdict, chosen = request.POST.get("verdict", ""), request.POST.get("with_whom", "")
    if verdict not in ("upheld", "overturned"):
        raise EntryInvalid(
            [Problem("", 0, "verdict", _("choose whether the reject stands or is taken back"))]
        )
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
    table.settle(
        actor_of(request),
        find(pk),
        overturned=verdict == "overturned",
        with_whom=User.objects.filter(pk=number, is_active=True).first(),
        note=request.POST.get("note", ""),
        at=timezone.now(),
    )
    messages.success(request, _("The dispute is settled."))
    return back(request, "disputes")


@require_safe
def excuses(request: HttpRequest) -> HttpResponse:
    """Broken promises that the viewer's side may still excuse; figures with and without those excused."""
    viewer, agreement, now = viewer_of(request), agreement_now(), timezone.now()
    side = table.may_excuse(viewer)
    sees = sees_people(viewer)
    breaches = [
        (one, who(one.duty.lead, agreement, sees=sees), DUTIES.get(one.duty.kind, one.duty.kind),
         CAUSES.get(one.duty.cause, ""))
        for one in (table.excusable(side, now) if side else [])
    ]  # fmt: skip
    return render(request, "boards/excuses.html", {
        "side": side,
        "breaches": breaches,
        "figures": table.with_and_without(now - _QUARTER),
        "within": agreement.clocks.excuse_within if agreement else None,
        "sees": sees,
    })  # fmt: skip


@require_POST
@said_on_the_page("excuses")
def excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Excuse one breach of the other side, with a reason."""
    duty = table.find_breach(pk)
    acts.excuse(actor_of(request), duty.lead_id, duty.kind, request.POST.get("reason", ""), timezone.now())
    messages.success(request, _("The breach is excused; it stays on record, with your reason."))
    return back(request, "excuses")
