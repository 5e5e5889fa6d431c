"""The set-up page, and what to do after it."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accord.errors import NotAllowed, PageUnknown, TooManyTries
from accord.server.audit.trail import actor_of, address_of
from accord.server.people.models import User
from accord.server.running.forms import SetUpForm
from accord.server.running.setting_up import holds, no_such_token, nobody_yet, set_up

_TRIES, _A_MINUTE = 10, 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first account, by the token from the console; no page at all once somebody has one."""
    if not nobody_yet():
        raise PageUnknown("setup")
    if request.method != "POST":
        return _first_asked(request, request.GET.get("token", "")[:200])
    _not_too_often(request)
    form = SetUpForm(request.POST)
    if not form.is_valid():
        return _asked(request, form)
    try:
        user = set_up(actor_of(request), **form.cleaned_data)
    except NotAllowed as error:
        form.add_error("token", str(error))
        return _asked(request, form)
    perform_password_login(request, {"email": user.email}, Login(user=user))
    return redirect("setup-next")


def _first_asked(request: HttpRequest, token: str) -> HttpResponse:
    """The empty form; a token in the address that is none is told at once, not after all is filled in."""
    form = SetUpForm(initial={"token": token})
    if not token or holds(token):
        return _asked(request, form)
    _not_too_often(request)
    return _asked(request, form, str(no_such_token()))


def _asked(request: HttpRequest, form: SetUpForm, wrong: str = "") -> HttpResponse:
    status = 422 if form.errors or wrong else 200
    return render(request, "running/setup.html", {"form": form, "wrong": wrong}, status=status)


def _not_too_often(request: HttpRequest) -> None:
    key = f"setup:{address_of(request)}"
    cache.add(key, 0, _A_MINUTE)
    if cache.incr(key) > _TRIES:
        raise TooManyTries(_("too many tries; wait a minute, then take the token from the console again"))


@require_safe
def setup_next(request: HttpRequest) -> HttpResponse:
    """What to do in an installation that has just been set up."""
    known = {"alone": User.objects.count() < 2, "mail": bool(settings.ENV.mail)}
    return render(request, "running/setup_next.html", known)
