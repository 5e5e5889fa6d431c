"""Home, health, language, theme, and the pages for errors."""

from typing import cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accord.server.audit.trail import actor_of
from accord.server.desk.terms import in_force
from accord.server.look.failing import TOO_OLD, TOO_OLD_KEPT, answer, broken_page
from accord.server.look.unsent import from_here, typed_in, unsent
from accord.server.people.keeping import edit_own
from accord.server.people.models import Role, Side, User

_A_YEAR = 31_536_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The address itself opens on the score; for a rep, once an agreement is in force, on the queue."""
    user = cast(User, request.user)
    works = user.side == Side.SALES and user.role == Role.MEMBER
    return redirect("queue" if works and in_force(timezone.now()) is not None else "score")


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """`ok` where the database answers: for whatever watches the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose a language; kept with the account, and in a cookie for strangers."""
    code, back = request.POST.get("language", ""), redirect(_back(request))
    if code in dict(settings.LANGUAGES):
        _remember(request, back, settings.LANGUAGE_COOKIE_NAME, code)
        if request.user.is_authenticated:
            edit_own(actor_of(request), language=code)
    return back


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system says."""
    theme, back = request.POST.get("theme", ""), redirect(_back(request))
    if theme in ("light", "dark"):
        _remember(request, back, "theme", theme)
    else:
        back.delete_cookie("theme")
    return back


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    secure = request.is_secure()
    response.set_cookie(name, value, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=secure)


def _back(request: HttpRequest) -> str:
    """The page that the form stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else "/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 400)


def too_many(request: HttpRequest) -> HttpResponse:
    return answer(request, 429)


def broken(request: HttpRequest) -> HttpResponse:
    return broken_page()


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form whose token is missing or old: another site's, or one that stood open for too long."""
    if not getattr(request, "htmx", False) and (typed := typed_in(request)):
        return unsent(request, typed, TOO_OLD_KEPT, 403)
    response = answer(request, 403, words=TOO_OLD)
    if from_here(request):
        response.headers["X-Fresh-Token"] = get_token(request)  # the page that asked goes on with this one
    return response
