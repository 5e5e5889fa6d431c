"""Nurture: the tracks explained, who is where, what is due; started and stopped by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.boards import nurturing
from accord.server.boards.showing import names_of, page_of, reason_word, sees_people, who
from accord.server.boards.views.common import agreement_now
from accord.server.desk import acts
from accord.server.look.answering import back, said_on_the_page, viewer_of
from accord.server.people.models import Side


@require_safe
def nurture(request: HttpRequest) -> HttpResponse:
    viewer, agreement, now = viewer_of(request), agreement_now(), timezone.now()
    tracks = nurturing.tracks(agreement)
    chosen = request.GET.get("track", "")
    chosen = chosen if chosen in {track.name for track in tracks} else ""
    sees = sees_people(viewer)
    due = page_of(request, nurturing.due(now)).rows
    page = page_of(request, nurturing.inside(chosen))
    waits = nurturing.held_back()[:20]
    return render(request, "boards/nurture.html", {
        "tracks": [(track, [reason_word(reason) for reason in track.reasons]) for track in tracks],
        "chosen": chosen,
        "due": [(row, who(row.lead, agreement, sees=sees)) for row in due],
        "page": page,
        "lines": [(row, who(row.lead, agreement, sees=sees)) for row in page.rows],
        "mails": nurturing.mails_of(agreement),
        "waits": [(row, who(row.lead, agreement, sees=sees)) for row in waits],
        "lead": request.GET.get("lead", "")[:64],
        "startable": acts.choices.tracks(agreement, by_hand=viewer.side == Side.SALES)
        if may(viewer, "nurture-start", "POST") else (),
        "sees": sees,
        "names": names_of(agreement, [row.started_by for row in page.rows]),
        "now": now,
    })  # fmt: skip


@require_POST
@said_on_the_page("nurture")
def start(request: HttpRequest) -> HttpResponse:
    track = request.POST.get("track", "")
    lead = nurturing.start(actor_of(request), request.POST.get("lead", ""), track, timezone.now())
    messages.success(
        request, _("%(lead)s is in the track %(track)s now.") % {"lead": lead.key, "track": track}
    )
    return back(request, "nurture")


@require_POST
@said_on_the_page("nurture")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row = nurturing.find(pk)
    nurturing.stop(actor_of(request), row, timezone.now())
    messages.success(request, _("%(lead)s gets nothing more from this track.") % {"lead": row.lead.key})
    return back(request, "nurture")


@require_POST
@said_on_the_page("nurture")
def sent(request: HttpRequest, pk: int) -> HttpResponse:
    row = nurturing.find(pk)
    nurturing.sent(actor_of(request), row, timezone.now())
    messages.success(request, _("Noted: it was sent to %(lead)s.") % {"lead": row.lead.key})
    return back(request, "nurture")
