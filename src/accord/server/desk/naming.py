"""How the log names the people of the company: by their key in the agreement, else by their e-mail address.

The key is what agreements, exports and score call them; the address is what both have in common.
"""

from datetime import datetime

from django.utils import timezone

from accord.server.desk import terms
from accord.server.people.models import User

MACHINE = "accord"  # the actor of what happens by itself


def actor_text(user: User, at: datetime | None = None) -> str:
    """What the log calls somebody from now on."""
    return _keys(at).get(user.email, user.email)[:120]


def user_of(actor: str | None, at: datetime | None = None) -> int | None:
    """Whose account an actor of the log is; None for machines, strangers and people without an account."""
    if not actor:
        return None
    addresses = {key: email for email, key in _keys(at).items()}
    email = addresses.get(actor, actor)
    return User.objects.filter(email=email.lower()).values_list("pk", flat=True).first()


def _keys(at: datetime | None) -> dict[str, str]:
    found = terms.in_force(at or timezone.now())
    if found is None:
        return {}
    return {who.email.lower(): key for key, who in found[1].people.items() if who.email}
