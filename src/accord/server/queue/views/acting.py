"""One act on one lead: its form as a page or a part of one, and what was sent from it."""

import json
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accord.errors import AccordError, EntryInvalid
from accord.server.audit.trail import actor_of
from accord.server.desk.models import Lead
from accord.server.people.forms import take_in
from accord.server.people.models import User
from accord.server.queue import acting, showing
from accord.server.queue.card import find_lead, setting_of
from accord.server.queue.forms import ActForm
from accord.server.queue.reading import read_row
from accord.server.queue.undoing import offer
from accord.server.queue.views.card import body
from accord.server.queue.views.when import midnight_after


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """GET: the form. POST: do it, and show what came of it where it was sent from."""
    doing, lead, at = acting.find_doing(act), find_lead(key), timezone.now()
    setting = setting_of(lead, at)
    if request.method != "POST":
        return _form(request, lead, act, acting.form_of(act, setting))
    form = acting.form_of(act, setting, request.POST)
    if not form.is_valid():
        return _form(request, lead, act, form, status=422)
    try:
        after = doing.run(actor_of(request), lead.pk, form.cleaned_data, at)
    except EntryInvalid as error:
        take_in(form, error)
        return _form(request, lead, act, form, status=422)
    except AccordError as error:
        if doing.press or (_is_one_press(request) and not acting.may_be_asked(act, form, lead, at)):
            raise
        form.add_error(None, f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return _form(request, lead, act, form, status=error.http_status)
    return _done(request, Lead.objects.select_related("contact", "owner").get(pk=after.pk), doing)


def _is_one_press(request: HttpRequest) -> bool:
    """Sent by a button of the queue, where there is no form to show again."""
    return bool(getattr(request, "htmx", False)) and request.headers.get("HX-Target", "").startswith("w")


def _form(request: HttpRequest, lead: Lead, name: str, form: ActForm, status: int = 200) -> HttpResponse:
    facts = {
        "lead": lead,
        "name": name,
        "doing": acting.find_doing(name),
        "form": form,
        "called": showing.name_of(lead),
        "origin": _origin(request),
    }
    template = "queue/act_part.html" if getattr(request, "htmx", False) else "queue/act.html"
    response = render(request, template, facts, status=status)
    if _is_one_press(request):  # a key or button of a row has no place for a form: the dialog has
        response["HX-Retarget"], response["HX-Reswap"] = "#act", "innerHTML"
    return response


def _origin(request: HttpRequest) -> str:
    """Where the form stands: `queue`, or the card."""
    asked = request.POST.get("from") or request.GET.get("from", "")
    target = request.headers.get("HX-Target", "")
    return "queue" if asked == "queue" or target == "act" or _is_one_press(request) else ""


def _done(request: HttpRequest, lead: Lead, doing: acting.Doing) -> HttpResponse:
    """A row of the queue, the card anew, or back to where the form was opened from."""
    if getattr(request, "htmx", False):
        return _row(request, lead, doing) if _from_queue(request) else body(request, lead, str(doing.done))
    messages.success(request, str(doing.done))
    if request.POST.get("from") == "queue":
        return redirect(f"{reverse('queue')}?{urlencode({'did': lead.key})}")
    return redirect("lead", lead.key)


def _from_queue(request: HttpRequest) -> bool:
    return request.POST.get("from") == "queue" or _is_one_press(request)


def _row(request: HttpRequest, lead: Lead, doing: acting.Doing) -> HttpResponse:
    """The row as it is now; one that left the queue says so until the list renews itself."""
    at = timezone.now()
    setting = setting_of(lead, at)
    row = read_row(lead, at, midnight_after(at))
    facts = {
        "line": showing.line(row, setting.agreement),
        "say": showing.sayings(),
        "gone": lead.standing not in showing.OPEN,
        "said": doing.done,
        "undo": offer(lead, cast(User, request.user), at),
        "origin": "queue",
        "swap": True,
    }
    response = render(request, "queue/row_done.html", facts)
    response["HX-Retarget"], response["HX-Reswap"] = f"#w{lead.pk}", "outerHTML"
    told = {"row": f"w{lead.pk}", "said": f"{showing.name_of(lead)}: {doing.done}"}
    response["HX-Trigger"] = json.dumps({"accord:logged": told})
    return response
