"""One's own: name, language, clock, how one signs in."""

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import deactivate_totp
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accord.server.audit.trail import actor_of
from accord.server.people import absences, keeping
from accord.server.people.forms import AbsenceForm, ProfileForm
from accord.server.people.models import Side, User

_A_YEAR = 31_536_000


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    theme = request.COOKIES.get("theme", "")
    if request.method != "POST":
        return _page(request, person, ProfileForm(person, theme))
    form = ProfileForm(person, theme, request.POST)
    if not form.is_valid():
        return _page(request, person, form)
    own = {field: form.cleaned_data[field] for field in keeping.OWN if field in form.cleaned_data}
    saved = keeping.edit_own(actor_of(request), **own)
    with translation.override(saved.language or None):
        messages.success(request, _("Saved."))
    return _with_theme(redirect("profile"), form.cleaned_data["theme"])


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    update_session_auth_hash(request, keeping.end_sessions(actor_of(request)))
    messages.success(request, _("You are signed out everywhere else."))
    if (
        count := cast(User, request.user)
        .tokens.filter(revoked_at=None, expires_at__gt=timezone.now())
        .count()
    ):
        told = ngettext(
            "%(count)s token of the API still works for you: see Tokens.",
            "%(count)s tokens of the API still work for you: see Tokens.",
            count,
        )
        messages.warning(request, told % {"count": count})
    return redirect("profile")


def switch_factor_off(request: HttpRequest) -> HttpResponse:
    """allauth's page, or back to the overview where the app is off already."""
    if Authenticator.objects.filter(user=cast(User, request.user), type=Authenticator.Type.TOTP).exists():
        return cast(HttpResponse, deactivate_totp(request))
    return redirect("mfa_index")


def _with_theme(response: HttpResponse, theme: str) -> HttpResponse:
    if theme in ("light", "dark"):
        response.set_cookie("theme", theme, max_age=_A_YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme")
    return response


def _page(request: HttpRequest, person: User, form: ProfileForm) -> HttpResponse:
    today = timezone.localdate()
    missed = person.side != Side.VIEWER
    facts = {
        "form": form,
        "absences": absences.of(person, today) if missed else [],
        "absence_form": AbsenceForm(person, today) if missed else None,
        "today": today,
        "factors": set(Authenticator.objects.filter(user=person).values_list("type", flat=True)),
    }
    return render(request, "people/profile.html", facts, status=422 if form.errors else 200)
