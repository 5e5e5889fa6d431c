"""Writing an entry: the same call from pages, API, commands and the worker."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone

from accord.report.format import name as shown
from accord.server.audit.models import Action, Entry

if TYPE_CHECKING:
    from accord.server.people.models import User


@dataclass(frozen=True)
class Actor:
    """Who acts, by which way, from which address; `user` is None for the system and for strangers."""

    user: "User | None"
    via: str
    address: str = ""

    @property
    def name(self) -> str:
        return self.user.name if self.user else self.via


def actor_of(request: HttpRequest) -> Actor:
    """Who sent this request: the person signed in, or whoever the API's token stands for."""
    if isinstance(known := getattr(request, "actor", None), Actor):
        return known
    user = request.user if request.user.is_authenticated else None
    return Actor(user, "page", address_of(request))


def address_of(request: HttpRequest) -> str:
    """The address of the other end, as the outermost proxy that we trust saw it."""
    from django.conf import settings  # noqa: PLC0415

    if settings.ENV.proxies:
        passed = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if len(passed) >= settings.ENV.proxies:
            return str(passed[-settings.ENV.proxies])[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def record(by: Actor, action: Action, about: object = "", *, link: str = "", **detail: Any) -> Entry:
    """Append one entry. Call it inside the transaction of the change that it tells of."""
    return Entry.objects.create(
        at=timezone.now(),
        who=by.user,
        name=(shown(by.name, 200) or "?"),
        side=by.user.side if by.user else "",
        via=by.via[:100],
        address=by.address,
        action=action,
        about=(shown(str(about), 200) or ""),
        link=link[:254],
        detail=detail,
    )
