"""The language and the clock of whoever asks, and errors as pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.template.response import SimpleTemplateResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accord.errors import AccordError
from accord.server.look.failing import answer

Answer = Callable[[HttpRequest], HttpResponse]


def locale(get_response: Answer) -> Answer:
    """Language: the person's, else the cookie's or the browser's. Times are shown in the person's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        language = user.language if user else ""
        if language not in dict(settings.LANGUAGES):
            language = translation.get_language_from_request(request)
        with (
            translation.override(language),
            timezone.override(_clock(user.zone if user else "")),
        ):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # while language and clock still hold
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


def _clock(zone: str) -> ZoneInfo | None:
    """None, which is UTC, for nobody's zone and for one that the zone data no longer have."""
    try:
        return ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def errors(get_response: Answer) -> Answer:
    """An error that Accord raises on purpose becomes a page with its sentence and its status.

    Django asks `process_exception` about views only; a middleware that refuses in `process_view` wraps
    that in `refusing` below.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        return _whole(request, get_response(request))

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error.http_status, error) if isinstance(error, AccordError) else None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def refusing(process_view: Callable[..., HttpResponse | None]) -> Callable[..., HttpResponse | None]:
    """A `process_view` that may raise Accord's errors: they become the same pages as those of a view."""

    @wraps(process_view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        try:
            return process_view(request, *args, **kwargs)
        except AccordError as error:
            return answer(request, error.http_status, error)

    return asked


def _whole(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Whose session ended in the middle of a page is told so on that page, which stays with what is typed."""
    htmx = getattr(request, "htmx", None)
    sign_in = resolve_url(settings.LOGIN_URL)
    if not htmx or not response.headers.get("Location", "").startswith(sign_in):
        return response
    where = redirect_to_login(htmx.current_url_abs_path or "/", sign_in)["Location"]
    told = render(request, "look/signed_out.html", {"sign_in": where}, status=401)
    told["HX-Retarget"], told["HX-Reswap"] = "#messages", "innerHTML show:#messages:top"
    return told
