"""What every page knows: who is signed in, where one can go, language and direction."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi, get_language_info
from django.utils.translation import gettext_lazy as _

from accord import __version__
from accord.server.access import may

PLACES = (
    ("queue", _("Queue")),
    ("leads", _("Leads")),
    ("boards", _("Boards")),
    ("score", _("Score")),
    ("book", _("Book")),
    ("stand-up", _("Meetings")),
    ("agreements", _("Agreements")),
    ("intake", _("Intake")),
    ("people", _("People")),
    ("audit", _("Audit")),
)


BELOW = {  # pages that belong to a place without standing under its address
    "stand-up": ("decisions", "announcements", "pack"),
    "boards": (
        "rejects",
        "disputes",
        "unassigned",
        "team",
        "incomplete",
        "qualification",
        "commitments",
        "nurture",
        "duplicates",
    ),
}


@dataclass(frozen=True)
class Place:
    """One entry of the masthead; `current` is the value of aria-current, empty where one is elsewhere."""

    address: str  # name of the URL
    words: str | Promise
    current: str


@dataclass(frozen=True)
class Offered:
    code: str
    name: str  # in that language


def shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    theme = request.COOKIES.get("theme", "")
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": _languages(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "theme": theme if theme in ("light", "dark") else "",
        "places": [_place(name, words, request.path) for name, words in PLACES if may(known, name)],
        "here": request.get_full_path() if request.method == "GET" else request.path,
        "clock": timezone.get_current_timezone_name(),
        "mails": bool(settings.ENV.mail),
        "release": __version__,
    }


def _place(name: str, words: str | Promise, path: str) -> Place:
    """What stands under a place's address belongs to it, and the pages named in `BELOW`."""
    address = reverse(name)
    below = (address, *(f"/{other}/" for other in BELOW.get(name, ())))
    current = "page" if path == address else "true" if path.startswith(below) else ""
    return Place(name, words, current)


def _languages() -> list[Offered]:
    """Languages to choose from, each by its own name; none where there is no choice."""
    codes = [code for code, _name in settings.LANGUAGES]
    if len(codes) < 2:
        return []
    return [Offered(code, get_language_info(code)["name_local"]) for code in codes]
