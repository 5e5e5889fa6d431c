"""Signing in by the company's account: there and back, also when nobody answers over there."""

from collections.abc import Callable

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from accord.errors import NotAllowed
from accord.server.people.limiting import count

_NO_ANSWER = (RequestException, OAuth2Error, KeyError, ValueError)  # nothing, or nothing that can be used
_BAD_GATEWAY = 502


@never_cache
@require_safe
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider; each time asks it where its pages are, so the tries are counted."""
    if request.GET.get("process", "login") != "login":
        raise NotAllowed(_("the company's account is for signing in only; go back to your profile"))
    count(request, "login")
    return _asked(openid_connect.login, request, provider_id)


@never_cache
@require_safe
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _asked(openid_connect.callback, request, provider_id)


def _asked(view: Callable[..., HttpResponse], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return view(request, provider_id)
    except _NO_ANSWER:
        return render(request, "socialaccount/authentication_error.html", status=_BAD_GATEWAY)
