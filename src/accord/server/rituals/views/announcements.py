"""Wins and misses: what was announced, what goes out soon, what was held back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.boards.showing import page_of
from accord.server.look.answering import said_on_the_page, viewer_of
from accord.server.rituals import announcing, saying
from accord.server.rituals.models import Announcement


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Announcement.objects.select_related("held_by"))
    facts = {
        "page": page,
        "rows": [(one, saying.announced(one)) for one in page.rows],
        "may_hold": announcing.may_hold(viewer_of(request)),
    }
    return render(request, "rituals/announcements.html", facts)


@require_POST
@said_on_the_page("announcements")
def hold(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Hold a draft back, or let it out."""
    if what not in ("hold", "release"):
        raise PageUnknown(what, ("hold", "release"))
    if what == "hold":
        announcing.hold(actor_of(request), pk, request.POST.get("note", ""))
        messages.success(request, _("It is held back; both sides see why."))
    else:
        announcing.release(actor_of(request), pk, timezone.now())
        messages.success(request, _("It goes out within a minute."))
    return redirect("announcements")
