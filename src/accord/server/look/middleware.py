"""The language and the clock of whoever asks, and errors as pages."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from accord.errors import AccordError

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
            timezone.override(ZoneInfo(user.zone) if user and user.zone else None),
        ):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def errors(get_response: Answer) -> Answer:
    """An error that Accord raises on purpose becomes a page with its sentence and its status."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AccordError):
            return None
        return render(request, "look/error.html", {"error": error}, status=error.http_status)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
