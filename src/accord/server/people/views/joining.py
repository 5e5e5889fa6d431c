"""Coming in by the link of an invitation."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accord.report.format import name as shown
from accord.server.audit.trail import address_of
from accord.server.people import inviting
from accord.server.people.forms import JoinForm
from accord.server.people.limiting import count
from accord.server.people.models import Invitation

_BY_PASSWORD = "accord.server.people.signing_in.Accounts"  # noqa: S105 - the name of a class
_GONE = 410


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    count(request, "join")
    invitation = inviting.find_by_token(token)
    standing = inviting.standing(invitation)
    if standing is not inviting.Standing.OPEN or request.user.is_authenticated:
        facts = {"invitation": invitation, "standing": standing.value}
        status = 200 if standing is inviting.Standing.OPEN else _GONE
        return render(request, "people/join_closed.html", facts, status=status)
    form = JoinForm(invitation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _come_in(request, invitation, form)
    status = 422 if form.errors else 200
    return render(request, "people/join.html", {"invitation": invitation, "form": form}, status=status)


def _come_in(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    name, password = form.cleaned_data["name"], form.cleaned_data["password"]
    user = inviting.accept(invitation, name, password, address=address_of(request))
    login(request, user, backend=_BY_PASSWORD)  # under a new session key
    messages.success(request, _("Welcome, %(name)s.") % {"name": shown(user.name)})
    return redirect("home")
