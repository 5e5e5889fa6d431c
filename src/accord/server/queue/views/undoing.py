"""What was logged last is taken back, from the line that says what it was."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.server.audit.trail import actor_of
from accord.server.desk import acts
from accord.server.queue.card import find_lead
from accord.server.queue.showing import name_of
from accord.server.queue.views.card import body

_LONGEST = 18  # signs of a number that a database takes


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take it back, and show what stands where it was asked for: the queue, or the card."""
    lead = find_lead(key)
    sent = request.POST.getlist("seq")
    seqs = [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) <= _LONGEST]
    acts.undo(actor_of(request), lead.pk, seqs, timezone.now())
    said, queue = _("Taken back."), request.POST.get("from") == "queue"
    if not getattr(request, "htmx", False):
        messages.success(request, said)
        return redirect("queue") if queue else redirect("lead", lead.key)
    if not queue:
        return body(request, lead, said)
    response = render(request, "queue/undo.html")
    told = {"row": f"w{lead.pk}", "said": f"{name_of(lead)}: {said}"}
    response["HX-Trigger-After-Swap"] = json.dumps({"accord:logged": told, "accord:undone": told})
    return response
