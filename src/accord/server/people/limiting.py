"""Too many tries: counted in the cache by allauth, refused with how long to wait."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils.translation import ngettext

from accord.errors import TooManyTries
from accord.server.people.rates import A_MINUTE


def too_many_tries(wait: int = A_MINUTE) -> TooManyTries:
    """The refusal, with the seconds to wait."""
    minutes = -(-wait // A_MINUTE)
    text = ngettext(
        "too many tries; wait a minute, then try again",
        "too many tries; wait %(minutes)d minutes, then try again",
        minutes,
    )
    error = TooManyTries(text % {"minutes": minutes})
    error.wait = wait
    return error


def count(request: HttpRequest, action: str) -> None:
    """Count one try of `action`, also of reading; TooManyTries where there were too many."""
    if not ratelimit.consume(request, app="allauth.account", action=action, limit_get=True):
        raise too_many_tries()
