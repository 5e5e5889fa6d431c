"""All that is kept about one person: looked at, handed out, erased (DOMAIN 8.4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accord.errors import EditConflict, LeadUnknown
from accord.server.audit.trail import actor_of
from accord.server.desk.erasing import erase_person, export_person
from accord.server.desk.forms import EraseForm
from accord.server.desk.models import Lead
from accord.server.desk.personal import known_of


@never_cache
@require_safe
def personal(request: HttpRequest, key: str) -> HttpResponse:
    lead = _lead(key)
    return _page(request, lead, EraseForm(lead.key))


@never_cache
@require_POST
def export(request: HttpRequest, key: str) -> HttpResponse:
    """A file with all of it; the audit says who took it."""
    lead = _lead(key)
    told = export_person(actor_of(request), lead.pk, timezone.now())
    head = {"Content-Disposition": f'attachment; filename="person-{lead.pk}.json"'}
    return JsonResponse(told, headers=head, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_POST
def erase(request: HttpRequest, key: str) -> HttpResponse:
    lead = _lead(key)
    form = EraseForm(lead.key, request.POST)
    if not form.is_valid():
        return _page(request, lead, form, 422)
    try:
        erased = erase_person(actor_of(request), lead.pk, timezone.now(), reason=form.cleaned_data["reason"])
    except EditConflict as error:
        form.add_error(None, str(error))
        return _page(request, lead, form, error.http_status)
    messages.success(
        request,
        ngettext(
            "Erased. What is left of %(count)s lead names nobody.",
            "Erased. What is left of %(count)s leads names nobody.",
            len(erased),
        )
        % {"count": len(erased)},
    )
    return redirect("personal", key=lead.key)


def _page(request: HttpRequest, lead: Lead, form: EraseForm, status: int = 200) -> HttpResponse:
    facts = {"lead": lead, "known": known_of(lead), "form": form}
    return render(request, "desk/personal.html", facts, status=status)


def _lead(key: str) -> Lead:
    found = Lead.objects.select_related("contact").filter(key=key[:64]).first()
    if found is None:
        raise LeadUnknown(key[:64])
    return found
