"""What is mended in a request before anything reads it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_WATCHED = "/health"


def readable(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: cookies that are no text count as none, and `/health` answers by whatever name it is asked.

    PostgreSQL cannot be asked for a session with a NUL in it; and whoever watches a server often knows its
    number only.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if any("\x00" in value for value in request.COOKIES.values()):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in value}
        if request.path_info == _WATCHED:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].removeprefix(".")
        return get_response(request)

    return middleware
