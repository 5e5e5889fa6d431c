"""What was typed into a form that could not be taken: its sender was signed out meanwhile, or it was too old.

A page shows it, says what to do, and sends it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from accord.server.look.failing import Words


@dataclass(frozen=True)
class Typed:
    """A text that somebody sent, sentences about what is not in it, and the fields that go with it."""

    text: str
    sentences: list[str]
    beside: dict[str, str]


View = TypeVar("View", bound=Callable[..., HttpResponse])
Reading = Callable[[HttpRequest], Typed | None]


def keeps(reading: Reading) -> Callable[[View], View]:
    """For a view whose forms take long to fill in: `reading` finds what was typed in a request for it."""

    def marked(view: View) -> View:
        view.typed_in = reading  # type: ignore[attr-defined]
        return view

    return marked


def typed_in(request: HttpRequest) -> Typed | None:
    """What was typed in a request that never came to its view; None where nothing is to be kept."""
    match = request.resolver_match
    reading = getattr(match.func, "typed_in", None) if match else None
    return reading(request) if reading and request.method == "POST" else None


def unsent(request: HttpRequest, typed: Typed, words: Words, status: int) -> HttpResponse:
    """The page. Only what came from a page of ours can be sent again: another site's form is just shown."""
    facts = {
        "typed": typed,
        "words": words,
        "sign_in": sign_in_for(request),
        "can_send": status == 401 or from_here(request),
    }
    return render(request, "look/unsent.html", facts, status=status)


def sign_in_for(request: HttpRequest) -> str:
    """Where to sign in, and come back to the page that the request was for; empty for who is signed in."""
    if request.user.is_authenticated:
        return ""
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"


def from_here(request: HttpRequest) -> bool:
    """Whether a page of this very server sent a form, as the browser tells."""
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"
