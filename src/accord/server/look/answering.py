"""What views of every room share: who looks, and where a form answers that cannot be done."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.people.models import User


def viewer_of(request: HttpRequest) -> User:
    return cast(User, request.user)  # the table lets nobody else in


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page that the form stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return redirect(wanted if ours else otherwise)


def said_on_the_page(otherwise: str) -> Callable[..., Callable[..., HttpResponse]]:
    """A form that cannot be done answers on the page it stood on: nothing is typed again to read a sentence.

    What somebody may not do by their rights stays refused as everywhere.
    """

    def decorated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except NotAllowed as error:
                if error.by_rights:
                    raise
                messages.error(request, _sentence(str(error)))
            except EditConflict as error:
                messages.warning(request, _sentence(str(error)))
            except EntryInvalid as error:
                said_of(request, error)
            return back(request, otherwise)

        return answered

    return decorated


def said_of(request: HttpRequest, error: EntryInvalid) -> None:
    """Each problem of a form as a sentence on the next page."""
    for problem in error.problems:
        what = f"{problem.what}: {problem.allowed}" if problem.allowed else problem.what
        messages.error(request, _sentence(what))


def _sentence(text: str) -> str:
    text = f"{text[:1].upper()}{text[1:]}"
    return text if text.endswith((".", "…", "?", "!")) else f"{text}."
