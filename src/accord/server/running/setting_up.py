"""The first account of an empty installation, by a token from the console: no default password anywhere."""

import secrets
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import NotAllowed, PageUnknown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.addresses import normal_address
from accord.server.people.inviting import digest_of
from accord.server.people.models import Role, SetUp, Side, User

_ONLY = 1  # there is one token at most: a newer one replaces it
_met = False  # whether an account was seen: accounts are never deleted, so it is asked only until then


def nobody_yet() -> bool:
    """Whether nobody has an account."""
    global _met  # noqa: PLW0603 - see above
    _met = _met or User.objects.exists()
    return not _met


def forget_whom_we_met() -> None:
    """After a restore, and between tests: ask the database again."""
    global _met  # noqa: PLW0603
    _met = False


def fresh_token() -> str | None:
    """A token for the set-up page, which replaces any made before; None once somebody has an account."""
    if User.objects.exists():
        return None
    token = secrets.token_urlsafe(24)
    SetUp.objects.update_or_create(
        pk=_ONLY, defaults={"token_digest": digest_of(token.strip()), "made_at": timezone.now()}
    )
    return token


def holds(token: str) -> bool:
    """Whether this is the token on the console."""
    return SetUp.objects.filter(token_digest=digest_of(token.strip())).exists()


def no_such_token() -> NotAllowed:
    return NotAllowed(_("this is not the token on the console; start the server again for a fresh one"))


def set_up(by: Actor, token: str, *, name: str, email: str, password: str) -> User:
    """Make the first account, head of operations, and use the token up; of two at once, one is let in.

    It is always the head of operations: anybody else could not let every side in, and nobody would be left
    who can. NotAllowed for a token that is none (any more), PageUnknown once somebody has an account.
    """
    side, role = Side.OPERATIONS, Role.HEAD
    with transaction.atomic():
        if not SetUp.objects.filter(token_digest=digest_of(token.strip())).delete()[0]:
            if User.objects.exists():
                raise PageUnknown("setup")
            raise no_such_token()
        if User.objects.exists():
            raise PageUnknown("setup")
        user = User.objects.create_user(normal_address(email), password, name=name, side=side, role=role)
        record(Actor(user, by.via, by.address), Action.SET_UP, user, side=side, role=role)
    return user


_ALSO_BEFORE = {"setup", "health", "set_language", "set_theme"}


def first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: while nobody has an account, every page leads to the set-up page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *_view: object) -> HttpResponse | None:
        match = request.resolver_match
        if request.user.is_authenticated or match is None or match.view_name in _ALSO_BEFORE:
            return None
        if "api" in match.namespaces or not nobody_yet():
            return None
        return redirect("setup")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware
