"""Errors as pages: what is wrong, what to do, a way back. HTMX gets the same as a notice for its page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accord.errors import AccordError, NotReady, TooManyTries

_WAIT = 60  # seconds, where the error does not say


@dataclass(frozen=True)
class Words:
    heading: str | Promise
    remedy: str | Promise


WORDS = {
    400: Words(
        _("This could not be read"),
        _("Go back, look over what you sent, and send it again."),
    ),
    401: Words(
        _("Please say who you are"),
        _("Sign in, and you come back to where you were."),
    ),
    403: Words(
        _("This is not yours to do"),
        _("Nothing was changed. Go back, or start from the first page."),
    ),
    404: Words(
        _("There is nothing here"),
        _("The address may be old or mistyped. Go back, or start from the first page."),
    ),
    409: Words(
        _("Something changed in between"),
        _("Nothing was overwritten. Go back, load the page anew, and look at what it is now."),
    ),
    422: Words(
        _("Some of this needs mending"),
        _("Go back: what you typed is still there. Mend what is listed here and send it again."),
    ),
    429: Words(
        _("Too many tries"),
        _("Wait a little before you try again. Nothing is lost."),
    ),
    500: Words(
        _("Something broke on our side"),
        _("Nothing was saved halfway. Try again; if it stays, tell whoever runs Accord when it happened."),
    ),
    503: Words(
        _("This is being worked out"),
        _("Nothing is wrong. Load the page again in some seconds."),
    ),
}  # fmt: skip

NOT_BY_RIGHTS = Words(
    WORDS[403].heading,
    _("If you think it should be, ask whoever runs Accord at your company to change your side or role."),
)
SIGNED_OUT = Words(
    _("You are signed out"),
    _("Your text was not saved, and it is not lost: it stands below."),
)
TOO_OLD = Words(
    _("This page was opened too long ago"),
    _(
        "You have signed in or out since, or the cookies of this site are gone. "
        "Load the page anew, then send the form again."
    ),
)
TOO_OLD_KEPT = Words(
    TOO_OLD.heading,
    _("You have signed in or out since, or the cookies of this site are gone. Your text is not lost."),
)


def answer(
    request: HttpRequest, status: int, error: AccordError | None = None, words: Words | None = None
) -> HttpResponse:
    """The page of a status; with an error its sentence and problems; `words` take the usual ones' place."""
    problems = getattr(error, "problems", ())
    facts = {
        "status": status,
        "words": words or _words(status, error),
        "sentence": "" if error is None or problems else str(error),
        "problems": problems,
        "back": _back(request),
    }
    if getattr(request, "htmx", False):
        response = render(request, "look/fragment.html", facts, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:#messages:top"
    else:
        response = render(request, "look/error.html", facts, status=status)
    if status in (429, 503):
        wait = getattr(error, "wait", _WAIT) if isinstance(error, TooManyTries | NotReady) else _WAIT
        response["Retry-After"] = str(wait)
    return response


def _words(status: int, error: AccordError | None) -> Words:
    """Another side or role is advice only where that is what is missing."""
    return NOT_BY_RIGHTS if getattr(error, "by_rights", False) else WORDS.get(status, WORDS[400])


def broken_page() -> HttpResponse:
    """For a fault of ours: a page that needs neither context nor database."""
    return HttpResponse(render_to_string("look/broken.html", {"words": WORDS[500]}), status=500)


def _back(request: HttpRequest) -> str:
    """The page somebody came from, if it is one of ours and another one."""
    came = urlsplit(request.headers.get("Referer", ""))
    try:
        ours = url_has_allowed_host_and_scheme(came.geturl(), {request.get_host()})
    except DisallowedHost:
        return ""
    path = came.path + (f"?{came.query}" if came.query else "")
    return path if ours and came.path and path != request.get_full_path() else ""
