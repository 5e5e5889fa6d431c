"""What every page knows: who is signed in, where one can go, language and direction."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from accord import __version__
from accord.server.access import may

PLACES = (  # address, words, and the addresses that belong under it
    ("score", _("Score")),
    ("agreements", _("Agreements")),
    ("people", _("People")),
    ("audit", _("Audit")),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    return {
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "theme": request.COOKIES.get("theme", "")
        if request.COOKIES.get("theme") in ("light", "dark")
        else "",
        "places": [(name, words) for name, words in PLACES if may(known, name)],
        "release": __version__,
    }
