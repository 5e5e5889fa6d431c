"""The request as operations know it: who acts, and when."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from accord.agreement.signing.chain import Chain
from accord.server.api.models import Token
from accord.server.audit.trail import Actor, actor_of
from accord.server.people.models import User

if TYPE_CHECKING:

    class Call(HttpRequest):
        """A request that has passed the door."""

        token: Token
        actor: Actor
        chain: Chain | None  # what came with it, where it hands in a chain

else:
    Call = HttpRequest


def owner(request: Call) -> User:
    """Whom the token acts for."""
    return request.token.owner


def actor(request: Call) -> Actor:
    """Who acts, for the audit: the owner, by way of the token."""
    return actor_of(request)


def now() -> datetime:
    from django.utils import timezone  # noqa: PLC0415

    return timezone.now()
