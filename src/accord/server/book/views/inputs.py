"""The plan's inputs measured anew, and the draft that is made of them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.plan.recalculation import Input
from accord.plan.revaluing import valued
from accord.server.access import may
from accord.server.agreements.finding import version_in_force
from accord.server.audit.trail import actor_of
from accord.server.book import acts, reading
from accord.server.book.models import Look
from accord.server.book.reminding import day_of, refresh_due
from accord.server.book.showing import attempts_of, proposals_of, response_of
from accord.server.look.answering import said_on_the_page, viewer_of


@require_safe
def inputs(request: HttpRequest) -> HttpResponse:
    """Proposals with their evidence, the curves, and what was looked at before."""
    kept, now = reading.sheet(), timezone.now()
    found = version_in_force(now)
    today = day_of(found.agreement, now) if found else now.date()
    due = refresh_due(found, today) if found else None
    told = kept.inputs if kept else {}
    offered = told.get("proposals", [])
    follow = [one["path"][1] for one in offered if one["kind"] == Input.TARGET.value]
    promised = [one.id for one in valued(found.agreement)] if found else []
    return render(request, "book/inputs.html", {
        "priced": any(one["kind"] == Input.PRICE.value for one in offered),
        "follow": follow,
        "valued": [name for name in promised if name not in follow],
        "sheet": kept,
        "proposals": proposals_of(offered, found.agreement if found else None),
        "unchanged": told.get("unchanged", []),
        "unmeasured": told.get("unmeasured", []),
        "response": response_of(told.get("response", [])),
        "attempts": attempts_of(told.get("attempts", [])),
        "looks": Look.objects.select_related("by", "draft__file")[:10],
        "measured_on": due[0] if due else None,
        "due_on": due[1] if due else None,
        "is_due": bool(due and today >= due[1]),
        "may_draft": may(viewer_of(request), "book-draft", "POST"),
    })  # fmt: skip


@require_POST
@said_on_the_page("book-inputs")
def draft(request: HttpRequest) -> HttpResponse:
    """A draft of the next version with what was chosen."""
    keys = [key[:400] for key in request.POST.getlist("input")[:500]]
    made = acts.draft_inputs(actor_of(request), keys, request.POST.get("reason", "")[:2000])
    messages.success(
        request, _("The draft is made. Both sides can amend it; it holds once it is proposed and signed.")
    )
    for one in acts.stays_behind(keys):
        stays = _(
            "%(name)s stays at %(value)s although prices change; change it in the draft if it is not to."
        )
        messages.warning(request, stays % {"name": one.path[1], "value": one.old})
    return redirect("draft", made.file.slug, made.number)


@require_POST
@said_on_the_page("book-inputs")
def stay(request: HttpRequest) -> HttpResponse:
    """Note that the inputs were looked at and stay."""
    acts.all_stays(actor_of(request), request.POST.get("reason", "")[:2000])
    messages.success(request, _("Noted: the inputs were looked at and stay as agreed."))
    return redirect("book-inputs")
