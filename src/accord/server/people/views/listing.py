"""The list of people, and inviting more."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accord.errors import EntryInvalid
from accord.server.audit.trail import actor_of
from accord.server.people import absences, inviting, listing
from accord.server.people.forms import InviteForm, take_in
from accord.server.people.links import full_address
from accord.server.people.models import Invitation, User

_MOST_WORDS = 200


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    viewer, today = cast(User, request.user), timezone.localdate()
    words = request.GET.get("q", "")[:_MOST_WORDS]
    groups = listing.groups(viewer, today, words)
    facts = {
        "groups": groups,
        "words": words,
        "found": sum(len(group.rows) for group in groups),
        "invitations": listing.open_invitations(viewer),
        "away": absences.coming(today),
        "today": today,
    }
    return render(request, "people/people.html", facts)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    inviter = cast(User, request.user)
    if request.method != "POST":
        known = {key: request.GET[key] for key in ("email", "name", "side", "role") if key in request.GET}
        return render(request, "people/invite.html", {"form": InviteForm(inviter, initial=known)})
    form = InviteForm(inviter, request.POST)
    if form.is_valid():
        try:
            invited = inviting.invite(
                actor_of(request),
                form.wanted(),
                lambda token: full_address(request, reverse("join", args=[token])),
            )
        except EntryInvalid as error:
            take_in(form, error)
        else:
            return render(request, "people/invited.html", {"invited": invited})
    return render(request, "people/invite.html", {"form": form}, status=422)


@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    inviting.withdraw(actor_of(request), invitation)
    messages.success(request, _("The invitation has been taken back; its link lets nobody in."))
    return redirect("people")
