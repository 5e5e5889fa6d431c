"""What signing in leaves in the audit: that somebody came, went, failed, or changed how they come."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse

from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, address_of, record
from accord.server.people.confirming import note_sign_in
from accord.server.people.models import User

_MOST = 254  # signs of an address that was tried


def _by(request: HttpRequest | None, user: User | None) -> Actor:
    return Actor(user, "page", address_of(request) if request is not None else "")


def _note(request: HttpRequest | None, user: User, action: Action, **detail: Any) -> None:
    record(_by(request, user), action, user.name, link=reverse("person", args=[user.pk]), **detail)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    if hasattr(request, "session"):
        note_sign_in(request)
    _note(request, user, Action.SIGNED_IN)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if isinstance(user, User):
        _note(request, user, Action.SIGNED_OUT)


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """The address that was tried; the password is not even in the credentials that come here."""
    user = getattr(request, "user", None)  # somebody signed in who was to confirm it
    known = user if isinstance(user, User) else None
    record(_by(request, known), Action.SIGN_IN_FAILED, str(credentials.get("email", ""))[:_MOST])


@receiver(authentication_failed)
def _code_failed(request: HttpRequest, user: User, **_: Any) -> None:
    record(_by(request, None), Action.SIGN_IN_FAILED, user.email, factor="code")


@receiver((password_changed, password_set))
def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, Action.PASSWORD_CHANGED)


@receiver(password_reset)
def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    """Whoever tried too often and then chose a new password by mail need not wait any longer."""
    _note(request, user, Action.PASSWORD_CHANGED, by_mail=True)
    get_adapter()._delete_login_attempts_cached_email(request, email=user.email)


@receiver(authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _note(request, user, Action.FACTOR_CHANGED, added=str(authenticator.type))


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _note(request, user, Action.FACTOR_CHANGED, removed=str(authenticator.type))


@receiver(authenticator_reset)
def _codes_anew(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _note(request, user, Action.FACTOR_CHANGED, anew=str(authenticator.type))
