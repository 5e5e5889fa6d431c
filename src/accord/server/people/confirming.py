"""Who asks is asked again who they are, before what only they may do: signing, tokens, how they sign in.

allauth asks for the password or the second factor, and lets pass whoever has neither, as people who come by
the company's account. Those must have signed in within the last minutes, in this very session: that somebody
signed in elsewhere proves nothing here.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accord.errors import ReauthenticationNeeded

_SIGNED_IN_AT = "signed_in_at"  # in the session: seconds since 1970

View = Callable[..., HttpResponse]


def note_sign_in(request: HttpRequest) -> None:
    """Remember in the session when it began; asked by the signal of signing in."""
    request.session[_SIGNED_IN_AT] = time.time()


def confirmed(view: View) -> View:
    """A view that is answered only to whoever confirmed within the last minutes who they are."""
    asked = cast(View, reauthentication_required(view))

    @wraps(view)
    def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not get_adapter().get_reauthentication_methods(request.user):
            _must_have_signed_in_lately(request)
        return asked(request, *args, **kwargs)

    return behind


@confirmed
def _passed(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def ask_again_who(request: HttpRequest) -> None:
    """The same in the middle of a view: it goes on, or is left for the page that asks."""
    _passed(request)


def _must_have_signed_in_lately(request: HttpRequest) -> None:
    most = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    if time.time() - request.session.get(_SIGNED_IN_AT, 0) > most:
        raise ReauthenticationNeeded(
            _(
                "this asks who you are, and your account is the company's: sign out, sign in again, and come "
                "back within %(minutes)s minutes"
            )
            % {"minutes": most // 60}
        )
